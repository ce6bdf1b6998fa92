"""Read what a free month is decided on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.http import Http404

from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import FormerHousing, Household
from kvitt.modules.care_fees.models import Client, FreeMonth, Tenancy
from kvitt.modules.care_fees.queries import clients, housing, tenancies
from kvitt.modules.care_fees.queries.tenancy_forms import partner_ids
from kvitt.modules.care_fees.rules.free_month import FreeMonthFacts, is_same_move
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents.models import Document
from kvitt.registers.price_lists import queries as price_lists


def facts_of(
    tenancy: Tenancy, *, former_housing: FormerHousing, household: Household, cost: Ore, has_proof: bool
) -> FreeMonthFacts:
    """Return the answers with what the register itself knows of the move. Source: spec CF-9."""
    own = tenancies.tenants_of(tenancy)
    others = _contracts_of([client.pk for client in own], but=tenancy)
    partners = _contracts_of(partner_ids(own, on=tenancy.moved_in_on), but=tenancy)
    days = _same_move_days(tenancy)
    same_move = [
        other
        for other in [*others, *partners]
        if is_same_move(other.moved_in_on, tenancy.moved_in_on, days=days)
    ]
    granted = FreeMonth.objects.filter(tenancy__in=[tenancy, *same_move]).order_by("pk")
    granted_with = granted.values_list("tenancy__number", flat=True).first() or ""
    left_since = tenancy.moved_in_on - timedelta(days=days)
    came_from = [
        other.number
        for other in others
        if other.first_on < tenancy.first_on and (other.last_on is None or other.last_on >= left_since)
    ]
    return FreeMonthFacts(
        former_housing=former_housing,
        household=household,
        cost=cost,
        has_proof=has_proof,
        rent=housing.rent_on(tenancy, tenancy.first_on),
        tenant_count=len(own),
        has_partner=len(own) > 1 or any(other in same_move for other in partners),
        came_from=came_from[0] if came_from else "",
        granted_with=granted_with,
    )


def hold_movers(actor: Actor, number: str, *, on: date) -> None:
    """Lock the tenants with their partners, so that a couple's two contracts are not decided at once."""
    tenancy = tenancies.tenancy_to_change(actor, number, on=on)
    own = tenancies.tenants_of(tenancy)
    ids = [*(client.pk for client in own), *partner_ids(own, on=tenancy.moved_in_on)]
    held = Client.objects.filter(pk__in=ids).order_by("number")
    list(held.select_for_update(no_key=True).values_list("pk"))


def case_of(tenancy: Tenancy) -> tuple[int, str, str]:
    """Return what the documents know a contract by."""
    return tenancy.authority_id, clients.MODULE, tenancy.number


@dataclass(frozen=True)
class Receipt:
    """A file, and whose contract it is of."""

    document: Document
    tenants: Sequence[Client]


def receipt_of(actor: Actor, number: str, *, on: date) -> Receipt:
    """Return the receipt of a contract's free month. Raises Http404 where there is none or no such one."""
    tenancy = tenancies.tenancy_of(actor, number, on=on)
    granted = FreeMonth.objects.filter(tenancy=tenancy).select_related("receipt").first()
    if granted is None or granted.receipt is None or granted.receipt.removed_at is not None:
        raise Http404
    return Receipt(granted.receipt, tenancies.tenants_of(tenancy))


def _contracts_of(client_ids: list[int], *, but: Tenancy) -> list[Tenancy]:
    found: QuerySet[Tenancy] = Tenancy.objects.filter(tenants__client_id__in=client_ids).exclude(pk=but.pk)
    return list(found.distinct().order_by("-first_on", "-pk"))


def _same_move_days(tenancy: Tenancy) -> int:
    return price_lists.parameter(tenancy.authority_id, "care_fees.same_move_days", on=tenancy.moved_in_on)
