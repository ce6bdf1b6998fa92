"""Care fees, one list for each part of it; a new part adds its rows to its own list.

`client` is Astrid, of the area Norr; `client of south` is Greta; `partly seen client` is Birger, of Norr,
whom the unit of Ulf serves.
"""

from tests.journeys.pages import (
    care_fees_incomes,
    care_fees_invoices,
    care_fees_journal,
    care_fees_runs,
)
from tests.journeys.pages.cast import (
    BILLERS,
    CARE,
    CARE_OF_THE_CLIENT,
    CARE_STRANGERS,
    COORDINATORS,
    COORDINATORS_HERE,
    NOBODY,
    THE_CLIENT,
)
from tests.journeys.pages.page import Page, pages_about

_client = pages_about(number="client")

_BILLING_OF_THE_CLIENT = {"ok": BILLERS, "hidden": CARE_STRANGERS}
_DESKTOP = [
    Page("care_fees:desktop", ok=CARE, queries=18),
    Page(
        "care_fees:search_clients",
        ok=CARE,
        is_list=True,
        try_also=("?text=prov&state=living", "?state=unplaced"),
    ),
    Page("care_fees:find_client", ok=CARE),
    Page("care_fees:new_client", ok={*COORDINATORS, *BILLERS}),
    # Only whoever searched for the number goes on to this person.
    Page(
        "care_fees:create_client",
        {"code": "person in the municipality"},
        ok=NOBODY,
        hidden={*COORDINATORS, *BILLERS},
    ),
    _client("care_fees:case", **THE_CLIENT, queries=53),
    _client("care_fees:change_settings", **CARE_OF_THE_CLIENT),
    _client("care_fees:request_move", **CARE_OF_THE_CLIENT, queries=16),
    _client("care_fees:move_client", **_BILLING_OF_THE_CLIENT, queries=16),
    Page(
        "care_fees:refuse_move",
        {"number": "client", "request_id": "area request"},
        **_BILLING_OF_THE_CLIENT,
        queries=16,
    ),
    Page("care_fees:area_requests", ok=CARE, is_list=True),
    Page("care_fees:estates", ok=CARE, is_list=True),
    Page("care_fees:left_alone", ok=CARE, is_list=True),
    Page("care_fees:respites", ok=BILLERS, is_list=True),
]
_RECIPIENTS = [
    Page("care_fees:add_recipient", {"number": "client with recipient"}, **CARE_OF_THE_CLIENT),
    Page(
        "care_fees:save_recipient",
        {"number": "client with recipient", "contact_id": "unsaved recipient"},
        **CARE_OF_THE_CLIENT,
        queries=14,
    ),
    Page(
        "care_fees:end_recipient",
        {"number": "client with recipient", "recipient_id": "recipient"},
        **CARE_OF_THE_CLIENT,
    ),
    Page("care_fees:grant_respite", {"number": "dead client"}, **_BILLING_OF_THE_CLIENT),
    Page(
        "care_fees:end_respite",
        {"number": "dead client", "respite_id": "respite"},
        **_BILLING_OF_THE_CLIENT,
    ),
]
# The catalogue is read by all who see clients, and kept by the billing office.
_granted = pages_about(number="client", granted_id="granted service")
_service = pages_about(service_id="service")
_SERVICES = [
    Page("care_fees:services", ok=CARE, is_list=True),
    _service("care_fees:service", ok=CARE),
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
_tenancy = pages_about(number="tenancy")
_HOUSING = [
    Page("care_fees:search_dwellings", ok=CARE, is_list=True, try_also=("?state=free&kind=care_home",)),
    Page("care_fees:create_dwelling", ok={*COORDINATORS, *BILLERS}),
    Page("care_fees:change_dwelling", {"dwelling_id": "dwelling"}, **CARE_OF_THE_CLIENT),
    Page(
        "care_fees:search_tenancies",
        ok=CARE,
        is_list=True,
        try_also=("?person=prov&dwelling=1204", "?state=open&first_on=2024-01-01&last_on=idag"),
    ),
    Page("care_fees:find_tenant", ok=CARE),
    _client("care_fees:create_tenancy", **CARE_OF_THE_CLIENT, queries=14),
    _tenancy("care_fees:tenancy", **THE_CLIENT, queries=16),
    _tenancy("care_fees:change_tenancy", **CARE_OF_THE_CLIENT, queries=15),
    _tenancy("care_fees:change_rent", **CARE_OF_THE_CLIENT, queries=14),
    _tenancy("care_fees:end_tenancy", **CARE_OF_THE_CLIENT, queries=16),
    _tenancy("care_fees:grant_free_month", **CARE_OF_THE_CLIENT, queries=14),
    _tenancy("care_fees:receipt", **THE_CLIENT),
]
_month = pages_about(unit_id="care unit", month="registered month")
_GRID = [
    Page("care_fees:registrations", ok={*COORDINATORS, *BILLERS}),
    Page("care_fees:load_registrations", ok={*COORDINATORS, *BILLERS}),
    _month("care_fees:register_services", **CARE_OF_THE_CLIENT, queries=18),
    _month("care_fees:add_registered_client", **CARE_OF_THE_CLIENT),
]
_CORRECTIONS = [
    _client("care_fees:add_correction", **CARE_OF_THE_CLIENT),
    Page(
        "care_fees:remove_correction",
        {"number": "client", "correction_id": "correction"},
        **CARE_OF_THE_CLIENT,
    ),
]
_absence = pages_about(number="client", absence_id="absence")
_ABSENCE = [
    Page("care_fees:absences", ok=CARE, is_list=True, queries=14, try_also=("?areas=1", "?open_only=on")),
    _client("care_fees:add_absence", **CARE_OF_THE_CLIENT),
    _absence("care_fees:change_absence", **CARE_OF_THE_CLIENT, queries=22),
    _absence("care_fees:end_absence", **CARE_OF_THE_CLIENT, queries=22),
    _absence("care_fees:remove_absence", **CARE_OF_THE_CLIENT),
    _absence("care_fees:save_reminder", **CARE_OF_THE_CLIENT),
    # A reminder is its user's own.
    Page(
        "care_fees:finish_reminder",
        {"number": "client", "reminder_id": "reminder"},
        ok=COORDINATORS_HERE,
        hidden={*CARE_STRANGERS, *BILLERS},
    ),
]
# Sums and lists of the actor's own areas; of each control there is a list of its own.
_FOLLOW_UP = [
    Page("care_fees:controls", ok=CARE, queries=26, try_also=("?period=2024-10&areas=1", "?format=xlsx")),
    Page(
        "care_fees:control",
        ok=CARE,
        is_list=True,
        queries=14,
        try_also=("?list=estates", "?list=parishes&period=2024-10", "?list=services", "?list=ending"),
    ),
    Page("care_fees:statistics", ok=CARE, is_list=True, queries=14, try_also=("?by=area-month",)),
    Page("care_fees:reimbursement", ok=CARE, queries=14, try_also=("?period=2024-10", "?format=xlsx")),
]

PAGES = [
    *_DESKTOP,
    *_RECIPIENTS,
    *_SERVICES,
    *_HOUSING,
    *_GRID,
    *_CORRECTIONS,
    *_ABSENCE,
    *_FOLLOW_UP,
    *care_fees_invoices.PAGES,
    *care_fees_runs.PAGES,
    *care_fees_incomes.PAGES,
    *care_fees_journal.PAGES,
]
