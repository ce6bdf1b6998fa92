"""Two register absences of one client at once: those that overlap never both stand."""

import pytest

from kvitt.modules.care_fees.commands import absences
from kvitt.modules.care_fees.lifecycle import AbsenceReason
from kvitt.modules.care_fees.models import Absence
from kvitt.modules.care_fees.rules.absence import AbsenceFacts
from tests.care_world import CareWorld
from tests.modules.care_fees.absences import day
from tests.modules.needs_allowance.test_two_at_once import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CF-14", "QU-13"),
    pytest.mark.django_db(transaction=True),
]


def test_overlapping_absences_registered_at_once_leave_one(settings):
    settings.KVITT_TODAY = CareWorld.today
    world = CareWorld()
    number, karla, bodil = world.astrid.number, world.actor("karla"), world.actor("bodil")

    def register(actor, first_on, last_on):
        new = AbsenceFacts(AbsenceReason.UNPLANNED, day(first_on), day(last_on), day("2024-11-01"))
        return lambda: absences.add_absence(actor, today=world.today, number=number, new=new)

    outcomes = at_once(
        register(karla, "2024-11-01", "2024-11-10"), register(bodil, "2024-11-05", "2024-11-12")
    )

    [kept] = [outcome for outcome in outcomes if isinstance(outcome, absences.Saved)]
    assert ["overlaps"] in outcomes
    assert Absence.objects.get() == kept.absence
