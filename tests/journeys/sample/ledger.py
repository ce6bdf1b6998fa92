"""Runs of the calendar."""

import datetime as dt

from kvitt.ledger.lifecycle import RunFault
from kvitt.ledger.models import InvoiceRun, InvoiceRunClinic
from tests.journeys.sample.population_health import RUN_ON
from tests.journeys.sample.sample import Sample


def make_runs(sample: Sample) -> None:
    """A run of the calendar: the clinic in Ryd got its invoice, that in Linghem had no account."""
    world, ids = sample.world, sample.ids
    moment = dt.datetime(2024, 11, 1, 0, 5, tzinfo=dt.UTC)
    run = InvoiceRun.objects.create(
        authority=world.region,
        module="population_health",
        due_on=RUN_ON,
        started_at=moment,
        finished_at=moment,
    )
    InvoiceRunClinic.objects.create(run=run, clinic=world.ryd, invoice_id=ids["run invoice"])
    InvoiceRunClinic.objects.create(run=run, clinic=world.linghem, fault=RunFault.NO_ACCOUNT)
    ids["run"] = run.pk
