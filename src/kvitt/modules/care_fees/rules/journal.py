"""What a billing journal needs to be opened."""

from datetime import date

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

NO_REASON = _("Say why you take out the report.")
MONTH_AHEAD = _("%(month)s has not begun. Choose an earlier period.")


def check_opening(month: date, reason: str, *, today: date) -> list[Problem]:
    """A journal is of a month that has begun, and says why it was taken out.

    Source: debitering-ao, page 35; spec CF-27.
    """
    problems = []
    if month > today:
        problems.append(Problem("month_ahead", MONTH_AHEAD, "period", {"month": f"{month:%Y-%m}"}))
    if not reason.strip():
        problems.append(Problem("no_reason", NO_REASON, "reason"))
    return problems
