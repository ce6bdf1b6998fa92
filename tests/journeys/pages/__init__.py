"""Every address of the program: who gets what there, written down by hand from spec CO-4.

`ok` opens the page; `hidden` may not know that the thing is there (404); everybody else has no such
work or may not do it (403). Who is not signed in is sent to sign in. `test_crawl.py` fails when an
address is missing here. The rows of an app stand in the file of its name.
"""

from tests.journeys.pages import (
    access,
    accounting,
    audit,
    care_fees,
    clinic_administration,
    dental_records,
    ledger,
    mailing,
    needs_allowance,
    organisations,
    people,
    population_health,
    portal,
    price_lists,
    settlement,
    special_care,
)
from tests.journeys.pages.cast import EVERYBODY, STRANGERS
from tests.journeys.pages.page import Page

__all__ = ["EVERYBODY", "PAGES", "STRANGERS", "Page"]

_APPS = (
    portal,
    access,
    people,
    dental_records,
    needs_allowance,
    population_health,
    special_care,
    care_fees,
    ledger,
    settlement,
    organisations,
    accounting,
    price_lists,
    mailing,
    clinic_administration,
    audit,
)
PAGES = [page for app in _APPS for page in app.PAGES]
