"""The months that can be billed, as pages offer them, and what of the time plan is overdue."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format

from kvitt.foundation.values.dates import add_months
from kvitt.modules.care_fees.queries import area_months

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

PERIODS_OFFERED = 12


def periods_offered(today: date, chosen: date | None = None) -> list[tuple[str, str]]:
    """Return the months that can be billed, the latest first, as value and words."""
    first = today.replace(day=1)
    months = {add_months(first, -back) for back in range(PERIODS_OFFERED)} | ({chosen} if chosen else set())
    return [(f"{month:%Y-%m}", month_text(month).capitalize()) for month in sorted(months, reverse=True)]


def month_text(month: date) -> str:
    """Return a month as a sentence says it: `oktober 2024`."""
    return date_format(month, "F Y")


def overdue_count(actor: "Actor", *, today: date) -> int:
    """Return how many months the actor's areas should have approved by now. Source: spec CF-1."""
    return sum(row.is_overdue for row in area_months.due_approvals(actor, today=today))
