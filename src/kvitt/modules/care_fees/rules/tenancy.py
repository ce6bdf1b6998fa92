"""From when a housing contract holds, when it may end, and what it costs a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kvitt.foundation.values.dates import Period, add_months, last_day_of_month
from kvitt.foundation.values.money import Ore, format_kronor, round_half_up
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import HousingKind

CARE_HOME_EARLY = _(
    "Care home, moved in from day 1 to %(early)s of the month: the contract holds from day %(half)s of it."
)
CARE_HOME_LATE = _(
    "Care home, moved in from day %(late)s of the month: the contract holds from the 1st of the next."
)
FLAT_EARLY = _(
    "Serviced flat, moved in from day 1 to %(early)s of the month: the contract holds from the 1st of it."
)
FLAT_LATE = _(
    "Serviced flat, moved in from day %(late)s of the month: the contract holds from day %(half)s of it."
)
END_DAY = _(
    "A contract cannot end on %(day)s. Choose %(half)s, which is half rent that month, or %(whole)s, "
    "which is full rent."
)
END_BEFORE_START = _("The contract holds from %(first)s and cannot end before that. Choose a later day.")
RENT_DAY = _("A rent begins on a day when a contract can begin. Choose %(whole)s or %(half)s.")
RENT_BEFORE_START = _("The contract holds from %(first)s. Give that day or a later one.")
RENT_AFTER_END = _("The contract ends on %(last)s. Give an earlier day.")
NEGATIVE_RENT = _("A rent is not below zero. Give the rent of a month in kronor.")
LARGE_RENT = _("A rent of more than %(most)s a month is not taken. Check the amount.")
MOVED_IN_RANGE = _("%(day)s is not a day of moving in. Give one from %(first)s to %(last)s.")
DWELLING_IS_LET = _(
    "%(dwelling)s is let with the contract %(number)s, %(period)s. Choose another dwelling, or end that "
    "contract first."
)
CLIENT_HAS_CONTRACT = _(
    "%(client)s already has the contract %(number)s, %(period)s. End it first: a client has one at a time."
)

NUMBER_TAKEN = _("Another dwelling has the number %(number)s. Give this one another.")
DWELLING_CLOSED = _("%(dwelling)s is not let from %(day)s on. Choose another dwelling.")
NO_SUCH_PARTNER = _(
    "No client whom you can see has the number %(number)s. Check it; a couple of two billing areas is "
    "registered by the billing office."
)
SAME_CLIENT = _("That is the client's own number. Give the other tenant's, or leave it empty.")
MONTH_CALCULATED = _(
    "%(month)s is calculated for the client, so the beginning of the contract is not changed any more. "
    "End the contract and register a new one, and correct the fee if too much was charged."
)
HAS_FREE_MONTH = _("A free month is decided on the contract, so its beginning is not changed any more.")
NEXT_RENT = _("The contract has another rent from %(day)s. Its beginning must lie before that.")
APPROVED = _(
    "%(month)s is approved and locked. Choose a later day, and correct the rent of what is approved with "
    "a correction of the fee."
)

NOTE_APPROVED = _(
    "%(month)s is approved already and stays as it is. Correct the fee where its rent should be another."
)

# What is outside these is mistyped.
EARLIEST = date(2000, 1, 1)
LATEST_MONTHS = 12
LARGEST_AMOUNT: Ore = 10_000_000


@dataclass(frozen=True)
class TenancyTerms:
    """Which days of a month decide about contracts and rent, as whole days of the month."""

    early_move_in_to: int
    half_rent_from: int
    half_rent_to: int


@dataclass(frozen=True)
class ContractDate:
    """From when a contract holds, and the rule that says so: a msgid and its values."""

    first_on: date
    rule: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class DatedRent:
    """What a month costs from a day on."""

    first_on: date
    monthly: Ore


@dataclass(frozen=True)
class TenancyContent:
    """What a housing contract says when it begins; `monthly` in öre."""

    dwelling_id: int
    moved_in_on: date
    monthly: Ore


@dataclass(frozen=True)
class EndDay:
    """A day on which a contract may end, and whether its last month then costs half."""

    last_on: date
    is_half: bool


@dataclass(frozen=True)
class Held:
    """A contract that stands already: its number and from when to when it holds."""

    number: str
    period: Period


def calculate_contract_date(moved_in: date, kind: HousingKind, terms: TenancyTerms) -> ContractDate:
    """A care home is paid for from the next half month, a serviced flat from the half month that runs.

    Source: debitering-ao, pages 13-14; spec CF-8.
    """
    first = moved_in.replace(day=1)
    half = moved_in.replace(day=terms.half_rent_from)
    is_early = moved_in.day <= terms.early_move_in_to
    if kind is HousingKind.CARE_HOME:
        first_on, rule = (half, CARE_HOME_EARLY) if is_early else (add_months(first, 1), CARE_HOME_LATE)
    else:
        first_on, rule = (first, FLAT_EARLY) if is_early else (half, FLAT_LATE)
    early = terms.early_move_in_to
    return ContractDate(first_on, rule, {"early": early, "late": early + 1, "half": terms.half_rent_from})


def calculate_rent(
    month: date, first_on: date, last_on: date | None, monthly: Ore, terms: TenancyTerms
) -> Ore:
    """Full rent from the 1st, half from the 17th; ended the 14th is half, ended the last is full.

    Source: debitering-ao, pages 13-14; spec CF-7.
    """
    return calculate_dated_rent(month, first_on, last_on, [DatedRent(first_on, monthly)], terms)


def calculate_dated_rent(
    month: date, first_on: date, last_on: date | None, rents: Sequence[DatedRent], terms: TenancyTerms
) -> Ore:
    """Each half of a month costs half of the rent that holds when it begins, half an öre up.

    Both halves of one rent are the whole of it. Source: debitering-ao, pages 13-14; spec CF-7.
    """
    start, middle = month.replace(day=1), month.replace(day=terms.half_rent_from)
    half_to = month.replace(day=terms.half_rent_to)
    has_first = first_on <= start and (last_on is None or last_on >= half_to)
    has_second = first_on <= middle and (last_on is None or last_on > half_to)
    first, second = _rent_on(start, rents), _rent_on(middle, rents)
    if has_first and has_second and first == second:
        return first
    return (_half(first) if has_first else 0) + (_half(second) if has_second else 0)


def calculate_shares(amount: Ore, client_ids: Sequence[int]) -> dict[int, Ore]:
    """Two who hold a contract pay half each; the odd öre is the one's with the lower number.

    Source: spec CF-7.
    """
    count = len(client_ids)
    each, rest = divmod(abs(amount), count)
    sign = -1 if amount < 0 else 1
    return {client_id: sign * (each + (at < rest)) for at, client_id in enumerate(sorted(client_ids))}


def calculate_end_days(month: date, first_on: date, terms: TenancyTerms) -> list[EndDay]:
    """A contract ends the 14th or the last day of a month, and not before it begins.

    Source: debitering-ao, pages 13-14; spec CF-7.
    """
    days = [
        EndDay(month.replace(day=terms.half_rent_to), is_half=True),
        EndDay(last_day_of_month(month), is_half=False),
    ]
    return [day for day in days if day.last_on > first_on]


def check_end(first_on: date, last_on: date, terms: TenancyTerms) -> list[Problem]:
    """A contract ends the 14th or the last day of a month, and not before it begins.

    Source: debitering-ao, pages 13-14; spec CF-7.
    """
    half, whole = last_on.replace(day=terms.half_rent_to), last_day_of_month(last_on)
    if last_on not in {half, whole}:
        values = {"day": last_on.isoformat(), "half": half.isoformat(), "whole": whole.isoformat()}
        return [Problem("end_day", END_DAY, "last_on", values)]
    if last_on < first_on:
        return [Problem("end_before_start", END_BEFORE_START, "last_on", {"first": first_on.isoformat()})]
    return []


def check_rent(
    rent: DatedRent, *, first_on: date, last_on: date | None, terms: TenancyTerms
) -> list[Problem]:
    """A rent is not below zero, and begins the 1st or the 17th while the contract holds.

    Source: debitering-ao, pages 13-14; spec CF-7.
    """
    problems = check_amount(rent.monthly)
    if rent.first_on.day not in {1, terms.half_rent_from}:
        start, half = rent.first_on.replace(day=1), rent.first_on.replace(day=terms.half_rent_from)
        days = {"whole": start.isoformat(), "half": half.isoformat()}
        problems.append(Problem("rent_day", RENT_DAY, "first_on", days))
    elif rent.first_on < first_on:
        first = {"first": first_on.isoformat()}
        problems.append(Problem("rent_before_start", RENT_BEFORE_START, "first_on", first))
    elif last_on is not None and rent.first_on > last_on:
        last = {"last": last_on.isoformat()}
        problems.append(Problem("rent_after_end", RENT_AFTER_END, "first_on", last))
    return problems


def check_dwelling_is_free(dwelling: str, period: Period, held: Sequence[Held]) -> list[Problem]:
    """A dwelling is let with one contract at a time.

    Source: spec CF-7.
    """
    return [
        Problem(
            "dwelling_is_let",
            DWELLING_IS_LET,
            "dwelling",
            {"dwelling": dwelling, "number": other.number, "period": str(other.period)},
        )
        for other in held
        if other.period.overlaps(period)
    ]


def check_client_is_free(client: str, period: Period, held: Sequence[Held]) -> list[Problem]:
    """A client has one contract at a time.

    Source: spec CF-7.
    """
    return [
        Problem(
            "client_has_contract",
            CLIENT_HAS_CONTRACT,
            "",
            {"client": client, "number": other.number, "period": str(other.period)},
        )
        for other in held
        if other.period.overlaps(period)
    ]


def check_amount(monthly: Ore) -> list[Problem]:
    """A rent is not below zero, nor so large that it must be mistyped.

    Source: spec CF-7.
    """
    if monthly > LARGEST_AMOUNT:
        most = {"most": format_kronor(LARGEST_AMOUNT)}
        return [Problem("large_rent", LARGE_RENT, "monthly", most)]
    return [Problem("negative_rent", NEGATIVE_RENT, "monthly")] if monthly < 0 else []


def check_moved_in(day: date, *, today: date) -> list[Problem]:
    """Nobody is registered as moving in more than a year ahead, or in another century.

    Source: spec CF-8.
    """
    last = add_months(today, LATEST_MONTHS)
    if EARLIEST <= day <= last:
        return []
    values = {"day": day.isoformat(), "first": EARLIEST.isoformat(), "last": last.isoformat()}
    return [Problem("moved_in_range", MOVED_IN_RANGE, "moved_in_on", values)]


def check_partner(number: str, partner: str, *, is_client: bool) -> list[Problem]:
    """The other tenant of a contract is another client, whom the same user reaches.

    Source: spec CF-7.
    """
    if partner == number:
        return [Problem("same_client", SAME_CLIENT, "partner")]
    if not is_client:
        return [Problem("no_such_partner", NO_SUCH_PARTNER, "partner", {"number": partner})]
    return []


def check_dwelling_is_open(dwelling: str, first_on: date, closed_on: date | None) -> list[Problem]:
    """A dwelling that is closed is not let any more.

    Source: spec CF-7.
    """
    if closed_on is None or first_on < closed_on:
        return []
    values = {"dwelling": dwelling, "day": closed_on.isoformat()}
    return [Problem("dwelling_closed", DWELLING_CLOSED, "dwelling", values)]


def check_mending(
    *,
    calculated: date | None,
    has_free_month: bool,
    first_on: date,
    last_on: date | None,
    next_rent_on: date | None,
) -> list[Problem]:
    """What was mistyped when a contract began is mended while none of its months is calculated.

    `calculated` is the first month that is, or None. Source: spec CF-12, CF-28.
    """
    problems = []
    if calculated is not None:
        problems.append(Problem("month_calculated", MONTH_CALCULATED, "", {"month": f"{calculated:%Y-%m}"}))
    if has_free_month:
        problems.append(Problem("has_free_month", HAS_FREE_MONTH))
    if last_on is not None and last_on < first_on:
        days = {"first": first_on.isoformat()}
        problems.append(Problem("end_before_start", END_BEFORE_START, "moved_in_on", days))
    if next_rent_on is not None and next_rent_on <= first_on:
        problems.append(Problem("next_rent", NEXT_RENT, "moved_in_on", {"day": next_rent_on.isoformat()}))
    return problems


def check_not_approved(approved: date | None) -> list[Problem]:
    """A rent does not change what is approved: `approved` is the first month since then that is.

    Source: spec CF-28.
    """
    if approved is None:
        return []
    return [Problem("month_approved", APPROVED, "first_on", {"month": f"{approved:%Y-%m}"})]


def number_taken(number: str) -> Problem:
    """A number stands for one dwelling.

    Source: spec CF-7.
    """
    return Problem("number_taken", NUMBER_TAKEN, "number", {"number": number})


def _half(monthly: Ore) -> Ore:
    return round_half_up(Decimal(monthly) / 2)


def _rent_on(day: date, rents: Sequence[DatedRent]) -> Ore:
    begun = [rent for rent in rents if rent.first_on <= day]
    return max(begun, key=lambda rent: rent.first_on).monthly if begun else 0
