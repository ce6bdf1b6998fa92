"""The price list as CSV: text to facts, and every fault with its file and line."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kvitt.foundation.values.csv_rows import Cells, Facts, Fault, Key, Row, read_rows
from kvitt.foundation.values.parameters import shipped_parameters
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists import rules
from kvitt.registers.price_lists.lifecycle import (
    CombinationScope,
    Demand,
    Dentition,
    Participants,
    PreauthorizationNeed,
    Pricing,
)

CODES, PRICES, COMBINATIONS, PARAMETERS = "codes.csv", "prices.csv", "combinations.csv", "parameters.csv"
COLUMNS: dict[str, tuple[str, ...]] = {
    CODES: (
        *("module", "code", "name", "tooth", "jaw", "surface", "dentition", "preauthorization"),
        *("from_count", "max_per_period", "min_age", "max_age", "pricing", "first_on", "last_on"),
        "participants",
    ),
    PRICES: ("module", "code", "first_on", "amount"),
    COMBINATIONS: ("module", "code", "other_code", "scope", "first_on", "last_on"),
    PARAMETERS: ("name", "first_on", "value", "source"),
}
# What a file made before there were activities does not have.
OPTIONAL: dict[str, tuple[str, ...]] = {CODES: ("participants",)}

UNKNOWN_FILE = _("The file is not known. The files are called %(names)s.")


@dataclass
class Catalogue:
    """What the files hold, by key."""

    items: dict[Key, Row[rules.ItemFacts]] = field(default_factory=dict)
    prices: dict[Key, Row[rules.PriceFacts]] = field(default_factory=dict)
    combinations: dict[Key, Row[rules.CombinationFacts]] = field(default_factory=dict)
    parameters: dict[Key, Row[rules.ParameterFacts]] = field(default_factory=dict)


def read_catalogue(files: Mapping[str, bytes]) -> tuple[Catalogue, list[Fault]]:
    """Return what the files say, by name of the file, and what is wrong in them.

    Whether a price's code exists is not known here: `rules.check_price` is asked when that is.
    Source: spec CO-16
    """
    catalogue, faults = Catalogue(), list[Fault]()
    for name, content in files.items():
        file = name.lower()
        if file == CODES:
            _read(file, content, _item, catalogue.items, faults, rules.check_item)
        elif file == PRICES:
            _read(file, content, _price, catalogue.prices, faults)
        elif file == COMBINATIONS:
            _read(file, content, _combination, catalogue.combinations, faults)
        elif file == PARAMETERS:
            _read(file, content, _parameter, catalogue.parameters, faults, rules.check_parameter_value)
        else:
            faults.append(Fault("unknown_file", UNKNOWN_FILE, "", {"names": ", ".join(COLUMNS)}, name))
    return catalogue, faults


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults by file and line, as one reads the files."""
    return sorted(faults, key=lambda fault: (fault.file, fault.line))


def _item(cells: Cells) -> rules.ItemFacts:
    return rules.ItemFacts(
        module=cells.choice("module", Scheme),
        code=rules.normalise_code(cells.text("code")),
        name=cells.text("name"),
        tooth=cells.choice("tooth", Demand),
        jaw=cells.choice("jaw", Demand),
        surface=cells.choice("surface", Demand),
        dentition=cells.choice("dentition", Dentition),
        preauthorization=cells.choice("preauthorization", PreauthorizationNeed),
        from_count=cells.count("from_count"),
        max_per_period=cells.count("max_per_period"),
        min_age=cells.count("min_age"),
        max_age=cells.count("max_age"),
        pricing=cells.choice("pricing", Pricing),
        first_on=cells.day("first_on"),
        last_on=cells.last_day("last_on"),
        participants=_participants(cells),
    )


def _participants(cells: Cells) -> Participants:
    """Of a code for activities it is always said, so that an old file takes nothing back; else it is none."""
    is_activity = cells.text("module").lower() == Scheme.POPULATION_HEALTH
    if is_activity or cells.text("participants"):
        return cells.choice("participants", Participants)
    return Participants.NONE


def _price(cells: Cells) -> rules.PriceFacts:
    return rules.PriceFacts(
        module=cells.choice("module", Scheme),
        code=rules.normalise_code(cells.text("code")),
        first_on=cells.day("first_on"),
        amount=cells.amount("amount"),
    )


def _combination(cells: Cells) -> rules.CombinationFacts:
    return rules.CombinationFacts(
        module=cells.choice("module", Scheme),
        code=rules.normalise_code(cells.text("code")),
        other_code=rules.normalise_code(cells.text("other_code")),
        scope=cells.choice("scope", CombinationScope),
        first_on=cells.day("first_on"),
        last_on=cells.last_day("last_on"),
    )


def _parameter(cells: Cells) -> rules.ParameterFacts:
    """Amounts are kronor in a file, as everywhere that people write them."""
    parameter = shipped_parameters().get(cells.text("name"))
    is_amount = parameter is not None and parameter.unit == "öre"
    return rules.ParameterFacts(
        name=cells.text("name"),
        first_on=cells.day("first_on"),
        value=cells.amount("value") if is_amount else cells.number("value"),
        source=cells.text("source"),
    )


def _read(
    file: str,
    content: bytes,
    make: Callable[[Cells], Facts],
    found: dict[Key, Row[Facts]],
    faults: list[Fault],
    check: Callable[[Facts], list[Problem]] | None = None,
) -> None:
    columns, optional = COLUMNS[file], OPTIONAL.get(file, ())
    read_rows(file, content, make, found, faults, check, columns=columns, optional=optional)
