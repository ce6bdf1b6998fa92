"""What a code, a price, a combination and a parameter's value must be like, typed or read from a file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.parameters import Parameter, shipped_parameters
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.foundation.values.text import search_key
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists.lifecycle import (
    CombinationScope,
    Demand,
    Dentition,
    Participants,
    PreauthorizationNeed,
    Pricing,
)

_CODE = re.compile(r"^[0-9]{1,6}[A-ZÅÄÖ]?$")
LONGEST_NAME = 200
LONGEST_SOURCE = 300
HIGHEST_AMOUNT: Ore = 10_000_000_000  # a hundred million kronor: more is a slip of the keyboard
LOWEST_FROM_COUNT = 2  # from the first is always
HIGHEST_COUNT = 999
HIGHEST_AGE = 130

# The lowest and highest value of a parameter in each unit but öre.
_RANGES = {
    "months": (1, 1_200),
    "days": (0, 3_650),
    "day of month": (1, 31),
    "years": (0, HIGHEST_AGE),
    "count": (0, 1_000_000_000),
    "percent": (0, 100),
    "ten-thousandths": (0, 100_000),
    "megabytes": (1, 60),  # the server keeps no larger upload: settings.KVITT_LARGEST_UPLOAD
}

BAD_CODE = _("%(code)s is not a code. Write digits, and one letter after them if need be: 815 or 825S.")
NO_NAME = _("The name is missing. Write what the code is for.")
LONG_NAME = _("The name is too long. Write at most %(longest)s characters.")
TOOTH_AND_JAW = _(
    "Tooth and jaw do not agree. Let one of them be not given, or give both the same choice: "
    "then one of the two is given."
)
SURFACE_NEEDS_TOOTH = _(
    "A surface must be given only where a tooth must be given and no jaw. Change one of them."
)
SURFACE_WITHOUT_TOOTH = _("A surface belongs to a tooth. Let a tooth be given, or no surface.")
DENTITION_WITHOUT_TOOTH = _("The code takes no tooth. Let a tooth be given, or choose all teeth.")
NO_FROM_COUNT = _("From which number is preauthorization needed? Give a number from 2.")
FROM_FIRST = _("From number %(number)s means every time. Choose always, or give a number from 2.")
FROM_COUNT_UNUSED = _("A number is given only for preauthorization from the n-th. Leave it empty.")
FROM_COUNT_UNREACHED = _(
    "Preauthorization from number %(number)s is never reached: the highest number in the period "
    "is %(highest)s. Change one of them."
)
OUT_OF_RANGE = _("%(value)s is not from %(lowest)s to %(highest)s. Give a number in that range.")
AGES_IN_ORDER = _("The highest age is below the lowest, %(lowest)s. Change one of them.")
DATES_IN_ORDER = _("The last day is before the first, %(first)s. Change one of them.")
ACTUAL_WITH_PRICES = _(
    "Code %(code)s has prices and so cannot be paid at actual cost. Let it end, and make a new code."
)
PARTICIPANTS_ELSEWHERE = _(
    "Participants are given in population responsibility only. Choose not given, or the other module."
)
NOT_IN_ACTIVITIES = _(
    "A code of population responsibility is for an activity, not for a patient's treatment. Leave this out."
)
ACTUAL_IN_ACTIVITIES = _(
    "An activity is approved at once with the price of its day. Choose a fixed price for its code."
)
SURFACE_NOT_CLAIMED = _("A claim of special care dentistry has no tooth surfaces. Choose not given.")
NEED_OF_THE_PATIENT = _(
    "In special care dentistry it is the patient's support and the year's amount that decide what needs "
    "preauthorization, not the code. Choose never."
)
CODE_EXISTS = _("Code %(code)s exists already. Open it to change it.")
UNKNOWN_CODE = _("There is no code %(code)s in %(module)s. Make the code first.")
PRICE_OF_ACTUAL = _("Code %(code)s is paid at actual cost and has no price. Remove the price.")
NEGATIVE_AMOUNT = _("The amount is below 0 kr. Write it without a minus sign.")
HIGH_AMOUNT = _("The amount is above 100 million kr. Check the number of digits.")
PRICE_AFTER_END = _("Code %(code)s ends on %(last)s, before this price begins. Give an earlier date.")
NO_TOOTH_IN_CODE = _("Code %(code)s takes no tooth, so the same tooth never occurs. Choose day or period.")
ACTIVITY_HAS_ONE_CODE = _(
    "An activity has one code, so codes of population responsibility never meet. Choose another module."
)
COMBINATION_EXISTS = _("The combination exists already. Open it in the list to change it.")
UNKNOWN_PARAMETER = _("There is no parameter %(name)s. Take a name from the list of parameters.")
NO_SOURCE = _("The source is missing. Write which decision or regulation the value comes from.")
LONG_SOURCE = _("The source is too long. Write at most %(longest)s characters.")


@dataclass(frozen=True)
class Item:
    """A code as it stands on a day, with the price of that day.

    The price is None where the code is paid at actual cost, and where no price has begun.
    """

    code: str
    name: str
    tooth: Demand = Demand.NO
    jaw: Demand = Demand.NO
    surface: Demand = Demand.NO
    dentition: Dentition = Dentition.ANY
    preauthorization: PreauthorizationNeed = PreauthorizationNeed.NEVER
    from_count: int | None = None
    max_per_period: int | None = None
    min_age: int | None = None
    max_age: int | None = None
    participants: Participants = Participants.NONE
    pricing: Pricing = Pricing.FIXED
    price: Ore | None = None


@dataclass(frozen=True)
class Combination:
    """Two codes that may not stand together, and within what."""

    code: str
    other_code: str
    scope: CombinationScope


@dataclass(frozen=True)
class ItemFacts:
    """A code as the price list keeps it."""

    module: Scheme
    code: str
    name: str
    first_on: date
    last_on: date | None = None
    tooth: Demand = Demand.NO
    jaw: Demand = Demand.NO
    surface: Demand = Demand.NO
    dentition: Dentition = Dentition.ANY
    preauthorization: PreauthorizationNeed = PreauthorizationNeed.NEVER
    from_count: int | None = None
    max_per_period: int | None = None
    min_age: int | None = None
    max_age: int | None = None
    participants: Participants = Participants.NONE
    pricing: Pricing = Pricing.FIXED

    @property
    def key(self) -> tuple[str, str]:
        """What the price list has one of."""
        return self.module.value, self.code


@dataclass(frozen=True)
class PriceFacts:
    """What a code is paid with from a date on."""

    module: Scheme
    code: str
    first_on: date
    amount: Ore

    @property
    def key(self) -> tuple[str, str, date]:
        """What the price list has one of."""
        return self.module.value, self.code, self.first_on


@dataclass(frozen=True)
class CombinationFacts:
    """A forbidden combination as the price list keeps it, in either order."""

    module: Scheme
    code: str
    other_code: str
    scope: CombinationScope
    first_on: date
    last_on: date | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What the price list has one of: the lower code first."""
        first, second = sorted((self.code, self.other_code))
        return self.module.value, first, second, self.scope.value


@dataclass(frozen=True)
class ParameterFacts:
    """An authority's own value of a parameter from a date on, and where it comes from."""

    name: str
    first_on: date
    value: int
    source: str

    @property
    def key(self) -> tuple[str, date]:
        """What an authority has one of."""
        return self.name, self.first_on


def normalise_code(text: str) -> str:
    """A code is written in capitals without spaces: `825 s` is 825S.

    Source: spec CO-14
    """
    return "".join(text.split()).upper()


def is_code_search(text: str) -> bool:
    """Digits, and a letter after them, look for codes that begin so; anything else looks in the names.

    Source: spec NA-12
    """
    return bool(_CODE.match(normalise_code(text)))


def check_item(item: ItemFacts, *, has_prices: bool = False) -> list[Problem]:
    """A code's demands agree with one another, and its numbers and dates are possible.

    Tooth and jaw that both must, or both may, be given mean one of the two. A code paid at actual cost
    has no prices. Participants belong to the codes of activities, and what is asked of a patient's
    treatment does not. A claim of special care dentistry has no surfaces, and S dental care is always
    preauthorized, whatever the code.
    Source: befolkningsansvar, chapter 2; fakturaportalen, page 4; spec CO-14, PH-2, SC-2, SC-4a, SC-9
    """
    is_activity = item.module is Scheme.POPULATION_HEALTH
    problems = [
        *_name_problems(item),
        *(_activity_problems(item) if is_activity else _treatment_problems(item)),
        *_date_problems(item.first_on, item.last_on),
    ]
    if has_prices and item.pricing is Pricing.ACTUAL:
        problems.append(Problem("actual_with_prices", ACTUAL_WITH_PRICES, "pricing", {"code": item.code}))
    return problems


def check_price(price: PriceFacts, *, item: ItemFacts | None) -> list[Problem]:
    """A price is not negative and belongs to a code with fixed price that has not ended before it.

    Source: spec CO-14
    """
    problems = _amount_problems(price.amount, "amount")
    if item is None:
        problems.append(_unknown_code(price.module, price.code, "code"))
    elif item.pricing is Pricing.ACTUAL:
        problems.append(Problem("price_of_actual", PRICE_OF_ACTUAL, "amount", {"code": price.code}))
    elif item.last_on is not None and item.last_on < price.first_on:
        values = {"code": price.code, "last": item.last_on}
        problems.append(Problem("price_after_end", PRICE_AFTER_END, "first_on", values))
    return problems


def check_combination(
    combination: CombinationFacts, *, item: ItemFacts | None, other: ItemFacts | None
) -> list[Problem]:
    """Both codes of a combination exist; both can name a tooth where the same tooth is meant.

    Codes of population responsibility are never reported together: an activity has one.
    Source: spec CO-14, PH-2
    """
    problems = _date_problems(combination.first_on, combination.last_on)
    if combination.module is Scheme.POPULATION_HEALTH:
        problems.append(Problem("activity_has_one_code", ACTIVITY_HAS_ONE_CODE, "module"))
    sides = ((combination.code, item, "code"), (combination.other_code, other, "other_code"))
    for code, found, field in sides:
        if found is None:
            problems.append(_unknown_code(combination.module, code, field))
        elif combination.scope is CombinationScope.TOOTH and found.tooth is Demand.NO:
            problems.append(Problem("no_tooth_in_code", NO_TOOTH_IN_CODE, "scope", {"code": code}))
    return problems


def check_parameter_value(
    value: ParameterFacts, *, shipped: Mapping[str, Parameter] | None = None
) -> list[Problem]:
    """An own value belongs to a shipped parameter, is possible for its unit and names its source.

    Source: spec CO-15
    """
    parameters = shipped_parameters() if shipped is None else shipped
    if value.name not in parameters:
        return [Problem("unknown_parameter", UNKNOWN_PARAMETER, "name", {"name": value.name})]
    unit = parameters[value.name].unit
    if unit == "öre":
        problems = _amount_problems(value.value, "value")
    else:
        problems = _range_problems(value.value, *_RANGES[unit], "value")
    if not value.source.strip():
        problems.append(Problem("no_source", NO_SOURCE, "source"))
    if len(value.source) > LONGEST_SOURCE:
        problems.append(Problem("long_source", LONG_SOURCE, "source", {"longest": LONGEST_SOURCE}))
    return problems


def _name_problems(item: ItemFacts) -> list[Problem]:
    problems = []
    if not _CODE.match(item.code):
        problems.append(Problem("bad_code", BAD_CODE, "code", {"code": item.code}))
    if not item.name.strip():
        problems.append(Problem("no_name", NO_NAME, "name"))
    if max(len(item.name), len(search_key(item.name))) > LONGEST_NAME:
        problems.append(Problem("long_name", LONG_NAME, "name", {"longest": LONGEST_NAME}))
    return problems


def _activity_problems(item: ItemFacts) -> list[Problem]:
    """Say what is asked of a patient's treatment, where nobody is treated."""
    of_treatments: dict[str, tuple[object, object]] = {
        "tooth": (item.tooth, Demand.NO),
        "jaw": (item.jaw, Demand.NO),
        "surface": (item.surface, Demand.NO),
        "dentition": (item.dentition, Dentition.ANY),
        "preauthorization": (item.preauthorization, PreauthorizationNeed.NEVER),
        "from_count": (item.from_count, None),
        "max_per_period": (item.max_per_period, None),
        "min_age": (item.min_age, None),
        "max_age": (item.max_age, None),
    }
    problems = [
        Problem("not_in_activities", NOT_IN_ACTIVITIES, field)
        for field, (given, left_out) in of_treatments.items()
        if given != left_out
    ]
    if item.pricing is Pricing.ACTUAL:
        problems.append(Problem("actual_in_activities", ACTUAL_IN_ACTIVITIES, "pricing"))
    return problems


def _treatment_problems(item: ItemFacts) -> list[Problem]:
    problems = [
        *_place_problems(item),
        *_preauthorization_problems(item),
        *_range_problems(item.max_per_period, 1, HIGHEST_COUNT, "max_per_period"),
        *_range_problems(item.min_age, 0, HIGHEST_AGE, "min_age"),
        *_range_problems(item.max_age, 0, HIGHEST_AGE, "max_age"),
    ]
    if item.min_age is not None and item.max_age is not None and item.max_age < item.min_age:
        problems.append(Problem("ages_in_order", AGES_IN_ORDER, "max_age", {"lowest": item.min_age}))
    if item.participants is not Participants.NONE:
        problems.append(Problem("participants_elsewhere", PARTICIPANTS_ELSEWHERE, "participants"))
    return problems + (_claim_problems(item) if item.module is Scheme.SPECIAL_CARE else [])


def _claim_problems(item: ItemFacts) -> list[Problem]:
    """Say what is never asked of a line of a claim."""
    problems = []
    if item.surface is not Demand.NO:
        problems.append(Problem("surface_not_claimed", SURFACE_NOT_CLAIMED, "surface"))
    if item.preauthorization is not PreauthorizationNeed.NEVER:
        problems.append(Problem("need_of_the_patient", NEED_OF_THE_PATIENT, "preauthorization"))
    return problems


def _place_problems(item: ItemFacts) -> list[Problem]:
    problems = []
    if Demand.NO not in (item.tooth, item.jaw) and item.tooth is not item.jaw:
        problems.append(Problem("tooth_and_jaw", TOOTH_AND_JAW, "jaw"))
    if item.surface is Demand.MAY and item.tooth is Demand.NO:
        problems.append(Problem("surface_without_tooth", SURFACE_WITHOUT_TOOTH, "surface"))
    if item.surface is Demand.MUST and (item.tooth, item.jaw) != (Demand.MUST, Demand.NO):
        problems.append(Problem("surface_needs_tooth", SURFACE_NEEDS_TOOTH, "surface"))
    if item.dentition is not Dentition.ANY and item.tooth is Demand.NO:
        problems.append(Problem("dentition_without_tooth", DENTITION_WITHOUT_TOOTH, "dentition"))
    return problems


def _preauthorization_problems(item: ItemFacts) -> list[Problem]:
    number, highest = item.from_count, item.max_per_period
    if item.preauthorization is not PreauthorizationNeed.FROM_COUNT:
        return [] if number is None else [Problem("from_count_unused", FROM_COUNT_UNUSED, "from_count")]
    if number is None:
        return [Problem("no_from_count", NO_FROM_COUNT, "from_count")]
    if number < LOWEST_FROM_COUNT:
        return [Problem("from_first", FROM_FIRST, "from_count", {"number": number})]
    if highest is not None and number > highest:
        values = {"number": number, "highest": highest}
        return [Problem("from_count_unreached", FROM_COUNT_UNREACHED, "from_count", values)]
    return _range_problems(number, LOWEST_FROM_COUNT, HIGHEST_COUNT, "from_count")


def _range_problems(value: int | None, lowest: int, highest: int, field: str) -> list[Problem]:
    if value is None or lowest <= value <= highest:
        return []
    return [
        Problem("out_of_range", OUT_OF_RANGE, field, {"value": value, "lowest": lowest, "highest": highest})
    ]


def _amount_problems(amount: Ore, field: str) -> list[Problem]:
    if amount < 0:
        return [Problem("negative_amount", NEGATIVE_AMOUNT, field)]
    return [Problem("high_amount", HIGH_AMOUNT, field)] if amount > HIGHEST_AMOUNT else []


def _date_problems(first_on: date, last_on: date | None) -> list[Problem]:
    if last_on is None or first_on <= last_on:
        return []
    return [Problem("dates_in_order", DATES_IN_ORDER, "last_on", {"first": first_on})]


def _unknown_code(module: Scheme, code: str, field: str) -> Problem:
    return Problem("unknown_code", UNKNOWN_CODE, field, {"code": code, "module": module.value})
