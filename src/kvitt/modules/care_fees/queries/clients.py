"""Read clients, limited to those whom the actor reaches."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from kvitt.foundation.values.dates import add_months
from kvitt.modules.care_fees.models import Client, GrantedService, PerformedService, Placement
from kvitt.registers.access.rules import NotAllowed, Permission

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

MODULE, SUBJECT = "care_fees", "care_fees.client"


def clients_of(actor: "Actor", *, on: date) -> QuerySet[Client]:
    """Return the clients whose pages the actor may open whole: those of his billing areas.

    What is billed is the month before: who has left an area since its first day is still the area's too.
    Source: spec CO-4, CF-28.
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
    """Return a client whom the actor reaches, whole or in part. Raises Http404 for any other."""
    found = reached_clients(actor, on=on).select_related("person", "authority").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def sees_all_of(actor: "Actor", client: Client, *, on: date) -> bool:
    """Tell whether the actor sees more of the client than the services of his own units."""
    return clients_of(actor, on=on).filter(pk=client.pk).exists()


def _billed_from(on: date) -> date:
    return add_months(on.replace(day=1), -1)


def _is_in_area(actor: "Actor", on: date) -> Exists:
    placements = Placement.objects.filter(client=OuterRef("pk"), area_id__in=actor.area_ids or ())
    return Exists(placements.filter(Q(last_on__isnull=True) | Q(last_on__gte=_billed_from(on))))


def _gets_services(actor: "Actor", on: date) -> Q:
    units, since = actor.clinic_ids or (), _billed_from(on)
    granted = GrantedService.objects.filter(client=OuterRef("pk"), unit_id__in=units)
    performed = PerformedService.objects.filter(client=OuterRef("pk"), unit_id__in=units, month__gte=since)
    return Q(Exists(granted.filter(Q(last_on__isnull=True) | Q(last_on__gte=since)))) | Q(Exists(performed))
