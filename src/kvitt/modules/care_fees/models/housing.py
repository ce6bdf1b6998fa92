"""Dwellings, the contracts on them with tenants and dated rents, and free months."""

from django.db import models
from django.db.models import Q

from kvitt.foundation.fields import MoneyField
from kvitt.modules.care_fees.lifecycle import FormerHousing, HousingKind
from kvitt.modules.care_fees.models.clients import IN_ORDER, Client
from kvitt.modules.care_fees.models.registrations import FeeCorrection
from kvitt.registers.documents.models import Document
from kvitt.registers.organisations.models import Authority, Clinic


class Dwelling(models.Model):
    """A flat or a room that is let (*objekt*). Source: spec CF-7."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    search_key = models.CharField(max_length=230)
    kind = models.CharField(max_length=20, choices=HousingKind.choices)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        """A number stands once in an authority."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="dwelling_number_once"),
            models.CheckConstraint(condition=Q(kind__in=list(HousingKind)), name="dwelling_kind"),
        )

    def __str__(self) -> str:
        """`1204 - Ekgatan 4, rum 12`."""
        return f"{self.number} - {self.address}"


class Tenancy(models.Model):
    """A housing contract (*boendekontrakt*).

    `moved_in_on` is what the user typed, `first_on` the contract date that the rule made of it: to billing it
    is the day of moving in too. Full rent from the 1st, half from the 17th; ended the 14th is half.
    Source: spec CF-7, CF-8.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="tenancies")
    moved_in_on = models.DateField()
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """A contract number is used once; contracts begin and end on the days of the rule."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="tenancy_number_once"),
            models.CheckConstraint(condition=IN_ORDER, name="tenancy_in_order"),
            models.CheckConstraint(condition=Q(first_on__day__in=[1, 17]), name="tenancy_first_day"),
            models.UniqueConstraint(
                fields=["dwelling"], condition=Q(last_on__isnull=True), name="tenancy_one_open"
            ),
        )

    def __str__(self) -> str:
        """`H2026-000001`."""
        return self.number


class Tenant(models.Model):
    """A client who holds a housing contract, alone or with another (*hyresgäst*). Source: spec CF-7."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.PROTECT, related_name="tenants")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="tenants")

    class Meta:
        """A client holds a contract once."""

        constraints = (models.UniqueConstraint(fields=["tenancy", "client"], name="tenant_once"),)

    def __str__(self) -> str:
        """`tenant of H2026-000001`."""
        return f"tenant of {self.tenancy.number}"


class Rent(models.Model):
    """What a contract costs a month (öre), from a day on (*månadshyra*). Source: spec CF-7."""

    tenancy = models.ForeignKey(Tenancy, on_delete=models.PROTECT, related_name="rents")
    first_on = models.DateField()
    amount = MoneyField()

    class Meta:
        """One rent begins on a day."""

        constraints = (
            models.UniqueConstraint(fields=["tenancy", "first_on"], name="rent_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="rent_not_negative"),
        )

    def __str__(self) -> str:
        """`from 2024-01-01: 620000 öre`."""
        return f"from {self.first_on}: {self.amount} öre"


class FreeMonth(models.Model):
    """A month without rent (*hyresfri månad*), decided on criteria and a receipt, once for a move.

    Two tenants get half of the deduction each; without a file the receipt is noted as seen.

    Source: debitering-ao, page 16; spec CF-9.
    """

    tenancy = models.OneToOneField(Tenancy, on_delete=models.PROTECT, related_name="free_month")
    correction = models.OneToOneField(FeeCorrection, on_delete=models.PROTECT, related_name="free_month")
    partner_correction = models.OneToOneField(
        FeeCorrection, null=True, blank=True, on_delete=models.PROTECT, related_name="free_month_of_partner"
    )
    former_housing = models.CharField(max_length=20, choices=FormerHousing.choices)
    receipt = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_couple = models.BooleanField(default=False)
    cost = MoneyField()
    decided_on = models.DateField()
    decided_by = models.CharField(max_length=200)

    class Meta:
        """The former housing is one of the known kinds."""

        constraints = (
            models.CheckConstraint(
                condition=Q(former_housing__in=list(FormerHousing)), name="free_month_former_housing"
            ),
        )

    def __str__(self) -> str:
        """`free month of H2026-000001`."""
        return f"free month of {self.tenancy.number}"
