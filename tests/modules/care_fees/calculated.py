"""Calculated months by hand, for tests of what is read of them."""

import datetime as dt
from collections.abc import Sequence

from kvitt.modules.care_fees.lifecycle import LineKind, MonthStatus
from kvitt.modules.care_fees.models import Client, ClientMonth, FeeLine, Service
from kvitt.modules.care_fees.queries.terms import month_terms
from kvitt.registers.organisations.models import BillingArea

SEPTEMBER, OCTOBER = dt.date(2024, 9, 1), dt.date(2024, 10, 1)


def line(
    kind: LineKind,
    amount: int,
    text: str,
    service: Service | None = None,
    *,
    quantity: int | None = None,
    price: int | None = None,
    about_month: dt.date | None = None,
) -> FeeLine:
    """Return a line, not yet saved."""
    return FeeLine(
        kind=kind,
        amount=amount,
        text=text,
        service=service,
        quantity=quantity,
        price=price,
        about_month=about_month,
    )


def make_month(
    client: Client,
    area: BillingArea,
    lines: Sequence[FeeLine],
    *,
    month: dt.date = OCTOBER,
    status: MonthStatus = MonthStatus.CALCULATED,
    **more: object,
) -> ClientMonth:
    """Save a client's month with its lines, as calculated from the client as he is now."""
    made = ClientMonth.objects.create(
        client=client,
        month=month,
        status=status,
        area=area,
        client_version=client.version,
        terms=month_terms(client.authority_id, month).key,
        total=sum(each.amount for each in lines),
        **more,
    )
    for place, each in enumerate(lines):
        each.client_month, each.place = made, place
        each.save()
    return made
