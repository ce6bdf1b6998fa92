"""Read the invoicing periods: the usual days, and the administrator's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404

from kvitt.foundation.values import dates, parameters
from kvitt.foundation.values.dates import Period
from kvitt.ledger import rules
from kvitt.ledger.models import InvoicingWindow
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.price_lists.models import ParameterValue


@dataclass(frozen=True)
class MonthWindow:
    """The invoicing period of a month, and whether the administrator has set it."""

    month: date
    period: Period
    is_own: bool


def window_on(authority_id: int, day: date) -> Period:
    """Return the invoicing period of the day's month."""
    [window] = _windows(authority_id, [day.replace(day=1)])
    return window.period


def next_window(authority_id: int, day: date) -> Period:
    """Return the invoicing period of the month after the day's."""
    return window_on(authority_id, dates.day_after(dates.last_day_of_month(day)))


def windows(actor: Actor, *, today: date, months: int = 13) -> list[MonthWindow]:
    """Return the windows of this month and the following ones."""
    actor.require(Permission.ADMINISTER)
    first = today.replace(day=1)
    return _windows(actor.authority_id, [dates.add_months(first, number) for number in range(months)])


def _windows(authority_id: int, months: Sequence[date]) -> list[MonthWindow]:
    """Return the windows of months, given as their first days; the usual days are those of that day."""
    own = {
        window.month: Period(window.first_on, window.last_on)
        for window in InvoicingWindow.objects.filter(authority_id=authority_id, month__in=months)
    }
    names = {"first_day": "ledger.window_first_day", "last_day": "ledger.window_last_day"}
    values = list(ParameterValue.objects.filter(authority_id=authority_id, name__in=names.values()))

    def usual(month: date) -> dict[str, int]:
        return {
            side: parameters.value_on(name, month, own=[each.dated() for each in values if each.name == name])
            for side, name in names.items()
        }

    return [
        MonthWindow(
            month,
            rules.calculate_window(month, own=own.get(month), **usual(month)),
            is_own=month in own,
        )
        for month in months
    ]


@dataclass(frozen=True)
class WindowsPage:
    """What the list of invoicing periods shows."""

    windows: list[MonthWindow]


def windows_page(actor: Actor, *, today: date) -> WindowsPage:
    """Return the page. Raises NotAllowed for others than administrators."""
    return WindowsPage(windows(actor, today=today))


def window_page(actor: Actor, year: int, month: int) -> MonthWindow:
    """Return the invoicing period of one month. Raises Http404 for a month that does not exist."""
    actor.require(Permission.ADMINISTER)
    try:
        [window] = _windows(actor.authority_id, [date(year, month, 1)])
    except (ValueError, OverflowError, parameters.UnknownParameter) as fault:
        raise Http404 from fault
    return window
