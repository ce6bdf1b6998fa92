"""A file's name says what is in it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAY_NOTHING = {"common", "constants", "exceptions", "helpers", "misc", "shared", "util", "utils"}
LONGEST = 450


@pytest.mark.parametrize("folder", ["src", "tests", "tools", "bench"])
def test_no_file_or_folder_has_a_name_that_says_nothing(folder):
    found = [path for path in (ROOT / folder).rglob("*") if path.stem in SAY_NOTHING]

    assert found == []


@pytest.mark.parametrize("folder", ["src", "tools", "bench"])
def test_no_file_is_longer_than_fits_in_a_head(folder):
    files = [path for path in (ROOT / folder).rglob("*.py") if path.parent.name != "migrations"]

    # By its whole path: every app has a tables.py.
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files
    }

    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
