"""Read what housing costs clients, and the panel of it on a client's page."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from kvitt.foundation.values.dates import Period, last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import HousingKind
from kvitt.modules.care_fees.models import Client, Dwelling, Rent, Tenancy, Tenant
from kvitt.modules.care_fees.rules.tenancy import (
    EARLIEST,
    ContractDate,
    DatedRent,
    Held,
    TenancyTerms,
    calculate_contract_date,
    calculate_dated_rent,
    calculate_shares,
)
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import queries as people
from kvitt.registers.price_lists import queries as price_lists

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

_TERMS = ("early_move_in_to", "half_rent_from", "half_rent_to")
_RENTS = Prefetch("rents", queryset=Rent.objects.order_by("first_on"))


@dataclass(frozen=True)
class MonthRent:
    """What a client pays of a contract's rent in a month; the whole where nobody shares the contract."""

    tenancy_number: str
    dwelling: str
    unit_id: int
    amount: Ore


@dataclass(frozen=True)
class HousingRow:
    """A contract as the client's page shows it; `rent` is a month's, öre, of both tenants together."""

    number: str
    url: str
    dwelling: str
    unit: str
    first_on: date
    last_on: date | None
    rent: Ore
    is_over: bool
    is_shared: bool
    has_free_month: bool


@dataclass(frozen=True)
class HousingPanel:
    """Everything `panels/housing.html` shows: the contracts, the latest first."""

    rows: Sequence[HousingRow]
    may_add: bool


def housing_panel(
    actor: Actor, client: Client, *, session: "SessionBase", today: date, is_whole: bool
) -> HousingPanel | None:
    """Return the housing contracts of a client; None for who sees the client in part.

    Where a protected client lives is not told until a reason is given. Source: spec CF-7, QU-19.
    """
    if not is_whole:
        return None
    is_hidden = people.needs_reason(session, client.person.merged_into or client.person)
    held = Tenant.objects.filter(client=client).values("tenancy_id")
    found = Tenancy.objects.filter(pk__in=held).select_related("dwelling__unit", "free_month")
    rows = found.prefetch_related(_RENTS, "tenants").order_by("-first_on", "-pk")
    return HousingPanel(
        rows=[_housing_row(row, today, is_hidden=is_hidden) for row in rows],
        may_add=actor.may(Permission.REGISTER_CARE),
    )


def terms_on(authority_id: int, day: date) -> TenancyTerms:
    """Return the days of a month that decide about contracts, as they hold on the day."""
    return terms_by_day(authority_id, [day])[day]


def terms_by_day(authority_id: int, days: Collection[date]) -> dict[date, TenancyTerms]:
    """Return the same for many days, in one statement; what held first held before too."""
    held_on = {day: max(day, EARLIEST) for day in days}
    wanted = [(f"care_fees.{name}", day) for name in _TERMS for day in held_on.values()]
    found = price_lists.parameters_on(authority_id, wanted)
    return {
        day: TenancyTerms(**{name: found[f"care_fees.{name}", on] for name in _TERMS})
        for day, on in held_on.items()
    }


def contract_date(dwelling: Dwelling, moved_in_on: date) -> ContractDate:
    """Return the contract date of who moves in to the dwelling that day, with its rule. Source: spec CF-8."""
    terms = terms_on(dwelling.authority_id, moved_in_on)
    return calculate_contract_date(moved_in_on, HousingKind(dwelling.kind), terms)


def rents_of(client_ids: Collection[int], month: date) -> dict[int, list[MonthRent]]:
    """Return the rents of many clients in a month, in as many statements as of one; none is left out.

    Two tenants of a contract pay half each. Source: debitering-ao, pages 13-14; spec CF-7.
    """
    start = month.replace(day=1)
    held = Tenant.objects.filter(client_id__among=client_ids).values("tenancy_id")
    tenancies = _in_force(Tenancy.objects.filter(pk__in=held), Period(start, last_day_of_month(start)))
    found: dict[int, list[MonthRent]] = {}
    terms: dict[int, TenancyTerms] = {}
    for tenancy in tenancies.select_related("dwelling").prefetch_related(_RENTS, "tenants").order_by("pk"):
        authority_id = tenancy.authority_id
        if authority_id not in terms:
            terms[authority_id] = terms_on(authority_id, start)
        rents = dated_rents(tenancy)
        amount = calculate_dated_rent(start, tenancy.first_on, tenancy.last_on, rents, terms[authority_id])
        shares = calculate_shares(amount, [tenant.client_id for tenant in tenancy.tenants.all()])
        for client_id, share in shares.items():
            if client_id in client_ids:
                row = MonthRent(tenancy.number, str(tenancy.dwelling), tenancy.dwelling.unit_id, share)
                found.setdefault(client_id, []).append(row)
    return found


def dated_rents(tenancy: Tenancy) -> list[DatedRent]:
    """Return the rents of a contract, the earliest first."""
    return [DatedRent(rent.first_on, rent.amount) for rent in tenancy.rents.all()]


def rent_on(tenancy: Tenancy, day: date) -> Ore:
    """Return what a month of the contract costs on the day, its first rent before it begins."""
    rents = dated_rents(tenancy)
    begun = [rent for rent in rents if rent.first_on <= day] or rents[:1]
    return begun[-1].monthly if begun else 0


def held_by(tenancies: Iterable[Tenancy]) -> list[Held]:
    """Return contracts as the rules know them."""
    return [Held(tenancy.number, Period(tenancy.first_on, tenancy.last_on)) for tenancy in tenancies]


def _in_force(tenancies: QuerySet[Tenancy], period: Period) -> QuerySet[Tenancy]:
    begun = tenancies if period.last is None else tenancies.filter(first_on__lte=period.last)
    return begun.exclude(last_on__lt=period.first)


def _housing_row(tenancy: Tenancy, today: date, *, is_hidden: bool) -> HousingRow:
    return HousingRow(
        number=tenancy.number,
        url=reverse("care_fees:tenancy", args=[tenancy.number]),
        dwelling=people.hidden_text() if is_hidden else str(tenancy.dwelling),
        unit="" if is_hidden else tenancy.dwelling.unit.name,
        first_on=tenancy.first_on,
        last_on=tenancy.last_on,
        rent=rent_on(tenancy, today),
        is_over=tenancy.last_on is not None and tenancy.last_on < today,
        is_shared=len(tenancy.tenants.all()) > 1,
        has_free_month=hasattr(tenancy, "free_month"),
    )
