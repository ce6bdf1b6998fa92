"""The cast of special care dentistry, made once for a file where nothing is done at the same moment."""

import copy

import pytest
from django.db import transaction
from django.test import override_settings

from tests.special_world import SpecialWorld


@pytest.fixture(scope="module")
def shared_special_world(django_db_setup, django_db_blocker):
    """The cast with the demo's catalogue, made once for a file; what a test changes is undone after it."""
    with django_db_blocker.unblock(), override_settings(KVITT_TODAY=SpecialWorld.today), transaction.atomic():
        world = SpecialWorld()
        world.load_catalogue()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def own_special_world(shared_special_world, db, settings):
    """A test's own copy of the shared cast, on 2024-11-20, in a transaction of its own."""
    settings.KVITT_TODAY = SpecialWorld.today
    return copy.deepcopy(shared_special_world)
