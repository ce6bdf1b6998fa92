"""Codes, prices and values of the authority's own."""

import datetime as dt

from kvitt.ledger import commands as ledger
from kvitt.registers.price_lists.models import ForbiddenCombination, ParameterValue, PriceListItem
from tests.journeys.sample.sample import Sample


def make_codes(sample: Sample) -> None:
    """Any code with a price, a combination, and a value of the authority's own."""
    world, ids = sample.world, sample.ids
    ParameterValue.objects.create(
        authority=world.region,
        name="needs_allowance.deductible",
        first_on=dt.date(2025, 1, 1),
        value=510_000,
        source="Beslut 2024-11-01",
        entered_by="Ivar Förvaltare",
    )
    ledger.set_window(
        world.system,
        month=dt.date(2024, 12, 1),
        first_on=dt.date(2024, 12, 9),
        last_on=dt.date(2024, 12, 18),
    )
    ids |= {
        "item": PriceListItem.objects.get(authority=world.region, module="needs_allowance", code="815").pk,
        "combination": ForbiddenCombination.objects.filter(authority=world.region).earliest("pk").pk,
        "parameter": "needs_allowance.deductible",
        "year": 2024,
        "month": 12,
    }
