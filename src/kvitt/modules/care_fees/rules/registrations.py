"""What may be registered of what was done for a client in a month: time in minutes, or count."""

import re
from datetime import date

from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import Measure, MonthStatus
from kvitt.modules.care_fees.rules.month import check_month_open

MINUTES_OF_A_DAY = 24 * 60
LARGEST_COUNT = 9_999
# No figure is longer: what somebody pasted by mistake is not made a number of.
_WHOLE = re.compile(r"([0-9]{1,12})(?:[.,]0{1,6})?")
_TIME = re.compile(r"([0-9]{1,6}):([0-5][0-9])")
_BELOW_ZERO = re.compile(r"[-\u2212][0-9]{1,12}(?:[.,]0{1,6})?")

NOT_A_FIGURE = _("%(text)s is not a whole number. Write it with digits, or leave the cell empty.")
NOT_MINUTES = _("%(text)s is not a time. Write minutes with digits, or hours and minutes: 2:30.")
BELOW_ZERO = _(
    "%(text)s is below zero. What was done is zero or more; a deduction is made with Correct a fee."
)
TOO_MANY_MINUTES = _(
    "%(text)s is %(minutes)s minutes, and the month has %(largest)s: 24 hours a day. Check the figure."
)
TOO_MANY = _("%(text)s is more than %(largest)s. Check the figure.")
MONTH_TO_COME = _("%(month)s has not begun. What is done is registered in its month: choose another period.")
UNIT_CLOSED = _("%(unit)s closed on %(day)s. Choose an earlier period, or another unit.")
NOT_A_CARE_UNIT = _("%(unit)s is not a care unit. The administrator gives it a kind and a billing area.")
CLIENT_DEAD = _("The client died on %(day)s, before the month. Nothing is registered.")
NOT_REMOVED = _("The month is calculated, so the registration cannot be removed. Write 0 instead.")


class Change(Labelled):
    """What a typed figure does to what is registered."""

    NOTHING = "nothing", _("Unchanged")
    ADDED = "added", _("New")
    CHANGED = "changed", _("Changed")
    REMOVED = "removed", _("Removed")


def read_quantity(text: str, measure: Measure, month: date) -> tuple[int | None, list[Problem]]:
    """Return a figure as people and spreadsheets write it, None for an empty cell, and what is wrong.

    `1 200`, `12,0`; of time also hours and minutes, `2:30`. A month has no more minutes than its days have.
    Source: debitering-ao, pages 18-19; spec CF-11.
    """
    is_time = measure is Measure.MINUTES
    compact, values = "".join(text.split()), {"text": text.strip()}
    if not compact:
        return None, []
    if _BELOW_ZERO.fullmatch(compact):
        return None, [Problem("below_zero", BELOW_ZERO, values=values)]
    whole, time = _WHOLE.fullmatch(compact), _TIME.fullmatch(compact)
    if whole:
        quantity = int(whole[1])
    elif time and is_time:
        quantity = int(time[1]) * 60 + int(time[2])
    else:
        return None, [Problem("not_a_figure", NOT_MINUTES if is_time else NOT_A_FIGURE, values=values)]
    problems = _check_largest(quantity, values, measure, month)
    return (None if problems else quantity), problems


def _check_largest(quantity: int, values: dict[str, str], measure: Measure, month: date) -> list[Problem]:
    largest = calculate_largest(measure, month)
    if quantity <= largest:
        return []
    if measure is Measure.MINUTES:
        more = {**values, "minutes": quantity, "largest": largest}
        return [Problem("too_many_minutes", TOO_MANY_MINUTES, values=more)]
    return [Problem("too_many", TOO_MANY, values={**values, "largest": largest})]


def calculate_largest(measure: Measure, month: date) -> int:
    """Return the most that one client can get of a service in a month: 24 hours a day, or a sane count.

    Source: spec CF-11.
    """
    if measure is Measure.MINUTES:
        return MINUTES_OF_A_DAY * last_day_of_month(month).day
    return LARGEST_COUNT


def check_month(month: date, *, today: date) -> list[Problem]:
    """Nothing is registered in a month that has not begun.

    Source: debitering-ao, page 18; spec CF-11.
    """
    if month <= today:
        return []
    return [Problem("month_to_come", MONTH_TO_COME, "month", {"month": f"{month:%Y-%m}"})]


def check_unit(unit: str, kind: str, closed_on: date | None, *, month: date) -> list[Problem]:
    """What is done is registered at a care unit that was open in the month.

    Source: debitering-ao, page 18; spec CF-11.
    """
    if not kind:
        return [Problem("not_a_care_unit", NOT_A_CARE_UNIT, "unit", {"unit": unit})]
    if closed_on is not None and closed_on < month:
        return [Problem("unit_closed", UNIT_CLOSED, "unit", {"unit": unit, "day": closed_on.isoformat()})]
    return []


def check_client(died_on: date | None, status: MonthStatus | None, *, month: date) -> list[Problem]:
    """Nothing is registered in a month after the client's death, nor in one that is approved and locked.

    Source: debitering-ao, page 19; spec CF-12, CF-28.
    """
    locked = check_month_open(month, status)
    if not locked and died_on is not None and died_on < month:
        return [Problem("client_dead", CLIENT_DEAD, "", {"day": died_on.isoformat()})]
    return locked


def plan_registration(
    stored: int | None, wanted: int | None, *, status: MonthStatus | None
) -> tuple[Change, list[Problem]]:
    """Say what a typed figure does: before the calculation nothing and zero remove, after it zero stays.

    Once the month is calculated a registration cannot be removed, only its count changed, to zero too.
    Source: debitering-ao, page 19; spec CF-12.
    """
    if stored is None:
        return (Change.ADDED if wanted else Change.NOTHING), []
    if status is not None and wanted is None:
        return Change.NOTHING, [Problem("not_removed", NOT_REMOVED)]
    if wanted == stored:
        return Change.NOTHING, []
    return (Change.CHANGED if wanted or status is not None else Change.REMOVED), []
