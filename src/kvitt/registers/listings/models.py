"""Listings: which clinic answers for a patient, from when to when."""

from django.db import models
from django.db.models import F, Q

from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people.models import Person


class Listing(models.Model):
    """A patient listed at a clinic; the listings of one patient never overlap (*listning*)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="listings")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="listings")
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    revision_ends_on = models.DateField(null=True, blank=True)

    class Meta:
        """At most one open listing per person; found by clinic and by person."""

        constraints = (
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="listing_in_order"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(last_on__isnull=True), name="listing_one_open"
            ),
        )
        indexes = (
            models.Index(fields=["person", "first_on"], name="listing_by_person"),
            models.Index(fields=["clinic", "last_on", "first_on"], name="listing_by_clinic"),
        )

    def __str__(self) -> str:
        """`2024-01-01 -`."""
        return f"{self.first_on} - {self.last_on or ''}".rstrip()
