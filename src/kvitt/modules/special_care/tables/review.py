"""The columns of the region's work lists, and of the clinic's questions."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.modules.special_care.lifecycle import QuestionState
from kvitt.modules.special_care.queries.review import question_state, reasons_text
from kvitt.modules.special_care.rules.review import calculate_days_waiting
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import Claim, ClaimInvoice
    from kvitt.registers.people.models import Person


def _patient(claim: "Claim") -> "Person":
    return claim.person.merged_into or claim.person


def _question(claim: "Claim") -> object:
    state = question_state(claim)
    return "" if state is QuestionState.NOT_ASKED else state


def _return_reason(invoice: "ClaimInvoice") -> str:
    return invoice.ledger_invoice.return_reason if invoice.ledger_invoice else ""


_SENT = Column("sent", _("Sent in"), lambda claim: claim.sent_on, Kind.DATE, sort=("sent_on",))
_NUMBER = Column(
    "number", _("Claim"), lambda claim: claim.number, sort=("number",), lead=True, css="kv-nowrap"
)
_IDENTITY = Column(
    "identity",
    _("Personal number"),
    lambda claim: _patient(claim).identity_number,
    Kind.IDENTITY,
    sort=("person__identity_number",),
)
_NAME = Column("name", _("Name"), lambda claim: people.listed_name(_patient(claim)))
_AMOUNT = Column("amount", _("Amount"), lambda claim: claim.total, Kind.MONEY, sort=("total",))


def review_columns(*, today: date) -> tuple[Column, ...]:
    """Return the columns on a day, which decides how long the claims have waited. Source: spec SC-22."""
    return (
        _SENT,
        Column(
            "age",
            _("Days waiting"),
            lambda claim: calculate_days_waiting(claim.sent_on, today=today),
            Kind.COUNT,
        ),
        _NUMBER,
        _IDENTITY,
        _NAME,
        Column("clinic", _("Clinic"), lambda claim: str(claim.clinic), sort=("clinic__sort_key",)),
        _AMOUNT,
        Column("reasons", _("Reason for review"), reasons_text),
        Column("question", _("Question to the clinic"), _question),
    )


# What the region asks a clinic about.
QUESTIONS = (
    _SENT,
    _NUMBER,
    Column("reference", _("Claim reference"), lambda claim: claim.reference),
    _IDENTITY,
    _NAME,
    _AMOUNT,
    Column("question", _("Question"), lambda claim: claim.question),
)

_OUR_REFERENCE = Column(
    "our_reference",
    _("Our reference"),
    lambda invoice: str(invoice.our_reference),
    sort=("our_reference",),
    lead=True,
    css="kv-nowrap",
)
_REFERENCE = Column(
    "reference", _("OCR or invoice number"), lambda invoice: invoice.reference, sort=("reference_key",)
)
_CLINIC = Column("clinic", _("Clinic"), lambda invoice: str(invoice.clinic), sort=("clinic__sort_key",))
_RECEIVED = Column(
    "received", _("Received"), lambda invoice: invoice.received_on, Kind.DATE, sort=("received_on",)
)

# What can be proposed for payment. Source: spec SC-19a.
TO_PROPOSE = (
    _RECEIVED,
    _OUR_REFERENCE,
    _REFERENCE,
    _CLINIC,
    Column("claims", _("Claims"), lambda invoice: invoice.claim_count, Kind.COUNT),
    Column("released", _("Approved"), lambda invoice: invoice.released_on, Kind.DATE, sort=("released_on",)),
    Column(
        "amount",
        _("Amount"),
        lambda invoice: invoice.amount,
        Kind.MONEY,
        sort=("amount",),
    ),
    Column("returned", _("Returned because"), _return_reason),
)

# Credited invoices of clinics with plusgiro. Source: spec SC-21.
REPAYMENTS = (
    _RECEIVED,
    _OUR_REFERENCE,
    _REFERENCE,
    _CLINIC,
    Column(
        "amount",
        _("To be repaid"),
        lambda invoice: -invoice.ledger_invoice.total if invoice.ledger_invoice else None,
        Kind.MONEY,
    ),
)
