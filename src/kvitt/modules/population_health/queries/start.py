"""Figures of population responsibility for the start page."""

from datetime import date

from kvitt.foundation.figures import BARS, PlotPanel
from kvitt.foundation.values import dates
from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.population_health.queries import statistics
from kvitt.modules.population_health.queries.activities import MODULE, search_activities
from kvitt.modules.population_health.rules.statistics import calculate_spans
from kvitt.registers.access.rules import Actor


def waiting_sums(actor: Actor) -> ledger.WaitingSums:
    """Return what the actor's clinics have reported that is not yet invoiced, and what awaits credit."""
    return ledger.waiting_sums(actor, MODULE)


def this_month(actor: Actor, *, today: date) -> statistics.Sums:
    """Return the activities of the running month, in the whole of it."""
    first_on, last_on = today.replace(day=1), dates.last_day_of_month(today)
    return sum(
        statistics.sums_by_month(actor, first_on=first_on, last_on=last_on).values(), statistics.Sums()
    )


def participants_plot(actor: Actor, *, today: date) -> PlotPanel:
    """Return how many took part in each of the last twelve months; the running one is not finished."""
    first_on = dates.add_months(today.replace(day=1), 1 - BARS)
    months = statistics.sums_by_month(actor, first_on=first_on, last_on=today)
    return statistics.participants_plot(months, calculate_spans(first_on, today, today=today))


def awaiting_credit(actor: Actor) -> int:
    """Return in how many activities something awaits credit."""
    return search_activities(actor, status=LineStatus.AWAITING_CREDIT).count()


def next_invoices_on(today: date) -> date:
    """Return the next day on which the calendar makes invoices: the first of a month. Source: spec PH-8."""
    return dates.add_months(today.replace(day=1), 1)
