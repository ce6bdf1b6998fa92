"""Invoices to clients: made of what is approved, once, to whom it is on the invoice date."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kvitt.audit.models import Event, Subject
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import invoice_contacts
from kvitt.modules.care_fees.commands import invoices as commands
from kvitt.modules.care_fees.models import (
    ClientMonth,
    ConcernedArea,
    EstateRespite,
    FeeInvoice,
    InvoiceRecipient,
)
from kvitt.modules.care_fees.queries import batches, invoice_proof, invoices
from kvitt.modules.care_fees.rules.invoices import Unit, VatRow, Wait
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people.models import Address, ContactPerson
from tests.modules.care_fees.invoicing import (
    CARE,
    OCTOBER,
    SEPTEMBER,
    approve,
    approve_area,
    live_at,
    make,
    open_batch,
)
from tests.world import SINCE, TODAY

pytestmark = pytest.mark.requirement("CF-29")


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def register(client, *, kind="invoice_recipient", name="Gunnar Godman", first_on=SINCE, **values):
    """Save somebody as who gets a client's invoices."""
    last_on = values.pop("last_on", None)
    address = {"street": "Storgatan 1", "postcode": "58222", "town": "Linköping"} | values
    contact = ContactPerson.objects.create(
        person=client.person, kind=kind, name=name, first_on=first_on, last_on=last_on, **address
    )
    return InvoiceRecipient.objects.create(client=client, contact=contact, first_on=first_on, last_on=last_on)


def let_die(client, died_on=dt.date(2024, 11, 2)):
    client.person.died_on = died_on
    client.person.save(update_fields=["died_on"])


def waiting(world, month=OCTOBER, on=TODAY):
    rows = batches.waiting(world.municipality.pk, month, on)
    return {(row.client_number, row.month): row.reason for row in rows}


def proven():
    assert list(invoice_proof.breaches()) == []


# Batches ------------------------------------------------------------------------------------------


def test_batch_makes_an_invoice_of_every_approved_month_once(care_world):
    world = care_world
    lunch = {"quantity": 2, "price": 7_800, "vat_percent": 12}
    approve(world.astrid, CARE, ("product", "Lunch", 15_600, lunch))
    approve(world.astrid, month=SEPTEMBER)
    approve(world.greta, CARE, ("correction", "Återbetalning", -218_100, {}))
    approve(world.dagny, CARE, ("correction", "Återbetalning", -182_300, {}))
    approve(world.erik, ("product", "Lunch", 4_000, {}), carried=4_000)
    world.astrid.note = "Ring Stina"
    world.astrid.save()
    batch = open_batch(world)
    assert (batch.number, batch.due_date) == (1, dt.date(2024, 12, 20))
    with pytest.raises(Refused) as refused:
        open_batch(world)
    assert codes(refused) == ["batch_open"]

    first = commands.issue_invoices(batch_id=batch.pk, size=2)
    assert first.count == 2
    assert not commands.finish_batch(batch_id=batch.pk)
    assert commands.issue_invoices(batch_id=batch.pk, after=first.last_id, size=2).count == 1
    assert commands.issue_invoices(batch_id=batch.pk) is None
    assert commands.finish_batch(batch_id=batch.pk)
    assert commands.issue_invoices(batch_id=batch.pk) is None

    made = list(FeeInvoice.objects.order_by("number"))
    assert [(row.number, row.reference) for row in made] == [(1, "133"), (2, "232"), (3, "331")]
    assert sorted(row.total for row in made) == [-35_800, 182_300, 197_900]
    [taxed] = [row for row in made if row.total == 197_900]
    assert (taxed.vat_amount, taxed.recipient_name, taxed.street) == (1_671, "Astrid Provén", "Provgatan 9")
    assert (taxed.note, taxed.contact_name) == ("Ring Stina", "Debiteringen")
    assert waiting(world) == {(world.erik.number, OCTOBER): Wait.CARRIED}
    with pytest.raises(Refused) as refused:
        open_batch(world)
    assert codes(refused) == ["nothing"]
    about = Subject.objects.filter(event__action="care_fees.issue_invoices")
    assert {row.person_id for row in about} == {world.astrid.person_id, world.greta.person_id}
    told = (
        Event.objects.filter(subject_kind="care_fees.batch").order_by("pk").values_list("action", flat=True)
    )
    assert [action.removeprefix("care_fees.") for action in told] == [
        *("open_batch", "issue_invoices", "issue_invoices", "finish_batch")
    ]
    proven()
    out = StringIO()
    call_command("verify", stdout=out)
    assert "adds up" in out.getvalue()


def test_dates_of_a_batch_are_sensible_and_only_the_billing_office_makes_one(care_world):
    approve(care_world.astrid)
    for values, code in (
        ({"invoice_date": dt.date(2024, 11, 19)}, "date_passed"),
        ({"invoice_date": dt.date(2025, 1, 21)}, "date_too_far"),
        ({"month": dt.date(2024, 11, 1)}, "month_not_over"),
    ):
        with pytest.raises(Refused) as refused:
            open_batch(care_world, **values)
        assert codes(refused) == [code]
    with pytest.raises(NotAllowed):
        open_batch(care_world, by="karla")
    with pytest.raises(Refused):
        open_batch(care_world, month=SEPTEMBER)


def test_statements_of_a_chunk_do_not_grow(care_world):
    world = care_world
    approve(world.astrid)
    register(world.birger)
    batch = open_batch(world)
    with CaptureQueriesContext(connection) as one:
        commands.issue_invoices(batch_id=batch.pk)
    for client in (world.birger, world.greta, world.dagny, world.erik):
        approve(client)
    with CaptureQueriesContext(connection) as many:
        commands.issue_invoices(batch_id=batch.pk)
    inserts = [
        query for query in many.captured_queries if "fee_invoice" in query["sql"] and "INSERT" in query["sql"]
    ]
    assert FeeInvoice.objects.count() == 5
    assert len(many) - len(inserts) <= len(one)


# Who gets them --------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-2", "CF-3", "CF-4")
def test_invoice_goes_to_whom_it_is_on_the_invoice_date(care_world):
    world = care_world
    on = dt.date(2024, 12, 2)
    moved = world.astrid.person.addresses.get()
    moved.last_on = dt.date(2024, 11, 30)
    moved.save()
    live_at(world.astrid, "Nygatan 7", first_on=dt.date(2024, 12, 1), care_of="Stina Provén")
    live_at(world.birger, "Box 9", kind="staying")
    register(world.greta, last_on=dt.date(2024, 11, 30))
    register(
        world.greta, name="Stiftelsen Proven", first_on=dt.date(2024, 12, 1), organisation_number="5560000019"
    )
    let_die(world.dagny)
    register(world.dagny, kind="estate", name="Dödsboet efter Dagny Parsson")
    register(world.erik)
    for client in (world.astrid, world.birger, world.greta, world.dagny, world.erik):
        approve(client)
    made = {row.client_month.client_id: row for row in make(world, invoice_date=on)}
    shown = {
        name: (made[getattr(world, name).pk].recipient_kind, made[getattr(world, name).pk].recipient_name)
        for name in ("astrid", "birger", "greta", "dagny", "erik")
    }
    assert shown == {
        "astrid": ("client", "Astrid Provén"),
        "birger": ("client", "Birger Testlund"),
        "greta": ("organisation", "Stiftelsen Proven"),
        "dagny": ("estate", "Dödsboet efter Dagny Parsson"),
        "erik": ("person", "Gunnar Godman"),
    }
    assert (made[world.astrid.pk].street, made[world.astrid.pk].care_of) == ("Nygatan 7", "Stina Provén")
    assert made[world.birger.pk].street == "Box 9"
    # What is changed afterwards does not change an invoice.
    Address.objects.update(street="Annangatan 1")
    made[world.astrid.pk].refresh_from_db()
    assert made[world.astrid.pk].street == "Nygatan 7"
    proven()


@pytest.mark.requirement("CF-4", "CF-28")
def test_what_is_hindered_waits_and_comes_in_the_first_batch_after(care_world):
    world = care_world
    vera = world.make_client("194107039804", "Vera", "Skyddström", world.north)
    vera.person.is_protected = True
    vera.person.save()
    let_die(world.dagny)
    let_die(world.erik)
    register(world.dagny, kind="estate", name="Dödsboet efter Dagny Parsson")
    EstateRespite.objects.create(
        client=world.dagny, first_on=TODAY, last_on=dt.date(2024, 11, 29), reason="Bouppteckning"
    )
    for client in (vera, world.dagny, world.erik, world.astrid):
        approve(client)
    month = approve(world.birger)
    ConcernedArea.objects.create(client_month=month, area=world.south)
    world.greta.person.addresses.all().delete()
    approve(world.greta)
    approve_area(world.south, approved_at=None)
    assert waiting(world) == {
        (vera.number, OCTOBER): Wait.UNSAFE,
        (world.dagny.number, OCTOBER): Wait.RESPITE,
        (world.erik.number, OCTOBER): Wait.ESTATE,
        (world.birger.number, OCTOBER): Wait.AREA,
        (world.greta.number, OCTOBER): Wait.RECIPIENT,
    }
    found = batches.outlook(world.municipality.pk, OCTOBER, TODAY)
    assert (found.count, found.total) == (1, 182_300)
    assert [row.client_month.client for row in make(world)] == [world.astrid]

    approve_area(world.south)
    live_at(vera, "Box 1", kind="staying")
    live_at(world.greta)
    register(world.erik, kind="estate", name="Dödsboet efter Erik Parsson")
    made = make(world, invoice_date=dt.date(2024, 11, 30))
    assert {row.client_month.client.number: row.street for row in made} == {
        vera.number: "Box 1",
        world.dagny.number: "Storgatan 1",
        world.erik.number: "Storgatan 1",
        world.birger.number: "Provgatan 9",
        world.greta.number: "Provgatan 1",
    }
    assert [row.number for row in made] == [2, 3, 4, 5, 6]
    assert waiting(world) == {}
    assert next(row for row in made if row.is_protected).client_month.client == vera


def test_contact_is_that_of_the_unit_on_the_invoice_date(care_world):
    world, bodil = care_world, care_world.actor("bodil")
    told = {"today": TODAY, "phone": "013-20 57 01", "email": ""}
    for name, first_on in (("Rut Referensson", SINCE), ("Signe Svarsson", dt.date(2024, 12, 1))):
        invoice_contacts.save_contact(
            bodil, unit_id=world.south_care.pk, name=name, first_on=first_on, **told
        )
    alarm = ("care", "Trygghetslarm", 31_000, {"unit": world.north_care})
    care = ("care", "Personlig omvårdnad", 182_300, {"unit": world.south_care})
    rent = ("rent", "Hyra", 620_000, {"unit": world.serviced})
    approve(world.astrid, alarm, care, rent)
    approve(world.birger, rent)
    [first, second] = make(world)
    assert (first.contact_name, first.contact_phone) == ("Rut Referensson", "013-20 57 01")
    assert second.contact_name == "Debiteringen"
    with pytest.raises(Refused) as refused:
        invoice_contacts.save_contact(
            bodil, unit_id=world.south_care.pk, name="Nu", first_on=dt.date(2024, 12, 1), **told
        )
    assert codes(refused) == ["before_present"]
    with pytest.raises(Refused) as refused:
        invoice_contacts.end_contact(bodil, unit_id=world.south_care.pk, last_on=TODAY)
    assert codes(refused) == ["ends_before"]
    invoice_contacts.end_contact(bodil, unit_id=world.south_care.pk, last_on=dt.date(2025, 1, 31))
    with pytest.raises(Refused) as refused:
        invoice_contacts.end_contact(bodil, unit_id=world.north_care.pk, last_on=TODAY)
    assert codes(refused) == ["nobody_to_end"]


# As printed -----------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-17")
def test_invoice_is_printed_with_differences_as_one_line_and_no_count_of_zero(care_world):
    world = care_world
    lunch = {"quantity": 2, "price": 7_800, "vat_percent": 12, "service": world.services["LUN"]}
    minutes = {"quantity": 150, "service": world.services["BOS"]}
    back = {"about_month": SEPTEMBER}
    approve(
        world.astrid,
        CARE,
        ("absence_care", "Avdrag frånvaro", -45_575, {"quantity": 7}),
        ("product", "Boservice", 69_500, minutes),
        ("product", "Lunch", 15_600, lunch),
        ("product", "Matkorg", 0, lunch | {"quantity": 0}),
        ("difference", "Justering: omvårdnad", -6_000, back),
        ("difference", "Justering: larm", -1_000, back),
    )
    approve(world.birger)
    make(world)
    ids = list(FeeInvoice.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as one:
        printed = invoices.printed(FeeInvoice.objects.get(number=1))
    assert [(line.text, line.quantity, line.unit, line.amount) for line in printed.lines] == [
        ("Personlig omvårdnad", None, Unit.COUNT, 182_300),
        ("Avdrag frånvaro", 7, Unit.DAYS, -45_575),
        ("Boservice", 150, Unit.MINUTES, 69_500),
        ("Lunch", 2, Unit.COUNT, 15_600),
        ("Justering för september 2024", None, Unit.COUNT, -7_000),
    ]
    assert printed.vat_rows == [VatRow(0, 199_225, 0), VatRow(12, 15_600, 1_671)]
    assert (printed.total, printed.vat_amount, printed.month_text) == (214_825, 1_671, "oktober 2024")
    assert printed.sender.name == "Exempelköpings kommun"
    assert printed.address.lines == ["Provgatan 9", "585 60 Linghem"]
    with CaptureQueriesContext(connection) as many:
        assert [each.number for each in invoices.printed_many(ids)] == [1, 2]
    assert len(many) < len(one)


# Re-opening -----------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-28")
def test_reopening_voids_the_invoices_and_their_months_until_they_are_sent(care_world):
    world = care_world
    approve(world.astrid)
    approve(world.birger)
    approve(world.greta)
    make(world)
    assert commands.void_invoices(world.north.pk, OCTOBER) == 2
    assert commands.void_invoices(world.north.pk, OCTOBER) == 0
    assert ClientMonth.objects.filter(status="voided").count() == 2
    states = FeeInvoice.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == ["voided", "voided", "issued"]
    proven()
    # The month is calculated and approved anew, and gets a number of its own.
    approve(world.astrid, ("care", "Personlig omvårdnad", 180_000, {}))
    assert [(row.number, row.total) for row in make(world)] == [(4, 180_000)]
    proven()
    FeeInvoice.objects.filter(number=3).update(state="sent")
    with pytest.raises(Refused) as refused:
        commands.void_invoices(world.south.pk, OCTOBER)
    assert codes(refused) == ["already_sent"]


def test_proof_tells_what_is_wrong(care_world):
    world = care_world
    approve(world.astrid, ("product", "Lunch", 15_600, {"vat_percent": 12}))
    approve(world.birger)
    make(world)
    invoice = FeeInvoice.objects.get(number=1)
    for values in (
        {"number": 7},
        {"reference": "1"},
        {"total": 1},
        {"vat_amount": 1},
        {"state": "voided"},
        {"state": "sent"},
        {"due_date": TODAY},
    ):
        before = {name: getattr(invoice, name) for name in values}
        FeeInvoice.objects.filter(pk=invoice.pk).update(**values)
        assert list(invoice_proof.breaches()), values
        FeeInvoice.objects.filter(pk=invoice.pk).update(**before)
    approve(world.greta)
    ClientMonth.objects.filter(client=world.greta).update(is_invoiced=True)
    assert list(invoice_proof.breaches()) == [
        f"month {world.greta.months.get().pk}: is said to be invoiced, and has no invoice"
    ]
