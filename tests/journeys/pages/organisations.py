"""Clinics, care providers and the authority."""

from tests.journeys.pages.cast import (
    ADMINISTRATORS,
    ALL_ADMINISTRATORS,
    AUTHORITY,
    EVERYBODY,
    MUNICIPALITY,
    THE_CLINICS,
    THE_PROVIDERS,
)
from tests.journeys.pages.page import Page, pages_about

_clinic, _provider = pages_about(clinic_id="clinic"), pages_about(provider_id="provider")
PAGES = [
    Page("organisations:search_clinics", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("organisations:create_clinic", ok=ALL_ADMINISTRATORS),
    _clinic("organisations:clinic", **THE_CLINICS),
    _clinic("organisations:change_clinic", **THE_CLINICS),
    _clinic("organisations:close_clinic", **THE_CLINICS),
    Page(
        "organisations:reopen_clinic",
        {"clinic_id": "closed clinic"},
        ok=ADMINISTRATORS,
        hidden=EVERYBODY - AUTHORITY,
    ),
    _clinic("organisations:add_right", **THE_CLINICS),
    Page("organisations:end_right", {"right_id": "right"}, **THE_CLINICS),
    Page("organisations:remove_right", {"right_id": "coming right"}, **THE_CLINICS),
    _clinic("organisations:add_practitioner", **THE_CLINICS),
    Page("organisations:change_practitioner", {"practitioner_id": "practitioner"}, **THE_CLINICS),
    Page("organisations:search_providers", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("organisations:create_provider", ok=ALL_ADMINISTRATORS),
    _provider("organisations:provider", **THE_PROVIDERS),
    _provider("organisations:change_provider", **THE_PROVIDERS),
    Page("organisations:search_areas", ok={"mona"}, hidden={"ivar", "olof"}, is_list=True),
    Page("organisations:create_area", ok={"mona"}, hidden={"ivar", "olof"}),
    Page(
        "organisations:change_area",
        {"area_id": "billing area"},
        ok={"mona"},
        hidden=EVERYBODY - MUNICIPALITY | {"kurt", "ulf"},
    ),
    Page("organisations:change_authority", ok=ALL_ADMINISTRATORS),
]
