"""Performed services as CSV: text to facts, and every fault with its line."""

import re
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.csv_rows import Cells, Fault, Key, Row, read_rows
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

REGISTRATIONS = "registrations.csv"
COLUMNS = ("period", "unit", "client", "service", "quantity")

_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_MONTH = re.compile(r"([0-9]{4})-?(0[1-9]|1[0-2])")

NOT_A_MONTH = _("%(text)s is not a month. Write it as 2025-03.")


@dataclass(frozen=True)
class RegistrationFacts:
    """A line: what a unit, by its number, did for a client in a month, the figure as it is written.

    `client` is a personal number or a client's number; `month` is None where it could not be read.
    """

    period: str
    month: date | None
    unit: str
    client: str
    service: str
    quantity: str

    @property
    def key(self) -> Key:
        """There is one figure for each."""
        return self.month, self.unit, self.client, self.service


Registrations = dict[Key, Row[RegistrationFacts]]


def read_registrations(file: str, content: bytes) -> tuple[Registrations, list[Fault]]:
    """Return the lines of a file, and what is wrong in it, in the order of the lines.

    Source: spec CF-11.
    """
    found: Registrations = {}
    faults: list[Fault] = []
    read_rows(file, content, _registration, found, faults, _check, columns=COLUMNS)
    return found, faults


def read_month(text: str) -> date | None:
    """Return the first day of a month written as 2025-03 or 202503, None for anything else.

    A year that no fee is of is a slip of the keyboard; it would have no month before or after it.
    Source: spec CF-11.
    """
    found = _MONTH.fullmatch(text.strip())
    if found is None or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        return None
    return date(int(found[1]), int(found[2]), 1)


def _registration(cells: Cells) -> RegistrationFacts:
    for column in COLUMNS:
        cells.filled(column)
    return RegistrationFacts(
        period=cells.text("period"),
        month=read_month(cells.text("period")),
        unit=cells.text("unit"),
        client=cells.text("client").upper(),
        service=cells.text("service"),
        quantity=cells.text("quantity"),
    )


def _check(facts: RegistrationFacts) -> list[Problem]:
    if facts.month is None:
        return [Problem("not_a_month", NOT_A_MONTH, "period", {"text": facts.period})]
    return []
