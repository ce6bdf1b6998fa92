"""Whatever is claimed, deleted, voided and credited, in whatever order: of a preauthorization is never used
more than was approved, always what the live claims take, and all of it comes back.
"""

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.special_care.commands import crediting, deletion, proposal, review
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus
from kvitt.modules.special_care.models import Claim, PlannedProcedure
from kvitt.modules.special_care.queries.proof import breaches

pytestmark = [pytest.mark.requirement("SC-5", "SC-20", "SC-21"), pytest.mark.production]
# Code, tooth or jaw, how many are approved, and what of: two prostheses, and three works at actual cost.
APPROVED = (("825", "UK", 2, 2_600_000), ("890", "", 3, 500_000), ("831", "", 2, 200_000))
PLACES = {"825": "UK", "890": "", "831": "ÖK"}
LINES = st.lists(
    st.tuples(st.sampled_from(["825", "890", "890", "831"]), st.integers(1, 300_000)), min_size=1, max_size=2
)
STEPS = st.tuples(st.sampled_from(["claim", "claim", "claim", "delete", "void", "credit"]), LINES)
# How often each step went through, over all histories.
DONE: Counter[str] = Counter()


@pytest.fixture
def world(own_special_world):
    """Ingrid has a preauthorization; everybody has signed in already."""
    own_special_world.plan_for(own_special_world.ingrid, *APPROVED)
    actors = {name: own_special_world.actor(name) for name in own_special_world.users}
    own_special_world.actor = actors.__getitem__
    return own_special_world


def test_used_never_exceeds_approved_and_comes_back_exactly(world):
    histories(world)

    assert used() == {code: (0, 0) for code, *_ in APPROVED}
    assert set(DONE) == {"claim", "delete", "void", "credit"}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(
    steps=[*[("claim", [("890", 100_000)])] * 3, *[(step, []) for step in ("delete", "void", "credit")]],
    which=0,
)
@given(steps=st.lists(STEPS, min_size=5, max_size=10), which=st.integers(0, 100))
def histories(world, steps, which):
    """Of what is approved is never used more, and all of it comes back exactly."""
    with transaction.atomic():
        history = History(world)
        for place, (step, lines) in enumerate(steps):
            history.attempt(step, lines, which + place)
            history.check()
        history.take_back_everything(which)

        assert used() == {code: (0, 0) for code, *_ in APPROVED}
        assert list(breaches()) == list(ledger.breaches()) == []
        transaction.set_rollback(True)


def used():
    rows = PlannedProcedure.objects.values_list("code", "used_count", "used_amount")
    return {code: (count, amount) for code, count, amount in rows}


class History:
    """Lisa claims, deletes and credits; Gustav releases, voids and proposes, and Hanna attests."""

    def __init__(self, world):
        self.world = world
        self.prices = {"825": 1_270_500, "831": 126_000}
        self.taken = {}  # what each claim that still counts takes: code to count and amount

    def attempt(self, step, lines, which):
        """Do it or be refused; what is refused changes nothing."""
        if step != "claim" and not self.taken:
            return
        number = sorted(self.taken)[which % len(self.taken)] if self.taken else ""
        act = {"delete": self.delete, "void": self.void, "credit": self.credit}.get(step)
        before = used()
        try:
            with transaction.atomic():
                number = self.claim(lines) if act is None else act(number)
        except Refused:
            assert used() == before
        else:
            DONE[step] += 1
            if act is None:
                self.taken[number] = lines
            else:
                del self.taken[number]

    def claim(self, lines):
        number = self.world.begin_claim(self.world.ingrid, support="s")
        for code, price in lines:
            self.world.add_line(number, code, PLACES[code], price=price if code == "890" else None)
        self.world.send_draft(number, plan_number="F2024-000901", category="S2")
        return number

    def delete(self, number):
        deletion.delete_claim(self.world.actor("lisa"), number=number)
        return number

    def void(self, number):
        if Claim.objects.get(number=number).status == ClaimStatus.RELEASED:
            review.hold_claim(self.world.actor("gustav"), number=number)
        review.void_claim(self.world.actor("gustav"), number=number, reason="Fel patient")
        return number

    def credit(self, number):
        """Pay the claim, with what shares its invoice, and credit it."""
        invoice_id = Claim.objects.get(number=number).invoice_id
        held = Claim.objects.filter(invoice_id=invoice_id, status=ClaimStatus.HELD)
        gustav, today = self.world.actor("gustav"), self.world.today
        if ids := list(held.values_list("pk", flat=True)):
            review.release_claims(gustav, today=today, claim_ids=ids)
        claim = Claim.objects.select_related("invoice").get(number=number)
        if claim.invoice.is_open:
            proposal.propose_payment(gustav, today=today, invoice_ids=[invoice_id])
            claim.invoice.refresh_from_db()
            self.attest(claim.invoice.ledger_invoice_id)
        crediting.credit_claim(self.world.actor("lisa"), today=today, number=number)
        return number

    def attest(self, ledger_invoice_id):
        self.world.advance(ledger_invoice_id, InvoiceStatus.AUTHORISED)

    def check(self):
        """Of each procedure is used what the claims that count take, and no more than was approved."""
        expected = {code: (0, 0) for code, *_ in APPROVED}
        for lines in self.taken.values():
            for code, typed in lines:
                count, amount = expected[code]
                expected[code] = (count + 1, amount + self.prices.get(code, typed))
        assert used() == expected
        for code, _place, count, amount in APPROVED:
            assert used()[code] <= (count, amount)
            assert used()[code][1] <= amount

    def take_back_everything(self, which):
        """Delete what is not paid and credit what is."""
        for number in sorted(self.taken):
            claim = Claim.objects.select_related("invoice").get(number=number)
            assert claim.status in LIVE
            step = "delete" if claim.invoice.is_open and which % 2 else "credit"
            self.attempt(step, [], sorted(self.taken).index(number))
            which += 1
        assert not self.taken
