"""Write the log, and make the database refuse to change it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypedDict

from django.db import connection, transaction

from kvitt.audit.models import Event, Subject
from kvitt.foundation import bulk, clock

SUBJECTS_PER_STATEMENT = 2_000
PROTECTED_TABLES = ("audit_event", "audit_subject")


class Actor(Protocol):
    """Who acts: what the log copies of a user at a unit."""

    @property
    def user_id(self) -> int | None: ...  # noqa: D102 - named after the column
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def authority_id(self) -> int | None: ...  # noqa: D102
    @property
    def role_words(self) -> str: ...  # noqa: D102
    @property
    def unit_text(self) -> str: ...  # noqa: D102


class About(TypedDict):
    """What an event is about, where its app says it once for all its commands: `record(..., **about)`."""

    subject: tuple[str, object]
    person_ids: list[int]


def record(
    action: str,
    actor: Actor,
    *,
    subject: tuple[str, object] = ("", ""),
    person_ids: Iterable[int] = (),
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write one change in the log, in the transaction of the change itself.

    `action` is `<app>.<command>`; `subject` a kind and a key; `before` and `after` hold what changed,
    as values that JSON knows (dates as text, amounts in öre).
    Source: spec CO-30.
    """
    _write(action, actor, subject=subject, person_ids=person_ids, data=_data(before, after), is_read=False)


@dataclass(frozen=True)
class Entry:
    """One of many changes written at once: its subject, the persons it is about, and what changed."""

    subject: tuple[str, object]
    person_ids: tuple[int, ...] = ()
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None


def record_many(action: str, actor: Actor, entries: Iterable[Entry]) -> None:
    """Write many changes of one command in a constant number of statements per two thousand.

    Source: spec CO-30.
    """
    at = clock.now()
    listed = list(entries)
    events = [
        Event(
            at=at,
            authority_id=actor.authority_id,
            user_id=actor.user_id,
            user_name=actor.name,
            role=actor.role_words,
            unit=actor.unit_text,
            action=action,
            subject_kind=entry.subject[0],
            subject_key=str(entry.subject[1]),
            data=_data(entry.before, entry.after),
        )
        for entry in listed
    ]
    bulk.insert(events)
    _write_subjects(
        (event.pk, person_id)
        for event, entry in zip(events, listed, strict=True)
        for person_id in entry.person_ids
    )


def _data(before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> dict[str, object]:
    return {name: dict(values) for name, values in (("before", before), ("after", after)) if values}


def record_read(
    action: str,
    actor: Actor,
    *,
    person_ids: Iterable[int],
    subject: tuple[str, object] = ("", ""),
    reason: str = "",
) -> None:
    """Write that the actor saw these persons: one event, and one subject row per person.

    Nothing is written when nobody was shown. Source: spec CO-30, Patient Data Act 4:3.
    """
    persons = sorted(set(person_ids))
    if persons:
        data = {"reason": reason} if reason else {}
        _write(action, actor, subject=subject, person_ids=persons, data=data, is_read=True)


def _write(
    action: str,
    actor: Actor,
    *,
    subject: tuple[str, object],
    person_ids: Iterable[int],
    data: Mapping[str, object],
    is_read: bool,
) -> None:
    kind, key = subject
    with transaction.atomic():
        event = Event.objects.create(
            at=clock.now(),
            authority_id=actor.authority_id,
            user_id=actor.user_id,
            user_name=actor.name,
            role=actor.role_words,
            unit=actor.unit_text,
            action=action,
            is_read=is_read,
            subject_kind=kind,
            subject_key=str(key),
            data=data,
        )
        _write_subjects((event.pk, person_id) for person_id in person_ids)


def _write_subjects(subjects: Iterable[tuple[int, int]]) -> None:
    """Write which persons events are about, a part at a time: an export may be of a hundred thousand."""
    rows = iter(subjects)
    while part := list(islice(rows, SUBJECTS_PER_STATEMENT)):
        bulk.insert_rows(Subject, ("event_id", "person_id"), part)


def install_triggers() -> None:
    """Make the database refuse to update or delete the log; running it again changes nothing.

    SQLite drops triggers when a migration remakes a table, so this runs after every migrate; the tables may
    not be there yet when only some apps have been migrated.
    """
    with connection.cursor() as cursor:
        if not set(PROTECTED_TABLES) <= set(connection.introspection.table_names(cursor)):
            return
        for statement in _trigger_statements(connection.vendor):
            cursor.execute(statement)


def remove_triggers() -> None:
    """Let the log be emptied again: for a demo made afresh, never in production."""
    with connection.cursor() as cursor:
        for table in PROTECTED_TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
            else:
                for act in ("update", "delete", "replace"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")


def _trigger_statements(vendor: str) -> list[str]:
    return [
        statement
        for table in PROTECTED_TABLES
        for statement in (_postgresql_triggers(table) if vendor == "postgresql" else _sqlite_triggers(table))
    ]


def _postgresql_triggers(table: str) -> tuple[str, ...]:
    function = "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    body = "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
    change = f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
    truncate = f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
    return (
        function + body,
        change + "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        truncate + "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    )


def _sqlite_triggers(table: str) -> tuple[str, ...]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    # INSERT OR REPLACE deletes the old row without asking the trigger on delete.
    is_there = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608 - our own table
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN {is_there} {refuse}",
    )
