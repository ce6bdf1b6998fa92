"""Who gets a client's invoices, where those of a dead one may go, and how long they may wait."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.foundation.values.text import search_key

LONGEST_RESPITE_MONTHS = 12

ESTATE_OF_LIVING = _(
    "The client lives: there is no estate. Register the date of death first, or choose invoice recipient."
)
ESTATE_WITH_THE_DEAD = _(
    "%(place)s is where the dead person lived or was cared for, so nobody gets the invoice there. "
    "Give the address of whoever answers for the estate."
)
NO_LONGER_HELD = _("The recipient is already ended, on %(date)s.")
NOT_BEGUN = _("The recipient holds from %(date)s. Give that day or a later one.")
ENDS_BEFORE_BEGIN = _("The last day is before the first, %(date)s. Change one of them.")
OVERLAPS = _("Somebody else gets the invoices %(period)s. Choose other days, or end that first.")
RESPITE_OF_LIVING = _("The client lives. Respite is granted for the estate of a dead person.")
RESPITE_PASSED = _("%(date)s has passed. Give today or a later day.")
RESPITE_TOO_LONG = _("%(date)s is more than a year ahead. Give an earlier day.")
RESPITE_HOLDS = _("Respite is granted until %(date)s already. Give a later day.")
NO_RESPITE_REASON = _("Say why the invoices wait.")
RESPITE_ENDED = _("The respite is already ended, on %(date)s.")


@dataclass(frozen=True)
class Place:
    """A street address, with its postcode where that is known."""

    street: str
    postcode: str = ""

    def is_same(self, other: "Place") -> bool:
        """Tell whether the other is there: the same street and number, whatever flat or room."""
        # What stands after a comma is a flat or a room.
        own, others = _words(self.street.partition(",")[0]), _words(other.street)
        is_near = not self.postcode or not other.postcode or self.postcode == other.postcode
        return bool(own) and is_near and others[: len(own)] == own


@dataclass(frozen=True)
class RecipientDays:
    """When a new recipient ends, if that is known, and when the present one does."""

    last_on: date | None = None
    previous_last_on: date | None = None


def check_estate(place: Place, *, is_dead: bool, places_of_dead: Iterable[Place]) -> list[Problem]:
    """The estate of a dead client gets its invoices elsewhere than where he lived or was cared for.

    Source: debitering-ao, page 8; spec CF-4.
    """
    if not is_dead:
        return [Problem("estate_of_living", ESTATE_OF_LIVING, "kind")]
    if any(known.is_same(place) for known in places_of_dead):
        values = {"place": " ".join(place.street.split())}
        return [Problem("estate_with_the_dead", ESTATE_WITH_THE_DEAD, "street", values)]
    return []


def calculate_previous_end(first_on: date, *, began_on: date) -> date:
    """Who got the invoices before is proposed to end with the last day of the month before.

    Where he began later than that, the day before the new one begins.
    Source: debitering-nyhetsbrev; spec CF-3.
    """
    if first_on == date.min:
        return first_on
    proposed = dates.day_before(max(first_on.replace(day=1), dates.day_after(date.min)))
    return proposed if proposed >= began_on else dates.day_before(first_on)


def check_end(period: Period, last_on: date) -> list[Problem]:
    """A recipient is ended once, and no earlier than he begins.

    Source: debitering-ao, page 7; spec CF-3.
    """
    if period.last is not None:
        return [Problem("already_ended", NO_LONGER_HELD, "last_on", {"date": period.last})]
    if last_on < period.first:
        return [Problem("end_before_start", NOT_BEGUN, "last_on", {"date": period.first})]
    return []


def check_days(first_on: date, last_on: date | None) -> list[Problem]:
    """A recipient whose last day is known ends no earlier than he begins.

    Source: spec CF-3.
    """
    if last_on is None or last_on >= first_on:
        return []
    return [Problem("ends_before_begin", ENDS_BEFORE_BEGIN, "last_on", {"date": first_on})]


def check_overlap(period: Period, *, others: Iterable[Period]) -> list[Problem]:
    """One at a time gets the invoices.

    Source: spec CF-3.
    """
    busy = next((other for other in others if other.overlaps(period)), None)
    return [Problem("overlaps", OVERLAPS, "first_on", {"period": str(busy)})] if busy else []


def check_respite(
    last_on: date, *, reason: str, died_on: date | None, held_until: date | None, today: date
) -> list[Problem]:
    """The invoices of a dead client wait until a day ahead, within a year, for a reason.

    `held_until` is until when they wait already. Source: debitering-ao, page 8; spec CF-4.
    """
    if died_on is None:
        return [Problem("respite_of_living", RESPITE_OF_LIVING)]
    problems = []
    values = {"date": last_on}
    if last_on < today:
        problems.append(Problem("respite_passed", RESPITE_PASSED, "last_on", values))
    elif last_on > dates.add_months(today, LONGEST_RESPITE_MONTHS):
        problems.append(Problem("respite_too_long", RESPITE_TOO_LONG, "last_on", values))
    elif held_until is not None and last_on <= held_until:
        problems.append(Problem("respite_holds", RESPITE_HOLDS, "last_on", {"date": held_until}))
    if not reason.strip():
        problems.append(Problem("no_reason", NO_RESPITE_REASON, "reason"))
    return problems


def check_respite_end(last_on: date, *, today: date) -> list[Problem]:
    """A respite that still holds can be ended.

    Source: spec CF-4.
    """
    return [] if last_on >= today else [Problem("respite_ended", RESPITE_ENDED, "", {"date": last_on})]


def _words(street: str) -> list[str]:
    return re.findall(r"\w+", search_key(street))
