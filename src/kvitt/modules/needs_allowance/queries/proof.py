"""What breaks the agreement of the cases with the ledger and with the requests, over the whole database."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.modules.needs_allowance.queries.cases import MODULE
from kvitt.preauthorization import queries as preauthorization


def breaches() -> Iterator[str]:
    """Say, one line each, which procedures differ from their ledger lines, or from their requests.

    Source: spec CO-23, NA-21.
    """
    yield from _differing_from_the_ledger()
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
