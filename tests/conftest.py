"""What every test may ask for."""

import gc
import os
import uuid

import pytest
from django.db import connection
from django.test import Client, override_settings
from hypothesis import settings as hypothesis_settings

from kvitt.foundation import clock
from kvitt.registers.access.middleware import begin_session
from tests import world as world_module
from tests.care_world import CareWorld
from tests.special_world import SpecialWorld

pytest_plugins = ["tests.browser"]

# How long a try takes says something of the machine, not of the rule.
hypothesis_settings.register_profile("kvitt", deadline=None)
hypothesis_settings.load_profile("kvitt")

# What the tests themselves are made of stays: looking through it again and again takes one second in twenty.
gc.set_threshold(200_000, 20, 100)

DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that need a browser; leave out those that need PostgreSQL where it is not used.

    On PostgreSQL those are left out that would only be the same again as on SQLite: what asks for no
    database, how pages look, and what a page does in the browser, but for the journeys. The journeys, random
    histories and strange input are the other way round: where CI runs both, they run on the database of
    production.
    """
    again = []
    is_for_postgres = connection.vendor != "postgresql" and os.environ.get("CI") == "true"
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if connection.vendor != "postgresql":
            if item.get_closest_marker("postgres"):
                item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set KVITT_TEST_DATABASE_URL"))
            elif is_for_postgres and item.get_closest_marker("production"):
                again.append(item)
        elif item.get_closest_marker("looks") or not asks_for_a_database(item) or is_of_one_page(item):
            again.append(item)
    if again:
        config.hook.pytest_deselected(items=again)
        items[:] = [item for item in items if item not in set(again)]


def asks_for_a_database(item: pytest.Item) -> bool:
    """Tell whether a test may use the database: by a fixture, or by the mark of pytest-django."""
    return item.get_closest_marker("django_db") is not None or not DATABASE.isdisjoint(
        getattr(item, "fixturenames", ())
    )


def is_of_one_page(item: pytest.Item) -> bool:
    """Tell whether a test looks at a page or two in the browser; the journeys go through many."""
    return item.get_closest_marker("browser") is not None and "journeys" not in item.path.parts


@pytest.fixture(scope="session")
def django_db_use_migrations(django_db_use_migrations, worker_id):
    """Let one worker make its database by the migrations, and the others theirs from the models, in no time.

    That the two agree, CI proves with `makemigrations --check`.
    """
    return django_db_use_migrations and worker_id in {"master", "gw0"}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let nobody hold the test database when it is dropped.

    The browser keeps its connection to the live server alive, so that a thread of it, with a session of
    the database, may outlive the last test by a moment.
    """
    yield
    if connection.vendor == "postgresql":
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")


@pytest.fixture(scope="session", autouse=True)
def documents_folder(tmp_path_factory):
    """Where the tests' documents lie: nowhere near those of an installation."""
    folder = tmp_path_factory.mktemp("documents")
    with override_settings(KVITT_DOCUMENTS=folder):
        yield folder


@pytest.fixture(scope="session")
def outboxes(tmp_path_factory):
    """Where the tests' outboxes lie."""
    return tmp_path_factory.mktemp("outboxes")


@pytest.fixture(autouse=True)
def outbox(settings, outboxes):
    """Where files leave in a test, made when the first one does: most tests need no folder of their own."""
    settings.KVITT_OUTBOX = outboxes / uuid.uuid4().hex
    return settings.KVITT_OUTBOX


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
def care_world(db, settings):
    """The cast of care fees, on 2024-11-20."""
    settings.KVITT_TODAY = world_module.TODAY
    return CareWorld()


@pytest.fixture
def special_world(db, settings):
    """The cast of special care dentistry with the demo's catalogue, on 2024-11-20."""
    settings.KVITT_TODAY = world_module.TODAY
    world = SpecialWorld()
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
