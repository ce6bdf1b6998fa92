"""Payment runs, payments, bank files and vouchers."""

from tests.journeys.pages.cast import (
    ALL_ADMINISTRATORS,
    BILLERS,
    CLAIMERS_ELSEWHERE,
    CLAIMERS_HERE,
    ELSEWHERE,
    HERE,
    NOBODY,
    REVIEWERS,
)
from tests.journeys.pages.page import Page, pages_about

# Money out: the region's runs and files, and what both sides see of payments. That of Ryd is one of Eken's.
_PAYERS = {*REVIEWERS, "rune"}
_RECEIVERS = {*HERE, "eva", "jenny", "klara", "population_invoices", *CLAIMERS_HERE} - {"dental_basic"}
_OTHER_RECEIVERS = {*ELSEWHERE, *CLAIMERS_ELSEWHERE, "ulla", "rune"}
_OUR_RUN = {"ok": REVIEWERS, "hidden": {"rune"}}
_OUR_PAYMENT = {"ok": _RECEIVERS | REVIEWERS, "hidden": _OTHER_RECEIVERS}
_NO_SUCH_FILE = {*ALL_ADMINISTRATORS, *BILLERS, "rune"}
_approved_run, _proposed_run = pages_about(number="approved run"), pages_about(number="proposed run")
_payment, _netting = pages_about(payment_id="payment"), pages_about(netting_id="netting")
_file = pages_about(file_id="payment file")
PAGES = [
    Page("settlement:runs", ok=_PAYERS, is_list=True),
    Page("settlement:propose_run", ok=_PAYERS, queries=16),
    _approved_run("settlement:run", **_OUR_RUN, is_list=True, queries=16),
    _proposed_run("settlement:approve_run", ok={"hanna"}, hidden={"rune"}, queries=14),
    _proposed_run("settlement:cancel_run", **_OUR_RUN),
    _approved_run("settlement:confirm_payments", ok={"hanna"}, hidden={"rune"}),
    Page(
        "settlement:payments",
        ok=_RECEIVERS | _OTHER_RECEIVERS | REVIEWERS,
        is_list=True,
        try_also=("?status=paid&first_on=2024-01-01", "?status=carried", "?sort=amount"),
    ),
    _payment("settlement:payment", **_OUR_PAYMENT, is_list=True, queries=14),
    _payment("settlement:payment_pdf", **_OUR_PAYMENT),
    _payment("settlement:reject_payment", ok={"hanna"}, hidden=_OTHER_RECEIVERS),
    _netting("settlement:netting", **_OUR_PAYMENT, is_list=True, queries=14),
    _netting("settlement:netting_pdf", **_OUR_PAYMENT),
    Page(
        "settlement:payment_of",
        {"invoice_id": "settled invoice"},
        ok=NOBODY,
        posts_only=True,
        may_post=_RECEIVERS | REVIEWERS,
    ),
    Page("settlement:outgoing_files", ok={*_PAYERS, *ALL_ADMINISTRATORS, *BILLERS}, is_list=True),
    _file("settlement:download_file", ok=REVIEWERS, hidden=_NO_SUCH_FILE),
    _file("settlement:resend_file", ok={"hanna"}, hidden=_NO_SUCH_FILE),
    Page("settlement:upload_bank_file", ok=_PAYERS, is_list=True),
    Page("settlement:voucher_files", ok={"hanna", *ALL_ADMINISTRATORS}),
    Page("settlement:export_vouchers", {"period": "voucher month"}, ok={"hanna", *ALL_ADMINISTRATORS}),
    Page("settlement:paying_accounts", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("settlement:save_paying_account", ok=ALL_ADMINISTRATORS),
]
