"""Approved months as the billing run leaves them, and batches of invoices."""

import datetime as dt

from kvitt.foundation import clock
from kvitt.modules.care_fees.commands import invoices as commands
from kvitt.modules.care_fees.models import AreaMonth, ClientMonth, ConcernedArea, FeeInvoice, FeeLine
from kvitt.modules.care_fees.queries import clients
from kvitt.registers.people.models import Address
from tests.world import SINCE, TODAY

OCTOBER, SEPTEMBER = dt.date(2024, 10, 1), dt.date(2024, 9, 1)
# Kind, text, öre, and what else the line has.
CARE = ("care", "Personlig omvårdnad", 182_300, {})


def live_at(client, street="Provgatan 1", *, kind="registered", first_on=SINCE, **values):
    return Address.objects.create(
        person=client.person,
        kind=kind,
        street=street,
        postcode="58222",
        town="Exempelköping",
        first_on=first_on,
        **values,
    )


def approve(client, *lines, month=OCTOBER, concerned=(), carried=0):
    """Make an approved month of a client, with its lines and the other areas that it concerns."""
    lines = lines or (CARE,)
    area = clients.placement_on(client, month).area
    made = ClientMonth.objects.create(
        client=client,
        month=month,
        status="approved",
        area=area,
        client_version=client.version,
        total=sum(amount for _kind, _text, amount, _rest in lines),
        carried_amount=carried,
        calculated_at=clock.now(),
    )
    FeeLine.objects.bulk_create(
        FeeLine(client_month=made, place=place, kind=kind, text=text, amount=amount, **rest)
        for place, (kind, text, amount, rest) in enumerate(lines)
    )
    for each in concerned:
        ConcernedArea.objects.create(client_month=made, area=each)
    approve_area(area, month)
    return made


def approve_area(area, month=OCTOBER, **values):
    AreaMonth.objects.update_or_create(
        area=area, month=month, defaults={"approved_at": clock.now(), "approved_by": "Karla"} | values
    )


def open_batch(world, *, month=OCTOBER, invoice_date=TODAY, today=TODAY, by="bodil"):
    return commands.open_batch(world.actor(by), month=month, invoice_date=invoice_date, today=today)


def make(world, **values):
    """Make a batch whole, and return its invoices by number."""
    batch = open_batch(world, **values)
    commands.make_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.finished_at is not None
    return list(FeeInvoice.objects.filter(batch=batch).order_by("number"))
