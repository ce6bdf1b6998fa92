"""Absences of clients, and what somebody wants to be reminded of."""

from django.db import models
from django.db.models import Q

from kvitt.modules.care_fees.lifecycle import AbsenceReason, ReminderPace
from kvitt.modules.care_fees.models.clients import IN_ORDER, Client


class Absence(models.Model):
    """That a client is away (*tillfälligt uppehåll*), first and last day included; open without a last day.

    One that was registered by mistake is removed, and stays. Source: debitering-ao, pages 22-25; spec CF-14.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="absences")
    reason = models.CharField(max_length=20, choices=AbsenceReason.choices)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    reported_on = models.DateField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Absences do not overlap: the command checks it while it holds the client."""

        constraints = (
            models.CheckConstraint(condition=IN_ORDER, name="absence_in_order"),
            models.CheckConstraint(condition=Q(reason__in=list(AbsenceReason)), name="absence_reason"),
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(last_on__isnull=True, removed_at__isnull=True),
                name="absence_one_open",
            ),
        )
        indexes = (models.Index(fields=["client", "first_on"], name="absence_of_client"),)

    def __str__(self) -> str:
        """`planned from 2024-11-04`."""
        return f"{self.reason} from {self.first_on}"


class Reminder(models.Model):
    """That a user is reminded of an absence (*bevakning*) until it is done. Source: spec CF-18."""

    absence = models.ForeignKey(Absence, on_delete=models.PROTECT, related_name="reminders")
    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=200)
    pace = models.CharField(max_length=10, choices=ReminderPace.choices)
    first_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        """A reminder comes back at a known pace; one stands per user and absence."""

        constraints = (
            models.CheckConstraint(condition=Q(pace__in=list(ReminderPace)), name="reminder_pace"),
            models.UniqueConstraint(
                fields=["absence", "user_id"], condition=Q(done_on__isnull=True), name="reminder_once"
            ),
        )
        indexes = (
            models.Index(fields=["user_id"], condition=Q(done_on__isnull=True), name="reminder_of_user"),
        )

    def __str__(self) -> str:
        """`weekly from 2024-11-04`."""
        return f"{self.pace} from {self.first_on}"
