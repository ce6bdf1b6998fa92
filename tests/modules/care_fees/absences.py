"""Absences as tests write them: `away("2025-03-12", "2025-03-25", reported="2025-03-03")`."""

import datetime as dt
from fractions import Fraction

from kvitt.modules.care_fees.lifecycle import AbsenceReason
from kvitt.modules.care_fees.rules import absence as rules

TERMS = rules.AbsenceTerms(dt.date(2023, 1, 1), 7, 7, 7, 25, 30)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def away(
    first_on: str, last_on: str | None, *, reported: str = "2024-06-01", planned: bool = True
) -> rules.AbsenceFacts:
    """Planned and reported in good time, unless said otherwise."""
    reason = AbsenceReason.PLANNED if planned else AbsenceReason.UNPLANNED
    return rules.AbsenceFacts(reason, day(first_on), day(last_on) if last_on else None, day(reported))


def deductions(*absences: rules.AbsenceFacts, through: str = "2025-12-31") -> dict[str, tuple[object, int]]:
    """Return what the months lose: percent of care (a Fraction of a percent where it is none), board days."""
    found = rules.calculate_deductions(absences, terms=[TERMS], through=day(through))
    return {
        f"{month:%Y-%m}": (_percent(deduction.care_share), deduction.board_days)
        for month, deduction in sorted(found.items())
    }


def _percent(share: Fraction) -> object:
    percent = share * 100
    return int(percent) if percent.denominator == 1 else share
