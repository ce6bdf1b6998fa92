"""Several workers, one of them killed amid a claims file: each claim is taken in once, and none is lost."""

import os
import random
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection

from kvitt.foundation import clock
from kvitt.ledger import queries as ledger
from kvitt.modules.special_care import tasks
from kvitt.modules.special_care.lifecycle import FileStatus
from kvitt.modules.special_care.models import Claim, ClaimsFile
from kvitt.modules.special_care.queries.proof import breaches
from tests import world as world_module
from tests.modules.needs_allowance.test_two_at_once import at_once
from tests.modules.special_care.filing import Written, hand_in
from tests.special_world import SpecialWorld

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24", "QU-14", "SC-15"),
    pytest.mark.django_db(transaction=True),
]
CLAIMS, KILLS = 60, 5
WORKER = """
import django, sys
django.setup()
from kvitt.modules.special_care import tasks
tasks.ENTRIES_PER_PART = 2
print("ready", flush=True)
sys.stdin.readline()
tasks.work_on_files()
"""


@pytest.fixture
def world(transactional_db, settings):
    """The cast, where everybody has signed in already, in a database that others see too."""
    settings.KVITT_TODAY = world_module.TODAY
    made = SpecialWorld()
    made.load_catalogue()
    actors = {name: made.actor(name) for name in made.users}
    made.actor = actors.__getitem__
    return made


def whole():
    return [*breaches(), *ledger.breaches()] == []


def claims(count, **changes):
    return [Written(f"K{number}", **changes) for number in range(count)]


def test_two_workers_at_once_take_each_claim_in_once(world, monkeypatch):
    monkeypatch.setattr(tasks, "ENTRIES_PER_PART", 2)
    holger = {"number": "195211049811", "support": "F", "care_model": "", "clinic": "1112"}
    found = [
        hand_in(world, *claims(6)),
        hand_in(world, *claims(6)),
        hand_in(world, *claims(6, **holger), by="mats"),
    ]

    at_once(tasks.work_on_files, tasks.work_on_files, tasks.work_on_files)
    tasks.work_on_files()

    assert Claim.objects.count() == 6
    for one in found:
        one.refresh_from_db()
        assert one.status in {FileStatus.LOADED, FileStatus.CHECKED}
        assert (one.loaded_count or 6) == 6
    assert sum(one.taken_count for one in found) == 6
    assert whole()


def test_killed_worker_loses_nothing_and_takes_nothing_in_twice(world):
    found = hand_in(world, *claims(CLAIMS))
    chance = random.Random(found.pk)  # noqa: S311 - moments, not secrets
    worker = started()
    for kill in range(KILLS):
        worker.stdin.write(b"\n")
        worker.stdin.flush()
        # A little further each time: amid the check, amid taking in.
        wanted = kill * CLAIMS // KILLS
        wait_until(lambda least=wanted: progress() >= 2 * least)
        following = started()
        time.sleep(chance.uniform(0, 0.05))
        worker.kill()
        worker.wait()
        ClaimsFile.objects.update(held_until=clock.now())
        worker = following
    worker.communicate(b"\n", timeout=60)
    found.refresh_from_db()

    assert (found.status, found.taken_count) == (FileStatus.LOADED, CLAIMS)
    assert Claim.objects.count() == CLAIMS
    assert whole()


def started():
    """Start a worker of its own process on the test's database, ready to begin when it is told."""
    held = connection.settings_dict
    address = f"postgresql://{held['USER']}@{held['HOST']}:{held['PORT']}/{held['NAME']}"
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "kvitt.settings",
            "KVITT_DATABASE_URL": address,
            "KVITT_DEBUG": "1",
            "KVITT_DOCUMENTS": str(django_settings.KVITT_DOCUMENTS),
            "KVITT_TODAY": world_module.TODAY.isoformat(),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert worker.stdout.readline() == b"ready\n"
    return worker


def progress():
    """Return how many claims were checked and gone through, together."""
    [found] = ClaimsFile.objects.values_list("checked_count", "loaded_count", "status")
    return 2 * CLAIMS if found[2] == FileStatus.LOADED else found[0] + found[1]


def wait_until(is_so):
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)
