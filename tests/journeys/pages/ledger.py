"""Invoices, their review and payment, and runs."""

from tests.journeys.pages.cast import (
    ALL_ADMINISTRATORS,
    CLAIMERS,
    INVOICE_READERS,
    INVOICERS,
    INVOICES,
    NO_SUCH_INVOICE,
    OUR_ADMINISTRATOR,
    POPULATION,
    POPULATION_INVOICES,
    READERS,
    REVIEWERS,
)
from tests.journeys.pages.page import Page, pages_about

_invoice, _run = pages_about(invoice_id="invoice"), pages_about(run_id="run")
PAGES = [
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
