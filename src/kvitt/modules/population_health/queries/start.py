"""Figures of population responsibility for the start page."""

from collections.abc import Mapping
from datetime import date

from kvitt.foundation.values import dates
from kvitt.ledger import queries as ledger
from kvitt.modules.population_health.queries.activities import MODULE
from kvitt.modules.population_health.queries.statistics import Sums, sums_by_month
from kvitt.registers.access.rules import Actor


def waiting_sums(actor: Actor) -> ledger.WaitingSums:
    """Return what the actor's clinics have reported that is not yet invoiced, and what awaits credit."""
    return ledger.waiting_sums(actor, MODULE)


def this_month(actor: Actor, *, today: date) -> Sums:
    """Return the activities of the running month, in the whole of it."""
    first_on, last_on = today.replace(day=1), dates.last_day_of_month(today)
    return sum(sums_by_month(actor, first_on=first_on, last_on=last_on).values(), Sums())


def last_months(actor: Actor, *, today: date, months: int) -> Mapping[date, Sums]:
    """Return the sums of the last months by their first day, the running one among them."""
    first_on = dates.add_months(today.replace(day=1), 1 - months)
    return sums_by_month(actor, first_on=first_on, last_on=today)


def next_invoices_on(today: date) -> date:
    """Return the next day on which the calendar makes invoices: the first of a month. Source: spec PH-8."""
    return dates.add_months(today.replace(day=1), 1)
