"""Codes, prices, combinations and parameters."""

from tests.journeys.pages.cast import (
    ABROAD,
    ALL_ADMINISTRATORS,
    CLAIMERS,
    OUR_ADMINISTRATOR,
    POPULATION,
    READERS,
)
from tests.journeys.pages.page import Page, pages_about

_item = pages_about(item_id="item")
CODE_READERS = READERS | POPULATION | CLAIMERS | ALL_ADMINISTRATORS
# The code is one of needs allowance.
_OTHER_CODES = ABROAD | POPULATION | CLAIMERS
PAGES = [
    Page("price_lists:search_items", ok=CODE_READERS, is_list=True),
    _item("price_lists:item", ok=CODE_READERS - _OTHER_CODES, hidden=_OTHER_CODES),
    Page("price_lists:save_item", ok=ALL_ADMINISTRATORS),
    _item("price_lists:save_item", **OUR_ADMINISTRATOR),
    _item("price_lists:set_price", **OUR_ADMINISTRATOR),
    Page("price_lists:search_combinations", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("price_lists:save_combination", ok=ALL_ADMINISTRATORS),
    Page("price_lists:save_combination", {"combination_id": "combination"}, **OUR_ADMINISTRATOR),
    Page("price_lists:search_parameters", ok=ALL_ADMINISTRATORS),
    Page("price_lists:set_parameter", {"name": "parameter"}, ok=ALL_ADMINISTRATORS),
]
