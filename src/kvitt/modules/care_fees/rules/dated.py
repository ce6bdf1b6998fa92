"""What a change from a day on does to rows that follow on each other: settings, billing areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

# What is known beforehand is registered beforehand; further away in time it is a slip of the pen.
LONGEST_AHEAD_MONTHS = 12
LONGEST_BACK_MONTHS = 60

TOO_FAR_AHEAD = _("%(date)s is more than a year ahead. Check the year.")
TOO_FAR_BACK = _("%(date)s is more than five years back. Check the year.")


@dataclass(frozen=True)
class DatedChange:
    """Which rows a change from a day on concerns, by their place in the order of their days.

    `split` is the row that holds the day before too: it ends, and goes on changed in a new row. `changed` are
    those that begin on the day or later. Where `begins_earlier`, the first one begins on the day.
    """

    split: int | None
    changed: tuple[int, ...]
    begins_earlier: bool


def plan_change(periods: Sequence[Period], *, first_on: date) -> DatedChange:
    """A change holds from its day on, also in the rows that begin later; what was before stays.

    The rows follow on each other by their days; a day before the first one makes that begin earlier.
    Source: spec CF-5.
    """
    split = next(
        (place for place, row in enumerate(periods) if row.first < first_on and row.contains(first_on)), None
    )
    return DatedChange(
        split=split,
        changed=tuple(place for place, row in enumerate(periods) if row.first >= first_on),
        begins_earlier=bool(periods) and first_on < periods[0].first,
    )


def check_first_day(first_on: date, *, today: date) -> list[Problem]:
    """A change is registered a year ahead at most, and five years back.

    Source: spec CF-5, CO-33.
    """
    values = {"date": first_on}
    if first_on > dates.add_months(today, LONGEST_AHEAD_MONTHS):
        return [Problem("too_far_ahead", TOO_FAR_AHEAD, "first_on", values)]
    if first_on < dates.add_months(today, -LONGEST_BACK_MONTHS):
        return [Problem("too_far_back", TOO_FAR_BACK, "first_on", values)]
    return []
