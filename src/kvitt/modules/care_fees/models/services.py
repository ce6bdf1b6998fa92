"""The services of a municipality with their dated prices, and what clients are granted."""

from django.db import models
from django.db.models import Q

from kvitt.foundation.fields import MoneyField
from kvitt.foundation.values.dates import Period
from kvitt.modules.care_fees.lifecycle import CareKind, Measure, ServiceKind
from kvitt.modules.care_fees.models.clients import IN_ORDER, Client
from kvitt.modules.care_fees.rules.catalogue import PriceFacts, ServiceFacts
from kvitt.registers.organisations.models import Authority, Clinic


class Service(models.Model):
    """Something that clients pay for (*insatstyp*, *produkt*).

    `place` is its place in the catalogue: capped services are charged in that order. `is_restricted`: it is
    registered only in care home, short stay, respite and serviced housing. Source: spec CF-6, CF-21.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    sort_key = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=ServiceKind.choices)
    care = models.CharField(max_length=20, choices=CareKind.choices, default=CareKind.OTHER)
    measure = models.CharField(max_length=10, choices=Measure.choices)
    is_capped = models.BooleanField(default=False)
    is_restricted = models.BooleanField(default=False)
    place = models.PositiveIntegerField(default=0)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """A code stands once; what is granted goes by the month, what is registered does not."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "code"], name="service_code_once"),
            models.CheckConstraint(condition=IN_ORDER, name="service_in_order"),
            models.CheckConstraint(
                condition=Q(kind="granted", measure="month")
                | Q(kind="product", measure__in=["count", "minutes"]),
                name="service_measure",
            ),
            models.CheckConstraint(condition=Q(care__in=list(CareKind)), name="service_care"),
        )

    def __str__(self) -> str:
        """The name."""
        return self.name

    def facts(self) -> ServiceFacts:
        """Return what the rules know of it."""
        return ServiceFacts(
            code=self.code,
            name=self.name,
            kind=ServiceKind(self.kind),
            care=CareKind(self.care),
            measure=Measure(self.measure),
            is_capped=self.is_capped,
            is_restricted=self.is_restricted,
            first_on=self.first_on,
            last_on=self.last_on,
        )


class ServicePrice(models.Model):
    """What a service costs from a day on: per month, per piece or per hour (öre, VAT included).

    `day_amount` is what board is cut by for a day of absence (öre). `vat_percent` is a whole number. A price
    ends with `last_on`, or with the next one. Source: spec CF-6, CF-15.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="prices")
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    amount = MoneyField()
    day_amount = MoneyField(null=True, blank=True)
    vat_percent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """One price begins on a day; none is below zero."""

        constraints = (
            models.UniqueConstraint(fields=["service", "first_on"], name="service_price_once"),
            models.CheckConstraint(condition=IN_ORDER, name="service_price_in_order"),
            models.CheckConstraint(
                condition=Q(amount__gte=0) & (Q(day_amount__isnull=True) | Q(day_amount__gte=0)),
                name="service_price_not_negative",
            ),
        )

    def __str__(self) -> str:
        """`from 2024-01-01: 182300 öre`."""
        return f"from {self.first_on}: {self.amount} öre"

    def facts(self) -> PriceFacts:
        """Return what the rules know of it."""
        return PriceFacts(self.first_on, self.amount, self.day_amount, self.vat_percent, self.last_on)


class GrantedService(models.Model):
    """That a client is granted a service at a unit (*fördelad insats*), from when to when.

    `amount` is the client's own monthly amount (öre); without it the price list's holds. Source: spec CF-6.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="granted")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    amount = MoneyField(null=True, blank=True)

    class Meta:
        """A grant ends no earlier than it begins; a client has one of a service until further notice."""

        constraints = (
            models.CheckConstraint(condition=IN_ORDER, name="granted_in_order"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="granted_not_negative"
            ),
            models.UniqueConstraint(
                fields=["client", "service"], condition=Q(last_on__isnull=True), name="granted_one_open"
            ),
        )
        indexes = (models.Index(fields=["unit", "first_on"], name="granted_of_unit"),)

    def __str__(self) -> str:
        """`from 2024-01-01`."""
        return f"from {self.first_on}"

    @property
    def period(self) -> Period:
        """From when to when."""
        return Period(self.first_on, self.last_on)
