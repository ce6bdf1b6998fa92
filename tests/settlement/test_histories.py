"""Whatever happens to runs and payments, in whatever order, no öre is lost and none is paid twice."""

import os
from contextlib import suppress

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.models import Invoice
from kvitt.registers.access.rules import NotAllowed
from kvitt.settlement.models import Netting, Payment, PaymentRun
from kvitt.settlement.queries import proof
from tests.world import TODAY

CLINICS = ("ryd", "linghem", "bjork")
ACCOUNTS = ("9912346", "50501055", "1609908", "")
PERSONS = st.sampled_from(["gustav", "hanna"])
WHICH = st.integers(min_value=0, max_value=30)
KRONOR = st.sampled_from([-12_000, -700, 0, 1, 500, 10_000])


class History(RuleBasedStateMachine):
    """Clinics claim and credit, the region pays, the bank answers; what may not be done changes nothing."""

    payouts = None  # set by the test
    reached = set()

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self):
        self.reached.update(Payment.objects.values_list("status", flat=True))
        if Payment.objects.filter(retried_in__is_live=True).exists():
            self.reached.add("retried")
        if Netting.objects.filter(carried_in_amount__lt=0, run__status="approved").exists():
            self.reached.add("carried")
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def attempt(self, act, *args, **kwargs):
        with suppress(Refused, NotAllowed), transaction.atomic():
            act(*args, **kwargs)

    @initialize()
    def begin(self):
        """One provider's payment is tried again; the other one's debt is netted; a run is cancelled."""
        world = self.payouts.world
        for clinic, number in zip(CLINICS, ACCOUNTS, strict=False):
            self.payouts.give_account(getattr(world, clinic), number)
        self.payouts.invoices([10_000, -12_000], clinic=world.bjork)
        self.payouts.invoices([300])
        self.payouts.invoices([-100, 900], clinic=world.linghem)
        self.payouts.run()
        self.payouts.reject(Payment.objects.first())
        self.payouts.invoices([5_000], clinic=world.bjork)
        self.payouts.cancel(self.payouts.propose())
        self.payouts.run()

    @rule(
        amounts=st.lists(KRONOR, min_size=1, max_size=3),
        clinic=st.sampled_from(CLINICS),
        is_proposed=st.booleans(),
    )
    def invoice(self, amounts, clinic, is_proposed):
        self.payouts.invoices(amounts, clinic=getattr(self.payouts.world, clinic), is_proposed=is_proposed)

    @rule(clinic=st.sampled_from(CLINICS), number=st.sampled_from(ACCOUNTS))
    def change_account(self, clinic, number):
        self.payouts.give_account(getattr(self.payouts.world, clinic), number)

    @rule(by=PERSONS, then=st.sampled_from(["approve", "approve", "cancel", "wait"]), decided_by=PERSONS)
    def propose_and_decide(self, by, then, decided_by):
        """Decide about the newest run, which is one that waits where there is any."""
        self.attempt(self.payouts.propose, by=by)
        if then != "wait":
            self.attempt(getattr(self.payouts, then), PaymentRun.objects.count(), by=decided_by)

    @rule(which=WHICH, anything=st.booleans(), act=st.sampled_from(["confirm", "reject"]))
    def answer(self, which, anything, act):
        """The bank answers for a payment that is on its way, or for any."""
        payments = Payment.objects.order_by("-pk")
        found = list(payments if anything else payments.filter(status="ordered"))
        if found:
            self.attempt(getattr(self.payouts, act), found[which % len(found)])

    @rule(which=WHICH, act=st.sampled_from(["start", "confirm", "return"]))
    def by_hand(self, which, act):
        ids = list(Invoice.objects.order_by("-pk").values_list("pk", flat=True))
        if not ids:
            return
        chosen = ids[which % len(ids)]
        if act == "return":
            self.attempt(
                ledger.reject_invoice, self.payouts.world.actor("gustav"), invoice_id=chosen, reason="Fel"
            )
        else:
            step = ledger.start_payouts if act == "start" else ledger.confirm_payouts
            self.attempt(step, self.payouts.world.actor("hanna"), today=TODAY, invoice_ids=[chosen])

    @invariant()
    def proofs_find_nothing(self):
        assert [*proof.breaches(), *ledger_queries.breaches()] == []

    @invariant()
    def money_out_and_on_its_way_and_carried_is_what_was_settled(self):
        approved = Invoice.objects.filter(
            payout_reference__in=[
                f"U{number}"
                for number in PaymentRun.objects.filter(status="approved").values_list("number", flat=True)
            ]
        )
        standing = Payment.objects.filter(netting__run__status="approved", retried_in=None)
        # What a run that waits tries again is still owed, and what it nets is still carried.
        waiting = Payment.objects.filter(retried_in__run__status="proposed")
        netted = Netting.objects.filter(is_live=True, run__status="approved", carried_from__isnull=False)
        carried = Netting.objects.filter(is_live=True, run__status="approved").exclude(
            pk__in=netted.values("carried_from_id")
        )
        assert total(approved, "total") == (
            total(standing, "amount") + total(waiting, "amount") + total(carried, "carried_out_amount")
        )


def total(found, name):
    return found.aggregate(sum=Sum(name, default=0))["sum"]


@pytest.mark.production
@pytest.mark.requirement("SC-23", "QU-12")
@pytest.mark.django_db
def test_every_history_adds_up(payouts):
    actors = {name: payouts.world.actor(name) for name in ("anna", "gustav", "hanna")}
    payouts.world.actor = actors.__getitem__
    History.payouts = payouts

    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            derandomize=bool(os.environ.get("CI")),
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert {"paid", "rejected", "cancelled", "retried", "carried"} <= History.reached
