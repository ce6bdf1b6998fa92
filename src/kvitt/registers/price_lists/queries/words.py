"""How a price list's values are said in words."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext, ngettext

from kvitt.foundation.values.money import Ore, format_count, format_kronor
from kvitt.registers.price_lists.lifecycle import PLACES, Demand, PreauthorizationNeed, Pricing
from kvitt.registers.price_lists.models import PriceListItem


def place_text(item: PriceListItem) -> str:
    """Return what tooth or jaw the code is reported with, in words; empty for none."""
    label = PLACES[Demand(item.tooth), Demand(item.jaw)]
    return gettext(label) if label else ""


def preauthorization_text(item: PriceListItem) -> str:
    """Return when the code needs preauthorization, in words."""
    need = PreauthorizationNeed(item.preauthorization)
    if need is PreauthorizationNeed.FROM_COUNT:
        return gettext("From number %(number)s in the period") % {"number": item.from_count}
    return gettext(need.label)


def price_text(item: PriceListItem, price: Ore | None) -> str:
    """Return the price in words."""
    if item.pricing == Pricing.ACTUAL:
        return gettext(Pricing.ACTUAL.label)
    return gettext("Missing") if price is None else format_kronor(price)


def period_text(first_on: date, last_on: date | None) -> str:
    """Return from when to when something is valid."""
    if last_on is None:
        return gettext("from %(first)s") % {"first": first_on}
    return f"{first_on} - {last_on}"


def value_text(unit: str, value: int) -> str:
    """Return a parameter's value with its unit."""
    counted = {
        "months": ngettext("%(count)s month", "%(count)s months", value),
        "days": ngettext("%(count)s day", "%(count)s days", value),
        "years": ngettext("%(count)s year", "%(count)s years", value),
        "day of month": gettext("day %(count)s of the month"),
        "count": "%(count)s",
        "percent": "%(count)s %%",
        "ten-thousandths": "%(count)s/10 000",
        "megabytes": "%(count)s MB",
    }
    return format_kronor(value) if unit == "öre" else counted[unit] % {"count": format_count(value)}


def states_on(today: date, firsts: Iterable[date]) -> list[str]:
    """Say of dates, newest first, which are to come and which one holds now."""
    states, is_found = [], False
    for first in firsts:
        if first > today:
            states.append(gettext("Coming"))
        else:
            states.append("" if is_found else gettext("In force"))
            is_found = True
    return states
