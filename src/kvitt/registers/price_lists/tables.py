"""The columns of the lists of codes and of combinations."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kvitt.foundation.columns import Column, Kind
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists import queries
from kvitt.registers.price_lists.lifecycle import (
    CombinationScope,
    Demand,
    Participants,
    PreauthorizationNeed,
    Pricing,
)

if TYPE_CHECKING:
    from kvitt.foundation.values.money import Ore
    from kvitt.registers.price_lists.models import ForbiddenCombination, PriceListItem

    class PricedItem(PriceListItem):
        """A code with the price of a day, as the query gives it."""

        price_on: Ore | None

    class NamedCombination(ForbiddenCombination):
        """A combination with the names of its codes, as the query gives it."""

        name: str
        other_name: str


def item_columns(modules: Sequence[Scheme]) -> list[Column]:
    """Return the columns of codes: those of the modules, and the module only where there are several."""
    columns = [
        Column("code", _("Procedure code"), lambda item: item.code, sort=("code",), lead=True),
        Column("name", _("Procedure name"), lambda item: item.name, sort=("sort_key",), css="full"),
        Column("module", _("Module"), lambda item: Scheme(item.module), sort=("module", "code")),
        Column("place", _("Tooth/jaw"), queries.place_text),
        Column("surface", _("Tooth surface"), _surface),
        Column("preauthorization", _("Preauthorization"), _preauthorization),
        Column("participants", _("Participants"), _participants),
        Column("price", _("Price"), _price, kind=Kind.MONEY, sort=("price_on",), css="sum"),
        Column("first_on", _("Valid from"), lambda item: item.first_on, kind=Kind.DATE, css="kv-opt"),
        Column("last_on", _("Valid to"), lambda item: item.last_on, kind=Kind.DATE, css="kv-opt"),
    ]
    is_shown = {
        "module": len(modules) > 1,
        "place": set(modules) != {Scheme.POPULATION_HEALTH},
        **dict.fromkeys(("surface", "preauthorization"), Scheme.NEEDS_ALLOWANCE in modules),
        "participants": Scheme.POPULATION_HEALTH in modules,
    }
    return [column for column in columns if is_shown.get(column.key, True)]


def combination_columns(modules: Sequence[Scheme]) -> list[Column]:
    """Return the columns of combinations; the module only where there are several."""
    columns = [
        Column("code", _("Procedure code"), _first, sort=("code", "other_code"), lead=True),
        Column("other", _("Not together with"), _second, sort=("other_code", "code"), css="full"),
        Column("scope", _("For the same patient"), lambda row: CombinationScope(row.scope), sort=("scope",)),
        Column("module", _("Module"), lambda row: Scheme(row.module), sort=("module", "code")),
        Column("first_on", _("Valid from"), lambda row: row.first_on, kind=Kind.DATE),
        Column("last_on", _("Valid to"), lambda row: row.last_on, kind=Kind.DATE),
    ]
    return [column for column in columns if column.key != "module" or len(modules) > 1]


def _first(row: "NamedCombination") -> str:
    return f"{row.code} {row.name}"


def _second(row: "NamedCombination") -> str:
    return f"{row.other_code} {row.other_name}"


def _surface(item: "PriceListItem") -> object:
    return None if item.surface == Demand.NO else Demand(item.surface)


def _preauthorization(item: "PriceListItem") -> object:
    """Leave the cell empty for the many codes that never need one."""
    needs_none = item.preauthorization == PreauthorizationNeed.NEVER
    return None if needs_none else queries.preauthorization_text(item)


def _participants(item: "PriceListItem") -> object:
    return None if item.participants == Participants.NONE else Participants(item.participants)


def _price(item: "PricedItem") -> object:
    """Give the öre where there are any, so that Excel gets a number; else the word."""
    is_amount = item.pricing == Pricing.FIXED and item.price_on is not None
    return item.price_on if is_amount else queries.price_text(item, None)
