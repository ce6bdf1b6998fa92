"""Find what can be proposed for payment, what waits behind it, and credits that await repayment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum
from django.http import Http404

from kvitt.foundation.values.money import Ore
from kvitt.ledger import queries as ledger
from kvitt.ledger import rules as ledger_rules
from kvitt.ledger.lifecycle import DEAD_INVOICES, InvoiceStatus
from kvitt.modules.special_care.lifecycle import ClaimStatus
from kvitt.modules.special_care.models import Claim, ClaimInvoice, ClaimLine
from kvitt.modules.special_care.rules import proposal as rules
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.price_lists import queries as price_lists

_HELD, _RELEASED = Q(claims__status=ClaimStatus.HELD), Q(claims__status=ClaimStatus.RELEASED)
_DEAD = Q(ledger_invoice__status_order__in=[status.order for status in DEAD_INVOICES])


def claim_invoices_of(actor: Actor) -> QuerySet[ClaimInvoice]:
    """Return the invoices of claims that a reviewer works with. Raises NotAllowed for others.

    Source: spec SC-19a, SC-21.
    """
    actor.require(Permission.REVIEW_CLAIMS)
    return ClaimInvoice.objects.filter(authority_id=actor.authority_id)


def invoices_to_propose(actor: Actor) -> QuerySet[ClaimInvoice]:
    """Return the invoices that can be proposed: all their claims are released, and no proposal holds them.

    Each has the count of its claims, their sum (öre) and the day the last one was released.
    Source: spec SC-19a.
    """
    waiting = _unproposed(actor).filter(~Exists(_claims(ClaimStatus.HELD)))
    return waiting.annotate(
        claim_count=Count("claims", filter=_RELEASED),
        amount=Sum("claims__total", filter=_RELEASED),
        released_on=Max("claims__released_on", filter=_RELEASED),
    ).select_related("clinic", "ledger_invoice")


def amounts_to_propose(actor: Actor) -> list[tuple[int, Ore]]:
    """Return clinic and amount of each invoice that a payment run of the actor's would propose.

    Source: spec SC-19a, SC-23.
    """
    if not (actor.may(Permission.REVIEW_CLAIMS) and actor.may(Permission.REVIEW_INVOICES)):
        return []
    return [(invoice.clinic_id, vars(invoice)["amount"]) for invoice in invoices_to_propose(actor)]


def held_back_count(actor: Actor) -> int:
    """Count the invoices with released claims that wait until other claims of theirs are reviewed."""
    return _unproposed(actor).filter(Exists(_claims(ClaimStatus.HELD))).count()


def _unproposed(actor: Actor) -> QuerySet[ClaimInvoice]:
    """Return what is open or was returned, with a released claim: those few, of all that ever were."""
    found = claim_invoices_of(actor)
    returned = found.filter(_DEAD, ledger_invoice__authority_id=actor.authority_id, is_credit=False)
    free = found.filter(is_open=True).values("pk").union(returned.values("pk"))
    return found.filter(Exists(_claims(ClaimStatus.RELEASED)), pk__in=free)


def _claims(status: ClaimStatus) -> QuerySet[Claim]:
    return Claim.objects.filter(invoice=OuterRef("pk"), status=status)


@dataclass(frozen=True)
class Waiting:
    """How many invoices wait for something, and their sum in öre."""

    count: int
    total: Ore


def to_propose(actor: Actor) -> Waiting:
    """Return how much can be proposed for payment."""
    ready = _unproposed(actor).filter(~Exists(_claims(ClaimStatus.HELD)))
    sums = ready.aggregate(count=Count("pk", distinct=True), total=Sum("claims__total", filter=_RELEASED))
    return Waiting(sums["count"], sums["total"] or 0)


def credits_to_review(actor: Actor) -> Waiting:
    """Return the credit invoices that wait in the ordinary review of invoices."""
    found = claim_invoices_of(actor).filter(
        is_credit=True, ledger_invoice__status_order=InvoiceStatus.ISSUED.order
    )
    sums = found.aggregate(count=Count("pk"), total=Sum("ledger_invoice__total"))
    return Waiting(sums["count"], sums["total"] or 0)


# The proposal -------------------------------------------------------------------------------------


def chosen_invoices(actor: Actor, invoice_ids: Collection[int], *, lock: bool = False) -> list[ClaimInvoice]:
    """Return the ticked invoices by id, locked where they are to change. Raises Http404 if one is hidden."""
    invoices = claim_invoices_of(actor).filter(pk__in=invoice_ids).order_by("pk")
    found = list(invoices.select_for_update(no_key=True) if lock else invoices)
    if len(found) != len(set(invoice_ids)):
        raise Http404
    return found


def proposal_facts(invoices: Sequence[ClaimInvoice], *, by_id: int | None) -> list[rules.InvoiceFacts]:
    """Return what the rules need of invoices that a user proposes, in their order and in one statement."""
    own = _RELEASED & Q(claims__sent_by_id__isnull=False, claims__sent_by_id=by_id)
    counted = ClaimInvoice.objects.filter(pk__in=[invoice.pk for invoice in invoices]).annotate(
        held=Count("claims", filter=_HELD),
        released=Count("claims", filter=_RELEASED),
        own=Count("claims", filter=own),
    )
    counts = {
        pk: (held, released, status, own)
        for pk, held, released, status, own in counted.values_list(
            "pk", "held", "released", "ledger_invoice__status", "own"
        )
    }
    return [
        rules.InvoiceFacts(
            id=invoice.pk,
            our_reference=invoice.our_reference,
            held=counts[invoice.pk][0],
            released=counts[invoice.pk][1],
            is_credit=invoice.is_credit,
            is_proposed=counts[invoice.pk][2] is not None
            and InvoiceStatus(counts[invoice.pk][2]) not in DEAD_INVOICES,
            is_own=counts[invoice.pk][3] > 0,
        )
        for invoice in invoices
    ]


def released_claims(invoice_ids: Collection[int]) -> list[Claim]:
    """Return the released claims of invoices, locked by id."""
    claims = Claim.objects.filter(invoice_id__in=invoice_ids, status=ClaimStatus.RELEASED)
    return list(claims.select_for_update(no_key=True).order_by("pk"))


def rows_by_invoice(claims: Sequence[Claim]) -> Mapping[int, list[ledger_rules.RowPlan]]:
    """Return the rows that a proposal of the claims has, by their invoice."""
    lines = ClaimLine.objects.filter(claim__in=claims).select_related("line", "claim").order_by("line_id")
    found: dict[int, list[ledger_rules.RowPlan]] = {}
    for each in lines:
        if each.line is not None and each.claim.invoice_id is not None:
            [facts] = ledger.line_facts([each.line])
            found.setdefault(each.claim.invoice_id, []).extend(ledger_rules.plan_rows([facts]))
    return found


def due_date(authority_id: int, invoice_date: date) -> date:
    """Return when an invoice of the day is due."""
    days = price_lists.parameter(authority_id, "ledger.due_after", on=invoice_date)
    return ledger_rules.calculate_due_date(invoice_date, days=days)


# Repayments ---------------------------------------------------------------------------------------


def awaited_repayments(actor: Actor) -> QuerySet[ClaimInvoice]:
    """Return the credit invoices of clinics with plusgiro whose money has not come back yet.

    Source: spec SC-21.
    """
    return _repayments(actor).filter(repaid_on__isnull=True).select_related("clinic", "ledger_invoice")


def repayment_of(invoice: ClaimInvoice) -> Ore:
    """Return what a clinic with plusgiro pays back of a credit invoice."""
    return -invoice.ledger_invoice.total if invoice.ledger_invoice else 0


def repayment(actor: Actor, our_reference: int, *, lock: bool = False) -> ClaimInvoice:
    """Return a credit invoice of a clinic with plusgiro, repaid or not. Raises Http404 for any other.

    One that the region has returned is none.
    """
    found = _repayments(actor).filter(our_reference=our_reference)
    invoice = (
        found.select_for_update(no_key=True, of=("self",))
        if lock
        else found.select_related("clinic", "ledger_invoice")
    ).first()
    if invoice is None:
        raise Http404
    return invoice


def _repayments(actor: Actor) -> QuerySet[ClaimInvoice]:
    living = [status.order for status in InvoiceStatus if status not in DEAD_INVOICES]
    return claim_invoices_of(actor).filter(awaits_repayment=True, ledger_invoice__status_order__in=living)
