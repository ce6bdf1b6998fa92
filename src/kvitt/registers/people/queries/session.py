"""What this session may see of a person: whom it has opened, and why."""

from django.contrib.sessions.backends.base import SessionBase

from kvitt.registers.access.middleware import UNIT_IN_SESSION
from kvitt.registers.people.models import Person

_OPENED, _ASKED, _REASONS = "people.opened", "people.asked", "people.reasons"
_KEPT_IN_SESSION = 500


def opened_patients(session: SessionBase) -> frozenset[int]:
    """Return the persons searched for at this unit in this session, whose pages it may therefore open."""
    return frozenset(_noted(session, _OPENED))


def remember_patient(session: SessionBase, person: Person) -> None:
    """Let this session open the person's pages; the page that shows the person logs the read."""
    _note(session, _OPENED, person)


def needs_reason(session: SessionBase, person: Person) -> bool:
    """Tell whether the person is protected and no reason was given at this unit in this session.

    Call it where the actor is known to reach the person: that he was asked is what lets him answer.
    """
    if not person.is_protected or person.pk in _noted(session, _REASONS):
        return False
    _note(session, _ASKED, person)
    return True


def was_asked(session: SessionBase, person: Person) -> bool:
    """Tell whether a page of this session has asked for the reason to open this person."""
    return person.pk in _noted(session, _ASKED)


def note_reason(session: SessionBase, person: Person) -> None:
    """Let this session see the protected person; `commands.open_protected` logs it."""
    _note(session, _REASONS, person)


def _noted(session: SessionBase, name: str) -> list[int]:
    """Return what was noted at the unit chosen now: what holds at one holds at no other."""
    noted: list[int] = session.get(f"{name}:{session.get(UNIT_IN_SESSION, '')}", [])
    return noted


def _note(session: SessionBase, name: str, person: Person) -> None:
    known = _noted(session, name)
    if person.pk not in known:
        session[f"{name}:{session.get(UNIT_IN_SESSION, '')}"] = [*known, person.pk][-_KEPT_IN_SESSION:]
