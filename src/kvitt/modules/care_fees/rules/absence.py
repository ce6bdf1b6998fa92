"""What absence takes off the fees for care and board, month by month.

Everything follows from the absences as they stand, so that neither the order of registration nor later
edits matter: what a locked month turns out to have owed comes as a difference.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from kvitt.foundation.values.dates import day_after, last_day_of_month
from kvitt.foundation.values.money import Ore, divide_half_up
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import AbsenceReason

WHOLE = Fraction(1)
CARE_DIFFERENCE = _("Absence in %(month)s, care")
BOARD_DIFFERENCE = _("Absence in %(month)s, board")
# Which parameter is which term.
PARAMETERS = {
    "notice_days": "care_fees.absence_notice_days",
    "shortest_days": "care_fees.absence_shortest_days",
    "week_days": "care_fees.absence_week_days",
    "week_percent": "care_fees.absence_week_percent",
    "month_days": "care_fees.absence_month_days",
}


@dataclass(frozen=True)
class AbsenceTerms:
    """What a municipality deducts by, from a day on: the terms of an absence's first day hold for all of it.

    `week_percent` of the month's care for each whole week of `week_days`, if an absence is at least
    `shortest_days` long and reported `notice_days` ahead; one of `month_days` parts a day if unplanned.
    """

    first_on: date
    notice_days: int
    shortest_days: int
    week_days: int
    week_percent: int
    month_days: int


@dataclass(frozen=True)
class AbsenceFacts:
    """That a client is away, first and last day included; open without a last day."""

    reason: AbsenceReason
    first_on: date
    last_on: date | None
    reported_on: date

    @property
    def is_planned(self) -> bool:
        """Whether it counts by whole weeks; any other counts day by day."""
        return self.reason is AbsenceReason.PLANNED


@dataclass(frozen=True)
class CountedAbsence:
    """One absence, adjoining ones joined, with the days of it that count up to the day asked for.

    `counted_on` is the first day that counts, later than the first day when it was reported late. `days`
    are those that count so far, `weeks` the whole weeks in them; below the shortest they give nothing.
    """

    facts: AbsenceFacts
    terms: AbsenceTerms
    counted_on: date
    days: int

    @property
    def weeks(self) -> int:
        """The whole weeks of a planned absence."""
        return self.days // self.terms.week_days if self.facts.is_planned and self.is_enough else 0

    @property
    def is_enough(self) -> bool:
        """Whether it gives a deduction at all."""
        return self.days > 0 and (not self.facts.is_planned or self.days >= self.terms.shortest_days)

    @property
    def is_late(self) -> bool:
        """Whether it was reported too late to count from its first day."""
        return self.counted_on > self.facts.first_on

    def day(self, number: int) -> date:
        """Return the counted day of that number, the first being 1."""
        return self.counted_on + timedelta(days=number - 1)


@dataclass(frozen=True)
class Deduction:
    """What absence takes off one month: a share of its care for each absence, and days of its board."""

    care_shares: tuple[Fraction, ...] = ()
    board_days: int = 0
    weeks: int = 0
    unplanned_days: int = 0

    @property
    def care_share(self) -> Fraction:
        """The share of the month's care in all, never above the whole."""
        return min(sum(self.care_shares, Fraction(0)), WHOLE)


@dataclass(frozen=True)
class ChargedMonth:
    """What a month costs before absence: care and board as they are charged (öre), and a day of board.

    `care_part` is the part of the month for which care is charged, where it begins or ends within it.
    """

    care: Ore
    board: Ore = 0
    day_amount: Ore = 0
    care_part: Fraction = WHOLE


@dataclass(frozen=True)
class Deducted:
    """What absence took off a month's care and board (öre, not below zero)."""

    care: Ore = 0
    board: Ore = 0


@dataclass(frozen=True)
class DifferenceLine:
    """A line of the next invoice: its text, a msgid with `%(month)s`, and what it adds or takes off (öre)."""

    text: str
    values: Mapping[str, object]
    amount: Ore


@dataclass(frozen=True)
class Difference:
    """What a locked month turned out to owe (öre): a positive amount is owed to the client."""

    month: date
    care: Ore
    board: Ore

    @property
    def lines(self) -> list[DifferenceLine]:
        """What the next invoice says of it; what is owed to the client has a minus there."""
        values = {"month": f"{self.month:%Y-%m}"}
        amounts = ((CARE_DIFFERENCE, self.care), (BOARD_DIFFERENCE, self.board))
        return [DifferenceLine(text, values, -amount) for text, amount in amounts if amount]


# Which days count ---------------------------------------------------------------------------------


def join_absences(absences: Iterable[AbsenceFacts]) -> list[AbsenceFacts]:
    """Adjoining absences of one reason count as one, reported when the first was.

    Source: spec CF-15.
    """
    joined: list[AbsenceFacts] = []
    for absence in sorted(absences, key=lambda each: each.first_on):
        before = joined[-1] if joined else None
        if before is not None and _adjoins(before, absence):
            joined[-1] = replace(before, last_on=absence.last_on)
        else:
            joined.append(absence)
    return joined


def find_first_day(absences: Iterable[AbsenceFacts], one: AbsenceFacts) -> date:
    """Return from which day a change of one of these absences matters: what it adjoins counts with it.

    Source: spec CF-15, CF-17.
    """
    return max(each.first_on for each in join_absences(absences) if each.first_on <= one.first_on)


def count_absence(absence: AbsenceFacts, *, terms: AbsenceTerms, through: date) -> CountedAbsence:
    """Days count from the first, planned ones at the earliest seven days after the report.

    Both ends count. An open absence is counted to the end of the month of `through`, and goes on; one whose
    end is known is as long as it is.
    Source: debitering-ao, page 25; spec CF-14, CF-15, CF-17.
    """
    counted_on = absence.first_on
    if absence.is_planned:
        counted_on = max(counted_on, absence.reported_on + timedelta(days=terms.notice_days))
    last = last_day_of_month(through) if absence.last_on is None else absence.last_on
    return CountedAbsence(absence, terms, counted_on, max((last - counted_on).days + 1, 0))


def count_absences(
    absences: Iterable[AbsenceFacts], *, terms: Sequence[AbsenceTerms], through: date
) -> list[CountedAbsence]:
    """Return the client's absences joined and counted, the first first; those of later months are left out.

    Source: spec CF-14, CF-15, CF-17.
    """
    return [
        count_absence(each, terms=_terms_on(terms, each.first_on), through=through)
        for each in join_absences(absences)
        if each.first_on <= last_day_of_month(through)
    ]


# What they take off -------------------------------------------------------------------------------


def calculate_deductions(
    absences: Iterable[AbsenceFacts], *, terms: Sequence[AbsenceTerms], through: date
) -> dict[date, Deduction]:
    """Planned: a quarter of the month's care for each whole week, in the month of the week's last day.

    Unplanned: a thirtieth a day, in the month of the day. Board: each counted day in its month; of a
    planned absence only when it is long enough. A month gives up no more than all of its care. `absences`
    are all of one client and do not overlap; months are by their first days, through that of `through`.
    Source: debitering-ao, page 25; spec CF-15, CF-16, CF-16a, CF-17.
    """
    found: dict[date, Deduction] = {}
    for counted in count_absences(absences, terms=terms, through=through):
        if counted.is_enough:
            for month, deduction in _deductions_of(counted, through):
                found[month] = _add(found.get(month, Deduction()), deduction)
    return found


def calculate_part_deduction(
    absences: Iterable[AbsenceFacts],
    *,
    terms: Sequence[AbsenceTerms],
    through: date,
    care: Collection[date],
    board: Collection[date],
) -> Deduction:
    """In a month that is charged in part only absence on the days that are charged takes anything off.

    `care` and `board` are those days. A whole week counts if its seventh day is one of them.
    Source: spec CF-15, CF-16, CF-16a, CF-17.
    """
    found = Deduction()
    for counted in count_absences(absences, terms=terms, through=through):
        if not counted.is_enough:
            continue
        own, last = counted.terms, counted.day(counted.days)
        board_days = len([day for day in board if counted.counted_on <= day <= last])
        numbers = [(day - counted.counted_on).days + 1 for day in care if counted.counted_on <= day <= last]
        if counted.facts.is_planned:
            ended = len([number for number in numbers if number % own.week_days == 0])
            shares = (Fraction(ended * own.week_percent, 100),) if ended else ()
            found = _add(found, Deduction(shares, board_days, ended))
        else:
            shares = (Fraction(len(numbers), own.month_days),) if numbers else ()
            found = _add(found, Deduction(shares, board_days, 0, len(numbers)))
    return found


def calculate_care_deduction(fee: Ore, deduction: Deduction, *, part: Fraction = WHOLE) -> Ore:
    """Return what a month's care is cut by (öre): the share of the month's fee, never more than is charged.

    `fee` is what is charged for care. Where care is charged for a part of the month, a day and a week take
    the same off as in a whole one. Source: spec CF-15, CF-16, CF-16a, CF-21.
    """
    if not fee or not part:
        return 0
    exact = [fee / part * share for share in deduction.care_shares]
    # Each absence is rounded by itself: half an öre goes to the client.
    return min(sum(divide_half_up(each.numerator, each.denominator) for each in exact), fee)


def calculate_board_deduction(fee: Ore, deduction: Deduction, *, day_amount: Ore) -> Ore:
    """Return what a month's board is cut by (öre): the day amount for each day, never more than is charged.

    Source: debitering-ao, page 25; spec CF-15, CF-16, CF-16a.
    """
    return min(deduction.board_days * day_amount, fee)


def calculate_deducted(deduction: Deduction, charged: ChargedMonth) -> Deducted:
    """Return what a month is cut by in all (öre).

    Source: spec CF-15, CF-16, CF-16a.
    """
    return Deducted(
        calculate_care_deduction(charged.care, deduction, part=charged.care_part),
        calculate_board_deduction(charged.board, deduction, day_amount=charged.day_amount),
    )


def plan_differences(
    before: Mapping[date, Deducted], after: Mapping[date, Deducted], *, locked: Collection[date]
) -> list[Difference]:
    """What locked months turned out to owe comes on the next invoice, each month by its name.

    `before` is what was deducted for each month so far, differences among it; `after` what the absences
    give as they stand now. Months that are not locked are calculated anew and need no difference.
    Source: spec CF-17.
    """
    nothing = Deducted()
    found = []
    for month in sorted(locked):
        old, new = before.get(month, nothing), after.get(month, nothing)
        if old != new:
            found.append(Difference(month, new.care - old.care, new.board - old.board))
    return found


# Steps --------------------------------------------------------------------------------------------


def _adjoins(before: AbsenceFacts, after: AbsenceFacts) -> bool:
    is_next = before.last_on is not None and day_after(before.last_on) == after.first_on
    return is_next and before.reason is after.reason


def _terms_on(terms: Sequence[AbsenceTerms], day: date) -> AbsenceTerms:
    """Return the terms of a day: the latest that hold from it or before."""
    return max((each for each in terms if each.first_on <= day), key=lambda each: each.first_on)


def _deductions_of(counted: CountedAbsence, through: date) -> Iterable[tuple[date, Deduction]]:
    terms = counted.terms
    last = min(counted.day(counted.days), last_day_of_month(through))
    first, before = counted.counted_on, 0
    while first <= last:
        end = min(last_day_of_month(first), last)
        days = (end - first).days + 1
        if counted.facts.is_planned:
            # The weeks whose last day lies in the month.
            ended = (before + days) // terms.week_days - before // terms.week_days
            shares = (Fraction(ended * terms.week_percent, 100),) if ended else ()
            yield first.replace(day=1), Deduction(shares, days, ended)
        else:
            yield first.replace(day=1), Deduction((Fraction(days, terms.month_days),), days, 0, days)
        first, before = day_after(end), before + days


def _add(one: Deduction, other: Deduction) -> Deduction:
    return Deduction(
        one.care_shares + other.care_shares,
        one.board_days + other.board_days,
        one.weeks + other.weeks,
        one.unplanned_days + other.unplanned_days,
    )
