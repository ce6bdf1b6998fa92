"""Two who register certificates at the same moment: one goes through, the other is told."""

import pytest

from kvitt.modules.special_care.commands import certificates as commands
from kvitt.modules.special_care.models import Certificate
from tests.modules.needs_allowance.test_two_at_once import at_once
from tests.modules.special_care.test_certificates import content
from tests.special_world import SpecialWorld

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24", "SC-1"),
    pytest.mark.django_db(transaction=True),
]


def test_number_and_days_are_given_once(settings):
    settings.KVITT_TODAY = SpecialWorld.today
    world = SpecialWorld()

    def register(person, number):
        return lambda: str(
            commands.register_certificate(
                world.actor("frida"), today=world.today, code=person.code, content=content(number=number)
            )
        )

    same_number = at_once(register(world.ingrid, "764155"), register(world.holger, "764155"))
    same_patient = at_once(register(world.elsa, "764156"), register(world.elsa, "764157"))

    assert "764155" in same_number
    assert ["number_taken"] in same_number
    assert ["overlaps"] in same_patient
    assert Certificate.objects.filter(number__in=["764155", "764156", "764157"]).count() == 2
