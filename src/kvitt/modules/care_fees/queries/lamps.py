"""Read which months of a selection are red, calculated or approved: by one comparison, in one statement."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, FilteredRelation, Q, QuerySet, Value, When

from kvitt.foundation.values.dates import last_day_of_month
from kvitt.modules.care_fees.lifecycle import Lamp, MonthStatus
from kvitt.modules.care_fees.models import Client, Placement
from kvitt.modules.care_fees.queries.clients import holds
from kvitt.modules.care_fees.rules.month_facts import MonthTerms


def selected(area_ids: Collection[int], month: date) -> QuerySet[Client]:
    """Return the clients of areas in a month: who belongs to one of them on its last day.

    The dead, and those without services, too. Source: spec CF-24.
    """
    placed = Placement.objects.filter(holds(last_day_of_month(month)), area_id__in=list(area_ids))
    return Client.objects.filter(pk__in=placed.values("client_id"))


def with_months(clients: QuerySet[Client], month: date) -> QuerySet[Client]:
    """Return clients with the month that stands of each as `standing`, where there is one."""
    stands = Q(months__month=month.replace(day=1)) & ~Q(months__status=MonthStatus.VOIDED)
    return clients.annotate(standing=FilteredRelation("months", condition=stands))


def lamps(area_ids: Collection[int], month: date, terms: MonthTerms) -> QuerySet[Any, Any]:
    """Return the clients of a selection, each with its `lamp`, in one statement.

    Green is approved. Yellow is calculated from the client's version and the month's terms as they are; what
    is not calculated, has faults or has changed since is red.
    Source: debitering-ao, pages 29-37; spec CF-24, CF-26.
    """
    return lit(selected(area_ids, month), month, terms)


def lit(clients: QuerySet[Client], month: date, terms: MonthTerms) -> QuerySet[Any, Any]:
    """Return any clients with their lamps of a month. Source: spec CF-24, CF-26."""
    lamp = Case(
        When(standing__status=MonthStatus.APPROVED, then=Value(Lamp.GREEN.value)),
        When(_is_current(terms) & Q(standing__status=MonthStatus.CALCULATED), then=Value(Lamp.YELLOW.value)),
        default=Value(Lamp.RED.value),
        output_field=CharField(),
    )
    return with_months(clients, month).annotate(lamp=lamp)


def red_ids(area_ids: Collection[int], month: date, terms: MonthTerms) -> list[int]:
    """Return the ids of those whom a run has something to calculate for, in one statement.

    Who has faults and has not changed since is red too, but would have the same faults again: with nothing
    changed a run reads no facts. Source: spec CF-24, CF-26, QU-5.
    """
    found = with_months(selected(area_ids, month), month)
    done = Q(standing__status=MonthStatus.APPROVED) | _is_current(terms)
    return list(
        found.filter(Q(standing__pk__isnull=True) | ~done).order_by("pk").values_list("pk", flat=True)
    )


def counts(area_ids: Collection[int], month: date, terms: MonthTerms) -> dict[Lamp, int]:
    """Return how many lamps of each colour a selection has, in one statement. Source: spec CF-24."""
    rows = lamps(area_ids, month, terms).order_by().values_list("lamp").annotate(count=Count("pk"))
    found = dict(rows)
    return {lamp: found.get(lamp.value, 0) for lamp in Lamp}


def _is_current(terms: MonthTerms) -> Q:
    """Return the condition that what is calculated holds: the fingerprint is what it was made from."""
    return Q(standing__client_version=F("version"), standing__terms=terms.key)
