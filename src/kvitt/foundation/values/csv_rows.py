"""Tables as CSV, as people and spreadsheets write them: lines to typed values, every fault with its line."""

import csv
import io
import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from kvitt.foundation.values import money
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

SEPARATORS = ",;\t"
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_COUNT = re.compile(r"^[0-9]{1,9}$")

EMPTY_FILE = _("The file is empty. Its first line names the columns: %(columns)s.")
NOT_UTF8 = _("The file is not in UTF-8. Save it anew as CSV UTF-8.")
NOT_CSV = _("The line cannot be read as CSV. Check the quotation marks.")
MISSING_COLUMN = _("The column %(column)s is missing. The columns are %(columns)s.")
UNKNOWN_COLUMN = _("There is no column %(column)s. The columns are %(columns)s.")
COLUMN_TWICE = _("The column %(column)s stands twice. Remove one of them.")
WRONG_LENGTH = _("The line has %(found)s cells where the heading has %(wanted)s. Check the separators.")
SAME_ROW = _("The line says the same as line %(line)s. Keep one of them.")
EMPTY_CELL = _("The cell is empty. Write a value.")
NOT_A_CHOICE = _("%(text)s is not one of %(choices)s. Write one of them.")
NOT_A_DATE = _("%(text)s is not a date. Write it as 2025-03-20.")
NOT_A_COUNT = _("%(text)s is not a whole number. Write it with digits.")
NOT_AN_AMOUNT = _("%(text)s is not an amount. Write kronor with at most two decimals: 1235,50.")

Key = tuple[object, ...]


class Keyed(Protocol):
    """Facts of which there is one per key."""

    @property
    def key(self) -> Key:
        """What there is one of."""


Choice = TypeVar("Choice", bound=Labelled)
Facts = TypeVar("Facts", bound=Keyed)


@dataclass(frozen=True)
class Fault(Problem):
    """A problem at a line of a file, counted from 1; line 0 is the file as a whole."""

    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Row(Generic[Facts]):
    """A line that could be read."""

    file: str
    line: int
    facts: Facts

    def faults(self, problems: list[Problem]) -> list[Fault]:
        """Return what is wrong with these facts, at their line."""
        return [at_line(self.file, self.line, problem) for problem in problems]


class Cells:
    """The cells of one line by column, read as typed values; what is wrong is collected.

    A value that cannot be read is answered with one that can, and never leaves this module.
    """

    def __init__(self, cells: Mapping[str, str]) -> None:
        """Read this line."""
        self.cells = cells
        self.problems: list[Problem] = []

    def text(self, column: str) -> str:
        """Return what is written."""
        return self.cells[column]

    def choice(self, column: str, choices: type[Choice]) -> Choice:
        """Return the one of the choices that is written."""
        text = self.filled(column)
        found = next((member for member in choices if member.value == text.lower()), None)
        if text and found is None:
            names = ", ".join(member.value for member in choices)
            self._wrong("not_a_choice", NOT_A_CHOICE, column, {"text": text, "choices": names})
        return found or next(iter(choices))

    def count(self, column: str) -> int | None:
        """Return a whole number, None where nothing is written."""
        text = self.cells[column]
        if text and not _COUNT.match(text):
            self._wrong("not_a_count", NOT_A_COUNT, column, {"text": text})
            return None
        return int(text) if text else None

    def day(self, column: str) -> date:
        """Return a date, which must be written."""
        return (self.last_day(column) if self.filled(column) else None) or date.min

    def last_day(self, column: str) -> date | None:
        """Return a date, None where nothing is written."""
        text = self.cells[column]
        try:
            if _DATE.match(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        if text:
            self._wrong("not_a_date", NOT_A_DATE, column, {"text": text})
        return None

    def amount(self, column: str) -> int:
        """Return the öre of what is written in kronor."""
        text = self.filled(column)
        try:
            return money.parse_kronor(text) if text else 0
        except ValueError:
            self._wrong("not_an_amount", NOT_AN_AMOUNT, column, {"text": text})
            return 0

    def number(self, column: str) -> int:
        """Return a whole number, which must be written."""
        return (self.count(column) if self.filled(column) else None) or 0

    def filled(self, column: str) -> str:
        """Return what is written, which must be something."""
        if not self.cells[column]:
            self._wrong("empty_cell", EMPTY_CELL, column, {})
        return self.cells[column]

    def _wrong(self, code: str, message: str, column: str, values: Mapping[str, object]) -> None:
        self.problems.append(Problem(code, message, column, values))


def read_rows(
    file: str,
    content: bytes,
    make: Callable[[Cells], Facts],
    found: dict[Key, Row[Facts]],
    faults: list[Fault],
    check: Callable[[Facts], list[Problem]] | None = None,
    *,
    columns: tuple[str, ...],
    optional: Container[str] = (),
) -> None:
    """Read one file into what is found; what is wrong goes to the faults, in the order of the lines."""
    for line, cells in _lines(file, content, faults, columns, optional):
        read = Cells(cells)
        facts = make(read)
        problems = read.problems or (check(facts) if check else [])
        if not problems and facts.key in found:
            problems = [Problem("same_row", SAME_ROW, "", {"line": found[facts.key].line})]
        faults.extend(at_line(file, line, problem) for problem in problems)
        if not problems:
            found[facts.key] = Row(file, line, facts)


def _lines(
    file: str, content: bytes, faults: list[Fault], columns: tuple[str, ...], optional: Container[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the cells of each line below the heading; empty lines are passed over."""
    heading: list[str] = []
    try:
        for line, cells in _cells(_text(content)):
            if not heading:
                heading = [cell.lower() for cell in cells]
                problems = heading_problems(heading, columns, optional)
                faults.extend(at_line(file, line, problem) for problem in problems)
                if problems:
                    return
            elif len(cells) != len(heading):
                length = Problem(
                    "wrong_length", WRONG_LENGTH, "", {"found": len(cells), "wanted": len(heading)}
                )
                faults.append(at_line(file, line, length))
            else:
                yield line, dict.fromkeys(columns, "") | dict(zip(heading, cells, strict=True))
    except _UnreadableError as unreadable:
        faults.append(at_line(file, unreadable.line, unreadable.problem))
    else:
        if not heading:
            faults.append(Fault("empty_file", EMPTY_FILE, "", {"columns": ", ".join(columns)}, file))


class _UnreadableError(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, line: int, problem: Problem) -> None:
        self.line = line
        self.problem = problem
        super().__init__(str(problem))


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
        place = text.index("\0") if "\0" in text else -1
        line = text.count("\n", 0, max(place, 0)) + 1
    except UnicodeDecodeError as fault:
        text, place, line = "", fault.start, content.count(b"\n", 0, fault.start) + 1
    if place >= 0:
        raise _UnreadableError(line, Problem("not_utf8", NOT_UTF8))
    return text


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line that is not empty, its cells with single spaces, without empty ones beyond the heading.

    The separator is whichever of comma, semicolon (Excel in Sweden) and tab the heading has most of.
    """
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    width = line = 0
    try:
        for raw in reader:
            line, number = reader.line_num, line + 1
            cells = [" ".join(cell.split()) for cell in raw]
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if any(cells):
                width = width or len(cells)
                yield number, cells
    except csv.Error as fault:
        raise _UnreadableError(line + 1, Problem("not_csv", NOT_CSV)) from fault


def heading_problems(heading: list[str], columns: tuple[str, ...], optional: Container[str]) -> list[Problem]:
    """Say which columns are unknown, twice there or missing."""
    wanted = ", ".join(columns)
    problems = []
    for column in dict.fromkeys(heading):
        if column not in columns:
            values = {"column": column or '""', "columns": wanted}
            problems.append(Problem("unknown_column", UNKNOWN_COLUMN, "", values))
        elif heading.count(column) > 1:
            problems.append(Problem("column_twice", COLUMN_TWICE, "", {"column": column}))
    missing = (column for column in columns if column not in heading)
    problems.extend(
        Problem("missing_column", MISSING_COLUMN, "", {"column": column, "columns": wanted})
        for column in missing
        if column not in optional
    )
    return problems


def at_line(file: str, line: int, problem: Problem) -> Fault:
    """Return the problem at its place in the file."""
    return Fault(problem.code, problem.message, problem.field, problem.values, file, line)
