"""What each clinic has chosen, and the messages: written with the act itself, sent afterwards."""

from django.db import models
from django.db.models import Q

from kvitt.registers.mailing.lifecycle import CHOSEN, MailEvent, MailFault, MailStatus
from kvitt.registers.organisations.models import Clinic


class MailChoice(models.Model):
    """An event that gives the clinic an e-mail (*händelse som ger e-post*)."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="mail_choices", db_index=False)
    event = models.CharField(max_length=30, choices=MailEvent.choices)
    chosen_on = models.DateField()

    class Meta:
        """An event is chosen once, and a test message not at all."""

        constraints = (
            models.UniqueConstraint(fields=["clinic", "event"], name="mail_choice_once"),
            models.CheckConstraint(condition=Q(event__in=list(CHOSEN)), name="mail_choice_event"),
        )

    def __str__(self) -> str:
        """`invoice_returned`."""
        return self.event


class MailAddress(models.Model):
    """Where a clinic's e-mail goes (*e-postadress*)."""

    clinic = models.ForeignKey(
        Clinic, on_delete=models.CASCADE, related_name="mail_addresses", db_index=False
    )
    address = models.EmailField()

    class Meta:
        """An address stands once, in the order given."""

        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["clinic", "address"], name="mail_address_once"),)

    def __str__(self) -> str:
        """The address."""
        return self.address


class OutgoingMail(models.Model):
    """A message to one address (*utgående e-post*); `next_try_at` is when a worker may take it.

    `day` is the day that a message about the invoicing period is for: no clinic gets it twice.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.CharField(max_length=30, choices=MailEvent.choices)
    day = models.DateField(null=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    status = models.CharField(max_length=10, choices=MailStatus.choices, default=MailStatus.WAITING)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_fault = models.CharField(max_length=20, blank=True, choices=MailFault.choices)

    class Meta:
        """The worker's queue and the clinic's list have an index each."""

        constraints = (
            models.CheckConstraint(condition=Q(event__in=list(MailEvent)), name="mail_event"),
            models.CheckConstraint(condition=Q(last_fault__in=["", *MailFault]), name="mail_fault"),
            models.CheckConstraint(
                condition=Q(status="waiting", next_try_at__isnull=False, sent_at__isnull=True)
                | Q(status="sent", next_try_at__isnull=True, sent_at__isnull=False)
                | Q(status="given_up", next_try_at__isnull=True, sent_at__isnull=True),
                name="mail_status",
            ),
            models.UniqueConstraint(
                fields=["clinic", "event", "day", "to"],
                condition=Q(day__isnull=False),
                name="mail_of_day_once",
            ),
        )
        indexes = (
            models.Index(fields=["next_try_at", "id"], condition=Q(status="waiting"), name="mail_due"),
            models.Index(fields=["clinic", "-id"], name="mail_of_clinic"),
        )

    def __str__(self) -> str:
        """`invoice_returned waiting`."""
        return f"{self.event} {self.status}"
