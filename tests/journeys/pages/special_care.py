"""Special care dentistry, one list for each part of it."""

from tests.journeys.pages.cast import (
    ALL_ADMINISTRATORS,
    ASSESSORS,
    CLAIM_READERS,
    CLAIM_STRANGERS,
    CLAIMERS,
    CLAIMERS_ELSEWHERE,
    CLAIMERS_HERE,
    NOBODY,
    OUR_ADMINISTRATOR,
    POPULATION,
    READERS,
    REVIEWERS,
)
from tests.journeys.pages.page import Page, pages_about

_HANDLES_CERTIFICATES = {*ASSESSORS, "gustav"}
_certificate = pages_about(number="certificate")
_THE_CERTIFICATE = {"ok": _HANDLES_CERTIFICATES, "hidden": {"rune"}}
_CERTIFICATES = [
    Page(
        "special_care:search_certificates",
        ok={*_HANDLES_CERTIFICATES, "rune"},
        is_list=True,
        try_also=("?support=n&on=idag", "?state=revoked"),
    ),
    Page("special_care:find_certificates", ok={*_HANDLES_CERTIFICATES, "rune"}),
    Page("special_care:create_certificate", ok={*_HANDLES_CERTIFICATES, "rune"}),
    Page(
        "special_care:patient_certificates",
        {"code": "certified"},
        is_list=True,
        queries=14,
        **_THE_CERTIFICATE,
    ),
    _certificate("special_care:certificate", **_THE_CERTIFICATE),
    _certificate("special_care:change_certificate", **_THE_CERTIFICATE),
    _certificate("special_care:revoke_certificate", **_THE_CERTIFICATE),
    Page("special_care:categories", ok=READERS | POPULATION | CLAIMERS | ALL_ADMINISTRATORS, is_list=True),
    Page("special_care:save_category", ok=ALL_ADMINISTRATORS),
    Page("special_care:save_category", {"code": "category"}, **OUR_ADMINISTRATOR),
]

_plan, _waiting_plan = pages_about(number="plan"), pages_about(number="waiting plan")
_decided_plan = pages_about(number="decided plan")
_plan_document = pages_about(number="waiting plan", document_id="plan document")
_plan_parcel = pages_about(number="waiting plan", parcel_id="plan parcel")
_plan_request = pages_about(number="waiting plan", request_id="waiting plan request")
# What a clinic has not sent is its own; what is sent the region sees too, and nobody else.
_IN_THE_PLAN = {"ok": CLAIMERS_HERE, "hidden": {*CLAIM_STRANGERS, *ASSESSORS, *REVIEWERS}}
_IN_THE_SENT_PLAN = {"ok": CLAIMERS_HERE, "hidden": CLAIM_STRANGERS}
_SEES_THE_PLAN = {"ok": CLAIM_READERS - CLAIM_STRANGERS, "hidden": CLAIM_STRANGERS}
_DECIDES_THE_PLAN = {"ok": NOBODY, "posts_only": True, "may_post": ASSESSORS}
_PLANS = [
    Page(
        "special_care:search_plans",
        ok=CLAIM_READERS,
        is_list=True,
        try_also=("?is_unread=on", "?status=not_sent", "?status=decided&support=s&number=f2024-4"),
    ),
    Page("special_care:create_plan", ok=CLAIMERS),
    _decided_plan("special_care:plan", **_SEES_THE_PLAN, queries=18),
    _plan("special_care:find_plan_codes", **_IN_THE_PLAN, try_also=("?q=8", "?q=protes")),
    _plan("special_care:add_planned", **_IN_THE_PLAN),
    Page("special_care:remove_planned", {"number": "plan", "planned_id": "planned"}, **_IN_THE_PLAN),
    _plan("special_care:send_plan", **_IN_THE_PLAN),
    _plan("special_care:remove_plan", **_IN_THE_PLAN),
    _waiting_plan("special_care:withdraw_plan", **_IN_THE_SENT_PLAN),
    Page("special_care:answer_plan", {"number": "asked plan"}, **_IN_THE_SENT_PLAN),
    _decided_plan(
        "special_care:mark_decision_read",
        ok=NOBODY,
        hidden=CLAIM_STRANGERS,
        posts_only=True,
        may_post=CLAIMERS_HERE,
    ),
    _waiting_plan("special_care:view_documents", **_SEES_THE_PLAN),
    _waiting_plan("special_care:add_document", **_IN_THE_SENT_PLAN),
    _waiting_plan("special_care:add_parcel", **_IN_THE_SENT_PLAN),
    _plan_document("special_care:remove_document", **_IN_THE_SENT_PLAN),
    _plan_parcel("special_care:remove_parcel", **_IN_THE_SENT_PLAN),
    _plan_document("special_care:document", **_SEES_THE_PLAN),
    _plan_document("special_care:document_image", **_SEES_THE_PLAN),
    _plan_parcel(
        "special_care:mark_parcel_arrived",
        ok=NOBODY,
        hidden=CLAIM_STRANGERS,
        posts_only=True,
        may_post={*ASSESSORS, "gustav"},
    ),
    _plan_request("special_care:assess_request", ok=ASSESSORS, hidden=CLAIM_STRANGERS, queries=24),
    _plan_request("special_care:decide_request", **_DECIDES_THE_PLAN),
    _plan_request("special_care:save_draft_decision", **_DECIDES_THE_PLAN),
    _plan_request("special_care:ask_for_completion", **_DECIDES_THE_PLAN),
]

_begun = pages_about(number="draft claim")
_NO_SUCH_DRAFT = {*CLAIM_STRANGERS, *ASSESSORS, *REVIEWERS}
_IN_THE_DRAFT = {"ok": CLAIMERS_HERE, "hidden": _NO_SUCH_DRAFT}
_TO_THE_DRAFT = {"ok": NOBODY, "hidden": _NO_SUCH_DRAFT, "posts_only": True, "may_post": CLAIMERS_HERE}
_REGISTER = [
    Page("special_care:register_claim", ok=CLAIMERS),
    Page("special_care:find_claim_codes", ok=CLAIMERS, try_also=("?q=pat", "?q=825")),
    Page(
        "special_care:begin_claim",
        {"code": "claim patient"},
        ok=CLAIMERS_HERE,
        hidden=CLAIMERS_ELSEWHERE,
        queries=18,
    ),
    _begun("special_care:draft", **_IN_THE_DRAFT, queries=33, try_also=("?entry",)),
    _begun("special_care:discard_claim", **_IN_THE_DRAFT),
    _begun("special_care:save_draft", **_TO_THE_DRAFT),
    _begun("special_care:add_claim_line", **_TO_THE_DRAFT),
    Page(
        "special_care:remove_claim_line",
        {"number": "draft claim", "line_id": "draft line"},
        **_TO_THE_DRAFT,
    ),
    _begun("special_care:split_claim", **_TO_THE_DRAFT),
    _begun("special_care:send_claim", **_TO_THE_DRAFT),
    Page(
        "special_care:case",
        {"number": "held claim"},
        ok=CLAIM_READERS - CLAIM_STRANGERS,
        hidden=CLAIM_STRANGERS,
        queries=24,
    ),
    Page("special_care:claim_sent", {"number": "held claim"}, ok=CLAIMERS_HERE, hidden=CLAIM_STRANGERS),
]

_IN_THE_FILE = {"ok": CLAIMERS_HERE, "hidden": CLAIMERS_ELSEWHERE}
_TO_THE_FILE = {"ok": NOBODY, "hidden": CLAIMERS_ELSEWHERE, "posts_only": True, "may_post": CLAIMERS_HERE}
_FILES = [
    Page("special_care:upload_claims_file", ok=CLAIMERS, is_list=True),
    Page(
        "special_care:claims_file",
        {"file_id": "claims file"},
        **_IN_THE_FILE,
        queries=16,
        is_list=True,
        try_also=("?print=1", "?level=warns", "?level=odd&code=odd"),
    ),
    Page("special_care:load_claims_file", {"file_id": "claims file"}, **_TO_THE_FILE),
    Page("special_care:discard_claims_file", {"file_id": "claims file"}, **_TO_THE_FILE),
]

_held, _released = pages_about(number="held claim"), pages_about(number="released claim")
_REVIEWS_ALL = {"ok": {"gustav", "rune"}, "is_list": True}
_REVIEWS_ONE = {"ok": {"gustav"}, "hidden": CLAIM_STRANGERS}
_REVIEW = [
    Page(
        "special_care:review_claims",
        **_REVIEWS_ALL,
        try_also=("?reason=high_amount&question=asked", "?selected=all", "?question=not_asked"),
    ),
    Page("special_care:questions", ok=CLAIMERS, is_list=True),
    _released("special_care:hold_claim", **_REVIEWS_ONE),
    _held("special_care:release_claim", **_REVIEWS_ONE),
    _held("special_care:ask_clinic", **_REVIEWS_ONE),
    _held("special_care:void_claim", **_REVIEWS_ONE),
    _held("special_care:answer_question", ok=CLAIMERS_HERE, hidden=CLAIM_STRANGERS),
    Page("special_care:propose_payment", **_REVIEWS_ALL, queries=14, try_also=("?selected=all",)),
    Page("special_care:repayments", **_REVIEWS_ALL),
    Page(
        "special_care:confirm_repayment",
        {"our_reference": "awaited repayment"},
        ok={"gustav"},
        hidden={"rune"},
    ),
]

_INVOICES = [
    Page(
        "special_care:claim_invoices",
        {"folder": "processing folder"},
        ok={*CLAIMERS, *ASSESSORS, *REVIEWERS, "rune"},
        is_list=True,
        queries=14,
        try_also=("?deleted=on&reference=47", "?claim_reference=T2024&first_on=&last_on=", "?open=1&open=2"),
    ),
    Page(
        "special_care:claim_invoice",
        {"our_reference": "claim invoice"},
        ok={*CLAIMERS_HERE, *ASSESSORS, *REVIEWERS},
        hidden=CLAIM_STRANGERS,
        is_list=True,
        queries=16,
    ),
    Page(
        "special_care:delete_claim_invoice",
        {"our_reference": "open claim invoice"},
        ok=CLAIMERS_HERE,
        hidden=CLAIM_STRANGERS,
    ),
    _released("special_care:delete_claim", ok=CLAIMERS_HERE, hidden=CLAIM_STRANGERS),
    Page(
        "special_care:credit_claim",
        {"number": "paid claim"},
        ok=CLAIMERS_HERE,
        hidden=CLAIM_STRANGERS,
    ),
    Page(
        "special_care:withdraw_claim_credit",
        {"number": "returned credit"},
        ok=CLAIMERS_HERE,
        hidden=CLAIM_STRANGERS,
    ),
]

# Who bills other regions onward.
_BILLERS = {*ASSESSORS, *REVIEWERS, "rune"}
_UNIT = [
    Page("special_care:out_of_county", ok=_BILLERS, is_list=True),
    Page("special_care:out_of_county_lines", {"county": "county"}, ok=_BILLERS, is_list=True),
]

PAGES = [*_CERTIFICATES, *_PLANS, *_REGISTER, *_FILES, *_REVIEW, *_INVOICES, *_UNIT]
