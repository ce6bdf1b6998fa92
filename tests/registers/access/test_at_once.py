"""Two administrators at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from kvitt.foundation.values.problems import Refused
from kvitt.registers.access import queries
from kvitt.registers.access.commands import users
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.mark.requirement("CO-4", "CO-24")
def test_two_administrators_do_not_shut_each_other_out(world, make_user):
    karin = make_user("karin", (Role.ADMINISTRATOR, world.region))
    ivar = world.users["ivar"]
    start = Barrier(2)

    def deactivate(who, whom):
        try:
            actor = queries.actor(who, "", today=world.today)
            start.wait(10)
            users.deactivate_user(actor, user_id=whom.pk)
        except Refused as refused:
            return refused.problems[0].code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(deactivate, (karin, ivar), (ivar, karin)))

    assert sorted(outcomes) == ["done", "last_administrator"]
    assert User.objects.filter(pk__in=[karin.pk, ivar.pk], is_active=True).count() == 1
