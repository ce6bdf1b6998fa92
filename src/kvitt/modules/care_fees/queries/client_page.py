"""The page of a client: who it is, and a panel for each part of what is registered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kvitt.audit import queries as audit
from kvitt.modules.care_fees.lifecycle import FeeType
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import areas, clients, corrections, granted, settings
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor

# The panels in their order: `care_fees/panels/<name>.html`, and what makes its content, None where the actor
# may not see it.
_PANELS: Sequence[tuple[str, Callable[..., object | None]]] = (
    ("settings", settings.settings_panel),
    ("area", areas.area_panel),
    ("services", granted.services_panel),
    ("corrections", corrections.corrections_panel),
)


@dataclass(frozen=True)
class Panel:
    """A part of the page: its template and what that shows."""

    template: str
    content: object


@dataclass(frozen=True)
class ClientPage:
    """Everything `case.html` shows."""

    client: Client
    person: people.ShownPerson
    area: str
    fee_type: FeeType | None
    is_whole: bool
    panels: Sequence[Panel]
    events: Sequence[audit.LogRow]


def client_page(actor: "Actor", number: str, *, session: "SessionBase", today: date) -> ClientPage:
    """Return the page of a client; of one whom the actor sees in part only his panels. Raises Http404.

    Source: spec CF-1, CF-28, CO-31.
    """
    client = clients.reached_client(actor, number, on=today)
    is_whole = clients.sees_all_of(actor, client, on=today)
    made = ((name, panel(actor, client, today=today, is_whole=is_whole)) for name, panel in _PANELS)
    placement = clients.placement_on(client, today) if is_whole else None
    held = clients.settings_on(client, today) if is_whole else None
    return ClientPage(
        client=client,
        person=people.shown_person(session, client.person, day=today),
        area=placement.area.name if placement else "",
        fee_type=FeeType(held.fee_type) if held else None,
        is_whole=is_whole,
        panels=[
            Panel(f"care_fees/panels/{name}.html", content) for name, content in made if content is not None
        ],
        events=audit.event_log(actor, clients.SUBJECT, client.number) if is_whole else [],
    )
