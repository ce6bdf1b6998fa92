"""Claims files that were handed in, how far each is read, and what is wrong in it."""

from django.db import models
from django.db.models import Q

from kvitt.foundation.fields import MoneyField
from kvitt.modules.special_care.lifecycle import FileFormat, FileStatus
from kvitt.modules.special_care.rules.faults import Level
from kvitt.registers.organisations.models import Authority, Clinic


class ClaimsFile(models.Model):
    """A file of claims that a clinic handed in (*fakturafil*), and how far the program has come with it.

    It is checked whole before anything of it is taken in. `checked_count` claims are read so far, of which
    `faulty_count` have a fault that stops them; `loaded_count` are gone through to be taken in, of which
    `taken_count` became claims of `taken_amount` öre. Each count moves in the transaction that does what it
    counts. Whoever works on it holds it until `held_until`. What cannot be read at all has one `refusal`.
    The content lies with the documents under `stored_name`. Source: spec SC-12 - SC-16, QU-14.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_name = models.UUIDField(unique=True)
    format = models.CharField(max_length=3, choices=FileFormat.choices, blank=True)
    is_check_only = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=FileStatus.choices, default=FileStatus.WAITING)
    refusal = models.CharField(max_length=40, blank=True)
    refusal_values = models.JSONField(default=dict)
    checked_bytes = models.BigIntegerField(default=0)
    checked_count = models.PositiveIntegerField(default=0)
    credit_count = models.PositiveIntegerField(default=0)
    faulty_count = models.PositiveIntegerField(default=0)
    fault_count = models.PositiveIntegerField(default=0)
    loaded_count = models.PositiveIntegerField(default=0)
    taken_count = models.PositiveIntegerField(default=0)
    taken_amount = MoneyField(default=0)
    credited_count = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=200)
    uploaded_by_id = models.BigIntegerField(null=True)
    uploaded_as = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=40, blank=True)
    held_until = models.DateTimeField(null=True)

    class Meta:
        """What is refused says why; the worker finds its work, and the clinic its newest files."""

        constraints = (
            models.CheckConstraint(condition=Q(status__in=list(FileStatus)), name="claims_file_status"),
            models.CheckConstraint(
                condition=Q(status="refused") & ~Q(refusal="") | ~Q(status="refused") & Q(refusal=""),
                name="claims_file_refused_why",
            ),
            models.CheckConstraint(
                condition=Q(is_check_only=False) | Q(taken_count=0, credited_count=0),
                name="claims_file_only_checked",
            ),
        )
        indexes = (
            models.Index(fields=["clinic", "-uploaded_at", "-id"], name="claims_file_of_clinic"),
            models.Index(
                fields=["id"],
                condition=Q(status__in=["waiting", "checking", "loading"]),
                name="claims_file_to_do",
            ),
        )

    def __str__(self) -> str:
        """`journal-2024-11.xml`."""
        return self.name


class FileFault(models.Model):
    """What is wrong with one claim of a file: the claim as the file tells it, and a fault of `FAULTS`.

    `place` counts the claims of the file from 1, `line` is the line in the file. What stood in the file is
    kept as it stood. Source: spec SC-12a, SC-14.
    """

    file = models.ForeignKey(ClaimsFile, on_delete=models.CASCADE, related_name="faults", db_index=False)
    place = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    clinic_number = models.CharField(max_length=20, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    identity_number = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40)
    level = models.CharField(max_length=5, choices=Level.choices)
    element = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict)

    class Meta:
        """In the order of the file."""

        indexes = (models.Index(fields=["file", "place", "id"], name="file_fault_in_order"),)

    def __str__(self) -> str:
        """`980890: no_certificate`."""
        return f"{self.reference}: {self.code}"
