"""Activities of population responsibility."""

import datetime as dt

from django.db import transaction

from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.rules import calculate_run_date, plan_rows
from kvitt.modules.population_health.commands import procedures as activity_procedures
from tests.journeys.sample.sample import PAID, Sample, advance
from tests.world import World

# The day of the calendar's run.
RUN_ON = dt.date(2024, 11, 1)


def make_activities(sample: Sample) -> None:
    """One with named participants, one without procedures, one invoiced where a credit waits."""
    world, ids = sample.world, sample.ids
    jenny = world.actor("jenny")
    ids["credited activity"] = world.create_activity("901", 3, performed_on=dt.date(2024, 10, 15))
    lines = ledger_queries.waiting_lines([world.ryd.pk], "population_health").order_by("pk")
    with transaction.atomic():
        invoice = ledger.issue_invoice(
            world.system,
            ledger.NewInvoice(
                module="population_health",
                clinic_id=world.ryd.pk,
                external_reference="Befolkningsansvar 2024-11 1111",
                invoice_date=calculate_run_date(RUN_ON),
                due_date=RUN_ON + dt.timedelta(days=30),
                rows=plan_rows(ledger_queries.line_facts(lines)),
            ),
        )
    ids["run invoice"] = advance(world, [invoice.pk], *PAID[:2])
    line_ids = _line_ids(world, ids["credited activity"])
    activity_procedures.credit_procedures(jenny, number=ids["credited activity"], line_ids=line_ids[:1])
    ids["activity"] = world.create_activity("912", numbers=("20130310-2394", "20130401-2394"))
    ids["emptied activity"] = world.create_activity("902", 1)
    activity_procedures.remove_procedures(
        jenny, number=ids["emptied activity"], line_ids=_line_ids(world, ids["emptied activity"])
    )


def _line_ids(world: World, number: str) -> list[int]:
    lines = ledger_queries.lines_of_case(world.region.pk, "population_health", number)
    return [line.pk for line in lines]
