"""Lines from approval on: changed until their first invoice, credited after the attest, billed anew once."""

import datetime as dt

import pytest

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus
from kvitt.ledger.models import Line

pytestmark = pytest.mark.django_db


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def revise(line_id, **changes):
    wanted = {"performed_on": dt.date(2024, 11, 19), "text": "Annan krona", "price": 50_00}
    commands.revise(line_id, **(wanted | changes))


# A mechanism needs the transaction of the module's command -------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("CO-24")
@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda book: book.approve(), id="approve"),
        pytest.param(lambda _: commands.withdraw(1), id="withdraw"),
        pytest.param(lambda _: revise(1), id="revise"),
        pytest.param(lambda _: commands.request_credit([1]), id="request_credit"),
        pytest.param(lambda _: commands.withdraw_credit([1]), id="withdraw_credit"),
        pytest.param(lambda _: commands.reissue([1], today=dt.date(2024, 11, 20)), id="reissue"),
        pytest.param(lambda _: commands.hold_clinics([1]), id="hold_clinics"),
        pytest.param(lambda book: book.issue(), id="issue_invoice"),
        pytest.param(lambda book: book.return_(1), id="return_invoice"),
    ],
)
def test_command_outside_a_transaction_is_refused(book, act):
    with pytest.raises(commands.NoTransaction):
        act(book)


def test_line_that_does_not_exist_stops_the_command(book):
    line_id = book.approve()

    with pytest.raises(Line.DoesNotExist):
        commands.request_credit([line_id, line_id + 1])


# Revise ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-19", "NA-15")
def test_approved_line_is_revised(book):
    line_id = book.approve(100_00, performed=False)

    revise(line_id)

    line = Line.objects.get(pk=line_id)
    assert (line.performed_on, line.text, line.price, line.amount) == (
        dt.date(2024, 11, 19),
        "Annan krona",
        50_00,
        50_00,
    )


@pytest.mark.requirement("CO-19", "NA-15")
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (LineStatus.INVOICED, "frozen"),
        (LineStatus.AWAITING_CREDIT, "frozen"),
        (LineStatus.CREDITED, "frozen"),
        (LineStatus.WITHDRAWN, "not_approved"),
    ],
)
def test_only_an_approved_line_is_revised(book, status, code):
    line_id = book.line_in(status)

    with pytest.raises(Refused) as refused:
        revise(line_id)

    assert codes(refused) == [code]


@pytest.mark.requirement("CO-19", "NA-15")
def test_line_is_frozen_from_its_first_invoice_even_when_that_is_returned(book):
    line_id = book.approve()
    book.return_(book.issue(line_id))
    assert book.status_of(line_id) is LineStatus.APPROVED

    with pytest.raises(Refused) as refused:
        revise(line_id)

    assert codes(refused) == ["frozen"]
    assert Line.objects.get(pk=line_id).price == 100_00


@pytest.mark.requirement("CO-19")
def test_line_of_a_returned_invoice_can_be_removed(book):
    line_id = book.approve()
    book.return_(book.issue(line_id))

    commands.withdraw(line_id)

    assert book.status_of(line_id) is LineStatus.WITHDRAWN


# Credit ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-22")
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (InvoiceStatus.ISSUED, "not_attested"),
        (InvoiceStatus.REVIEWED, "not_attested"),
        (InvoiceStatus.AUTHORISED, ""),
        (InvoiceStatus.PAYING_OUT, ""),
        (InvoiceStatus.PAID_OUT, ""),
    ],
)
def test_line_is_credited_from_the_attest_of_its_invoice_on(book, status, code):
    line_id = book.approve()
    book.take(book.issue(line_id), status)

    if code:
        with pytest.raises(Refused) as refused:
            commands.request_credit([line_id])
        assert codes(refused) == [code]
    else:
        commands.request_credit([line_id])

    assert book.status_of(line_id) is (LineStatus.INVOICED if code else LineStatus.AWAITING_CREDIT)


@pytest.mark.requirement("CO-22")
def test_credit_of_a_line_from_a_returned_invoice_is_refused(book):
    line_id = book.approve()
    book.return_(book.issue(line_id))

    with pytest.raises(Refused) as refused:
        commands.request_credit([line_id])

    assert codes(refused) == ["not_invoiced"]


@pytest.mark.requirement("CO-22")
def test_when_one_line_cannot_be_credited_none_is(book):
    attested, sent_in = book.approve(), book.approve(case="B2024-000002")
    book.attested(attested)
    book.issue(sent_in)

    with pytest.raises(Refused):
        commands.request_credit([attested, sent_in])

    assert book.status_of(attested) is LineStatus.INVOICED


@pytest.mark.requirement("CO-22")
def test_credit_never_changes_the_amount_of_the_line(book):
    line_id = book.credit_wanted(690_000)

    invoice_id = book.issue(line_id)

    line = Line.objects.get(pk=line_id)
    assert (line.amount, line.price) == (690_000, 690_000)
    assert line.rows.get(invoice=invoice_id).amount == -690_000


@pytest.mark.parametrize("count", [1, 40])
def test_crediting_takes_as_many_statements_for_one_line_as_for_forty(book, count, django_assert_num_queries):
    lines = [book.approve() for _ in range(count)]
    book.attested(*lines)

    with django_assert_num_queries(3):  # lock, invoices, change
        commands.request_credit(lines)
    with django_assert_num_queries(3):  # lock, replacements, change
        commands.withdraw_credit(lines)


# Billing anew ----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-30")
def test_credited_line_is_billed_anew_by_an_equal_approved_one(book):
    line_id = book.credit_wanted(690_000)

    [copy] = commands.reissue([line_id], today=dt.date(2024, 11, 20))

    same = ("authority_id", "module", "clinic_id", "person_id", "case_number", "code", "text", "performed_on")
    line = Line.objects.get(pk=line_id)
    assert [getattr(copy, name) for name in same] == [getattr(line, name) for name in same]
    assert (copy.quantity, copy.price, copy.amount) == (1, 690_000, 690_000)
    assert (copy.status, copy.replaces_id, line.status) == ("approved", line_id, "awaiting_credit")


@pytest.mark.requirement("CO-24", "NA-30")
@pytest.mark.parametrize("status", [LineStatus.APPROVED, LineStatus.INVOICED, LineStatus.WITHDRAWN])
def test_line_that_is_not_credited_is_not_billed_anew(book, status):
    line_id = book.line_in(status)

    with pytest.raises(Refused) as refused:
        commands.reissue([line_id], today=dt.date(2024, 11, 20))

    assert codes(refused) == ["not_credited"]


@pytest.mark.requirement("CO-24", "NA-30")
def test_line_is_billed_anew_once(book):
    line_id = book.credit_wanted()
    commands.reissue([line_id], today=dt.date(2024, 11, 20))

    with pytest.raises(Refused) as refused:
        commands.reissue([line_id], today=dt.date(2024, 11, 20))

    assert codes(refused) == ["already_replaced"]


@pytest.mark.requirement("NA-30")
def test_line_is_billed_anew_again_when_the_new_one_was_removed(book):
    line_id = book.credit_wanted()
    [removed] = commands.reissue([line_id], today=dt.date(2024, 11, 20))
    commands.withdraw(removed.pk)

    [copy] = commands.reissue([line_id], today=dt.date(2024, 11, 20))

    assert copy.replaces_id == line_id


@pytest.mark.requirement("CO-24", "NA-32")
def test_credit_of_a_line_that_is_billed_anew_is_not_withdrawn(book):
    line_id = book.credit_wanted()
    [copy] = commands.reissue([line_id], today=dt.date(2024, 11, 20))

    with pytest.raises(Refused) as refused:
        commands.withdraw_credit([line_id])
    assert codes(refused) == ["replaced"]

    commands.withdraw(copy.pk)
    commands.withdraw_credit([line_id])
    assert book.status_of(line_id) is LineStatus.INVOICED


@pytest.mark.parametrize("count", [1, 40])
def test_billing_anew_takes_as_many_statements_for_one_line_as_for_forty(
    book, count, django_assert_num_queries
):
    lines = [book.approve() for _ in range(count)]
    book.attested(*lines)
    commands.request_credit(lines)

    with django_assert_num_queries(3):  # lock, replacements, write
        commands.reissue(lines, today=dt.date(2024, 11, 20))
