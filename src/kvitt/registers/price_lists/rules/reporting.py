"""What a code asks of a treatment that is reported or claimed: tooth or jaw, age, no collision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import teeth
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.price_lists.lifecycle import CombinationScope, Demand, Dentition
from kvitt.registers.price_lists.rules.catalogue import Item

# What can be wrong with a tooth or jaw, by code.
PLACE_MESSAGES: Mapping[str, str] = {
    "not_a_location": teeth.NOT_A_LOCATION,
    "needs_tooth_or_jaw": _(
        "Code %(code)s needs a tooth or a jaw. Give a tooth, for example 13, or ÖK or UK."
    ),
    "needs_tooth": _("Code %(code)s needs a tooth. Give a tooth, for example 13."),
    "needs_jaw": _("Code %(code)s needs a jaw. Give ÖK or UK."),
    "takes_no_place": _("Code %(code)s is reported without tooth and jaw. Leave the field empty."),
    "takes_no_tooth": _(
        "Code %(code)s is reported without a tooth. Give a jaw, ÖK or UK, or leave the field empty."
    ),
    "takes_no_jaw": _("Code %(code)s is reported without a jaw. Give a tooth, or leave the field empty."),
    "primary_tooth": _(
        "%(location)s is a primary tooth, and code %(code)s is for permanent teeth. "
        "Give a tooth from 11 to 48."
    ),
    "permanent_tooth": _(
        "%(location)s is a permanent tooth, and code %(code)s is for primary teeth. "
        "Give a tooth from 51 to 85."
    ),
}
# What can be wrong with the patient's age, by code.
AGE_MESSAGES: Mapping[str, str] = {
    "too_young": _(
        "Code %(code)s is for patients from %(limit)s years; the patient was %(age)s. Choose another code."
    ),
    "too_old": _(
        "Code %(code)s is for patients up to %(limit)s years; the patient was %(age)s. Choose another code."
    ),
}
# What is said of two codes that may not stand together, by scope.
COLLISIONS: Mapping[str, str] = {
    CombinationScope.DAY: _(
        "Codes %(code)s and %(other)s cannot be reported on the same day. Remove %(other)s, or change the "
        "date."
    ),
    CombinationScope.PERIOD: _(
        "Codes %(code)s and %(other)s cannot be reported in the same period. Remove %(other)s, or choose "
        "another code."
    ),
    CombinationScope.TOOTH: _(
        "Codes %(code)s and %(other)s cannot be reported on the same tooth. Remove %(other)s, or change the "
        "tooth."
    ),
}


@dataclass(frozen=True)
class Place:
    """When something was done (None: not yet), and on which tooth or jaw."""

    day: date | None
    location: str


def check_location(location: str, item: Item) -> list[Problem]:
    """Tooth and jaw are given exactly when the code demands it, and are what the code is for.

    Source: behovspeng, chapter 5.2; spec NA-13, CO-14, SC-9.
    """
    code = _wrong_location(location, item)
    values: dict[str, object] = {"code": item.code, "location": location}
    return [Problem(code, PLACE_MESSAGES[code], field="location", values=values)] if code else []


def check_age(item: Item, *, born_on: date | None, on: date) -> list[Problem]:
    """A code with age limits is for patients of that age on the day.

    Source: spec CO-14.
    """
    if born_on is None:
        return []
    age = calculate_age(born_on, on=on)
    for code, limit, is_broken in (
        ("too_young", item.min_age, item.min_age is not None and age < item.min_age),
        ("too_old", item.max_age, item.max_age is not None and age > item.max_age),
    ):
        if is_broken:
            values: dict[str, object] = {"code": item.code, "limit": limit, "age": age}
            return [Problem(code, AGE_MESSAGES[code], field="code", values=values)]
    return []


def calculate_age(born_on: date, *, on: date) -> int:
    """A person is so many whole years old on a day.

    Source: spec CO-14.
    """
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def is_collision(scope: CombinationScope, one: Place, other: Place) -> bool:
    """Two codes of a forbidden combination collide on the same day, tooth or jaw, or anyhow in the period.

    Source: behovspeng, chapter 5.2; spec NA-13, CO-14.
    """
    if scope is CombinationScope.PERIOD:
        return True
    if scope is CombinationScope.DAY:
        return one.day is not None and one.day == other.day
    return bool(one.location) and one.location == other.location


def _wrong_location(location: str, item: Item) -> str:
    """Return the code of what is wrong with the tooth or jaw, or nothing."""
    needed = _needed_place(item)
    if not location:
        return needed
    if item.tooth == Demand.NO and item.jaw == Demand.NO:
        return "takes_no_place"
    if teeth.is_jaw(location):
        return (needed or "takes_no_jaw") if item.jaw == Demand.NO else ""
    if not teeth.is_tooth(location):
        return "not_a_location"
    if item.tooth == Demand.NO:
        return needed or "takes_no_tooth"
    return _wrong_dentition(location, item.dentition)


def _wrong_dentition(tooth: str, dentition: Dentition) -> str:
    """Return the code of what is wrong when the item is for the other kind of teeth, or nothing."""
    if dentition == Dentition.PERMANENT and teeth.is_primary_tooth(tooth):
        return "primary_tooth"
    if dentition == Dentition.PRIMARY and teeth.is_permanent_tooth(tooth):
        return "permanent_tooth"
    return ""


def _needed_place(item: Item) -> str:
    """Return the code of what to say to somebody who gave no place, or the wrong kind of place."""
    if item.tooth == Demand.MUST and item.jaw == Demand.MUST:
        return "needs_tooth_or_jaw"
    if item.tooth == Demand.MUST:
        return "needs_tooth"
    return "needs_jaw" if item.jaw == Demand.MUST else ""
