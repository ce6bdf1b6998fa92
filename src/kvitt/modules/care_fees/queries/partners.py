"""Read the persons of clients, and who is whose spouse or cohabitant."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from kvitt.foundation.lookups import Values
from kvitt.foundation.values.dates import Period
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries.new_client import PARTNERS
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Relation

# The partner who is no client.
NO_CLIENT = 0


def partner_ids(client_ids: Collection[int], days: Period) -> set[int]:
    """Return the clients who are spouses or cohabitants of these on any of the days.

    Source: spec CF-24, CF-26.
    """
    found = people_of(client_ids, days)
    return found.clients.keys() - {*client_ids}


def clients_related_to(person_ids: Collection[int]) -> set[int]:
    """Return the clients whose spouse or cohabitant, a client or not, one of these persons is or was.

    Source: spec CF-26.
    """
    rows = Relation.objects.filter(kind__in=PARTNERS)
    related = {
        *rows.filter(person_id__in=person_ids).values_list("other_id", flat=True),
        *rows.filter(other_id__in=person_ids).values_list("person_id", flat=True),
    }
    if not related:
        return set()
    found = Client.objects.filter(Q(person_id__in=related) | Q(person__merged_into_id__in=related))
    return set(found.values_list("pk", flat=True))


class ClientPerson(NamedTuple):
    """The person of a client: the record that remains, and what is told of it."""

    person: int
    died_on: date | None
    is_protected: bool
    changed_from: date | None


class People(NamedTuple):
    """The persons of clients and of their partners who are clients, and who is whose (0 is no client)."""

    clients: Mapping[int, ClientPerson]
    partners: Mapping[int, int]
    records: Mapping[int, int]


def people_of(client_ids: Collection[int], days: Period) -> People:
    """Return the persons of clients, and their living partners on the days. Source: spec CF-20, CF-21a."""
    clients = _persons(Client.objects.filter(pk__among=Values(client_ids)))
    own = {each.person: client_id for client_id, each in clients.items()}
    records = people.records_by_id(own)
    related = _partners(records, days)
    others = {other for mine in related.values() for other in mine if other not in own}
    if others:
        added = _persons(
            Client.objects.filter(Q(person_id__among=others) | Q(person__merged_into_id__among=others))
        )
        clients.update(added)
        own.update({each.person: client_id for client_id, each in added.items()})
    partners = {}
    for person, mine in related.items():
        partners[own[person]] = next((own[other] for other in mine if other in own), NO_CLIENT)
    return People(clients, partners, records)


def _persons(clients: QuerySet[Client]) -> dict[int, ClientPerson]:
    rows = clients.values_list(
        "pk",
        Coalesce("person__merged_into_id", "person_id"),
        Coalesce("person__merged_into__died_on", "person__died_on"),
        Coalesce("person__merged_into__is_protected", "person__is_protected"),
        "changed_from",
    )
    return {client_id: ClientPerson(*person) for client_id, *person in rows}


def _partners(records: Mapping[int, int], days: Period) -> dict[int, list[int]]:
    """Return the living spouses and cohabitants of persons in the month, the latest first."""
    ids = Values(records)
    rows = Relation.objects.filter(
        Q(person_id__among=ids) | Q(other_id__among=ids), overlapping(days), kind__in=PARTNERS
    ).order_by("-first_on", "-pk")
    found = defaultdict[int, list[int]](list)
    for one, one_died, other, other_died in rows.values_list(
        Coalesce("person__merged_into_id", "person_id"),
        Coalesce("person__merged_into__died_on", "person__died_on"),
        Coalesce("other__merged_into_id", "other_id"),
        Coalesce("other__merged_into__died_on", "other__died_on"),
    ):
        if one in records and (other_died is None or other_died >= days.first):
            found[one].append(other)
        if other in records and (one_died is None or one_died >= days.first):
            found[other].append(one)
    return found


def overlapping(days: Period, path: str = "") -> Q:
    """Return the condition that a dated row holds on any of the days."""
    ends = Q(**{f"{path}last_on__isnull": True}) | Q(**{f"{path}last_on__gte": days.first})
    return ends if days.last is None else ends & Q(**{f"{path}first_on__lte": days.last})
