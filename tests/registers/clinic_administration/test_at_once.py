"""Two administrators of the region at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.clinic_administration import commands
from tests.registers.clinic_administration.conftest import NEW_ACCOUNT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.mark.requirement("SC-24", "CO-24")
def test_one_of_two_who_approve_at_once_has_decided(unit):
    petra = unit.actor("petra")
    change = commands.request_account_change(petra, clinic_id=unit.ryd.pk, **NEW_ACCOUNT)
    actors = [unit.actor("ivar"), unit.actor("viktor")]
    start = Barrier(2)

    def approve(actor):
        try:
            start.wait(10)
            commands.approve_account_change(actor, change_id=change.pk)
        except Refused as refused:
            return refused.problems[0].code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(approve, actors))

    assert outcomes == ["done", "step_not_allowed"]
    assert Event.objects.filter(action="clinic_administration.approve_account_change").count() == 1
