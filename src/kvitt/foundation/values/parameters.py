"""Dated numbers with their source, read once from every `parameters.toml` in the program."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

UNITS = frozenset(
    {
        *("öre", "months", "days", "day of month", "years", "count", "megabytes", "percent"),
        "ten-thousandths",
    }
)
_PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True)
class DatedValue:
    """A whole number that holds from a date on, until the next one, and where it comes from."""

    first_on: date
    value: int
    source: str


@dataclass(frozen=True)
class Parameter:
    """One number that the regulation or contract decides, with its history.

    `swedish` is the term in the manuals and `unit` one of `UNITS`; amounts are öre.
    """

    name: str
    swedish: str
    meaning: str
    unit: str
    values: tuple[DatedValue, ...]


class UnknownParameter(LookupError):  # noqa: N818 - what it says is wrong
    """There is no parameter of that name, or none that holds on that date."""


@cache
def shipped_parameters() -> Mapping[str, Parameter]:
    """Return the parameters shipped with the program, by name: `<folder>.<key>`.

    Raises ValueError when a file breaks the form: see `faults_in`.
    """
    found: dict[str, Parameter] = {}
    for path in sorted(_PACKAGE.rglob("parameters.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for key, entry in content.items():
            parameter = _parameter(f"{path.parent.name}.{key}", entry)
            faults = faults_in(parameter)
            if faults:
                raise ValueError("; ".join(faults))
            found[parameter.name] = parameter
    return found


def faults_in(parameter: Parameter) -> list[str]:
    """Tell what is wrong with a parameter: no value or source, unknown unit, dates out of order."""
    faults = []
    if parameter.unit not in UNITS:
        faults.append(f"{parameter.name}: unknown unit {parameter.unit!r}")
    if not parameter.values:
        faults.append(f"{parameter.name}: no value")
    if not parameter.swedish or not parameter.meaning:
        faults.append(f"{parameter.name}: Swedish term or meaning is missing")
    faults.extend(
        f"{parameter.name}: the value from {value.first_on} has no source"
        for value in parameter.values
        if not value.source
    )
    dates = [value.first_on for value in parameter.values]
    if dates != sorted(set(dates)):
        faults.append(f"{parameter.name}: dates are not in order")
    return faults


def value_on(
    name: str, on: date, *, own: Iterable[DatedValue] = (), shipped: Mapping[str, Parameter] | None = None
) -> int:
    """Return the value that holds on the date.

    An authority's own values win from the date of its first own value on; before it the shipped ones hold.
    Raises UnknownParameter when nothing holds on that date.
    Source: spec CO-15.
    """
    parameters = shipped_parameters() if shipped is None else shipped
    if name not in parameters:
        raise UnknownParameter(name)
    mine = sorted(own, key=lambda value: value.first_on)
    history = mine if mine and mine[0].first_on <= on else parameters[name].values
    holding = [value.value for value in history if value.first_on <= on]
    if not holding:
        msg = f"{name} on {on}"
        raise UnknownParameter(msg)
    return holding[-1]


def _parameter(name: str, entry: dict[str, object]) -> Parameter:
    raw = entry.get("values", [])
    values = raw if isinstance(raw, list) else []
    return Parameter(
        name=name,
        swedish=str(entry.get("swedish", "")),
        meaning=str(entry.get("meaning", "")),
        unit=str(entry.get("unit", "")),
        values=tuple(
            DatedValue(first_on=value["from"], value=int(value["value"]), source=str(value.get("source", "")))
            for value in values
        ),
    )
