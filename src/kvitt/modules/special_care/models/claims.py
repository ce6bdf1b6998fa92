"""Claims with their lines, the invoices that they gather in, and the numbers given."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.fields import MoneyField
from kvitt.modules.special_care.lifecycle import CareModel, ClaimStatus, SupportType
from kvitt.modules.special_care.models.entitlement import Certificate
from kvitt.modules.special_care.models.files import ClaimsFile
from kvitt.modules.special_care.models.plans import PlannedProcedure, TreatmentPlan
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic
from kvitt.registers.people.models import Person


class NumberSeries(models.Model):
    """The last numbers given in an authority: of claims, of plans, and of invoices (*Vår referens*).

    A number that was given stays spent. The row is locked last.
    """

    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, related_name="+")
    last_claim = models.PositiveIntegerField(default=0)
    last_plan = models.PositiveIntegerField(default=0)
    last_invoice = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        """`3, 1, 2`."""
        return f"{self.last_claim}, {self.last_plan}, {self.last_invoice}"


class ClaimInvoice(models.Model):
    """The claims that a clinic has handed in under one OCR or invoice number (*faktura*).

    While it is open, claims of the same number gather in it; a payment proposal closes it, with an invoice of
    the ledger. A credit invoice is its own. `our_reference` is what stands on the payment. Source: spec SC-8,
    SC-17, SC-19a, SC-21.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=50)
    reference_key = models.CharField(max_length=60)
    our_reference = models.PositiveIntegerField()
    county = models.CharField(max_length=2, blank=True)
    received_on = models.DateField()
    is_credit = models.BooleanField(default=False)
    is_open = models.BooleanField(default=True)
    ledger_invoice = models.OneToOneField(
        "ledger.Invoice", null=True, on_delete=models.PROTECT, related_name="+"
    )
    awaits_repayment = models.BooleanField(default=False)
    repaid_on = models.DateField(null=True)
    repaid_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """One is open per clinic, number and home region; a credit invoice never is."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "our_reference"], name="our_reference_once"),
            models.UniqueConstraint(
                fields=["clinic", "reference_key", "county"],
                condition=Q(is_open=True),
                name="claim_invoice_open_once",
            ),
            models.CheckConstraint(
                condition=Q(is_open=False) | Q(is_credit=False, ledger_invoice__isnull=True),
                name="claim_invoice_open",
            ),
            models.CheckConstraint(
                condition=Q(repaid_on__isnull=True) | Q(awaits_repayment=True), name="claim_invoice_repaid"
            ),
        )
        indexes = (
            models.Index(fields=["clinic", "-received_on", "-id"], name="claim_invoice_of_clinic"),
            models.Index(fields=["authority", "-received_on", "-id"], name="claim_invoice_newest"),
            models.Index(
                fields=["authority", "id"],
                condition=Q(awaits_repayment=True, repaid_on__isnull=True),
                name="claim_invoice_repayment",
            ),
            models.Index(
                fields=["authority", "reference_key"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                name="claim_invoice_of_reference",
            ),
            models.Index(fields=["authority", "reference_key", "id"], name="claim_invoice_by_reference"),
            models.Index(fields=["authority"], condition=Q(is_open=True), name="claim_invoice_open_ones"),
        )

    def __str__(self) -> str:
        """`1234 (518148)`."""
        return f"{self.reference} ({self.our_reference})"


class Claim(models.Model):
    """What a clinic claims for one patient, of one or several visits (*räkning*).

    A draft is what a clinic has begun and not sent in; its `invoice_reference` gathers it in an invoice when
    it is. `reference` is the clinic's own, used once by its care provider for ever. `total` is what its lines
    sum to, `fee` what the patient paid of it, in öre. Whoever sent it in is copied as he was: he neither
    releases nor proposes it. Source: spec SC-6 - SC-11, SC-18 - SC-22.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(ClaimInvoice, null=True, on_delete=models.PROTECT, related_name="claims")
    invoice_reference = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=40, blank=True)
    reference_key = models.CharField(max_length=60, blank=True)
    comment = models.TextField(blank=True)
    support = models.CharField(max_length=1, choices=SupportType.choices)
    certificate = models.ForeignKey(
        Certificate, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    category = models.CharField(max_length=5, blank=True)
    care_model = models.CharField(max_length=2, choices=CareModel.choices, blank=True)
    plan = models.ForeignKey(TreatmentPlan, null=True, on_delete=models.PROTECT, related_name="+")
    has_card = models.BooleanField(default=False)
    card_number = models.CharField(max_length=30, blank=True)
    card_first_on = models.DateField(null=True)
    card_last_on = models.DateField(null=True)
    county = models.CharField(max_length=2, blank=True)
    total = MoneyField(default=0)
    fee = MoneyField(default=0)
    status = models.CharField(max_length=10, choices=ClaimStatus.choices, default=ClaimStatus.DRAFT)
    created_on = models.DateField()
    sent_on = models.DateField(null=True)
    sent_by = models.CharField(max_length=200, blank=True)
    sent_by_id = models.BigIntegerField(null=True)
    released_on = models.DateField(null=True)
    hold_reasons = models.JSONField(default=list)
    question = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    void_reason = models.TextField(blank=True)
    credit_invoice = models.ForeignKey(
        ClaimInvoice, null=True, on_delete=models.PROTECT, related_name="credited_claims"
    )
    file = models.ForeignKey(
        ClaimsFile, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    replaces = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta:
        """What is sent in has an invoice and a reference of its own; lists are newest first."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="claim_number_once"),
            models.UniqueConstraint(
                fields=["provider", "reference_key"],
                condition=~Q(status="draft"),
                name="claim_reference_once",
            ),
            models.CheckConstraint(condition=Q(status__in=list(ClaimStatus)), name="claim_status"),
            models.CheckConstraint(
                condition=Q(status="draft", invoice__isnull=True, sent_on__isnull=True)
                | (
                    ~Q(status="draft")
                    & Q(invoice__isnull=False, sent_on__isnull=False)
                    & ~Q(reference_key="")
                ),
                name="claim_sent",
            ),
            models.CheckConstraint(
                condition=Q(card_number="", card_first_on__isnull=True, card_last_on__isnull=True)
                | (~Q(card_number="") & Q(card_last_on__gte=F("card_first_on")))
                | Q(status="draft"),
                name="claim_card",
            ),
        )
        indexes = (
            models.Index(fields=["clinic", "-created_on", "-id"], name="claim_of_clinic"),
            models.Index(
                fields=["authority", "sent_on", "id"], condition=Q(status="held"), name="claim_held"
            ),
            models.Index(
                fields=["clinic", "-created_on", "-id"], condition=Q(status="draft"), name="claim_draft"
            ),
            models.Index(fields=["authority", "-sent_on", "-id"], name="claim_newest"),
            models.Index(
                fields=["authority", "reference_key"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                condition=~Q(status="draft"),
                name="claim_of_reference",
            ),
            models.Index(fields=["invoice"], condition=Q(status="voided"), name="claim_voided"),
            models.Index(
                fields=["clinic", "released_on"], condition=Q(status="released"), name="claim_released"
            ),
            models.Index(
                fields=["clinic"], condition=Q(status__in=["held", "voided"]), name="claim_looked_at"
            ),
            models.Index(fields=["authority", "sent_on"], condition=~Q(county=""), name="claim_of_county"),
        )

    def __str__(self) -> str:
        """`T2024-000012 980890`."""
        return f"{self.number} {self.reference}".rstrip()


class ClaimLine(models.Model):
    """A procedure or a patient fee (*patAvg*, negative) of a claim.

    From release on `line` is the same thing in the ledger. `planned` is the preauthorized procedure that it
    takes of. Source: spec SC-9.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    line = models.OneToOneField("ledger.Line", null=True, on_delete=models.PROTECT, related_name="+")
    planned = models.ForeignKey(PlannedProcedure, null=True, on_delete=models.PROTECT, related_name="+")
    performed_on = models.DateField()
    code = models.CharField(max_length=10)
    text = models.CharField(max_length=200)
    location = models.CharField(max_length=2, blank=True)
    price = MoneyField()
    comment = models.CharField(max_length=500, blank=True)

    class Meta:
        """In the order of the dates, a visit's fee last."""

        ordering = ("performed_on", "id")

    def __str__(self) -> str:
        """`825S Partiell protes ÖK`."""
        return " ".join(part for part in (self.code, self.text, self.location) if part)

    @property
    def visit(self) -> date:
        """The day of the visit."""
        return self.performed_on
