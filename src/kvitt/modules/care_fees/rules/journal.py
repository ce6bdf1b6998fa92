"""What a billing journal needs to be opened."""

from datetime import date

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

NO_REASON = _("Say why you take out the report.")
TOO_MANY = _(
    "A PDF holds at most %(most)s clients, and these areas have %(count)s. Choose fewer areas, or Word or "
    "Excel."
)
# The document is made whole in the memory, some 0.4 MiB for each client.
MOST_IN_PDF = 1_000
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


def check_size(count: int) -> list[Problem]:
    """A PDF is made whole, so a journal of very many clients is taken out as Word or Excel.

    Source: spec CF-27.
    """
    if count <= MOST_IN_PDF:
        return []
    return [Problem("too_many_for_pdf", TOO_MANY, "areas", {"most": MOST_IN_PDF, "count": count})]
