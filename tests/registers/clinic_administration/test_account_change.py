"""A clinic's account changes when two persons want it, and the clinic is told."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.commands import unit_users
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.clinic_administration import commands, queries
from kvitt.registers.clinic_administration.lifecycle import STEPS, AccountChangeStatus, ensure_step
from kvitt.registers.clinic_administration.models import AccountChange
from kvitt.registers.mailing.models import OutgoingMail
from kvitt.registers.organisations.models import Clinic
from tests.registers.clinic_administration.conftest import NEW_ACCOUNT

pytestmark = pytest.mark.requirement("SC-24")


def ask(world, by="petra", **changes):
    facts = {"clinic_id": world.ryd.pk, **NEW_ACCOUNT, **changes}
    return commands.request_account_change(world.actor(by), **facts)


def account(world):
    world.ryd.refresh_from_db()
    return world.ryd.giro_kind, world.ryd.giro_number


def refused_code(command, *args, **facts):
    with pytest.raises(Refused) as refused:
        command(*args, **facts)
    return refused.value.problems[0].code


def test_old_account_holds_until_a_second_person_approves(unit):
    change = ask(unit)

    assert account(unit) == ("bankgiro", "9912346")
    commands.approve_account_change(unit.actor("ivar"), change_id=change.pk)
    assert account(unit) == ("plusgiro", "4902201")
    change.refresh_from_db()
    assert (change.status, change.requested_by, change.decided_by, change.old_number) == (
        "approved",
        "Petra Fiktivander",
        "Ivar Förvaltare",
        "9912346",
    )


@pytest.mark.requirement("SC-23")
def test_account_may_be_at_a_bank(unit):
    change = ask(unit, giro_kind="account", giro_number="8327-9, 123 456 789-0")

    commands.approve_account_change(unit.actor("ivar"), change_id=change.pk)

    assert account(unit) == ("account", "83279-1234567890")
    assert queries.account_text(*account(unit)) == "Bankkonto 8327-9, 123 456 789-0"


def test_clinic_is_told_when_asked_and_when_decided_without_any_number(unit):
    commands.approve_account_change(unit.actor("ivar"), change_id=ask(unit).pk)

    sent = OutgoingMail.objects.filter(clinic=unit.ryd).order_by("pk")
    assert [mail.event for mail in sent] == ["account_change_requested", "account_change_decided"]
    assert not any("490220" in mail.body.replace("-", "") for mail in sent)


def test_both_steps_are_logged_with_what_was_and_is(unit):
    commands.approve_account_change(unit.actor("ivar"), change_id=ask(unit).pk)

    data = Event.objects.get(action="clinic_administration.approve_account_change").data
    assert (data["before"]["giro_number"], data["after"]["giro_number"]) == ("9912346", "4902201")
    assert data["after"]["requested_by"] == "Petra Fiktivander"
    assert Event.objects.filter(action="clinic_administration.request_account_change").count() == 1


def test_administrator_of_the_region_may_ask_but_not_decide_his_own(unit):
    change = ask(unit, by="ivar")

    assert refused_code(commands.approve_account_change, unit.actor("ivar"), change_id=change.pk) == (
        "own_request"
    )
    assert refused_code(
        commands.refuse_account_change, unit.actor("ivar"), change_id=change.pk, reason="Fel konto."
    ) == ("own_request")
    commands.approve_account_change(unit.actor("viktor"), change_id=change.pk)
    assert account(unit) == ("plusgiro", "4902201")


def test_database_holds_to_four_eyes(unit):
    change = ask(unit)

    with pytest.raises(IntegrityError), transaction.atomic():
        AccountChange.objects.filter(pk=change.pk).update(
            status="approved", decided_by_id=change.requested_by_id, decided_at=change.requested_at
        )


def test_closed_clinic_gets_neither_another_account_nor_new_users(unit):
    Clinic.objects.filter(pk=unit.ryd.pk).update(closed_on=dt.date(2024, 11, 1))
    new = {"clinic_id": unit.ryd.pk, "name": "Ny Person", "roles": ["clinic_administrator"]}

    assert refused_code(ask, unit) == "clinic_has_closed"
    create = unit_users.create_unit_user
    assert refused_code(create, unit.actor("petra"), today=unit.today, **new) == "clinic_has_closed"


def test_refusal_has_a_reason_and_the_clinic_keeps_its_account(unit):
    change = ask(unit)

    ivar = unit.actor("ivar")
    assert refused_code(commands.refuse_account_change, ivar, change_id=change.pk, reason=" ") == "no_reason"
    commands.refuse_account_change(ivar, change_id=change.pk, reason="Kontot är inte klinikens.")

    assert account(unit) == ("bankgiro", "9912346")
    assert "Kontot är inte klinikens." in queries.unit_page(unit.actor("petra"), unit.ryd.pk).last_decision


def test_one_change_waits_at_a_time_and_can_be_taken_back(unit):
    change = ask(unit)

    assert refused_code(ask, unit, giro_number="160-9908", giro_kind="bankgiro") == "waits_already"
    commands.withdraw_account_change(unit.actor("petra"), change_id=change.pk)
    assert refused_code(commands.approve_account_change, unit.actor("ivar"), change_id=change.pk) == (
        "step_not_allowed"
    )
    assert ask(unit).status == "waiting"


def test_account_is_right_and_another_one(unit):
    assert refused_code(ask, unit, giro_kind="bankgiro", giro_number="991-2346") == "same_account"
    assert refused_code(ask, unit, giro_number="490220-2") == "wrong_check_digit"
    assert refused_code(ask, unit, giro_kind="", giro_number="") == "kind_without_giro"


def test_only_who_administers_the_clinic_asks_and_only_the_region_decides(unit):
    change = ask(unit)

    with pytest.raises(NotAllowed):
        ask(unit, by="anna")
    with pytest.raises(Http404):
        ask(unit, clinic_id=unit.bjork.pk)
    with pytest.raises(NotAllowed):
        commands.approve_account_change(unit.actor("petra"), change_id=change.pk)
    with pytest.raises(Http404):
        commands.withdraw_account_change(unit.actor("david"), change_id=change.pk)


def test_start_page_counts_what_somebody_else_asked_for(unit):
    ask(unit, by="ivar")

    counts = [queries.open_account_changes(unit.actor(name)) for name in ("ivar", "viktor", "petra")]
    assert counts == [0, 1, 0]


@pytest.mark.parametrize("before", AccountChangeStatus)
@pytest.mark.parametrize("after", AccountChangeStatus)
def test_every_step_is_allowed_only_to_its_command(before, after):
    for command in ["approve_account_change", "refuse_account_change", "withdraw_account_change"]:
        if STEPS.get((before, after)) == command:
            ensure_step(before, after, command=command)
        else:
            with pytest.raises(Refused):
                ensure_step(before, after, command=command)
