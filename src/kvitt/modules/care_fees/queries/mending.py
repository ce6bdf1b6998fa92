"""The fault list of a selection (*fellista*) as its page shows it: with the way to what mends each fault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from kvitt.modules.care_fees.lifecycle import FOR_BILLING_OFFICE, FaultKind
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import runs as queries
from kvitt.modules.care_fees.queries.run_addresses import run_query
from kvitt.modules.care_fees.queries.time_plan import month_text
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

# The address of the dialog that mends a fault; what is not here is a page of the catalogue.
_DIALOGS: Mapping[FaultKind, str] = {
    FaultKind.INCOME_MISSING: "care_fees:change_settings",
    FaultKind.PARISH_MISSING: "care_fees:change_settings",
    FaultKind.SETTINGS_MISSING: "care_fees:change_settings",
    FaultKind.RECIPIENT_MISSING: "care_fees:add_recipient",
    FaultKind.ESTATE_MISSING: "care_fees:add_recipient",
    FaultKind.AREA_MISSING: "care_fees:move_client",
}


@dataclass(frozen=True)
class Way:
    """A way to where a fault is mended: a dialog, or a page."""

    label: str
    url: str
    is_dialog: bool = True


@dataclass(frozen=True)
class FaultLine:
    """A fault as the list shows it; `detail` says more of it, or who mends it."""

    key: str
    person_ids: Sequence[int]
    number: str
    name: str
    area: str
    fault: str
    detail: str
    ways: Sequence[Way]


def fault_lines(
    actor: "Actor", faults: Sequence[queries.FaultRow], month: date, rule_id: int
) -> list[FaultLine]:
    """Return the lines of a fault list; the dialogs lead back to the selection.

    Source: debitering-ao, pages 31-33; spec CF-25.
    """
    office = _office(actor) if any(fault.kind in FOR_BILLING_OFFICE for fault in faults) else ""
    return [
        FaultLine(
            key=f"{fault.client.number}-{place}",
            person_ids=[fault.client.person_id, fault.about.person_id],
            number=fault.client.number,
            name=_name(fault.client),
            area=fault.area,
            fault=fault.text,
            detail=" ".join(part for part in (_detail(fault, month), _whose(fault, office)) if part),
            ways=_ways(actor, fault, month, rule_id),
        )
        for place, fault in enumerate(faults, start=1)
    ]


def _name(client: Client) -> str:
    return people.listed_name(client.person.merged_into or client.person)


def _office(actor: "Actor") -> str:
    """Return whom a coordinator calls about what is not his to mend; nobody for the billing office itself."""
    if actor.may(Permission.MANAGE_BILLING):
        return ""
    authority = organisations.authority(actor.authority_id)
    told = gettext("Mended by the billing office: %(name)s, %(phone)s.")
    return told % {"name": authority.contact_name, "phone": authority.contact_phone}


def _whose(fault: queries.FaultRow, office: str) -> str:
    if fault.kind in FOR_BILLING_OFFICE:
        return office
    if fault.spouse is None:
        return gettext("Saved since: calculate the client again.") if fault.is_changed else ""
    return gettext("About %(name)s.") % {"name": f"{_name(fault.spouse)}, {fault.spouse.number}"}


def _detail(fault: queries.FaultRow, month: date) -> str:
    words = {
        FaultKind.INCOME_MISSING: gettext(
            "There is neither income nor Accepts the fee cap for %(month)s. "
            "The fee officer registers incomes."
        ),
        FaultKind.PARISH_MISSING: gettext("Fetch the code from the population register."),
        FaultKind.SETTINGS_MISSING: gettext("No settings hold in %(month)s."),
        FaultKind.RECIPIENT_MISSING: gettext("Register an address, or who gets the invoices."),
        FaultKind.ESTATE_MISSING: gettext("Register who gets the invoices of the estate."),
        FaultKind.UNSAFE_ADDRESS: gettext("Register an address that the invoice can be sent to."),
        FaultKind.RENT_MISSING: gettext("Contract %(tenancy)s."),
    }
    if fault.kind not in words:
        return ""
    return words[fault.kind] % {"month": month_text(month), "tenancy": "", **fault.values}


def _ways(actor: "Actor", fault: queries.FaultRow, month: date, rule_id: int) -> list[Way]:
    """Return the ways to mend a fault; none where it is not the actor's to mend."""
    client = fault.about
    back = run_query(month, rule_id, recalculate=fault.client.number)
    from_then = f"first_on={month.isoformat()}&{back}"
    if fault.kind in FOR_BILLING_OFFICE and not actor.may(Permission.MANAGE_BILLING):
        return []
    if fault.kind in _DIALOGS:
        url = reverse(_DIALOGS[fault.kind], args=[client.number])
        way = Way(_label(fault.kind), f"{url}?{from_then}")
        if fault.kind is FaultKind.INCOME_MISSING and actor.may(Permission.DECIDE_FEES):
            income = reverse("care_fees:save_income", args=[client.number])
            return [Way(gettext("Register income"), f"{income}?{from_then}"), way]
        return [way]
    if fault.kind is FaultKind.RENT_MISSING and fault.values.get("tenancy"):
        url = reverse("care_fees:change_rent", args=[fault.values["tenancy"]])
        return [Way(gettext("Change rent"), f"{url}?{from_then}")]
    if fault.kind is FaultKind.UNSAFE_ADDRESS:
        return [_address(client, month, rule_id)]
    return [_catalogue(fault)]


def _label(kind: FaultKind) -> str:
    return {
        FaultKind.INCOME_MISSING: gettext("Accept the fee cap"),
        FaultKind.PARISH_MISSING: gettext("Fetch parish code"),
        FaultKind.SETTINGS_MISSING: gettext("Settings per person"),
        FaultKind.AREA_MISSING: gettext("Move to another billing area"),
    }.get(kind, gettext("Add invoice recipient"))


def _address(client: Client, month: date, rule_id: int) -> Way:
    """Return the way to the address; from there one is asked whether to calculate the client.

    It is a page: whoever has not yet given a reason to see a protected person is asked for one first.
    """
    after = reverse("care_fees:calculate_client", args=[client.number, f"{month:%Y-%m}"])
    back = urlencode({"next": f"{after}?{run_query(month, rule_id)}"})
    person = client.person.merged_into or client.person
    url = f"{reverse('people:add_address', args=[person.code])}?{back}"
    return Way(gettext("Add address"), url, is_dialog=False)


def _catalogue(fault: queries.FaultRow) -> Way:
    query = urlencode({"text": fault.values.get("service", "")})
    url = f"{reverse('care_fees:services')}?{query}"
    return Way(gettext("Open the service"), url, is_dialog=False)
