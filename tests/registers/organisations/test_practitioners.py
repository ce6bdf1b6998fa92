"""Who gives care at a clinic, from when to when."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.organisations import commands, queries
from kvitt.registers.organisations.models import Practitioner

pytestmark = pytest.mark.requirement("CO-2")


def test_practitioner_is_active_from_the_first_to_the_last_day(world, ivar):
    first, last = dt.date(2025, 1, 1), dt.date(2025, 6, 30)

    commands.add_practitioner(
        ivar, clinic_id=world.ryd.pk, name="Åsa Provström", title="tandläkare", first_on=first, last_on=last
    )

    days = (first - dt.timedelta(1), first, last, last + dt.timedelta(1))
    active = [
        "Åsa Provström" in [found.name for found in queries.practitioners_at(world.ryd.pk, on=day)]
        for day in days
    ]
    assert active == [False, True, True, False]


def test_practitioners_come_in_swedish_order(world, ivar):
    for name in ("Örjan Prov", "Adam Prov", "Åsa Prov", "Ärla Prov"):
        commands.add_practitioner(ivar, clinic_id=world.bjork.pk, name=name, first_on=world.today)

    names = [found.name for found in queries.practitioners_at(world.bjork.pk, on=world.today)]

    assert names == ["Adam Prov", "Nils Fiktivare", "Åsa Prov", "Ärla Prov", "Örjan Prov"]


def test_practitioners_of_a_period_are_those_of_any_day_in_it(world, ivar):
    commands.change_practitioner(
        ivar,
        practitioner_id=world.karin.pk,
        name="Karin Testberg",
        first_on=dt.date(2023, 1, 1),
        last_on=dt.date(2024, 6, 30),
    )

    found = queries.practitioners_between(world.ryd.pk, dt.date(2024, 6, 30), world.today)

    assert [practitioner.name for practitioner in found] == ["Karin Testberg"]
    assert queries.practitioners_between(world.ryd.pk, dt.date(2024, 7, 1), world.today) == []


@pytest.mark.requirement("CO-30")
def test_change_is_logged_at_the_clinic_with_before_and_after(world, ivar):
    commands.change_practitioner(
        ivar,
        practitioner_id=world.karin.pk,
        name="Karin Testberg",
        title="tandläkare",
        first_on=dt.date(2023, 1, 1),
        last_on=world.today,
    )

    event = Event.objects.latest("id")
    assert (event.subject_kind, event.subject_key) == ("clinic", "1111")
    assert event.data == {
        "before": {"practitioner": world.karin.pk, "last_on": None},
        "after": {"practitioner": world.karin.pk, "last_on": "2024-11-20"},
    }


def test_practitioner_does_not_outlast_a_closed_clinic(world, ivar):
    commands.close_clinic(ivar, today=world.today, clinic_id=world.ryd.pk, closed_on=world.today)

    with pytest.raises(Refused) as refused:
        commands.add_practitioner(ivar, clinic_id=world.ryd.pk, name="Åsa Prov", first_on=world.today)

    assert refused.value.problems[0].code == "clinic_is_closed"


@pytest.mark.requirement("CO-1")
def test_practitioner_of_another_authority_is_not_found(world, ivar, neighbour):
    practitioner = Practitioner.objects.create(clinic=neighbour.clinic, name="Åsa Prov", first_on=world.today)

    with pytest.raises(Http404):
        commands.change_practitioner(
            ivar, practitioner_id=practitioner.pk, name="Åsa Prov", first_on=world.today
        )
