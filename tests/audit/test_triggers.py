"""The database itself refuses to change the log, on both databases."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from kvitt.audit import commands
from kvitt.audit.models import Event, Subject

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-30")]


@pytest.fixture
def event(world):
    """An event with a person, in a log that is shut: the test's end rolls the triggers back."""
    commands.record("people.change_person", world.actor("anna"), person_ids=[world.elsa.pk])
    commands.install_triggers()
    return Event.objects.get()


def refused(act):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        act()


def test_event_is_not_updated(event):
    refused(lambda: Event.objects.update(user_name="Någon annan"))
    refused(event.save)


def test_person_of_an_event_is_not_updated(event):
    refused(lambda: Subject.objects.update(person_id=0))


def test_event_and_its_persons_are_not_deleted(event):
    refused(lambda: Subject.objects.all().delete())
    refused(lambda: Event.objects.all()._raw_delete("default"))


def test_log_is_still_added_to(event, world):
    commands.record_read("people.person", world.actor("anna"), person_ids=[world.elsa.pk])

    assert Event.objects.count() == 2


def test_row_is_not_replaced(event):
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    statement = f"{verb} INTO audit_subject (id, event_id, person_id) VALUES (%s, %s, 0)"
    row = Subject.objects.get()

    def replace():
        with connection.cursor() as cursor:
            cursor.execute(statement, [row.pk, event.pk])

    with pytest.raises(DatabaseError), transaction.atomic():
        replace()
    assert Subject.objects.get().person_id == row.person_id


@pytest.mark.postgres
def test_log_is_not_truncated(event):
    def truncate():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else PostgreSQL refuses for a reason of its own
            cursor.execute("TRUNCATE audit_subject, audit_event")

    refused(truncate)


def test_triggers_are_installed_again_without_harm(event):
    commands.install_triggers()
    commands.install_triggers()

    refused(lambda: Subject.objects.all().delete())


def test_triggers_can_be_removed_for_a_fresh_demo(event):
    commands.remove_triggers()

    Subject.objects.all().delete()
    assert not Subject.objects.exists()


def triggers():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'")
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger "
                "WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'audit_%'"
            )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("is_wanted", [True, False])
def test_migrate_installs_the_triggers(db, settings, is_wanted):
    settings.KVITT_AUDIT_TRIGGERS = is_wanted
    commands.remove_triggers()

    call_command("migrate", verbosity=0)

    assert bool(triggers()) is is_wanted
    assert {name.split("_no_")[0] for name in triggers()} == (
        {"audit_event", "audit_subject"} if is_wanted else set()
    )


def test_nothing_is_installed_before_the_tables_are_there(db, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda *_args: [])
    commands.remove_triggers()

    commands.install_triggers()

    assert triggers() == set()
