"""No person's number stands in the repository: only Skatteverket's published test numbers do.

Those have the serials 980-981 for people born before 2000, 238-239 after; coordination numbers likewise.
"""

import re
from datetime import date
from pathlib import Path

from kvitt.foundation.values.identity import is_valid_luhn

ROOT = Path(__file__).parents[2]
FOLDERS = ("bench", "docs", "src", "tests", "tools")
ENDINGS = {".csv", ".html", ".js", ".json", ".md", ".po", ".py", ".toml", ".txt", ".xml"}
NUMBER = re.compile(
    r"(?<![\w.])(?P<century>19|20)?(?P<birth>\d{6})(?P<sign>[-+]?)(?P<serial>\d{3})(?P<check>\d)(?![\w.])"
)
# 000 is given to nobody.
HARMLESS_SERIALS = {"000", "238", "239", "980", "981"}
FILES = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in ENDINGS and path.is_file()
]


def real_numbers_in(text):
    """Return what has the form, date and check digit of a personal number and is no test number."""
    return [
        match.group()
        for match in NUMBER.finditer(text)
        if (match["century"] or match["sign"])
        and match["serial"] not in HARMLESS_SERIALS
        and is_date(match["birth"])
        and is_valid_luhn(match["birth"] + match["serial"] + match["check"])
    ]


def is_date(birth):
    """Tell whether six digits are a date, with the 60 of a coordination number's day taken off."""
    try:
        date(2000 + int(birth[:2]), int(birth[2:4]), int(birth[4:]) % 60)
    except ValueError:
        return False
    return True


def test_no_file_names_a_person():
    found = {
        str(path.relative_to(ROOT)): real_numbers_in(path.read_text(encoding="utf-8", errors="replace"))
        for path in FILES
    }

    assert {path: numbers for path, numbers in found.items() if numbers} == {}


def test_a_number_that_is_no_test_number_is_found():
    # Put together here, so that this file does not name it.
    number = "20130205" + "-" + "1238"

    assert real_numbers_in(f"number={number};") == [number]
    assert real_numbers_in("number=20130205-2384;") == []
