"""Read how far the months of clients have come; the billing run is what takes them on."""

from collections.abc import Collection
from datetime import date

from kvitt.modules.care_fees.lifecycle import MonthStatus
from kvitt.modules.care_fees.models import Client, ClientMonth
from kvitt.modules.care_fees.rules.month import calculate_billed_month

# What has faults is not calculated, and what was voided does not stand.
STANDING = (MonthStatus.CALCULATED, MonthStatus.APPROVED)


def month_status(client: Client, month: date) -> MonthStatus | None:
    """Return how far a client's month has come, None when it is not calculated."""
    rows = ClientMonth.objects.filter(client=client, month=month, status__in=STANDING)
    found = rows.values_list("status", flat=True).first()
    return None if found is None else MonthStatus(found)


def statuses_in(client_ids: Collection[int], month: date) -> dict[int, MonthStatus]:
    """Return how far a month of many clients has come; one that is not calculated is left out."""
    rows = ClientMonth.objects.filter(client_id__among=client_ids, month=month, status__in=STANDING)
    return {client_id: MonthStatus(status) for client_id, status in rows.values_list("client_id", "status")}


def locked_months(client: Client) -> frozenset[date]:
    """Return the client's months that are approved, by their first days."""
    rows = ClientMonth.objects.filter(client=client, status=MonthStatus.APPROVED)
    return frozenset(rows.values_list("month", flat=True))


def open_month(client: Client, today: date) -> date:
    """Return the month of the client that is billed next, by its first day. Source: spec CF-13."""
    return calculate_billed_month(today, approved=locked_months(client))
