"""Read housing contracts, limited to those of clients whom the actor reaches whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.case_numbers import complete_number
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.text import search_key
from kvitt.modules.care_fees.lifecycle import FormerHousing, HousingKind, MonthStatus
from kvitt.modules.care_fees.models import Client, ClientMonth, FreeMonth, Rent, Tenancy, Tenant
from kvitt.modules.care_fees.queries import clients, housing
from kvitt.modules.care_fees.queries.month import STANDING
from kvitt.registers.access.rules import Actor, NotAllowed, Permission
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

OPEN, ENDED = "open", "ended"
_RENTS = Prefetch("rents", queryset=Rent.objects.order_by("first_on"))
_TENANTS = Prefetch("tenants", queryset=Tenant.objects.select_related("client__person").order_by("pk"))


@dataclass(frozen=True)
class RentRow:
    """A rent as the contract's page shows it."""

    first_on: date
    amount: Ore


@dataclass(frozen=True)
class TenantRow:
    """Who holds the contract."""

    number: str
    person: people.ShownPerson
    person_id: int
    url: str


@dataclass(frozen=True)
class FreeMonthRow:
    """The free month of a contract: `deductions` are client number, month and amount of each tenant."""

    deductions: Sequence[tuple[str, date, Ore]]
    former_housing: str
    cost: Ore
    decided_on: date
    decided_by: str
    receipt_url: str
    receipt_name: str


@dataclass(frozen=True)
class TenancyPage:
    """Everything `tenancy.html` shows."""

    number: str
    title: str
    crumbs: Sequence[Crumb]
    dwelling: str
    unit: str
    kind: HousingKind
    moved_in_on: date
    first_on: date
    last_on: date | None
    rule: str
    rents: Sequence[RentRow]
    tenants: Sequence[TenantRow]
    free_month: FreeMonthRow | None
    may_change: bool
    may_mend: bool


def tenancies_of(actor: Actor, *, on: date) -> QuerySet[Tenancy]:
    """Return the contracts of the clients whose pages the actor may open whole. Source: spec CO-4, CF-10."""
    reached = clients.clients_of(actor, on=on).values("pk")
    held = Tenant.objects.filter(tenancy=OuterRef("pk"), client_id__in=reached)
    return Tenancy.objects.filter(Exists(held), authority_id=actor.authority_id)


def tenancy_of(actor: Actor, number: str, *, on: date) -> Tenancy:
    """Return one of them with its dwelling, rents and tenants. Raises Http404 for any other."""
    found = tenancies_of(actor, on=on).select_related("dwelling__unit").prefetch_related(_RENTS, _TENANTS)
    tenancy = found.filter(number=number).first()
    if tenancy is None:
        raise Http404
    return tenancy


def tenancy_to_change(actor: Actor, number: str, *, on: date) -> Tenancy:
    """Return a contract whose every tenant the actor reaches. Raises Http404, NotAllowed."""
    tenancy = tenancy_of(actor, number, on=on)
    actor.require(Permission.REGISTER_CARE)
    if not _reaches_all(actor, tenancy, on=on):
        raise NotAllowed(clients.MODULE)
    return tenancy


def search_tenants(
    actor: Actor,
    *,
    on: date,
    person: str = "",
    dwelling: str = "",
    number: str = "",
    first_on: date | None = None,
    last_on: date | None = None,
    state: str = "",
) -> QuerySet[Tenant]:
    """Return who holds a contract, a row for each: by name or client number, dwelling, period and state.

    The period finds contracts that hold some day of it. Source: debitering-ao, page 15; spec CF-10.
    """
    reached = clients.clients_of(actor, on=on).values("pk")
    found = Tenant.objects.filter(client_id__in=reached, tenancy__authority_id=actor.authority_id)
    if person:
        by_number = Q(client__number=complete_number(person))
        found = found.filter(by_number | people.named(person, path="client__person__"))
    if dwelling:
        # Where a protected person lives is not told by finding the contract.
        found = found.exclude(client__person__is_protected=True)
        found = found.exclude(client__person__merged_into__is_protected=True)
    for word in search_key(dwelling).split():
        found = found.filter(tenancy__dwelling__search_key__contains=word)
    if number:
        found = found.filter(tenancy__number=complete_number(number))
    if first_on is not None:
        found = found.filter(Q(tenancy__last_on__isnull=True) | Q(tenancy__last_on__gte=first_on))
    if last_on is not None:
        found = found.filter(tenancy__first_on__lte=last_on)
    is_over = Q(tenancy__last_on__lt=on)
    if state:
        found = found.filter(is_over) if state == ENDED else found.exclude(is_over)
    rents = Prefetch("tenancy__rents", queryset=Rent.objects.order_by("first_on"))
    return found.select_related("client__person__merged_into", "tenancy__dwelling__unit").prefetch_related(
        rents
    )


def tenancy_page(actor: Actor, number: str, *, session: "SessionBase", today: date) -> TenancyPage:
    """Return one contract with its rents, tenants and free month. Raises Http404."""
    tenancy = tenancy_of(actor, number, on=today)
    tenants = [tenant.client for tenant in tenancy.tenants.all()]
    reached = set(
        clients.clients_of(actor, on=today)
        .filter(pk__in=[client.pk for client in tenants])
        .values_list("pk", flat=True)
    )
    may_change = actor.may(Permission.REGISTER_CARE) and len(reached) == len(tenants)
    free_month = FreeMonth.objects.filter(tenancy=tenancy).select_related(
        "correction__client", "partner_correction__client", "receipt"
    )
    granted = free_month.first()
    calculated = calculated_since(tenants, tenancy.first_on) if may_change else None
    contract = housing.contract_date(tenancy.dwelling, tenancy.moved_in_on)
    return TenancyPage(
        number=tenancy.number,
        title=f"{gettext('Housing contract')} {tenancy.number}",
        crumbs=[
            Crumb(gettext("Contract list"), reverse("care_fees:search_tenancies")),
            Crumb(tenancy.number),
        ],
        dwelling=str(tenancy.dwelling),
        unit=tenancy.dwelling.unit.name,
        kind=HousingKind(tenancy.dwelling.kind),
        moved_in_on=tenancy.moved_in_on,
        first_on=tenancy.first_on,
        last_on=tenancy.last_on,
        rule=gettext(contract.rule) % contract.values,
        rents=[RentRow(rent.first_on, rent.amount) for rent in reversed(tenancy.rents.all())],
        tenants=[
            TenantRow(
                number=client.number,
                person=people.shown_person(session, client.person, day=today),
                person_id=client.person_id,
                url=reverse("care_fees:case", args=[client.number]) if client.pk in reached else "",
            )
            for client in tenants
        ],
        free_month=_free_month_row(tenancy, granted) if granted else None,
        may_change=may_change,
        may_mend=may_change and calculated is None and granted is None,
    )


def calculated_since(tenants: Sequence[Client], day: date) -> date | None:
    """Return the first month since the day that is calculated of any of them, or None."""
    return _months(tenants, day).order_by("month").values_list("month", flat=True).first()


def approved_since(tenants: Sequence[Client], day: date) -> date | None:
    """Return the first month since the day that is approved of any of them, or None."""
    approved = _months(tenants, day).filter(status=MonthStatus.APPROVED)
    return approved.order_by("month").values_list("month", flat=True).first()


def has_free_month(tenancy: Tenancy) -> bool:
    """Tell whether a free month is decided on the contract."""
    return FreeMonth.objects.filter(tenancy=tenancy).exists()


def initial_of(tenancy: Tenancy) -> dict[str, object]:
    """Return what the form that mends a contract begins with."""
    return {
        "dwelling": tenancy.dwelling_id,
        "moved_in_on": tenancy.moved_in_on,
        "monthly": housing.rent_on(tenancy, tenancy.first_on),
    }


def tenants_of(tenancy: Tenancy) -> list[Client]:
    """Return who holds a contract that was read with its tenants."""
    return [tenant.client for tenant in tenancy.tenants.all()]


def _months(tenants: Sequence[Client], day: date) -> QuerySet[ClientMonth]:
    return ClientMonth.objects.filter(client__in=tenants, month__gte=day.replace(day=1), status__in=STANDING)


def _reaches_all(actor: Actor, tenancy: Tenancy, *, on: date) -> bool:
    tenants = [tenant.client_id for tenant in tenancy.tenants.all()]
    return clients.clients_of(actor, on=on).filter(pk__in=tenants).count() == len(tenants)


def _free_month_row(tenancy: Tenancy, granted: FreeMonth) -> FreeMonthRow:
    corrections = [granted.correction, *filter(None, [granted.partner_correction])]
    receipt = granted.receipt
    return FreeMonthRow(
        deductions=[(row.client.number, row.month, row.amount) for row in corrections],
        former_housing=gettext(FormerHousing(granted.former_housing).label),
        cost=granted.cost,
        decided_on=granted.decided_on,
        decided_by=granted.decided_by,
        receipt_url=reverse("care_fees:receipt", args=[tenancy.number]) if receipt else "",
        receipt_name=receipt.file_name if receipt else "",
    )
