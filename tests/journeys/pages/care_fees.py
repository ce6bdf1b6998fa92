"""Care fees, one list for each part of it; a new part adds its rows to its own list.

`client` is Astrid, of the area Norr; `client of south` is Greta; `partly seen client` is Birger, of Norr,
whom the unit of Ulf serves.
"""

from tests.journeys.pages.cast import CARE_OF_THE_CLIENT, THE_CLIENT
from tests.journeys.pages.page import Page, pages_about

_client = pages_about(number="client")

_DESKTOP = [
    _client("care_fees:case", **THE_CLIENT),
]
_RECIPIENTS: list[Page] = []
_SERVICES: list[Page] = []
_HOUSING: list[Page] = []
_GRID: list[Page] = []
_CORRECTIONS = [
    _client("care_fees:add_correction", **CARE_OF_THE_CLIENT),
    Page(
        "care_fees:remove_correction",
        {"number": "client", "correction_id": "correction"},
        **CARE_OF_THE_CLIENT,
    ),
]
_ABSENCE: list[Page] = []

PAGES = [*_DESKTOP, *_RECIPIENTS, *_SERVICES, *_HOUSING, *_GRID, *_CORRECTIONS, *_ABSENCE]
