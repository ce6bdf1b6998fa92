"""What holds for an address, and from when to when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import dates, text
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

# An address may be entered before the move; further ahead it is a slip of the pen.
LONGEST_AHEAD_MONTHS = 12
OWN_NAME = "own_name_in_care_of"
_SWEDEN = {"", "sverige", "sweden"}


@dataclass(frozen=True)
class AddressPlan:
    """The last day of a new address, and which of the others end the day before it begins."""

    last_on: date | None
    ends: tuple[int, ...]


def normalise_postcode(postcode: str, country: str) -> str:
    """A Swedish postcode is stored as its five digits, another country's as it is written.

    Source: spec CO-9.
    """
    compact = "".join(postcode.split())
    return compact if _is_sweden(country) else postcode.strip()


def check_address(*, street: str, postcode: str, town: str, country: str) -> list[Problem]:
    """An address has street and town, and in Sweden a postcode of five digits.

    Source: spec CO-9.
    """
    problems = []
    if not street.strip():
        problems.append(Problem("no_street", _("Give the street address."), "street"))
    problems += check_postcode(postcode, country)
    if not town.strip():
        problems.append(Problem("no_town", _("Give the town."), "town"))
    return problems


def check_postcode(postcode: str, country: str) -> list[Problem]:
    """A Swedish postcode has five digits, of which the first is not a zero.

    Source: spec CO-9.
    """
    if not _is_sweden(country) or re.fullmatch(r"[1-9][0-9]{4}", normalise_postcode(postcode, country)):
        return []
    message = _("A Swedish postcode has five digits, for example 582 22. Check it, or give the country.")
    return [Problem("bad_postcode", message, "postcode")]


def check_care_of(care_of: str, *, given_name: str, family_name: str) -> list[Problem]:
    """The person's own name typed in c/o is warned about; c/o names whom the person lives with.

    Source: spec CO-9, debitering-ao, page 5.
    """
    written = set(re.findall(r"\w+", text.search_key(care_of)))
    given = set(re.findall(r"\w+", text.search_key(given_name)))
    family = set(re.findall(r"\w+", text.search_key(family_name)))
    if not (given & written and family and family <= written):
        return []
    message = _(
        "c/o holds the person's own name. It is for the name on the door where the person lives. "
        "Empty the field, or confirm that somebody of the same name lives there."
    )
    return [Problem(OWN_NAME, message, "care_of")]


def check_address_start(first_on: date, *, others: Sequence[Period], today: date) -> list[Problem]:
    """A new address begins any day, back in time too, but not where another of its kind begins.

    It may begin up to a year ahead, as a move is known beforehand.
    Source: debitering-ao, page 5; spec CO-9, CF-2.
    """
    if first_on > dates.add_months(today, LONGEST_AHEAD_MONTHS):
        message = _("%(date)s is more than a year ahead. Check the year.")
        return [Problem("too_far_ahead", message, "first_on", {"date": first_on})]
    if any(other.first == first_on for other in others):
        message = _(
            "An address of this kind begins on %(date)s already. Give another day, "
            "or change that address if it was mistyped."
        )
        return [Problem("address_overlaps", message, "first_on", {"date": first_on})]
    return []


def plan_address(first_on: date, *, others: Sequence[Period]) -> AddressPlan:
    """What holds on the first day ends the day before; the new address holds until the next one begins.

    Source: debitering-ao, page 5; spec CO-9, CF-2.
    """
    following = [other.first for other in others if other.first > first_on]
    return AddressPlan(
        last_on=dates.day_before(min(following)) if following else None,
        ends=tuple(
            place
            for place, other in enumerate(others)
            if other.first < first_on and (other.last is None or other.last >= first_on)
        ),
    )


def check_address_end(period: Period, last_on: date) -> list[Problem]:
    """An open address can be ended, no earlier than it begins; what is ended stays as it is.

    Source: spec CO-9.
    """
    if period.last is not None:
        message = _("The address is already ended, on %(date)s.")
        return [Problem("already_ended", message, "last_on", {"date": period.last})]
    if last_on < period.first:
        message = _("The address begins on %(date)s. Give that day or a later one.")
        return [Problem("end_before_start", message, "last_on", {"date": period.first})]
    return []


def may_share_address(*, is_protected: bool, is_other_protected: bool, has_other_died: bool) -> bool:
    """An address of stay goes to a related person too, but never from or to one who is protected or dead.

    Source: debitering-ao, page 6; spec CO-10.
    """
    return not (is_protected or is_other_protected or has_other_died)


def _is_sweden(country: str) -> bool:
    return text.search_key(country) in _SWEDEN
