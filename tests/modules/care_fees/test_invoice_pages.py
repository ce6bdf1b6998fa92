"""The pages of invoices: batches, what waits, one invoice, a client's own, contacts and notes."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.modules.care_fees import tasks
from kvitt.modules.care_fees.commands import invoices as commands
from kvitt.modules.care_fees.models import FeeInvoice, InvoiceBatch, InvoiceContact
from tests.modules.care_fees.invoicing import CARE, OCTOBER, approve, approve_area, live_at, make

pytestmark = pytest.mark.requirement("CF-29")


@pytest.fixture
def bodil(care_world, sign_in):
    return sign_in(care_world, "bodil")


def page(client, name, *args, **query):
    return client.get(reverse(f"care_fees:{name}", args=args), query)


def text_of(response):
    return " ".join(response.content.decode().split())


def test_dialog_tells_what_is_made_and_a_small_batch_is_made_at_once(care_world, bodil):
    world = care_world
    for client in (world.astrid, world.birger):
        approve(client)
    approve(world.dagny, concerned=(world.south,))
    approve_area(world.south, approved_at=None)
    shown = text_of(page(bodil, "make_invoices"))
    assert "<strong>2 fakturor</strong>, tillsammans 3 646 kr" in shown
    assert "Ett annat område har inte godkänt: 1" in shown
    url, typed = reverse("care_fees:make_invoices"), {"month": "2024-10", "invoice_date": "2024-11-20"}
    # A look at another month makes nothing.
    looked = bodil.post(url, typed | {"month": "2024-09", "show": "1"})
    assert looked.status_code == 200
    assert "Inget som är godkänt kan faktureras." in text_of(looked)
    assert bodil.post(url, typed | {"invoice_date": "2024-11-19"}).status_code == 422
    assert not InvoiceBatch.objects.exists()
    made = bodil.post(url, typed, follow=True)
    assert "Fakturorna är skapade." in text_of(made)
    assert InvoiceBatch.objects.get().finished_at is not None
    assert FeeInvoice.objects.count() == 2
    waiting = text_of(page(bodil, "waiting_months", month="2024-10"))
    assert "Dagny Parsson" in waiting
    assert "Söder" in waiting
    assert text_of(page(bodil, "batches")).count("Skapad</span>") == 1


def test_large_batch_is_left_to_the_worker_and_tells_how_far_it_has_come(care_world, bodil, monkeypatch):
    monkeypatch.setattr(commands, "INVOICES_PER_CHUNK", 1)
    for client in (care_world.astrid, care_world.birger):
        approve(client)
    url, typed = reverse("care_fees:make_invoices"), {"month": "2024-10", "invoice_date": "2024-11-20"}
    shown = text_of(bodil.post(url, typed, follow=True))
    assert "2 fakturor skapas." in shown
    assert "0 av 2 fakturor skapade" in shown
    assert 'hx-trigger="every 2s"' in shown
    second = text_of(bodil.post(url, typed))
    assert "Bodil Debitering påbörjade omgång 1" in second
    tasks.work_on_batches()
    state = bodil.get(
        reverse("care_fees:batch", args=[1]), headers={"HX-Request": "true", "HX-Target": "batch-state"}
    )
    assert state["HX-Retarget"] == "main"
    assert "Skapad</span>" in text_of(state)


@pytest.mark.requirement("CF-28", "QU-19")
def test_invoice_is_shown_as_printed_and_a_voided_one_says_so(care_world, bodil, sign_in):
    world = care_world
    lunch = {"quantity": 2, "price": 7_800, "vat_percent": 12}
    approve(world.astrid, CARE, ("product", "Lunch", 15_600, lunch))
    vera = world.make_client("194107039804", "Vera", "Skyddström", world.north)
    vera.person.is_protected = True
    vera.person.save()
    live_at(vera, "Box 1", kind="staying")
    approve(vera, ("correction", "Återbetalning", -30_000, {}))
    first, second = make(world)
    shown = text_of(page(bodil, "invoice", first.number))
    for word in (
        "Faktura",
        "1 979 kr",
        "Varav moms 12 %",
        "16,71 kr",
        "133",
        "Provgatan 9",
        "2 st",
    ):
        assert word in shown
    assert "Skyddström" not in text_of(page(bodil, "batch", 1))
    assert "Astrid" in text_of(page(bodil, "batch", 1, text="provén", state="issued", kind="client"))
    assert "Astrid" not in text_of(page(bodil, "batch", 1, text="gren"))
    # A protected client is opened with a reason.
    asked = page(bodil, "invoice", second.number)
    assert "Box 1" not in text_of(asked)
    sheet = page(bodil, "batch", 1, format="xlsx")
    assert b"Box 1" not in b"".join(sheet.streaming_content)
    commands.void_invoices(world.north.pk, OCTOBER)
    approve_area(world.north, reopened_at=dt.datetime(2024, 11, 21, 9, tzinfo=dt.UTC), reopened_by="Bodil")
    shown = text_of(page(bodil, "invoice", first.number))
    assert "Fakturan är makulerad. Den ska inte betalas." in shown
    assert "Bodil öppnade perioden igen 2024-11-21" in shown
    assert Event.objects.filter(action="care_fees.invoice", is_read=True).count() == 2
    # The client's page has them; who does not reach the client has no such invoice.
    karla, kurt = sign_in(world, "karla"), sign_in(world, "kurt")
    assert "Makulerad" in text_of(page(karla, "case", world.astrid.number))
    assert page(kurt, "invoice", first.number).status_code == 404
    assert page(karla, "batch", 1).status_code == 403
    for name, number in (("invoice", 99), ("batch", 99), ("save_contact", 10**9), ("end_contact", 10**9)):
        assert page(bodil, name, number).status_code == 404


def test_contact_and_note_are_kept_in_dialogs(care_world, bodil, sign_in):
    world = care_world
    url = reverse("care_fees:save_contact", args=[world.north_care.pk])
    typed = {"name": "Rut Referensson", "phone": "013-20 57 01", "email": "", "first_on": "2024-11-01"}
    assert bodil.post(url, typed | {"phone": ""}).status_code == 422
    assert "Rut Referensson" in text_of(bodil.post(url, typed, follow=True))
    assert "är referensperson från" in text_of(bodil.post(url, typed))
    end = reverse("care_fees:end_contact", args=[world.north_care.pk])
    assert bodil.post(end, {"last_on": "2024-10-31"}).status_code == 422
    bodil.post(end, {"last_on": "2024-11-30"})
    assert InvoiceContact.objects.get().last_on == dt.date(2024, 11, 30)
    karla, number = sign_in(world, "karla"), world.astrid.number
    noted = karla.post(
        reverse("care_fees:change_note", args=[number]), {"note": "  Ring  Stina "}, follow=True
    )
    assert "Ring Stina" in text_of(noted)
    assert page(karla, "invoice_contacts").status_code == 403
    world.astrid.refresh_from_db()
    assert (world.astrid.note, world.astrid.version) == ("Ring Stina", 1)
