"""Two who report at the same moment: each activity has its number, and nobody is registered twice."""

import pytest

from kvitt.ledger.models import Line
from kvitt.registers.people.models import Person
from tests.modules.needs_allowance.test_two_at_once import at_once
from tests.modules.population_health.test_create_activity import unregistered

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24", "PH-3"),
    pytest.mark.django_db(transaction=True),
]


def test_two_activities_get_different_numbers(lasting_world):
    numbers = at_once(*[lasting_world.create_activity] * 4)

    assert sorted(numbers) == ["A2024-000001", "A2024-000002", "A2024-000003", "A2024-000004"]
    assert Line.objects.count() == 20


@pytest.mark.requirement("PH-2", "CO-8")
def test_same_new_persons_are_registered_once(lasting_world):
    new = unregistered(8)

    first, second = at_once(
        lambda: lasting_world.create_activity("912", numbers=new),
        lambda: lasting_world.create_activity("912", numbers=new[::-1]),
    )

    assert Person.objects.filter(identity_number__in=new).count() == len(new)
    for number in (first, second):
        assert Line.objects.filter(case_number=number).values("person").distinct().count() == len(new)
