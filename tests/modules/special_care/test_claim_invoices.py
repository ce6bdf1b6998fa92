"""*Era fakturor*: what stands in which list, what is found, what a row unfolds, and who is told of it."""

import datetime as dt
import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.special_care.commands import crediting, deletion, review
from kvitt.modules.special_care.models import Claim, ClaimInvoice
from kvitt.modules.special_care.queries import invoices as queries
from kvitt.modules.special_care.rules import invoice as rules
from kvitt.modules.special_care.rules.invoice import Folder
from kvitt.registers.people.models import Person
from tests.modules.page import Page
from tests.special_world import SEED_LINES

pytestmark = pytest.mark.django_db


@pytest.fixture
def every_invoice(special_world):
    """Invoices in every state there is, by the number of their claim; each has an OCR number of its own."""
    world, references = special_world, itertools.count(1001)

    def sent(**facts):
        return world.send_claim(invoice_reference=str(next(references)), **facts)

    found = {"held": sent(lines=SEED_LINES), "approved": sent(), "proposed": sent(), "paid": sent()}
    world.pay(found["proposed"], until=InvoiceStatus.REVIEWED)
    world.pay(found["paid"])
    for name in ("credited", "returned credit", "withdrawn credit"):
        found[name] = sent()
        world.pay(found[name])
        crediting.credit_claim(world.actor("lisa"), today=world.today, number=found[name])
    for name in ("returned credit", "withdrawn credit"):
        world.return_proposal(found[name], is_credit=True)
    crediting.withdraw_credit(world.actor("lisa"), number=found["withdrawn credit"])
    found["deleted"] = sent()
    deletion.delete_claim(world.actor("lisa"), number=found["deleted"])
    for name in ("voided", "voided long ago"):
        found[name] = sent(lines=SEED_LINES)
        gustav = world.actor("gustav")
        review.void_claim(gustav, number=found[name], reason="Dubblett")
    long_ago = dt.datetime(2024, 10, 1, tzinfo=dt.UTC)
    Claim.objects.filter(number=found["voided long ago"]).update(changed_at=long_ago)
    return found


def listed(world, folder, *, by="lisa", **search):
    found = queries.claim_invoices(world.actor(by), today=world.today, folder=folder, **search)
    return sorted(found.values_list("reference", flat=True))


@pytest.mark.requirement("SC-17", "SC-19", "SC-20")
def test_every_invoice_is_listed_where_the_rule_puts_it(special_world, every_invoice):
    assert len(every_invoice) == 10
    for folder in Folder:
        by_rule = [
            invoice.reference
            for invoice in ClaimInvoice.objects.select_related("ledger_invoice")
            if folder in rules.calculate_folders(queries.invoice_facts(invoice), today=special_world.today)
        ]
        assert listed(special_world, folder, shows_deleted=True) == sorted(by_rule)
    assert "1008" not in listed(special_world, Folder.PROCESSING)
    assert listed(special_world, Folder.CREDITS) == ["1005_Kredit", "1006_Kredit"]
    assert listed(special_world, Folder.VOIDED) == ["1007_Kredit", "1009", "1010"]


@pytest.mark.requirement("SC-17")
def test_invoices_are_found_by_number_reference_claim_period_and_patient(special_world):
    world = special_world
    world.send_claim(invoice_reference="23434344", reference="980890")
    world.send_claim(world.holger, support="f", invoice_reference="1234678", reference="1184499")
    ClaimInvoice.objects.filter(reference="1234678").update(received_on=dt.date(2024, 9, 1))
    ours = ClaimInvoice.objects.get(reference="1234678").our_reference

    def found(**search):
        return listed(world, Folder.PROCESSING, **search)

    assert found(reference="3434") == ["23434344"]
    assert found(reference=str(ours)) == sorted({"1234678", *found(reference=f"{ours}")})
    assert found(claim_reference="98089") == ["23434344"]
    assert found(person_id=world.holger.pk) == ["1234678"]
    assert found(first_on=dt.date(2024, 10, 21)) == ["23434344"]
    assert found(last_on=dt.date(2024, 9, 1)) == ["1234678"]
    assert listed(world, Folder.PROCESSING, by="frida", reference="3434") == []
    assert listed(world, Folder.PROCESSING, by="frida", reference="2343") == ["23434344"]
    assert listed(world, Folder.PROCESSING, by="mats") == []


@pytest.fixture
def lisa(special_world, sign_in):
    client = sign_in(special_world, "lisa")
    client.cookies["kvitt_language"] = "sv"
    return client


def url(folder="processing"):
    return reverse("special_care:claim_invoices", args=[folder])


@pytest.mark.requirement("SC-17", "QU-18")
def test_patient_is_searched_for_without_the_number_in_the_address(special_world, lisa):
    special_world.send_claim(reference="980890")

    answer = lisa.post(url(), {"number": "450312-9803", "first_on": "2024-11-01"})
    page = Page(lisa.get(answer.headers["Location"]))

    assert answer.status_code == 303
    assert "9803" not in answer.headers["Location"]
    assert f"person={special_world.greta.code}" in answer.headers["Location"]
    assert page.fields["number"].value == "194503129803"
    assert "980890" in page.text
    for stranger in ("19600609-9805", "201303102394"):
        refused = Page(lisa.post(url(), {"number": stranger}))
        assert (refused.status, refused.fields["number"].fault) == (
            422,
            "Ingen räkning gäller den här patienten. Kontrollera numret.",
        )
    elsewhere = {"reference": "4503129803", "claim_reference": "19450312-9803"}
    misplaced = Page(lisa.post(url(), elsewhere))
    assert (misplaced.status, misplaced.fields["reference"].fault) == (422, "")
    assert misplaced.fields["claim_reference"].fault.startswith("Det här är ett personnummer.")
    assert lisa.get(url(), {"person": special_world.ingrid.code}).status_code == 404
    assert lisa.get(url(), {"person": "x"}).status_code == 404


@pytest.mark.requirement("SC-18", "SC-19", "QU-19")
def test_row_unfolds_its_claims_and_the_read_is_noted(special_world, lisa):
    world = special_world
    Person.objects.filter(pk=world.holger.pk).update(is_protected=True)
    world.send_claim(fee=200_00, reference="980890", comment="45678", lines=SEED_LINES)
    world.send_claim(world.holger, support="f", reference="980891")
    ours = ClaimInvoice.objects.get().our_reference

    folded = Page(lisa.get(url()))
    assert "980890" not in folded.text
    assert "Visar 1 av 1 faktura" in folded.text
    assert "1 räkning under granskning" in folded.text
    reads = Event.objects.filter(action="special_care.claim_invoices")
    assert not reads.exists()
    unfolded = Page(lisa.get(url(), {"open": ours}))

    for text in (
        "Räkningen är under granskning",
        "N-tandvård, intygsnummer 764153, 2023-01-01 - tills vidare",
        "N1, Särskilt boende",
        "Konventionell kliniktandvård",
        "45678",
    ):
        assert text in unfolded.text
    assert "Holger" not in unfolded.text
    [read] = reads
    assert set(read.subjects.values_list("person_id", flat=True)) == {world.greta.pk, world.holger.pk}


@pytest.mark.requirement("SC-17", "QU-6")
def test_many_invoices_are_listed_in_as_many_statements_as_one(special_world, lisa):
    special_world.send_claim(invoice_reference="1")
    lisa.get(url())

    def statements():
        every = list(ClaimInvoice.objects.values_list("our_reference", flat=True))
        with CaptureQueriesContext(connection) as captured:
            page = lisa.get(url(), {"open": every})
        assert page.status_code == 200
        return len(captured)

    one = statements()
    for number in range(2, 5):
        special_world.send_claim(invoice_reference=str(number))

    assert statements() == one


@pytest.mark.requirement("SC-17", "SC-20")
def test_deleted_invoice_is_found_by_who_asks_for_it(special_world, lisa):
    number = special_world.send_claim(reference="980890")
    deletion.delete_claim(special_world.actor("lisa"), number=number)
    ours = ClaimInvoice.objects.get().our_reference

    assert "1234" not in Page(lisa.get(url())).text
    page = Page(lisa.get(url(), {"deleted": "on", "open": ours}))

    assert "1 räkning raderad" in page.text
    assert "980890" in page.text
