"""Activities; who took part stands in the ledger, one line each."""

from typing import Any

from django.db import models
from django.db.models import Q

from kvitt.registers.organisations.models import Authority, Clinic, Practitioner
from kvitt.registers.price_lists.lifecycle import Participants


class ActivityNumberSeries(models.Model):
    """The last running number given to an activity; a removed activity's number stays spent."""

    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, related_name="+")
    last_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        """The number."""
        return str(self.last_number)


class CaseLines(models.ForeignObject):  # type: ignore[type-arg]
    """A way for sums from an activity to the lines of its number; it has no column.

    It goes to lines of every module: whoever takes it says which.
    """

    requires_unique_target = False

    def contribute_to_class(
        self,
        cls: type[models.Model],
        name: str,
        private_only: bool = False,  # noqa: ARG002, FBT001, FBT002 - Django's own signature
        **kwargs: Any,
    ) -> None:
        """Keep it out of what is stored: migrations and rows know nothing of it."""
        super().contribute_to_class(cls, name, private_only=True, **kwargs)


class Activity(models.Model):
    """An occasion of preventive work (*aktivitet*): maternity care, child health care, tobacco cessation.

    Code and text are copied from the price list on the day. The lines of the ledger whose case number is
    the activity's are its procedures: one per participant, or one where nobody is counted.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    performed_on = models.DateField()
    code = models.CharField(max_length=10)
    text = models.CharField(max_length=200)
    participants = models.CharField(max_length=10, choices=Participants.choices)
    place = models.CharField(max_length=100)
    place_search_key = models.CharField(max_length=200)
    municipality = models.CharField(max_length=4)
    created_on = models.DateField()
    created_by = models.CharField(max_length=200)
    deleted_at = models.DateTimeField(null=True)
    lines = CaseLines(
        "ledger.Line",
        on_delete=models.DO_NOTHING,
        from_fields=["authority", "number"],
        to_fields=["authority", "case_number"],
        related_name="+",
    )

    class Meta:
        """Numbers are never repeated; lists are newest first, with an index for every filter."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="activity_number_once"),
            models.CheckConstraint(
                condition=Q(participants__in=list(Participants)), name="activity_participants"
            ),
        )
        indexes = (
            models.Index(fields=["clinic", "-performed_on", "-id"], name="activity_of_clinic"),
            models.Index(fields=["authority", "-performed_on", "-id"], name="activity_newest"),
            models.Index(fields=["authority", "code", "performed_on", "id"], name="activity_of_code"),
            models.Index(
                fields=["authority", "municipality", "performed_on", "id"], name="activity_of_municipality"
            ),
            models.Index(  # whatever the collation, this one finds beginnings
                fields=["authority", "place_search_key"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                name="activity_of_place",
            ),
        )

    def __str__(self) -> str:
        """The number."""
        return self.number
