"""Every address of the program: who gets what there, written down by hand from spec CO-4.

`ok` opens the page; `hidden` may not know that the thing is there (404); everybody else has no such
work or may not do it (403). Who is not signed in is sent to sign in. `test_crawl.py` fails when an
address is missing here.
"""

from dataclasses import dataclass, field

# Who there is: the cast of `tests/world.py` and `sample.py`.
BASIC = {"dental_basic"}
INVOICES = {"dental_invoices"}
ASSESSORS = {"frida"}
REVIEWERS = {"gustav", "hanna"}
ADMINISTRATORS = {"ivar"}
# Population responsibility: Jenny at the clinic in Ryd, Klara for its care provider, and one for each role.
POPULATION_REPORTERS = {"jenny", "population_basic"}
POPULATION_INVOICES = {"jenny", "klara", "population_invoices"}
POPULATION = {*POPULATION_REPORTERS, *POPULATION_INVOICES}
# Special care dentistry: Lisa and one for the role at the clinic in Ryd, Mats at its care provider's other
# clinic, Nora at another care provider's.
CLAIMERS_HERE = {"lisa", "special_care_claims"}
CLAIMERS_ELSEWHERE = {"mats", "nora"}
CLAIMERS = {*CLAIMERS_HERE, *CLAIMERS_ELSEWHERE}
IDLE = {
    "care_responsible",
    "coordinator",
    "billing_office",
    "fee_officer",
}
CLINIC_ADMINISTRATORS = {"clinic_administrator", "petra"}
HERE = {"anna", *BASIC, *INVOICES}  # at the clinic in Ryd
ELSEWHERE = {"bo", "david"}  # at other clinics, Bo's of the same care provider
AUTHORITY = {*ASSESSORS, *REVIEWERS, *ADMINISTRATORS, "billing_office", "fee_officer"}
ABROAD = {"ulla", "rune", "olof"}  # at another authority: clinic, reviewer, administrator
EVERYBODY = {
    *HERE,
    *ELSEWHERE,
    "eva",
    *ASSESSORS,
    *REVIEWERS,
    *ADMINISTRATORS,
    *CLINIC_ADMINISTRATORS,
    *POPULATION,
    *CLAIMERS,
    *IDLE,
    *ABROAD,
}

READERS = {*HERE, *ELSEWHERE, "eva", *ASSESSORS, *REVIEWERS, "ulla", "rune"}
REPORTERS = {"anna", *BASIC, *ELSEWHERE, "ulla"}
INVOICERS = {"anna", *INVOICES, *ELSEWHERE, "eva", "ulla"}
ALL_ADMINISTRATORS = {*ADMINISTRATORS, "olof"}
# Who reaches a patient, a case or an invoice of the clinic in Ryd, and who may not know of it.
CASE_READERS = {*HERE, "eva", *ASSESSORS, *REVIEWERS}
CASE_REPORTERS = {"anna", *BASIC}
STRANGERS = {*ELSEWHERE, "ulla", "rune"}
# Who has invoices, but not those of needs allowance in Ryd: for them there is no such invoice.
NO_SUCH_INVOICE = {*STRANGERS, *POPULATION_INVOICES}
INVOICE_READERS = {"anna", *INVOICES, "eva", *REVIEWERS}
# Who sees claims, and who of them may not know of a claim of the clinic in Ryd.
CLAIM_READERS = {*CLAIMERS, *ASSESSORS, *REVIEWERS, "rune"}
CLAIM_STRANGERS = {*CLAIMERS_ELSEWHERE, "rune"}
# A clinic, or a care provider, is there for its own users and the whole authority; they may not change it.
OUR_ADMINISTRATOR = {"ok": ADMINISTRATORS, "hidden": {"olof"}}
THE_CLINICS = {"ok": ADMINISTRATORS, "hidden": {*ELSEWHERE, *CLAIMERS_ELSEWHERE, *ABROAD}}
THE_PROVIDERS = {"ok": ADMINISTRATORS, "hidden": {"david", "nora", *ABROAD}}
NOBODY: set[str] = set()


@dataclass(frozen=True)
class Page:
    """One address: its name, what it holds (by key of `Sample.ids`), and who gets what.

    `queries` is the most statements that opening it may take. `may_post` does what it is for; those who open
    it, unless told. An address that `posts_only` has no page of its own: who opens it is sent to one.
    """

    name: str
    args: dict[str, str] = field(default_factory=dict)
    ok: set[str] = field(default_factory=lambda: EVERYBODY)
    hidden: set[str] = field(default_factory=set)
    queries: int = 12
    posts_only: bool = False
    signed_out: bool = False
    may_post: set[str] | None = None
    is_list: bool = False
    try_also: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, frozenset[str]]:
        """What tells it from every other address."""
        return self.name, frozenset(self.args)

    @property
    def id(self) -> str:
        """What a test of it is called."""
        return "+".join([self.name, *self.args])

    def status(self, viewer: str) -> int:
        """Return what opening it answers."""
        if viewer in self.ok:
            return 200
        return 404 if viewer in self.hidden else 403


def pages_about(**args: str):
    """Return a function that makes pages whose addresses hold the same."""

    def page(name: str, **facts: object) -> Page:
        return Page(name, args, **facts)

    return page


_news, _ended = pages_about(item_id="news"), pages_about(item_id="ended news")
_faq, _contact = pages_about(entry_id="faq entry"), pages_about(contact_id="contact")
_question = pages_about(question_id="question")
_PORTAL = [
    Page("portal:start", queries=22),
    Page("portal:work", ok=REPORTERS),
    Page("portal:healthz", signed_out=True),
    Page("portal:accessibility", signed_out=True),
    Page("portal:shortcuts"),
    Page("portal:search_patient", ok=NOBODY, posts_only=True, may_post=READERS),
    Page("portal:found_patients", ok=READERS),
    Page("portal:news"),
    Page("portal:manage_news", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("portal:create_news_item", ok=ALL_ADMINISTRATORS),
    _news("portal:news_item", ok=EVERYBODY - ABROAD, hidden=ABROAD),
    _news("portal:change_news_item", **OUR_ADMINISTRATOR),
    _news("portal:end_news_item", **OUR_ADMINISTRATOR),
    Page("portal:faq"),
    Page("portal:manage_faq", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("portal:create_faq_entry", ok=ALL_ADMINISTRATORS),
    _faq("portal:change_faq_entry", **OUR_ADMINISTRATOR),
    _faq("portal:remove_faq_entry", **OUR_ADMINISTRATOR),
    Page("portal:support"),
    Page("portal:ask_question", ok=NOBODY, posts_only=True, may_post=EVERYBODY),
    Page("portal:search_questions", ok=ALL_ADMINISTRATORS, is_list=True),
    _question("portal:question", ok={"anna", "ivar"}, hidden=EVERYBODY - {"anna", "ivar"}),
    _question("portal:answer_question", ok=NOBODY, posts_only=True, may_post=ADMINISTRATORS),
    _question("portal:mark_answer_read", ok=NOBODY, posts_only=True, may_post={"anna", "ivar"}),
    Page("portal:manage_contacts", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("portal:create_support_contact", ok=ALL_ADMINISTRATORS),
    _contact("portal:change_support_contact", **OUR_ADMINISTRATOR),
    _contact("portal:remove_support_contact", **OUR_ADMINISTRATOR),
]

_user = pages_about(user_id="user")
_ACCESS = [
    Page("access:sign_in", ok=NOBODY, signed_out=True),
    # For who has just given the right password: others are sent to do that first.
    Page("access:sign_in_with_code", ok=NOBODY, may_post=EVERYBODY),
    # There is no identity provider here.
    Page("access:ask_provider", ok=NOBODY, hidden=EVERYBODY, signed_out=True),
    Page("access:sign_in_by_provider", ok=NOBODY, hidden=EVERYBODY, signed_out=True),
    Page("access:sign_out", ok=NOBODY, posts_only=True, may_post=EVERYBODY),
    Page("access:choose_unit", ok=NOBODY, may_post=EVERYBODY),
    Page("access:set_language", ok=NOBODY, posts_only=True, may_post=EVERYBODY, signed_out=True),
    Page("access:settings"),
    Page("access:change_password"),
    Page("access:turn_on_two_step"),
    Page("access:turn_off_two_step", ok=NOBODY, posts_only=True, may_post=EVERYBODY),
    Page("access:search_users", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("access:create_user", ok=ALL_ADMINISTRATORS),
    _user("access:user", **OUR_ADMINISTRATOR),
    _user("access:change_user", **OUR_ADMINISTRATOR),
    _user("access:deactivate_user", **OUR_ADMINISTRATOR),
    Page("access:reactivate_user", {"user_id": "inactive user"}, **OUR_ADMINISTRATOR),
    _user("access:set_password", **OUR_ADMINISTRATOR),
    _user("access:reset_two_step", **OUR_ADMINISTRATOR),
    _user("access:grant_role", **OUR_ADMINISTRATOR),
    Page("access:withdraw_role", {"grant_id": "grant"}, **OUR_ADMINISTRATOR),
]

_person, _patient = pages_about(code="person"), pages_about(code="patient")
_AT_THE_PATIENT = {"ok": CASE_READERS, "hidden": STRANGERS}
_PEOPLE = [
    Page("people:search_persons", ok=ALL_ADMINISTRATORS, is_list=True, try_also=("?name=prov",)),
    Page("people:find_person", ok=ALL_ADMINISTRATORS),
    Page("people:create_person", ok=ALL_ADMINISTRATORS),
    _person("people:person", **OUR_ADMINISTRATOR),
    _person("people:change_person", **OUR_ADMINISTRATOR),
    _person("people:change_identity_number", **OUR_ADMINISTRATOR),
    _person("people:add_address", **OUR_ADMINISTRATOR),
    Page("people:end_address", {"code": "person", "address_id": "address"}, queries=15, **OUR_ADMINISTRATOR),
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

_report, _settled = pages_about(number="report"), pages_about(number="settled report")
_contact_of = pages_about(contact_id="patient contact")
_READ_BY_THE_PROVIDER = {"ok": {*HERE, "eva"}, "hidden": {*ELSEWHERE, "ulla"}}
_WRITTEN_BY_THE_CLINIC = {"ok": CASE_REPORTERS, "hidden": {*ELSEWHERE, "ulla"}}
_DENTAL_RECORDS = [
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

_case = pages_about(number="case")
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
    _patient("needs_allowance:patient_cases", **_AT_THE_PATIENT, queries=22),
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

_activity, _credited = pages_about(number="activity"), pages_about(number="credited activity")
_SEES_ACTIVITIES = {*POPULATION, *REVIEWERS}
# What is asked about chosen procedures; opened without any, the activity says that one must be ticked.
_ASKS_ABOUT_CHOSEN = {"ok": NOBODY, "hidden": {"rune"}, "posts_only": True, "may_post": POPULATION_REPORTERS}
_POPULATION_HEALTH = [
    Page("population_health:create_activity", ok=POPULATION_REPORTERS, queries=14),
    Page("population_health:search_activities", ok={*_SEES_ACTIVITIES, "rune"}, is_list=True),
    _activity(
        "population_health:case",
        ok=_SEES_ACTIVITIES,
        hidden={"rune"},
        try_also=("?removed=1", "?selected=all"),
    ),
    _activity("population_health:remove_procedures", **_ASKS_ABOUT_CHOSEN),
    _credited("population_health:credit_procedures", **_ASKS_ABOUT_CHOSEN),
    _credited("population_health:withdraw_credits", **_ASKS_ABOUT_CHOSEN),
    Page(
        "population_health:remove_activity",
        {"number": "emptied activity"},
        ok=POPULATION_REPORTERS,
        hidden={"rune"},
    ),
    Page(
        "population_health:statistics",
        ok={*_SEES_ACTIVITIES, "rune"},
        is_list=True,
        queries=16,
        try_also=(
            "?by=clinic",
            "?first_on=2023-01-01&by=month",
            "?first_on=2024-12-01",
            "?first_on=1990-01-01",
        ),
    ),
]

_HANDLES_CERTIFICATES = {*ASSESSORS, "gustav"}
_certificate = pages_about(number="certificate")
_THE_CERTIFICATE = {"ok": _HANDLES_CERTIFICATES, "hidden": {"rune"}}
_SPECIAL_CARE_CERTIFICATES = [
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
_SPECIAL_CARE_PLANS = [
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

_request = pages_about(number="ready case", request_id="request")
_DECIDES = {"ok": NOBODY, "posts_only": True, "may_post": ASSESSORS}
_ASSESSMENT = [
    Page("preauthorization:queue", ok=ASSESSORS, is_list=True),
    _request("needs_allowance:assess_request", ok=ASSESSORS, hidden=STRANGERS, queries=24),
    _request("needs_allowance:decide_request", **_DECIDES),
    _request("needs_allowance:save_draft_decision", **_DECIDES),
    _request("needs_allowance:ask_for_completion", **_DECIDES),
]

_invoice, _run = pages_about(invoice_id="invoice"), pages_about(run_id="run")
_LEDGER = [
    Page(
        "ledger:search_lines",
        ok=READERS | POPULATION | CLAIMERS,
        is_list=True,
        try_also=("?status=withdrawn", "?first_on=2024-01-01&sort=date"),
    ),
    Page("ledger:search_invoices", ok=INVOICERS | POPULATION_INVOICES | REVIEWERS | {"rune"}, is_list=True),
    _invoice("ledger:invoice", ok=INVOICE_READERS, hidden=NO_SUCH_INVOICE, is_list=True, queries=18),
    _invoice("ledger:recall_invoice", ok={"anna", *INVOICES, "eva"}, hidden=NO_SUCH_INVOICE),
    _invoice("ledger:invoice_pdf", ok=INVOICE_READERS, hidden=NO_SUCH_INVOICE),
    Page(
        "ledger:review_invoices", ok={"gustav", "rune"}, is_list=True, queries=16, try_also=("?selected=all",)
    ),
    Page("ledger:attest_invoices", ok={"hanna"}, is_list=True, queries=16),
    Page("ledger:start_payouts", ok={"hanna"}, is_list=True),
    Page("ledger:confirm_payouts", ok={"hanna"}, is_list=True),
    _invoice("ledger:review_invoice", ok={"gustav"}, hidden=NO_SUCH_INVOICE),
    _invoice("ledger:reject_invoice", ok={"gustav"}, hidden=NO_SUCH_INVOICE),
    _invoice("ledger:attest_invoice", ok={"hanna"}, hidden=NO_SUCH_INVOICE),
    _invoice("ledger:start_payout", ok={"hanna"}, hidden=NO_SUCH_INVOICE),
    _invoice("ledger:confirm_payout", ok={"hanna"}, hidden=NO_SUCH_INVOICE),
    Page("ledger:windows", ok=ALL_ADMINISTRATORS),
    Page("ledger:set_window", {"year": "year", "month": "month"}, ok=ALL_ADMINISTRATORS),
    Page("ledger:runs", ok=ALL_ADMINISTRATORS, is_list=True),
    _run("ledger:run", **OUR_ADMINISTRATOR, is_list=True),
    _run("ledger:repeat_run", **OUR_ADMINISTRATOR),
]

_begun = pages_about(number="draft claim")
_NO_SUCH_DRAFT = {*CLAIM_STRANGERS, *ASSESSORS, *REVIEWERS}
_IN_THE_DRAFT = {"ok": CLAIMERS_HERE, "hidden": _NO_SUCH_DRAFT}
_TO_THE_DRAFT = {"ok": NOBODY, "hidden": _NO_SUCH_DRAFT, "posts_only": True, "may_post": CLAIMERS_HERE}
_SPECIAL_CARE_REGISTER = [
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

_held, _released = pages_about(number="held claim"), pages_about(number="released claim")
_REVIEWS_ALL = {"ok": {"gustav", "rune"}, "is_list": True}
_REVIEWS_ONE = {"ok": {"gustav"}, "hidden": CLAIM_STRANGERS}
_SPECIAL_CARE_REVIEW = [
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

_SPECIAL_CARE_INVOICES = [
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

_clinic, _provider = pages_about(clinic_id="clinic"), pages_about(provider_id="provider")
_ORGANISATIONS = [
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
    Page("organisations:change_authority", ok=ALL_ADMINISTRATORS),
]

_item = pages_about(item_id="item")
CODE_READERS = READERS | POPULATION | CLAIMERS | ALL_ADMINISTRATORS
# The code is one of needs allowance.
_OTHER_CODES = ABROAD | POPULATION | CLAIMERS
_PRICE_LISTS = [
    Page("price_lists:search_items", ok=CODE_READERS, is_list=True),
    _item("price_lists:item", ok=CODE_READERS - _OTHER_CODES, hidden=_OTHER_CODES),
    Page("price_lists:save_item", ok=ALL_ADMINISTRATORS),
    _item("price_lists:save_item", **OUR_ADMINISTRATOR),
    _item("price_lists:set_price", **OUR_ADMINISTRATOR),
    Page("price_lists:search_combinations", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("price_lists:save_combination", ok=ALL_ADMINISTRATORS),
    Page("price_lists:save_combination", {"combination_id": "combination"}, **OUR_ADMINISTRATOR),
    Page("price_lists:search_parameters", ok=ALL_ADMINISTRATORS),
    Page("price_lists:set_parameter", {"name": "parameter"}, ok=ALL_ADMINISTRATORS),
]

_AT_THE_CLINIC = {
    *HERE,
    *("jenny", "population_basic", "population_invoices"),
    *CLAIMERS_HERE,
    *CLINIC_ADMINISTRATORS,
}
_AT_OTHER_CLINICS = {*ELSEWHERE, *CLAIMERS_ELSEWHERE, "ulla"}
_MAILING = [
    Page("mailing:mail", ok=_AT_THE_CLINIC | _AT_OTHER_CLINICS),
    _clinic("mailing:change_mail_choices", ok=_AT_THE_CLINIC, hidden=_AT_OTHER_CLINICS),
    _clinic("mailing:queue_test_mail", ok=NOBODY, posts_only=True, may_post=_AT_THE_CLINIC),
    Page("mailing:send_again", {"mail_id": "mail"}, ok=NOBODY, posts_only=True, may_post=_AT_THE_CLINIC),
]

# Klinikadministration: the clinic's own administrator and the region's; accounts are the region's to decide.
_UNIT = {
    "ok": {*CLINIC_ADMINISTRATORS, *ADMINISTRATORS},
    "hidden": {*ELSEWHERE, *CLAIMERS_ELSEWHERE, *ABROAD},
}
_unit_user = pages_about(clinic_id="clinic", user_id="user")
_change = pages_about(change_id="account change")
_CLINIC_ADMINISTRATION = [
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
# Who bills other regions onward.
_BILLERS = {*ASSESSORS, *REVIEWERS, "rune"}
_SPECIAL_CARE_UNIT = [
    Page("special_care:out_of_county", ok=_BILLERS, is_list=True),
    Page("special_care:out_of_county_lines", {"county": "county"}, ok=_BILLERS, is_list=True),
]

_AUDIT = [
    Page("audit:search_events", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("audit:event", {"event_id": "event"}, **OUR_ADMINISTRATOR),
]

PAGES = [
    *_PORTAL,
    *_ACCESS,
    *_PEOPLE,
    *_DENTAL_RECORDS,
    *_NEEDS_ALLOWANCE,
    *_POPULATION_HEALTH,
    *_SPECIAL_CARE_CERTIFICATES,
    *_SPECIAL_CARE_PLANS,
    *_ASSESSMENT,
    *_LEDGER,
    *_SPECIAL_CARE_REGISTER,
    *_SPECIAL_CARE_REVIEW,
    *_SPECIAL_CARE_INVOICES,
    *_ORGANISATIONS,
    *_PRICE_LISTS,
    *_MAILING,
    *_CLINIC_ADMINISTRATION,
    *_SPECIAL_CARE_UNIT,
    *_AUDIT,
]
