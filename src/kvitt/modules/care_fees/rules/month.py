"""Which month is billed, and what a month that is approved refuses."""

from collections.abc import Collection
from datetime import date

from kvitt.foundation.values.dates import add_months
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import MonthStatus

MONTH_LOCKED = _(
    "%(month)s is approved and locked. What is wrong in it is corrected in the month that is billed next."
)


def first_of(day: date) -> date:
    """Return the first day of the month that the day lies in: the key of a month.

    Source: decision 0004.
    """
    return day.replace(day=1)


def last_month(today: date) -> date:
    """Return the month that has ended, which is billed next, by its first day: care is billed in arrears.

    Source: debitering-ao, page 21; spec CF-13.
    """
    return add_months(first_of(today), -1)


def calculate_billed_month(today: date, *, approved: Collection[date]) -> date:
    """Care is billed in arrears: the month before today's, or the first one after it that is not approved.

    Source: debitering-ao, page 21 (the period is always the month that is billed); spec CF-13.
    """
    month = last_month(today)
    while month in approved:
        month = add_months(month, 1)
    return month


def check_month_open(month: date, status: MonthStatus | None, *, field: str = "") -> list[Problem]:
    """Nothing is registered in a month that is approved.

    Source: debitering-ao, page 37; spec CF-28.
    """
    if status is not MonthStatus.APPROVED:
        return []
    return [Problem("month_locked", MONTH_LOCKED, field, {"month": f"{month:%Y-%m}"})]
