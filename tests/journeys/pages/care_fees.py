"""Care fees, one list for each part of it; a new part adds its rows to its own list.

`client` is Astrid, of the area Norr; `client of south` is Greta; `partly seen client` is Birger, of Norr,
whom the unit of Ulf serves.
"""

from tests.journeys.pages.cast import (
    BILLERS,
    CARE_OF_THE_CLIENT,
    COORDINATORS_ELSEWHERE,
    COORDINATORS_HERE,
    FEE_OFFICERS,
    THE_CLIENT,
)
from tests.journeys.pages.page import Page, pages_about

_client = pages_about(number="client")

_DESKTOP = [
    _client("care_fees:case", **THE_CLIENT),
]
_RECIPIENTS: list[Page] = []
# The catalogue is read by all who see clients, and kept by the billing office.
_READERS = {*COORDINATORS_HERE, *COORDINATORS_ELSEWHERE, *BILLERS, *FEE_OFFICERS}
_granted = pages_about(number="client", granted_id="granted service")
_service = pages_about(service_id="service")
_SERVICES = [
    Page("care_fees:services", ok=_READERS, is_list=True),
    _service("care_fees:service", ok=_READERS),
    Page("care_fees:save_service", ok=BILLERS),
    *(
        _service(f"care_fees:{name}", ok=BILLERS)
        for name in ("save_service", "set_service_price", "end_service")
    ),
    Page(
        "care_fees:set_service_price",
        {"service_id": "service", "first_on": "day of service price"},
        ok=BILLERS,
    ),
    _service("care_fees:move_service", ok=BILLERS, posts_only=True),
    _client("care_fees:grant_service", **CARE_OF_THE_CLIENT),
    _granted("care_fees:change_granted", **CARE_OF_THE_CLIENT),
    _granted("care_fees:end_granted", **CARE_OF_THE_CLIENT),
]
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
