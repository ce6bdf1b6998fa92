"""Invoices to clients, the batches that they are made in, and whom to ask about them."""

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.fields import MoneyField
from kvitt.modules.care_fees.lifecycle import InvoiceState, RecipientKind
from kvitt.modules.care_fees.models.clients import IN_ORDER
from kvitt.modules.care_fees.models.months import ClientMonth
from kvitt.registers.organisations.models import Authority, Clinic


class InvoiceContact(models.Model):
    """Whom to ask about a unit's invoices (*referensperson på brukarfakturor*), dated. Source: spec CF-29."""

    unit = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="invoice_contacts")
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=40)
    email = models.EmailField(blank=True)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """One at a time."""

        constraints = (
            models.CheckConstraint(condition=IN_ORDER, name="invoice_contact_in_order"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(last_on__isnull=True), name="invoice_contact_one_open"
            ),
        )

    def __str__(self) -> str:
        """`from 2024-01-01`."""
        return f"from {self.first_on}"


class InvoiceBatch(models.Model):
    """The invoices that are made at one time of what is approved until a month, once and only once.

    It is unfinished until nothing of it is left to invoice: any worker goes on with it. Source: spec CF-29.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    month = models.DateField()
    invoice_date = models.DateField()
    due_date = models.DateField()
    started_at = models.DateTimeField()
    started_by_id = models.BigIntegerField(null=True)
    started_by = models.CharField(max_length=200)
    finished_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """A number is used once; one batch of an authority is made at a time; what is sent is whole."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="invoice_batch_once"),
            models.UniqueConstraint(
                fields=["authority"], condition=Q(finished_at__isnull=True), name="invoice_batch_one_open"
            ),
            models.CheckConstraint(condition=Q(due_date__gte=F("invoice_date")), name="invoice_batch_due"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(finished_at__isnull=False), name="invoice_batch_whole"
            ),
        )

    def __str__(self) -> str:
        """`12`."""
        return str(self.number)


class FeeInvoice(models.Model):
    """What a client's month is invoiced by, or given back by where the total is below zero.

    Numbers have no gaps. Who it goes to is copied as it was on the invoice date. Its lines are those of the
    month. Never deleted; one that was voided keeps its number. Source: spec CF-28, CF-29.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(InvoiceBatch, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    client_month = models.OneToOneField(ClientMonth, on_delete=models.PROTECT, related_name="invoice")
    number = models.PositiveBigIntegerField()
    reference = models.CharField(max_length=25, help_text="OCR, with its check digit")
    state = models.CharField(max_length=10, choices=InvoiceState.choices, default=InvoiceState.ISSUED)
    invoice_date = models.DateField()
    due_date = models.DateField()
    total = MoneyField()
    vat_amount = MoneyField(default=0)
    recipient_kind = models.CharField(max_length=12, choices=RecipientKind.choices)
    recipient_name = models.CharField(max_length=220)
    care_of = models.CharField(max_length=100, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    town = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=100, blank=True)
    organisation_number = models.CharField(max_length=10, blank=True)
    is_protected = models.BooleanField(default=False)
    contact_name = models.CharField(max_length=200, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        """A number is used once, a month is invoiced once; nothing is invoiced with nothing."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="fee_invoice_number_once"),
            models.CheckConstraint(condition=Q(state__in=list(InvoiceState)), name="fee_invoice_state"),
            models.CheckConstraint(
                condition=Q(recipient_kind__in=list(RecipientKind)), name="fee_invoice_recipient"
            ),
            models.CheckConstraint(condition=~Q(total=0), name="fee_invoice_of_something"),
        )
        indexes = (models.Index(fields=["batch", "number"], name="fee_invoice_of_batch"),)

    def __str__(self) -> str:
        """`100234`."""
        return str(self.number)
