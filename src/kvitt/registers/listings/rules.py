"""Who may be listed where, and what happens to the listings there were."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _


@dataclass(frozen=True)
class Listed:
    """A listing as the rules see it: its row, where, when it really holds, and the last day it was given."""

    id: int
    clinic_id: int
    clinic: str
    period: Period
    given_last_on: date | None = None
    is_own_record: bool = True

    def is_unended(self, today: date) -> bool:
        """Tell whether the row still says that the listing goes on."""
        return self.given_last_on is None or self.given_last_on >= today

    def holds(self, today: date) -> bool:
        """Tell whether the listing really goes on, today or later."""
        return self.period.last is None or self.period.last >= today


@dataclass(frozen=True)
class Ending:
    """A listing that ends, and its last day."""

    id: int
    last_on: date


@dataclass(frozen=True)
class JoinedListings:
    """What becomes of the listings of two records that are one person."""

    kept: Listed | None
    endings: tuple[Ending, ...]


def calculate_period(
    first_on: date, last_on: date | None, *, died_on: date | None, closed_on: date | None
) -> Period:
    """A listing holds to its last day, and no longer than the patient lives and the clinic is open.

    Source: spec CO-2, NA-3.
    """
    ends = [day for day in (last_on, died_on, closed_on) if day is not None]
    return Period(first_on, min(ends) if ends else None)


def check_listing(
    *,
    clinic_id: int,
    clinic_closed_on: date | None,
    born_on: date | None,
    died_on: date | None,
    is_merged: bool,
    listings: Iterable[Listed],
    first_age: int,
    last_age: int,
    contact: str,
    today: date,
) -> list[Problem]:
    """A living patient in the age span can be listed at an open clinic that he or she is not listed at.

    Source: behovspeng, 3; spec NA-3.
    """
    if is_merged:
        message = _(
            "The record has been merged with another one in the meantime. Search for the patient again."
        )
        return [Problem("merged", message)]
    if died_on is not None:
        message = _("The patient died on %(date)s and cannot be listed.")
        return [Problem("dead", message, values={"date": died_on.isoformat()})]
    if clinic_closed_on is not None and clinic_closed_on < today:
        message = _("The clinic's last day was %(date)s. Nobody can be listed there. Contact %(contact)s.")
        return [Problem("closed", message, values={"date": clinic_closed_on.isoformat(), "contact": contact})]
    found = list(listings)
    return check_age(
        born_on, first_age=first_age, last_age=last_age, contact=contact, today=today
    ) or _check_moves(clinic_id, found, today)


def check_age(
    born_on: date | None, *, first_age: int, last_age: int, contact: str, today: date
) -> list[Problem]:
    """A patient can be listed from the year he or she turns the first age to the year of the last age.

    The ages are those that hold on the day of the listing; one that began under older ages goes on.
    Source: sfs-2024-1099; spec NA-3.
    """
    if born_on is None:
        message = _(
            "The patient's date of birth is not known, so the age cannot be checked. Contact %(contact)s."
        )
        return [Problem("no_birth_date", message, values={"contact": contact})]
    turns = today.year - born_on.year
    if turns < first_age:
        message = _("The patient can be listed from %(date)s, the year of turning %(age)s.")
        first = date(born_on.year + first_age, 1, 1)
        return [Problem("too_young", message, values={"date": first.isoformat(), "age": first_age})]
    if turns > last_age:
        message = _(
            "The patient turns %(turns)s this year. New listings are made to the year of turning %(age)s; "
            "one that began earlier goes on where it is."
        )
        return [Problem("too_old", message, values={"turns": turns, "age": last_age})]
    return []


def _check_moves(clinic_id: int, listings: Sequence[Listed], today: date) -> list[Problem]:
    for listing in listings:
        values = {"clinic": listing.clinic, "date": listing.period.first.isoformat()}
        if listing.clinic_id == clinic_id and listing.period.contains(today):
            message = _("The patient is already listed at %(clinic)s, since %(date)s.")
            return [Problem("already_listed", message, values=values)]
    for listing in listings:
        values = {"clinic": listing.clinic, "date": listing.period.first.isoformat()}
        if listing.period.first == today:
            message = _("The patient was listed at %(clinic)s today. A new move can be made tomorrow.")
            return [Problem("moved_today", message, values=values)]
        if listing.period.first > today:
            message = _("A listing at %(clinic)s begins on %(date)s. The patient cannot be listed before it.")
            return [Problem("listed_later", message, values=values)]
    return []


def plan_listing(listings: Iterable[Listed], *, today: date) -> tuple[Ending, ...]:
    """The listing there was ends the day before the new one begins; what really ended before keeps that day.

    Source: behovspeng, 3; spec NA-3.
    """
    return tuple(_ending(listing, today) for listing in listings if listing.is_unended(today))


def plan_joined_listings(listings: Iterable[Listed], *, today: date) -> JoinedListings:
    """Of two records' listings the one that began last goes on; the others end the day before today.

    What has been is left as it was. One that began today ends today, as no listing ends before it begins.
    Source: spec CO-8, NA-3.
    """
    unended = [listing for listing in listings if listing.is_unended(today)]
    holding = [listing for listing in unended if listing.holds(today)]
    kept = max(holding, key=lambda found: (found.period.first, found.is_own_record, found.id), default=None)
    return JoinedListings(kept, tuple(_ending(listing, today) for listing in unended if listing != kept))


def _ending(listing: Listed, today: date) -> Ending:
    last_on = dates.day_before(today) if listing.period.last is None else listing.period.last
    return Ending(listing.id, max(listing.period.first, min(last_on, dates.day_before(today))))
