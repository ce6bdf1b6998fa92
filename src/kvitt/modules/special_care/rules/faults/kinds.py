"""What a kind of fault is: its level, its element, its words."""

from dataclasses import dataclass

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class Level(Labelled):
    """Whether a fault stops the claim. Source: spec SC-14."""

    STOPS = "stops", _("Stops")
    WARNS = "warns", _("Warns")


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault: its level, the element it points at, and what is said of cause and remedy (msgid)."""

    level: Level
    element: str
    message: str


def stops(element: str, message: str) -> FaultKind:
    """Return a kind that stops the claim. Source: spec SC-14."""
    return FaultKind(Level.STOPS, element, message)


def warns(element: str, message: str) -> FaultKind:
    """Return a kind that only warns. Source: spec SC-14."""
    return FaultKind(Level.WARNS, element, message)
