"""What a service costs, and what is right of who is granted it and where it is registered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kvitt.foundation.values.dates import Period, last_day_of_month
from kvitt.foundation.values.money import Ore, round_half_up
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import CareKind, Measure, ServiceKind
from kvitt.modules.care_fees.rules.catalogue import ServiceFacts, check_order
from kvitt.registers.organisations.lifecycle import UnitKind

MINUTES_PER_HOUR = 60

# Where a service that is registered only where people are cared for day and night may be registered.
RESTRICTED_TO = frozenset(
    {UnitKind.CARE_HOME, UnitKind.SHORT_STAY, UnitKind.RESPITE, UnitKind.SERVICED_HOUSING}
)
# At which kinds of units a kind of care is given; what is not named is given at any.
FITTING = {
    CareKind.PERSONAL_CARE: frozenset(UnitKind) - {UnitKind.CARE_HOME},
    CareKind.CARE_HOME_CARE: frozenset({UnitKind.CARE_HOME, UnitKind.SHORT_STAY}),
    CareKind.BOARD: frozenset({UnitKind.CARE_HOME, UnitKind.SHORT_STAY}),
}

NOT_GRANTED = _("%(name)s is registered, not granted. Choose a service that costs by the month.")
SERVICE_NOT_VALID = _("%(name)s is in the catalogue %(period)s. Choose days within it, or another service.")
UNIT_CLOSED = _("%(unit)s closed on %(day)s. Choose another unit, or an earlier last day.")
UNIT_DOES_NOT_FIT = _("%(name)s is not given at %(unit)s, %(kind)s. Choose another unit or service.")
OVERLAPS = _("%(name)s is granted %(period)s already. End that first, or choose other days.")
NEGATIVE_AMOUNT = _("An amount is not below zero. Write what a month costs, or leave it empty.")
DAY_OUTSIDE = _("%(name)s is granted %(period)s. Choose a day within it.")
STILL_GRANTED = _("%(name)s is granted to %(count)s after %(day)s. End that first, or choose a later day.")
STILL_REGISTERED = _("%(name)s is registered for %(month)s. Choose a later day.")
RESTRICTED = _("%(name)s is registered only in care home, short stay, respite care and serviced housing.")
NOT_A_PRODUCT = _("%(name)s is granted, and costs by itself every month. It is not registered.")
NOT_IN_MONTH = _("%(name)s is not in the catalogue in %(month)s.")


# What it costs ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MonthTerms:
    """How a part of a month is charged: one of `month_days` parts of the monthly amount per day."""

    month_days: int = 30


@dataclass(frozen=True)
class GrantedPart:
    """That something is granted from when to when, and what a month of it costs (öre)."""

    period: Period
    monthly: Ore


@dataclass(frozen=True)
class MonthlyCharge:
    """What a granted service costs in a month: `days` of `of_days`, or the whole month at once."""

    amount: Ore
    days: int
    of_days: int
    is_whole: bool

    @property
    def share(self) -> Fraction:
        """Which share of a month it is."""
        return Fraction(self.days, self.of_days)


def calculate_part(period: Period, month: date) -> Period | None:
    """Return which days of the month lie in the period, None where none does.

    Source: spec CF-16a.
    """
    first, last = month.replace(day=1), last_day_of_month(month)
    if not period.overlaps(Period(first, last)):
        return None
    return Period(max(period.first, first), min(period.last or last, last))


def calculate_price_day(period: Period, month: date) -> date:
    """The price of the first day in the month governs the whole month: of what is granted, or registered.

    `period` is that of the grant, or that of the service in the catalogue. A price list that ends in the
    middle of a month holds for that month. Source: spec CF-6; docs/decisions/0025.
    """
    return max(period.first, month.replace(day=1))


def calculate_time_amount(minutes: int, hourly: Ore) -> Ore:
    """Registered time costs minutes times the hourly price, öre half up: 45 min at 278 kr are 208,50 kr.

    Source: spec CF-6.
    """
    # Half up, as the spec says of time.
    return round_half_up(Decimal(minutes) * hourly / MINUTES_PER_HOUR)


def calculate_registered_amount(measure: Measure, quantity: int, price: Ore) -> Ore:
    """What is registered costs its count times the price, or its minutes at the hourly price.

    Source: spec CF-6, CF-11.
    """
    return calculate_time_amount(quantity, price) if measure is Measure.MINUTES else quantity * price


def calculate_monthly_amount(
    period: Period, monthly: Ore, *, month: date, terms: MonthTerms
) -> MonthlyCharge:
    """A granted service costs its monthly amount; one that begins or ends in the month 1/30 of it per day.

    First and last day are included, and it is never more than the monthly amount. Who has it every day of
    the month pays the month, however many days it has. Source: spec CF-16a.
    """
    [charge] = calculate_monthly_amounts([GrantedPart(period, monthly)], month=month, terms=terms)
    return charge


def calculate_monthly_amounts(
    parts: Sequence[GrantedPart], *, month: date, terms: MonthTerms
) -> list[MonthlyCharge]:
    """What one client pays for one service in a month, part by part as the amount was changed.

    Parts that together are every day of the month share it: changing an amount in the middle makes nobody
    pay more or less than a month. Source: spec CF-16a; docs/decisions/0025.
    """
    in_month = [calculate_part(part.period, month) for part in parts]
    days = [(part.last - part.first).days + 1 if part and part.last else 0 for part in in_month]
    length = last_day_of_month(month).day
    of_days = length if sum(days) >= length else terms.month_days
    highest = max((part.monthly for part, count in zip(parts, days, strict=True) if count), default=0)
    exact, charged, charges = Fraction(0), 0, []
    for part, count in zip(parts, days, strict=True):
        exact += Fraction(part.monthly * count, of_days)
        # What is charged so far is rounded, so that parts of one amount come to what it comes to unparted.
        so_far = min(round_half_up(Decimal(exact.numerator) / exact.denominator), highest)
        charges.append(MonthlyCharge(so_far - charged, min(count, of_days), of_days, count == length))
        charged = so_far
    return charges


# Who is granted what ------------------------------------------------------------------------------


def check_granted(
    name: str,
    period: Period,
    *,
    service: ServiceFacts,
    unit: "UnitFacts",
    others: Iterable[Period],
    amount: Ore | None = None,
) -> list[Problem]:
    """A client is granted a service of the catalogue at an open unit that gives it, once at a time.

    `others` are when the client is granted the same. Source: debitering-ao, page 21; spec CF-6.
    """
    if problems := check_order(period.first, period.last):
        return problems
    if service.kind is not ServiceKind.GRANTED:
        problems.append(Problem("not_granted", NOT_GRANTED, "service", {"name": name}))
    if not (service.period.contains(period.first) and _ends_within(period, service.period)):
        values = {"name": name, "period": service.period}
        problems.append(Problem("service_not_valid", SERVICE_NOT_VALID, "first_on", values))
    if unit.closed_on is not None and not _ends_within(period, Period(period.first, unit.closed_on)):
        closed = {"unit": unit.name, "day": unit.closed_on}
        problems.append(Problem("unit_closed", UNIT_CLOSED, "unit", closed))
    if unit.kind not in FITTING.get(service.care, frozenset(UnitKind)):
        where = {"name": name, "unit": unit.name, "kind": _worded(unit.kind)}
        problems.append(Problem("unit_does_not_fit", UNIT_DOES_NOT_FIT, "unit", where))
    if amount is not None and amount < 0:
        problems.append(Problem("negative_amount", NEGATIVE_AMOUNT, "amount"))
    if overlapped := next((other for other in others if other.overlaps(period)), None):
        problems.append(Problem("overlaps", OVERLAPS, "service", {"name": name, "period": overlapped}))
    return problems


@dataclass(frozen=True)
class UnitFacts:
    """What the rules know of a care unit."""

    name: str
    kind: UnitKind
    closed_on: date | None = None


def check_service_end(
    service: ServiceFacts, last_on: date | None, *, granted_after: int, registered_in: date | None
) -> list[Problem]:
    """A service leaves the catalogue when nobody is granted it longer and nothing is registered later.

    `granted_after` is how many are; `registered_in` the last month of registrations. Source: spec CF-6.
    """
    problems = check_order(service.first_on, last_on)
    if last_on is None or problems:
        return problems
    values = {"name": service.name, "day": last_on, "count": granted_after}
    if granted_after:
        problems.append(Problem("still_granted", STILL_GRANTED, "last_on", values))
    if registered_in is not None and registered_in > last_on:
        month = {"name": service.name, "month": f"{registered_in:%Y-%m}"}
        problems.append(Problem("still_registered", STILL_REGISTERED, "last_on", month))
    return problems


def check_day_within(name: str, day: date, period: Period) -> list[Problem]:
    """An amount is changed from a day on which the service is granted.

    Source: spec CF-6.
    """
    if period.contains(day):
        return []
    return [Problem("day_outside", DAY_OUTSIDE, "first_on", {"name": name, "period": period})]


def check_registrable(service: ServiceFacts, unit_kind: UnitKind, month: date) -> list[Problem]:
    """A product is registered in a month of the catalogue; a restricted one only where people stay.

    Source: spec CF-6, CF-11.
    """
    values = {"name": service.name, "month": f"{month:%Y-%m}"}
    if service.kind is not ServiceKind.PRODUCT:
        return [Problem("not_a_product", NOT_A_PRODUCT, "service", values)]
    if calculate_part(service.period, month) is None:
        return [Problem("not_in_month", NOT_IN_MONTH, "service", values)]
    if service.is_restricted and unit_kind not in RESTRICTED_TO:
        return [Problem("restricted", RESTRICTED, "service", values)]
    return []


def _ends_within(period: Period, outer: Period) -> bool:
    return outer.last is None or (period.last is not None and period.last <= outer.last)


def _worded(member: UnitKind) -> Problem:
    """Return an enumeration's word as a value of a message: it is translated with it."""
    return Problem(member.value, member.label)
