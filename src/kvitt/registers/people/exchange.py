"""The population register as a file: lines of CSV to persons, and every fault with its line.

The format is described in docs/formats/population-register.md.
"""

import csv
import re
from collections.abc import Callable, Iterator
from typing import TypedDict

from kvitt.foundation.values.csv_rows import SEPARATORS, Cells, Fault, Key, Row, read_rows
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.people.lifecycle import CivilStatus
from kvitt.registers.people.rules import RegisteredPerson, check_registered

FILE = "population_register.csv"
COLUMNS = (
    "number",
    "given_name",
    "family_name",
    "protected",
    "care_of",
    "street",
    "postcode",
    "town",
    "country",
    "moved_on",
    "municipality_code",
    "parish_code",
    "civil_status",
    "died_on",
    "changed_on",
)
OPTIONAL = tuple(column for column in COLUMNS if column not in {"number", "changed_on"})
# What a line begins with, so that a file is searched without being read cell by cell.
NUMBER_FIRST = re.compile(rb'"?([0-9]{8})-?([0-9]{4})"?(?=[,;\t\r\n]|$)')
_NUMBER = re.compile(r"[0-9]{8}-?[0-9]{4}")
_YES = {"": False, "no": False, "yes": True}


class _Where(TypedDict):
    care_of: str
    street: str
    postcode: str
    town: str
    country: str
    municipality_code: str
    parish_code: str


def heading_faults(heading: bytes) -> list[Fault]:
    """Return what is wrong with the first line: names of columns, the number first.

    Source: spec CO-12.
    """
    _rows, faults = read_persons(heading)
    first = re.split(f"[{SEPARATORS}]", heading.decode("utf-8-sig", "replace"), maxsplit=1)[0]
    if not faults and first.strip().strip('"').lower() != COLUMNS[0]:
        message = _("The first column is %(column)s, so that a person is found fast. Move it there.")
        faults = [Fault("number_not_first", message, "", {"column": COLUMNS[0]}, FILE, 1)]
    return faults


def read_persons(content: bytes) -> tuple[list[Row[RegisteredPerson]], list[Fault]]:
    """Return the persons of these lines, a heading first, and what is wrong in them.

    Source: spec CO-12.
    """
    found: dict[Key, Row[RegisteredPerson]] = {}
    faults: list[Fault] = []
    read_rows(FILE, content, _person, found, faults, check_registered, columns=COLUMNS, optional=OPTIONAL)
    return list(found.values()), faults


def read_changed_on(heading: bytes) -> Callable[[bytes], str]:
    """Return what reads when a line changed, as it is written, and nothing else of the line.

    Source: spec CO-12.
    """
    first = heading.decode("utf-8-sig", "replace")
    separator = max(SEPARATORS, key=first.count)
    names = [name.strip().strip('"').lower() for name in first.split(separator)]
    place = names.index("changed_on")

    def changed_on(line: bytes) -> str:
        cells = next(csv.reader((line.decode("utf-8", "replace"),), delimiter=separator), [])
        return cells[place].strip() if len(cells) > place else ""

    return changed_on


def read_parts(
    heading: bytes, parts: Iterator[tuple[int, bytes]]
) -> Iterator[tuple[list[Row[RegisteredPerson]], list[Fault]]]:
    """Read a large file in parts: each the number of its first line and its lines.

    Source: spec CO-12.
    """
    for line, content in parts:
        rows, faults = read_persons(heading.rstrip(b"\r\n") + b"\n" + content)
        yield (
            [Row(row.file, row.line + line - 2, row.facts) for row in rows],
            [
                Fault(
                    fault.code,
                    fault.message,
                    fault.field,
                    _moved(fault, line - 2),
                    fault.file,
                    fault.line + line - 2,
                )
                for fault in faults
            ],
        )


def _moved(fault: Fault, lines: int) -> dict[str, object]:
    values = dict(fault.values)
    if isinstance(line := values.get("line"), int):
        values["line"] = line + lines
    return values


def _person(cells: Cells) -> RegisteredPerson:
    is_protected = _is_protected(cells)
    status = cells.choice("civil_status", CivilStatus) if cells.text("civil_status") else None
    return RegisteredPerson(
        number=_number(cells),
        given_name=cells.text("given_name"),
        family_name=cells.text("family_name"),
        is_protected=is_protected,
        changed_on=cells.day("changed_on"),
        civil_status=status,
        died_on=cells.last_day("died_on"),
        moved_on=None if is_protected else cells.last_day("moved_on"),
        **_where(cells, is_protected=is_protected),
    )


def _where(cells: Cells, *, is_protected: bool) -> _Where:
    """Return where a person lives, nothing at all of one who is protected."""

    def text(column: str) -> str:
        return "" if is_protected else cells.text(column)

    return _Where(
        care_of=text("care_of"),
        street=text("street"),
        postcode=text("postcode"),
        town=text("town"),
        country=text("country"),
        municipality_code=text("municipality_code"),
        parish_code=text("parish_code"),
    )


def _number(cells: Cells) -> str:
    written = cells.text("number")
    if not _NUMBER.fullmatch(written):
        message = _("The number has not twelve digits. Write it as YYYYMMDDNNNN.")
        cells.problems.append(Problem("bad_number", message, "number"))
    return written.replace("-", "")


def _is_protected(cells: Cells) -> bool:
    written = cells.text("protected").lower()
    if written not in _YES:
        message = _("%(text)s is neither yes nor no. Write one of them.")
        cells.problems.append(Problem("not_yes_or_no", message, "protected", {"text": written}))
    # What cannot be read protects rather than tells.
    return _YES.get(written, True)
