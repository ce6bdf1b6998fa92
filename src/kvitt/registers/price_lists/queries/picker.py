"""What the code picker of a form offers: a code with its price of the day, and what it demands."""

from dataclasses import dataclass

from django.utils.translation import gettext

from kvitt.foundation.values.money import Ore
from kvitt.registers.price_lists.lifecycle import Demand, Pricing
from kvitt.registers.price_lists.rules import Item


@dataclass(frozen=True)
class CodeHit:
    """A code the picker offers; `price` in öre, `note` says what matters before choosing it.

    `price_text` stands in place of a price that the list does not have; `asks_price` is whether one is typed.
    """

    code: str
    name: str
    price: Ore | None
    note: str
    tooth: str
    jaw: str
    surface: str
    price_text: str = ""
    asks_price: str = Demand.NO.value


def code_hit(item: Item, *, note: str = "") -> CodeHit:
    """Return the code as the picker offers it."""
    return CodeHit(
        code=item.code,
        name=item.name,
        price=item.price,
        note=note,
        price_text=gettext(Pricing.ACTUAL.label),
        asks_price=Demand.MUST.value if item.pricing == Pricing.ACTUAL else Demand.NO.value,
        **demands_of(item),
    )


def demands_of(item: Item) -> dict[str, str]:
    """Return what the code demands of tooth, jaw and surface, as the picker reads it."""
    return {"tooth": item.tooth.value, "jaw": item.jaw.value, "surface": item.surface.value}


def place_note(item: Item) -> str:
    """Return what must be given of tooth, jaw and surface, in words; empty where nothing must."""
    if item.tooth == Demand.MUST and item.jaw == Demand.MUST:
        return gettext("Give a tooth or a jaw.")
    if item.tooth == Demand.MUST and item.surface == Demand.MUST:
        return gettext("Give a tooth and a surface.")
    if item.tooth == Demand.MUST:
        return gettext("Give a tooth.")
    if item.jaw == Demand.MUST:
        return gettext("Give a jaw.")
    return ""
