"""Read the log: of one subject, of one person, or searched by the administrator."""

import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.audit.models import Event, Subject
from kvitt.audit.rules import READ_AUDIT, ROLES_JOINED_BY, Change, calculate_changes
from kvitt.foundation import clock
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.money import format_kronor
from kvitt.foundation.values.text import search_key

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

# Before every event; a much earlier date has no moment in every time zone.
_BEFORE_THE_LOG = date(2000, 1, 1)
# One index probe for each name: the names that occur among a million events take milliseconds.
_NAMES = """
    WITH RECURSIVE names(name) AS (
        SELECT (SELECT user_name FROM audit_event WHERE authority_id = %s ORDER BY user_name LIMIT 1)
        UNION ALL
        SELECT (SELECT user_name FROM audit_event WHERE authority_id = %s AND user_name > names.name
                ORDER BY user_name LIMIT 1)
        FROM names WHERE names.name IS NOT NULL
    )
    SELECT name FROM names WHERE name IS NOT NULL
"""


@dataclass(frozen=True)
class ChangeRow:
    """One changed value on the event's page."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class EventPage:
    """Everything `event.html` shows."""

    id: int
    title: str
    lead: str
    crumbs: list[Crumb]
    facts: list[tuple[str, str]]
    changes: list[ChangeRow]
    person_ids: list[int]


def events_of(kind: str, key: object) -> list[Event]:
    """Return the changes of one subject, newest first (*händelselogg*, spec CO-31)."""
    return list(Event.objects.filter(subject_kind=kind, subject_key=str(key), is_read=False).order_by("-id"))


@dataclass(frozen=True)
class LogRow:
    """A line of the event log at the foot of a page."""

    at: datetime
    who: str
    role: str
    text: str
    details: list[str]


def event_log(actor: "Actor", kind: str, key: str, *, without: Collection[str] = ()) -> list[LogRow]:
    """Return the event log (*händelselogg*) of a subject of the actor's authority, newest first.

    Another authority may have a subject of the same name. Of the actions `without` details one sees that they
    were done, when and by whom. Source: spec CO-31.
    """
    return [
        LogRow(
            at=event.at,
            who=event.user_name,
            role=role_text(event),
            text=action_text(event.action),
            details=[
                _change_text(event.action, change)
                for change in ([] if event.action in without else calculate_changes(event.data))
            ],
        )
        for event in events_of(kind, key)
        if event.authority_id == actor.authority_id
    ]


def events_about(person_ids: Iterable[int]) -> QuerySet[Event]:
    """Return who read and changed what about these records of one person, oldest first."""
    events = Subject.objects.filter(person_id__in=list(person_ids)).values("event_id")
    return Event.objects.filter(id__in=events).order_by("id")


def search_events(
    actor: "Actor",
    *,
    first_on: date | None = None,
    last_on: date | None = None,
    user_name: str = "",
    action: str = "",
    subject_key: str = "",
    is_read: bool | None = None,
) -> QuerySet[Event]:
    """Return the events of the actor's authority that the filters let through.

    Every filter has an index that begins with it; a part of a name is looked for among the names first.
    """
    actor.require(READ_AUDIT)
    events = Event.objects.filter(authority_id=actor.authority_id)
    if first_on:
        events = events.filter(at__gte=_moment(max(first_on, _BEFORE_THE_LOG), time.min))
    if last_on:
        events = events.filter(at__lte=_moment(last_on, time.max))
    if user_name:
        events = events.filter(user_name__in=user_names(actor, user_name))
    if action:
        events = events.filter(action=action)
    if subject_key:
        events = events.filter(subject_key=subject_key)
    if is_read is not None:
        events = events.filter(is_read=is_read)
    return events


def user_names(actor: "Actor", text: str) -> list[str]:
    """Return the names in the authority's log that hold the text, without regard to case."""
    wanted = search_key(text)
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [actor.authority_id, actor.authority_id])
        return [name for (name,) in cursor.fetchall() if wanted in search_key(name)]


def event_page(actor: "Actor", event_id: int) -> EventPage:
    """Return one event of the actor's authority with what it changed. Raises Http404 for any other."""
    event = Event.objects.filter(authority_id=actor.authority_id, id=event_id).first()
    if event is None:
        raise Http404
    actor.require(READ_AUDIT)
    changes = [
        ChangeRow(
            label=_word(event.action, change.name),
            before=_text(event.action, change.name, change.before),
            after=_text(event.action, change.name, change.after),
        )
        for change in calculate_changes(event.data)
    ]
    person_ids = list(event.subjects.values_list("person_id", flat=True))
    at = event.at.astimezone(clock.STOCKHOLM)
    facts = [
        (gettext("Time"), f"{at:%Y-%m-%d %H.%M.%S}"),
        (gettext("User"), event.user_name),
        (gettext("Role"), role_text(event)),
        (gettext("Unit"), event.unit),
        (gettext("Kind"), kind_text(event)),
        (gettext("Concerns"), subject_text(event)),
        (gettext("Persons"), str(len(person_ids)) if person_ids else ""),
        (gettext("Stated reason"), str(event.data.get("reason", ""))),
        (gettext("Name in the log"), event.action),
    ]
    return EventPage(
        id=event.id,
        title=action_text(event.action),
        lead=f"{at:%Y-%m-%d %H.%M}, {event.user_name}",
        crumbs=[
            Crumb(gettext("Audit log"), reverse("audit:search_events")),
            Crumb(action_text(event.action)),
        ],
        facts=[(label, value) for label, value in facts if value],
        changes=changes,
        person_ids=person_ids if changes else [],
    )


def role_text(event: Event) -> str:
    """Return as what somebody did it, in the reader's language; the log keeps the labels as msgids."""
    return ", ".join(gettext(label) for label in event.role.split(ROLES_JOINED_BY) if label)


def action_text(action: str) -> str:
    """Return what was done in words, as the app says it in `events`; its own name where it does not."""
    return gettext(action_labels().get(action, action))


def subject_text(event: Event) -> str:
    """Return what the event is about: its kind in words and its key."""
    return f"{_word(event.action, event.subject_kind)} {event.subject_key}" if event.subject_kind else ""


def kind_text(event: Event) -> str:
    """Tell reads from changes in words."""
    return gettext("Reading") if event.is_read else gettext("Alteration")


@functools.cache
def action_labels() -> dict[str, str]:
    """Return every action that an app has words for in its `events`, with its label as msgid."""
    return {
        f"{config.label}.{name}": label
        for config in apps.get_app_configs()
        for name, label in getattr(config, "events", {}).items()
    }


def _word(action: str, name: str) -> str:
    """Return the word for a value, a kind of subject or a code: the app's own, else another app's."""
    app_label = action.partition(".")[0]
    words = _words()
    label = words.get((app_label, name), words.get(("", name)))
    return gettext(label) if label else name


@functools.cache
def _words() -> dict[tuple[str, str], str]:
    """Return every app's words by app and name, and by name alone for the apps that do not have them."""
    found: dict[tuple[str, str], str] = {}
    for config in apps.get_app_configs():
        for name, label in getattr(config, "event_words", {}).items():
            found[config.label, name] = label
            found.setdefault(("", name), label)
    return found


def _change_text(action: str, change: Change) -> str:
    """Return a changed value in one line: `Status: Approved → Removed`; what was given stands alone."""
    label = _word(action, change.name)
    before, after = (_text(action, change.name, value) for value in (change.before, change.after))
    if before and after and before != after:
        return f"{label}: {before} → {after}"
    return f"{label}: {after or before}"


def _text(action: str, name: str, value: object) -> str:
    """Return a stored value in words; what is called an amount is in öre, as everywhere."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int) and name.endswith("amount"):
        return format_kronor(value)
    if isinstance(value, list):
        return ", ".join(_text(action, name, item) for item in value)
    if isinstance(value, Mapping):
        told = ((_word(action, key), _text(action, key, item)) for key, item in value.items())
        return ", ".join(f"{label}: {text}" for label, text in told if text)
    return _word(action, str(value))


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=clock.STOCKHOLM)
