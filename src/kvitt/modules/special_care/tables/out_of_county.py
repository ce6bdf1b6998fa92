"""The columns of out-of-county care: claims, and the lines that are billed onward."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values import municipalities
from kvitt.modules.special_care.lifecycle import ClaimStatus, SupportType
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from datetime import date

    from kvitt.modules.special_care.models import Claim, ClaimLine
    from kvitt.registers.people.models import Person


def patient_of(claim: "Claim") -> "Person":
    """Return whose claim it is: the person, or the one a merged record points at."""
    return claim.person.merged_into or claim.person


def _paid_on(claim: "Claim") -> "date | None":
    paid = claim.invoice.ledger_invoice if claim.invoice else None
    return paid.paid_on if paid else None


def _credited_on(claim: "Claim") -> str:
    credit = claim.credit_invoice.ledger_invoice if claim.credit_invoice else None
    if credit is None or credit.paid_on is None:
        return ""
    return gettext("Credited %(day)s") % {"day": credit.paid_on}


CLAIMS = (
    Column("sent_on", _("Received"), lambda claim: claim.sent_on, Kind.DATE, sort=("sent_on",)),
    Column("number", _("Claim"), lambda claim: claim.number, sort=("number",), lead=True, css="kv-nowrap"),
    Column(
        "county", _("Home region"), lambda claim: municipalities.county_name(claim.county), sort=("county",)
    ),
    Column("clinic", _("Clinic"), lambda claim: str(claim.clinic), sort=("clinic__sort_key",)),
    Column("identity", _("Personal number"), lambda claim: patient_of(claim).identity_number, Kind.IDENTITY),
    Column("status", _("Status"), lambda claim: ClaimStatus(claim.status), note=_credited_on),
    Column("paid", _("Paid out"), _paid_on, Kind.DATE, sort=("invoice__ledger_invoice__paid_on",)),
    Column("amount", _("Amount"), lambda claim: claim.total, Kind.MONEY, sort=("total",)),
    Column(
        "to_bill",
        _("To bill"),
        lambda claim: claim.charged - claim.credited,
        Kind.MONEY,
        note=lambda claim: gettext("Not yet to bill") if claim.waiting else "",
    ),
)


def line_columns(*, in_workbook: bool) -> list[Column]:
    """Return the columns of the lines: the workbook goes to the home region, and has more of them."""
    return [
        Column(
            "date", _("Treatment date"), lambda line: line.performed_on, Kind.DATE, sort=("performed_on",)
        ),
        Column(
            "number",
            _("Claim"),
            lambda line: line.claim.number,
            sort=("claim__number",),
            css="kv-nowrap",
            link=lambda line: reverse("special_care:case", args=[line.claim.number]),
        ),
        Column("identity", _("Personal number"), _identity, Kind.IDENTITY),
        *([_NAME] if in_workbook else []),
        Column("clinic", _("Clinic"), lambda line: str(line.claim.clinic), sort=("claim__clinic__sort_key",)),
        *([_SUPPORT] if in_workbook else []),
        Column("code", _("Procedure"), lambda line: f"{line.code} {line.text}", sort=("code",), lead=True),
        Column("location", _("Tooth/jaw"), lambda line: line.location, css="kv-opt"),
        *([_CHARGED, _CREDITED] if in_workbook else []),
        Column("to_bill", _("To bill"), lambda line: line.charged - line.credited, Kind.MONEY),
    ]


def _identity(line: "ClaimLine") -> str:
    return str(patient_of(line.claim).identity_number)


_NAME = Column("name", _("Name"), lambda line: people.listed_name(patient_of(line.claim)))
_SUPPORT = Column("support", _("Part of the support"), lambda line: SupportType(line.claim.support))
_CHARGED = Column("charged", _("Charged"), lambda line: line.charged, Kind.MONEY)
_CREDITED = Column("credited", _("Credited amount"), lambda line: -line.credited or None, Kind.MONEY)
