"""Read authorities, providers, clinics, rights and practitioners."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.tables import Crumb
from kvitt.foundation.values import identity
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import search_key, sort_key
from kvitt.registers.organisations.lifecycle import AuthorityKind, GiroKind, Scheme, UnitKind
from kvitt.registers.organisations.models import (
    Authority,
    BillingArea,
    CareProvider,
    Clinic,
    ClinicRight,
    Practitioner,
)
from kvitt.registers.organisations.rules import ADMINISTER, MANAGE_UNIT, check_reporting, format_account

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

Row = TypeVar("Row", ClinicRight, Practitioner)


@dataclass(frozen=True)
class Connections:
    """The schemes that clinics are connected to: today, and those that closed ones had on their last day."""

    current: frozenset[str]
    former: frozenset[str]


@dataclass(frozen=True)
class RightRow:
    """A right on the clinic's page."""

    id: int
    label: str
    period: str
    is_over: bool
    may_remove: bool
    may_end: bool


@dataclass(frozen=True)
class PostRow:
    """A practitioner on the clinic's page."""

    id: int
    name: str
    title: str
    period: str
    is_over: bool


@dataclass(frozen=True)
class ClinicPage:
    """Everything `clinic.html` shows."""

    id: int
    title: str
    crumbs: list[Crumb]
    provider_id: int
    provider: str
    address: str
    phone: str
    email: str
    giro: str
    giro_label: str
    is_specialist: bool
    is_care_unit: bool
    kind: str
    area: str
    closed_on: date | None
    close_url: str
    rights: list[RightRow]
    practitioners: list[PostRow]
    lacks_practitioner: bool


# What other apps ask ------------------------------------------------------------------------------


def authority(authority_id: int) -> Authority:
    """Return the authority. Raises Authority.DoesNotExist."""
    return Authority.objects.get(id=authority_id)


def authority_kind(authority_id: int) -> AuthorityKind:
    """Return whether the authority is a region or a municipality. Raises Authority.DoesNotExist."""
    return AuthorityKind(Authority.objects.values_list("kind", flat=True).get(id=authority_id))


def authority_ids() -> list[int]:
    """Return every authority of the installation: for what the calendar does."""
    return list(Authority.objects.order_by("id").values_list("id", flat=True))


def only_authority_id() -> int | None:
    """Return the authority of an installation that serves a single one."""
    ids = list(Authority.objects.values_list("id", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None


def authority_id_of(organisation_number: str) -> int | None:
    """Return the authority with the organisation number, however it is written; None where there is none."""
    digits = identity.normalise_organisation_number(organisation_number)
    return Authority.objects.filter(organisation_number=digits).values_list("id", flat=True).first()


def clinic_ids_of_provider(provider_id: int) -> list[int]:
    """Return the clinics of a provider, closed ones too: their cases stay readable."""
    return list(Clinic.objects.filter(provider_id=provider_id).values_list("id", flat=True))


def clinic_ids_of_area(area_id: int) -> list[int]:
    """Return the care units of a billing area."""
    return list(Clinic.objects.filter(area_id=area_id).values_list("id", flat=True))


def areas_of(actor: "Actor") -> QuerySet[BillingArea]:
    """Return the billing areas whose clients the actor may see, by name."""
    areas = BillingArea.objects.filter(authority_id=actor.authority_id)
    if actor.area_ids is not None:
        areas = areas.filter(pk__in=actor.area_ids)
    return areas.order_by("sort_key", "pk")


def care_units_of(actor: "Actor") -> QuerySet[Clinic]:
    """Return the municipal care units that the actor may work for, those of his area, by number."""
    return clinics_of(actor).exclude(unit_kind="").order_by("number")


def rights_of(clinic_ids: Iterable[int], *, on: date) -> frozenset[str]:
    """Return the schemes that at least one of the clinics is connected to on the day."""
    return connections_of(clinic_ids, on=on).current


def connections_of(clinic_ids: Iterable[int], *, on: date) -> Connections:
    """Return what the clinics are connected to on the day, and what closed ones were on their last day."""
    # Sorted out here: asked at every request, and simpler to make than a statement that does it.
    rights = ClinicRight.objects.filter(clinic_id__in=list(clinic_ids), first_on__lte=on)
    current: set[str] = set()
    former: set[str] = set()
    for scheme, first_on, last_on, closed_on in rights.values_list(
        "scheme", "first_on", "last_on", "clinic__closed_on"
    ):
        if last_on is None or last_on >= on:
            current.add(scheme)
        elif closed_on is not None and first_on <= closed_on <= last_on and closed_on < on:
            former.add(scheme)
    return Connections(current=frozenset(current), former=frozenset(former))


def connected_clinics(clinic_ids: Iterable[int], scheme: str, *, on: date) -> set[int]:
    """Return which of the clinics are connected to the scheme on the day."""
    rights = ClinicRight.objects.filter(_holds(on), clinic_id__in=list(clinic_ids), scheme=scheme)
    return set(rights.values_list("clinic_id", flat=True))


def clinics_of(actor: "Actor") -> QuerySet[Clinic]:
    """Return the clinics whose data the actor may see, in Swedish order."""
    clinics = Clinic.objects.filter(authority_id=actor.authority_id).select_related("provider", "authority")
    if actor.clinic_ids is not None:
        clinics = clinics.filter(id__in=actor.clinic_ids)
    return clinics.order_by("sort_key", "id")


def clinic_of(actor: "Actor", clinic_id: int) -> Clinic:
    """Return one of the actor's clinics. Raises Http404 for any other."""
    found = clinics_of(actor).select_related("provider", "authority", "area").filter(id=clinic_id).first()
    if found is None:
        raise Http404
    return found


def providers_of(actor: "Actor") -> QuerySet[CareProvider]:
    """Return the care providers whose clinics the actor may see, in Swedish order."""
    providers = CareProvider.objects.filter(authority_id=actor.authority_id)
    if actor.clinic_ids is not None:
        providers = providers.filter(clinics__in=actor.clinic_ids).distinct()
    return providers.order_by("sort_key", "id")


def practitioners_of(clinic_ids: Iterable[int]) -> list[Practitioner]:
    """Return who gives or gave care at the clinics, by name: for the filter of a search."""
    found = Practitioner.objects.filter(clinic_id__in=list(clinic_ids))
    return sorted(found, key=lambda practitioner: (sort_key(practitioner.name), practitioner.id))


def practitioners_at(clinic_id: int, *, on: date) -> list[Practitioner]:
    """Return who gives care at the clinic on the day, by name."""
    return practitioners_between(clinic_id, on, on)


def practitioners_between(clinic_id: int, first_on: date, last_on: date) -> list[Practitioner]:
    """Return who gives care at the clinic on at least one day of the period, by name."""
    has_left = Q(last_on__lt=first_on)
    found = Practitioner.objects.filter(clinic_id=clinic_id, first_on__lte=last_on).exclude(has_left)
    return sorted(found, key=lambda practitioner: (sort_key(practitioner.name), practitioner.id))


def practitioner_of(clinic_id: int, practitioner_id: int) -> Practitioner | None:
    """Return somebody who gives, gave or will give care at the clinic; nobody of another clinic."""
    return Practitioner.objects.filter(clinic_id=clinic_id, pk=practitioner_id).first()


def reporting_problems(clinic_id: int, *, on: date, contact: str) -> list[Problem]:
    """Tell why the clinic cannot report care on the day, or nothing; `contact` is whom to ask."""
    return check_reporting(has_practitioner=bool(practitioners_at(clinic_id, on=on)), contact=contact)


def _holds(on: date) -> Q:
    return Q(last_on__isnull=True, first_on__lte=on) | Q(last_on__gte=on, first_on__lte=on)


# The administrator's pages ------------------------------------------------------------------------


def search_clinics(
    actor: "Actor",
    *,
    today: date,
    text: str = "",
    provider: int | None = None,
    scheme: str = "",
    state: str = "",
    specialist: bool = False,
) -> QuerySet[Clinic]:
    """Return the clinics that the filters let through, each with its number of active practitioners."""
    actor.require(ADMINISTER)
    clinics = clinics_of(actor).prefetch_related("rights")
    if text:
        clinics = clinics.filter(search_key__contains=search_key(text))
    if provider:
        clinics = clinics.filter(provider_id=provider)
    if scheme:
        connected = ClinicRight.objects.filter(_holds(today), clinic=OuterRef("pk"), scheme=scheme)
        clinics = clinics.filter(id__in=connected.values("clinic_id"))
    if specialist:
        clinics = clinics.filter(is_specialist=True)
    if state == "open":
        clinics = clinics.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=today))
    elif state == "closed":
        clinics = clinics.filter(closed_on__lt=today)
    active = (
        Practitioner.objects.filter(_holds(today), clinic=OuterRef("pk"))
        .order_by()
        .values("clinic")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return clinics.annotate(practitioner_count=Coalesce(Subquery(active), 0))


def clinic_page(actor: "Actor", clinic_id: int, *, today: date) -> ClinicPage:
    """Return one clinic with its rights and practitioners, for its administrator."""
    clinic = clinic_to_change(actor, clinic_id)
    is_care_unit = bool(clinic.unit_kind)
    practitioners = _posts(clinic, today)
    return ClinicPage(
        id=clinic.id,
        title=str(clinic),
        crumbs=[
            Crumb(units_title(is_care_unit), reverse("organisations:search_clinics")),
            Crumb(str(clinic)),
        ],
        provider_id=clinic.provider_id,
        provider=str(clinic.provider),
        address=clinic.address,
        phone=clinic.phone,
        email=clinic.email,
        giro=giro_text(clinic),
        giro_label=gettext(GiroKind(clinic.giro_kind).label) if clinic.giro_kind else "",
        is_specialist=clinic.is_specialist,
        is_care_unit=is_care_unit,
        kind=gettext(UnitKind(clinic.unit_kind).label) if is_care_unit else "",
        area=clinic.area.name if clinic.area else "",
        closed_on=clinic.closed_on,
        close_url=reverse("organisations:close_clinic", args=[clinic.id]),
        rights=_rights(clinic, today),
        practitioners=practitioners,
        lacks_practitioner=not is_care_unit
        and clinic.closed_on is None
        and all(row.is_over for row in practitioners),
    )


def units_title(is_care_unit: bool) -> str:  # noqa: FBT001 - one question, one answer
    """Return what the authority's units are called: clinics, or a municipality's care units."""
    return gettext("Care units") if is_care_unit else gettext("Clinics")


def clinic_to_change(actor: "Actor", clinic_id: int) -> Clinic:
    """Return a clinic to its administrator. Raises Http404 for one he may not see."""
    clinic = clinic_of(actor, clinic_id)
    actor.require(ADMINISTER)
    return clinic


def clinic_to_manage(actor: "Actor", clinic_id: int) -> Clinic:
    """Return a clinic to who manages it: its own administrator, or the authority's.

    Raises Http404 for one he may not see, NotAllowed for one he may not manage. Source: spec SC-24.
    """
    clinic = clinic_of(actor, clinic_id)
    if not actor.may(ADMINISTER):
        actor.require(MANAGE_UNIT)
    return clinic


def right_to_change(actor: "Actor", right_id: int) -> ClinicRight:
    """Return a right to the administrator of its clinic. Raises Http404 for one he may not see."""
    return _of_clinic(actor, ClinicRight.objects.filter(id=right_id))


def practitioner_to_change(actor: "Actor", practitioner_id: int) -> Practitioner:
    """Return a practitioner to the administrator of the clinic. Raises Http404 for one he may not see."""
    return _of_clinic(actor, Practitioner.objects.filter(id=practitioner_id))


def authority_to_change(actor: "Actor") -> Authority:
    """Return the actor's own authority to its administrator."""
    actor.require(ADMINISTER)
    return authority(actor.authority_id)


def authority_values(found: Authority) -> dict[str, str]:
    """Return what the form of the authority's settings shows, numbers as they are written."""
    return {
        "name": found.name,
        "organisation_number": identity.format_organisation_number(found.organisation_number),
        "contact_name": found.contact_name,
        "contact_phone": found.contact_phone,
        "contact_email": found.contact_email,
        "bankgiro": identity.format_bankgiro(found.bankgiro) if found.bankgiro else "",
        "county": found.county,
        "municipality_code": found.municipality_code,
        "parish_code": found.parish_code,
        "letter_text": found.letter_text,
        "reserve_number_patterns": found.reserve_number_patterns,
    }


def giro_text(clinic: Clinic) -> str:
    """Return the account as it is written: 5050-1055, 490220-1; empty when none is known."""
    return format_account(clinic.giro_kind, clinic.giro_number)


def _of_clinic(actor: "Actor", rows: QuerySet[Row]) -> Row:
    """Return the row when its clinic is one of the actor's."""
    row = rows.select_related("clinic").filter(clinic__in=clinics_of(actor).order_by()).first()
    if row is None:
        raise Http404
    actor.require(ADMINISTER)
    return row


def _rights(clinic: Clinic, today: date) -> list[RightRow]:
    return [
        RightRow(
            id=right.id,
            label=gettext(Scheme(right.scheme).label),
            period=_period_text(Period(right.first_on, right.last_on)),
            is_over=right.last_on is not None and right.last_on < today,
            may_remove=right.first_on > today,
            may_end=clinic.closed_on is None and right.first_on <= today,
        )
        for right in clinic.rights.order_by("-first_on", "scheme")
    ]


def _period_text(period: Period) -> str:
    if period.last is None:
        return gettext("from %(day)s") % {"day": period.first.isoformat()}
    return str(period)


def _posts(clinic: Clinic, today: date) -> list[PostRow]:
    rows = [
        PostRow(
            id=post.id,
            name=post.name,
            title=post.title,
            period=_period_text(Period(post.first_on, post.last_on)),
            is_over=post.last_on is not None and post.last_on < today,
        )
        for post in clinic.practitioners.all()
    ]
    return sorted(rows, key=lambda row: (row.is_over, sort_key(row.name), row.period))
