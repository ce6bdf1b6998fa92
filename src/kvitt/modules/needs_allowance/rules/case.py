"""When a case can be made, changed and deleted, and how long its assessment period is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.case_numbers import write_number
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.rules import procedure as procedure_rules
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts

START_IN_FUTURE = _("%(day)s is in the future. Give today's date, %(today)s, or an earlier one.")
PERIOD_OVER = _("A period from %(day)s ended on %(last)s. Give a start date from %(earliest)s.")
NOT_LISTED = _(
    "The patient was not listed at your clinic on %(day)s. Give a date when the patient was listed here."
)
OVERLAPS_CASE = _(
    "The patient already has case %(number)s with the period %(period)s. Use that case, or make a new one "
    "that starts on %(next)s at the earliest."
)
OVERLAPS_HIDDEN_CASE = _(
    "The patient already has a case at another clinic with the period %(period)s. A new one can start on "
    "%(next)s at the earliest."
)
PERIOD_ENDED = _("The assessment period ended on %(last)s. No codes can be added or changed any more.")
PERIOD_ENDED_FOR_DOCUMENTS = _(
    "The assessment period ended on %(last)s. Documents can be added only while a request waits."
)
HAS_CODES = _("The case cannot be deleted, because codes are reported in it. Remove the codes first.")
HAS_LOCKED_CODES = _("The case cannot be deleted, because codes in it are invoiced or sent for review.")


@dataclass(frozen=True)
class OtherCase:
    """Another case of the same patient; the number is empty when the user may not see it."""

    number: str
    period: Period


def calculate_period(first_on: date, *, months: int) -> Period:
    """The assessment period (*prövningsperiod*) is twelve months and ends the day before the same date.

    Where the date is missing, 1 March stands in: 2024-02-29 gives 2025-02-28.
    Source: behovspeng, chapter 5; spec NA-7.
    """
    return Period(first_on, dates.day_before(dates.add_months(first_on, months)))


def calculate_case_number(year: int, running_number: int) -> str:
    """A case is called B, the year it was made and a six-digit running number: `B2024-000012`.

    Source: behovspeng, figure 5; spec NA-8.
    """
    return write_number("B", year, running_number)


def calculate_earliest_start(today: date, *, months: int) -> date:
    """The earliest start of a case is the first day whose assessment period has not ended.

    Source: spec NA-7.
    """
    earliest = dates.add_months(today, -months)
    while not calculate_period(earliest, months=months).contains(today):
        earliest = dates.day_after(earliest)
    return earliest


def check_start(first_on: date, *, today: date, months: int, was_listed: bool) -> list[Problem]:
    """A case starts today or earlier, while its period still runs, for a patient listed here that day.

    Source: behovspeng, chapters 3 and 5; spec NA-7.
    """
    if first_on > today:
        values = {"day": first_on, "today": today}
        return [Problem("start_in_future", START_IN_FUTURE, field="first_on", values=values)]
    period = calculate_period(first_on, months=months)
    if not period.contains(today):
        earliest = calculate_earliest_start(today, months=months)
        values = {"day": first_on, "last": period.last or today, "earliest": earliest}
        return [Problem("period_already_over", PERIOD_OVER, field="first_on", values=values)]
    if not was_listed:
        return [Problem("not_listed", NOT_LISTED, field="first_on", values={"day": first_on})]
    return []


def check_overlap(period: Period, others: Sequence[OtherCase]) -> list[Problem]:
    """The assessment periods of one patient never overlap, whichever clinic has them.

    The case in the way is named when the user may see it.
    Source: behovspeng, chapter 3; spec NA-7.
    """
    return [
        Problem(
            "overlapping_case",
            OVERLAPS_CASE if other.number else OVERLAPS_HIDDEN_CASE,
            field="first_on",
            values={
                "number": other.number,
                "period": other.period,
                "next": dates.day_after(other.period.last or other.period.first),
            },
        )
        for other in others
        if period.overlaps(other.period)
    ]


def calculate_days_left(period: Period, *, today: date) -> int:
    """The days that remain of an assessment period, today and its last day included; 0 when it has ended.

    Source: spec NA-10.
    """
    return max(((period.last or today) - today).days + 1, 0)


def calculate_elapsed(period: Period, *, today: date) -> int:
    """How much of an assessment period has passed, in percent.

    Source: spec NA-10.
    """
    whole = ((period.last or today) - period.first).days + 1
    passed = min(max((today - period.first).days, 0), whole)
    return round(100 * passed / whole)


def check_open(period: Period, *, today: date) -> list[Problem]:
    """When the period has ended no code can be added or changed.

    Source: behovspeng, chapter 4; spec NA-17.
    """
    if period.last is None or today <= period.last:
        return []
    return [Problem("period_ended", PERIOD_ENDED, values={"last": period.last})]


def check_documents_open(period: Period, *, today: date, is_waiting: bool) -> list[Problem]:
    """When the period has ended documents are added only while a request waits to be decided.

    Source: spec NA-11, NA-17, NA-20.
    """
    if is_waiting or not check_open(period, today=today):
        return []
    return [Problem("period_ended", PERIOD_ENDED_FOR_DOCUMENTS, values={"last": period.last or today})]


def check_deletion(procedures: Sequence[ProcedureFacts]) -> list[Problem]:
    """A case can be deleted while no codes are reported in it; removed ones do not count.

    Source: behovspeng, chapter 5.3; spec NA-16.
    """
    reported = [one for one in procedures if not one.is_deductible and one.status != LineStatus.WITHDRAWN]
    if not reported:
        return []
    is_removable = all(procedure_rules.may_remove(one) for one in reported)
    return [Problem("has_codes", HAS_CODES if is_removable else HAS_LOCKED_CODES)]
