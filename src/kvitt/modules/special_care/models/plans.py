"""Treatment plans, with what was approved of them and what claims have used."""

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.fields import MoneyField
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.registers.organisations.models import Authority, Clinic
from kvitt.registers.people.models import Person


class TreatmentPlan(models.Model):
    """What a clinic asks to be preauthorized for one patient (*behandlingsförslag*).

    What is asked of the authority is a request of the shared package, from the first sending on; until then
    the plan holds its motivation. Its number is the FHB number that claims name. `first_on` and `last_on` are
    the validity that the decision gave it. Source: spec SC-4, SC-5.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    support = models.CharField(max_length=1, choices=SupportType.choices)
    category = models.CharField(max_length=5)
    motivation = models.TextField(blank=True)
    created_on = models.DateField()
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        """Numbers are never repeated; validity has both ends or none; lists are newest first."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="plan_number_once"),
            models.CheckConstraint(
                condition=Q(first_on__isnull=True, last_on__isnull=True) | Q(last_on__gte=F("first_on")),
                name="plan_in_order",
            ),
        )
        indexes = (
            models.Index(fields=["clinic", "-created_on", "-id"], name="plan_of_clinic"),
            models.Index(fields=["authority", "-created_on", "-id"], name="plan_newest"),
        )

    def __str__(self) -> str:
        """The number."""
        return self.number


class PlannedProcedure(models.Model):
    """A procedure of a plan: what was asked for, what was approved of it and what claims have used of that.

    `price` is of one, in öre; `approved_amount` and `used_amount` are of all. Source: spec SC-4, SC-5.
    """

    plan = models.ForeignKey(TreatmentPlan, on_delete=models.CASCADE, related_name="procedures")
    code = models.CharField(max_length=10)
    text = models.CharField(max_length=200)
    location = models.CharField(max_length=2, blank=True)
    count = models.PositiveIntegerField(default=1)
    price = MoneyField()
    approved_count = models.PositiveIntegerField(null=True)
    approved_amount = MoneyField(null=True)
    used_count = models.PositiveIntegerField(default=0)
    used_amount = MoneyField(default=0)

    class Meta:
        """No more is used than was approved."""

        constraints = (
            models.CheckConstraint(
                condition=Q(approved_count__isnull=True, approved_amount__isnull=True, used_count=0)
                | Q(approved_count__isnull=False, approved_amount__isnull=False),
                name="planned_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_count__isnull=True) | Q(used_count__lte=F("approved_count")),
                name="planned_count_not_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(used_amount__gte=0)
                & (Q(approved_amount__isnull=True, used_amount=0) | Q(used_amount__lte=F("approved_amount"))),
                name="planned_amount_not_exceeded",
            ),
        )

    def __str__(self) -> str:
        """`825S Partiell protes ÖK`."""
        return " ".join(part for part in (self.code, self.text, self.location) if part)
