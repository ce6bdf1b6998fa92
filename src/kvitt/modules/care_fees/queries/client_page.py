"""The page of a client: who it is, and a panel for each part of what is registered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from kvitt.audit import queries as audit
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import (
    absences,
    areas,
    clients,
    corrections,
    granted,
    housing,
    incomes,
    invoice_pages,
    month_page,
    recipients,
    registrations,
    settings,
)
from kvitt.modules.care_fees.rules import clients as rules
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class Panel:
    """A part of the page: its template and what that shows."""

    template: str
    content: object
    anchor: str
    heading: str


@dataclass(frozen=True)
class ClientPage:
    """Everything `case.html` shows."""

    client: Client
    person: people.ShownPerson
    age: int | None
    area: str
    unit: str
    is_whole: bool
    panels: Sequence[Panel]
    events: Sequence[audit.LogRow]

    @property
    def person_ids(self) -> list[int]:
        """Everybody whom the page shows: the client, and who is related."""
        shown = {person_id for panel in self.panels for person_id in getattr(panel.content, "person_ids", ())}
        return sorted({self.client.person_id, *shown})


def client_page(actor: "Actor", number: str, *, session: "SessionBase", today: date) -> ClientPage:
    """Return the page of a client; of one whom the actor sees in part only his panels. Raises Http404.

    Source: spec CF-1, CF-28, CO-31.
    """
    client = clients.reached_client(actor, number, on=today)
    is_whole = clients.sees_all_of(actor, client, on=today)
    person = people.shown_person(session, client.person, day=today)
    placement = clients.placement_on(client, today) if is_whole else None
    told = {"today": today, "is_whole": is_whole}
    made = (
        (name, panel(actor, client, **told, **({"session": session} if name in _IN_SESSION else {})))
        for name, panel in _PANELS
    )
    return ClientPage(
        client=client,
        person=person,
        age=None
        if person.is_hidden
        else rules.calculate_age(person.born_on, on=today, died_on=person.died_on),
        area=placement.area.name if placement else "",
        unit=clients.unit_text(client, on=today) if is_whole else "",
        is_whole=is_whole,
        panels=[
            Panel(f"care_fees/panels/{name}.html", content, *_HEADINGS[name])
            for name, content in made
            if content is not None
        ],
        events=_events(actor, client) if is_whole else [],
    )


def _events(actor: "Actor", client: Client) -> list[audit.LogRow]:
    """Return the event log; what clients earn stands in it only for who may see that."""
    without = () if incomes.sees_amounts(actor) else incomes.TELL_AMOUNTS
    return audit.event_log(actor, clients.SUBJECT, client.number, without=without)


def _contacts(
    actor: "Actor", client: Client, *, session: "SessionBase", today: date, is_whole: bool
) -> people.contacts.ContactsPanel | None:
    """Return the addresses, relations and contact persons; None for who sees only a part of the client."""
    if not is_whole:
        return None
    back = reverse("care_fees:case", args=[client.number])
    return people.contacts.contacts_panel(actor, session, client.person, today=today, back=back)


# The panels in their order: `care_fees/panels/<name>.html`, and what makes its content, None where the actor
# may not see it. Those that hide a protected person are told of the session.
_PANELS: Sequence[tuple[str, Callable[..., object | None]]] = (
    ("settings", settings.settings_panel),
    ("contacts", _contacts),
    ("recipients", recipients.recipients_panel),
    ("area", areas.area_panel),
    ("incomes", incomes.incomes_panel),
    ("services", granted.services_panel),
    ("housing", housing.housing_panel),
    ("registrations", registrations.registrations_panel),
    ("corrections", corrections.corrections_panel),
    ("absences", absences.absences_panel),
    ("months", month_page.months_panel),
    ("invoices", invoice_pages.invoices_panel),
)
# Where the heading of a panel is on the page, and what the way there says.
_HEADINGS: Mapping[str, tuple[str, str]] = {
    "settings": ("settings-title", _("Settings per person")),
    "contacts": ("addresses", _("Addresses and contacts")),
    "recipients": ("recipients-title", _("Invoice recipients")),
    "area": ("area-title", _("Billing area")),
    "incomes": ("incomes-title", _("Income and fee decision")),
    "services": ("services-title", _("Granted services")),
    "housing": ("housing-title", _("Housing")),
    "registrations": ("registrations", _("Performed services")),
    "corrections": ("corrections-title", _("Corrections")),
    "absences": ("absences-title", _("Temporary absence")),
    "months": ("months-title", _("Billing")),
    "invoices": ("invoices-title", _("Invoices")),
}
_IN_SESSION = frozenset({"contacts", "recipients", "housing", "invoices"})
