"""Two who send in at the same moment: what is limited is never exceeded, and who lost is told."""

import datetime as dt

import pytest

from kvitt.ledger import queries as ledger
from kvitt.modules.special_care.models import Claim, ClaimInvoice, PlannedProcedure
from kvitt.modules.special_care.queries.proof import breaches
from kvitt.registers.price_lists.models import ParameterValue
from tests import world as world_module
from tests.modules.needs_allowance.test_two_at_once import at_once
from tests.special_world import SpecialWorld

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def world(transactional_db, settings):
    """The cast, where everybody has signed in already, in a database that other threads see too."""
    settings.KVITT_TODAY = world_module.TODAY
    made = SpecialWorld()
    made.load_catalogue()
    actors = {name: made.actor(name) for name in made.users}
    made.actor = actors.__getitem__
    return made


def begun(world, *, by="lisa", person=None, support="n", day=1, code="101"):
    number = world.begin_claim(person, support=support, by=by)
    world.add_line(number, code, performed_on=dt.date(2024, 11, day), by=by)
    return number


def whole():
    return [*breaches(), *ledger.breaches()] == []


@pytest.mark.requirement("SC-8")
def test_reference_goes_to_one_of_two_clinics(world):
    first, second = begun(world), begun(world, by="mats", person=world.holger, support="f")

    outcomes = at_once(
        lambda: world.send_draft(first, reference="980890").number,
        lambda: world.send_draft(second, reference="980890", by="mats").number,
    )

    assert outcomes.count(["reference_used"]) == 1
    assert Claim.objects.exclude(status="draft").count() == 1
    assert whole()


@pytest.mark.requirement("SC-5")
def test_what_is_left_of_a_preauthorization_goes_to_one_of_two_clinics(world):
    world.plan_for(world.ingrid, ("101", "", 1, 98_000))
    first = begun(world, person=world.ingrid, support="s")
    second = begun(world, person=world.ingrid, support="s", by="mats", day=2)

    outcomes = at_once(
        lambda: world.send_draft(first).number, lambda: world.send_draft(second, by="mats").number
    )

    assert outcomes.count(["plan_count"]) == 1
    assert PlannedProcedure.objects.get().used_count == 1
    assert whole()


@pytest.mark.requirement("SC-4a")
def test_what_is_left_of_the_years_amount_goes_to_one_of_two_care_providers(world):
    ParameterValue.objects.create(
        authority=world.region,
        name="special_care.year_limit_general",
        first_on=dt.date(2024, 1, 1),
        value=100_000,
        source="Beslut",
        entered_by="Ivar Förvaltare",
    )
    first, second = begun(world), begun(world, by="nora", day=2)

    outcomes = at_once(
        lambda: world.send_draft(first).number, lambda: world.send_draft(second, by="nora").number
    )

    assert outcomes.count(["year_amount"]) == 1
    assert whole()


@pytest.mark.requirement("SC-8", "SC-11")
def test_double_click_sends_once_and_claims_of_one_number_share_an_invoice(world):
    first, second = begun(world), begun(world, person=world.holger, support="f")

    outcomes = at_once(
        lambda: world.send_draft(first).our_reference,
        lambda: world.send_draft(first).our_reference,
        lambda: world.send_draft(second).our_reference,
    )

    assert outcomes == [1, 1, 1]
    assert ClaimInvoice.objects.count() == 1
    assert Claim.objects.exclude(status="draft").count() == 2
    assert whole()
