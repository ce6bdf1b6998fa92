"""The population register behind one narrow interface: look up by number, and who has changed since a day.

The register that comes with the program is a file, named by the setting `KVITT_POPULATION_REGISTER`; its
format is described in docs/formats/population-register.md. Another register is another class with the same
two functions.
"""

import functools
import logging
import os
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from kvitt.foundation.values.csv_rows import Fault
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.people import exchange
from kvitt.registers.people.rules import RegisteredPerson

NO_REGISTER = _(
    "No population register is connected, so nobody can be fetched from it. "
    "Write what you know, or ask the operator to connect one."
)
NOT_REGISTERED = _(
    "Nobody with this number is in the population register. Check the number, or write what you know."
)
BROKEN = _(
    "The population register cannot be read: line %(line)s, %(reason)s "
    "Nothing was fetched. Tell the operator, and write what you know meanwhile."
)
UNREADABLE = _(
    "The population register's file cannot be opened. "
    "Nothing was fetched. Tell the operator, and write what you know meanwhile."
)
_LINES_PER_PART = 10_000
# A number of twelve digits and a place in the file, in one whole number that sorts by both.
_PLACE_BITS = 44
_log = logging.getLogger(__name__)


class PopulationRegister(Protocol):
    """What is asked of a population register, and no more. Source: spec CO-12."""

    def look_up(self, number: str) -> RegisteredPerson | None:
        """Return who has the number of twelve digits. Raises Refused when the register cannot tell."""

    def changes_since(self, day: date) -> list[RegisteredPerson]:
        """Return everybody whose data changed on the day or later. Raises Refused."""


def register(authority_id: int) -> PopulationRegister | None:  # noqa: ARG001 - others than a file may tell them apart
    """Return the population register of the authority, None when none is connected."""
    path = settings.KVITT_POPULATION_REGISTER
    return _file_register(path) if path else None


def is_connected(authority_id: int) -> bool:
    """Tell whether there is a population register to ask."""
    return register(authority_id) is not None


def look_up(authority_id: int, number: str) -> RegisteredPerson | None:
    """Return what the population register tells of a number, None for an unknown one or without a register.

    It writes nothing in the log: `commands.look_up_population` does, and is what a page calls.
    Raises Refused when the register is there and cannot be read. Source: spec CO-12.
    """
    found = register(authority_id)
    return found.look_up(number) if found else None


def changes_since(authority_id: int, day: date) -> list[RegisteredPerson]:
    """Return everybody whose data changed on the day or later; nobody without a register. Raises Refused.

    Source: spec CO-12.
    """
    found = register(authority_id)
    return found.changes_since(day) if found else []


def nothing_found(authority_id: int) -> Problem:
    """Return why a number was not found: it is not in the register, or there is no register."""
    if is_connected(authority_id):
        return Problem("not_registered", NOT_REGISTERED, "number")
    return Problem("no_register", NO_REGISTER, "number")


# The register as a file ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Index:
    """Where each number stands in the file as it was at a moment."""

    stamp: tuple[int, int]
    heading: bytes
    numbers: "array[int]"
    places: "array[int]"

    def last_place(self, number: int) -> int | None:
        """Return where the last line of the number stands, None where none does."""
        after = bisect_right(self.numbers, number)
        return self.places[after - 1] if after and self.numbers[after - 1] == number else None


class FileRegister:
    """A population register in a CSV file, searched by an index that is made anew when the file changes.

    Where a number stands on several lines the last one holds, so changes can be added at the end.
    """

    def __init__(self, path: Path) -> None:
        """Read nothing yet."""
        self._path = path
        self._index: _Index | None = None

    def look_up(self, number: str) -> RegisteredPerson | None:
        """Return who has the number; a line that cannot be read is named in the refusal."""
        if not number.isdecimal():
            return None
        with self._opened() as file:
            index = self._indexed(file)
            place = index.last_place(int(number))
            if place is None:
                return None
            file.seek(place)
            rows, faults = exchange.read_persons(index.heading + file.readline())
            if faults:
                raise _broken(faults[0], line=_line_at(file, place))
        return rows[0].facts

    def changes_since(self, day: date) -> list[RegisteredPerson]:
        """Return everybody who changed on the day or later; lines that cannot be read are left out."""
        found: list[RegisteredPerson] = []
        with self._opened() as file:
            index = self._indexed(file)
            changed = _lines_changed_since(file, index, day)
            while lines := list(islice(changed, _LINES_PER_PART)):
                rows, _faults = exchange.read_persons(index.heading + b"".join(lines))
                found += (row.facts for row in rows)
        return found

    def check(self) -> tuple[int, list[Fault]]:
        """Return how many lines can be used, and every fault."""
        count, found = 0, []
        with self._opened() as file:
            faults = exchange.heading_faults(file.readline())
            if faults:
                return 0, faults
            file.seek(0)
            heading = self._indexed(file).heading
            for rows, faults in exchange.read_parts(heading, _parts(file)):
                count += len(rows)
                found += faults
        return count, found

    def _opened(self) -> BinaryIO:
        try:
            return self._path.open("rb")
        except OSError as fault:
            raise Refused([Problem("register_unreadable", UNREADABLE)]) from fault

    def _indexed(self, file: BinaryIO) -> _Index:
        status = os.fstat(file.fileno())
        stamp = status.st_mtime_ns, status.st_size
        if self._index is None or self._index.stamp != stamp:
            self._index = _made_index(file, stamp)
        return self._index


@functools.cache
def _file_register(path: Path) -> FileRegister:
    return FileRegister(path)


def _made_index(file: BinaryIO, stamp: tuple[int, int]) -> _Index:
    """Read the file through once: sixteen bytes are kept for each line."""
    file.seek(0)
    heading = file.readline()
    faults = exchange.heading_faults(heading)
    if faults:
        raise _broken(faults[0], line=faults[0].line)
    keys, unreadable, place = [], 0, len(heading)
    for line in file:
        if found := exchange.NUMBER_FIRST.match(line):
            keys.append(int(found[1] + found[2]) << _PLACE_BITS | place)
        elif line.strip():
            unreadable += 1
        place += len(line)
    if unreadable:
        _log.warning("The population register has %s lines without a number.", unreadable)
    keys.sort()
    return _Index(
        stamp=stamp,
        heading=heading.rstrip(b"\r\n") + b"\n",
        numbers=array("Q", (key >> _PLACE_BITS for key in keys)),
        places=array("Q", (key & (1 << _PLACE_BITS) - 1 for key in keys)),
    )


def _lines_changed_since(file: BinaryIO, index: _Index, day: date) -> Iterator[bytes]:
    """Yield the lines that hold, one per number, and that changed on the day or later."""
    file.seek(0)
    place, since = len(file.readline()), day.isoformat()
    changed_on = exchange.read_changed_on(index.heading)
    for line in file:
        number = exchange.NUMBER_FIRST.match(line) if changed_on(line) >= since else None
        if number and index.last_place(int(number[1] + number[2])) == place:
            yield line
        place += len(line)


def _parts(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines below the heading in parts, each with the number of its first line."""
    file.seek(0)
    file.readline()
    line = 2
    while lines := list(islice(file, _LINES_PER_PART)):
        yield line, b"".join(lines)
        line += len(lines)


def _line_at(file: BinaryIO, place: int) -> int:
    file.seek(0)
    return file.read(place).count(b"\n") + 1


def _broken(fault: Fault, *, line: int) -> Refused:
    reason = Problem(fault.code, fault.message, "", fault.values)
    return Refused([Problem("register_broken", BROKEN, "", {"line": line, "reason": reason})])
