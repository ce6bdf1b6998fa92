"""Whose data the actor keeps: administrators anybody's, others those whom a module says they work with."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.http import Http404

from kvitt.registers.access.rules import Permission
from kvitt.registers.people.models import Person
from kvitt.registers.people.queries.persons import person_of, record_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kvitt.registers.access.rules import Actor


def person_to_keep(actor: "Actor", code: UUID, *, today: date) -> Person:
    """Return the person whose addresses, relations and contact persons the actor keeps.

    Raises NotAllowed for who keeps nobody's, Http404 for a person whom the actor does not work with.
    Source: spec CO-4, CO-9.
    """
    actor.require(Permission.KEEP_PERSONS)
    person = person_of(actor, code)
    if not keeps(actor, person, today=today):
        raise Http404
    return person


def keeps(actor: "Actor", person: Person, *, today: date) -> bool:
    """Tell whether the actor keeps the person's data: an administrator does, others when some app says so.

    An app says so by `keeps_person(actor, person_id, today)` of its config. Source: spec CO-4, CO-9.
    """
    if person.authority_id != actor.authority_id or not actor.may(Permission.KEEP_PERSONS):
        return False
    if actor.may(Permission.ADMINISTER):
        return True
    hooks = [hook for config in apps.get_app_configs() if (hook := getattr(config, "keeps_person", None))]
    return any(hook(actor, person_id, today) for hook in hooks for person_id in record_ids(person))


def tell_of_change(person_ids: "Iterable[int]", *, since: date | None = None) -> None:
    """Tell every app that has `hold_changed_persons` that these persons' data are about to change.

    A command calls it first in its transaction: what the app keeps of a person is locked before the person.
    Where the change matters from a day on, `since`, it says so when it knows the day.
    Source: spec CF-2, CF-26.
    """
    wanted = sorted(set(person_ids))
    for config in apps.get_app_configs():
        if hook := getattr(config, "hold_changed_persons", None):
            hook(wanted, since)
