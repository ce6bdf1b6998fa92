"""Whatever happens to a ledger, in whatever order and by whom, every line and invoice adds up."""

import os
from contextlib import suppress
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries
from kvitt.ledger.lifecycle import (
    DEAD_INVOICES,
    INVOICE_STEPS,
    LINE_STEPS,
    OPEN_INVOICES,
    InvoiceStatus,
    LineStatus,
    RowKind,
)
from kvitt.ledger.models import Invoice, InvoiceRow, Line
from kvitt.registers.access.rules import NotAllowed
from tests.world import TODAY, advance_invoice

CASES = ("B2024-000001", "B2024-000002", "B2024-000003")
AMOUNTS = st.sampled_from([-5_000_00, 1, 660_00, 6_900_00])
# Which of those there are: a number that is taken round and round.
WHICH = st.integers(min_value=0, max_value=30)
PERSONS = st.sampled_from(["gustav", "hanna"])
SOME = st.lists(WHICH, min_size=1, max_size=4)
NEXT = {
    before: [
        after for (first, after), by in INVOICE_STEPS.items() if (first, by) == (before, "advance_invoice")
    ]
    for before in InvoiceStatus
}
CHARGED = {LineStatus.INVOICED, LineStatus.AWAITING_CREDIT}
CONTENT = ("case_number", "code", "text", "performed_on", "quantity", "price", "amount", "replaces_id")
MADE = ("external_reference", "invoice_date", "due_date", "total", "clinic_id", "issued_by_id")


def pick(ids, numbers):
    return sorted({ids[number % len(ids)] for number in numbers}) if ids else []


class History(RuleBasedStateMachine):
    """Several persons work in the same ledger; what they may not do is refused and changes nothing."""

    book = None  # set by the test
    actors = {}
    taken = set()

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.plan = None
        self.lines, self.invoices, self.frozen, self.vouchers = {}, {}, {}, {}

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def line_ids(self, *statuses):
        lines = Line.objects.filter(status__in=statuses) if statuses else Line.objects
        return list(lines.order_by("pk").values_list("pk", flat=True))

    def invoice_ids(self, *statuses):
        """Return the invoices, newest first: those can be returned."""
        invoices = Invoice.objects.filter(status__in=statuses) if statuses else Invoice.objects
        return list(invoices.order_by("-pk").values_list("pk", flat=True))

    def attempt(self, act, *args, **kwargs):
        with suppress(Refused), transaction.atomic():
            act(*args, **kwargs)

    # What the clinic does ------------------------------------------------------------------------

    @initialize(amount=AMOUNTS)
    def begin(self, amount):
        self.book.attested(self.book.approve(amount, case=CASES[0]), self.book.approve(case=CASES[0]))
        self.book.issue(self.book.approve(100_00, case=CASES[1]), self.book.approve(-100_00, case=CASES[1]))

    @rule(case=st.sampled_from(CASES), amount=AMOUNTS, performed=st.booleans())
    def approve(self, case, amount, performed):
        self.book.approve(amount, case=case, performed=performed)

    @rule(which=WHICH, anything=st.booleans(), remove=st.booleans(), amount=AMOUNTS, performed=st.booleans())
    def withdraw_or_revise(self, which, anything, remove, amount, performed):
        for line_id in pick(self.line_ids(*([] if anything else [LineStatus.APPROVED])), [which]):
            if remove:
                self.attempt(commands.withdraw, line_id)
            else:
                day = self.book.today if performed else None
                self.attempt(commands.revise, line_id, performed_on=day, text="Ändrad", price=amount)

    @rule(cases=st.sets(st.sampled_from(CASES), min_size=1), looks_again=st.booleans())
    def issue_invoice(self, cases, looks_again):
        """Invoice what is shown now, or what was shown when somebody last looked."""
        if looks_again or self.plan is None:
            waiting = queries.waiting_lines([self.book.world.ryd.pk], "needs_allowance")
            lines = waiting.filter(case_number__in=cases).values_list("pk", flat=True)
            self.plan = self.book.plan(*lines)
        self.attempt(commands.issue_invoice, self.actors["anna"], self.plan)

    @rule(which=SOME, anything=st.booleans())
    def request_credit(self, which, anything):
        lines = self.line_ids(*([] if anything else [LineStatus.INVOICED]))
        self.attempt(commands.request_credit, pick(lines, which))

    @rule(which=SOME, act=st.sampled_from([commands.withdraw_credit, partial(commands.reissue, today=TODAY)]))
    def withdraw_credit_or_reissue(self, which, act):
        self.attempt(act, pick(self.line_ids(LineStatus.AWAITING_CREDIT, LineStatus.CREDITED), which))

    # What the authority does, and the clinic when it recalls ---------------------------------------

    @rule(which=WHICH, to=st.none() | st.sampled_from(InvoiceStatus), by=PERSONS)
    def advance(self, which, to, by):
        """Take an invoice to its next status, or try with any."""
        for invoice_id in pick(self.invoice_ids(*OPEN_INVOICES), [which]):
            for status in [to] if to else NEXT[self.book.status_of_invoice(invoice_id)]:
                self.advance_one(invoice_id, status, by)

    @rule()
    def attest_everything(self):
        for invoice_id in reversed(self.invoice_ids()):
            self.advance_one(invoice_id, InvoiceStatus.REVIEWED, "gustav")
            self.advance_one(invoice_id, InvoiceStatus.AUTHORISED, "hanna")

    def advance_one(self, invoice_id, to, by):
        actor, today = self.actors[by], self.book.today
        with suppress(NotAllowed):
            self.attempt(advance_invoice, actor, invoice_id, to, today=today)

    @rule(which=SOME, act=st.sampled_from(["review", "attest", "start", "confirm"]), by=PERSONS)
    def many_at_once(self, which, act, by):
        """Take the step with any invoices; whoever may not do it, or what may not go on, changes nothing."""
        actor, chosen = self.actors[by], pick(self.invoice_ids(), which)
        today = self.book.today
        acts = {
            "review": commands.review_invoices,
            "attest": partial(commands.attest_invoices, today=today),
            "start": partial(commands.start_payouts, today=today),
            "confirm": partial(commands.confirm_payouts, today=today),
        }
        with suppress(NotAllowed):
            self.attempt(acts[act], actor, invoice_ids=chosen)

    @rule(which=WHICH, to=st.sampled_from(sorted(DEAD_INVOICES, reverse=True)))
    def return_invoice(self, which, to):
        for invoice_id in pick(self.invoice_ids(InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED), [which]):
            self.attempt(self.book.return_, invoice_id, to)

    # What holds after every step -----------------------------------------------------------------

    @invariant()
    def proof_finds_nothing(self):
        assert list(queries.breaches()) == []

    @invariant()
    def books_agree(self):
        rows = list(InvoiceRow.objects.all())
        lines = {line.pk: line for line in Line.objects.all()}
        invoices = {invoice.pk: invoice for invoice in Invoice.objects.all()}
        self.sums_agree(lines, invoices, rows)
        self.nothing_is_billed_twice(lines, rows)
        self.statuses_follow_the_tables(lines, invoices)
        self.what_is_written_stays(lines, invoices, rows)

    def sums_agree(self, lines, invoices, rows):
        """Rows sum to their invoice; what is live of a line sums to its amount or to nothing."""
        of_invoice, of_line = dict.fromkeys(invoices, 0), dict.fromkeys(lines, 0)
        for row in rows:
            of_invoice[row.invoice_id] += row.amount
            of_line[row.line_id] += 0 if row.is_void else row.amount
        assert of_invoice == {pk: invoice.total for pk, invoice in invoices.items()}
        assert of_line == {pk: line.amount if line.status in CHARGED else 0 for pk, line in lines.items()}
        live = [invoice.total for invoice in invoices.values() if invoice.status not in DEAD_INVOICES]
        assert sum(live) == sum(line.amount for line in lines.values() if line.status in CHARGED)

    def nothing_is_billed_twice(self, lines, rows):
        """Of a line and those that bill the same anew, at most one stands invoiced; credits come after."""
        standing = set()
        for line in lines.values():
            first = line
            while first.replaces_id:
                first = lines[first.replaces_id]
            if line.status == LineStatus.INVOICED:
                assert first.pk not in standing
                standing.add(first.pk)
        live = {(row.line_id, row.kind): row.invoice_id for row in rows if not row.is_void}
        for (line_id, kind), invoice_id in live.items():
            assert kind == RowKind.CHARGE or live[line_id, RowKind.CHARGE] < invoice_id

    def statuses_follow_the_tables(self, lines, invoices):
        """A step of the machine may take an object several steps; each of them is one of the table."""
        for statuses, objects, table, new in (
            (self.lines, lines, LINE_STEPS, LineStatus.APPROVED),
            (self.invoices, invoices, INVOICE_STEPS, InvoiceStatus.ISSUED),
        ):
            for pk, found in objects.items():
                before, after = statuses.get(pk, new), type(new)(found.status)
                assert after in reachable(before, table)
                self.taken.add((before, after))
                statuses[pk] = after

    def what_is_written_stays(self, lines, invoices, rows):
        """From its first invoice on a line is frozen; an invoice and its number never change."""
        for line_id in {row.line_id for row in rows}:
            content = tuple(getattr(lines[line_id], name) for name in CONTENT)
            assert self.frozen.setdefault(("line", line_id), content) == content
        for pk, invoice in invoices.items():
            content = tuple(getattr(invoice, name) for name in MADE)
            assert self.frozen.setdefault(("invoice", pk), content) == content
            if invoice.voucher_number is not None:
                number = (invoice.voucher_year, invoice.voucher_number)
                assert self.vouchers.setdefault(pk, number) == number
        assert len(set(self.vouchers.values())) == len(self.vouchers)


def reachable(status, table):
    """Return the statuses that steps of the table lead to, the status itself among them."""
    found = {status}
    while more := {after for (before, after) in table if before in found} - found:
        found |= more
    return found


@pytest.mark.production
@pytest.mark.requirement("QU-12", "CO-19", "CO-20", "CO-23")
@pytest.mark.django_db
def test_every_history_adds_up(book):
    History.book = book
    History.actors = {name: book.world.actor(name) for name in ("anna", "gustav", "hanna")}
    book.world.actor = History.actors.__getitem__

    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            derandomize=bool(os.environ.get("CI")),
            suppress_health_check=list(HealthCheck),
        ),
    )
