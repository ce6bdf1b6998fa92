"""What makes a client's month another than the month before it, and by how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kvitt.foundation.values.dates import add_months, last_day_of_month
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import LineKind, Measure

_HALF = 2
# What is charged or given back by itself, not as more or less of what was charged last month.
_OF_ITS_OWN = (LineKind.CORRECTION, LineKind.DIFFERENCE, LineKind.CARRIED)


class ChangeKind(Labelled):
    """Why a month comes to more or less than the one before. Source: spec CF-27."""

    DIED = "died", _("Died %(day)s")
    NEW_CLIENT = "new_client", _("Not charged the month before")
    MOVED_HERE = "moved_here", _("Came from another billing area")
    LEFT_AREA = "left_area", _("No longer in the billing area")
    NEW_SERVICE = "new_service", _("New: %(service)s")
    ENDED_SERVICE = "ended_service", _("Ended: %(service)s")
    MOVED_IN = "moved_in", _("Moves in")
    MOVED_OUT = "moved_out", _("Moves out")
    HALF_RENT = "half_rent", _("Half rent")
    WHOLE_RENT = "whole_rent", _("Whole rent after half")
    RENT = "rent", _("New rent")
    ABSENCE = "absence", _("Absence, days: %(days)s (%(before)s)")
    COUNT = "count", _("%(service)s: %(now)s (%(before)s)")
    MINUTES = "minutes", _("%(service)s: %(now)s min (%(before)s min)")
    PART_OF_MONTH = "part_of_month", _("%(service)s, another number of days")
    PRICE = "price", _("New price: %(service)s")
    AT_CAP = "at_cap", _("Reached the fee cap")
    BELOW_CAP = "below_cap", _("No longer at the fee cap")
    NEW_CAP = "new_cap", _("Another fee cap")
    CAPACITY = "capacity", _("New income or fee capacity")
    CORRECTION = "correction", _("Correction: %(text)s")
    CORRECTION_BEFORE = "correction_before", _("Correction the month before: %(text)s")
    DIFFERENCE = "difference", _("Difference of %(month)s")
    DIFFERENCE_BEFORE = "difference_before", _("The month before had a difference of %(month)s")
    CARRIED = "carried", _("Carried from an earlier month")
    CARRIED_BEFORE = "carried_before", _("The month before had an amount carried to it")
    OTHER = "other", _("Another amount: %(service)s")


_COUNTED: Mapping[Measure | None, ChangeKind] = {
    Measure.COUNT: ChangeKind.COUNT,
    Measure.MINUTES: ChangeKind.MINUTES,
}
_LIMITS = (ChangeKind.AT_CAP, ChangeKind.BELOW_CAP, ChangeKind.NEW_CAP, ChangeKind.CAPACITY)


@dataclass(frozen=True)
class ComparedLine:
    """A line of a month as it is compared: `service` names what it is for, empty for the rent."""

    kind: LineKind
    amount: Ore
    service: str = ""
    text: str = ""
    quantity: int | None = None
    price: Ore | None = None
    measure: Measure | None = None
    about_month: date | None = None


@dataclass(frozen=True)
class ComparedMonth:
    """What a client's month came to; `area` tells two areas apart, `absence_days` are those away in it."""

    area: int | None
    lines: Sequence[ComparedLine] = ()
    is_at_cap: bool = False
    absence_days: int = 0

    @property
    def total(self) -> Ore:
        """The sum of the lines (öre)."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class Change:
    """One reason with what it comes to (öre, signed); zero where it only explains others."""

    kind: ChangeKind
    amount: Ore
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass
class _Compared:
    """The lines for one thing of both months, added up."""

    line: ComparedLine
    before: Ore = 0
    now: Ore = 0
    quantity_before: int | None = None
    quantity_now: int | None = None
    price_before: Ore | None = None
    price_now: Ore | None = None
    is_in_before: bool = False
    is_in_now: bool = False


def explain_change(
    before: ComparedMonth | None,
    now: ComparedMonth | None,
    *,
    month: date,
    died_on: date | None = None,
) -> list[Change]:
    """The reasons of a difference come to it together, the largest first, what only explains before them.

    `before` or `now` is None where the client was not, or is no longer, in the areas that are compared.
    Source: debitering-ao, page 34; spec CF-27.
    """
    notes = []
    if died_on is not None and add_months(month, -1) <= died_on <= last_day_of_month(month):
        notes.append(Change(ChangeKind.DIED, 0, {"day": died_on.isoformat()}))
    if now is None:
        return [*notes, Change(ChangeKind.LEFT_AREA, -before.total if before else 0)]
    if before is None:
        return [*notes, Change(ChangeKind.NEW_CLIENT, now.total)]
    if before.area != now.area:
        notes.append(Change(ChangeKind.MOVED_HERE, 0))
    found = _of_single_lines(before, now)
    found += [change for each in _side_by_side(before, now) if (change := _compare(each, before, now))]
    changes = _added_up(found)
    if now.is_at_cap and not before.is_at_cap and all(each.kind is not ChangeKind.AT_CAP for each in changes):
        notes.append(Change(ChangeKind.AT_CAP, 0))
    return [*notes, *sorted(changes, key=lambda change: -abs(change.amount))]


def _of_single_lines(before: ComparedMonth, now: ComparedMonth) -> list[Change]:
    """Return the corrections, differences and carried amounts of both months: each is by itself."""
    kinds = {
        LineKind.CORRECTION: (ChangeKind.CORRECTION, ChangeKind.CORRECTION_BEFORE),
        LineKind.DIFFERENCE: (ChangeKind.DIFFERENCE, ChangeKind.DIFFERENCE_BEFORE),
        LineKind.CARRIED: (ChangeKind.CARRIED, ChangeKind.CARRIED_BEFORE),
    }
    return [
        Change(kinds[line.kind][place], sign * line.amount, _values_of(line))
        for place, (sign, compared) in enumerate(((1, now), (-1, before)))
        for line in compared.lines
        if line.kind in kinds
    ]


def _values_of(line: ComparedLine) -> dict[str, object]:
    if line.kind is LineKind.CORRECTION:
        return {"text": line.text}
    if line.kind is LineKind.DIFFERENCE:
        return {"month": line.text if line.about_month is None else f"{line.about_month:%Y-%m}"}
    return {}


def _side_by_side(before: ComparedMonth, now: ComparedMonth) -> list[_Compared]:
    """Return what both months charge for each thing, in the order of the lines; absence is one thing."""
    found: dict[tuple[object, str], _Compared] = {}
    for is_now, compared in ((False, before), (True, now)):
        for line in compared.lines:
            if line.kind in _OF_ITS_OWN:
                continue
            each = found.setdefault((line.kind, line.service), _Compared(line))
            _add(each, line, is_now=is_now)
    return list(found.values())


def _add(each: _Compared, line: ComparedLine, *, is_now: bool) -> None:
    if is_now:
        each.is_in_now = True
        each.now += line.amount
        each.quantity_now = _sum(each.quantity_now, line.quantity)
        each.price_now = line.price
    else:
        each.is_in_before = True
        each.before += line.amount
        each.quantity_before = _sum(each.quantity_before, line.quantity)
        each.price_before = line.price


def _sum(known: int | None, more: int | None) -> int | None:
    return known if more is None else (known or 0) + more


def _compare(each: _Compared, before: ComparedMonth, now: ComparedMonth) -> Change | None:
    """Return why one thing costs more or less than the month before, None where it does not."""
    amount = each.now - each.before
    if not amount:
        return None
    kind = each.line.kind
    if kind in (LineKind.ABSENCE_CARE, LineKind.ABSENCE_BOARD):
        days = {"days": now.absence_days, "before": before.absence_days}
        return Change(ChangeKind.ABSENCE, amount, days)
    if kind is LineKind.RENT:
        return Change(_rent_kind(each), amount)
    service: dict[str, object] = {"service": each.line.service}
    if each.quantity_now != each.quantity_before and each.line.measure in _COUNTED:
        service |= {"now": each.quantity_now or 0, "before": each.quantity_before or 0}
        return Change(_COUNTED[each.line.measure], amount, service)
    found = _service_kind(each, before, now)
    # A limit is one thing for all the services under it.
    return Change(found, amount, {} if found in _LIMITS else service)


def _service_kind(each: _Compared, before: ComparedMonth, now: ComparedMonth) -> ChangeKind:
    if each.is_in_now != each.is_in_before:
        return ChangeKind.NEW_SERVICE if each.is_in_now else ChangeKind.ENDED_SERVICE
    if each.quantity_now != each.quantity_before:
        return ChangeKind.PART_OF_MONTH
    if each.price_now != each.price_before:
        return ChangeKind.PRICE
    return _limit_kind(before, now) if each.line.kind is LineKind.CARE else ChangeKind.OTHER


def _rent_kind(each: _Compared) -> ChangeKind:
    if not each.is_in_before or not each.is_in_now:
        return ChangeKind.MOVED_IN if each.is_in_now else ChangeKind.MOVED_OUT
    if each.now == each.before // _HALF:
        return ChangeKind.HALF_RENT
    return ChangeKind.WHOLE_RENT if each.before == each.now // _HALF else ChangeKind.RENT


def _limit_kind(before: ComparedMonth, now: ComparedMonth) -> ChangeKind:
    """Return which limit has moved, where a capped service costs another amount by the same price."""
    if now.is_at_cap:
        return ChangeKind.NEW_CAP if before.is_at_cap else ChangeKind.AT_CAP
    return ChangeKind.BELOW_CAP if before.is_at_cap else ChangeKind.CAPACITY


def _added_up(changes: Sequence[Change]) -> list[Change]:
    """Return the changes with those of the same words as one; what comes to nothing is left out."""
    sums: dict[tuple[ChangeKind, tuple[tuple[str, object], ...]], Change] = {}
    for change in changes:
        key = (change.kind, tuple(sorted(change.values.items())))
        known = sums.get(key)
        amount = change.amount + (known.amount if known else 0)
        sums[key] = Change(change.kind, amount, change.values)
    return [change for change in sums.values() if change.amount]
