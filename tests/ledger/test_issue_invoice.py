"""An invoice holds what was planned, or is not made at all."""

import dataclasses

import pytest

from kvitt.ledger import commands, queries
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RowKind
from kvitt.ledger.models import Invoice, InvoiceRow
from kvitt.ledger.rules import RowPlan

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-20")]


def issue(book, plan):
    return commands.issue_invoice(book.world.actor("anna"), plan)


@pytest.mark.requirement("CO-23")
def test_invoice_charges_and_credits_and_its_total_is_signed(book):
    credited = book.credit_wanted(690_000, case="B2024-000002")
    charged = book.approve(123_500)

    invoice = issue(book, book.plan(charged, credited))

    rows = {row.line_id: (row.kind, row.amount) for row in invoice.rows.all()}
    assert rows == {charged: (RowKind.CHARGE, 123_500), credited: (RowKind.CREDIT, -690_000)}
    assert (invoice.total, invoice.status) == (-566_500, InvoiceStatus.ISSUED)
    assert book.status_of(charged) is LineStatus.INVOICED
    assert book.status_of(credited) is LineStatus.CREDITED


def test_invoice_copies_the_names_as_they_are(book):
    invoice = issue(book, book.plan(book.approve()))

    copied = (invoice.clinic_number, invoice.clinic_name, invoice.provider_number, invoice.provider_name)
    assert copied == ("1111", "Ekens Tandvård Ryd", "5560000019", "Ekens Tandvård AB")
    assert invoice.payer_name == "Region Exempel"
    assert invoice.issued_by_id == book.world.users["anna"].pk


def test_reference_of_letters_that_grow_when_casefolded_fits(book):
    plan = dataclasses.replace(book.plan(book.approve()), external_reference="ß" * 30 + " 1111")

    invoice = issue(book, plan)

    assert invoice.reference_search_key == "ss" * 30 + " 1111"


@pytest.mark.requirement("CO-24", "NA-25")
def test_removed_line_stops_the_invoice(book):
    kept, removed = book.approve(), book.approve()
    plan = book.plan(kept, removed)
    commands.withdraw(removed)

    with pytest.raises(commands.Changed):
        issue(book, plan)

    assert not Invoice.objects.exists()
    assert book.status_of(kept) is LineStatus.APPROVED


@pytest.mark.requirement("CO-24", "NA-25")
def test_changed_price_stops_the_invoice(book):
    line_id = book.approve()
    plan = book.plan(line_id)
    commands.revise(line_id, performed_on=book.today, text="Dyrare", price=200_00)

    with pytest.raises(commands.Changed):
        issue(book, plan)


@pytest.mark.requirement("CO-24", "NA-25")
def test_date_taken_away_stops_the_invoice(book):
    line_id = book.approve()
    plan = book.plan(line_id)
    commands.revise(line_id, performed_on=None, text="Ej utförd", price=100_00)

    with pytest.raises(commands.Changed):
        issue(book, plan)


@pytest.mark.requirement("CO-24")
def test_line_is_not_invoiced_twice(book):
    line_id = book.approve()
    plan = book.plan(line_id)
    issue(book, plan)

    with pytest.raises(commands.Changed):
        issue(book, plan)

    assert InvoiceRow.objects.filter(line_id=line_id).count() == 1


def test_invoice_without_lines_is_not_made(book):
    with pytest.raises(commands.Changed):
        issue(book, book.plan())


def test_credit_is_not_planned_as_a_charge(book):
    line_id = book.credit_wanted()
    rows = [RowPlan(line_id, RowKind.CHARGE, 100_00)]

    with pytest.raises(commands.Changed):
        issue(book, dataclasses.replace(book.plan(), rows=rows))


def test_line_of_another_clinic_does_not_stand_on_the_invoice(book):
    line_id = book.approve(clinic=book.world.linghem)

    with pytest.raises(commands.WrongClinic):
        issue(book, book.plan(line_id))


def test_line_of_another_module_does_not_stand_on_the_invoice(book):
    plan = dataclasses.replace(book.plan(book.approve()), module="special_care")

    with pytest.raises(commands.WrongClinic):
        issue(book, plan)


@pytest.mark.requirement("CO-24")
@pytest.mark.parametrize("count", [10, 60])
def test_invoice_is_written_in_a_constant_number_of_statements(book, count, django_assert_num_queries):
    charged = [book.approve() for _ in range(count)]
    credited = [book.approve(case="B2024-000002") for _ in range(count)]
    book.attested(*credited)
    commands.request_credit(credited)
    plan = book.plan(*charged, *credited)

    anna = book.world.actor("anna")

    # The clinic held, lines locked, clinic, invoice, rows; lines changed and counted, twice; the step.
    with django_assert_num_queries(10):
        commands.issue_invoice(anna, plan)


def test_lines_are_locked_a_thousand_at_a_time(book, monkeypatch):
    monkeypatch.setattr("kvitt.ledger.commands.steps.ROWS_PER_STATEMENT", 2)
    lines = [book.approve() for _ in range(5)]

    invoice = issue(book, book.plan(*lines))

    assert invoice.rows.count() == 5
    assert list(queries.breaches()) == []
