"""Whatever is reported, invoiced, returned and credited, in whatever order: the region pays what is right.

The machine works with the commands alone and remembers by itself which procedures are valid; in the end it
lets everything that waits be invoiced and attested, and compares what was paid with what should be.
"""

import os
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.lifecycle import CREDITABLE_INVOICES, DEAD_INVOICES, InvoiceStatus, LineStatus
from kvitt.ledger.models import Invoice, InvoiceRow, Line
from kvitt.modules.needs_allowance.commands import assessment, invoices, procedures
from kvitt.modules.needs_allowance.commands import credits as credit_commands
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries import credits as credit_queries
from kvitt.modules.needs_allowance.queries import invoicing, proof
from kvitt.modules.needs_allowance.rules import credit as credit_rules
from kvitt.modules.needs_allowance.rules import money as money_rules
from kvitt.preauthorization.lifecycle import Verdict
from tests.world import advance_invoice

# One after the other the commands do the same on both databases; what happens at once is proved elsewhere.
STEPS = 40
PROVED_EVERY = 5  # changes: the ledger's own histories are proved after each
EXAMPLES, LEAST = (40, 1_200) if connection.vendor == "sqlite" else (12, 300)
DEDUCTIBLE = 500_000
# Which of those there are: a number that is taken round and round.
WHICH = st.integers(min_value=0, max_value=30)
CODES = st.sampled_from(["815", "815", "801", "163", "126", "601"])
JAW_CODES = {"163", "601"}
TEETH = [f"{quarter}{tooth}" for quarter in range(1, 5) for tooth in range(1, 9)]
CLINICS = {"anna": ("elsa", "rutger"), "bo": ("ake",)}


def pick(found, which):
    return found[which % len(found)] if found else None


class History(RuleBasedStateMachine):
    """Two clinics report, invoice and credit; the region approves, attests and returns."""

    world = None  # set by the test
    actors = {}
    done = {}  # how often each command went through, over all histories
    steps = 0

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.cases = {}  # number: who reports in it
        self.valid = set()  # procedures as first reported, that count
        self.wrong_of = {}  # credit: what it found to be wrong
        self.bases = {}  # what somebody looked at before: clinic's user to basis
        self.previews = {}  # case: ids that were ticked, and what was seen
        self.is_changed = True  # whether the last step did anything: what is refused is undone
        self.changes = 0
        self.returns = False  # whether everything that can be returned is, in the end

    def teardown(self):
        try:
            self.settle()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # What every step needs ------------------------------------------------------------------------

    def attempt(self, name, act, *args, **kwargs):
        """Do it, or be refused and change nothing; tell which."""
        try:
            with transaction.atomic():
                act(*args, **kwargs)
        except Refused:
            return False
        self.done[name] = self.done.get(name, 0) + 1
        self.is_changed = True
        return True

    def number(self, which):
        return pick(sorted(self.cases), which)

    def actor_of(self, number):
        return self.actors[self.cases[number]]

    def procedures(self, *statuses, number=None):
        """Return the procedures, or those of a case, with one of the shown statuses."""
        found = Procedure.objects.select_related("line", "case").order_by("pk")
        if number:
            found = found.filter(case__number=number)
        return [one for one in found if one.shown_status in statuses and not one.is_deductible]

    def attested(self):
        """Return the procedures that can be credited."""
        found = self.procedures(LineStatus.INVOICED)
        charging = ledger_queries.charging_invoices(one.line_id for one in found)
        return [one for one in found if charging[one.line_id].status in CREDITABLE_INVOICES]

    def create(self, person, by):
        number = self.world.create_case(getattr(self.world, person), by=by)
        self.cases[number] = by

    def report(self, number, code, which, *, performed=True):
        tooth = "ÖK" if code in JAW_CODES else "" if code == "126" else TEETH[which % len(TEETH)]
        with suppress(Refused), transaction.atomic():
            day = self.world.today if performed else None
            made = self.world.report(number, code, tooth, performed_on=day, by=self.cases[number])
            self.valid.add(made.pk)
            self.is_changed = True

    # The clinic -----------------------------------------------------------------------------------

    @initialize(
        codes=st.lists(CODES, max_size=3), is_paid=st.sampled_from([True, True, False]), returns=st.booleans()
    )
    def begin(self, codes, is_paid, returns):
        """Histories begin with a case above its deductible, most often attested; some end with returns."""
        self.returns = returns
        for by, persons in CLINICS.items():
            self.create(persons[0], by)
            for place, code in enumerate(["815", *codes]):
                self.report(self.number(0) if by == "anna" else self.number(1), code, place)
        if is_paid:
            self.invoice_all()
            self.attest_all()

    @rule(which=WHICH, code=CODES, place=WHICH, performed=st.sampled_from([True, True, False]))
    def add(self, which, code, place, performed):
        type(self).steps += 1
        if len(self.cases) == 2 and place == 30:
            self.create("rutger", "anna")
        self.report(self.number(which), code, place, performed=performed)

    @rule(which=WHICH)
    def remove(self, which):
        type(self).steps += 1
        found = self.procedures(LineStatus.APPROVED, ProcedureStatus.REQUIRES_PREAUTHORIZATION)
        if one := pick(found, which):
            act = {"number": one.case.number, "procedure_id": one.pk}
            actor = self.actor_of(one.case.number)
            if self.attempt("remove", procedures.remove_procedure, actor, **act):
                self.valid.discard(one.request_key)

    @rule(which=WHICH, performed=st.sampled_from([True, True, False]))
    def change_date(self, which, performed):
        type(self).steps += 1
        if one := pick(self.procedures(LineStatus.APPROVED), which):
            report = procedures.Report(
                one.code,
                one.practitioner_id,
                performed_on=self.world.today if performed else None,
                location=one.location,
                surface=one.surface,
            )
            self.attempt(
                "change",
                procedures.change_procedure,
                self.actor_of(one.case.number),
                today=self.world.today,
                number=one.case.number,
                procedure_id=one.pk,
                report=report,
            )

    @rule(which=WHICH, is_approved=st.booleans())
    def decide(self, which, is_approved):
        """What needs preauthorization is approved, or refused; then it is not performed and never counts."""
        type(self).steps += 1
        if one := pick(self.procedures(ProcedureStatus.REQUIRES_PREAUTHORIZATION), which):
            number = one.case.number
            request = self.world.send_request(number, one, by=self.cases[number])
            assessment.decide_request(
                self.actors["frida"],
                today=self.world.today,
                number=number,
                request_id=request.pk,
                verdicts={one.pk: Verdict.APPROVED if is_approved else Verdict.REFUSED},
                reason="Behövs inte.",
            )
            if not is_approved:
                self.valid.discard(one.pk)
            self.done["decide"] = self.done.get("decide", 0) + 1
            self.is_changed = True

    @rule(
        which=WHICH,
        crown=st.none() | WHICH,
        by=st.sampled_from(["anna", "bo", "eva"]),
        looks_again=st.sampled_from([True, True, True, False]),
    )
    def invoice(self, which, crown, by, looks_again):
        """Invoice what is shown now, or what was shown when somebody last looked."""
        type(self).steps += 1
        if crown is not None:
            self.report(self.number(which), "815", crown)
        self.invoice_as(by, looks_again=looks_again)

    def invoice_as(self, by, *, looks_again=True):
        actor, today = self.actors[by], self.world.today
        if looks_again or by not in self.bases:
            self.bases[by] = invoicing.invoice_basis(actor, reference="Faktura", today=today).fingerprint
        self.attempt(
            "invoice",
            invoices.create_invoice,
            actor,
            today=today,
            reference="Faktura",
            fingerprint=self.bases[by],
        )

    @rule(
        which=WHICH, more=st.lists(WHICH, max_size=2), looks_again=st.sampled_from([True, True, True, False])
    )
    def credit(self, which, more, looks_again):
        """Credit what somebody finds wrong, with the amounts he sees now or saw before."""
        type(self).steps += 1
        one = pick(self.attested() or self.procedures(LineStatus.INVOICED), which)
        if one is not None:
            self.credit_one(one, more, looks_again=looks_again)

    @rule(which=WHICH, crown=WHICH)
    def credit_while_an_invoice_waits(self, which, crown):
        """More is reported and invoiced in the case just before: it may yet be returned."""
        type(self).steps += 1
        if one := pick(self.attested(), which):
            self.report(one.case.number, "815", crown)
            self.invoice_as(self.cases[one.case.number])
            self.credit_one(one, [])

    def credit_one(self, one, more, *, looks_again=True):
        number = one.case.number
        others = self.procedures(LineStatus.INVOICED, number=number)
        if looks_again or number not in self.previews:
            wrong = {one.pk, *(other.pk for add in more if (other := pick(others, add)))}
            basis = credit_queries.credit_basis(one.case)
            seen = credit_rules.calculate_fingerprint(basis.plan(wrong)) if not basis.check(wrong) else ""
            self.previews[number] = (wrong, seen)
        wrong, seen = self.previews[number]
        actor = self.actor_of(number)
        if self.attempt(
            "credit", credit_commands.credit_procedure, actor, number=number, wrong_ids=wrong, seen=seen
        ):
            found = Procedure.objects.filter(pk__in=wrong)
            self.wrong_of[found[0].credit_id] = {each.request_key for each in found}
            self.valid -= self.wrong_of[found[0].credit_id]

    @rule(which=WHICH)
    def withdraw_credit(self, which):
        type(self).steps += 1
        self.withdraw_one(pick(self.procedures(LineStatus.AWAITING_CREDIT, LineStatus.CREDITED), which))

    @rule(which=WHICH)
    def credit_and_regret(self, which):
        """Most credits that are undone are undone at once."""
        type(self).steps += 1
        if one := pick(self.attested(), which):
            self.credit_one(one, [])
            waiting = self.procedures(LineStatus.AWAITING_CREDIT, number=one.case.number)
            self.withdraw_one(next((each for each in waiting if each.pk == one.pk), None))

    def withdraw_one(self, one):
        if one is None:
            return
        act = {"number": one.case.number, "procedure_id": one.pk}
        actor = self.actor_of(one.case.number)
        if self.attempt("withdraw credit", credit_commands.withdraw_credit, actor, **act):
            self.valid |= self.wrong_of.pop(one.credit_id)

    # The region, and the clinic that recalls ------------------------------------------------------

    @rule(which=WHICH, to=st.sampled_from([InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED]))
    def advance(self, which, to):
        type(self).steps += 1
        before = {InvoiceStatus.REVIEWED: "issued", InvoiceStatus.AUTHORISED: "reviewed"}[to]
        self.advance_one(pick(self.invoice_ids(before), which), to)

    @rule(is_done=st.booleans())
    def attest_everything(self, is_done):
        """Now and then: invoices that wait are where most can happen."""
        type(self).steps += 1
        if is_done:
            self.attest_all()

    @rule(which=WHICH, is_recall=st.booleans())
    def return_or_recall(self, which, is_recall):
        type(self).steps += 1
        invoice_id = pick(self.invoice_ids("issued", "reviewed")[::-1], which)
        if invoice_id is None:
            return
        if is_recall:
            self.attempt("recall", ledger.recall_invoice, self.actors["eva"], invoice_id=invoice_id)
        else:
            self.attempt("return", ledger.return_invoice, invoice_id, InvoiceStatus.RETURNED, reason="Fel")

    def invoice_ids(self, *statuses):
        return list(Invoice.objects.filter(status__in=statuses).order_by("pk").values_list("pk", flat=True))

    def advance_one(self, invoice_id, to):
        if invoice_id is not None:
            actor = self.actors["gustav" if to is InvoiceStatus.REVIEWED else "hanna"]
            self.attempt(to.value, advance_invoice, actor, invoice_id, to, today=self.world.today)

    def attest_all(self):
        for invoice_id in self.invoice_ids("issued", "reviewed"):
            self.advance_one(invoice_id, InvoiceStatus.REVIEWED)
            self.advance_one(invoice_id, InvoiceStatus.AUTHORISED)

    def invoice_all(self):
        """Invoice everything that can be, at every clinic of the provider; tell whether there was any."""
        actor, today = self.actors["eva"], self.world.today
        basis = invoicing.invoice_basis(actor, reference="Allt", today=today)
        if basis.clinics:
            invoices.create_invoice(actor, today=today, reference="Allt", fingerprint=basis.fingerprint)
        return bool(basis.clinics)

    # What holds after every step ------------------------------------------------------------------

    @invariant()
    def everything_adds_up(self):
        if self.is_changed:
            self.changes += 1
            self.cases_stand_where_they_should()
            if self.changes % PROVED_EVERY == 0:
                self.proofs_find_nothing()
        self.is_changed = False

    def proofs_find_nothing(self):
        assert [*ledger_queries.breaches(), *proof.breaches()] == []

    def cases_stand_where_they_should(self):
        """What stands invoiced, what can be and what is to be taken back sum to what is right, or to 0."""
        for case in Case.objects.prefetch_related("procedures__line"):
            facts = [one.facts() for one in case.procedures.all()]
            right = self.right_amount(case)
            totals = money_rules.calculate_totals(facts)
            assert totals.invoiced >= 0
            assert totals.invoiced + totals.billable == max(0, right - DEDUCTIBLE)

    def right_amount(self, case):
        """Return the sum of what is valid, approved and performed; the last copy of each tells its price."""
        last = {one.request_key: one for one in sorted(case.procedures.all(), key=lambda one: one.pk)}
        standing = {
            one.request_key: one
            for one in case.procedures.all()
            if one.shown_status in {LineStatus.APPROVED, LineStatus.INVOICED}
        }
        return sum(
            standing[key].price
            for key in last
            if key in self.valid and key in standing and standing[key].performed_on is not None
        )

    # In the end -----------------------------------------------------------------------------------

    def settle(self):
        """Let all be attested and invoiced until nothing waits; then the region has paid what is right.

        Before that, all that can still be returned may be: nothing may have relied on it.
        """
        for invoice_id in reversed(self.invoice_ids("issued", "reviewed") if self.returns else []):
            self.attempt("return", ledger.return_invoice, invoice_id, InvoiceStatus.RETURNED, reason="Fel")
            self.everything_adds_up()
        self.attest_all()
        while self.invoice_all():
            self.attest_all()
        self.proofs_find_nothing()
        assert not Invoice.objects.exclude(status__in=[*CREDITABLE_INVOICES, *DEAD_INVOICES]).exists()
        assert not Line.objects.filter(status=LineStatus.AWAITING_CREDIT).exists()
        rows = InvoiceRow.objects.filter(invoice__status__in=list(CREDITABLE_INVOICES))
        paid = dict(rows.values_list("line__case_number").annotate(Sum("amount")))
        for case in Case.objects.prefetch_related("procedures__line"):
            assert paid.get(case.number, 0) == max(0, self.right_amount(case) - DEDUCTIBLE)
            alive = {
                one.request_key
                for one in case.procedures.all()
                if one.shown_status in {LineStatus.APPROVED, LineStatus.INVOICED} and not one.is_deductible
            }
            assert alive <= self.valid


@pytest.mark.production
@pytest.mark.requirement("QU-12", "CO-19", "CO-22", "CO-23", "NA-29", "NA-30", "NA-31", "NA-32")
def test_region_pays_what_is_right_whatever_happens(world):
    History.world, History.done, History.steps = world, {}, 0
    History.actors = {name: world.actor(name) for name in ("anna", "bo", "eva", "frida", "gustav", "hanna")}
    world.actor = History.actors.__getitem__

    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=bool(os.environ.get("CI")),
            suppress_health_check=list(HealthCheck),
        ),
    )

    print(f"{History.steps} steps, of which went through: {History.done}")  # noqa: T201 - shown with -s
    if os.environ.get("CI"):
        assert History.steps >= LEAST
    assert History.done.keys() >= {"invoice", "credit", "withdraw credit", "return", "recall", "authorised"}
