"""Klinikadministration: the clinic's own administrator and the region's, who decides about accounts."""

from tests.journeys.pages.cast import (
    ABROAD,
    ADMINISTRATORS,
    ALL_ADMINISTRATORS,
    CLAIMERS_ELSEWHERE,
    CLINIC_ADMINISTRATORS,
    ELSEWHERE,
    THE_CLINICS,
)
from tests.journeys.pages.page import Page, pages_about

_UNIT = {
    "ok": {*CLINIC_ADMINISTRATORS, *ADMINISTRATORS},
    "hidden": {*ELSEWHERE, *CLAIMERS_ELSEWHERE, *ABROAD},
}
_clinic = pages_about(clinic_id="clinic")
_unit_user = pages_about(clinic_id="clinic", user_id="user")
_change = pages_about(change_id="account change")
PAGES = [
    Page("clinic_administration:clinics", ok={*CLINIC_ADMINISTRATORS, *ALL_ADMINISTRATORS}),
    _clinic("clinic_administration:clinic", **_UNIT),
    _clinic("clinic_administration:change_contact", **_UNIT),
    _clinic("clinic_administration:request_account_change", **_UNIT),
    _clinic("clinic_administration:create_unit_user", **_UNIT),
    _unit_user("clinic_administration:change_unit_roles", **_UNIT),
    _unit_user("clinic_administration:end_unit_user", **_UNIT),
    Page("clinic_administration:account_changes", ok=ALL_ADMINISTRATORS, is_list=True),
    _change("clinic_administration:account_change", **THE_CLINICS),
    _change("clinic_administration:approve_account_change", **THE_CLINICS),
    _change("clinic_administration:refuse_account_change", **THE_CLINICS),
    _change("clinic_administration:withdraw_account_change", **_UNIT),
]
