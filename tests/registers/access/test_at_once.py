"""Two administrators, or two who use one code, at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django_otp.oath import hotp

from kvitt.foundation import clock
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access import queries
from kvitt.registers.access.commands import two_step, unit_users, users
from kvitt.registers.access.models import RoleGrant, TwoStep, User
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


@pytest.mark.requirement("SC-24", "CO-24")
def test_two_administrators_of_a_clinic_do_not_end_each_other(world, make_user):
    pair = [make_user(name, (Role.CLINIC_ADMINISTRATOR, world.ryd)) for name in ("petra", "paula")]
    actors = [queries.actor(who, "", today=world.today) for who in pair]
    start = Barrier(2)

    def end(actor, whom):
        try:
            start.wait(10)
            unit_users.end_unit_user(actor, clinic_id=world.ryd.pk, user_id=whom.pk)
        except Refused as refused:
            return refused.problems[0].code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(end, actors, reversed(pair)))

    assert sorted(outcomes) == ["done", "last_unit_administrator"]
    assert RoleGrant.objects.filter(role=Role.CLINIC_ADMINISTRATOR).count() == 1


@pytest.mark.requirement("CO-7", "QU-18")
def test_one_code_lets_in_one_of_two(world, make_user):
    stina = make_user("stina", (Role.DENTAL_BASIC, world.ryd))
    key = b"12345678901234567890"
    TwoStep.objects.create(user=stina, secret=two_step._encrypt(key), last_step=-1)
    code = f"{hotp(key, int(clock.now().timestamp()) // 30):06d}"
    start = Barrier(2)

    def give(_who):
        try:
            start.wait(10)
            with transaction.atomic():
                return two_step.take_code(stina, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(give, "ab"))

    assert sorted(outcomes) == [False, True]
