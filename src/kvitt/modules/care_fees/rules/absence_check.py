"""What is refused of an absence as it is typed, and when reminders of it come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kvitt.foundation.values.dates import Period, add_months, last_day_of_month
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import AbsenceReason, ReminderPace
from kvitt.modules.care_fees.rules.absence import AbsenceFacts

# How far ahead somebody can say that he will be away.
MONTHS_AHEAD = 24
_DAYS = {ReminderPace.DAILY: 1, ReminderPace.WEEKLY: 7}

DAYS_IN_ORDER = _("The last day is before the first, %(first)s. Change one of them.")
TOO_FAR_AHEAD = _("The day is more than two years ahead. Check the year.")
BEFORE_RULES = _("There are no rules for absence that begins on %(first)s. Check the year.")
REPORTED_AHEAD = _("The day is after today, %(today)s. Give the day on which the absence was reported.")
OVERLAPS_OPEN = _(
    "The client is away from %(first)s already, without a last day: %(reason)s. End that absence first."
)
OVERLAPS_CLOSED = _(
    "The client is away from %(first)s to %(last)s already: %(reason)s. Choose days outside it, or change it "
    "first."
)
ONLY_CARE_HOME = _("The client is not cared for in a care home on %(first)s. Choose %(other)s.")
ONLY_HOME_CARE = _("The client is cared for in a care home on %(first)s. Choose %(other)s.")
ALREADY_ENDED = _("The absence has ended already, on %(last)s. Change its days if that is wrong.")
REMINDER_AHEAD = _("The day is more than two years ahead. Give an earlier day.")
REMINDER_PAST = _("The day has passed. Give today, %(today)s, or a later day.")


@dataclass(frozen=True)
class NewReminder:
    """How often somebody wants to be reminded, and from when."""

    pace: ReminderPace
    first_on: date


def check_absence(
    new: AbsenceFacts,
    *,
    others: Iterable[AbsenceFacts],
    today: date,
    is_in_care_home: bool,
    has_terms: bool = True,
) -> list[Problem]:
    """An absence has its days in order, was reported by today, fits the care, and overlaps no other.

    `others` are the client's other absences; `is_in_care_home` says where he is cared for on the first day,
    `has_terms` whether there are rules for that day. Source: debitering-ao, page 22; spec CF-14.
    """
    days = [*_order_problems(new, today), *_report_problems(new, today)]
    if days:
        return days
    if not has_terms:
        return [Problem("before_rules", BEFORE_RULES, "first_on", {"first": new.first_on})]
    period = Period(new.first_on, new.last_on)
    overlaps = [_overlap(each) for each in others if period.overlaps(Period(each.first_on, each.last_on))]
    return [*_reason_problems(new, is_in_care_home=is_in_care_home), *overlaps[:1]]


def check_not_ended(last_on: date | None) -> list[Problem]:
    """An absence is ended once; after that its days are changed.

    Source: debitering-ao, page 22; spec CF-14.
    """
    return [] if last_on is None else [Problem("already_ended", ALREADY_ENDED, "", {"last": last_on})]


def check_reminder(first_on: date, *, today: date) -> list[Problem]:
    """A reminder comes from today or a later day on.

    Source: debitering-ao, page 23; spec CF-18.
    """
    if first_on < today:
        return [Problem("reminder_past", REMINDER_PAST, "remind_from", {"today": today})]
    if first_on > add_months(today, MONTHS_AHEAD):
        return [Problem("reminder_ahead", REMINDER_AHEAD, "remind_from")]
    return []


def offers_reminder(reason: AbsenceReason | None, last_on: date | None) -> bool:
    """A reminder is offered for every unplanned absence, and where there is no last day.

    Source: debitering-ao, page 23; spec CF-18.
    """
    return last_on is None or reason in {AbsenceReason.UNPLANNED, AbsenceReason.UNPLANNED_CARE_HOME}


def calculate_due_day(first_on: date, pace: ReminderPace, *, today: date) -> date:
    """A reminder comes on its first day and then every day, week or month: return the next, today's if any.

    One of the 31st comes on the last day of a shorter month. Source: debitering-ao, page 23; spec CF-18.
    """
    if first_on >= today:
        return first_on
    if pace in _DAYS:
        return today + timedelta(days=(first_on - today).days % _DAYS[pace])
    month = today.replace(day=1)
    for candidate in (month, add_months(month, 1)):
        day = min(first_on.day, last_day_of_month(candidate).day)
        if candidate.replace(day=day) >= today:
            break
    return candidate.replace(day=day)


def _order_problems(new: AbsenceFacts, today: date) -> list[Problem]:
    if new.last_on is not None and new.last_on < new.first_on:
        return [Problem("days_in_order", DAYS_IN_ORDER, "last_on", {"first": new.first_on})]
    latest = add_months(today, MONTHS_AHEAD)
    given = {"first_on": new.first_on, "last_on": new.last_on or new.first_on}
    ahead = [field for field, day in given.items() if day > latest]
    return [Problem("too_far_ahead", TOO_FAR_AHEAD, field) for field in ahead[:1]]


def _report_problems(new: AbsenceFacts, today: date) -> list[Problem]:
    if new.reported_on <= today:
        return []
    return [Problem("reported_ahead", REPORTED_AHEAD, "reported_on", {"today": today})]


def _reason_problems(new: AbsenceFacts, *, is_in_care_home: bool) -> list[Problem]:
    if new.reason is AbsenceReason.UNPLANNED_CARE_HOME and not is_in_care_home:
        values = {"first": new.first_on, "other": _worded(AbsenceReason.UNPLANNED)}
        return [Problem("only_care_home", ONLY_CARE_HOME, "reason", values)]
    if new.reason is AbsenceReason.UNPLANNED and is_in_care_home:
        values = {"first": new.first_on, "other": _worded(AbsenceReason.UNPLANNED_CARE_HOME)}
        return [Problem("only_home_care", ONLY_HOME_CARE, "reason", values)]
    return []


def _overlap(other: AbsenceFacts) -> Problem:
    values = {"first": other.first_on, "last": other.last_on, "reason": _worded(other.reason)}
    message = OVERLAPS_OPEN if other.last_on is None else OVERLAPS_CLOSED
    return Problem("overlaps", message, "first_on", values)


def _worded(reason: AbsenceReason) -> Problem:
    """Return the reason as a value of a message: it is translated with it."""
    return Problem(reason.value, reason.label)
