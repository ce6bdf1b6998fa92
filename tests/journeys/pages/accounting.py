"""The account strings of the region's bookkeeping."""

from tests.journeys.pages.cast import ALL_ADMINISTRATORS, OUR_ADMINISTRATOR
from tests.journeys.pages.page import Page

PAGES = [
    Page("accounting:account_strings", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("accounting:save_account_string", ok=ALL_ADMINISTRATORS),
    Page("accounting:end_account_string", {"string_id": "account string"}, **OUR_ADMINISTRATOR),
]
