"""Claims are filled in and sent in: the seed's example, then what is written where."""

import pytest

from kvitt.ledger.models import Line
from kvitt.modules.special_care.models import Claim, ClaimInvoice
from tests.special_world import SEED_LINES


@pytest.fixture
def world(special_world):
    return special_world


@pytest.mark.requirement("SC-9", "SC-11")
def test_the_seeds_claim_comes_to_28_680_kr_and_is_held_by_its_amount(world):
    number = world.send_claim(lines=SEED_LINES, reference="980890")

    claim = Claim.objects.get(number=number)

    assert number == "T2024-000001"
    assert (claim.total, claim.fee, claim.status) == (2_868_000, 20_000, "held")
    assert [line.price for line in claim.lines.order_by("pk")] == [98_000, 1_270_500, 1_519_500, -20_000]
    assert claim.certificate == world.greta_certificate
    assert ClaimInvoice.objects.get().our_reference == 1
    assert Line.objects.count() == 0


@pytest.mark.requirement("SC-19a")
def test_claim_that_nothing_holds_is_released_to_the_ledger(world):
    number = world.send_claim()

    claim = Claim.objects.get(number=number)
    assert (claim.status, claim.released_on) == ("released", world.today)
    assert list(Line.objects.order_by("pk").values_list("code", "amount", "status")) == [
        ("101", 98_000, "approved"),
        ("patAvg", -20_000, "approved"),
    ]
    assert [line.line.code for line in claim.lines.order_by("pk")] == ["101", "patAvg"]
