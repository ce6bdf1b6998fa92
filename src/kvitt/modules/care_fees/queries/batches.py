"""Read what there is to invoice: the months that are ready, and what waits and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import MonthStatus
from kvitt.modules.care_fees.models import (
    AreaMonth,
    ClientMonth,
    ConcernedArea,
    EstateRespite,
    InvoiceBatch,
    InvoiceRecipient,
)
from kvitt.modules.care_fees.queries import clients, payers
from kvitt.modules.care_fees.queries.payers import COLUMNS, PayerRow
from kvitt.modules.care_fees.rules.invoices import Wait
from kvitt.registers.people.models import Address


@dataclass(frozen=True)
class WaitingRow:
    """A client's month that is approved and not invoiced, and why."""

    id: int
    client_number: str
    person_id: int
    month: date
    amount: Ore
    reason: Wait
    until: date | None = None
    area: str = ""


@dataclass(frozen=True)
class Outlook:
    """What a batch would come to: how many invoices of how much, and what waits."""

    count: int
    total: Ore
    waiting: Sequence[WaitingRow]


def months_to_invoice(authority_id: int, month: date) -> QuerySet[ClientMonth]:
    """Return what is approved and not invoiced until a month: ready or waiting. Source: spec CF-29."""
    rows = ClientMonth.objects.filter(
        status=MonthStatus.APPROVED, is_invoiced=False, month__lte=month, client__authority_id=authority_id
    )
    return rows.exclude(total=F("carried_amount"))


def ready_months(authority_id: int, month: date, on: date) -> QuerySet[ClientMonth]:
    """Return those whose areas have all approved and that no respite holds on the invoice date.

    Whether somebody can get the invoice is for `payers` to say. Source: spec CF-4, CF-28.
    """
    return unhindered(months_to_invoice(authority_id, month), on)


def unhindered(months: QuerySet[ClientMonth], on: date) -> QuerySet[ClientMonth]:
    """Return the months that no other area and no respite holds. Source: spec CF-4, CF-28."""
    return months.exclude(Exists(_lacking_areas())).exclude(Exists(_respites(on)))


def expected(authority_id: int, month: date, on: date) -> tuple[int, Ore]:
    """Return how many invoices a batch of an invoice date would make, and of how much. Source: spec CF-29."""
    return _expected(ready := ready_months(authority_id, month, on), _unreached(ready, on))


def outlook(authority_id: int, month: date, on: date) -> Outlook:
    """Return what a batch of an invoice date would come to. Source: spec CF-29."""
    ready = ready_months(authority_id, month, on)
    unreached = _unreached(ready, on)
    count, total = _expected(ready, unreached)
    return Outlook(count, total, [*_held(authority_id, month, on), *unreached])


def unfinished() -> list[int]:
    """Return the batches that invoices are made of, the oldest first."""
    rows = InvoiceBatch.objects.filter(finished_at__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def waiting(authority_id: int, month: date, on: date) -> Sequence[WaitingRow]:
    """Return what is approved until a month and waits, and why; what is carried from it last.

    Source: spec CF-4, CF-28, CF-29.
    """
    rows = ClientMonth.objects.filter(
        area__authority_id=authority_id, month=month, status=MonthStatus.APPROVED, total=F("carried_amount")
    )
    columns = ("pk", "client__number", "client__person_id", "month", "total")
    carried = rows.exclude(total=0).order_by("client__number").values_list(*columns)
    return [
        *outlook(authority_id, month, on).waiting,
        *(WaitingRow(pk, number, who, of, total, Wait.CARRIED) for pk, number, who, of, total in carried),
    ]


def _expected(ready: QuerySet[ClientMonth], unreached: Sequence[WaitingRow]) -> tuple[int, Ore]:
    found = ready.aggregate(count=Count("pk"), total=Sum(F("total") - F("carried_amount")))
    return found["count"] - len(unreached), (found["total"] or 0) - sum(row.amount for row in unreached)


def _lacking_areas() -> QuerySet[ConcernedArea]:
    """Return the other areas of a month that have not approved it."""
    approved = AreaMonth.objects.filter(
        area=OuterRef("area"), month=OuterRef(OuterRef("month")), approved_at__isnull=False
    )
    return ConcernedArea.objects.filter(client_month=OuterRef("pk")).exclude(Exists(approved))


def _respites(on: date) -> QuerySet[EstateRespite]:
    return EstateRespite.objects.filter(clients.holds(on), client=OuterRef("client"))


def _held(authority_id: int, month: date, on: date) -> list[WaitingRow]:
    """Return what a respite or an area holds."""
    until = _respites(on).order_by("-last_on").values("last_on")[:1]
    area = _lacking_areas().order_by("area__sort_key").values("area__name")[:1]
    rows = months_to_invoice(authority_id, month).annotate(until=Subquery(until), lacking=Subquery(area))
    held = rows.filter(Q(until__isnull=False) | Q(lacking__isnull=False)).order_by("month", "client__number")
    columns = ("pk", "client__number", "client__person_id", "month", "total", "carried_amount")
    return [
        WaitingRow(
            pk,
            number,
            person_id,
            of_month,
            total - carried_amount,
            Wait.RESPITE if until_day else Wait.AREA,
            until_day,
            lacking or "",
        )
        for pk, number, person_id, of_month, total, carried_amount, until_day, lacking in held.values_list(
            *columns, "until", "lacking"
        )
    ]


def _unreached(ready: QuerySet[ClientMonth], on: date) -> list[WaitingRow]:
    """Return those whom nobody can get the invoice of; only who may be one is looked at more closely."""
    recipients = InvoiceRecipient.objects.filter(clients.holds(on), client=OuterRef("client"))
    addresses = Address.objects.filter(clients.holds(on), person=OuterRef("client__person")).exclude(
        street=""
    )
    is_plain = Q(
        client__person__died_on__isnull=True,
        client__person__is_protected=False,
        client__person__merged_into__isnull=True,
    )
    reached = is_plain & Q(Exists(addresses)) & ~Q(Exists(recipients))
    rows = list(
        ready.exclude(reached)
        .order_by("month", "client__number")
        .values_list("pk", "client__number", "month", "total", "carried_amount", *COLUMNS)
    )
    chosen = payers.recipients_on([PayerRow(*columns) for _p, _n, _m, _t, _c, *columns in rows], on)
    return [
        WaitingRow(pk, number, person_id, month, total - carried_amount, reason)
        for pk, number, month, total, carried_amount, client_id, person_id, *_rest in rows
        if isinstance(reason := chosen[client_id], Wait)
    ]
