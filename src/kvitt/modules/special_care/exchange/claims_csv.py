"""Claims as CSV: one row for each procedure, patient fee or credit, with its claim repeated in each."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from kvitt.foundation.values import csv_rows, money
from kvitt.modules.special_care.exchange.guard import LARGEST_ENTRY, Guard
from kvitt.modules.special_care.exchange.schema_faults import entry_fault
from kvitt.modules.special_care.exchange.written import SUPPORTS, claim_of, line_of, place_of
from kvitt.modules.special_care.rules.facts import FEE_CODE, CardFacts, LineFacts
from kvitt.modules.special_care.rules.faults import Fault
from kvitt.modules.special_care.rules.files import BadEntry, Entry, FileClaim, FileCredit, FileRefused

ROW_TYPES = ("line", "fee", "credit")
# The columns of a claim: the same in all its rows, or empty after the first.
CLAIM_COLUMNS = (
    "clinic",
    "invoice",
    "county",
    "reference",
    "support",
    "personal_number",
    "certificate_number",
    "preauthorization",
    "care_model",
    "category",
    "card_number",
    "card_first",
    "card_last",
    "claim_comment",
)
COLUMNS = ("row", *CLAIM_COLUMNS, "date", "code", "location", "amount", "comment")
REQUIRED = frozenset({"row", "clinic", "invoice", "reference", "support", "personal_number", "date", "code"})
OPTIONAL = frozenset(COLUMNS) - REQUIRED
# What is longer is told of by the format, not by a rule.
LONGEST = {
    "clinic": 100,
    "invoice": 100,
    "county": 100,
    "reference": 200,
    "personal_number": 200,
    "certificate_number": 20,
    "preauthorization": 20,
    "care_model": 200,
    "category": 5,
    "card_number": 200,
    "claim_comment": 2_000,
    "code": 10,
    "location": 10,
}
_LONGEST_TEXT = 40
_LONGEST_AMOUNT = 20
_DAY = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")

Values = Mapping[str, str]


def read_csv(content: Guard) -> Iterator[Entry]:
    """Yield the entries of a file, in its order; rows of one claim stand together. Raises FileRefused.

    Source: spec SC-12, SC-13, QU-16.
    """
    claim: _Claim | None = None
    number = 0
    for line, values in _rows(content):
        is_credit = values["row"].lower() == "credit"
        if claim is not None and not is_credit and claim.takes(values):
            claim.add(line, values)
            continue
        if claim is not None:
            yield claim.entry()
        content.finish_entry(line)
        number += 1
        claim = None if is_credit else _Claim(number, line, values)
        if is_credit:
            yield _credit(number, line, values)
    if claim is not None:
        yield claim.entry()


class _Claim:
    """A claim as its rows are read."""

    def __init__(self, number: int, line: int, values: Values) -> None:
        self._values = values
        self._place = place_of(number, line, values["clinic"], values["reference"], values["personal_number"])
        self._lines: list[LineFacts] = []
        self._places: list[int] = []
        self._faults = _length_faults(line, values)
        if values["support"].upper() not in SUPPORTS:
            self._faults.append(_choice_fault(line, "support", values["support"], SUPPORTS))
        self._card = self._read_card(line)
        self._add_line(line, values)

    def takes(self, values: Values) -> bool:
        """Tell whether a row is of this claim: the reference is repeated, without one the patient."""
        mine = self._values
        name = "reference" if mine["reference"] else "personal_number"
        return (
            values["reference"] == mine["reference"]
            and values[name] == mine[name]
            and all(values[each] in {"", mine[each]} for each in ("clinic", "invoice", "county"))
        )

    def add(self, line: int, values: Values) -> None:
        """Add a row."""
        self._faults += [
            entry_fault("differs", line, name, text=values[name][:_LONGEST_TEXT])
            for name in CLAIM_COLUMNS
            if values[name] not in {"", self._values[name]}
        ]
        self._faults += _length_faults(line, {name: values[name] for name in ("code", "location")})
        self._add_line(line, values)

    def entry(self) -> Entry:
        """Return the claim, or what is wrong with it."""
        if self._faults:
            return BadEntry(self._place, self._faults)
        values = self._values
        written = {
            "reference": values["reference"],
            "support": values["support"].upper(),
            "certificateNumber": values["certificate_number"],
            "preauthorization": values["preauthorization"],
            "careModel": values["care_model"],
            "category": values["category"],
        }
        facts = claim_of(written, self._card, self._lines, values["invoice"], values["county"])
        return FileClaim(self._place, facts, self._places, values["claim_comment"])

    def _read_card(self, line: int) -> CardFacts | None:
        number, first, last = (self._values[name] for name in ("card_number", "card_first", "card_last"))
        if not (number or first or last):
            return None
        return CardFacts(number, self._day(line, "card_first", first), self._day(line, "card_last", last))

    def _add_line(self, line: int, values: Values) -> None:
        kind = values["row"].lower()
        if kind not in ROW_TYPES:
            self._faults.append(_choice_fault(line, "row", values["row"], ROW_TYPES))
        if not values["date"]:
            self._faults.append(entry_fault("empty", line, "date"))
        day = self._day(line, "date", values["date"])
        code = FEE_CODE if kind == "fee" else values["code"]
        if not code:
            self._faults.append(entry_fault("empty", line, "code"))
        price = self._amount(line, values["amount"])
        if day is not None:
            self._lines.append(line_of(day, code, values["location"], price, values["comment"]))
            self._places.append(line)

    def _day(self, line: int, name: str, text: str) -> date | None:
        if not text:
            return None
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self._faults.append(entry_fault("not_a_date", line, name, text=text[:_LONGEST_TEXT]))
        return None

    def _amount(self, line: int, text: str) -> int | None:
        if not text:
            return None
        try:
            if len(text) <= _LONGEST_AMOUNT:
                return money.parse_kronor(text)
        except ValueError:
            pass
        self._faults.append(entry_fault("not_an_amount", line, "amount", text=text[:_LONGEST_TEXT]))
        return None


def _credit(number: int, line: int, values: Values) -> Entry:
    """Return a credit, or what is wrong with it."""
    place = place_of(number, line, values["clinic"], values["reference"])
    faults = _length_faults(line, values)
    return BadEntry(place, faults) if faults else FileCredit(place)


def _length_faults(line: int, values: Values) -> list[Fault]:
    return [
        entry_fault("too_long", line, name, text=values[name][:_LONGEST_TEXT], longest=longest)
        for name, longest in LONGEST.items()
        if len(values.get(name, "")) > longest
    ]


def _choice_fault(line: int, name: str, text: str, choices: Iterable[str]) -> Fault:
    if not text:
        return entry_fault("empty", line, name)
    return entry_fault("not_a_choice", line, name, text=text[:_LONGEST_TEXT], choices=", ".join(choices))


def _rows(content: Guard) -> Iterator[tuple[int, Values]]:
    """Yield each row with the line that it begins on, its values by column; empty rows are passed over."""
    heading: list[str] = []
    width = 0
    for line, cells in _cells(content):
        if not heading:
            width = len(cells)
            while not cells[-1]:
                cells.pop()
            heading = [cell.lower() for cell in cells]
            _ensure_heading(heading)
            missing = dict.fromkeys(COLUMNS, "")
            continue
        # What is beyond the heading is empty there, and so it is here: else a separator is too many.
        if len(cells) != width or any(cells[len(heading) :]):
            raise FileRefused("file_wrong_cells", {"line": line, "found": len(cells), "wanted": width})
        yield line, missing | dict(zip(heading, cells, strict=False))


def _ensure_heading(heading: list[str]) -> None:
    """Raise FileRefused unless the first row names the columns."""
    for problem in csv_rows.heading_problems(heading, COLUMNS, OPTIONAL):
        raise FileRefused(f"file_{problem.code}", problem.values)


def _cells(content: Guard) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each row that is not empty begins, and its cells with single spaces."""
    buffered = io.BufferedReader(content)  # type: ignore[type-var]
    text = io.TextIOWrapper(buffered, encoding="utf-8-sig", newline="")
    line = 1
    try:
        reader = csv.reader(text, delimiter=_separator(content.head), strict=True)
        for row in reader:
            cells = [" ".join(cell.split()) for cell in row]
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except UnicodeDecodeError:
        raise FileRefused("file_not_utf8", {"line": line}) from None
    except csv.Error as fault:
        is_endless = "larger than field limit" in str(fault)
        code = "file_too_large_entry" if is_endless else "file_not_csv"
        raise FileRefused(code, {"line": line, "longest": LARGEST_ENTRY}) from None


def _separator(head: bytes) -> str:
    """Return whichever of comma, semicolon and tab the first line has most of."""
    first = next((line for line in head.splitlines() if line.strip()), b"")
    return max(csv_rows.SEPARATORS, key=lambda each: first.count(each.encode()))
