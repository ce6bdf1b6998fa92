"""What breaks the agreement of claims, ledger and preauthorizations, over the whole database."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import DEAD_INVOICES, LineStatus, RowKind
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus, FileStatus
from kvitt.modules.special_care.models import (
    Claim,
    ClaimInvoice,
    ClaimLine,
    ClaimsFile,
    FileFault,
    PlannedProcedure,
)
from kvitt.modules.special_care.queries.claims import MODULE
from kvitt.modules.special_care.rules.claim import FEE_CODE
from kvitt.modules.special_care.rules.faults import Level
from kvitt.preauthorization import queries as preauthorization
from kvitt.registers.documents import queries as documents

_STANDING = (LineStatus.APPROVED, LineStatus.INVOICED)
_CREDITED = (LineStatus.AWAITING_CREDIT, LineStatus.CREDITED)


def breaches() -> Iterator[str]:
    """Say, one line each, what claims, their invoices, the ledger and preauthorizations do not agree about.

    Source: spec CO-23, SC-5, SC-8, SC-19a, SC-20, SC-21.
    """
    yield from _wrong_claims()
    yield from _wrong_lines()
    yield from _lines_of_nothing()
    yield from _wrong_invoices()
    yield from _wrong_rows()
    yield from _claimed_twice()
    yield from _wrong_use()
    yield from _wrong_grants()
    yield from _wrong_files()


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
    for number in _numbers(sent.filter(status=ClaimStatus.RELEASED, released_on=None)):
        yield f"claim {number}: is released, and no day says when"


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


def _wrong_invoices() -> Iterator[str]:
    """An invoice is open until it is first proposed; it is of its claims' clinic and home region."""
    closed = ClaimInvoice.objects.filter(is_open=False, ledger_invoice=None)
    for our_reference in closed.order_by("pk").values_list("our_reference", flat=True):
        yield f"invoice {our_reference}: is closed, and never had an invoice in the ledger"
    sent = Claim.objects.exclude(status=ClaimStatus.DRAFT)
    for holder, is_credit, held in (
        ("invoice", False, sent),
        ("credit_invoice", True, sent.filter(credit_invoice__isnull=False)),
    ):
        alike = Q(
            **{
                f"{holder}__authority": F("authority"),
                f"{holder}__clinic": F("clinic"),
                f"{holder}__county": F("county"),
                f"{holder}__is_credit": is_credit,
            }
        )
        for number in _numbers(held.exclude(alike)):
            yield f"claim {number}: its {holder.replace('_', ' ')} is of another clinic, region or kind"


def _wrong_rows() -> Iterator[str]:
    """What an invoice of the ledger holds are the lines of its released claims, or of those it credits."""
    rows = ledger.live_rows_of_module(MODULE)
    dead = list(DEAD_INVOICES)
    lines = ClaimLine.objects.filter(claim__status=ClaimStatus.RELEASED).order_by("pk")
    of_claims = []
    for holder, kind, sign in (("invoice", RowKind.CHARGE, 1), ("credit_invoice", RowKind.CREDIT, -1)):
        held_by = f"claim__{holder}__ledger_invoice"
        invoiced = lines.filter(**{f"{held_by}__isnull": False}).exclude(**{f"{held_by}__status__in": dead})
        row = rows.filter(
            line=OuterRef("line"), invoice=OuterRef(held_by), kind=kind, amount=OuterRef("price") * sign
        )
        for line_id, number in invoiced.exclude(Exists(row)).values_list("pk", "claim__number"):
            yield f"claim {number}: line {line_id} is not on its {holder.replace('_', ' ')} in the ledger"
        held = lines.filter(**{held_by: OuterRef("invoice")}, line=OuterRef("line"))
        of_claims.append(Q(Exists(held), kind=kind))
    stray = rows.exclude(of_claims[0] | of_claims[1])
    for invoice_id, number in stray.order_by("pk").values_list("invoice_id", "line__case_number"):
        yield f"claim {number}: ledger invoice {invoice_id} holds a line that is not of its claims"
    is_dead = Q(claim__credit_invoice__ledger_invoice__status__in=dead)
    awaits = Q(line__status=LineStatus.AWAITING_CREDIT)
    credited = lines.filter(claim__credit_invoice__ledger_invoice__isnull=False)
    wrong = credited.filter((awaits & ~is_dead) | (is_dead & ~awaits))
    for line_id, number in wrong.values_list("pk", "claim__number"):
        yield f"claim {number}: line {line_id} is to await credit exactly when the credit is returned"


def _claimed_twice() -> Iterator[str]:
    """Of a claim and what was sent in instead of it, one stands at most."""
    standing = Claim.objects.filter(status__in=list(LIVE), credit_invoice=None)
    both = standing.filter(replaces__status__in=list(LIVE), replaces__credit_invoice=None)
    for number in _numbers(both):
        yield f"claim {number}: stands beside the claim that it was sent in instead of"
    instead = standing.filter(replaces__isnull=False).order_by().values("replaces__number")
    for row in instead.annotate(count=Count("pk")).filter(count__gt=1):
        yield f"claim {row['replaces__number']}: {row['count']} claims stand instead of it"


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


def _wrong_grants() -> Iterator[str]:
    """Approved of a procedure is what the newest decision about it approved."""
    decided = preauthorization.decided_procedures(MODULE).filter(key=OuterRef("pk"))
    none = -1  # where there is no decision, nothing is approved
    procedures = PlannedProcedure.objects.annotate(
        granted_count=Coalesce(Subquery(decided.values("approved_count")[:1]), none),
        granted_amount=Coalesce(Subquery(decided.values("approved_amount")[:1]), none),
        held_count=Coalesce("approved_count", none),
        held_amount=Coalesce("approved_amount", none),
    )
    wrong = procedures.exclude(held_count=F("granted_count"), held_amount=F("granted_amount"))
    for procedure_id, number in wrong.order_by("pk").values_list("pk", "plan__number"):
        yield f"plan {number}: what is approved of procedure {procedure_id} differs from its decision"


def _wrong_files() -> Iterator[str]:
    """A claims file counts the claims that came of it and its faults; its content is as it was handed in."""
    faults = FileFault.objects.filter(file=OuterRef("pk")).order_by().values("file")
    claims = Claim.objects.filter(file=OuterRef("pk")).order_by().values("file")
    stopped = faults.filter(level=Level.STOPS)
    counted = ClaimsFile.objects.annotate(
        faults_now=Coalesce(Subquery(faults.values(count=Count("pk"))), 0),
        faulty_now=Coalesce(Subquery(stopped.values(count=Count("place", distinct=True))), 0),
        taken_now=Coalesce(Subquery(claims.values(count=Count("pk"))), 0),
        amount_now=Coalesce(Subquery(claims.values(sum=Sum("total"))), 0),
    )
    wrong = counted.exclude(
        faults_now=F("fault_count"),
        faulty_now=F("faulty_count"),
        taken_now=F("taken_count"),
        amount_now=F("taken_amount"),
    )
    for file_id in wrong.order_by("pk").values_list("pk", flat=True):
        yield f"claims file {file_id}: its counts differ from its faults or claims"
    left = Q(loaded_count=F("checked_count")) & Q(
        checked_count=F("taken_count") + F("credited_count") + F("faulty_count")
    )
    for file_id in (
        ClaimsFile.objects.filter(status=FileStatus.LOADED).exclude(left).values_list("pk", flat=True)
    ):
        yield f"claims file {file_id}: not everything in it became a claim, a credit or a fault"
    rows = ClaimsFile.objects.order_by("pk").values_list("pk", "stored_name", "size", "sha256")
    for file_id, stored_name, size, sha256 in rows.iterator():
        if fault := documents.file_breach(stored_name, size, sha256):
            yield f"claims file {file_id}: {fault}"


def _numbers(found: QuerySet[Claim]) -> QuerySet[Claim, str]:
    return found.order_by("pk").values_list("number", flat=True)
