"""The ledger's tables: lines, invoices, the rows that join them, postings, windows and voucher series."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.fields import MoneyField
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RowKind, RunFault
from kvitt.ledger.rules import REFERENCE_KEY_LENGTH
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.organisations.models import Authority, Clinic
from kvitt.registers.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kvitt.foundation.values.problems import Problem


class Line(models.Model):
    """One approved thing to be paid.

    Everything shown on an invoice is copied here; from the first invoice on the content is frozen.
    A line without `performed_on` is approved but not done, and is never invoiced. `replaces` is the
    credited line that this one bills anew.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    module = models.CharField(max_length=30)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=20)
    code = models.CharField(max_length=10)
    text = models.CharField(max_length=200)
    performed_on = models.DateField(null=True)
    created_on = models.DateField()
    quantity = models.PositiveIntegerField(default=1)
    price = MoneyField()
    amount = MoneyField()
    status = models.CharField(max_length=20, default=LineStatus.APPROVED, choices=LineStatus.choices)
    replaces = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="replacements", db_index=False
    )

    # Whether its case has a page that the reader may open, where a list has looked that up.
    has_open_case = False

    class Meta:
        """What the database itself refuses; indexes of what is still to be invoiced, and of the search.

        The search offers its filters over all lines of an authority; what one clinic has is few. Nearly every
        line is invoiced: the index by status leaves those out.
        """

        constraints = (
            models.CheckConstraint(
                condition=Q(amount=F("price") * F("quantity"), quantity__gte=1), name="line_amount"
            ),
            models.CheckConstraint(condition=Q(status__in=list(LineStatus)), name="line_status"),
            models.CheckConstraint(
                condition=Q(performed_on__isnull=False) | Q(status__in=["approved", "withdrawn"]),
                name="line_invoiced_is_performed",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(replaces__isnull=False) & ~Q(status="withdrawn"),
                name="line_replaced_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["clinic", "module", "case_number"],
                condition=Q(status__in=["approved", "awaiting_credit"]),
                name="line_waiting",
            ),
            models.Index(fields=["authority", "module", "case_number"], name="line_by_case"),
            models.Index(fields=["authority", "-performed_on", "-id"], name="line_newest"),
            models.Index(fields=["clinic", "-performed_on", "-id"], name="line_of_clinic"),
            models.Index(fields=["authority", "-created_on", "-id"], name="line_by_created"),
            models.Index(fields=["authority", "code", "-created_on", "-id"], name="line_of_code"),
            models.Index(
                fields=["authority", "status", "-created_on", "-id"],
                condition=Q(status__in=["approved", "withdrawn", "awaiting_credit", "credited"]),
                name="line_not_invoiced",
            ),
        )

    def __str__(self) -> str:
        """`B2024-000012 815 Sadelkrona`."""
        return f"{self.case_number} {self.code} {self.text}"


class Invoice(models.Model):
    """What a clinic asks its authority to pay, or to take back (the total is signed).

    Names are copied as they were at issue. Never deleted; a returned one keeps its rows, voided.
    `payout_reference` names what settles it: the payment run that took it up, or `REPAYMENT` for a credit
    that the clinic pays back itself. Nobody pays out by hand what has one. `payout_posted_on` is the day of
    the voucher of what is paid by itself, by hand or back; what a run pays is booked by payment.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    module = models.CharField(max_length=30)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    clinic_number = models.CharField(max_length=10)
    clinic_name = models.CharField(max_length=200)
    provider_number = models.CharField(max_length=10)
    provider_name = models.CharField(max_length=200)
    payer_name = models.CharField(max_length=200)
    external_reference = models.CharField(max_length=60)
    reference_search_key = models.CharField(max_length=REFERENCE_KEY_LENGTH)
    invoice_date = models.DateField()
    due_date = models.DateField()
    total = MoneyField()
    status = models.CharField(max_length=20, default=InvoiceStatus.ISSUED, choices=InvoiceStatus.choices)
    status_order = models.GeneratedField(
        expression=models.Case(
            *(models.When(status=status.value, then=status.order) for status in InvoiceStatus),
            default=len(InvoiceStatus),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    return_reason = models.TextField(blank=True)
    voucher_year = models.PositiveIntegerField(null=True)
    voucher_number = models.PositiveIntegerField(null=True)
    issued_at = models.DateTimeField()
    issued_by_id = models.BigIntegerField(null=True)
    reviewed_by_id = models.BigIntegerField(null=True)
    authorised_by_id = models.BigIntegerField(null=True)
    paid_on = models.DateField(null=True)
    payout_reference = models.CharField(max_length=20, blank=True)
    payout_posted_on = models.DateField(null=True)

    # What the program remarks on it, where a list has looked that up.
    remarks: "Sequence[Problem]" = ()

    class Meta:
        """Voucher numbers are used once; the approver cannot attest. An index for every filter and sort.

        The search offers them over all invoices of an authority; what one clinic has is few.
        """

        constraints = (
            models.UniqueConstraint(
                fields=["authority", "voucher_year", "voucher_number"],
                condition=Q(voucher_number__isnull=False),
                name="voucher_once",
            ),
            models.CheckConstraint(condition=Q(status__in=list(InvoiceStatus)), name="invoice_status"),
            models.CheckConstraint(condition=Q(due_date__gte=F("invoice_date")), name="invoice_due_after"),
            models.CheckConstraint(
                condition=Q(authorised_by_id__isnull=True) | ~Q(authorised_by_id=F("reviewed_by_id")),
                name="invoice_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(voucher_number__isnull=True)
                | Q(status__in=["authorised", "paying_out", "paid_out"]),
                name="invoice_voucher_from_attest",
            ),
            models.CheckConstraint(
                condition=Q(voucher_year__isnull=True, voucher_number__isnull=True)
                | Q(voucher_year__isnull=False, voucher_number__isnull=False, voucher_number__gte=1),
                name="invoice_voucher_has_year",
            ),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(status="paid_out"), name="invoice_paid_on"
            ),
        )
        indexes = (
            models.Index(fields=["authority", "-invoice_date", "-id"], name="invoice_newest"),
            models.Index(fields=["clinic", "-invoice_date", "-id"], name="invoice_of_clinic"),
            models.Index(fields=["authority", "module", "-invoice_date", "-id"], name="invoice_of_module"),
            models.Index(
                fields=["authority", "provider_number", "-invoice_date", "-id"], name="invoice_of_provider"
            ),
            models.Index(fields=["authority", "status_order", "id"], name="invoice_by_status"),
            models.Index(fields=["authority", "due_date", "id"], name="invoice_by_due_date"),
            models.Index(fields=["authority", "total", "id"], name="invoice_by_total"),
            models.Index(
                fields=["authority", "voucher_year", "voucher_number", "id"], name="invoice_by_voucher"
            ),
            models.Index(
                fields=["authority", "voucher_number"],
                condition=Q(voucher_number__isnull=False),
                name="invoice_of_voucher",
            ),
            models.Index(
                fields=["clinic", "paid_on"],
                condition=Q(paid_on__isnull=False),
                name="invoice_paid_of_clinic",
            ),
            models.Index(
                fields=["authority", "clinic"],
                condition=Q(status__in=["reviewed", "authorised"], payout_reference=""),
                name="invoice_payable",
            ),
            models.Index(
                fields=["authority", "payout_posted_on"],
                condition=Q(payout_posted_on__isnull=False),
                name="invoice_payout_of_day",
            ),
            models.Index(fields=["authority", "reference_search_key", "id"], name="invoice_by_reference"),
            models.Index(  # whatever the collation, this one finds beginnings
                fields=["authority", "reference_search_key"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                name="invoice_of_reference",
            ),
        )

    def __str__(self) -> str:
        """`Testfaktura 1111`."""
        return self.external_reference


class InvoiceRow(models.Model):
    """One line on one invoice, charged or credited, with its signed amount."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="rows")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=10, choices=RowKind.choices)
    amount = MoneyField()
    is_void = models.BooleanField(default=False)

    class Meta:
        """A line is charged at most once and credited at most once."""

        constraints = (
            models.UniqueConstraint(
                fields=["line", "kind"], condition=Q(is_void=False), name="row_once_per_line_and_kind"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(RowKind)), name="row_kind"),
        )

    def __str__(self) -> str:
        """`charge 690000 öre`."""
        return f"{self.kind} {self.amount} öre"


class Posting(models.Model):
    """An amount booked at the attest of an invoice: debit above 0, credit below. The account is copied.

    The postings of an invoice sum to 0. Source: spec SC-23.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="postings")
    posted_on = models.DateField()
    account = models.CharField(max_length=10)
    cost_centre = models.CharField(max_length=20, blank=True)
    activity = models.CharField(max_length=20, blank=True)
    amount = MoneyField()

    class Meta:
        """Each account string stands once for each side; a period's vouchers are found by their day."""

        constraints = (models.CheckConstraint(condition=~Q(amount=0), name="posting_not_zero"),)
        indexes = (models.Index(fields=["authority", "posted_on", "invoice"], name="posting_of_day"),)

    def __str__(self) -> str:
        """`5621 2868000 öre`."""
        return f"{self.account} {self.amount} öre"


class InvoiceRun(models.Model):
    """The invoices of a scheme that the calendar makes on one day, the first of a month.

    Source: spec PH-8.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    module = models.CharField(max_length=30, choices=Scheme.choices)
    due_on = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    is_repeated = models.BooleanField(default=False, help_text="only clinics that had a fault are in it")

    class Meta:
        """Each month is made once."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "module", "due_on"], name="invoice_run_once"),
            models.CheckConstraint(condition=Q(due_on__day=1), name="invoice_run_on_the_first"),
        )

    def __str__(self) -> str:
        """`population_health 2024-12-01`."""
        return f"{self.module} {self.due_on}"


class InvoiceRunClinic(models.Model):
    """What a run came to for one clinic: its invoice, or why it got none."""

    run = models.ForeignKey(InvoiceRun, on_delete=models.PROTECT, related_name="clinics", db_index=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    invoice = models.OneToOneField(Invoice, null=True, on_delete=models.PROTECT, related_name="+")
    fault = models.CharField(max_length=20, choices=RunFault.choices, blank=True)

    class Meta:
        """A clinic gets one invoice in a run, or a reason why not; few have one, and those are looked for."""

        constraints = (
            models.UniqueConstraint(fields=["run", "clinic"], name="invoice_run_clinic_once"),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, fault="")
                | Q(invoice__isnull=True, fault__in=list(RunFault)),
                name="invoice_run_clinic_came_to",
            ),
        )
        indexes = (models.Index(fields=["run"], condition=Q(fault__gt=""), name="invoice_run_clinic_faulty"),)

    def __str__(self) -> str:
        """`clinic 3: no_account`."""
        return f"clinic {self.clinic_id}: {self.fault or self.invoice_id}"


class InvoiceStep(models.Model):
    """That somebody took an invoice to a status, and when; the name is copied as it was."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="steps", db_index=False)
    status = models.CharField(max_length=20, choices=InvoiceStatus.choices)
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(max_length=200)

    class Meta:
        """No status is reached twice."""

        constraints = (
            models.UniqueConstraint(fields=["invoice", "status"], name="invoice_step_once"),
            models.CheckConstraint(condition=Q(status__in=list(InvoiceStatus)), name="invoice_step_status"),
        )

    def __str__(self) -> str:
        """`reviewed: Gustav Granskare`."""
        return f"{self.status}: {self.user_name}"


class InvoicingWindow(models.Model):
    """The days of one month in which invoices can be created, where they differ from the usual ones."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="the first of the month")
    first_on = models.DateField()
    last_on = models.DateField()

    class Meta:
        """One window per month, in order."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "month"], name="window_once"),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on"), first_on__gte=F("month"), month__day=1),
                name="window_in_order",
            ),
        )

    def __str__(self) -> str:
        """`2024-12-09 - 2024-12-18`."""
        return f"{self.first_on} - {self.last_on}"


class VoucherSeries(models.Model):
    """The last voucher number given in a fiscal year: drawn under lock, so the series has no gap."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        """One series per authority and fiscal year."""

        constraints = (models.UniqueConstraint(fields=["authority", "year"], name="voucher_series_once"),)

    def __str__(self) -> str:
        """`2024: 17`."""
        return f"{self.year}: {self.last_number}"
