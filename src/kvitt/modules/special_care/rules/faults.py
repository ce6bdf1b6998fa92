"""What can be wrong with a claim: each fault has a stable code, a level, an element, and says the remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Fault:
    """A fault of one claim: the code of its kind, and the line of the claim (from 0), None for the whole."""

    code: str
    line: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)
