"""What holds for a person's name and number, and for records that turn out to be one."""

import re
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import identity, text
from kvitt.foundation.values.identity import IdentityKind
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

KEY_LENGTH = 210
SHORTEST_REASON = 5
_OLDEST_YEAR = 1840


@dataclass(frozen=True)
class Record:
    """What is weighed when two records turn out to be one person."""

    given_name: str
    family_name: str
    phone: str
    born_on: date | None
    died_on: date | None
    is_protected: bool
    area_clinic_id: int | None


def check_person(
    *,
    given_name: str,
    family_name: str,
    born_on: date | None,
    died_on: date | None,
    today: date,
    needs_name: bool = True,
) -> list[Problem]:
    """A person has a given name and a family name, and dies after birth and not in the future.

    Only whoever is known by the number alone, as a participant of an activity, still has none.
    Source: spec CO-8, PH-2.
    """
    problems = []
    if needs_name and not given_name.strip():
        problems.append(Problem("no_given_name", _("Give the given name."), "given_name"))
    if needs_name and not family_name.strip():
        problems.append(Problem("no_family_name", _("Give the family name."), "family_name"))
    if born_on is not None and born_on > today:
        message = _("The date of birth %(date)s has not come yet. Give today or an earlier date.")
        problems.append(Problem("birth_in_future", message, "born_on", {"date": born_on}))
    if died_on is not None and died_on > today:
        message = _("The date of death %(date)s has not come yet. Give today or an earlier date.")
        problems.append(Problem("death_in_future", message, "died_on", {"date": died_on}))
    if died_on is not None and born_on is not None and died_on < born_on:
        message = _("The date of death lies before the date of birth, %(date)s. Check both.")
        problems.append(Problem("death_before_birth", message, "died_on", {"date": born_on}))
    return problems


def calculate_born_on(digits: str, kind: IdentityKind, *, given: date | None, today: date) -> date | None:
    """The number tells the date of birth; a reserve number without a date leaves it to what was given.

    Source: spec CO-8, folkbokforingslagen, 18 §.
    """
    told = identity.birth_date(digits)
    if kind is not IdentityKind.RESERVE:
        return told
    is_date = told is not None and told.year >= _OLDEST_YEAR and told <= today
    return told if is_date else given


def calculate_sort_key(*, given_name: str, family_name: str, is_protected: bool) -> str:
    """A person sorts by family name, in Swedish order; a protected person's place tells nothing of the name.

    Source: spec CO-25, QU-19.
    """
    return "" if is_protected else text.sort_key(f"{family_name} {given_name}")[:KEY_LENGTH]


def calculate_search_key(*, given_name: str, family_name: str, is_protected: bool) -> str:
    """A person is found by any part of the name; a protected person by number only.

    Source: spec CO-25, QU-19.
    """
    return "" if is_protected else text.search_key(f"{given_name} {family_name}")[:KEY_LENGTH]


def check_merge(*, is_same: bool, is_merged: bool) -> list[Problem]:
    """Two records that are not one already can be merged.

    Source: spec CO-8.
    """
    if is_same or is_merged:
        message = _("The two numbers already belong to the same record. There is nothing to merge.")
        return [Problem("same_record", message, "number")]
    return []


def plan_merge(remaining: Record, merged: Record) -> Record:
    """The remaining record keeps what it knows and takes over what only the other knew.

    Protection of either protects the person.
    Source: spec CO-8, QU-19.
    """
    named = remaining if remaining.given_name or remaining.family_name else merged
    return Record(
        given_name=named.given_name,
        family_name=named.family_name,
        phone=remaining.phone or merged.phone,
        born_on=remaining.born_on or merged.born_on,
        died_on=remaining.died_on or merged.died_on,
        is_protected=remaining.is_protected or merged.is_protected,
        area_clinic_id=remaining.area_clinic_id or merged.area_clinic_id,
    )


def check_reason(reason: str) -> list[Problem]:
    """Whoever opens a protected identity says why, in words that can be followed up.

    Source: spec CO-8, QU-19.
    """
    if len(re.findall(r"\w", reason)) < SHORTEST_REASON:
        message = _(
            "Say why you need to see the details, for example that the patient is being treated today."
        )
        return [Problem("no_reason", message, "reason")]
    return []
