"""The append-only log: events, and the persons each event is about."""

from django.db import models


class Event(models.Model):
    """Something somebody did or saw.

    The actor and the subject are copied, not referenced: the log outlives what it tells of.
    """

    at = models.DateTimeField()
    authority_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(max_length=200)
    role = models.CharField(max_length=500, blank=True)
    unit = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=100)
    is_read = models.BooleanField(default=False)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_key = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        """Indexes for a case's log, and one for every filter of the administrator's search."""

        indexes = (
            models.Index(fields=["subject_key", "subject_kind", "id"], name="audit_event_subject"),
            models.Index(fields=["authority_id", "-at", "-id"], name="audit_event_newest"),
            models.Index(fields=["authority_id", "is_read", "-at", "-id"], name="audit_event_read"),
            models.Index(fields=["authority_id", "action", "-at", "-id"], name="audit_event_action"),
            models.Index(fields=["authority_id", "user_name", "-at", "-id"], name="audit_event_user"),
        )

    def __str__(self) -> str:
        """`2024-12-18 10:42 Anna Testander needs_allowance.create_case`."""
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_name} {self.action}"


class Subject(models.Model):
    """One person that an event is about: whose data was changed or seen."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="subjects")
    person_id = models.BigIntegerField()

    class Meta:
        """The index a patient's extract needs."""

        indexes = (models.Index(fields=["person_id", "-id"], name="audit_subject_person"),)

    def __str__(self) -> str:
        """The person's row number, never the number of the person."""
        return f"person {self.person_id}"
