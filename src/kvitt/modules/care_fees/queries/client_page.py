"""The page of a client: who it is, and a panel for each part of what is registered."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import clients
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class ClientPage:
    """Everything `case.html` shows."""

    client: Client
    person: people.ShownPerson
    is_whole: bool


def client_page(actor: "Actor", number: str, *, session: "SessionBase", today: date) -> ClientPage:
    """Return the page of a client; what the actor may not see of it is None. Raises Http404."""
    client = clients.reached_client(actor, number, on=today)
    return ClientPage(
        client=client,
        person=people.shown_person(session, client.person, day=today),
        is_whole=clients.sees_all_of(actor, client, on=today),
    )
