"""What each care unit did in a month, as the basis of what it is reimbursed by."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import LineKind, Measure, MonthStatus
from kvitt.modules.care_fees.models import FeeLine, GrantedService, PerformedService, Service
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class ReimbursementRow:
    """What a unit did of a service: granted days, minutes or pieces, for how many; the fees of it in öre."""

    unit: str
    service: str
    client_count: int
    days: int
    minutes: int
    pieces: int
    amount: Ore


def reimbursement(actor: "Actor", *, month: date, area_ids: Sequence[int] = ()) -> list[ReimbursementRow]:
    """Return what each of the actor's units did, by unit and service, in five statements.

    Fees are those of months that are calculated or approved. Nobody is named. Source: spec CF-32.
    """
    actor.require(Permission.SEE_CLIENTS)
    last = last_day_of_month(month)
    found = organisations.care_units_of(actor)
    units = {unit.pk: unit for unit in (found.filter(area_id__in=area_ids) if area_ids else found)}
    days: Counter[tuple[int, int]] = Counter()
    served: dict[tuple[int, int], set[int]] = defaultdict(set)
    granted = GrantedService.objects.filter(
        Q(last_on__isnull=True) | Q(last_on__gte=month), unit_id__in=units, first_on__lte=last
    )
    for unit_id, service_id, client_id, first_on, last_on in granted.values_list(
        "unit_id", "service_id", "client_id", "first_on", "last_on"
    ).iterator():
        days[unit_id, service_id] += (min(last_on or last, last) - max(first_on, month)).days + 1
        served[unit_id, service_id].add(client_id)
    done: Counter[tuple[int, int]] = Counter()
    performed = PerformedService.objects.filter(unit_id__in=units, month=month, quantity__gt=0)
    for unit_id, service_id, client_id, quantity in performed.values_list(
        "unit_id", "service_id", "client_id", "quantity"
    ).iterator():
        done[unit_id, service_id] += quantity
        served[unit_id, service_id].add(client_id)
    lines = FeeLine.objects.filter(
        unit_id__in=units,
        client_month__month=month,
        client_month__status__in=[MonthStatus.CALCULATED, MonthStatus.APPROVED],
    ).exclude(kind__in=[LineKind.DIFFERENCE, LineKind.CARRIED])
    fees = {
        (unit_id, service_id): amount
        for unit_id, service_id, amount in lines.exclude(service=None)
        .values_list("unit_id", "service_id")
        .annotate(sum=Sum("amount"))
        .order_by()
    }
    keys = served.keys() | fees.keys()
    services = {
        service.pk: service for service in Service.objects.filter(pk__in={service for _unit, service in keys})
    }
    ordered = sorted(keys, key=lambda key: (units[key[0]].number, services[key[1]].place))
    return [
        ReimbursementRow(
            unit=str(units[unit]),
            service=services[service].name,
            client_count=len(served[unit, service]),
            days=days[unit, service],
            minutes=done[unit, service] if services[service].measure == Measure.MINUTES else 0,
            pieces=done[unit, service] if services[service].measure == Measure.COUNT else 0,
            amount=fees.get((unit, service), 0),
        )
        for unit, service in ordered
    ]
