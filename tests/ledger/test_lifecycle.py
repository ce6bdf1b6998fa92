"""Every step of the transition tables is allowed, by its command, and no other is."""

from contextlib import suppress
from itertools import product

import pytest

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands
from kvitt.ledger.lifecycle import (
    INVOICE_STEPS,
    LINE_STEPS,
    InvoiceStatus,
    LineStatus,
    StepNotAllowed,
    ensure_invoice_step,
    ensure_line_step,
)
from kvitt.ledger.models import InvoiceRow

pytestmark = pytest.mark.requirement("CO-19", "CO-20")

LINE_COMMANDS = sorted(set(LINE_STEPS.values()))
INVOICE_COMMANDS = sorted(set(INVOICE_STEPS.values()))


def steps_of(statuses, ensure, command):
    """Return the steps that the command may take."""
    allowed = set()
    for before, after in product(statuses, statuses):
        with suppress(StepNotAllowed):
            ensure(before, after, command=command)
            allowed.add((before, after))
    return allowed


@pytest.mark.parametrize("command", LINE_COMMANDS)
def test_line_takes_only_the_steps_of_the_table(command):
    table = {step for step, by in LINE_STEPS.items() if by == command}

    assert steps_of(LineStatus, ensure_line_step, command) == table


@pytest.mark.parametrize("command", INVOICE_COMMANDS)
def test_invoice_takes_only_the_steps_of_the_table(command):
    table = {step for step, by in INVOICE_STEPS.items() if by == command}

    assert steps_of(InvoiceStatus, ensure_invoice_step, command) == table


def last_invoice_of(line_id):
    row = InvoiceRow.objects.filter(line_id=line_id).order_by("-pk").first()
    return row.invoice_id if row else None


def run(book, command, line_id):
    """Run a command of the ledger on one line, whatever its status."""
    match command:
        case "withdraw":
            commands.withdraw(line_id)
        case "issue_invoice":
            try:
                book.issue(line_id)
            except ValueError:  # the rules do not even plan it
                raise Refused([]) from None
        case "request_credit":
            commands.request_credit([line_id])
        case "withdraw_credit":
            commands.withdraw_credit([line_id])
        case "return_invoice":
            invoice_id = last_invoice_of(line_id)
            if invoice_id is None:
                raise Refused([])
            book.return_(invoice_id)


def reached_from(status, command):
    """Return where the table says that the command takes a line in this status, None when nowhere."""
    steps = {(before, by): after for (before, after), by in LINE_STEPS.items()}
    return steps.get((status, command))


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "command"), list(product(LineStatus, LINE_COMMANDS)))
def test_every_command_does_to_a_line_what_the_table_says(book, status, command):
    line_id = book.line_in(status)
    if (status, command) == (LineStatus.INVOICED, "return_invoice"):
        line_id = book.approve(case="B2024-000002")  # of an invoice that is not attested yet
        book.issue(line_id)
    expected = reached_from(status, command)

    if expected is None:
        with pytest.raises(Refused):
            run(book, command, line_id)
    else:
        run(book, command, line_id)

    assert book.status_of(line_id) is (expected or status)


def invoice_in(book, status, *, total):
    lines = [book.approve(total)] if total else [book.approve(100_00), book.approve(-100_00)]
    invoice_id = book.issue(*lines)
    if status in {InvoiceStatus.RETURNED, InvoiceStatus.RECALLED}:
        book.return_(invoice_id, status)
    elif total:
        book.take(invoice_id, status)
    else:
        book.take(invoice_id, InvoiceStatus.AUTHORISED)
    return invoice_id


@pytest.mark.django_db
@pytest.mark.parametrize("before", list(InvoiceStatus))
@pytest.mark.parametrize("command", INVOICE_COMMANDS)
def test_every_command_takes_an_invoice_where_the_table_says_and_nowhere_else(book, before, command):
    reached = []

    for after in InvoiceStatus:
        skips_payment = (before, after) == (InvoiceStatus.AUTHORISED, InvoiceStatus.PAID_OUT)
        invoice_id = invoice_in(book, before, total=0 if skips_payment else 100_00)
        act = book.advance if command == "advance_invoice" else book.return_
        with suppress(Refused):
            act(invoice_id, after)
            reached.append(after)
        assert book.status_of_invoice(invoice_id) is (after if after in reached else before)
        book = type(book)(book.world, case=f"B2024-{invoice_id:06d}")

    assert reached == [after for after in InvoiceStatus if INVOICE_STEPS.get((before, after)) == command]


@pytest.mark.requirement("CO-24")
def test_refused_step_tells_the_user_to_look_again():
    with pytest.raises(StepNotAllowed) as refused:
        ensure_line_step("invoiced", LineStatus.WITHDRAWN, command="withdraw")

    assert [problem.code for problem in refused.value.problems] == ["step_not_allowed"]
    assert refused.value.__notes__ == ["withdraw: invoiced -> withdrawn"]
