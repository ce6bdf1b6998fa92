"""The days on which Swedish banks move money."""

from datetime import date, timedelta

import holidays

# Whole days only: the library's `bank` holidays are mostly days that end at two, on which money moves.
_CATEGORIES = (holidays.PUBLIC, holidays.DE_FACTO)
_CLOSED = holidays.country_holidays("SE", categories=_CATEGORIES)
_SATURDAY = 5


def is_bank_day(day: date) -> bool:
    """Banks move no money on Saturdays, Sundays, public holidays, Midsummer, Christmas and New Year's Eve.

    Source: helgdagslagen; decision 0021; spec SC-23.
    """
    return day.weekday() < _SATURDAY and day not in _CLOSED


def next_bank_day(day: date) -> date:
    """Money that is to move on a day on which banks rest moves on the first bank day after it.

    A bank day is its own.
    Source: helgdagslagen; decision 0021; spec SC-23.
    """
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day


def bank_day_after(day: date) -> date:
    """A run is approved by another person, perhaps tomorrow: the day offered is a bank day yet to come.

    Source: decision 0021; spec SC-23.
    """
    return next_bank_day(day + timedelta(days=1))
