"""Runs of the calendar put in the ledger as they look, without the mechanism that makes them."""

import datetime as dt

from kvitt.foundation import clock
from kvitt.foundation.values.text import sort_key
from kvitt.ledger import commands, queries, rules
from kvitt.ledger.lifecycle import RunFault
from kvitt.ledger.models import InvoiceRun, InvoiceRunClinic

MODULE = "population_health"
NOVEMBER = dt.date(2024, 11, 1)
MINUTE = dt.timedelta(minutes=1)


class Runs:
    """The runs of the cast's region: `begin` one, let a clinic get its invoice or a fault, `finish` it."""

    def __init__(self, world):
        self.world = world
        for clinic in (world.ryd, world.linghem, world.bjork):
            clinic.sort_key = sort_key(clinic.name)
            clinic.save()

    def begin(self, due_on=NOVEMBER, *, ago=MINUTE, authority=None):
        """Return a run that has begun a moment ago."""
        return InvoiceRun.objects.create(
            authority=authority or self.world.region,
            module=MODULE,
            due_on=due_on,
            started_at=clock.now() - ago,
        )

    def line(self, clinic, amount=100_00, performed_on=dt.date(2024, 10, 15)):
        """Put an approved line in the ledger that the November run is to invoice."""
        new = commands.NewLine(
            module=MODULE,
            clinic_id=clinic.pk,
            person_id=None,
            case_number=f"A2024-{clinic.pk:06d}",
            code="901",
            text="MVC",
            performed_on=performed_on,
            price=amount,
            created_on=performed_on,
        )
        return commands.approve(self.world.region.pk, new)

    def invoice(self, run, clinic, amount=100_00):
        """Let a clinic get its invoice in the run."""
        line = self.line(clinic, amount)
        plan = commands.NewInvoice(
            module=MODULE,
            clinic_id=clinic.pk,
            external_reference=f"Befolkningsansvar oktober {clinic.number}",
            invoice_date=dt.date(2024, 10, 31),
            due_date=dt.date(2024, 11, 30),
            rows=rules.plan_rows(queries.line_facts([line])),
        )
        invoice = commands.issue_invoice(self.world.system, plan)
        InvoiceRunClinic.objects.create(run=run, clinic=clinic, invoice=invoice)
        return invoice

    def fault(self, run, clinic, fault=RunFault.NO_ACCOUNT):
        """Let a clinic get a fault in the run, and its line wait."""
        self.line(clinic, performed_on=run.due_on - dt.timedelta(days=1))
        return InvoiceRunClinic.objects.create(run=run, clinic=clinic, fault=fault)

    def finish(self, run):
        """Let the run be done."""
        run.finished_at = run.started_at + dt.timedelta(seconds=20)
        run.save()
        return run

    def with_fault(self, due_on=NOVEMBER):
        """Return a finished run: an invoice for Björken, a fault for Ryd."""
        run = self.begin(due_on)
        self.invoice(run, self.world.bjork, 250_00)
        self.fault(run, self.world.ryd)
        return self.finish(run)
