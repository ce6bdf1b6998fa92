"""Incomes and housing costs that clients state, changes of their reserved amounts, and fee decisions."""

from django.db import models
from django.db.models import Q

from kvitt.foundation.fields import MoneyField
from kvitt.modules.care_fees.lifecycle import HomeKind, IncomeKind, IncomePace
from kvitt.modules.care_fees.models.clients import IN_ORDER, Client
from kvitt.registers.documents.models import Document


class IncomeStatement(models.Model):
    """What a client has stated of income and housing cost (*inkomstuppgift*), from when to when.

    Costs are in öre: `rent` and `operating` a month, `interest` (of loans on a home of one's own) a year.
    `operating` None means the standard costs, for so many square metres. A couple's costs are those of the
    household. Source: spec CF-20.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="incomes")
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    received_on = models.DateField()
    home = models.CharField(max_length=10, choices=HomeKind.choices, default=HomeKind.RENTED)
    rent = MoneyField(default=0)
    interest = MoneyField(default=0)
    operating = MoneyField(null=True, blank=True)
    square_metres = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    proof = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    registered_by = models.CharField(max_length=200)

    class Meta:
        """One holds at a time."""

        constraints = (
            models.CheckConstraint(condition=IN_ORDER, name="income_statement_in_order"),
            models.CheckConstraint(condition=Q(home__in=list(HomeKind)), name="income_statement_home"),
            models.UniqueConstraint(
                fields=["client"], condition=Q(last_on__isnull=True), name="income_statement_one_open"
            ),
        )

    def __str__(self) -> str:
        """`from 2024-01-01`."""
        return f"from {self.first_on}"


class Income(models.Model):
    """One income of a statement (öre, before tax and the tax on it), of the client or of a spouse.

    A spouse who is a client has a statement too, and that one counts. Source: spec CF-20.
    """

    statement = models.ForeignKey(IncomeStatement, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=20, choices=IncomeKind.choices)
    pace = models.CharField(max_length=10, choices=IncomePace.choices)
    amount = MoneyField()
    tax = MoneyField(default=0)
    is_of_spouse = models.BooleanField(default=False)

    class Meta:
        """An income is not below zero, and the tax no more than it."""

        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gte=0, tax__gte=0, tax__lte=models.F("amount")), name="income_amount"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(IncomeKind)), name="income_kind"),
            models.CheckConstraint(condition=Q(pace__in=list(IncomePace)), name="income_pace"),
        )

    def __str__(self) -> str:
        """`pension 1500000 öre`."""
        return f"{self.kind} {self.amount} öre"


class ReservedAdjustment(models.Model):
    """That a client's reserved amount is raised or cut (öre a month, signed), why, and from when to when.

    Source: spec CF-20.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="adjustments")
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    amount = MoneyField()
    reason = models.CharField(max_length=300)
    decided_by = models.CharField(max_length=200)

    class Meta:
        """It changes something."""

        constraints = (
            models.CheckConstraint(condition=IN_ORDER, name="reserved_adjustment_in_order"),
            models.CheckConstraint(condition=~Q(amount=0), name="reserved_adjustment_of_something"),
        )

    def __str__(self) -> str:
        """`50000 öre from 2024-01-01`."""
        return f"{self.amount} öre from {self.first_on}"


class FeeDecision(models.Model):
    """What was decided of a client's fee from a month on (*avgiftsbeslut*), with all its terms as they were.

    `content` is what the letter says: amounts in öre, the steps of the calculation and the law.
    Source: spec CF-20, CF-22.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    first_on = models.DateField()
    capacity = MoneyField(null=True)
    cap = MoneyField()
    content = models.JSONField()
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200)

    class Meta:
        """The newest of a client is looked for."""

        indexes = (models.Index(fields=["client", "-first_on", "-id"], name="fee_decision_newest"),)

    def __str__(self) -> str:
        """`12 from 2025-01-01`."""
        return f"{self.number} from {self.first_on}"
