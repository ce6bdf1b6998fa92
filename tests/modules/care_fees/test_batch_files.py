"""The files of a batch leave all at once, and once."""

import io
import zipfile

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from kvitt.audit.models import Event, Subject
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees import tasks
from kvitt.modules.care_fees.commands import batch_files as commands
from kvitt.modules.care_fees.commands import invoices as invoice_commands
from kvitt.modules.care_fees.models import FeeInvoice, InvoiceRecipient
from kvitt.modules.care_fees.queries import batch_files as queries
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.accounting.models import AccountString
from kvitt.registers.people.models import ContactPerson
from kvitt.settlement import tasks as settlement
from kvitt.settlement.models import OutgoingFile
from tests.modules.care_fees import invoicing
from tests.modules.care_fees.peppol_rules import Reader
from tests.modules.care_fees.test_letter_pdf import pages_of
from tests.settlement import sie_reader
from tests.world import SINCE

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CF-29")]
LUNCH = ("product", "Lunch", 93_600, {"quantity": 12, "price": 7_800, "vat_percent": 12})


@pytest.fixture
def batch(care_world):
    """Astrid, whose invoice an organisation gets, and Birger, whose own it is."""
    contact = ContactPerson.objects.create(
        person=care_world.astrid.person,
        kind="good_man",
        name="Klara godmanskap AB",
        organisation_number="5560000019",
        street="Provgatan 5",
        postcode="58222",
        town="Exempelköping",
        first_on=SINCE,
    )
    InvoiceRecipient.objects.create(client=care_world.astrid, contact=contact, first_on=SINCE)
    for client in (care_world.astrid, care_world.birger):
        service = care_world.services["LUN"]
        invoicing.approve(client, invoicing.CARE, (*LUNCH[:3], {**LUNCH[3], "service": service}))
    return invoicing.make(care_world)[0].batch


def send(world, batch, by="bodil"):
    return commands.send_batch(world.actor(by), batch_id=batch.pk)


def files_of(batch):
    return {file.kind: file for file in OutgoingFile.objects.filter(subject__startswith="care_fees.batch/")}


@pytest.mark.requirement("QU-14")
def test_a_batch_is_sent_once_with_all_its_files(care_world, batch, outbox):
    sent = send(care_world, batch)

    files = files_of(batch)
    assert sent.sent_at is not None
    assert set(FeeInvoice.objects.values_list("state", flat=True)) == {"sent"}
    assert {kind: file.status for kind, file in files.items()} == dict.fromkeys(
        ("invoices", "einvoices", "fee_vouchers"), "waiting"
    )
    assert pages_of(bytes(files["invoices"].content)) == 1
    with zipfile.ZipFile(io.BytesIO(files["einvoices"].content)) as archive:
        (name,) = archive.namelist()
        found = Reader(archive.read(name))
    assert found.faults() == []
    assert found.text("cac:AccountingCustomerParty//cbc:RegistrationName") == "Klara godmanskap AB"
    (voucher,) = sie_reader.read(bytes(files["fee_vouchers"].content)).vouchers
    series, number, day, text, rows = voucher
    assert (series, number, day) == ("D", 1, batch.invoice_date)
    numbers = sorted(FeeInvoice.objects.values_list("number", flat=True))
    assert text.endswith(f"{numbers[0]}-{numbers[1]}")
    assert [(account, float(amount)) for account, _objects, amount in rows] == [
        ("1510", 5518.0),
        ("2611", -200.58),
        ("3111", -5317.42),
    ]
    with pytest.raises(Refused) as refused:
        send(care_world, batch)
    assert refused.value.problems[0].code == "already_sent"
    assert settlement.send_files() == 3
    assert settlement.send_files() == 0
    assert sorted(path.name for path in outbox.iterdir()) == sorted(file.name for file in files.values())
    assert list(queries.breaches()) == []
    event = Event.objects.get(action="care_fees.send_batch")
    assert event.data["after"] == {"count": 2, "files": 1, "einvoices": 1}
    assert Subject.objects.filter(event=event).count() == 2


def test_who_may_send_and_what_is_not_sent(care_world, batch):
    with pytest.raises(NotAllowed):
        send(care_world, batch, by="karla")
    AccountString.objects.filter(use="vat").delete()

    with pytest.raises(Refused) as refused:
        send(care_world, batch)

    assert refused.value.problems[0].code == "no_account"
    assert set(FeeInvoice.objects.values_list("state", flat=True)) == {"issued"}
    # What is made for print is held: nobody sees it, and it is not sent.
    assert [file.status for file in OutgoingFile.objects.all()] == ["held"]
    assert settlement.send_files() == 0


@pytest.mark.requirement("CF-28")
def test_what_is_voided_meanwhile_is_in_no_file(care_world, batch):
    assert tasks.make_batch_files() == 1
    assert tasks.make_batch_files() == 0
    FeeInvoice.objects.filter(organisation_number="").update(state="voided")

    send(care_world, batch)

    assert set(files_of(batch)) == {"einvoices", "fee_vouchers"}
    assert set(FeeInvoice.objects.values_list("state", flat=True)) == {"voided", "sent"}


@pytest.mark.requirement("CF-28")
def test_an_area_whose_invoices_are_sent_is_not_re_opened(care_world, batch):
    send(care_world, batch)

    with pytest.raises(Refused) as refused, transaction.atomic():
        invoice_commands.void_invoices(care_world.north.pk, invoicing.OCTOBER)

    assert refused.value.problems[0].code == "already_sent"


def test_a_batch_without_invoices_that_stand_is_not_sent(care_world, batch):
    FeeInvoice.objects.update(state="voided")

    with pytest.raises(Refused) as refused:
        send(care_world, batch)

    assert refused.value.problems[0].code == "nothing"


def test_a_large_batch_waits_for_its_files(care_world, batch, monkeypatch):
    monkeypatch.setattr(commands.rules, "FILES_AT_ONCE", 0)

    with pytest.raises(Refused) as refused:
        send(care_world, batch)

    assert refused.value.problems[0].code == "files_not_ready"
    tasks.work_on_batches()
    assert tasks.make_batch_files() == 1
    send(care_world, batch)


@pytest.mark.requirement("QU-14")
def test_killed_while_it_is_sent_nothing_is_sent_and_nothing_twice(care_world, batch, monkeypatch):
    def die(*_args, **_kwargs):
        raise SystemExit

    monkeypatch.setattr(commands.audit, "record", die)
    with pytest.raises(SystemExit):
        send(care_world, batch)
    monkeypatch.undo()

    assert set(FeeInvoice.objects.values_list("state", flat=True)) == {"issued"}
    assert settlement.send_files() == 0
    send(care_world, batch)
    assert settlement.send_files() == 3
    assert list(queries.breaches()) == []


def test_the_page_of_a_batch_sends_it_and_lists_its_files(care_world, batch, sign_in):
    bodil = sign_in(care_world, "bodil")
    page = reverse("care_fees:batch", args=[batch.number])
    address = reverse("care_fees:send_batch", args=[batch.number])

    assert address in bodil.get(page).content.decode()
    assert bodil.get(address).status_code == 200
    assert bodil.post(address).status_code == 303

    shown = bodil.get(page).content.decode()
    file = OutgoingFile.objects.get(kind="invoices")
    download = reverse("settlement:download_file", args=[file.pk])
    assert download in shown
    assert address not in shown
    assert bodil.get(download).content == bytes(file.content)
    event = Event.objects.get(action="settlement.download_file")
    assert [each.person_id for each in Subject.objects.filter(event=event)] == [care_world.birger.person_id]
    assert bodil.post(address).status_code == 422
    assert bodil.get(reverse("settlement:outgoing_files")).status_code == 200
    assert sign_in(care_world, "karla").get(download).status_code == 403


def test_an_invoice_is_downloaded_and_the_log_says_so(care_world, batch, sign_in):
    invoice = FeeInvoice.objects.get(organisation_number="")
    address = reverse("care_fees:invoice_pdf", args=[invoice.number])

    answer = sign_in(care_world, "karla").get(address)

    assert answer["Content-Disposition"] == f'attachment; filename="faktura-{invoice.number}.pdf"'
    assert pages_of(answer.content) == 1
    assert b"pdfuaid" in answer.content
    assert Event.objects.filter(action="care_fees.invoice_pdf", is_read=True).count() == 1
    assert sign_in(care_world, "kurt").get(address).status_code in {403, 404}


def test_einvoices_and_vouchers_are_exported_by_command(care_world, batch, tmp_path, capsys):
    with pytest.raises(SystemExit) as unsent:
        call_command("export_einvoices", batch=batch.number, to=tmp_path)
    send(care_world, batch)

    call_command("export_einvoices", batch=batch.number, to=tmp_path)
    call_command("export_einvoices", batch=batch.number, to=tmp_path)
    call_command("export_vouchers", period="2024-11", to=tmp_path)

    assert unsent.value.code == 1
    invoice = FeeInvoice.objects.get(organisation_number="5560000019")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"faktura-{invoice.number}.xml",
        "sie-2120009994-000001-debitering.SI",
    ]
    assert Reader((tmp_path / f"faktura-{invoice.number}.xml").read_bytes()).faults() == []
    assert "sie-2120009994-000001-debitering.SI" in capsys.readouterr().out
