"""Two who write at the same moment: one goes through, the other waits or is told."""

import pytest

from kvitt.registers.dental_records.models import CareReport
from kvitt.registers.listings import commands as listings
from tests.modules.needs_allowance.test_two_at_once import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24", "NA-4"),
    pytest.mark.django_db(transaction=True),
]


def test_numbers_are_never_given_twice(lasting_world):
    world = lasting_world

    numbers = at_once(world.create, lambda: world.create(world.rutger), lambda: world.create(world.elsa))

    assert sorted(numbers) == [1, 2, 3]


def test_report_is_changed_or_settled_and_never_both_unseen(lasting_world):
    world = lasting_world
    number = world.create()

    outcomes = at_once(
        lambda: world.change(number, seen=1, caries_risk="high"), lambda: world.settle(number, seen=1)
    )

    report = CareReport.objects.get(number=number)
    assert report.version == 2
    assert sum(isinstance(outcome, list) for outcome in outcomes) == 1
    assert (report.status, report.caries_risk) in {("settled", "moderate"), ("incomplete", "high")}


def test_report_is_corrected_once(lasting_world):
    world = lasting_world
    old = world.settled()

    outcomes = at_once(lambda: world.correct(old), lambda: world.correct(old))

    assert sorted(map(str, outcomes)) == ["2", "['corrected_already']"]


def test_listing_that_moves_while_its_report_is_settled_keeps_its_own_revision_end(lasting_world):
    world = lasting_world
    number, bo = world.create(), world.actor("bo")

    ends_on, _ = at_once(
        lambda: world.settle(number, seen=1),
        lambda: listings.list_patient(bo, today=world.today, code=world.tova.code),
    )

    # Settled first the old listing got it, moved first there is none to get it; the new one never has it.
    assert world.revision_end() is None
    old = world.tova.listings.earliest("first_on")
    assert old.revision_ends_on == ends_on
