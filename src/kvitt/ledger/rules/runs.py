"""What the calendar owes: the invoices of a scheme, made by themselves on the first of every month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

# The schemes whose invoices nobody makes by hand.
MONTHLY_SCHEMES = frozenset({"population_health"})
MONTHS_AHEAD = 12


@dataclass(frozen=True)
class RunFacts:
    """A run that has been opened: on which due day, and whether every clinic has got what it should."""

    due_on: date
    is_finished: bool


def calculate_owed_days(runs: Sequence[RunFacts], *, first_line_on: date | None, on: date) -> list[date]:
    """A scheme is owed one run every 1st, from the one after its first line on; missed months in order.

    `first_line_on` is the day the first line was made, None where there is none. A run that was opened
    and not finished is owed still.
    Source: spec PH-8.
    """
    owed = [run.due_on for run in runs if not run.is_finished and run.due_on <= on]
    if runs:
        latest = max(run.due_on for run in runs)
    elif first_line_on is not None:
        latest = first_line_on.replace(day=1)
    else:
        return []
    while (latest := dates.add_months(latest, 1)) <= on:
        owed.append(latest)
    return sorted(owed)


def calculate_run_date(due_on: date) -> date:
    """An invoice of a run is dated the last day of the month that ended.

    Source: spec PH-8, NA-26.
    """
    return dates.day_before(due_on)


def calculate_run_reference(scheme: str, due_on: date, clinic_number: str) -> str:
    """An invoice of a run is called after the scheme, the month that ended and the clinic.

    `scheme` is its name in the language of the invoice: `Befolkningsansvar 2024-11 1111`.
    Source: spec PH-8.
    """
    return f"{scheme} {calculate_run_date(due_on):%Y-%m} {clinic_number}"


def check_run_day(on: date, *, today: date) -> list[Problem]:
    """Runs are made at most a year ahead, for a slip of the pen would settle every month until then.

    Source: spec PH-8.
    """
    if on <= dates.add_months(today, MONTHS_AHEAD):
        return []
    return [
        Problem(
            "far_ahead",
            _("%(day)s is more than a year ahead. Choose a day until then."),
            field="on",
            values={"day": on},
        )
    ]
