"""Cases with their assessment period, and the procedures reported in them."""

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.fields import MoneyField
from kvitt.foundation.values.dates import Period
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts
from kvitt.registers.organisations.models import Authority, Clinic, Practitioner
from kvitt.registers.people.models import Person


class CaseNumberSeries(models.Model):
    """The last running number given to a case; a deleted case's number stays spent."""

    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, related_name="+")
    last_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        """The number."""
        return str(self.last_number)


class Case(models.Model):
    """A patient's needs-allowance case with its assessment period (*behovspengsärende*)."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    created_on = models.DateField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        """Numbers are never repeated; lists are newest first."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="case_number_once"),
            models.CheckConstraint(condition=Q(last_on__gt=F("first_on")), name="case_in_order"),
        )
        indexes = (
            models.Index(fields=["clinic", "-created_on", "-id"], name="case_of_clinic"),
            models.Index(fields=["authority", "-created_on", "-id"], name="case_newest"),
            models.Index(fields=["person", "first_on"], name="case_of_person"),
            models.Index(
                fields=["authority", "number"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                name="case_by_number",
            ),
        )

    def __str__(self) -> str:
        """The number."""
        return self.number

    @property
    def period(self) -> Period:
        """The assessment period."""
        return Period(self.first_on, self.last_on)


class Credit(models.Model):
    """Procedures of a case that were credited together (*kreditering*), and are undone together.

    `mark` is the case as it stood afterwards: a credit is undone only while the case is the same.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="credits")
    mark = models.CharField(max_length=64)

    def __str__(self) -> str:
        """`B2024-000012 credit 3`."""
        return f"{self.case} credit {self.pk}"


class Procedure(models.Model):
    """One reported procedure (*åtgärd*), or the deductible with which every case begins.

    Text and price are copied from the price list on the date that governs. From approval on
    `line` is the same thing in the ledger and its status is the one that counts. `credit` is what it was
    credited in; `origin` is what was first reported, of which this one is a copy that bills it anew.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="procedures")
    line = models.OneToOneField("ledger.Line", null=True, on_delete=models.PROTECT, related_name="+")
    is_deductible = models.BooleanField(default=False)
    code = models.CharField(max_length=10)
    text = models.CharField(max_length=200)
    location = models.CharField(max_length=2, blank=True)
    surface = models.CharField(max_length=5, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    price = MoneyField()
    performed_on = models.DateField(null=True)
    practitioner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=30, choices=ProcedureStatus.choices)
    credit = models.ForeignKey(Credit, null=True, on_delete=models.PROTECT, related_name="procedures")
    origin = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """One at a time; approved exactly when the ledger has it. An index of what still needs a request."""

        constraints = (
            models.CheckConstraint(condition=Q(quantity=1), name="procedure_one_at_a_time"),
            models.CheckConstraint(condition=Q(status__in=list(ProcedureStatus)), name="procedure_status"),
            models.CheckConstraint(
                condition=Q(status="approved", line__isnull=False)
                | (~Q(status="approved") & Q(line__isnull=True)),
                name="procedure_approved_is_in_ledger",
            ),
        )
        indexes = (
            models.Index(
                fields=["case"], condition=Q(status="requires_preauthorization"), name="procedure_requiring"
            ),
        )

    def __str__(self) -> str:
        """`815 Sadelkrona`."""
        return f"{self.code} {self.text}"

    @property
    def shown_status(self) -> ProcedureStatus | LineStatus:
        """The one status the users see: the ledger line's from approval on, before that its own."""
        return LineStatus(self.line.status) if self.line is not None else ProcedureStatus(self.status)

    @property
    def request_key(self) -> int:
        """The id by which its preauthorization knows it: a copy keeps the decision of what it copies."""
        return self.origin_id or self.pk

    def facts(self) -> ProcedureFacts:
        """Return what the rules need; the line must be loaded with the procedure."""
        return ProcedureFacts(
            id=self.pk,
            code=self.code,
            location=self.location,
            surface=self.surface,
            performed_on=self.performed_on,
            amount=self.price * self.quantity,
            status=self.shown_status.value,
            is_deductible=self.is_deductible,
        )
