"""What is checked when a procedure is reported or changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kvitt.foundation.values import teeth
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts
from kvitt.registers.price_lists import rules as price_lists
from kvitt.registers.price_lists.lifecycle import Demand, Pricing
from kvitt.registers.price_lists.rules import Combination, Item, Place

BEFORE_PERIOD = _("%(day)s is before the assessment period. Give a date from %(first)s to %(last)s.")
AFTER_PERIOD = _("%(day)s is after the assessment period. Give a date from %(first)s to %(last)s.")
IN_FUTURE = _("%(day)s is in the future. Give a date from %(first)s to %(last)s.")
AFTER_DEATH = _("The patient died on %(day)s. Give a date no later than that.")
NOT_ACTIVE = _(
    "The practitioner was not active at the clinic on %(day)s. Choose another one or another date."
)
NOT_ONE = _("The count is always 1. Report each procedure on a line of its own.")
UNKNOWN_CODE = _("There is no code %(code)s on %(day)s. Type the beginning of a code, or part of its name.")
SEVERAL_CODES = _("%(typed)s is not a whole code. Type one of those that match: %(codes)s.")
NO_PRICE = _("Code %(code)s has no price on %(day)s. Choose another code, or contact %(contact)s.")
ACTUAL_COST = _("Code %(code)s is paid at actual cost and cannot be reported here. Contact %(contact)s.")
NEEDS_SURFACE = _("Code %(code)s needs a tooth surface. Give one or more, for example MO.")
TAKES_NO_SURFACE = _("Code %(code)s is reported without a tooth surface. Leave the field empty.")
REPORTED_TWICE = _(
    "Code %(code)s is already reported on %(day)s with the same tooth and surface. Check the date and tooth."
)
TOO_MANY = _(
    "Code %(code)s is already in the case %(limit)s times, which is the most in a period. Remove one, or "
    "choose another code."
)


@dataclass(frozen=True)
class Entry:
    """What the user reports: a code performed on a day (None: not performed yet) at a place in the mouth."""

    code: str
    performed_on: date | None
    location: str = ""
    surface: str = ""
    quantity: int = 1


@dataclass(frozen=True)
class Surroundings:
    """What an entry is checked against: the case and its other procedures, patient, practitioner.

    `governing_on` is the day that decides code, price and practitioner; `similar_codes` are those that
    `typed_code` could mean; `contact` is whom to ask.
    """

    today: date
    period: Period
    governing_on: date
    others: Sequence[ProcedureFacts]
    born_on: date | None
    died_on: date | None
    is_practitioner_active: bool
    combinations: Sequence[Combination]
    typed_code: str = ""
    similar_codes: Sequence[str] = ()
    contact: str = ""


def calculate_governing_date(performed_on: date | None, *, today: date, period: Period) -> date:
    """The treatment date decides code, price and practitioner; today does for what is not performed.

    Where the treatment date cannot be right, the rest is judged as of today, so that one slip of the
    keyboard is told once.
    Source: spec NA-13, NA-15.
    """
    if performed_on is None or check_date(performed_on, today=today, period=period):
        return today
    return performed_on


def check_date(performed_on: date | None, *, today: date, period: Period) -> list[Problem]:
    """A treatment date is not in the future and lies within the assessment period; empty means not performed.

    Source: behovspeng, chapter 5.2; spec NA-13.
    """
    if performed_on is None:
        return []
    values = {"day": performed_on, "first": period.first, "last": min(today, period.last or today)}
    if performed_on < period.first:
        return [Problem("before_period", BEFORE_PERIOD, field="performed_on", values=values)]
    if period.last is not None and performed_on > period.last:
        return [Problem("after_period", AFTER_PERIOD, field="performed_on", values=values)]
    if performed_on > today:
        return [Problem("in_future", IN_FUTURE, field="performed_on", values=values)]
    return []


def check_procedure(entry: Entry, item: Item | None, around: Surroundings) -> list[Problem]:
    """Everything that must hold when a code is reported; all faults are told at once.

    Source: behovspeng, chapter 5.2; spec NA-12, NA-13.
    """
    problems = check_date(entry.performed_on, today=around.today, period=around.period)
    if around.died_on and entry.performed_on and entry.performed_on > around.died_on and not problems:
        values: dict[str, object] = {"day": around.died_on}
        problems.append(Problem("after_death", AFTER_DEATH, field="performed_on", values=values))
    if not around.is_practitioner_active:
        values = {"day": around.governing_on}
        problems.append(Problem("practitioner_not_active", NOT_ACTIVE, field="practitioner", values=values))
    if entry.quantity != 1:
        problems.append(Problem("not_one", NOT_ONE, field="quantity"))
    if item is None:
        return [*problems, _unknown_code(entry, around)]
    return [
        *problems,
        *check_price(item, on=around.governing_on, contact=around.contact),
        *check_place(entry, item),
        *check_age(item, born_on=around.born_on, on=around.governing_on),
        *check_repetition(entry, item, around.others),
        *check_combinations(entry, around.combinations, around.others),
    ]


def _unknown_code(entry: Entry, around: Surroundings) -> Problem:
    if around.similar_codes:
        values: dict[str, object] = {"typed": around.typed_code, "codes": "; ".join(around.similar_codes)}
        return Problem("several_codes", SEVERAL_CODES, field="code", values=values)
    values = {"code": entry.code, "day": around.governing_on}
    return Problem("unknown_code", UNKNOWN_CODE, field="code", values=values)


def check_price(item: Item, *, on: date, contact: str) -> list[Problem]:
    """A code is reported at the fixed price of the day; there is no other price to report it at.

    Source: spec NA-13, CO-14.
    """
    values: dict[str, object] = {"code": item.code, "day": on, "contact": contact}
    if item.pricing == Pricing.ACTUAL:
        return [Problem("actual_cost", ACTUAL_COST, field="code", values=values)]
    if item.price is None:
        return [Problem("no_price", NO_PRICE, field="code", values=values)]
    return []


def check_place(entry: Entry, item: Item) -> list[Problem]:
    """Tooth, jaw and surface are given exactly when the code demands it, and are what the code is for.

    Source: behovspeng, chapter 5.2; spec NA-13, CO-14.
    """
    problems = price_lists.check_location(entry.location, item)
    # How the place is wrong is told in words; whatever it is, the field is the same.
    wrong = [replace(problem, code="wrong_place") for problem in problems]
    return [*wrong, *_wrong_surface(entry, item, is_location_right=not wrong)]


def _wrong_surface(entry: Entry, item: Item, *, is_location_right: bool) -> list[Problem]:
    values: dict[str, object] = {"code": item.code}
    if not entry.surface and item.surface == Demand.MUST:
        return [Problem("surface_missing", NEEDS_SURFACE, field="surface", values=values)]
    if entry.surface and item.surface == Demand.NO:
        return [Problem("surface_not_allowed", TAKES_NO_SURFACE, field="surface", values=values)]
    return teeth.check_surface(entry.surface, entry.location) if is_location_right else []


def check_age(item: Item, *, born_on: date | None, on: date) -> list[Problem]:
    """A code with age limits is for patients of that age on the day.

    Source: spec CO-14.
    """
    problems = price_lists.check_age(item, born_on=born_on, on=on)
    return [replace(problem, code="wrong_age") for problem in problems]


def check_repetition(entry: Entry, item: Item, others: Sequence[ProcedureFacts]) -> list[Problem]:
    """The same code, tooth, surface and date stands once; a code stands at most its highest number of times.

    Procedures that are not performed have no date to share: the same one can be planned several times.
    Source: spec NA-13.
    """
    same_code = [other for other in others if other.code == entry.code and other.counts]
    if entry.performed_on is not None and any(_is_twin(entry, other) for other in same_code):
        values: dict[str, object] = {"code": entry.code, "day": entry.performed_on}
        return [Problem("reported_twice", REPORTED_TWICE, field="code", values=values)]
    if item.max_per_period is not None and len(same_code) >= item.max_per_period:
        values = {"code": entry.code, "limit": item.max_per_period}
        return [Problem("too_many", TOO_MANY, field="code", values=values)]
    return []


def _is_twin(entry: Entry, other: ProcedureFacts) -> bool:
    same_surface = teeth.surface_key(entry.surface, entry.location) == teeth.surface_key(
        other.surface, other.location
    )
    return same_surface and (entry.performed_on, entry.location) == (other.performed_on, other.location)


def check_combinations(
    entry: Entry, combinations: Sequence[Combination], others: Sequence[ProcedureFacts]
) -> list[Problem]:
    """Codes that are forbidden together for the same patient are refused, by day, period or tooth.

    Source: behovspeng, chapter 5.2; spec NA-13, CO-14.
    """
    problems = []
    place = Place(entry.performed_on, entry.location)
    for combination in combinations:
        other_code = combination.other_code if combination.code == entry.code else combination.code
        if any(
            other.code == other_code
            and other.counts
            and price_lists.is_collision(combination.scope, place, Place(other.performed_on, other.location))
            for other in others
        ):
            values = {"code": entry.code, "other": other_code}
            message = price_lists.COLLISIONS[combination.scope]
            problems.append(Problem("forbidden_combination", message, field="code", values=values))
    return problems
