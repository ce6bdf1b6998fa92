"""What the months of clients come to: how far each has come, its lines, and which other areas it concerns."""

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.fields import MoneyField
from kvitt.modules.care_fees.lifecycle import LineKind, MonthStatus
from kvitt.modules.care_fees.models.clients import Client
from kvitt.modules.care_fees.models.services import Service
from kvitt.registers.organisations.models import BillingArea, Clinic


class ClientMonth(models.Model):
    """What a client's month came to, and by which inputs; `month` is its first day.

    `client_version` and `terms` are the fingerprint of what it was calculated from: where the client's
    version or the key of the month's terms (catalogue, prices, parameters, account strings) is another now,
    it is red again. `area` is the client's area in the month. `total` is the sum of its lines;
    `carried_amount` of it is carried to the next month instead of invoiced. `faults` are those of a faulty
    one (kind, values, whether the spouse's); `explanation` the steps of the calculation, as kinds and values.
    Recalculation replaces the row, unless it is approved. `is_invoiced` is told here too, so that what is
    left to invoice is found without reading what was invoiced in all the years.
    Source: spec CF-12, CF-22, CF-24 to CF-29.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="months")
    month = models.DateField()
    status = models.CharField(max_length=12, choices=MonthStatus.choices)
    area = models.ForeignKey(
        BillingArea, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    client_version = models.PositiveIntegerField(default=0)
    terms = models.CharField(max_length=16, blank=True)
    total = MoneyField(default=0)
    carried_amount = MoneyField(default=0)
    is_at_cap = models.BooleanField(default=False)
    faults = models.JSONField(default=list)
    explanation = models.JSONField(default=list)
    calculated_at = models.DateTimeField(null=True)
    is_invoiced = models.BooleanField(default=False, db_default=False)

    class Meta:
        """A month stands once for a client, besides those that were voided."""

        constraints = (
            models.UniqueConstraint(
                fields=["client", "month"], condition=~Q(status="voided"), name="client_month_stands_once"
            ),
            models.CheckConstraint(condition=Q(status__in=list(MonthStatus)), name="client_month_status"),
        )
        indexes = (
            models.Index(fields=["area", "month", "status"], name="client_month_of_area"),
            models.Index(
                fields=["id"],
                condition=Q(status="approved", is_invoiced=False) & ~Q(total=F("carried_amount")),
                name="client_month_to_invoice",
            ),
        )

    def __str__(self) -> str:
        """`2024-11 calculated`."""
        return f"{self.month:%Y-%m} {self.status}"


class FeeLine(models.Model):
    """One line of what a month costs, as the invoice prints it (öre, signed, VAT included).

    `quantity` is a count, minutes or days where the line has one, and `price` that of one. A difference is
    about the month that it mends; what belongs to one service of it is a line by itself, and the invoice adds
    them up. Service and unit are read from the same transaction's facts, so the database does not look
    them up once more for every line; `kvitt verify` does. Source: spec CF-17, CF-21, CF-29.
    """

    client_month = models.ForeignKey(ClientMonth, on_delete=models.PROTECT, related_name="lines")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14, choices=LineKind.choices)
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(
        Clinic, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    text = models.CharField(max_length=200)
    quantity = models.IntegerField(null=True)
    price = MoneyField(null=True)
    amount = MoneyField()
    vat_percent = models.PositiveSmallIntegerField(default=0)
    about_month = models.DateField(null=True)

    class Meta:
        """The kind is known."""

        constraints = (models.CheckConstraint(condition=Q(kind__in=list(LineKind)), name="fee_line_kind"),)

    def __str__(self) -> str:
        """`care 75300 öre`."""
        return f"{self.kind} {self.amount} öre"


class ConcernedArea(models.Model):
    """That another area than the client's has a unit with services for him in a month.

    It must have approved too before the invoice is made. Source: spec CF-28.
    """

    client_month = models.ForeignKey(
        ClientMonth, on_delete=models.PROTECT, related_name="concerned_areas", db_index=False
    )
    area = models.ForeignKey(BillingArea, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """An area is concerned once."""

        constraints = (models.UniqueConstraint(fields=["client_month", "area"], name="concerned_area_once"),)

    def __str__(self) -> str:
        """`area 3`."""
        return f"area {self.area_id}"
