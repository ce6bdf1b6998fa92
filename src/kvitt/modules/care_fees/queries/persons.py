"""Whose personal data the actor keeps: his clients', and those of their relations."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries.clients import clients_of
from kvitt.registers.access.rules import Permission

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


def keeps_person(actor: "Actor", person_id: int, *, today: date) -> bool:
    """Tell whether the person is a client whom the actor reaches whole, or is related to one today.

    Who is a client of others stays theirs, whoever is registered as related: a relation opens nothing.
    Source: spec CO-4, CO-9, CO-10.
    """
    if not actor.may(Permission.SEE_CLIENTS):
        return False
    clients = clients_of(actor, on=today)
    if Client.objects.filter(person_id=person_id).exists():
        return clients.filter(person_id=person_id).exists()
    return any(
        clients.filter(_related(path, other, person_id, today)).exists()
        for path, other in (("relations", "other"), ("relations_to", "person"))
    )


def _related(path: str, other: str, person_id: int, today: date) -> Q:
    """Return the condition that a client's relation to the person, written on this side, has not ended."""
    relation = f"person__{path}__"
    is_open = Q(**{f"{relation}last_on__isnull": True}) | Q(**{f"{relation}last_on__gte": today})
    return is_open & Q(**{f"{relation}{other}_id": person_id})
