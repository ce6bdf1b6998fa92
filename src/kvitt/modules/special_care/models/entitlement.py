"""Who is entitled to N and F dental care: patient categories and certificates."""

from django.db import models
from django.db.models import F, Q

from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules.category import CategoryFacts
from kvitt.modules.special_care.rules.claim import CertificateFacts
from kvitt.registers.organisations.models import Authority
from kvitt.registers.people.models import Person


class PatientCategory(models.Model):
    """A group of patients who are entitled (*patientkategori*): N1, F4, S2.

    `valid_years` is how long its certificates hold as a rule, None until further notice. Source: spec SC-1a.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    support = models.CharField(max_length=1, choices=SupportType.choices)
    code = models.CharField(max_length=5)
    name = models.CharField(max_length=200)
    valid_years = models.PositiveIntegerField(null=True, blank=True)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """A code stands once in an authority."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "code"], name="category_once"),
            models.CheckConstraint(condition=Q(support__in=list(SupportType)), name="category_support"),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="category_in_order"
            ),
        )

    def __str__(self) -> str:
        """`N1, särskilt boende`."""
        return f"{self.code}, {self.name}"

    def facts(self) -> CategoryFacts:
        """Return it as the rules know it."""
        return CategoryFacts(
            support=SupportType(self.support),
            code=self.code,
            name=self.name,
            first_on=self.first_on,
            last_on=self.last_on,
            valid_years=self.valid_years,
        )


class Certificate(models.Model):
    """That a person is entitled to N or F dental care (*intyg*), from when to when.

    Without a last day it holds until further notice (*tills vidare*); a revoked one holds on the days of
    treatment before `revoked_on`. Source: spec SC-1, SC-1a.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    support = models.CharField(max_length=1, choices=SupportType.choices)
    category = models.CharField(max_length=5)
    first_on = models.DateField()
    last_on = models.DateField(null=True)
    issued_by = models.CharField(max_length=200)
    created_on = models.DateField()
    revoked_on = models.DateField(null=True)
    revoked_reason = models.TextField(blank=True)

    class Meta:
        """A number is used once; S dental care has no certificate; who revokes says why."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="certificate_number_once"),
            models.CheckConstraint(condition=Q(support__in=["n", "f"]), name="certificate_support"),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")),
                name="certificate_in_order",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True, revoked_reason="")
                | (Q(revoked_on__isnull=False) & ~Q(revoked_reason="")),
                name="certificate_revoked_why",
            ),
        )
        indexes = (models.Index(fields=["authority", "-created_on", "-id"], name="certificate_newest"),)

    def __str__(self) -> str:
        """The number."""
        return self.number

    def facts(self) -> CertificateFacts:
        """Return it as the rules know it."""
        return CertificateFacts(
            number=self.number,
            support=SupportType(self.support),
            category=self.category,
            first_on=self.first_on,
            last_on=self.last_on,
            revoked_on=self.revoked_on,
        )
