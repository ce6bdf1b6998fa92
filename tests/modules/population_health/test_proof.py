"""The proof finds every way in which activities and ledger can disagree."""

import datetime as dt

import pytest

from kvitt.foundation import clock
from kvitt.ledger.models import Line
from kvitt.modules.population_health.models import Activity
from kvitt.modules.population_health.queries import proof
from tests.modules.population_health.conftest import TWO_NUMBERS

pytestmark = pytest.mark.requirement("CO-23", "PH-3")


@pytest.fixture
def number(world):
    """A maternity-care activity with two participants."""
    return world.create_activity("901", 2)


def test_what_the_commands_make_has_no_breach(world, number):
    world.create_activity("912", numbers=TWO_NUMBERS)
    world.remove(number)
    world.remove_activity(number)

    assert list(proof.breaches()) == []


@pytest.mark.parametrize(
    "change",
    [{"code": "902"}, {"performed_on": dt.date(2024, 11, 1)}],
    ids=["code", "date"],
)
def test_line_that_differs_from_its_activity_is_found(change, world, number):
    line = world.lines(number)[0]
    Line.objects.filter(pk=line.pk).update(**change)

    assert list(proof.breaches()) == [
        f"line {line.pk}: differs from its activity {number} in clinic, code or date"
    ]


def test_line_of_another_clinic_is_found(world, number):
    line = world.lines(number)[0]
    Line.objects.filter(pk=line.pk).update(clinic=world.linghem)

    assert list(proof.breaches()) == [
        f"line {line.pk}: differs from its activity {number} in clinic, code or date"
    ]


def test_line_without_activity_is_found(world, number):
    line = world.lines(number)[0]
    Line.objects.filter(pk=line.pk).update(case_number="A2024-000099")

    assert list(proof.breaches()) == [f"line {line.pk}: there is no activity A2024-000099"]


def test_activity_without_lines_is_found(world, number):
    Line.objects.filter(case_number=number).delete()

    assert list(proof.breaches()) == [f"activity {number}: has no lines"]


@pytest.mark.requirement("PH-7")
def test_removed_activity_with_live_lines_is_found(world, number):
    Activity.objects.update(deleted_at=clock.now())

    assert list(proof.breaches()) == [f"activity {number}: is removed, but not all its lines are"]


@pytest.mark.parametrize(("code", "person"), [("912", None), ("901", "elsa")], ids=["missing", "too many"])
def test_person_that_should_not_be_or_is_missing_is_found(code, person, world):
    number = world.create_activity(code, 1, numbers=TWO_NUMBERS if code == "912" else ())
    line = world.lines(number)[0]
    Line.objects.filter(pk=line.pk).update(person=getattr(world, person) if person else None)

    assert list(proof.breaches()) == [
        f"line {line.pk}: whether it names a person differs from its activity {number}"
    ]
