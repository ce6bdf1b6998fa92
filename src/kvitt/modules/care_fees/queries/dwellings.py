"""Read dwellings, limited to those of the units that the actor reaches."""

from datetime import date

from django.db.models import F, Q, QuerySet
from django.http import Http404

from kvitt.foundation.values.text import search_key
from kvitt.modules.care_fees.lifecycle import HousingKind
from kvitt.modules.care_fees.models import Dwelling, Tenancy
from kvitt.modules.care_fees.rules.housing import DwellingFacts, LetTo
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import Clinic

SUBJECT = "care_fees.dwelling"
OPEN, CLOSED, FREE = "open", "closed", "free"


def dwellings_of(actor: Actor) -> QuerySet[Dwelling]:
    """Return the dwellings of the actor's units; the billing office has them all. Source: spec CO-4, CF-7."""
    actor.require(Permission.SEE_CLIENTS)
    found = Dwelling.objects.filter(authority_id=actor.authority_id).select_related("unit")
    return found if actor.clinic_ids is None else found.filter(unit_id__in=actor.clinic_ids)


def dwelling_of(actor: Actor, dwelling_id: int) -> Dwelling:
    """Return one of them. Raises Http404 for any other."""
    found = dwellings_of(actor).filter(pk=dwelling_id).first()
    if found is None:
        raise Http404
    return found


def search_dwellings(
    actor: Actor, *, today: date, text: str = "", unit: int | None = None, kind: str = "", state: str = ""
) -> QuerySet[Dwelling]:
    """Return the dwellings that the filters let through; `free` are open ones that nobody holds today."""
    found = dwellings_of(actor)
    for word in search_key(text).split():
        found = found.filter(search_key__contains=word)
    if unit:
        found = found.filter(unit_id=unit)
    if kind:
        found = found.filter(kind=kind)
    is_closed = Q(closed_on__lte=today)
    if state == CLOSED:
        found = found.filter(is_closed)
    elif state in {OPEN, FREE}:
        found = found.exclude(is_closed)
    if state == FREE:
        let = Tenancy.objects.filter(Q(last_on__isnull=True) | Q(last_on__gte=today))
        found = found.exclude(pk__in=let.values("dwelling_id"))
    return found


def unit_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the units that the actor may have dwellings of, for a form's field."""
    return [(str(unit.pk), unit.name) for unit in organisations.clinics_of(actor)]


def unit_to_let(actor: Actor, unit_id: int) -> Clinic:
    """Return one of the actor's units. Raises Http404 for any other."""
    return organisations.clinic_of(actor, unit_id)


def dwelling_choices(actor: Actor, *, today: date, also: int | None = None) -> list[tuple[str, str]]:
    """Return the dwellings that are open, and the one a contract has already, for a form's field."""
    found = dwellings_of(actor).filter(Q(closed_on__isnull=True) | Q(closed_on__gt=today) | Q(pk=also))
    return [
        (str(dwelling.pk), f"{dwelling.unit.name}: {dwelling}")
        for dwelling in found.order_by("unit__sort_key", "number", "pk")
    ]


def let_to(dwelling: Dwelling) -> LetTo | None:
    """Return the contract that a dwelling is let with the longest, None for one that never was let."""
    latest = dwelling.tenancies.order_by(F("last_on").desc(nulls_first=True)).first()
    return LetTo(latest.number, latest.last_on) if latest else None


def facts_of(dwelling: Dwelling) -> DwellingFacts:
    """Return a dwelling as the form and the rules know it."""
    return DwellingFacts(
        unit_id=dwelling.unit_id,
        number=dwelling.number,
        address=dwelling.address,
        kind=HousingKind(dwelling.kind),
        closed_on=dwelling.closed_on,
    )
