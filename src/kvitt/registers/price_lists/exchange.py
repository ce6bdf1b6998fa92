"""The price list as CSV: text to facts, and every fault with its file and line."""

import csv
import io
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Protocol, TypeVar

from kvitt.foundation.values import money
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.parameters import shipped_parameters
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists import rules
from kvitt.registers.price_lists.lifecycle import (
    CombinationScope,
    Demand,
    Dentition,
    Participants,
    PreauthorizationNeed,
    Pricing,
)

CODES, PRICES, COMBINATIONS, PARAMETERS = "codes.csv", "prices.csv", "combinations.csv", "parameters.csv"
COLUMNS: dict[str, tuple[str, ...]] = {
    CODES: (
        *("module", "code", "name", "tooth", "jaw", "surface", "dentition", "preauthorization"),
        *("from_count", "max_per_period", "min_age", "max_age", "pricing", "first_on", "last_on"),
        "participants",
    ),
    PRICES: ("module", "code", "first_on", "amount"),
    COMBINATIONS: ("module", "code", "other_code", "scope", "first_on", "last_on"),
    PARAMETERS: ("name", "first_on", "value", "source"),
}
# What a file made before there were activities does not have.
OPTIONAL: dict[str, tuple[str, ...]] = {CODES: ("participants",)}
SEPARATORS = ",;\t"
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_COUNT = re.compile(r"^[0-9]{1,9}$")

UNKNOWN_FILE = _("The file is not known. The files are called %(names)s.")
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
        return [_at(self.file, self.line, problem) for problem in problems]


@dataclass
class Catalogue:
    """What the files hold, by key."""

    items: dict[Key, Row[rules.ItemFacts]] = field(default_factory=dict)
    prices: dict[Key, Row[rules.PriceFacts]] = field(default_factory=dict)
    combinations: dict[Key, Row[rules.CombinationFacts]] = field(default_factory=dict)
    parameters: dict[Key, Row[rules.ParameterFacts]] = field(default_factory=dict)


def read_catalogue(files: Mapping[str, bytes]) -> tuple[Catalogue, list[Fault]]:
    """Return what the files say, by name of the file, and what is wrong in them.

    Whether a price's code exists is not known here: `rules.check_price` is asked when that is.
    Source: spec CO-16
    """
    catalogue, faults = Catalogue(), list[Fault]()
    for name, content in files.items():
        file = name.lower()
        if file == CODES:
            _read(file, content, _item, catalogue.items, faults, rules.check_item)
        elif file == PRICES:
            _read(file, content, _price, catalogue.prices, faults)
        elif file == COMBINATIONS:
            _read(file, content, _combination, catalogue.combinations, faults)
        elif file == PARAMETERS:
            _read(file, content, _parameter, catalogue.parameters, faults, rules.check_parameter_value)
        else:
            faults.append(Fault("unknown_file", UNKNOWN_FILE, "", {"names": ", ".join(COLUMNS)}, name))
    return catalogue, faults


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults by file and line, as one reads the files."""
    return sorted(faults, key=lambda fault: (fault.file, fault.line))


class _Cells:
    """The cells of one line by column, read as typed values; what is wrong is collected.

    A value that cannot be read is answered with one that can, and never leaves this module.
    """

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells = cells
        self.problems: list[Problem] = []

    def text(self, column: str) -> str:
        return self.cells[column]

    def choice(self, column: str, choices: type[Choice]) -> Choice:
        text = self._filled(column)
        found = next((member for member in choices if member.value == text.lower()), None)
        if text and found is None:
            names = ", ".join(member.value for member in choices)
            self._wrong("not_a_choice", NOT_A_CHOICE, column, {"text": text, "choices": names})
        return found or next(iter(choices))

    def count(self, column: str) -> int | None:
        text = self.cells[column]
        if text and not _COUNT.match(text):
            self._wrong("not_a_count", NOT_A_COUNT, column, {"text": text})
            return None
        return int(text) if text else None

    def day(self, column: str) -> date:
        return (self.last_day(column) if self._filled(column) else None) or date.min

    def last_day(self, column: str) -> date | None:
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
        text = self._filled(column)
        try:
            return money.parse_kronor(text) if text else 0
        except ValueError:
            self._wrong("not_an_amount", NOT_AN_AMOUNT, column, {"text": text})
            return 0

    def number(self, column: str) -> int:
        return (self.count(column) if self._filled(column) else None) or 0

    def _filled(self, column: str) -> str:
        if not self.cells[column]:
            self._wrong("empty_cell", EMPTY_CELL, column, {})
        return self.cells[column]

    def _wrong(self, code: str, message: str, column: str, values: Mapping[str, object]) -> None:
        self.problems.append(Problem(code, message, column, values))


def _item(cells: _Cells) -> rules.ItemFacts:
    return rules.ItemFacts(
        module=cells.choice("module", Scheme),
        code=rules.normalise_code(cells.text("code")),
        name=cells.text("name"),
        tooth=cells.choice("tooth", Demand),
        jaw=cells.choice("jaw", Demand),
        surface=cells.choice("surface", Demand),
        dentition=cells.choice("dentition", Dentition),
        preauthorization=cells.choice("preauthorization", PreauthorizationNeed),
        from_count=cells.count("from_count"),
        max_per_period=cells.count("max_per_period"),
        min_age=cells.count("min_age"),
        max_age=cells.count("max_age"),
        pricing=cells.choice("pricing", Pricing),
        first_on=cells.day("first_on"),
        last_on=cells.last_day("last_on"),
        participants=_participants(cells),
    )


def _participants(cells: _Cells) -> Participants:
    """Of a code for activities it is always said, so that an old file takes nothing back; else it is none."""
    is_activity = cells.text("module").lower() == Scheme.POPULATION_HEALTH
    if is_activity or cells.text("participants"):
        return cells.choice("participants", Participants)
    return Participants.NONE


def _price(cells: _Cells) -> rules.PriceFacts:
    return rules.PriceFacts(
        module=cells.choice("module", Scheme),
        code=rules.normalise_code(cells.text("code")),
        first_on=cells.day("first_on"),
        amount=cells.amount("amount"),
    )


def _combination(cells: _Cells) -> rules.CombinationFacts:
    return rules.CombinationFacts(
        module=cells.choice("module", Scheme),
        code=rules.normalise_code(cells.text("code")),
        other_code=rules.normalise_code(cells.text("other_code")),
        scope=cells.choice("scope", CombinationScope),
        first_on=cells.day("first_on"),
        last_on=cells.last_day("last_on"),
    )


def _parameter(cells: _Cells) -> rules.ParameterFacts:
    """Amounts are kronor in a file, as everywhere that people write them."""
    parameter = shipped_parameters().get(cells.text("name"))
    is_amount = parameter is not None and parameter.unit == "öre"
    return rules.ParameterFacts(
        name=cells.text("name"),
        first_on=cells.day("first_on"),
        value=cells.amount("value") if is_amount else cells.number("value"),
        source=cells.text("source"),
    )


def _read(
    file: str,
    content: bytes,
    make: Callable[[_Cells], Facts],
    found: dict[Key, Row[Facts]],
    faults: list[Fault],
    check: Callable[[Facts], list[Problem]] | None = None,
) -> None:
    """Read one file into what is found; what is wrong goes to the faults, in the order of the lines."""
    for line, cells in _lines(file, content, faults):
        read = _Cells(cells)
        facts = make(read)
        problems = read.problems or (check(facts) if check else [])
        if not problems and facts.key in found:
            problems = [Problem("same_row", SAME_ROW, "", {"line": found[facts.key].line})]
        faults.extend(_at(file, line, problem) for problem in problems)
        if not problems:
            found[facts.key] = Row(file, line, facts)


def _lines(file: str, content: bytes, faults: list[Fault]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the cells of each line below the heading; empty lines are passed over."""
    heading: list[str] = []
    try:
        for line, cells in _cells(_text(content)):
            if not heading:
                heading = [cell.lower() for cell in cells]
                problems = _heading_problems(heading, COLUMNS[file], OPTIONAL.get(file, ()))
                faults.extend(_at(file, line, problem) for problem in problems)
                if problems:
                    return
            elif len(cells) != len(heading):
                length = Problem(
                    "wrong_length", WRONG_LENGTH, "", {"found": len(cells), "wanted": len(heading)}
                )
                faults.append(_at(file, line, length))
            else:
                yield line, dict.fromkeys(COLUMNS[file], "") | dict(zip(heading, cells, strict=True))
    except _UnreadableError as unreadable:
        faults.append(_at(file, unreadable.line, unreadable.problem))
    else:
        if not heading:
            faults.append(Fault("empty_file", EMPTY_FILE, "", {"columns": ", ".join(COLUMNS[file])}, file))


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


def _heading_problems(
    heading: list[str], columns: tuple[str, ...], optional: Container[str]
) -> list[Problem]:
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


def _at(file: str, line: int, problem: Problem) -> Fault:
    return Fault(problem.code, problem.message, problem.field, problem.values, file, line)
