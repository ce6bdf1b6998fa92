"""Read codes with the price of a day, forbidden combinations and parameters."""

from kvitt.registers.price_lists.queries.on_day import (
    code_names,
    combinations_of,
    combinations_on,
    item_of_any_day,
    item_on,
    items_on,
    own_parameters,
    parameter,
    parameters_on,
    prices_on,
    search_items,
)
from kvitt.registers.price_lists.queries.pages import (
    combination_facts,
    combinations,
    item_facts,
    item_page,
    items,
    modules_of,
)
from kvitt.registers.price_lists.queries.parameters import parameter_rows
from kvitt.registers.price_lists.queries.picker import CodeHit, code_hit, demands_of, place_note
from kvitt.registers.price_lists.queries.words import place_text, preauthorization_text, price_text

__all__ = [
    "CodeHit",
    "code_hit",
    "code_names",
    "combination_facts",
    "combinations",
    "combinations_of",
    "combinations_on",
    "demands_of",
    "item_facts",
    "item_of_any_day",
    "item_on",
    "item_page",
    "items",
    "items_on",
    "modules_of",
    "own_parameters",
    "parameter",
    "parameter_rows",
    "parameters_on",
    "place_note",
    "place_text",
    "preauthorization_text",
    "price_text",
    "prices_on",
    "search_items",
]
