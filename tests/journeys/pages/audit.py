"""The log of events."""

from tests.journeys.pages.cast import ALL_ADMINISTRATORS, OUR_ADMINISTRATOR
from tests.journeys.pages.page import Page

PAGES = [
    Page("audit:search_events", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("audit:event", {"event_id": "event"}, **OUR_ADMINISTRATOR),
]
