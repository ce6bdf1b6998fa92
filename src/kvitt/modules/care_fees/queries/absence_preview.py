"""What an absence would take off the fees, told while it is typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext, ngettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import absences as queries
from kvitt.modules.care_fees.queries import month as months
from kvitt.modules.care_fees.queries import services
from kvitt.modules.care_fees.rules.absence import (
    AbsenceFacts,
    AbsenceTerms,
    ChargedMonth,
    CountedAbsence,
    Deducted,
    Deduction,
    calculate_deducted,
    calculate_deductions,
    count_absences,
)
from kvitt.modules.care_fees.rules.absence_check import check_absence

# The months whose kronor are told: each of them asks what care and board cost.
_SHOWN = 12


@dataclass(frozen=True)
class PreviewMonth:
    """What one month loses by the absence: `share` in words, amounts in öre with their minus."""

    month: date
    share: str
    care: Ore
    board_days: int
    board: Ore
    is_locked: bool


@dataclass(frozen=True)
class Preview:
    """What the dialog tells of an absence: why and from when it counts, and what each month loses.

    `problems` are why it would be refused; then nothing else is told.
    """

    problems: Sequence[Problem] = ()
    reasons: Sequence[str] = ()
    months: Sequence[PreviewMonth] = ()
    has_board: bool = False
    has_locked: bool = False

    @property
    def problem_texts(self) -> list[str]:
        """Why it would be refused, in the reader's language."""
        return [problem_text(problem) for problem in self.problems]


def preview_absence(client: Client, new: AbsenceFacts, *, but: int | None, today: date) -> Preview:
    """Return what an absence would take off, beside the others; `but` is the id of the one it replaces.

    An open one is counted to the end of this month. Kronor are of the fees before the fee cap.
    Source: spec CF-14, CF-15, CF-16, CF-17.
    """
    others = [queries.facts_of(each) for each in queries.absences_of([client.pk]) if each.pk != but]
    problems = problems_of(client, new, others, today=today)
    if problems:
        return Preview(problems=problems)
    through = last_day_of_month(new.last_on or max(today, new.first_on))
    terms = queries.terms_of(client.authority_id, [each.first_on for each in [*others, new]])
    before = calculate_deductions(others, terms=terms, through=through)
    after = calculate_deductions([*others, new], terms=terms, through=through)
    [counted] = [
        each
        for each in count_absences([*others, new], terms=terms, through=through)
        if each.facts.first_on <= new.first_on <= (each.facts.last_on or new.first_on)
    ]
    lost = [month for month in sorted(after) if after[month] != before.get(month)][-_SHOWN:]
    charged = {month: charged_month(client, month) for month in lost}
    locked = months.locked_months(client)
    told = [
        _told(month, before.get(month, Deduction()), after[month], charged[month], is_locked=month in locked)
        for month in lost
    ]
    return Preview(
        reasons=_reasons(new, counted, through),
        months=told,
        has_board=any(each.board for each in charged.values()),
        has_locked=any(each.is_locked for each in told),
    )


def problems_of(
    client: Client, new: AbsenceFacts, others: Iterable[AbsenceFacts], *, today: date
) -> list[Problem]:
    """Return why an absence would be refused beside the client's others."""
    return check_absence(
        new,
        others=others,
        today=today,
        is_in_care_home=queries.is_in_care_home(client, on=new.first_on),
        has_terms=bool(queries.terms_of(client.authority_id, [new.first_on])),
    )


def charged_month(client: Client, month: date) -> ChargedMonth:
    """Return what care and board cost a client in a month, before absence and the fee cap."""
    found = services.care_amounts([client.pk], month)[client.pk]
    part = Fraction(found.care, found.monthly_care) if found.monthly_care else Fraction(1)
    return ChargedMonth(found.care, found.board, found.day_amount, min(part, Fraction(1)))


def changed_months(
    authority_id: int, before: Sequence[AbsenceFacts], after: Sequence[AbsenceFacts], *, through: date
) -> frozenset[date]:
    """Return the months that lose more or less by a change of a client's absences. Source: spec CF-17."""
    terms = queries.terms_of(authority_id, {each.first_on for each in [*before, *after]})
    old = calculate_deductions(before, terms=terms, through=through)
    new = calculate_deductions(after, terms=terms, through=through)
    return frozenset(month for month in {*old, *new} if old.get(month) != new.get(month))


# In words -----------------------------------------------------------------------------------------


def _told(
    month: date, before: Deduction, after: Deduction, charged: ChargedMonth, *, is_locked: bool
) -> PreviewMonth:
    old, new = (calculate_deducted(each, charged) for each in (before, after))
    lost = Deducted(new.care - old.care, new.board - old.board)
    return PreviewMonth(
        month=month,
        share=_share_text(after.care_share - before.care_share, after, before),
        care=-lost.care,
        board_days=after.board_days - before.board_days,
        board=-lost.board,
        is_locked=is_locked,
    )


def _share_text(share: Fraction, after: Deduction, before: Deduction) -> str:
    """Return which share of the month's care goes, and for what: `50 %, 2 hela veckor`."""
    percent = share * 100
    shown = str(int(percent)) if percent.denominator == 1 else f"{float(percent):.1f}".replace(".", ",")
    weeks, days = after.weeks - before.weeks, after.unplanned_days - before.unplanned_days
    if days:
        values: Mapping[str, object] = {"percent": shown, "number": days}
        return ngettext("%(percent)s %%, %(number)s day", "%(percent)s %%, %(number)s days", days) % values
    values = {"percent": shown, "number": weeks}
    return (
        ngettext("%(percent)s %%, %(number)s whole week", "%(percent)s %%, %(number)s whole weeks", weeks)
        % values
    )


def _reasons(new: AbsenceFacts, counted: CountedAbsence, through: date) -> list[str]:
    """Return from when the absence counts and why, sentence by sentence."""
    told = [_joined_text(new, counted), _start_text(counted), _length_text(counted)]
    if new.last_on is None:
        ends = gettext("Without a last day it is counted to %(day)s, and goes on in the next month.")
        told.append(ends % {"day": through})
    return [text for text in told if text]


def _joined_text(new: AbsenceFacts, counted: CountedAbsence) -> str:
    whole = counted.facts
    if whole.first_on == new.first_on and whole.last_on == new.last_on:
        return ""
    joined = gettext(
        "It adjoins another absence of the same reason: they count as one, from %(first)s, reported on "
        "%(reported)s."
    )
    return joined % {"first": whole.first_on, "reported": whole.reported_on}


def _start_text(counted: CountedAbsence) -> str:
    terms, facts = counted.terms, counted.facts
    values = {"day": counted.counted_on, "reported": facts.reported_on, "notice": terms.notice_days}
    if not facts.is_planned:
        return gettext("Counts from the first day, %(day)s: unplanned absence needs no notice.") % values
    if counted.is_late:
        late = gettext("Counts from %(day)s: %(notice)s days after the report on %(reported)s.")
        return late % values
    return gettext("Counts from the first day, %(day)s: reported at least %(notice)s days before.") % values


def _length_text(counted: CountedAbsence) -> str:
    terms: AbsenceTerms = counted.terms
    if not counted.facts.is_planned:
        values = {"parts": terms.month_days}
        return gettext("Each day takes 1/%(parts)s off the month's fee for care.") % values
    values = {
        "number": counted.days,
        "weeks": counted.weeks,
        "percent": terms.week_percent,
        "shortest": terms.shortest_days,
    }
    if not counted.is_enough:
        short = ngettext(
            "%(number)s day counts. Planned absence of fewer than %(shortest)s days takes nothing off.",
            "%(number)s days count. Planned absence of fewer than %(shortest)s days takes nothing off.",
            counted.days,
        )
        return short % values
    long = ngettext(
        "%(number)s days count, %(weeks)s whole week: each takes %(percent)s %% off the fee for care of the "
        "month in which it ends.",
        "%(number)s days count, %(weeks)s whole weeks: each takes %(percent)s %% off the fee for care of the "
        "month in which it ends.",
        counted.weeks,
    )
    return long % values
