"""Reports of dental status, and contacts."""

from tests.journeys.pages.cast import CASE_REPORTERS, ELSEWHERE, HERE
from tests.journeys.pages.page import pages_about

_patient = pages_about(code="patient")
_report, _settled = pages_about(number="report"), pages_about(number="settled report")
_contact_of = pages_about(contact_id="patient contact")
_READ_BY_THE_PROVIDER = {"ok": {*HERE, "eva"}, "hidden": {*ELSEWHERE, "ulla"}}
_WRITTEN_BY_THE_CLINIC = {"ok": CASE_REPORTERS, "hidden": {*ELSEWHERE, "ulla"}}
PAGES = [
    _patient("dental_records:patient_reports", **_READ_BY_THE_PROVIDER, queries=18),
    _patient("dental_records:create_report", **_WRITTEN_BY_THE_CLINIC, queries=17),
    _settled("dental_records:report", **_READ_BY_THE_PROVIDER, queries=18),
    _report("dental_records:change_report", **_WRITTEN_BY_THE_CLINIC, queries=20, try_also=("?check=1",)),
    _report("dental_records:settle_report", **_WRITTEN_BY_THE_CLINIC, queries=20),
    _settled("dental_records:correct_report", **_WRITTEN_BY_THE_CLINIC, queries=19),
    _report("dental_records:remove_report", **_WRITTEN_BY_THE_CLINIC, queries=20),
    _patient("dental_records:patient_contacts", **_READ_BY_THE_PROVIDER, queries=16),
    _patient("dental_records:add_contact", **_WRITTEN_BY_THE_CLINIC, queries=15),
    _contact_of("dental_records:change_contact", **_WRITTEN_BY_THE_CLINIC, queries=15),
    _contact_of("dental_records:remove_contact", **_WRITTEN_BY_THE_CLINIC, queries=15),
]
