"""Account strings as CSV: text to facts, and every fault with its line."""

from kvitt.foundation.values.csv_rows import Cells, Fault, Key, Row, read_rows
from kvitt.foundation.values.dates import Period
from kvitt.registers.accounting import rules
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists.rules import normalise_code

STRINGS = "account_strings.csv"
COLUMNS = ("use", "scheme", "code", "account", "cost_centre", "activity", "first_on", "last_on")
OPTIONAL = ("scheme", "code", "cost_centre", "activity", "last_on")


def read_strings(content: bytes) -> tuple[list[Row[rules.DatedString]], list[Fault]]:
    """Return the account strings of a file in the order of their first days, and what is wrong in it.

    Source: spec SC-23.
    """
    found: dict[Key, Row[rules.DatedString]] = {}
    faults: list[Fault] = []
    read_rows(STRINGS, content, _string, found, faults, columns=COLUMNS, optional=OPTIONAL)
    return sorted(found.values(), key=_first), faults


def _first(row: Row[rules.DatedString]) -> tuple[object, int]:
    return row.facts.period.first, row.line


def _string(cells: Cells) -> rules.DatedString:
    scheme = cells.choice("scheme", Scheme).value if cells.text("scheme") else ""
    return rules.DatedString(
        wanted=(cells.choice("use", AccountUse), scheme, normalise_code(cells.text("code"))),
        period=Period(cells.day("first_on"), cells.last_day("last_on")),
        facts=rules.AccountStringFacts(
            cells.text("account"), cells.text("cost_centre"), cells.text("activity")
        ),
    )
