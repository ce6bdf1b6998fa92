"""The numbers of cases: a letter for what it is, the year, and a running number of six digits."""

import re

_DIGITS = 6
_FULL_NUMBER = re.compile(r"^([ABDFHRT])(\d{4})-?(\d{1,6})$")


def write_number(letter: str, year: int, running_number: int) -> str:
    """Return a number as it is stored and shown: `B2024-000012`."""
    return f"{letter}{year}-{running_number:0{_DIGITS}d}"


def complete_number(text: str) -> str:
    """Return a typed number as it is stored: `b2024-12` becomes `B2024-000012`; a beginning stays one."""
    compact = text.strip().upper().replace(" ", "")
    match = _FULL_NUMBER.match(compact)
    return write_number(match[1], int(match[2]), int(match[3])) if match else compact
