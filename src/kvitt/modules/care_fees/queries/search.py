"""Search the clients whom the actor reaches, and find one by the personal number."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from kvitt.foundation.values.case_numbers import complete_number
from kvitt.modules.care_fees.lifecycle import ClientState
from kvitt.modules.care_fees.models import Client, GrantedService, Placement
from kvitt.modules.care_fees.queries import clients
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor
    from kvitt.registers.people.models import Person


@dataclass(frozen=True)
class Wanted:
    """What clients are searched by."""

    text: str = ""
    area_id: int | None = None
    unit_id: int | None = None
    state: str = ""


def search_clients(actor: "Actor", wanted: Wanted, *, today: date) -> QuerySet[Client]:
    """Return the clients whom the actor reaches, each with the name of the area he is in today.

    Protected persons are found by number only. Source: spec CF-1, CO-25, QU-19.
    """
    placed = _placed(today)
    found = with_area(clients.reached_clients(actor, on=today), today=today)
    if text := wanted.text.strip():
        named = people.named(text, path="person__")
        found = found.filter(Q(number__startswith=complete_number(text)) | named)
    if wanted.area_id is not None:
        found = found.filter(Exists(placed.filter(area_id=wanted.area_id)))
    if wanted.unit_id is not None:
        granted = GrantedService.objects.filter(
            clients.holds(today), client=OuterRef("pk"), unit_id=wanted.unit_id
        )
        found = found.filter(Exists(granted))
    if wanted.state == ClientState.UNPLACED:
        return found.filter(Exists(placed.filter(area__is_intake=True)))
    if wanted.state:
        is_living = wanted.state == ClientState.LIVING
        found = found.annotate(died_on=F("person__died_on")).filter(died_on__isnull=is_living)
    return found


def with_area(found: QuerySet[Client], *, today: date) -> QuerySet[Client]:
    """Return the clients, each with the name of the area he is in today, in one statement."""
    placed = _placed(today)
    return found.select_related("person__merged_into").annotate(
        area_name=Subquery(placed.values("area__name")[:1]),
        area_key=Subquery(placed.values("area__sort_key")[:1]),
    )


def _placed(today: date) -> QuerySet[Placement]:
    return Placement.objects.filter(clients.holds(today), client=OuterRef("pk"))


def person_of(client: Client) -> "Person":
    """Return who the client is: the person, or the one a merged record points at."""
    return client.person.merged_into or client.person


def find_client(actor: "Actor", person: "Person", *, today: date) -> Client | None:
    """Return the person's client record, if the actor reaches it."""
    reached = clients.reached_clients(actor, on=today)
    return reached.filter(person_id__in=people.record_ids(person)).first()
