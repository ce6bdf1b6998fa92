"""Read corrections of fees, and what a correction has to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.http import Http404
from django.utils.translation import gettext

from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import Measure, ServiceKind
from kvitt.modules.care_fees.models import Client, FeeCorrection, PerformedService, Service
from kvitt.modules.care_fees.queries import month as months
from kvitt.modules.care_fees.queries import services
from kvitt.modules.care_fees.rules.cap import calculate_fee_cap
from kvitt.modules.care_fees.rules.corrections import Corrected, calculate_left_of_cap
from kvitt.modules.care_fees.rules.services import calculate_registered_amount
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.price_lists import queries as price_lists

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor
    from kvitt.registers.organisations.models import Clinic

# What stands for the rent where a service is chosen.
RENT = "rent"
_SHOWN = 24


@dataclass(frozen=True)
class CorrectionRow:
    """A correction as the client's page shows it; `amount` in öre, with its sign."""

    id: int
    month: date
    of: str
    text: str
    amount: Ore
    unit: str
    created_by: str
    may_remove: bool


@dataclass(frozen=True)
class CorrectionsPanel:
    """Everything `panels/corrections.html` shows: the latest corrections, newest month first."""

    rows: Sequence[CorrectionRow]
    may_add: bool


def corrections_panel(
    actor: "Actor",
    client: Client,
    *,
    today: date,  # noqa: ARG001 - panels are made alike
    is_whole: bool,
) -> CorrectionsPanel | None:
    """Return the corrections of a client; None for who sees the client in part."""
    if not is_whole:
        return None
    locked = months.locked_months(client)
    may_act = actor.may(Permission.REGISTER_CARE)
    rows = FeeCorrection.objects.filter(client=client, removed_at__isnull=True)
    rows = rows.select_related("service", "unit", "free_month", "free_month_of_partner").order_by(
        "-month", "-pk"
    )[:_SHOWN]
    return CorrectionsPanel(
        rows=[
            CorrectionRow(
                id=row.pk,
                month=row.month,
                of=name_of(row),
                text=row.text,
                amount=row.amount,
                unit=row.unit.name,
                created_by=row.created_by,
                may_remove=may_act and row.month not in locked and not row.is_of_free_month,
            )
            for row in rows
        ],
        may_add=may_act,
    )


def name_of(row: FeeCorrection) -> str:
    """Return what a correction is of: a service, or the rent."""
    return row.service.name if row.service is not None else gettext("Rent")


def correction_to_remove(client: Client, correction_id: int) -> FeeCorrection:
    """Return a correction of the client that is not removed. Raises Http404 for any other."""
    rows = FeeCorrection.objects.filter(client=client, removed_at__isnull=True)
    found = rows.select_related("service", "unit").filter(pk=correction_id).first()
    if found is None:
        raise Http404
    return found


def service_choices(client: Client, *, month: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what can be corrected in a month, by kind, the rent first; the command says who may."""
    offered = services.services_on(client.authority_id, on=last_day_of_month(month))
    groups: dict[ServiceKind, list[tuple[str, str]]] = {ServiceKind.PRODUCT: [], ServiceKind.GRANTED: []}
    for service in offered:
        groups[ServiceKind(service.kind)].append((str(service.pk), service.name))
    rent = (gettext("Rent"), [(RENT, gettext("Rent"))])
    return [rent, *((gettext(kind.label), named) for kind, named in groups.items() if named)]


def unit_choices(actor: "Actor") -> list[tuple[str, str]]:
    """Return the care units that a correction may be booked on (*organisation*)."""
    return [(str(unit.pk), str(unit)) for unit in organisations.care_units_of(actor)]


def unit_to_correct(actor: "Actor", unit_id: int) -> "Clinic":
    """Return a care unit of the actor's. Raises Http404 for any other."""
    found = organisations.care_units_of(actor).filter(pk=unit_id).first()
    if found is None:
        raise Http404
    return found


def service_to_correct(client: Client, service_id: int, *, month: date) -> Service:
    """Return a service of the month. Raises Http404 for any other."""
    for service in services.services_on(client.authority_id, on=last_day_of_month(month)):
        if service.pk == service_id:
            return service
    raise Http404


def facts_of(service: Service | None) -> Corrected:
    """Return what the rules know of a service, or of the rent."""
    if service is None:
        return Corrected(name=gettext("Rent"), is_capped=False, has_unit_price=True)
    return Corrected(
        name=service.name, is_capped=service.is_capped, has_unit_price=service.kind == ServiceKind.PRODUCT
    )


def fee_cap(authority_id: int, *, month: date) -> Ore:
    """Return the fee cap of a month (öre). Source: spec CF-20."""
    named = (f"care_fees.{name}" for name in ("price_base_amount", "fee_cap_factor"))
    amount, factor = (price_lists.parameter(authority_id, name, on=month) for name in named)
    return calculate_fee_cap(amount, factor)


def left_of_cap(client: Client, *, month: date) -> Ore:
    """Return what is left of the fee cap in a month (öre): less its capped services and their corrections."""
    corrections = FeeCorrection.objects.filter(client=client, month=month, removed_at__isnull=True)
    corrected = corrections.filter(service__is_capped=True).aggregate(total=Sum("amount"))["total"] or 0
    charged = _granted_under_cap(client, month) + _performed_under_cap(client, month)
    return calculate_left_of_cap(fee_cap(client.authority_id, month=month), charged, corrected)


def _granted_under_cap(client: Client, month: date) -> Ore:
    charged = services.charged_services([client.pk], month)
    return sum(each.amount for each in charged if each.granted.service.is_capped)


def _performed_under_cap(client: Client, month: date) -> Ore:
    """Return what registered time and products under the cap cost, by the price of the month's first day."""
    rows = PerformedService.objects.filter(client=client, month=month, service__is_capped=True)
    performed = list(rows.select_related("service"))
    prices = services.registered_prices({row.service for row in performed}, month=month)
    return sum(
        calculate_registered_amount(Measure(row.service.measure), row.quantity, prices[row.service_id].amount)
        for row in performed
        if row.service_id in prices
    )
