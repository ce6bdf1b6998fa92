"""What is shown of claims and their invoices, where they are listed, and what can be undone of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import CREDITABLE_INVOICES, DEAD_INVOICES, InvoiceStatus
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus
from kvitt.registers.organisations.lifecycle import GiroKind

# The search shows what came in during so many days, and a voided invoice is kept in sight as long.
# Source: fakturaportalen, page 7; spec SC-17, SC-19.
SHOWN_DAYS = 30
CREDIT_SUFFIX = "_Kredit"

NOT_SENT = _("The claim is not sent in. Discard the draft instead.")
ALREADY_DELETED = _("The claim is already deleted.")
ALREADY_VOIDED = _(
    "The claim is voided by the region and pays nothing. There is nothing to delete or credit."
)
IS_PROPOSED = _("The claim is on its way to be paid. Credit it when the payment is attested.")
INVOICE_IS_PROPOSED = _(
    "The invoice is on its way to be paid. Credit its claims when the payment is attested."
)
NOTHING_TO_DELETE = _("The invoice has no claim that can be deleted.")
NOT_PAID = _("The claim is not paid yet. Delete it instead.")
NOT_ATTESTED = _("The payment of the claim is not attested yet. Credit the claim after the attest.")
ALREADY_CREDITED = _("The claim is already credited.")
NOT_RETURNED = _("Only a credit invoice that the region has returned can be undone.")
REPLACED_IS_PAID = _(
    "Claim %(number)s, which this one is made instead of, is not credited any more, and care is paid once. "
    "Credit it again first."
)
IS_REPAID = _("The money is repaid already. Credit the claim again instead.")
IS_REPLACED = _("Claim %(number)s was sent in instead. Delete or credit it first, or credit this one again.")
IS_BEGUN_ANEW = _(
    "Claim %(number)s is made instead of this one already. Go on with that one, or credit without a new "
    "claim."
)
PLAN_IS_USED_UP = _(
    "The preauthorized procedures were used by another claim meanwhile. Credit this claim again instead."
)
YEAR_IS_USED_UP = _("The year's amount was used by another claim meanwhile. Credit this claim again instead.")


class Folder(Labelled):
    """The four lists of *Era fakturor*. Source: fakturaportalen, page 6; spec SC-17."""

    PROCESSING = "processing", _("Being processed")
    PAID = "paid", _("Paid out invoices")
    CREDITS = "credits", _("Credit invoices")
    VOIDED = "voided", _("Voided invoices")


class InvoiceState(Labelled):
    """How far an invoice has come; it follows from its claims and the ledger and is not stored.

    Source: fakturaportalen, page 7; spec SC-19, SC-21.
    """

    PROCESSING = "being_processed", _("Being processed")
    APPROVED = "approved", _("Approved for payment")
    PAID = "paid_out", _("Payment date")
    AWAITS_REPAYMENT = "awaits_repayment", _("Awaiting repayment")
    REPAID = "repaid", _("Repaid")
    RETURNED = "returned", _("Returned")
    VOIDED = "voided", _("Invoice voided")
    DELETED = "deleted", _("Deleted")


class ClaimState(Labelled):
    """What a list says of a claim. Source: spec SC-18, SC-19."""

    UNDER_REVIEW = "held", _("The claim is under review")
    APPROVED = "approved", _("Approved for payment")
    PAID = "paid_out", _("Paid out")
    CREDITED = "credited", _("Credited")
    VOIDED = "voided", _("Voided")
    DELETED = "deleted", _("Deleted")


@dataclass(frozen=True)
class ClaimGroup:
    """Claims of one invoice that stand alike: how many, and their sum in öre.

    `released_on` and `changed_on` are of the last of them.
    """

    status: ClaimStatus
    total: Ore
    count: int = 1
    is_credited: bool = False
    released_on: date | None = None
    changed_on: date | None = None


@dataclass(frozen=True)
class InvoiceFacts:
    """An invoice as the rules know it: the claims on it, or those that it credits, and its ledger invoice."""

    claims: Sequence[ClaimGroup]
    is_credit: bool = False
    ledger_status: InvoiceStatus | None = None
    paid_on: date | None = None
    awaits_repayment: bool = False
    repaid_on: date | None = None

    @property
    def live(self) -> list[ClaimGroup]:
        """The claims that are neither voided nor deleted."""
        return [group for group in self.claims if group.status in LIVE]


@dataclass(frozen=True)
class ShownState:
    """The state of an invoice, and since when, where that is told."""

    state: InvoiceState
    on: date | None = None


@dataclass(frozen=True)
class ClaimStanding:
    """How a claim stands, as deletion and crediting see it; a status is None without an invoice there.

    `is_repaid` tells that the clinic has paid its credit back by hand.
    """

    status: ClaimStatus
    is_credited: bool = False
    ledger_status: InvoiceStatus | None = None
    credit_status: InvoiceStatus | None = None
    is_repaid: bool = False

    @property
    def is_proposed(self) -> bool:
        """Whether a proposal holds it; one that was returned or recalled holds nothing."""
        return is_live(self.ledger_status)

    @property
    def is_credit_returned(self) -> bool:
        """Whether the region did not accept its credit invoice."""
        return self.is_credited and self.credit_status in DEAD_INVOICES


def is_live(status: InvoiceStatus | None) -> bool:
    """An invoice of the ledger that was returned or recalled counts as none.

    Source: spec SC-19a, SC-20.
    """
    return status is not None and status not in DEAD_INVOICES


def calculate_state(invoice: InvoiceFacts) -> ShownState:
    """An invoice is processed until all its claims are approved, then approved, then paid.

    Without any live claim it is voided where the region voided something, else deleted. A credit invoice is
    processed until it is netted or, from a plusgiro, paid back.
    Source: fakturaportalen, page 7; spec SC-19, SC-21.
    """
    if invoice.is_credit:
        return _credit_state(invoice)
    if not invoice.live:
        is_voided = any(group.status is ClaimStatus.VOIDED for group in invoice.claims)
        return ShownState(InvoiceState.VOIDED if is_voided else InvoiceState.DELETED)
    if invoice.ledger_status is InvoiceStatus.PAID_OUT:
        return ShownState(InvoiceState.PAID, invoice.paid_on)
    if all(group.status is ClaimStatus.RELEASED for group in invoice.live):
        newest = max((group.released_on for group in invoice.live if group.released_on), default=None)
        return ShownState(InvoiceState.APPROVED, newest)
    return ShownState(InvoiceState.PROCESSING)


def _credit_state(invoice: InvoiceFacts) -> ShownState:
    if not invoice.claims:
        return ShownState(InvoiceState.VOIDED)
    if not is_live(invoice.ledger_status):
        return ShownState(InvoiceState.RETURNED)
    if invoice.awaits_repayment:
        return ShownState(
            InvoiceState.REPAID if invoice.repaid_on else InvoiceState.AWAITS_REPAYMENT, invoice.repaid_on
        )
    if invoice.ledger_status is InvoiceStatus.PAID_OUT:
        return ShownState(InvoiceState.PAID, invoice.paid_on)
    return ShownState(InvoiceState.PROCESSING)


def calculate_amount(invoice: InvoiceFacts) -> Ore:
    """An invoice comes to what its live claims do, a voided one to 0, a credit invoice to minus its claims.

    Source: spec SC-19, SC-21.
    """
    amount = sum(group.total for group in invoice.live)
    return -amount if invoice.is_credit else amount


def calculate_claim_state(claim: ClaimStanding) -> ClaimState:
    """A claim is under review, approved, paid or credited, unless it is voided or deleted.

    Source: spec SC-18, SC-19.
    """
    if claim.status is ClaimStatus.VOIDED:
        return ClaimState.VOIDED
    if claim.status is ClaimStatus.DELETED:
        return ClaimState.DELETED
    if claim.is_credited:
        return ClaimState.CREDITED
    if claim.ledger_status is InvoiceStatus.PAID_OUT:
        return ClaimState.PAID
    return ClaimState.APPROVED if claim.status is ClaimStatus.RELEASED else ClaimState.UNDER_REVIEW


def calculate_claim_counts(claims: Iterable[ClaimGroup]) -> dict[ClaimState, int]:
    """Of the claims of an invoice those are counted that are credited, under review, voided or deleted.

    Source: fakturaportalen, page 7; spec SC-19.
    """
    counts = dict.fromkeys(
        (ClaimState.CREDITED, ClaimState.UNDER_REVIEW, ClaimState.VOIDED, ClaimState.DELETED), 0
    )
    for group in claims:
        state = calculate_claim_state(ClaimStanding(group.status, group.is_credited))
        if state in counts:
            counts[state] += group.count
    return {state: count for state, count in counts.items() if count}


def calculate_folders(invoice: InvoiceFacts, *, today: date) -> frozenset[Folder]:
    """An invoice stands under what it is; a voided one also where it stood before, for 30 days.

    A deleted one is found among those being processed, by who asks for it.
    Source: fakturaportalen, pages 6 and 7; spec SC-17, SC-19, SC-20.
    """
    state = calculate_state(invoice).state
    if state is InvoiceState.VOIDED:
        changes = [group.changed_on for group in invoice.claims if group.changed_on]
        is_recent = any(is_recently_voided(day, today=today) for day in changes)
        return frozenset({Folder.VOIDED, *([Folder.PROCESSING] if is_recent else [])})
    if invoice.is_credit:
        return frozenset({Folder.CREDITS})
    return frozenset({Folder.PAID if state is InvoiceState.PAID else Folder.PROCESSING})


def is_recently_voided(changed_on: date, *, today: date) -> bool:
    """A voided invoice is kept among those being processed for 30 days.

    Source: fakturaportalen, page 7; spec SC-19.
    """
    return changed_on >= calculate_default_period(today).first


def calculate_default_period(today: date) -> Period:
    """The search shows the last 30 days unless told otherwise.

    Source: fakturaportalen, page 7; spec SC-17.
    """
    return Period(today - timedelta(days=SHOWN_DAYS), today)


def check_deletion(claim: ClaimStanding) -> list[Problem]:
    """A claim can be deleted until a payment proposal holds it.

    Source: fakturaportalen, page 9; spec SC-19a, SC-20.
    """
    faults = {
        ClaimStatus.DRAFT: Problem("not_sent", NOT_SENT),
        ClaimStatus.DELETED: Problem("already_deleted", ALREADY_DELETED),
        ClaimStatus.VOIDED: Problem("already_voided", ALREADY_VOIDED),
    }
    if claim.status in faults:
        return [faults[claim.status]]
    return [Problem("is_proposed", IS_PROPOSED)] if claim.is_proposed else []


def check_invoice_deletion(invoice: InvoiceFacts) -> list[Problem]:
    """An invoice is deleted with all its live claims, until a payment proposal holds it.

    Source: fakturaportalen, page 9; spec SC-20.
    """
    if invoice.is_credit or not invoice.live:
        return [Problem("nothing_to_delete", NOTHING_TO_DELETE)]
    return [Problem("is_proposed", INVOICE_IS_PROPOSED)] if is_live(invoice.ledger_status) else []


def check_credit(claim: ClaimStanding) -> list[Problem]:
    """A claim is credited once, whole, from the attest of its payment on; anew where the credit was returned.

    Source: fakturaportalen, page 9; spec SC-21, CO-22.
    """
    if claim.status not in LIVE:
        return check_deletion(claim)
    if not claim.is_proposed:
        return [Problem("not_paid", NOT_PAID)]
    if claim.ledger_status not in CREDITABLE_INVOICES:
        return [Problem("not_attested", NOT_ATTESTED)]
    if claim.is_credited and not claim.is_credit_returned:
        return [Problem("already_credited", ALREADY_CREDITED)]
    return []


def check_new(begun: str) -> list[Problem]:
    """One claim at a time is made instead of a credited one; `begun` is the number of one that there is.

    Source: fakturaportalen, page 9; spec SC-21.
    """
    return [Problem("is_begun_anew", IS_BEGUN_ANEW, values={"number": begun})] if begun else []


def check_replaced(uncredited: str) -> list[Problem]:
    """A claim made instead of others counts only while they are credited: care is paid once.

    `uncredited` is the number of one of them that is not, or whose credit was returned. Source: spec SC-21.
    """
    if not uncredited:
        return []
    return [Problem("replaced_is_paid", REPLACED_IS_PAID, values={"number": uncredited})]


def check_credit_withdrawal(claim: ClaimStanding, *, replaced_by: str) -> list[Problem]:
    """A credit is undone when the region has returned its invoice, unless another claim was sent in instead.

    Where the money has come back already the claim is credited again. Source: spec SC-21, CO-19.
    """
    if not claim.is_credit_returned:
        return [Problem("not_returned", NOT_RETURNED)]
    if claim.is_repaid:
        return [Problem("is_repaid", IS_REPAID)]
    if replaced_by:
        return [Problem("is_replaced", IS_REPLACED, values={"number": replaced_by})]
    return []


def is_repaid_by_hand(giro: str, total: Ore) -> bool:
    """What a clinic with plusgiro was paid it pays back itself: nothing can be netted. 0 kr is not paid back.

    Source: spec SC-21.
    """
    return giro == GiroKind.PLUSGIRO and total > 0


def calculate_credit_reference(reference: str) -> str:
    """A credit invoice is named after the invoice that it credits.

    Source: fakturaportalen, page 8; spec SC-21.
    """
    return f"{reference}{CREDIT_SUFFIX}"
