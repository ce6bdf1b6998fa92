"""What can be paid in a payment run, and who runs it: Gustav proposes, Hanna approves."""

import datetime as dt
import itertools

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kvitt.ledger import commands as ledger
from kvitt.ledger import queries, rules
from kvitt.ledger.models import Invoice, Line
from kvitt.settlement.commands import confirmation, runs
from kvitt.settlement.models import Netting, OutgoingFile, PayingAccount, Payment, PaymentRun

MODULE = "needs_allowance"
PAY_ON = dt.date(2024, 11, 22)
IBAN, BIC = "SE4550000000058398257466", "ESSESESS"


def statements_of(act):
    """Return how many statements it takes; SQLite takes many rows in parts, which count once."""
    with CaptureQueriesContext(connection) as captured:
        act()
    beginnings = [each["sql"].split(" WHERE ")[0][:60] for each in captured.captured_queries]
    return 1 + sum(one != other for one, other in itertools.pairwise(beginnings))


class Payouts:
    """The money of the cast: the region pays from an account, and each clinic has one of its own."""

    def __init__(self, world):
        self.world = world
        self.today = world.today
        self.count = 0
        PayingAccount.objects.create(authority=world.region, first_on=dt.date(2024, 1, 1), iban=IBAN, bic=BIC)
        for clinic, number in ((world.ryd, "9912346"), (world.linghem, "50501055"), (world.bjork, "1609908")):
            self.give_account(clinic, number)

    @staticmethod
    def give_account(clinic, number, kind="bankgiro"):
        """Give the clinic an account, or take it with an empty number."""
        clinic.giro_kind, clinic.giro_number = (kind, number) if number else ("", "")
        clinic.save()

    # Invoices -------------------------------------------------------------------------------------

    def invoice(self, kronor, *, clinic=None, is_proposed=False, module=MODULE):
        """Make an attested invoice of Ryd, or one that the region has proposed, and return its id."""
        [invoice_id] = self.invoices([kronor], clinic=clinic, is_proposed=is_proposed, module=module)
        return invoice_id

    def invoices(self, amounts, *, clinic=None, is_proposed=False, module=MODULE):
        """Make invoices of so many kronor each and return their ids; of 0 kr there are two lines."""
        clinic = clinic or self.world.ryd
        numbers = [self._number() for _ in amounts]
        with transaction.atomic():
            lines = ledger.approve_many(
                self.world.region.pk,
                [
                    self._line(module, clinic, number, price)
                    for number, amount in zip(numbers, amounts, strict=True)
                    for price in ([amount] if amount else [100, -100])
                ],
            )
        of_case = {}
        for line in lines:
            of_case.setdefault(line.case_number, []).append(line.pk)
        new = [self._new(module, clinic, number, of_case[number]) for number in numbers]
        gustav = self.world.actor("gustav")
        with transaction.atomic():
            if is_proposed:
                return [each.pk for each in ledger.issue_reviewed_invoices(gustav, new)]
            made = [each.pk for each in ledger.issue_invoices(self.world.actor("anna"), new)]
        ledger.review_invoices(gustav, invoice_ids=made)
        ledger.attest_invoices(self.world.actor("hanna"), today=self.today, invoice_ids=made)
        return made

    def _number(self):
        self.count += 1
        return f"B2024-{self.count:06d}"

    def _line(self, module, clinic, number, kronor):
        return ledger.NewLine(
            module=module,
            clinic_id=clinic.pk,
            person_id=self.world.elsa.pk,
            case_number=number,
            code="815",
            text="Sadelkrona",
            performed_on=self.today,
            price=kronor * 100,
            created_on=self.today,
        )

    def _new(self, module, clinic, number, line_ids):
        facts = queries.line_facts(Line.objects.filter(pk__in=line_ids).order_by("pk"))
        return ledger.NewInvoice(
            module=module,
            clinic_id=clinic.pk,
            external_reference=f"F {number}",
            invoice_date=self.today,
            due_date=self.today + dt.timedelta(days=30),
            rows=rules.plan_rows(facts),
        )

    # Runs -----------------------------------------------------------------------------------------

    def propose(self, *, by="gustav", pay_on=PAY_ON):
        """Propose a run and return its number."""
        return runs.propose_run(self.world.actor(by), today=self.today, pay_on=pay_on)

    def approve(self, number, *, by="hanna"):
        """Approve a run."""
        runs.approve_run(self.world.actor(by), today=self.today, number=number)

    def cancel(self, number, *, by="gustav"):
        """Cancel a run."""
        runs.cancel_run(self.world.actor(by), number=number)

    def run(self):
        """Propose a run, approve it and return it."""
        number = self.propose()
        self.approve(number)
        return PaymentRun.objects.get(number=number)

    def confirm(self, *payments, by="hanna", paid_on=PAY_ON):
        """Say that payments are paid, on the Friday unless told."""
        ids = [each.pk for each in payments]
        confirmation.confirm_payments(self.world.actor(by), today=paid_on, paid_on=paid_on, payment_ids=ids)

    def reject(self, payment, *, by="hanna", reason="Kontot är avslutat"):
        """Say that the bank rejected a payment, which it has got."""
        OutgoingFile.objects.filter(status="waiting").update(status="sent")
        actor = self.world.actor(by)
        confirmation.reject_payment(actor, today=PAY_ON, payment_id=payment.pk, reason=reason)

    # What became of it ----------------------------------------------------------------------------

    @staticmethod
    def status_of(invoice_id):
        """Return where the invoice stands."""
        return Invoice.objects.get(pk=invoice_id).status

    @staticmethod
    def paid(number):
        """Return what a run pays to which account, in kronor."""
        payments = Payment.objects.filter(netting__run__number=number).order_by("pk")
        return {each.account_number: each.amount / 100 for each in payments}

    @staticmethod
    def nettings(number):
        """Return what a run nets by provider, in kronor: invoiced, carried in, retried, paid, carried out."""
        names = ("invoiced", "carried_in", "retried", "paid", "carried_out")
        return {
            each.provider_number: tuple(getattr(each, f"{name}_amount") / 100 for name in names)
            for each in Netting.objects.filter(run__number=number).order_by("pk")
        }


@pytest.fixture
def payouts(world):
    return Payouts(world)
