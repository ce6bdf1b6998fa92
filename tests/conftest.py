"""What every test may ask for."""

import pytest
from django.db import connection
from django.test import Client

from kvitt.foundation import clock
from kvitt.registers.access.middleware import begin_session
from tests import world as world_module

pytest_plugins = ["tests.browser"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a browser; leave out those that need PostgreSQL where it is not used."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set KVITT_TEST_DATABASE_URL"))


@pytest.fixture(autouse=True)
def begun_sessions(monkeypatch):
    """Give a client that is signed in at once a session such as the sign-in page makes."""
    login = Client.force_login

    def force_login(client, user, backend=None):
        login(client, user, backend)
        session = client.session
        begin_session(session, user.pk, is_by_provider=False, now=clock.now())
        session.save()

    monkeypatch.setattr(Client, "force_login", force_login)


@pytest.fixture
def world(db, settings):
    """The cast without a catalogue, on 2024-11-20."""
    settings.KVITT_TODAY = world_module.TODAY
    return world_module.World()


@pytest.fixture
def dental_world(world):
    """The cast with the demo's catalogue of codes and prices."""
    world.load_catalogue()
    return world


@pytest.fixture
def sign_in():
    """Return a function that signs a user of the cast in: `sign_in(world, "anna")` is a test client."""

    def signed_in(cast: world_module.World, name: str) -> Client:
        client = Client()
        client.force_login(cast.users[name])
        return client

    return signed_in
