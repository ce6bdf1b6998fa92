"""What stands in a claims file, as the rules know it: the same for XML and CSV."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from kvitt.foundation.values import teeth
from kvitt.foundation.values.case_numbers import complete_number
from kvitt.foundation.values.money import Ore
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules import category
from kvitt.modules.special_care.rules.facts import FEE_CODE, CardFacts, ClaimFacts, LineFacts
from kvitt.modules.special_care.rules.files import Place
from kvitt.registers.price_lists.rules import normalise_code

SUPPORTS = {support.name: support for support in SupportType}
# What is kept of a name that cannot be right.
LONGEST_CLINIC, LONGEST_REFERENCE, LONGEST_IDENTITY = 20, 60, 20


def place_of(number: int, line: int, clinic: str, reference: str = "", identity_number: str = "") -> Place:
    """Return where an entry stands; what is too long for a name is cut."""
    return Place(
        number,
        line,
        clinic.strip()[:LONGEST_CLINIC],
        reference[:LONGEST_REFERENCE],
        identity_number[:LONGEST_IDENTITY],
    )


def line_of(day: date, code: str, location: str, price: Ore | None, comment: str) -> LineFacts:
    """Return a procedure or fee with code, tooth and jaw written as they are stored."""
    return LineFacts(day, _code(code), _location(location) if location else "", price, comment)


def claim_of(
    values: Mapping[str, str], card: CardFacts | None, lines: list[LineFacts], invoice: str, county: str
) -> ClaimFacts:
    """Return a claim of which these values are written."""
    plan = values.get("preauthorization", "")
    group = values.get("category", "")
    return ClaimFacts(
        SUPPORTS[values["support"]],
        _category(group) if group else "",
        lines,
        invoice,
        values.get("reference", ""),
        values.get("certificateNumber", ""),
        values.get("careModel", ""),
        complete_number(plan) if plan else "",
        card,
        county,
    )


def single_spaced(text: str) -> str:
    """Return a comment on one line, which most are."""
    is_wide = "\n" in text or "\t" in text or "  " in text
    return " ".join(text.split()) if is_wide else text


@lru_cache(maxsize=1_000)
def _code(text: str) -> str:
    typed = text.split(maxsplit=1)[0] if text.strip() else ""
    return FEE_CODE if typed.casefold() == FEE_CODE.casefold() else normalise_code(typed)


@lru_cache(maxsize=1_000)
def _location(text: str) -> str:
    place = teeth.parse_location(text)
    return str(place) if place else text.strip()


@lru_cache(maxsize=1_000)
def _category(text: str) -> str:
    return category.normalise_code(text)
