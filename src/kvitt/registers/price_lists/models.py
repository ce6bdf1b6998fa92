"""Dated codes with their demands, dated prices, forbidden combinations, an authority's own parameters."""

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.fields import MoneyField
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.parameters import DatedValue
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.organisations.models import Authority
from kvitt.registers.price_lists import rules
from kvitt.registers.price_lists.lifecycle import (
    CombinationScope,
    Demand,
    Dentition,
    Participants,
    PreauthorizationNeed,
    Pricing,
)


class PriceListItem(models.Model):
    """A code that can be reported in a module (*åtgärdskod*), and what it demands."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="price_list_items")
    module = models.CharField(max_length=30, choices=Scheme.choices)
    code = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=200)
    search_key = models.CharField(max_length=200)
    tooth = models.CharField(max_length=10, choices=Demand.choices, default=Demand.NO)
    jaw = models.CharField(max_length=10, choices=Demand.choices, default=Demand.NO)
    surface = models.CharField(max_length=10, choices=Demand.choices, default=Demand.NO)
    dentition = models.CharField(max_length=10, choices=Dentition.choices, default=Dentition.ANY)
    preauthorization = models.CharField(
        max_length=20, choices=PreauthorizationNeed.choices, default=PreauthorizationNeed.NEVER
    )
    from_count = models.PositiveIntegerField(null=True, blank=True)
    max_per_period = models.PositiveIntegerField(null=True, blank=True)
    min_age = models.PositiveIntegerField(null=True, blank=True)
    max_age = models.PositiveIntegerField(null=True, blank=True)
    participants = models.CharField(max_length=10, choices=Participants.choices, default=Participants.NONE)
    pricing = models.CharField(max_length=10, choices=Pricing.choices, default=Pricing.FIXED)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """A code stands once in a module of an authority."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "module", "code"], name="item_code_once"),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="item_in_order"
            ),
            models.CheckConstraint(
                condition=Q(preauthorization="from_count", from_count__gte=2)
                | (~Q(preauthorization="from_count") & Q(from_count__isnull=True)),
                name="item_from_count",
            ),
        )

    def __str__(self) -> str:
        """`815 - Sadelkrona`."""
        return f"{self.code} - {self.name}"

    def facts(self) -> rules.ItemFacts:
        """The code as the rules know it."""
        return rules.ItemFacts(
            module=Scheme(self.module),
            code=self.code,
            name=self.name,
            first_on=self.first_on,
            last_on=self.last_on,
            tooth=Demand(self.tooth),
            jaw=Demand(self.jaw),
            surface=Demand(self.surface),
            dentition=Dentition(self.dentition),
            preauthorization=PreauthorizationNeed(self.preauthorization),
            from_count=self.from_count,
            max_per_period=self.max_per_period,
            min_age=self.min_age,
            max_age=self.max_age,
            participants=Participants(self.participants),
            pricing=Pricing(self.pricing),
        )

    def priced(self, price: Ore | None) -> rules.Item:
        """The code with its price of a day; one paid at actual cost has none."""
        facts = self.facts()
        return rules.Item(
            code=facts.code,
            name=facts.name,
            tooth=facts.tooth,
            jaw=facts.jaw,
            surface=facts.surface,
            dentition=facts.dentition,
            preauthorization=facts.preauthorization,
            from_count=facts.from_count,
            max_per_period=facts.max_per_period,
            min_age=facts.min_age,
            max_age=facts.max_age,
            participants=facts.participants,
            pricing=facts.pricing,
            price=None if facts.pricing is Pricing.ACTUAL else price,
        )


class Price(models.Model):
    """What a code is paid with from a date on, until the next price."""

    item = models.ForeignKey(PriceListItem, on_delete=models.PROTECT, related_name="prices")
    first_on = models.DateField()
    amount = MoneyField()

    class Meta:
        """One price per code and day."""

        constraints = (models.UniqueConstraint(fields=["item", "first_on"], name="price_once"),)

    def __str__(self) -> str:
        """`from 2024-01-01: 690000 öre`."""
        return f"from {self.first_on}: {self.amount} öre"


class ForbiddenCombination(models.Model):
    """Two codes that may not stand together for one patient (*otillåten kombination*)."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    module = models.CharField(max_length=30, choices=Scheme.choices)
    code = models.CharField(max_length=10)
    other_code = models.CharField(max_length=10)
    scope = models.CharField(max_length=10, choices=CombinationScope.choices)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """A pair stands once, the lower code first."""

        constraints = (
            models.UniqueConstraint(
                fields=["authority", "module", "code", "other_code", "scope"], name="combination_once"
            ),
            models.CheckConstraint(condition=Q(code__lte=F("other_code")), name="combination_lower_first"),
        )

    def __str__(self) -> str:
        """`101/111 day`."""
        return f"{self.code}/{self.other_code} {self.scope}"

    def other_than(self, code: str) -> str:
        """The code that stands against this one."""
        return self.other_code if code == self.code else self.code

    def facts(self) -> rules.CombinationFacts:
        """The combination as the rules know it."""
        return rules.CombinationFacts(
            module=Scheme(self.module),
            code=self.code,
            other_code=self.other_code,
            scope=CombinationScope(self.scope),
            first_on=self.first_on,
            last_on=self.last_on,
        )


class ParameterValue(models.Model):
    """An authority's own value of a parameter from a date on; it wins over the shipped one."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="parameter_values")
    name = models.CharField(max_length=100)
    first_on = models.DateField()
    value = models.BigIntegerField()
    source = models.CharField(max_length=300)
    entered_by = models.CharField(max_length=200)

    class Meta:
        """One value per parameter and day."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "name", "first_on"], name="parameter_value_once"),
        )

    def __str__(self) -> str:
        """`needs_allowance.deductible from 2024-01-01: 500000`."""
        return f"{self.name} from {self.first_on}: {self.value}"

    def dated(self) -> DatedValue:
        """The value as the shipped ones are kept."""
        return DatedValue(first_on=self.first_on, value=self.value, source=self.source)
