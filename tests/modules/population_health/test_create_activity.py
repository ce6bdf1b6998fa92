"""An activity is reported: its number, its lines in the ledger, and everything that is refused in words."""

import datetime as dt

import pytest

from kvitt.ledger.models import Line
from kvitt.modules.population_health.models import Activity

TODAY = dt.date(2024, 11, 20)


@pytest.mark.requirement("PH-3")
def test_maternity_care_for_five_becomes_five_approved_lines(world):
    number = world.create_activity("901", 5)

    lines = Line.objects.filter(case_number=number)
    assert number == "A2024-000001"
    assert [(line.text, line.amount, line.status, line.person_id) for line in lines] == [
        ("MVC", 310_00, "approved", None)
    ] * 5
    assert {line.created_on for line in lines} == {TODAY}


@pytest.mark.requirement("PH-2", "PH-3")
def test_tobacco_cessation_becomes_a_line_per_person(world):
    number = world.create_activity("912", numbers=("20130310-2394", "201304012394"))

    lines = Line.objects.filter(case_number=number).order_by("pk")
    assert [(line.person, line.amount) for line in lines] == [(world.elsa, 340_00), (world.rutger, 340_00)]


@pytest.mark.requirement("PH-3")
def test_information_without_participants_becomes_one_line(world):
    number = world.create_activity("921")

    [line] = Line.objects.filter(case_number=number)
    assert line.amount == 1450_00


@pytest.mark.requirement("PH-3")
def test_activity_keeps_what_was_reported(world):
    number = world.create_activity("901", 5, performed_on=dt.date(2024, 11, 18), place="  Ryds   skola ")

    activity = Activity.objects.get(number=number)
    assert (activity.clinic, activity.practitioner) == (world.ryd, world.karin)
    assert (activity.code, activity.text, activity.participants) == ("901", "MVC", "counted")
    assert (activity.place, activity.place_search_key) == ("Ryds skola", "ryds skola")
    assert (activity.municipality, activity.performed_on) == ("0580", dt.date(2024, 11, 18))
    assert (activity.created_on, activity.created_by) == (TODAY, "Jenny Provgren")
