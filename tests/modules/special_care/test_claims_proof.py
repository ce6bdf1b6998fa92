"""`kvitt verify` proves that claims, ledger and preauthorizations agree, and tells each breach alone."""

import pytest

from kvitt.ledger.models import Line
from kvitt.modules.special_care.models import Claim, ClaimLine, PlannedProcedure
from kvitt.modules.special_care.queries.proof import breaches
from tests.special_world import SEED_LINES

pytestmark = pytest.mark.requirement("CO-23", "SC-19a")


@pytest.fixture
def world(own_special_world):
    """A claim that is released, and one that is held."""
    own_special_world.released = own_special_world.send_claim()
    own_special_world.held = own_special_world.send_claim(lines=SEED_LINES[1:], fee=None)
    return own_special_world


def update(rows, **values):
    assert rows.update(**values) == 1


def test_claims_that_were_sent_in_agree(world):
    assert list(breaches()) == []


@pytest.mark.parametrize(
    ("breach", "told"),
    [
        (lambda world: update(claim(world.held), reference=""), "has no reference"),
        (lambda world: update(claim(world.held), total=1), "its total or its fee differs"),
        (lambda world: update(claim(world.released), fee=1), "its total or its fee differs"),
        (lambda _world: update(line("101"), location="13", code="103"), "is not in the ledger as it is"),
        (lambda _world: update(line("101"), line=None), "is not in the ledger as it is"),
        (lambda _world: update(ledger_line("101"), status="credited"), "is credited differs from the ledger"),
        (lambda world: update(claim(world.released), status="deleted"), "no released claim has it"),
        (lambda world: use(world, count=1, amount=0), "what is used of procedure"),
    ],
    ids=["reference", "total", "fee", "code", "no line", "credited", "deleted", "used"],
)
def test_breach_is_told(world, breach, told):
    breach(world)

    found = list(breaches())

    assert found
    assert all(told in one or "no released claim has it" in one for one in found)
    assert any(told in one for one in found)


def claim(number):
    return Claim.objects.filter(number=number)


def line(code):
    return ClaimLine.objects.filter(code=code)


def ledger_line(code):
    return Line.objects.filter(code=code)


def use(world, *, count, amount):
    plan = world.plan_for(world.ingrid, ("101", "", 1, 98_000))
    update(PlannedProcedure.objects.filter(plan=plan), used_count=count, used_amount=amount)
