"""The reviewer returns an invoice with the reason: its lines are free and can be invoiced again."""

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus
from kvitt.ledger.models import Invoice, InvoiceStep, Line
from kvitt.modules.needs_allowance.queries import case_page
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.mailing.lifecycle import MailEvent
from kvitt.registers.mailing.models import MailAddress, MailChoice, OutgoingMail

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-20", "NA-28")]
OPEN = {InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED}


def reject(world, invoice_id, *, by="gustav", reason="Fel mottagning"):
    commands.reject_invoice(world.actor(by), invoice_id=invoice_id, reason=reason)


def codes(act, *args, **kwargs):
    with pytest.raises(Refused) as found:
        act(*args, **kwargs)
    return [(problem.code, dict(problem.values)) for problem in found.value.problems]


@pytest.mark.requirement("CO-19")
def test_returned_lines_are_invoiced_again_on_an_invoice_of_its_own(dental_world):
    dental_world.case_of_figure_21()
    [first] = dental_world.invoice("Oktober")

    reject(dental_world, first)

    assert set(Line.objects.values_list("status", flat=True)) == {LineStatus.APPROVED.value}
    [again] = dental_world.invoice("November")
    assert again != first
    made = Invoice.objects.in_bulk([first, again])
    assert made[again].total == made[first].total
    assert (made[first].status, made[again].status) == ("returned", "issued")
    assert list(queries.breaches()) == []


def test_reason_and_who_returned_it_are_kept(book):
    invoice_id = book.in_status(InvoiceStatus.REVIEWED)

    reject(book.world, invoice_id, reason="  Fel patient  ")

    assert Invoice.objects.get(pk=invoice_id).return_reason == "Fel patient"
    assert InvoiceStep.objects.get(invoice=invoice_id, status="returned").user_name == "Gustav Granskare"


@pytest.mark.requirement("CO-31")
def test_log_of_the_case_tells_the_reason(dental_world):
    number = dental_world.case_of_figure_21()
    [invoice_id] = dental_world.invoice()

    reject(dental_world, invoice_id, reason="Fel käke")

    page = case_page.case_page(dental_world.actor("anna"), number, today=dental_world.today, session={})
    assert "Avvisade faktura" in str(page.events[0])
    assert any("Fel käke" in detail for detail in page.events[0].details)


def test_reason_is_compulsory(book):
    invoice_id = book.in_status(InvoiceStatus.ISSUED)

    assert codes(reject, book.world, invoice_id, reason="  ") == [("no_reason", {})]


@pytest.mark.requirement("NA-28")
def test_later_invoice_of_the_case_comes_first(book):
    october = book.issue(book.approve(), reference="Oktober")
    november = book.issue(book.approve(), reference="November")

    assert codes(reject, book.world, october) == [("later_first", {"reference": "November"})]

    reject(book.world, november)
    reject(book.world, october)
    assert list(queries.breaches()) == []


@pytest.mark.parametrize("status", InvoiceStatus)
def test_invoice_is_returned_only_before_its_attest(book, status):
    invoice_id = book.in_status(status)

    if status in OPEN:
        reject(book.world, invoice_id)
        assert book.status_of_invoice(invoice_id) is InvoiceStatus.RETURNED
    else:
        assert codes(reject, book.world, invoice_id) == [("not_returnable", {})]
        assert book.status_of_invoice(invoice_id) is status


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(
    ("name", "fault"),
    [("anna", NotAllowed), ("eva", NotAllowed), ("hanna", NotAllowed), ("ivar", NotAllowed), ("bo", Http404)],
)
def test_others_do_not_return_it(book, name, fault):
    invoice_id = book.in_status(InvoiceStatus.ISSUED)

    with pytest.raises(fault):
        reject(book.world, invoice_id, by=name)

    assert not Event.objects.filter(action="ledger.reject_invoice").exists()
    assert book.status_of_invoice(invoice_id) is InvoiceStatus.ISSUED


@pytest.mark.requirement("CO-29")
def test_clinic_that_wants_to_know_gets_an_email(book):
    invoice_id = book.in_status(InvoiceStatus.REVIEWED)
    clinic = Invoice.objects.get(pk=invoice_id).clinic
    MailChoice.objects.create(clinic=clinic, event=MailEvent.INVOICE_RETURNED, chosen_on=book.world.today)
    MailAddress.objects.create(clinic=clinic, address="ryd@example.org")

    reject(book.world, invoice_id)

    assert [mail.event for mail in OutgoingMail.objects.all()] == ["invoice_returned"]
