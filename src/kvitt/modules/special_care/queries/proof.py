"""What breaks the agreement of claims, ledger and preauthorizations, over the whole database."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus
from kvitt.modules.special_care.models import Claim, ClaimLine, PlannedProcedure
from kvitt.modules.special_care.queries.claims import MODULE
from kvitt.modules.special_care.rules.claim import FEE_CODE

_STANDING = (LineStatus.APPROVED, LineStatus.INVOICED)
_CREDITED = (LineStatus.AWAITING_CREDIT, LineStatus.CREDITED)


def breaches() -> Iterator[str]:
    """Say, one line each, which claims do not agree with the ledger, their lines or their preauthorization.

    Source: spec CO-23, SC-5, SC-8, SC-19a, SC-20, SC-21.
    """
    yield from _wrong_claims()
    yield from _wrong_lines()
    yield from _lines_of_nothing()
    yield from _wrong_use()


def _wrong_claims() -> Iterator[str]:
    """A claim that was sent in has a reference, comes to what its lines sum to, and says what was paid."""
    sent = Claim.objects.exclude(status=ClaimStatus.DRAFT)
    for number in _numbers(sent.filter(reference="")):
        yield f"claim {number}: has no reference"
    summed = sent.annotate(
        lines_sum=Coalesce(Sum("lines__price"), 0),
        fees=-Coalesce(Sum("lines__price", filter=Q(lines__code=FEE_CODE)), 0),
    )
    for number in _numbers(summed.exclude(total=F("lines_sum"), fee=F("fees"))):
        yield f"claim {number}: its total or its fee differs from its lines"


def _wrong_lines() -> Iterator[str]:
    """A released claim stands in the ledger as it is; what is credited is credited there too."""
    lines = ClaimLine.objects.order_by("pk")
    released = lines.filter(claim__status=ClaimStatus.RELEASED)
    alike = Q(
        line__module=MODULE,
        line__authority_id=F("claim__authority_id"),
        line__clinic_id=F("claim__clinic_id"),
        line__person_id=F("claim__person_id"),
        line__case_number=F("claim__number"),
        line__code=F("code"),
        line__amount=F("price"),
        line__performed_on=F("performed_on"),
    )
    for line_id, number in released.exclude(alike).values_list("pk", "claim__number"):
        yield f"claim {number}: line {line_id} is not in the ledger as it is"
    credited = Q(claim__credit_invoice__isnull=False)
    standing = Q(credited, line__status__in=_CREDITED) | Q(~credited, line__status__in=_STANDING)
    for line_id, number in released.filter(alike).exclude(standing).values_list("pk", "claim__number"):
        yield f"claim {number}: whether line {line_id} is credited differs from the ledger"


def _lines_of_nothing() -> Iterator[str]:
    """What stands in the ledger is a line of a released claim: not of one held, voided or deleted."""
    of_claim = ClaimLine.objects.filter(line=OuterRef("pk"), claim__status=ClaimStatus.RELEASED)
    stray = ledger.lines_of_module(MODULE).exclude(status=LineStatus.WITHDRAWN).exclude(Exists(of_claim))
    for line_id, number in stray.order_by("pk").values_list("pk", "case_number"):
        yield f"claim {number}: ledger line {line_id} stands, and no released claim has it"


def _wrong_use() -> Iterator[str]:
    """Of a preauthorization is used what claims take that are live and not credited."""
    taking = ClaimLine.objects.filter(
        planned=OuterRef("pk"), claim__status__in=list(LIVE), claim__credit_invoice__isnull=True
    )
    by_procedure = taking.order_by().values("planned")
    procedures = PlannedProcedure.objects.annotate(
        taken_count=Coalesce(Subquery(by_procedure.values(taken=Count("pk"))), 0),
        taken_amount=Coalesce(Subquery(by_procedure.values(taken=Sum("price"))), 0),
    )
    wrong = procedures.exclude(used_count=F("taken_count"), used_amount=F("taken_amount"))
    for procedure_id, number in wrong.order_by("pk").values_list("pk", "plan__number"):
        yield f"plan {number}: what is used of procedure {procedure_id} differs from its claims"


def _numbers(found: QuerySet[Claim]) -> QuerySet[Claim, str]:
    return found.order_by("pk").values_list("number", flat=True)
