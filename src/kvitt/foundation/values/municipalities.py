"""The counties and municipalities of Sweden, with the codes that Statistics Sweden gives them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kvitt.foundation.values.text import sort_key

_FILE = Path(__file__).with_suffix(".toml")
_COUNTY_DIGITS = 2


@dataclass(frozen=True)
class Municipality:
    """A municipality; the first two digits of its code are its county's."""

    code: str
    name: str

    @property
    def county(self) -> str:
        """The code of its county."""
        return self.code[:_COUNTY_DIGITS]


@cache
def municipalities() -> Mapping[str, Municipality]:
    """Return the municipalities by code, in Swedish order.

    Source: scb-kommuner
    """
    found = [Municipality(code, name) for code, name in _content()["municipalities"].items()]
    return {one.code: one for one in sorted(found, key=lambda one: (sort_key(one.name), one.code))}


@cache
def counties() -> Mapping[str, str]:
    """Return the names of the counties by their two digits.

    Source: scb-kommuner
    """
    return _content()["counties"]


def county_name(code: str) -> str:
    """Return the county's name; a code that is not used is shown as it is."""
    return counties().get(code, code)


def exists(code: str) -> bool:
    """Tell whether there is a municipality with that code."""
    return code in municipalities()


def name_of(code: str) -> str:
    """Return the municipality's name; a code that is no longer used is shown as it is."""
    return municipalities()[code].name if exists(code) else code


def in_county(county: str) -> list[Municipality]:
    """Return the municipalities of a county in Swedish order; of all Sweden where no county is named."""
    return [one for one in municipalities().values() if county in {"", one.county}]


def _content() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return content
