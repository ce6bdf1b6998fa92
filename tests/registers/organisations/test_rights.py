"""What a clinic is connected to, from when to when."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.organisations import commands, queries
from kvitt.registers.organisations.models import ClinicRight

pytestmark = pytest.mark.requirement("CO-3")


def test_right_holds_from_its_first_to_its_last_day(world, ivar):
    first, last = dt.date(2025, 1, 1), dt.date(2025, 6, 30)

    commands.add_right(ivar, clinic_id=world.ryd.pk, scheme="special_care", first_on=first, last_on=last)

    days = (first - dt.timedelta(1), first, last, last + dt.timedelta(1))
    held = ["special_care" in queries.rights_of([world.ryd.pk], on=day) for day in days]
    assert held == [False, True, True, False]
    assert Event.objects.latest("id").data["after"] == {
        "scheme": "special_care",
        "first_on": "2025-01-01",
        "last_on": "2025-06-30",
    }


def test_right_is_not_given_twice(world, ivar):
    with pytest.raises(Refused) as refused:
        commands.add_right(ivar, clinic_id=world.ryd.pk, scheme="needs_allowance", first_on=world.today)

    assert refused.value.problems[0].code == "right_overlaps"


def test_right_is_ended_and_opened_again(world, ivar):
    right = ClinicRight.objects.get(clinic=world.ryd, scheme="needs_allowance")

    commands.end_right(ivar, right_id=right.pk, last_on=world.today)
    commands.end_right(ivar, right_id=right.pk, last_on=None)

    right.refresh_from_db()
    assert right.last_on is None
    ended, opened = Event.objects.filter(action="organisations.end_right").order_by("id")
    assert ended.data == {
        "before": {"scheme": "needs_allowance", "last_on": None},
        "after": {"scheme": "needs_allowance", "last_on": "2024-11-20"},
    }
    assert opened.data["after"]["last_on"] is None


def test_right_that_has_begun_is_not_removed(world, ivar):
    right = ClinicRight.objects.get(clinic=world.ryd, scheme="needs_allowance")

    with pytest.raises(Refused) as refused:
        commands.remove_right(ivar, today=world.today, right_id=right.pk)

    assert refused.value.problems[0].code == "right_has_begun"


def test_right_to_come_is_removed(world, ivar):
    right = commands.add_right(
        ivar, clinic_id=world.ryd.pk, scheme="special_care", first_on=world.today + dt.timedelta(days=1)
    )

    commands.remove_right(ivar, today=world.today, right_id=right.pk)

    assert not ClinicRight.objects.filter(pk=right.pk).exists()
    assert Event.objects.latest("id").data["before"]["scheme"] == "special_care"


@pytest.mark.requirement("CO-1")
def test_right_of_another_authority_is_not_found(world, ivar, neighbour):
    right = ClinicRight.objects.create(clinic=neighbour.clinic, scheme="special_care", first_on=world.today)

    with pytest.raises(Http404):
        commands.end_right(ivar, right_id=right.pk, last_on=world.today)


def test_closed_clinic_keeps_what_it_was_connected_to_as_former(world, ivar):
    commands.close_clinic(ivar, today=world.today, clinic_id=world.ryd.pk, closed_on=world.today)

    after = queries.connections_of([world.ryd.pk], on=world.today + dt.timedelta(days=1))

    assert (after.current, after.former) == (frozenset(), {"needs_allowance", "population_health"})


def test_right_that_ended_before_the_clinic_closed_is_not_former(world, ivar):
    right = ClinicRight.objects.get(clinic=world.ryd, scheme="needs_allowance")
    commands.end_right(ivar, right_id=right.pk, last_on=dt.date(2024, 6, 30))
    commands.close_clinic(ivar, today=world.today, clinic_id=world.ryd.pk, closed_on=world.today)

    after = queries.connections_of([world.ryd.pk], on=world.today + dt.timedelta(days=1))

    assert (after.current, after.former) == (frozenset(), {"population_health"})
