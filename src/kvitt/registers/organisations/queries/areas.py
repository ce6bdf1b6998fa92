"""Read a municipality's billing areas and care units, for its administrator."""

from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from kvitt.foundation.values.text import search_key
from kvitt.registers.organisations import queries
from kvitt.registers.organisations.lifecycle import AuthorityKind
from kvitt.registers.organisations.models import BillingArea, Clinic
from kvitt.registers.organisations.rules import ADMINISTER

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


def is_municipality(actor: "Actor") -> bool:
    """Tell whether the actor's authority is a municipality: it has care units and billing areas."""
    return queries.authority_kind(actor.authority_id) is AuthorityKind.MUNICIPALITY


def search_areas(actor: "Actor", *, today: date, text: str = "", state: str = "") -> QuerySet[BillingArea]:
    """Return the billing areas that the filters let through, each with its number of open units.

    Raises Http404 in a region, NotAllowed.
    """
    _require_municipality(actor)
    areas = queries.areas_of(actor)
    if text:
        areas = areas.filter(name__icontains=text)
    if state == "open":
        areas = areas.filter(_is_open(today))
    elif state == "closed":
        areas = areas.exclude(_is_open(today))
    units = Clinic.objects.filter(_is_open(today), area=OuterRef("pk")).order_by().values("area")
    return areas.annotate(unit_count=Coalesce(Subquery(units.annotate(count=Count("pk")).values("count")), 0))


def area_to_change(actor: "Actor", area_id: int) -> BillingArea:
    """Return a billing area to the administrator. Raises Http404 for one he may not see, NotAllowed."""
    found = queries.areas_of(actor).filter(pk=area_id).first()
    if found is None:
        raise Http404
    actor.require(ADMINISTER)
    return found


def area_choices(actor: "Actor", *, today: date, also: int | None = None) -> list[tuple[int, str]]:
    """Return the open billing areas as choices, number of the row and name; `also` one that has closed."""
    offered = queries.areas_of(actor).filter(_is_open(today) | Q(pk=also))
    return list(offered.values_list("pk", "name"))


def search_units(
    actor: "Actor",
    *,
    today: date,
    text: str = "",
    kind: str = "",
    area: int | None = None,
    state: str = "",
) -> QuerySet[Clinic]:
    """Return the care units that the filters let through, each with its billing area."""
    actor.require(ADMINISTER)
    units = queries.clinics_of(actor).select_related("provider", "authority", "area")
    if text:
        units = units.filter(search_key__contains=search_key(text))
    if kind:
        units = units.filter(unit_kind=kind)
    if area:
        units = units.filter(area_id=area)
    if state == "open":
        units = units.filter(_is_open(today))
    elif state == "closed":
        units = units.exclude(_is_open(today))
    return units


def clients_in_area(area_id: int, *, after: date) -> int:
    """Return how many clients stay in the billing area after the day.

    The registers do not know the modules: each app that has clients tells.
    """
    asked = (getattr(app, "clients_in_area", None) for app in apps.get_app_configs())
    return sum(clients(area_id, after) for clients in asked if clients is not None)


def open_units(area_id: int, *, after: date) -> list[str]:
    """Return the care units of the billing area that are open after the day."""
    units = Clinic.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=after), area_id=area_id)
    return [str(unit) for unit in units.order_by("number")]


def _require_municipality(actor: "Actor") -> None:
    actor.require(ADMINISTER)
    if not is_municipality(actor):
        raise Http404


def _is_open(today: date) -> Q:
    return Q(closed_on__isnull=True) | Q(closed_on__gte=today)
