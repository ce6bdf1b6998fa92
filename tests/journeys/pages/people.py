"""Persons, and patients with their listing."""

from tests.journeys.pages.cast import (
    ALL_ADMINISTRATORS,
    CASE_READERS,
    CASE_REPORTERS,
    EVERYBODY,
    KEEPERS,
    KEEPERS_OF_THE_CLIENT,
    NOBODY,
    OUR_ADMINISTRATOR,
    READERS,
    STRANGERS,
)
from tests.journeys.pages.page import Page, pages_about

_person, _patient = pages_about(code="person"), pages_about(code="patient")
_kept = pages_about(code="client person")
_AT_THE_PATIENT = {"ok": CASE_READERS, "hidden": STRANGERS}
PAGES = [
    Page("people:search_persons", ok=ALL_ADMINISTRATORS, is_list=True, try_also=("?name=prov",)),
    Page("people:find_person", ok=ALL_ADMINISTRATORS),
    Page("people:create_person", ok=ALL_ADMINISTRATORS),
    _person("people:person", **OUR_ADMINISTRATOR, queries=14),
    _person("people:change_person", **OUR_ADMINISTRATOR),
    _person("people:change_identity_number", **OUR_ADMINISTRATOR),
    Page("people:fetch_person", ok=KEEPERS),
    _kept("people:refresh_person", **KEEPERS_OF_THE_CLIENT, queries=20),
    _kept("people:add_address", **KEEPERS_OF_THE_CLIENT, queries=20),
    _kept("people:add_relation", **KEEPERS_OF_THE_CLIENT, queries=16),
    _kept("people:add_contact", **KEEPERS_OF_THE_CLIENT, queries=16),
    *(
        Page(f"people:{name}", {"code": "client person", key: value}, queries=16, **KEEPERS_OF_THE_CLIENT)
        for name, key, value in (
            ("change_address", "address_id", "client address"),
            ("end_address", "address_id", "client address"),
            ("end_relation", "relation_id", "relation"),
            ("change_contact", "contact_id", "contact person"),
            ("end_contact", "contact_id", "contact person"),
        )
    ),
    # Opens for who was sent there by a page about the person; see test_protected_patient.
    Page("people:open_protected", {"code": "protected"}, ok=NOBODY, hidden=EVERYBODY),
    Page("listings:listed_patients", ok=READERS, is_list=True),
    _patient("listings:patient", **_AT_THE_PATIENT, queries=18),
    _patient("listings:list_patient", ok=CASE_REPORTERS, hidden=STRANGERS, queries=22),
    _person("listings:choose_record", **OUR_ADMINISTRATOR),
    Page(
        "listings:merge_persons",
        {"code": "person", "other_code": "other person"},
        queries=22,
        **OUR_ADMINISTRATOR,
    ),
]
