"""Requests, the procedures that they ask about, and every version that was sent."""

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.fields import MoneyField
from kvitt.preauthorization.lifecycle import DECIDED, SENT, RequestStatus, Verdict
from kvitt.preauthorization.rules import ProcedureFacts
from kvitt.registers.organisations.models import Authority, Clinic
from kvitt.registers.people.models import Person


class Preauthorization(models.Model):
    """A clinic's request for a decision about procedures of one case (*förhandsbedömning*, FHB).

    It has no number of its own: it belongs to its case. `draft_*` is what an assessor has written and not
    decided yet; `read_*` is who at the clinic has read the decision.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    module = models.CharField(max_length=30)
    case_number = models.CharField(max_length=20)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=30, choices=RequestStatus.choices, default=RequestStatus.NOT_SENT)
    motivation = models.TextField()
    created_on = models.DateField()
    sent_on = models.DateField(null=True)
    question = models.TextField(blank=True)
    draft_reason = models.TextField(blank=True)
    draft_first_on = models.DateField(null=True)
    draft_last_on = models.DateField(null=True)
    draft_by = models.CharField(max_length=200, blank=True)
    draft_at = models.DateTimeField(null=True)
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """The queue and the unread decisions have an index each; a decision has its day."""

        constraints = (
            models.CheckConstraint(condition=Q(status__in=list(RequestStatus)), name="request_status"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(DECIDED), decided_on__isnull=False)
                | (~Q(status__in=sorted(DECIDED)) & Q(decided_on__isnull=True)),
                name="request_decided_on",
            ),
            models.CheckConstraint(
                condition=Q(sent_on__isnull=False) | Q(status__in=["not_sent", "removed"]),
                name="request_sent_on",
            ),
        )
        indexes = (
            models.Index(fields=["authority", "module", "case_number"], name="request_of_case"),
            models.Index(
                fields=["authority", "sent_on", "id"],
                condition=Q(status__in=["awaiting_review", "completion_requested"]),
                name="request_waiting",
            ),
            models.Index(
                fields=["clinic", "module"],
                condition=Q(decided_on__isnull=False, read_at__isnull=True),
                name="request_unread",
            ),
        )

    def __str__(self) -> str:
        """`B2024-000012 2024-12-16`."""
        return f"{self.case_number} {self.sent_on or self.created_on}"

    @property
    def is_sent(self) -> bool:
        """Whether the authority has it and has not decided."""
        return self.status in SENT

    @property
    def is_decided(self) -> bool:
        """Whether there is a decision."""
        return self.status in DECIDED

    @property
    def is_unread(self) -> bool:
        """Whether there is a decision that nobody at the clinic has marked as read."""
        return self.is_decided and self.read_at is None


class RequestedProcedure(models.Model):
    """A procedure that a request asks about, as it was when it was sent; `key` is its id in the module.

    `amount` is of all that `count` says. Where the module lets a decision change them, `approved_*` say what
    was approved; `draft_*` are what an assessor has written and not decided.
    """

    preauthorization = models.ForeignKey(
        Preauthorization, on_delete=models.CASCADE, related_name="procedures"
    )
    module = models.CharField(max_length=30)
    key = models.BigIntegerField()
    code = models.CharField(max_length=10)
    text = models.CharField(max_length=200)
    location = models.CharField(max_length=2, blank=True)
    surface = models.CharField(max_length=5, blank=True)
    amount = MoneyField()
    count = models.PositiveIntegerField(default=1, db_default=1)
    is_open = models.BooleanField(default=True)
    draft_verdict = models.CharField(max_length=10, blank=True, choices=Verdict.choices)
    draft_count = models.PositiveIntegerField(null=True)
    draft_amount = MoneyField(null=True)
    verdict = models.CharField(max_length=10, blank=True, choices=Verdict.choices)
    approved_count = models.PositiveIntegerField(null=True)
    approved_amount = MoneyField(null=True)

    class Meta:
        """A procedure is in at most one open request; no more is approved than what was asked for."""

        constraints = (
            models.UniqueConstraint(
                fields=["module", "key"], condition=Q(is_open=True), name="requested_once"
            ),
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict]), name="requested_verdict"),
            models.CheckConstraint(condition=Q(verdict="") | Q(is_open=False), name="requested_decided"),
            models.CheckConstraint(
                condition=Q(approved_count__isnull=True, approved_amount__isnull=True)
                | Q(
                    verdict=Verdict.APPROVED.value,
                    approved_count__isnull=False,
                    approved_amount__isnull=False,
                    approved_count__gte=1,
                    approved_count__lte=F("count"),
                    approved_amount__gt=0,
                    approved_amount__lte=F("amount"),
                ),
                name="requested_granted",
            ),
        )
        indexes = (models.Index(fields=["module", "key"], name="requested_by_key"),)

    def __str__(self) -> str:
        """`852 Bro, per led 13`."""
        return self.facts().name

    def facts(self) -> ProcedureFacts:
        """Return what the rules need."""
        return ProcedureFacts(
            self.key, self.code, self.text, self.location, self.surface, self.amount, self.count
        )


class Submission(models.Model):
    """What was sent, exactly as it was sent: the first time, and each time the clinic answered.

    `procedures` is a list of ProcedureFacts as objects; `documents` and `parcels` are lists of id and label.
    `question` is what the assessor asked afterwards, if anything.
    """

    preauthorization = models.ForeignKey(
        Preauthorization, on_delete=models.CASCADE, related_name="submissions"
    )
    number = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=200)
    motivation = models.TextField()
    answer = models.TextField(blank=True)
    procedures = models.JSONField()
    documents = models.JSONField()
    parcels = models.JSONField()
    question = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """Numbered from 1 in its request, newest first."""

        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["preauthorization", "number"], name="submission_once"),
        )

    def __str__(self) -> str:
        """`2`."""
        return str(self.number)
