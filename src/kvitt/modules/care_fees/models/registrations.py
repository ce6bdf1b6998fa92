"""What was done for clients, and corrections of their fees."""

from django.db import models
from django.db.models import Q

from kvitt.foundation.fields import MoneyField
from kvitt.modules.care_fees.models.clients import Client
from kvitt.modules.care_fees.models.services import Service
from kvitt.registers.organisations.models import Clinic


class PerformedService(models.Model):
    """Time (minutes) or count of what a unit did for a client in a month (*utförd insats*).

    `month` is its first day. `version` is raised by each change, so that two who type at once see it.
    Source: debitering-ao, pages 17-19; spec CF-11, CF-12.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="performed")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    quantity = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One figure per client, service, unit and month."""

        constraints = (
            models.UniqueConstraint(
                fields=["unit", "month", "client", "service"], name="performed_service_once"
            ),
        )

    def __str__(self) -> str:
        """`2024-11: 12`."""
        return f"{self.month:%Y-%m}: {self.quantity}"


class FeeCorrection(models.Model):
    """A deduction (minus) or an addition with a text, in the month that is billed (*korrigera avgift*).

    `service` is None for rent. Source: debitering-ao, page 21; spec CF-13.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="corrections")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    amount = MoneyField()
    text = models.CharField(max_length=100)
    created_by = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A correction is of something."""

        constraints = (models.CheckConstraint(condition=~Q(amount=0), name="fee_correction_of_something"),)
        indexes = (models.Index(fields=["client", "month"], name="fee_correction_of_month"),)

    def __str__(self) -> str:
        """`2024-11: -620000 öre`."""
        return f"{self.month:%Y-%m}: {self.amount} öre"

    @property
    def is_of_free_month(self) -> bool:
        """Whether the correction is the deduction of a free month, or its half of a couple's."""
        return hasattr(self, "free_month") or hasattr(self, "free_month_of_partner")
