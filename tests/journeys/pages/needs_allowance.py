"""Needs allowance: cases, requests, assessment and invoices."""

from tests.journeys.pages.cast import (
    ASSESSORS,
    CASE_READERS,
    CASE_REPORTERS,
    ELSEWHERE,
    INVOICERS,
    INVOICES,
    NOBODY,
    READERS,
    STRANGERS,
)
from tests.journeys.pages.page import Page, pages_about

_patient, _case = pages_about(code="patient"), pages_about(number="case")
_procedure = pages_about(number="case", procedure_id="procedure")
_saved, _waiting, _asked, _decided = (
    pages_about(number="case", request_id=f"{state} request")
    for state in ("saved", "waiting", "asked", "decided")
)
_document = pages_about(number="case", document_id="document")
_parcel = pages_about(number="case", parcel_id="parcel")
_IN_THE_CASE = {"ok": CASE_REPORTERS, "hidden": STRANGERS}
_NEEDS_ALLOWANCE = [
    Page("needs_allowance:search_cases", ok=READERS, is_list=True),
    _patient("needs_allowance:patient_cases", ok=CASE_READERS, hidden=STRANGERS, queries=22),
    _patient("needs_allowance:create_case", **_IN_THE_CASE, queries=22),
    _case("needs_allowance:case", ok=CASE_READERS, hidden=STRANGERS, try_also=("?removed=1",), queries=22),
    Page("needs_allowance:delete_case", {"number": "empty case"}, **_IN_THE_CASE),
    _case("needs_allowance:find_codes", **_IN_THE_CASE, try_also=("?q=8", "?q=kron&performed_on=idag")),
    _case("needs_allowance:add_procedure", **_IN_THE_CASE, queries=15),
    _procedure("needs_allowance:change_procedure", **_IN_THE_CASE, queries=16),
    _procedure("needs_allowance:remove_procedure", **_IN_THE_CASE),
    _case("needs_allowance:view_documents", ok=CASE_READERS, hidden=STRANGERS),
    _case("needs_allowance:add_document", **_IN_THE_CASE),
    _case("needs_allowance:add_parcel", **_IN_THE_CASE),
    _document("needs_allowance:remove_document", **_IN_THE_CASE),
    _parcel("needs_allowance:remove_parcel", **_IN_THE_CASE),
    _document("needs_allowance:document", ok=CASE_READERS, hidden=STRANGERS),
    _document("needs_allowance:document_image", ok=CASE_READERS, hidden=STRANGERS),
    _parcel(
        "needs_allowance:mark_parcel_arrived",
        ok=NOBODY,
        hidden=STRANGERS,
        posts_only=True,
        may_post={*ASSESSORS, "gustav"},
    ),
    _case("needs_allowance:create_request", **_IN_THE_CASE, queries=14),
    _decided("needs_allowance:request", ok=CASE_READERS, hidden=STRANGERS, queries=14),
    _saved("needs_allowance:change_request", **_IN_THE_CASE, queries=16),
    _saved("needs_allowance:send_request", ok=NOBODY, posts_only=True, may_post=CASE_REPORTERS),
    _saved("needs_allowance:remove_request", **_IN_THE_CASE),
    _waiting("needs_allowance:withdraw_request", **_IN_THE_CASE),
    _asked("needs_allowance:answer_request", **_IN_THE_CASE),
    _decided("needs_allowance:mark_decision_read", ok=NOBODY, posts_only=True, may_post=CASE_REPORTERS),
    Page(
        "needs_allowance:credit_procedure",
        {"number": "paid case", "procedure_id": "invoiced procedure"},
        **_IN_THE_CASE,
    ),
    Page(
        "needs_allowance:withdraw_credit",
        {"number": "paid case", "procedure_id": "credited procedure"},
        queries=14,
        **_IN_THE_CASE,
    ),
    Page(
        "needs_allowance:create_invoice",
        ok=INVOICERS,
        queries=18,
        try_also=("?module=needs_allowance&reference=Ny", "?module=needs_allowance&reference="),
    ),
    Page(
        "needs_allowance:invoice_basis_lines",
        {"clinic_id": "clinic"},
        ok={"anna", *INVOICES, "eva"},
        hidden={*ELSEWHERE, "ulla"},
    ),
]

_request = pages_about(number="ready case", request_id="request")
_DECIDES = {"ok": NOBODY, "posts_only": True, "may_post": ASSESSORS}
_ASSESSMENT = [
    Page("preauthorization:queue", ok=ASSESSORS, is_list=True),
    _request("needs_allowance:assess_request", ok=ASSESSORS, hidden=STRANGERS, queries=24),
    _request("needs_allowance:decide_request", **_DECIDES),
    _request("needs_allowance:save_draft_decision", **_DECIDES),
    _request("needs_allowance:ask_for_completion", **_DECIDES),
]

PAGES = [*_NEEDS_ALLOWANCE, *_ASSESSMENT]
