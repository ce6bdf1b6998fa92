"""Officers, workers and registrations at the same moment in one area: nobody bills what somebody changes."""

import datetime as dt
import threading

import pytest
from django.db import transaction

from kvitt.modules.care_fees import tasks
from kvitt.modules.care_fees.commands import approval, billing_rules, corrections, runs, steps
from kvitt.modules.care_fees.models import AreaMonth, ClientMonth, FeeCorrection, RunChunk
from kvitt.modules.care_fees.rules.corrections import NewCorrection
from tests.care_world import CareWorld
from tests.modules.needs_allowance.test_two_at_once import PATIENCE, at_once
from tests.world import TODAY

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("QU-13", "CF-30"),
    pytest.mark.django_db(transaction=True),
]
MONTH = dt.date(2024, 10, 1)
# A moment that is long enough for another thread to come to the lock, and to wait there.
MOMENT = 0.3


@pytest.fixture
def world(settings):
    settings.KVITT_TODAY = TODAY
    return CareWorld()


@pytest.fixture
def rule(world):
    return billing_rules.save_rule(
        world.actor("karla"), today=TODAY, name="Norr", area_ids=[world.north.pk], is_on_desktop=False
    )


def statuses():
    return sorted(ClientMonth.objects.values_list("status", flat=True))


def test_officers_and_workers_share_an_area(world, rule, monkeypatch):
    karla, bodil = world.actor("karla"), world.actor("bodil")
    monkeypatch.setattr(runs, "CLIENTS_PER_CHUNK", 1)
    of_north = {"rule_id": rule.pk, "month": MONTH, "today": TODAY}

    def start(actor):
        return lambda: runs.start_run(actor, **of_north).client_count

    def approve():
        return approval.approve_areas(karla, **of_north, confirmed=True).clients

    # Two runs of one area: one of them is, whoever was first.
    assert sorted(map(str, at_once(start(karla), start(bodil)))) == ["4", "['busy']"]
    # Two workers share it, each part is calculated once; who approves meanwhile is told.
    first, second, told = at_once(tasks.work_on_runs, tasks.work_on_runs, approve)
    assert first + second == 4
    assert told in (["busy"], 4)
    if told == 4:
        approval.reopen_area(bodil, area_id=world.north.pk, month=MONTH, reason="Om igen", today=TODAY)
    tasks.work_on_runs()
    assert statuses() == ["calculated"] * 4
    assert RunChunk.objects.filter(done_at__isnull=False, calculated_count=1).count() == 4
    assert not AreaMonth.objects.filter(run__isnull=False).exists()
    # Two who approve: one does. Who calculates at that moment finds all or nothing approved.
    monkeypatch.setattr(runs, "CLIENTS_PER_CHUNK", 1_000)
    steps.touch(world.astrid)

    def calculate():
        return runs.calculate_selection(bodil, **of_north).client_count

    outcomes = at_once(approve, calculate, approve)
    assert outcomes[1] == 1
    if 4 not in outcomes:
        assert approve() == 4
    assert statuses() == ["approved"] * 4
    assert at_once(approve, calculate) == [["approved_already"], 0]


def test_what_is_being_registered_is_in_the_approved_month_or_after_it(world, rule):
    karla, of_north = world.actor("karla"), {"rule_id": rule.pk, "month": MONTH, "today": TODAY}
    runs.calculate_selection(karla, **of_north)
    outcome = []

    def approve():
        return approval.approve_areas(karla, **of_north, confirmed=True).clients

    # A registration that is not yet stored is waited for, and seen.
    thread = threading.Thread(target=lambda: outcome.extend(at_once(approve)))
    with transaction.atomic():
        held = steps.hold_client(karla, world.dagny.number, today=TODAY)
        thread.start()
        thread.join(MOMENT)
        assert thread.is_alive(), "the approval waits for what is being registered"
        steps.touch(held)
    thread.join(PATIENCE)
    assert outcome == [["not_all_calculated"]]
    assert statuses() == ["calculated"] * 4
    runs.calculate_selection(karla, **of_north)

    def correct():
        new = NewCorrection(unit_id=world.north_care.pk, service_id=None, amount=-100, text="Fel")
        return corrections.add_correction(karla, today=TODAY, number=world.erik.number, new=new).month

    approved, month = at_once(approve, correct)
    assert (approved, month) in ((4, dt.date(2024, 11, 1)), (["not_all_calculated"], MONTH))
    locked = ClientMonth.objects.filter(status="approved").values_list("client_id", "month")
    assert not set(locked) & set(FeeCorrection.objects.values_list("client_id", "month"))
