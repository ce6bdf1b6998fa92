"""What a clinic is told of by e-mail."""

from tests.journeys.pages.cast import (
    CLAIMERS_ELSEWHERE,
    CLAIMERS_HERE,
    CLINIC_ADMINISTRATORS,
    ELSEWHERE,
    HERE,
    NOBODY,
)
from tests.journeys.pages.page import Page, pages_about

_AT_THE_CLINIC = {
    *HERE,
    *("jenny", "population_basic", "population_invoices"),
    *CLAIMERS_HERE,
    *CLINIC_ADMINISTRATORS,
}
_AT_OTHER_CLINICS = {*ELSEWHERE, *CLAIMERS_ELSEWHERE, "ulla"}
_clinic = pages_about(clinic_id="clinic")
PAGES = [
    Page("mailing:mail", ok=_AT_THE_CLINIC | _AT_OTHER_CLINICS),
    _clinic("mailing:change_mail_choices", ok=_AT_THE_CLINIC, hidden=_AT_OTHER_CLINICS),
    _clinic("mailing:queue_test_mail", ok=NOBODY, posts_only=True, may_post=_AT_THE_CLINIC),
    Page("mailing:send_again", {"mail_id": "mail"}, ok=NOBODY, posts_only=True, may_post=_AT_THE_CLINIC),
]
