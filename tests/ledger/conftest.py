"""A ledger to write in without a module: lines of invented cases, invoiced and taken through the chain."""

import datetime as dt

import pytest

from kvitt.ledger import commands, queries, rules
from kvitt.ledger.lifecycle import DEAD_INVOICES, InvoiceStatus, LineStatus
from kvitt.ledger.models import Invoice, Line
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic
from tests.ledger.running import Runs

MODULE = "needs_allowance"
CHAIN = (
    InvoiceStatus.ISSUED,
    InvoiceStatus.REVIEWED,
    InvoiceStatus.AUTHORISED,
    InvoiceStatus.PAYING_OUT,
    InvoiceStatus.PAID_OUT,
)


class Book:
    """The ledger of the cast: Anna's clinic unless told; Gustav reviews, Hanna does the rest."""

    def __init__(self, world, case="B2024-000001"):
        self.world = world
        self.case = case
        self.today = world.today

    def approve(self, amount=100_00, *, case="", clinic=None, performed=True, person=None):
        """Put an approved line in the ledger and return its id."""
        new = commands.NewLine(
            module=MODULE,
            clinic_id=(clinic or self.world.ryd).pk,
            person_id=(person or self.world.elsa).pk,
            case_number=case or self.case,
            code="815",
            text="Sadelkrona",
            performed_on=self.today if performed else None,
            price=amount,
            created_on=self.today,
        )
        return commands.approve(self.world.region.pk, new).pk

    def plan(self, *line_ids, clinic=None, reference="Testfaktura 1111"):
        """Return the invoice that these lines would make."""
        facts = queries.line_facts(Line.objects.filter(pk__in=line_ids).order_by("pk"))
        return commands.NewInvoice(
            module=MODULE,
            clinic_id=(clinic or self.world.ryd).pk,
            external_reference=reference,
            invoice_date=dt.date(2024, 11, 30),
            due_date=dt.date(2024, 12, 30),
            rows=rules.plan_rows(facts),
        )

    def issue(self, *line_ids, clinic=None, reference="Testfaktura 1111"):
        """Invoice the lines and return the invoice's id."""
        plan = self.plan(*line_ids, clinic=clinic, reference=reference)
        return commands.issue_invoice(self.world.actor("anna"), plan).pk

    def advance(self, invoice_id, to, *, by=None, today=None):
        """Take the invoice one step on."""
        self.world.advance(invoice_id, to, by=by or "", today=today or self.today)

    def take(self, invoice_id, to):
        """Take the invoice along the chain until it stands there."""
        while (now := InvoiceStatus(Invoice.objects.get(pk=invoice_id).status)) is not to:
            self.advance(invoice_id, CHAIN[CHAIN.index(now) + 1])

    def attested(self, *line_ids, **wanted):
        """Invoice the lines, attest the invoice and return its id."""
        invoice_id = self.issue(*line_ids, **wanted)
        self.take(invoice_id, InvoiceStatus.AUTHORISED)
        return invoice_id

    def credit_wanted(self, amount=100_00, **wanted):
        """Return a line that is invoiced, attested and awaits credit."""
        line_id = self.approve(amount, **wanted)
        self.attested(line_id)
        commands.request_credit([line_id])
        return line_id

    def in_status(self, status):
        """Return the id of a new invoice of a case of its own that has come to the status."""
        self.count = getattr(self, "count", 0) + 1
        invoice_id = self.issue(self.approve(case=f"B2022-{self.count:06d}"), reference=f"F{self.count}")
        if status in DEAD_INVOICES:
            self.return_(invoice_id, status)
        else:
            self.take(invoice_id, status)
        return invoice_id

    def return_(self, invoice_id, to=InvoiceStatus.RETURNED, *, reason="Fel mottagning"):
        """Return or recall the invoice."""
        commands.return_invoice(invoice_id, to, reason=reason)

    def line_in(self, status):
        """Return the id of a line that has come to the status by commands."""
        if status is LineStatus.AWAITING_CREDIT:
            return self.credit_wanted()
        if status is LineStatus.CREDITED:
            line_id = self.credit_wanted()
            self.issue(line_id)
            return line_id
        line_id = self.approve()
        if status is LineStatus.INVOICED:
            self.attested(line_id)
        if status is LineStatus.WITHDRAWN:
            commands.withdraw(line_id)
        return line_id

    def status_of(self, line_id):
        """Return where the line stands now."""
        return LineStatus(Line.objects.get(pk=line_id).status)

    def status_of_invoice(self, invoice_id):
        """Return where the invoice stands now."""
        return InvoiceStatus(Invoice.objects.get(pk=invoice_id).status)


@pytest.fixture
def book(world):
    return Book(world)


class MonthlyScheme:
    """Lines of population responsibility, of activities that nobody made."""

    module = "population_health"

    def __init__(self, world):
        self.world = world

    def approve(
        self, count=1, *, clinic=None, performed_on=None, number="A2024-000001", amount=100_00, **new
    ):
        """Put approved lines in the ledger, performed and made today unless told, and return their ids."""
        clinic = clinic or self.world.ryd
        day = performed_on or self.world.today
        facts = {
            "person_id": None,
            "code": "901",
            "text": "MVC",
            "performed_on": day,
            "created_on": day,
        } | new
        line = commands.NewLine(
            module=self.module, clinic_id=clinic.pk, case_number=number, price=amount, **facts
        )
        return [commands.approve(clinic.authority_id, line).pk for _ in range(count)]


@pytest.fixture
def scheme(world):
    return MonthlyScheme(world)


@pytest.fixture
def runs(world):
    """The runs of the calendar."""
    return Runs(world)


@pytest.fixture
def neighbour(world):
    """A clinic of another authority."""
    other = Authority.objects.create(name="Region Annan", kind="region", organisation_number="2321000057")
    provider = CareProvider.objects.create(authority=other, organisation_number="5560000035", name="Annan")
    giro = {"giro_kind": "bankgiro", "giro_number": "9912346"}
    return Clinic.objects.create(authority=other, provider=provider, number="1111", name="Annan", **giro)
