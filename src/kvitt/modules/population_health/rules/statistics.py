"""What statistics cover: a period of at most some years, drawn by month or by year, and what rows are of."""

from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

MOST_YEARS = 5
_MONTHS_DRAWN = 12

ENDS_BEFORE = _("The period ends %(last)s, before it begins. Change one of the dates.")
TOO_LONG = _("The period is longer than %(years)s years. Choose a shorter one.")


class Grouping(Labelled):
    """What a row of the statistics is of. Source: spec PH-12."""

    ALL = "all", _("Month, municipality and type")
    MONTH = "month", _("Month")
    MUNICIPALITY = "municipality", _("Municipality")
    TYPE = "type", _("Type")
    CLINIC = "clinic", _("Clinic")

    @property
    def parts(self) -> tuple[str, ...]:
        """What tells a row from the others."""
        return ("month", "municipality", "type") if self is Grouping.ALL else (self.value,)


@dataclass(frozen=True)
class Span:
    """A month or a year as one bar of the plot; `is_part` when the period or the calendar cuts it."""

    first: date
    last: date
    is_year: bool
    is_part: bool


def calculate_default_period(today: date) -> Period:
    """Unless asked for something else, statistics cover this calendar year up to today.

    Source: spec PH-12.
    """
    return Period(date(today.year, 1, 1), today)


def check_period(first: date, last: date) -> list[Problem]:
    """A period ends no earlier than it begins, and is at most five years long.

    Source: spec PH-12.
    """
    if last < first:
        return [Problem("ends_before", ENDS_BEFORE, "last_on", {"last": last.isoformat()})]
    whole_months = (last.year - first.year) * 12 + last.month - first.month
    if whole_months * 31 + last.day - first.day >= MOST_YEARS * 12 * 31:
        return [Problem("too_long", TOO_LONG, "last_on", {"years": MOST_YEARS})]
    return []


def calculate_spans(first: date, last: date, *, today: date) -> list[Span]:
    """A plot has a bar for each month of a period of at most twelve, else for each year.

    Source: spec PH-12, CO-28.
    """
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    is_year = months > _MONTHS_DRAWN
    starts = (
        [date(year, 1, 1) for year in range(first.year, last.year + 1)]
        if is_year
        else [dates.add_months(first.replace(day=1), number) for number in range(months)]
    )
    spans = []
    for start in starts:
        end = date(start.year, 12, 31) if is_year else dates.last_day_of_month(start)
        is_part = start < first or end > last or end >= today
        spans.append(Span(start, end, is_year=is_year, is_part=is_part))
    return spans
