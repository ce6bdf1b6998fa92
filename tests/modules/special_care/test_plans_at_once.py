"""The clinic takes a plan back while the assessor decides: one goes through, the other is told."""

import pytest

from kvitt.modules.special_care.commands import plans
from kvitt.modules.special_care.models import PlannedProcedure, TreatmentPlan
from kvitt.modules.special_care.queries import plans as queries
from kvitt.preauthorization.models import RequestedProcedure
from tests.modules.needs_allowance.test_two_at_once import at_once
from tests.modules.special_care import planning
from tests.special_world import SpecialWorld

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24", "SC-4", "NA-19"),
    pytest.mark.django_db(transaction=True),
]


def test_plan_is_decided_or_taken_back_and_never_both(settings):
    settings.KVITT_TODAY = SpecialWorld.today
    world = SpecialWorld()
    world.load_catalogue()
    number = planning.create(world)
    request = planning.send(world, number)
    frida, lisa = world.actor("frida"), world.actor("lisa")
    world.actor = {"frida": frida, "lisa": lisa}.__getitem__

    outcomes = at_once(
        lambda: planning.decide(world, request), lambda: plans.withdraw_plan(lisa, number=number)
    )

    request.refresh_from_db()
    is_decided = outcomes == [None, ["step_not_allowed"]]
    assert is_decided or outcomes == [["step_not_allowed"], None]
    assert request.status == ("decided" if is_decided else "not_sent")
    assert bool(TreatmentPlan.objects.get().first_on) == is_decided
    assert len(queries.approved_plans(world.ingrid)) == is_decided
    assert not RequestedProcedure.objects.exclude(is_open=not is_decided).exists()
    assert not PlannedProcedure.objects.exclude(approved_count__isnull=not is_decided).exists()
