"""The billing basis: what was reported of a month, part by part, limited to what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from kvitt.foundation.values.case_numbers import complete_number
from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.models import (
    Absence,
    Client,
    FeeCorrection,
    GrantedService,
    PerformedService,
    Placement,
    Tenant,
)
from kvitt.modules.care_fees.queries import clients, housing, registrations, search
from kvitt.modules.care_fees.queries.area_months import placed
from kvitt.registers.access.rules import Permission
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


class BasisPart(Labelled):
    """A part of what a month is billed by (*debiteringsunderlag*). Source: spec CF-27."""

    REGISTRATIONS = "registrations", _("Performed services")
    GRANTED = "granted", _("Granted services")
    ABSENCES = "absences", _("Temporary absence")
    CORRECTIONS = "corrections", _("Corrections")
    HOUSING = "housing", _("Housing contracts")


@dataclass(frozen=True)
class WantedBasis:
    """Which part of which month's basis is wanted, of whom: `month` is its first day."""

    part: BasisPart
    month: date
    unit_id: int | None = None
    area_id: int | None = None
    text: str = ""


@dataclass(frozen=True)
class BasisRow:
    """Something that was reported of a client; a protected one is hidden (spec QU-19).

    `row` is what is stored, `area` the client's on the month's last day, `url` where it is changed.
    """

    pk: int
    row: Any
    client: Client
    name: str
    identity: str
    area: str
    is_hidden: bool
    url: str

    @property
    def person_id(self) -> int:
        """Whom it is about."""
        return self.client.person_id


def search_basis(actor: "Actor", wanted: WantedBasis, *, today: date) -> QuerySet[Any, Any]:
    """Return what was reported of the month (*Debiteringsunderlag*).

    Of clients of others only what belongs to the actor's units. Source: debitering-ao, pages 20, 34;
    spec CF-27, CF-28.
    """
    rows = _ROWS[wanted.part](wanted.month)
    whole = clients.clients_of(actor, on=today)
    mine = Q(client__in=whole)
    if wanted.part in (BasisPart.REGISTRATIONS, BasisPart.GRANTED):
        served = clients.reached_clients(actor, on=today)
        mine |= Q(client__in=served, unit_id__in=actor.clinic_ids or ())
    rows = rows.filter(mine)
    if wanted.area_id is not None:
        there = placed([wanted.area_id], wanted.month)
        rows = rows.filter(Exists(there.filter(client=OuterRef("client_id"))))
    if wanted.unit_id is not None:
        rows = _at_unit(rows, wanted)
    if text := wanted.text.strip():
        named = people.named(text, path="client__person__")
        rows = rows.filter(Q(client__number__startswith=complete_number(text)) | named)
    return rows.select_related("client__person__merged_into")


def listed_basis(actor: "Actor", rows: Sequence[Any], wanted: WantedBasis, *, today: date) -> list[BasisRow]:
    """Return a page of the basis with what it shows, in a constant number of statements."""
    ids = {row.client_id for row in rows}
    held = Placement.objects.filter(clients.holds(last_day_of_month(wanted.month)), client_id__among=ids)
    areas = dict(held.values_list("client_id", "area__name"))
    whole = clients.clients_of(actor, on=today).filter(pk__among=ids)
    opened = set(whole.values_list("pk", flat=True))
    return [
        BasisRow(
            pk=row.pk,
            row=row,
            client=row.client,
            name=people.listed_name(search.person_of(row.client)),
            identity=search.person_of(row.client).identity_number,
            area=areas.get(row.client_id, "") if row.client_id in opened else "",
            is_hidden=search.person_of(row.client).is_protected,
            url=_url(actor, row, wanted.part),
        )
        for row in rows
    ]


# What was reported, of everybody ------------------------------------------------------------------


def _in_month(month: date, path: str = "") -> Q:
    """Return the condition that a dated row shares a day with the month."""
    is_open = Q(**{f"{path}last_on__isnull": True}) | Q(**{f"{path}last_on__gte": month})
    return is_open & Q(**{f"{path}first_on__lte": last_day_of_month(month)})


def _registrations(month: date) -> QuerySet[Any, Any]:
    return PerformedService.objects.filter(month=month).select_related("service", "unit")


def _granted(month: date) -> QuerySet[Any, Any]:
    return GrantedService.objects.filter(_in_month(month)).select_related("service", "unit")


def _absences(month: date) -> QuerySet[Any, Any]:
    return Absence.objects.filter(_in_month(month), removed_at__isnull=True)


def _corrections(month: date) -> QuerySet[Any, Any]:
    rows = FeeCorrection.objects.filter(month=month, removed_at__isnull=True)
    return rows.select_related("service", "unit")


def _housing(month: date) -> QuerySet[Any, Any]:
    rows = Tenant.objects.filter(_in_month(month, "tenancy__"))
    return rows.select_related("tenancy__dwelling__unit").prefetch_related("tenancy__rents")


_ROWS = {
    BasisPart.REGISTRATIONS: _registrations,
    BasisPart.GRANTED: _granted,
    BasisPart.ABSENCES: _absences,
    BasisPart.CORRECTIONS: _corrections,
    BasisPart.HOUSING: _housing,
}


def _at_unit(rows: QuerySet[Any, Any], wanted: WantedBasis) -> QuerySet[Any, Any]:
    """Return the rows of a unit: of absence those of who is granted something there in the month."""
    if wanted.part is BasisPart.ABSENCES:
        there = GrantedService.objects.filter(_in_month(wanted.month), unit_id=wanted.unit_id)
        return rows.filter(Exists(there.filter(client=OuterRef("client_id"))))
    if wanted.part is BasisPart.HOUSING:
        # Where a protected person lives is not told by finding the contract.
        rows = rows.exclude(client__person__is_protected=True)
        rows = rows.exclude(client__person__merged_into__is_protected=True)
        return rows.filter(tenancy__dwelling__unit_id=wanted.unit_id)
    return rows.filter(unit_id=wanted.unit_id)


def _url(actor: "Actor", row: Any, part: BasisPart) -> str:  # noqa: ANN401 - rows of any part
    """Return where the row is changed: the grid of the unit's month, the contract, the client's page."""
    if part is BasisPart.HOUSING:
        return reverse("care_fees:tenancy", args=[row.tenancy.number])
    may_register = actor.may(Permission.REGISTER_CARE)
    if part is BasisPart.REGISTRATIONS and may_register and actor.sees_clinic(row.unit_id):
        return registrations.grid_url(row.unit_id, row.month)
    return f"{reverse('care_fees:case', args=[row.client.number])}#{_ANCHORS[part]}"


# Where each part is on the page of a client.
_ANCHORS = {
    BasisPart.REGISTRATIONS: "registrations",
    BasisPart.GRANTED: "services-title",
    BasisPart.ABSENCES: "absences-title",
    BasisPart.CORRECTIONS: "corrections-title",
}


def rent_of(row: Tenant, month: date) -> int:
    """Return what a month of the contract costs (öre), by the rent on the month's last day."""
    return housing.rent_on(row.tenancy, last_day_of_month(month))
