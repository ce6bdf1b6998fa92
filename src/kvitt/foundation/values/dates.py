"""Dates as the users write them: periods with inclusive ends, months, typed dates."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_DIGITS = re.compile(r"^\d{6}$|^\d{8}$")


@dataclass(frozen=True)
class Period:
    """From a first day to and including a last day, or open when `last` is None."""

    first: date
    last: date | None = None

    def contains(self, day: date) -> bool:
        """Tell whether the day lies in the period, both ends included."""
        return self.first <= day and (self.last is None or day <= self.last)

    def overlaps(self, other: "Period") -> bool:
        """Tell whether the periods share at least one day."""
        return (self.last is None or other.first <= self.last) and (
            other.last is None or self.first <= other.last
        )

    def __str__(self) -> str:
        """`2024-12-18 - 2025-12-17`, as the manuals write it."""
        return f"{self.first} - {self.last or ''}".rstrip()


def day_before(day: date) -> date:
    """Return the day before."""
    return day - timedelta(days=1)


def day_after(day: date) -> date:
    """Return the day after."""
    return day + timedelta(days=1)


@lru_cache(maxsize=4_096)
def add_months(day: date, months: int) -> date:
    """Return the same day so many months later; the 1st of the next month where it is missing.

    29 February plus twelve months is 1 March: a period of twelve months that starts on a leap day
    then ends on the last of February.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    if day.day > calendar.monthrange(years, month)[1]:
        return add_months(date(years, month, 1), 1)
    return date(years, month, day.day)


def last_day_of_month(day: date) -> date:
    """Return the last day of the month that the day lies in."""
    return date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])


def parse_date(text: str, *, today: date) -> date:
    """Return the date typed as 2025-03-20, 20250320, 250320, `idag`, `i dag` or `today`.

    Six digits mean the century that puts the date nearest to today. Raises ValueError for anything else.
    """
    compact = text.strip().lower().replace("-", "").replace("/", "").replace(" ", "")
    if compact in {"idag", "today"}:
        return today
    if not _DIGITS.match(compact):
        msg = f"not a date: {text!r}"
        raise ValueError(msg)
    if len(compact) == 6:
        candidates = []
        for century in (today.year // 100 - 1, today.year // 100, today.year // 100 + 1):
            try:
                candidates.append(_from_digits(f"{century}{compact}"))
            except ValueError:
                continue
        if not candidates:
            msg = f"not a date: {text!r}"
            raise ValueError(msg)
        return min(candidates, key=lambda day: abs(day - today))
    return _from_digits(compact)


def _from_digits(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
