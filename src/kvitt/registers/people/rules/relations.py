"""What holds for relations between persons, and for contact persons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import dates, identity
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.people.lifecycle import OPPOSITES, ContactKind, RelationKind
from kvitt.registers.people.rules.addresses import LONGEST_AHEAD_MONTHS, check_postcode

# Who gets the invoices: one at a time, so the open one ends when another comes.
RECIPIENTS = frozenset({ContactKind.INVOICE_RECIPIENT, ContactKind.ESTATE})


@dataclass(frozen=True)
class ContactFacts:
    """What is known of a contact person."""

    kind: ContactKind
    name: str
    first_on: date
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""
    organisation_number: str = ""


def calculate_opposite(kind: RelationKind) -> RelationKind:
    """A parent's relation is a child, a guardian's a ward; spouses, siblings and others are the same.

    Source: spec CO-10.
    """
    return OPPOSITES.get(kind, kind)


def check_relation(
    first_on: date, *, is_same: bool, open_since: Iterable[date], today: date
) -> list[Problem]:
    """A relation is between two persons, and one of a kind is open at a time, in either direction.

    Source: spec CO-10.
    """
    if is_same:
        message = _("The number is the person's own. Give the number of the other person.")
        return [Problem("related_to_self", message, "number")]
    opened = list(open_since)
    if opened:
        message = _("This relation is registered already, from %(date)s. End it before you add it anew.")
        return [Problem("relation_exists", message, "kind", {"date": min(opened)})]
    return check_start(first_on, today=today)


def check_start(first_on: date, *, today: date) -> list[Problem]:
    """What is registered about a person begins any day, but at most a year ahead.

    Source: spec CF-2.
    """
    if first_on <= dates.add_months(today, LONGEST_AHEAD_MONTHS):
        return []
    message = _("%(date)s is more than a year ahead. Check the year.")
    return [Problem("too_far_ahead", message, "first_on", {"date": first_on})]


def check_end(period: Period, last_on: date) -> list[Problem]:
    """What is open can be ended, no earlier than it begins; what is ended stays as it is.

    Source: spec CO-10, CO-11.
    """
    if period.last is not None:
        message = _("It is already ended, on %(date)s.")
        return [Problem("already_ended", message, "last_on", {"date": period.last})]
    if last_on < period.first:
        message = _("It begins on %(date)s. Give that day or a later one.")
        return [Problem("end_before_start", message, "last_on", {"date": period.first})]
    return []


def check_contact(facts: ContactFacts) -> list[Problem]:
    """A contact person has a name; who gets invoices has a whole address to send them to.

    Source: debitering-ao, pages 7-8; spec CO-11, CF-3.
    """
    problems = []
    if not facts.name.strip():
        problems.append(Problem("no_name", _("Give the name."), "name"))
    needs_address = facts.kind in RECIPIENTS
    if needs_address and not facts.street.strip():
        message = _("Invoices are sent to this address. Give the street address.")
        problems.append(Problem("no_street", message, "street"))
    if needs_address or facts.postcode.strip():
        problems += check_postcode(facts.postcode, facts.country)
    if needs_address and not facts.town.strip():
        problems.append(Problem("no_town", _("Invoices are sent to this address. Give the town."), "town"))
    if facts.organisation_number.strip():
        found = identity.check_organisation_number(facts.organisation_number)
        problems += [
            Problem(problem.code, problem.message, "organisation_number", problem.values) for problem in found
        ]
    return problems


def calculate_previous_end(first_on: date) -> date:
    """Who got the invoices before does so through the last day of the month before.

    Source: debitering-nyhetsbrev; spec CF-3.
    """
    month = first_on.replace(day=1)
    return month if month == date.min else dates.day_before(month)


def check_previous_end(period: Period, last_on: date, *, first_on: date) -> list[Problem]:
    """The present recipient ends before the new one begins, and no earlier than he began himself.

    Source: debitering-nyhetsbrev; spec CF-3.
    """
    if last_on < period.first:
        message = _(
            "The present recipient has held since %(date)s. "
            "Give a last day on or after it, and a later first day for the new one."
        )
        return [Problem("previous_not_begun", message, "previous_last_on", {"date": period.first})]
    if last_on >= first_on:
        message = _("The present recipient must end before the new one begins on %(date)s.")
        return [Problem("previous_overlaps", message, "previous_last_on", {"date": first_on})]
    return []
