"""The whole world of the journeys: once for a file that changes nothing in it, or anew for a browser."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from tests.journeys.sample import Sample, make_sample
from tests.world import World


@pytest.fixture(scope="module")
def shared_sample(django_db_setup, django_db_blocker):
    """The world of a whole file. What a test changes in it is undone after the test, as always."""
    with (
        django_db_blocker.unblock(),
        override_settings(KVITT_TODAY=World.today),
        transaction.atomic(),
    ):
        yield make_sample()
        transaction.set_rollback(True)


@pytest.fixture
def sample(shared_sample, db) -> Sample:
    """The world, in a test's own transaction."""
    return shared_sample


@pytest.fixture
def live_sample(transactional_db, settings) -> Iterator[Sample]:
    """A world of the test's own, in a database that the browser's server sees too. In the end all adds up."""
    settings.KVITT_TODAY = World.today
    yield make_sample()
    call_command("verify")


@pytest.fixture
def client_of(sample):
    """Return a function that gives the client of somebody who is signed in; `nobody` is not."""

    def client_of(viewer: str) -> Client:
        client = Client()
        if viewer != "nobody":
            client.force_login(sample.users[viewer])
        return client

    return client_of
