"""Read clients, limited to those whom the actor reaches."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from kvitt.foundation.values.dates import add_months, last_day_of_month
from kvitt.modules.care_fees.lifecycle import RequestState
from kvitt.modules.care_fees.models import (
    AreaRequest,
    Client,
    ClientSettings,
    GrantedService,
    PerformedService,
    Placement,
)
from kvitt.registers.access.rules import NotAllowed, Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor

MODULE, SUBJECT = "care_fees", "care_fees.client"


def clients_of(actor: "Actor", *, on: date) -> QuerySet[Client]:
    """Return the clients whose pages the actor may open whole: those of his billing areas.

    What is billed is the month before: who has left an area since its first day is still the area's too. So
    is a new client who is not placed yet, where the area has asked for him. Source: spec CO-4, CF-5, CF-28.
    """
    actor.require(Permission.SEE_CLIENTS)
    clients = Client.objects.filter(authority_id=actor.authority_id)
    return clients if actor.area_ids is None else clients.filter(_is_in_area(actor, on))


def reached_clients(actor: "Actor", *, on: date) -> QuerySet[Client]:
    """Return the clients of the actor's areas, and those of others who get services from his units.

    Of the others he sees the services of his own units, nothing else. Source: spec CF-28.
    """
    actor.require(Permission.SEE_CLIENTS)
    clients = Client.objects.filter(authority_id=actor.authority_id)
    if actor.area_ids is None:
        return clients
    return clients.filter(_is_in_area(actor, on) | _gets_services(actor, on))


def client_of(actor: "Actor", number: str, *, on: date) -> Client:
    """Return a client whom the actor reaches whole. Raises Http404 for a client of others.

    Raises NotAllowed for one of others who gets services from his units: those alone are his to see.
    """
    found = reached_client(actor, number, on=on)
    if not sees_all_of(actor, found, on=on):
        raise NotAllowed(MODULE)
    return found


def reached_client(actor: "Actor", number: str, *, on: date) -> Client:
    """Return a client whom the actor reaches, whole or in part. Raises Http404 for any other.

    A number that came in a query may hold anything, also what no database takes.
    """
    if not number.isprintable():
        raise Http404
    found = reached_clients(actor, on=on).select_related("person", "authority").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def sees_all_of(actor: "Actor", client: Client, *, on: date) -> bool:
    """Tell whether the actor sees more of the client than the services of his own units."""
    return clients_of(actor, on=on).filter(pk=client.pk).exists()


# A client on a day ----------------------------------------------------------------------------------


def settings_on(client: Client, day: date) -> ClientSettings | None:
    """Return what the client's fee is calculated by on a day. Source: spec CF-5."""
    return client.settings.filter(holds(day)).first()


def placement_on(client: Client, day: date) -> Placement | None:
    """Return which billing area the client belongs to on a day. Source: spec CF-5."""
    return client.placements.filter(holds(day)).select_related("area").first()


def unit_text(client: Client, *, on: date) -> str:
    """Return the units that give the client services on a day, by name."""
    granted = client.granted.filter(holds(on)).order_by("unit__sort_key")
    return ", ".join(dict.fromkeys(granted.values_list("unit__name", flat=True)))


def lead_of(session: "SessionBase", client: Client, *, today: date) -> str:
    """Return whom a dialog is about, as it says it: `D2026-000001, Tova Provsson.`."""
    return f"{client.number}, {people.shown_person(session, client.person, day=today).name}."


def clients_by_unit(actor: "Actor", unit_id: int, *, month: date) -> list[Client]:
    """Return who gets services from a unit of the actor in a month, by name. Raises Http404.

    Who is granted something there, or has something registered there. Source: spec CF-11.
    """
    organisations.clinic_of(actor, unit_id)
    first, last = month.replace(day=1), last_day_of_month(month)
    granted = GrantedService.objects.filter(client=OuterRef("pk"), unit_id=unit_id, first_on__lte=last)
    performed = PerformedService.objects.filter(client=OuterRef("pk"), unit_id=unit_id, month=first)
    served = Q(Exists(granted.filter(Q(last_on__isnull=True) | Q(last_on__gte=first)))) | Q(Exists(performed))
    found = reached_clients(actor, on=first).filter(served).select_related("person")
    return list(found.order_by("person__sort_key", "pk"))


def holds(day: date) -> Q:
    """Return the condition that a dated row holds on a day."""
    return Q(first_on__lte=day) & (Q(last_on__isnull=True) | Q(last_on__gte=day))


def _billed_from(on: date) -> date:
    return add_months(on.replace(day=1), -1)


def _is_in_area(actor: "Actor", on: date) -> Q:
    areas = actor.area_ids or ()
    placements = Placement.objects.filter(client=OuterRef("pk"), area_id__in=areas)
    placed = placements.filter(Q(last_on__isnull=True) | Q(last_on__gte=_billed_from(on)))
    unplaced = Placement.objects.filter(client=OuterRef("client"), area__is_intake=True, last_on__isnull=True)
    asked = AreaRequest.objects.filter(client=OuterRef("pk"), area_id__in=areas, state=RequestState.WAITING)
    return Q(Exists(placed)) | Q(Exists(asked.filter(Exists(unplaced))))


def _gets_services(actor: "Actor", on: date) -> Q:
    units, since = actor.clinic_ids or (), _billed_from(on)
    granted = GrantedService.objects.filter(client=OuterRef("pk"), unit_id__in=units)
    performed = PerformedService.objects.filter(client=OuterRef("pk"), unit_id__in=units, month__gte=since)
    return Q(Exists(granted.filter(Q(last_on__isnull=True) | Q(last_on__gte=since)))) | Q(Exists(performed))
