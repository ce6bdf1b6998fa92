"""Patient categories as CSV: text to facts, and every fault with its file and line."""

from kvitt.foundation.values.csv_rows import Cells, Fault, Key, Row, read_rows
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules import category as rules

CATEGORIES = "categories.csv"
COLUMNS = ("support", "code", "name", "valid_years", "first_on", "last_on")
OPTIONAL = ("valid_years", "last_on")

Categories = dict[Key, Row[rules.CategoryFacts]]


def read_categories(content: bytes) -> tuple[Categories, list[Fault]]:
    """Return the categories of a file by code, and what is wrong in it, in the order of the lines.

    Source: spec SC-1a.
    """
    found: Categories = {}
    faults: list[Fault] = []
    read_rows(
        CATEGORIES,
        content,
        _category,
        found,
        faults,
        rules.check_category,
        columns=COLUMNS,
        optional=OPTIONAL,
    )
    return found, faults


def _category(cells: Cells) -> rules.CategoryFacts:
    return rules.CategoryFacts(
        support=cells.choice("support", SupportType),
        code=rules.normalise_code(cells.text("code")),
        name=cells.text("name"),
        first_on=cells.day("first_on"),
        last_on=cells.last_day("last_on"),
        valid_years=cells.count("valid_years"),
    )
