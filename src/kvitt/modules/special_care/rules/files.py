"""What a claims file holds, entry by entry, as the rules know it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kvitt.modules.special_care.rules.facts import ClaimFacts
from kvitt.modules.special_care.rules.faults import Fault


@dataclass(frozen=True)
class Place:
    """Where an entry stands and what it is called: its number in the file from 1, its line, its clinic.

    `identity_number` is as it was written. Source: spec SC-12a, SC-14.
    """

    number: int
    line: int
    clinic_number: str = ""
    reference: str = ""
    identity_number: str = ""


@dataclass(frozen=True)
class FileClaim:
    """A claim of a file; `lines` are where its lines stand in the file, in the order of `facts.lines`."""

    place: Place
    facts: ClaimFacts
    lines: Sequence[int] = ()
    comment: str = ""


@dataclass(frozen=True)
class FileCredit:
    """That the claim with this reference is to be credited, whole. Source: spec SC-12, SC-21."""

    place: Place


@dataclass(frozen=True)
class BadEntry:
    """A claim or credit that is not written as the format says; `faults` have the line in their values."""

    place: Place
    faults: Sequence[Fault]


Entry = FileClaim | FileCredit | BadEntry


class FileRefused(Exception):  # noqa: N818 - reads as a sentence
    """The file as a whole cannot be read: the code of its one message, and what goes into that."""

    def __init__(self, code: str, values: Mapping[str, object] | None = None) -> None:
        """Keep code and values."""
        super().__init__(code)
        self.code = code
        self.values = dict(values or {})
