"""What holds on a day, or on many at once: parameters, codes with prices, forbidden combinations."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from kvitt.foundation.values import parameters
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.text import search_key
from kvitt.registers.price_lists import rules
from kvitt.registers.price_lists.lifecycle import CombinationScope, Pricing
from kvitt.registers.price_lists.models import ForbiddenCombination, ParameterValue, Price, PriceListItem

_ORDERED_PRICES = Prefetch("prices", queryset=Price.objects.order_by("first_on"))


def parameter(authority_id: int, name: str, *, on: date) -> int:
    """Return the value that holds on the day: own ones from the first own one's date on, else the shipped.

    Raises UnknownParameter when nothing holds. Source: spec CO-15.
    """
    own = ParameterValue.objects.filter(authority_id=authority_id, name=name)
    return parameters.value_on(name, on, own=[value.dated() for value in own])


def parameters_on(authority_id: int, wanted: Iterable[tuple[str, date]]) -> dict[tuple[str, date], int]:
    """Return the values of many parameters on many days, in one statement.

    What does not hold on its day is left out. Source: spec CO-15.
    """
    asked = set(wanted)
    own: dict[str, list[parameters.DatedValue]] = {}
    rows = ParameterValue.objects.filter(authority_id=authority_id, name__in={name for name, _ in asked})
    for row in rows:
        own.setdefault(row.name, []).append(row.dated())
    found = {}
    for name, on in asked:
        with suppress(parameters.UnknownParameter):
            found[name, on] = parameters.value_on(name, on, own=own.get(name, []))
    return found


def own_parameters(authority_id: int, prefix: str) -> dict[str, list[parameters.DatedValue]]:
    """Return an authority's own values of the parameters whose names begin so, in one statement.

    For who asks for many days: `parameters.value_on` takes them beside the shipped ones. Source: spec CO-15.
    """
    own: dict[str, list[parameters.DatedValue]] = {}
    for row in ParameterValue.objects.filter(authority_id=authority_id, name__startswith=prefix):
        own.setdefault(row.name, []).append(row.dated())
    return own


def item_on(authority_id: int, module: str, code: str, *, on: date) -> rules.Item | None:
    """Return the code with its price of the day, or None when it is not valid that day."""
    items = PriceListItem.objects.filter(
        authority_id=authority_id, module=module, code=rules.normalise_code(code)
    )
    found = priced(valid(items, on), on).first()
    return found.priced(found.price_on) if found else None


def items_on(
    authority_id: int, module: str, wanted: Iterable[tuple[str, date]]
) -> dict[tuple[str, date], rules.Item]:
    """Return many codes with the prices of their days, in two statements; one not valid then is left out."""
    asked = set(wanted)
    rows = PriceListItem.objects.filter(
        authority_id=authority_id, module=module, code__in={code for code, _ in asked}
    )
    items = {item.code: item for item in rows.prefetch_related(_ORDERED_PRICES)}
    found = {}
    priced_items: dict[tuple[str, Ore | None], rules.Item] = {}
    for code, on in asked:
        item = items.get(code)
        if item is not None and item.first_on <= on and (item.last_on is None or on <= item.last_on):
            begun = [price.amount for price in item.prices.all() if price.first_on <= on]
            key = code, begun[-1] if begun else None
            if key not in priced_items:
                priced_items[key] = item.priced(key[1])
            found[code, on] = priced_items[key]
    return found


def item_of_any_day(authority_id: int, module: str, code: str) -> rules.Item | None:
    """Return the code as it was last valid, without a price; None when there never was such a code."""
    items = PriceListItem.objects.filter(
        authority_id=authority_id, module=module, code=rules.normalise_code(code)
    )
    found = items.order_by("-first_on").first()
    return found.priced(None) if found else None


def search_items(authority_id: int, module: str, text: str, *, on: date, limit: int = 50) -> list[rules.Item]:
    """Return the codes valid that day that begin with the digits, or whose name contains the text."""
    items = PriceListItem.objects.filter(authority_id=authority_id, module=module)
    found = priced(matching(valid(items, on), text), on).order_by("code")[:limit]
    return [item.priced(item.price_on) for item in found]


def prices_on(authority_id: int, module: str, codes: Iterable[str], *, on: date) -> dict[str, Ore]:
    """Return the price of the day by code; a code that is not valid or has no price is left out."""
    wanted = set(codes)
    if not wanted:
        return {}
    items = PriceListItem.objects.filter(
        authority_id=authority_id, module=module, code__in=wanted, pricing=Pricing.FIXED
    )
    found = priced(valid(items, on), on).filter(price_on__isnull=False)
    return dict(found.values_list("code", "price_on"))


def code_names(authority_id: int, module: str) -> list[tuple[str, str]]:
    """Return every code of a module with its name, ended ones too: for the filter of a search."""
    items = PriceListItem.objects.filter(authority_id=authority_id, module=module)
    return list(items.order_by("code").values_list("code", "name"))


def combinations_of(authority_id: int, module: str, code: str, *, on: date) -> list[rules.Combination]:
    """Return the forbidden combinations that the code is part of on the day."""
    written = rules.normalise_code(code)
    rows = ForbiddenCombination.objects.filter(
        Q(code=written) | Q(other_code=written), authority_id=authority_id, module=module
    )
    return [
        rules.Combination(row.code, row.other_code, CombinationScope(row.scope))
        for row in valid(rows, on).order_by("code", "other_code", "scope")
    ]


def combinations_on(
    authority_id: int, module: str, codes: Iterable[str], days: Iterable[date]
) -> dict[date, list[rules.Combination]]:
    """Return the forbidden combinations of any of the codes by day, in one statement."""
    wanted = set(codes)
    rows = ForbiddenCombination.objects.filter(
        Q(code__in=wanted) | Q(other_code__in=wanted), authority_id=authority_id, module=module
    )
    ordered = [
        (row, rules.Combination(row.code, row.other_code, CombinationScope(row.scope)))
        for row in rows.order_by("code", "other_code", "scope")
    ]
    return {
        day: [
            combination
            for row, combination in ordered
            if row.first_on <= day and (row.last_on is None or day <= row.last_on)
        ]
        for day in set(days)
    }


def valid(rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Return the rows that hold on the day."""
    return rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=on), first_on__lte=on)


def priced(rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Return the codes with the price of the day as `price_on`, in the same statement."""
    prices = Price.objects.filter(item=OuterRef("pk"), first_on__lte=on).order_by("-first_on")
    found: QuerySet[Any] = rows.annotate(price_on=Subquery(prices.values("amount")[:1]))
    return found


def matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return the codes that begin with the digits, or whose name contains the text."""
    wanted = text.replace("\0", " ").strip()[: rules.LONGEST_NAME]
    if not wanted:
        return rows
    if rules.is_code_search(wanted):
        return rows.filter(code__startswith=rules.normalise_code(wanted))
    return rows.filter(search_key__contains=search_key(wanted))
