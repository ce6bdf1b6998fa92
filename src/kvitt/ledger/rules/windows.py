"""When invoices can be made."""

from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _


def calculate_window(day: date, *, own: Period | None, first_day: int, last_day: int) -> Period:
    """The invoicing period of the day's month: the administrator's own days, or the usual ones.

    A usual last day that the month lacks is the month's last.
    Source: behovspeng, chapter 8; spec NA-24.
    """
    if own is not None:
        return own
    month_end = dates.last_day_of_month(day)
    first = month_end.replace(day=min(first_day, month_end.day))
    return Period(first, month_end.replace(day=min(last_day, month_end.day)))


def check_window_open(today: date, window: Period, next_window: Period) -> list[Problem]:
    """Invoices can be created only in the open invoicing period, both days included.

    Source: behovspeng, chapter 8; spec NA-24.
    """
    if window.contains(today):
        return []
    opens = window if today < window.first else next_window
    return [
        Problem(
            "window_closed",
            _(
                "The invoicing period is closed today, %(today)s. It is open from %(first)s to %(last)s: "
                "create the invoice then."
            ),
            values={"today": today, "first": opens.first, "last": opens.last},
        )
    ]


def check_window(month: date, window: Period) -> list[Problem]:
    """An invoicing period lies within its calendar month and ends no earlier than it begins.

    Source: spec NA-24.
    """
    whole = Period(month.replace(day=1), dates.last_day_of_month(month))
    problems = [
        Problem(
            "outside_month",
            _("%(day)s is not in the month. Give a day from %(first)s to %(last)s."),
            field=field,
            values={"day": day, "first": whole.first, "last": whole.last},
        )
        for field, day in (("first_on", window.first), ("last_on", window.last))
        if day is not None and not whole.contains(day)
    ]
    if not problems and window.last is not None and window.last < window.first:
        problems.append(
            Problem(
                "ends_before_it_begins",
                _("The last day is before the first. Give a last day from %(first)s."),
                field="last_on",
                values={"first": window.first},
            )
        )
    return problems
