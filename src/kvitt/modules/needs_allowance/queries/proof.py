"""What breaks the agreement of the cases with the ledger and with the requests, over the whole database."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries.cases import MODULE
from kvitt.preauthorization import queries as preauthorization


def breaches() -> Iterator[str]:
    """Say, one line each, which procedures and cases do not agree with the ledger, or with their requests.

    Source: spec CO-23, NA-9, NA-21, NA-30.
    """
    yield from _differing_from_the_ledger()
    yield from _wrong_deductibles()
    yield from _wrong_copies()
    waiting = Exists(preauthorization.waiting_procedures(MODULE).filter(key=OuterRef("pk")))
    yield from _differing(ProcedureStatus.AWAITING_REVIEW, waiting, "whether a sent request asks about it")
    refused = Exists(preauthorization.refused_procedures(MODULE).filter(key=OuterRef("pk")))
    yield from _differing(ProcedureStatus.REFUSED, refused, "whether it was refused")


def _differing(status: ProcedureStatus, is_so: Exists, what: str) -> Iterator[str]:
    """Tell the procedures that have the status and should not, or the other way round."""
    differing = Procedure.objects.filter(Q(status=status) & ~Q(is_so) | ~Q(status=status) & Q(is_so))
    for procedure_id in differing.order_by("pk").values_list("pk", flat=True):
        yield f"procedure {procedure_id}: its status differs from {what}"


def _differing_from_the_ledger() -> Iterator[str]:
    differing = Procedure.objects.filter(line__isnull=False).exclude(
        Q(code=F("line__code"))
        & Q(price=F("line__price"))
        & Q(quantity=F("line__quantity"))
        & Q(case__number=F("line__case_number"))
        & (
            Q(performed_on=F("line__performed_on"))
            | Q(performed_on__isnull=True, line__performed_on__isnull=True)
        )
    )
    for procedure_id, line_id in differing.values_list("pk", "line_id"):
        yield f"procedure {procedure_id}: differs from its ledger line {line_id}"


def _wrong_deductibles() -> Iterator[str]:
    """A case has one live deductible, a deleted one none; what stands invoiced reaches it."""
    deductible = Q(procedures__is_deductible=True)
    invoiced = Q(procedures__line__status=LineStatus.INVOICED)
    live = Q(procedures__line__status__in=[LineStatus.APPROVED, LineStatus.INVOICED])
    cases = Case.objects.annotate(
        deductibles=Count("procedures", filter=deductible & live),
        invoiced_deductibles=Count("procedures", filter=deductible & invoiced),
        invoiced_procedures=Count("procedures", filter=~deductible & invoiced),
        invoiced=Coalesce(Sum("procedures__line__amount", filter=invoiced), 0),
    )
    for case in cases.filter(
        Q(deleted_at__isnull=True) & ~Q(deductibles=1) | Q(deleted_at__isnull=False) & ~Q(deductibles=0)
    ):
        yield f"case {case.number}: {case.deductibles} live deductibles"
    for case in cases.filter(invoiced__lt=0):
        yield f"case {case.number}: less stands invoiced than the deductible ({case.invoiced} öre)"
    for case in cases.filter(invoiced_deductibles=0, invoiced_procedures__gt=0):
        yield f"case {case.number}: procedures stand invoiced without the deductible"


def _wrong_copies() -> Iterator[str]:
    """What is entered anew bills a line of its case with the same code, and says what it copies."""
    copies = Procedure.objects.filter(Q(origin__isnull=False) | Q(line__replaces__isnull=False))
    wrong = copies.exclude(
        origin__case=F("case"),
        origin__code=F("code"),
        origin__is_deductible=F("is_deductible"),
        line__replaces__case_number=F("line__case_number"),
        line__replaces__code=F("code"),
    )
    for procedure_id in wrong.values_list("pk", flat=True):
        yield f"procedure {procedure_id}: is no copy of what it bills anew"
