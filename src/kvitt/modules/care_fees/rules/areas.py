"""From when a client is moved to another billing area, and what must be right about it."""

from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

LONGEST_REASON = 300

NO_REASON = _("Say why, so that whoever reads it can answer.")
SAME_AREA = _("The client is in %(area)s already. Choose another billing area.")
WAITS_ALREADY = _("A request to move the client to %(area)s waits for the billing office already.")
LOCKED = _("%(month)s is approved and locked for the client. Give %(first)s or a later day.")


def propose_day(*, last_locked: date | None, in_intake_since: date | None, today: date) -> date:
    """A client is moved from the first of the month after the last that is locked.

    Where none is locked, a new case is placed from its first day, another client from the first of the month.
    Source: spec CF-5, CF-28.
    """
    if last_locked is not None:
        return dates.add_months(last_locked.replace(day=1), 1)
    return in_intake_since or today.replace(day=1)


def check_move(*, area: str, is_same: bool, first_on: date, last_locked: date | None) -> list[Problem]:
    """A client is moved to another area than his own, and not in a month that is locked.

    Source: spec CF-5, CF-28.
    """
    problems = []
    if is_same:
        problems.append(Problem("same_area", SAME_AREA, "area", {"area": area}))
    if last_locked is not None:
        first_free = dates.add_months(last_locked.replace(day=1), 1)
        if first_on < first_free:
            values = {"month": f"{last_locked:%Y-%m}", "first": first_free}
            problems.append(Problem("month_locked", LOCKED, "first_on", values))
    return problems


def check_reason(reason: str, *, field: str) -> list[Problem]:
    """Who asks for a move, and who refuses one, says why.

    Source: spec CF-5.
    """
    return [] if reason.strip() else [Problem("no_reason", NO_REASON, field)]
