"""Payment runs, what they net for each care provider, payments, and the files that leave and come back."""

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.fields import MoneyField
from kvitt.registers.organisations.lifecycle import GiroKind
from kvitt.registers.organisations.models import Authority, CareProvider
from kvitt.settlement.lifecycle import (
    MODULE_FILES,
    BankFileKind,
    FileKind,
    OutboxStatus,
    PaymentStatus,
    RunStatus,
)


class PayingAccount(models.Model):
    """The account that an authority pays from, from a day on until the next one."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11)

    class Meta:
        """One begins on a day."""

        constraints = (models.UniqueConstraint(fields=["authority", "first_on"], name="paying_account_once"),)

    def __str__(self) -> str:
        """The account number."""
        return self.iban


class PaymentRun(models.Model):
    """What an authority pays in one go (*utbetalningskörning*): somebody proposes it, somebody else approves.

    Names are copied as they were. Source: spec SC-23.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    pay_on = models.DateField()
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)
    proposed_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_by_id = models.BigIntegerField(null=True)

    class Meta:
        """Numbers are used once, one run waits at a time, and who proposed it does not approve it."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="payment_run_once"),
            models.UniqueConstraint(
                fields=["authority"], condition=Q(status="proposed"), name="payment_run_waits_once"
            ),
            models.CheckConstraint(condition=Q(status__in=list(RunStatus)), name="payment_run_status"),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_at__isnull=True)
                | (~Q(status="proposed") & Q(decided_at__isnull=False)),
                name="payment_run_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved")
                | Q(decided_by_id__isnull=False) & ~Q(decided_by_id=F("proposed_by_id")),
                name="payment_run_four_eyes",
            ),
        )

    def __str__(self) -> str:
        """`12`."""
        return str(self.number)


class Netting(models.Model):
    """What a run comes to for one care provider (*kvittning*), in öre.

    `invoiced_amount` is the sum of its invoices, credits among them; to it come what an earlier run carried
    on (`carried_in_amount`, never above 0) and payments that the bank rejected (`retried_amount`). What is
    left is paid, or carried on (`carried_out_amount`, below 0) for the next run to net. Source: spec SC-23.
    """

    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="nettings", db_index=False)
    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="+")
    provider_number = models.CharField(max_length=10)
    provider_name = models.CharField(max_length=200)
    invoiced_amount = MoneyField()
    carried_in_amount = MoneyField(default=0)
    retried_amount = MoneyField(default=0)
    paid_amount = MoneyField(default=0)
    carried_out_amount = MoneyField(default=0)
    carried_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="carried_to")
    is_live = models.BooleanField(default=True)

    class Meta:
        """It adds up, it pays or carries on, and what is carried on is netted once."""

        constraints = (
            models.UniqueConstraint(fields=["run", "provider"], name="netting_once"),
            models.UniqueConstraint(
                fields=["carried_from"],
                condition=Q(carried_from__isnull=False, is_live=True),
                name="netting_carried_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    paid_amount=F("invoiced_amount")
                    + F("carried_in_amount")
                    + F("retried_amount")
                    - F("carried_out_amount")
                ),
                name="netting_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(paid_amount=0, carried_out_amount__lte=0)
                | Q(paid_amount__gt=0, carried_out_amount=0),
                name="netting_pays_or_carries",
            ),
            models.CheckConstraint(
                condition=Q(carried_in_amount__lte=0, retried_amount__gte=0), name="netting_signs"
            ),
        )

    def __str__(self) -> str:
        """`12: 556000-0019`."""
        return f"{self.run}: {self.provider_number}"


class Payment(models.Model):
    """An order to the bank to pay an account, once. A rejected one is retried in a later netting.

    `end_to_end_id` is what the bank's answers name it by; `posted_on` is the day of its voucher.
    """

    netting = models.ForeignKey(Netting, on_delete=models.PROTECT, related_name="payments")
    end_to_end_id = models.CharField(max_length=35, unique=True)
    account_kind = models.CharField(max_length=10, choices=GiroKind.choices)
    account_number = models.CharField(max_length=20)
    payee_name = models.CharField(max_length=200)
    amount = MoneyField()
    status = models.CharField(max_length=10, choices=PaymentStatus.choices, default=PaymentStatus.PLANNED)
    reason = models.CharField(max_length=200, blank=True)
    paid_on = models.DateField(null=True)
    posted_on = models.DateField(null=True)
    retried_in = models.ForeignKey(Netting, null=True, on_delete=models.PROTECT, related_name="retried")

    class Meta:
        """Money out is above 0, and one payment goes to an account in a netting."""

        constraints = (
            models.UniqueConstraint(
                fields=["netting", "account_kind", "account_number"], name="payment_once_per_account"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_above_zero"),
            models.CheckConstraint(condition=Q(status__in=list(PaymentStatus)), name="payment_status"),
            models.CheckConstraint(
                condition=Q(status="paid", paid_on__isnull=False)
                | (~Q(status="paid") & Q(paid_on__isnull=True)),
                name="payment_paid_on",
            ),
            models.CheckConstraint(
                condition=Q(retried_in__isnull=True) | Q(status="rejected"), name="payment_retried"
            ),
        )
        indexes = (
            models.Index(fields=["id"], condition=Q(status__in=["ordered", "accepted"]), name="payment_open"),
            models.Index(
                fields=["posted_on"], condition=Q(posted_on__isnull=False), name="payment_posted_on"
            ),
        )

    def __str__(self) -> str:
        """`KVITT-12-1`."""
        return self.end_to_end_id


class SettledInvoice(models.Model):
    """That a netting settles an invoice of the ledger, and the payment that its money is in, if any.

    The account is that of the clinic when the run was proposed. When the bank rejects its payment it goes
    along to the one that tries again; `retried_from` is the one that it was in before.
    """

    netting = models.ForeignKey(Netting, on_delete=models.PROTECT, related_name="invoices")
    invoice = models.ForeignKey("ledger.Invoice", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="invoices")
    retried_from = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="left_invoices"
    )
    account_kind = models.CharField(max_length=10, choices=GiroKind.choices)
    account_number = models.CharField(max_length=20)
    amount = MoneyField()
    is_void = models.BooleanField(default=False)

    class Meta:
        """An invoice is settled once."""

        constraints = (
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(is_void=False), name="invoice_settled_once"
            ),
        )

    def __str__(self) -> str:
        """`1234: 28680 kr`."""
        return f"{self.invoice_id}: {self.amount} öre"


class OutgoingFile(models.Model):
    """A file that leaves (*utkorg*): registered in the transaction that made it, sent afterwards, once.

    Sending it again is explicit and logged. `subject` is what a module calls it that made it; such a file may
    be held until the others of the same thing are made. Source: spec QU-14, SC-23, CF-29.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=FileKind.choices)
    name = models.CharField(max_length=100)
    subject = models.CharField(max_length=60, blank=True)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    run = models.OneToOneField(PaymentRun, null=True, on_delete=models.PROTECT, related_name="file")
    period = models.DateField(null=True, help_text="the first of the month")
    voucher_count = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=OutboxStatus.choices, default=OutboxStatus.WAITING)
    sent_at = models.DateTimeField(null=True)
    sent_count = models.PositiveIntegerField(default=0)

    class Meta:
        """A name is used once, a month has one voucher file, a payment file belongs to a run."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "name"], name="outgoing_file_once"),
            models.UniqueConstraint(
                fields=["authority", "period"],
                condition=Q(kind="vouchers"),
                name="outgoing_file_once_per_period",
            ),
            models.CheckConstraint(
                condition=Q(kind="payments", run__isnull=False, period__isnull=True)
                | Q(kind="vouchers", run__isnull=True, period__isnull=False)
                | (Q(kind__in=sorted(MODULE_FILES), run__isnull=True) & ~Q(subject="")),
                name="outgoing_file_of",
            ),
            models.CheckConstraint(condition=Q(status__in=list(OutboxStatus)), name="outgoing_file_status"),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(kind__in=sorted(MODULE_FILES)), name="outgoing_file_held"
            ),
        )
        indexes = (
            models.Index(fields=["authority", "-made_at", "-id"], name="outgoing_file_newest"),
            models.Index(fields=["id"], condition=Q(status="waiting"), name="outgoing_file_waiting"),
            models.Index(
                fields=["authority", "subject"], condition=~Q(subject=""), name="outgoing_file_subject"
            ),
        )

    def __str__(self) -> str:
        """`pain001-2024-000012.xml`."""
        return self.name


class BankFile(models.Model):
    """A file that the bank sent, read once. Source: spec SC-23."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=BankFileKind.choices)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    read_at = models.DateTimeField()
    read_by = models.CharField(max_length=200)
    payment_count = models.PositiveIntegerField(default=0)

    class Meta:
        """The same file is read once."""

        constraints = (models.UniqueConstraint(fields=["authority", "sha256"], name="bank_file_once"),)

    def __str__(self) -> str:
        """`camt054-2024-11-22.xml`."""
        return self.name
