"""Invoices to clients: made of what is approved, once, to whom it is on the invoice date."""

import datetime as dt

import pytest

from kvitt.audit.models import Event, Subject
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import invoices as commands
from kvitt.modules.care_fees.models import (
    ClientMonth,
    FeeInvoice,
    InvoiceRecipient,
)
from kvitt.registers.people.models import ContactPerson
from tests.modules.care_fees.invoicing import (
    CARE,
    SEPTEMBER,
    approve,
    open_batch,
)
from tests.world import SINCE

pytestmark = pytest.mark.requirement("CF-29")


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def registers(
    client, *, kind="invoice_recipient", name="Gunnar Godman", first_on=SINCE, last_on=None, **values
):
    contact = ContactPerson.objects.create(
        person=client.person,
        kind=kind,
        name=name,
        street="Storgatan 1",
        postcode="58222",
        town="Linköping",
        first_on=first_on,
        last_on=last_on,
        **values,
    )
    return InvoiceRecipient.objects.create(client=client, contact=contact, first_on=first_on, last_on=last_on)


def test_batch_makes_an_invoice_of_every_approved_month_once(care_world):
    world = care_world
    approve(
        world.astrid, CARE, ("product", "Lunch", 15_600, {"quantity": 2, "price": 7_800, "vat_percent": 12})
    )
    approve(world.astrid, month=SEPTEMBER)
    approve(
        world.greta,
        ("care", "Omvårdnad vårdbostad", 264_200, {}),
        ("correction", "Återbetalning", -300_000, {}),
    )
    world.astrid.note = "Ring Stina"
    world.astrid.save()
    batch = open_batch(world)
    assert (batch.number, batch.due_date) == (1, dt.date(2024, 12, 20))
    with pytest.raises(Refused) as refused:
        open_batch(world)
    assert codes(refused) == ["batch_open"]

    first = commands.issue_invoices(batch.pk, size=2)
    assert first.count == 2
    assert not commands.finish_batch(batch.pk)
    assert commands.issue_invoices(batch.pk, after=first.last_id, size=2).count == 1
    assert commands.issue_invoices(batch.pk) is None
    assert commands.finish_batch(batch.pk)
    assert commands.issue_invoices(batch.pk) is None

    made = list(FeeInvoice.objects.order_by("number"))
    assert [invoice.number for invoice in made] == [1, 2, 3]
    assert [invoice.reference for invoice in made] == ["133", "232", "331"]
    assert sorted(invoice.total for invoice in made) == [-35_800, 182_300, 197_900]
    lunch = next(invoice for invoice in made if invoice.total == 197_900)
    assert (lunch.vat_amount, lunch.recipient_name, lunch.street) == (1_671, "Astrid Provén", "Provgatan 9")
    assert (lunch.note, lunch.contact_name) == ("Ring Stina", "Debiteringen")
    assert ClientMonth.objects.filter(is_invoiced=True).count() == 3
    with pytest.raises(Refused) as refused:
        open_batch(world)
    assert codes(refused) == ["nothing"]
    persons = Subject.objects.filter(event__action="care_fees.issue_invoices").values_list(
        "person_id", flat=True
    )
    assert sorted(set(persons)) == sorted([world.astrid.person_id, world.greta.person_id])
    assert list(
        Event.objects.filter(action__in=("care_fees.open_batch", "care_fees.finish_batch"))
        .order_by("pk")
        .values_list("action", flat=True)
    ) == ["care_fees.open_batch", "care_fees.finish_batch"]
