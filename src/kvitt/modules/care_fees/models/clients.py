"""Clients with their dated area and settings, who gets their invoices, and how far their months have come."""

from django.db import models
from django.db.models import F, Q

from kvitt.modules.care_fees.lifecycle import FeeType, RequestState
from kvitt.registers.organisations.models import Authority, BillingArea
from kvitt.registers.people.models import ContactPerson, Person

IN_ORDER = Q(last_on__isnull=True) | Q(last_on__gte=F("first_on"))


class ClientNumberSeries(models.Model):
    """The last numbers given in an authority: of clients, contracts, decisions, batches and invoices.

    The row is locked last, in the transaction that uses the number: no number is lost or used twice.
    """

    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, related_name="+")
    last_client = models.PositiveIntegerField(default=0)
    last_tenancy = models.PositiveIntegerField(default=0)
    last_decision = models.PositiveIntegerField(default=0)
    last_batch = models.PositiveIntegerField(default=0)
    last_invoice = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        """`40, 12`."""
        return f"{self.last_client}, {self.last_tenancy}"


class Client(models.Model):
    """A person who gets municipal care (*brukare*).

    `version` is raised by every command that changes what the fee is made of; `changed_from` is the first
    month that such changes were dated in since months were last approved, None where none was dated in a
    locked one. `note` is printed on the invoices. Source: spec CF-1, CF-17, CF-26, CF-29.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    created_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_from = models.DateField(null=True, blank=True)

    class Meta:
        """A number is used once in an authority."""

        constraints = (models.UniqueConstraint(fields=["authority", "number"], name="client_number_once"),)

    def __str__(self) -> str:
        """`D2026-000001`; never a name."""
        return self.number


class Placement(models.Model):
    """Which billing area a client belongs to, from when to when. Source: spec CF-5."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="placements")
    area = models.ForeignKey(BillingArea, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """One area at a time."""

        constraints = (
            models.CheckConstraint(condition=IN_ORDER, name="placement_in_order"),
            models.UniqueConstraint(
                fields=["client"], condition=Q(last_on__isnull=True), name="placement_one_open"
            ),
        )
        indexes = (models.Index(fields=["area", "first_on"], name="placement_of_area"),)

    def __str__(self) -> str:
        """`from 2024-01-01`."""
        return f"from {self.first_on}"


class ClientSettings(models.Model):
    """What the fee of a client is calculated by (*inställningar per person*), from when to when.

    Source: debitering-ao, pages 9-11; spec CF-5.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="settings")
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    fee_type = models.CharField(max_length=10, choices=FeeType.choices)
    accepts_cap = models.BooleanField(default=False)
    parish_code = models.CharField(max_length=6, blank=True)

    class Meta:
        """One row holds at a time."""

        constraints = (
            models.CheckConstraint(condition=IN_ORDER, name="settings_in_order"),
            models.CheckConstraint(condition=Q(fee_type__in=list(FeeType)), name="settings_fee_type"),
            models.UniqueConstraint(
                fields=["client"], condition=Q(last_on__isnull=True), name="settings_one_open"
            ),
        )

    def __str__(self) -> str:
        """`single from 2024-01-01`."""
        return f"{self.fee_type} from {self.first_on}"


class AreaRequest(models.Model):
    """That a coordinator asks for a client to be moved to another billing area. Source: spec CF-5."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="area_requests")
    area = models.ForeignKey(BillingArea, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    answer = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """One request of a client waits at a time."""

        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(RequestState)), name="area_request_state"),
            models.UniqueConstraint(
                fields=["client"], condition=Q(state="waiting"), name="area_request_one_waits"
            ),
        )

    def __str__(self) -> str:
        """`waiting`."""
        return self.state


class InvoiceRecipient(models.Model):
    """That a contact person gets a client's invoices, from when to when. Source: spec CF-3, CF-4."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="recipients")
    contact = models.ForeignKey(ContactPerson, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """One recipient at a time."""

        constraints = (
            models.CheckConstraint(condition=IN_ORDER, name="recipient_in_order"),
            models.UniqueConstraint(
                fields=["client"], condition=Q(last_on__isnull=True), name="recipient_one_open"
            ),
        )

    def __str__(self) -> str:
        """`from 2024-01-01`."""
        return f"from {self.first_on}"


class EstateRespite(models.Model):
    """That the invoices of a dead client wait until a day (*anstånd*). Source: spec CF-4."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="respites")
    first_on = models.DateField()
    last_on = models.DateField()
    reason = models.CharField(max_length=300)
    granted_by = models.CharField(max_length=200)

    class Meta:
        """A respite ends no earlier than it begins."""

        constraints = (models.CheckConstraint(condition=IN_ORDER, name="respite_in_order"),)

    def __str__(self) -> str:
        """`until 2024-12-31`."""
        return f"until {self.last_on}"
