"""`kvitt grant_runtime_role`: the program runs as a role that cannot change the log."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from kvitt.audit import commands
from kvitt.audit.models import Event, Subject
from kvitt.registers.organisations.models import Clinic

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-30")]
ROLE = "kvitt_test_run"


@pytest.fixture
def role(db):
    """A role that lives as long as the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN")
    return ROLE


@pytest.mark.skipif(connection.vendor == "postgresql", reason="about the other database")
def test_other_databases_have_no_roles():
    with pytest.raises(CommandError, match="PostgreSQL only") as refused:
        call_command("grant_runtime_role", ROLE)

    assert refused.value.returncode == 1


@pytest.mark.postgres
def test_role_runs_the_program_and_adds_to_the_log(world, role, capsys):
    call_command("grant_runtime_role", role)

    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
    commands.record("people.change_person", world.actor("anna"), person_ids=[world.elsa.pk])
    Clinic.objects.filter(pk=world.ryd.pk).update(phone="013-10 00 00")
    assert Event.objects.count() == 1
    assert "may run the program" in capsys.readouterr().out


@pytest.mark.postgres
@pytest.mark.parametrize(
    "act",
    [
        lambda: Event.objects.update(user_name="Någon annan"),
        lambda: Subject.objects.all()._raw_delete("default"),
        lambda: connection.cursor().execute("TRUNCATE audit_event, audit_subject"),
        lambda: connection.cursor().execute("DELETE FROM django_migrations"),
        commands.remove_triggers,
    ],
    ids=["update", "delete", "truncate", "migrations", "triggers"],
)
def test_role_cannot_change_the_log(role, act):
    call_command("grant_runtime_role", role)
    commands.install_triggers()

    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        act()


@pytest.mark.postgres
def test_grants_are_given_again_without_harm(role):
    call_command("grant_runtime_role", role)
    call_command("grant_runtime_role", role)


@pytest.mark.postgres
def test_unknown_role_is_said():
    with pytest.raises(CommandError, match="There is no role nobody_here") as refused:
        call_command("grant_runtime_role", "nobody_here")

    assert refused.value.returncode == 1


@pytest.mark.postgres
def test_role_that_may_change_the_log_all_the_same_is_refused(role):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {role} SUPERUSER")

    with pytest.raises(CommandError, match="all the same"):
        call_command("grant_runtime_role", role)
