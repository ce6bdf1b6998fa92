"""Invoices to clients: the batches are the billing office's, an invoice is seen by who sees its client."""

from tests.journeys.pages.cast import BILLERS, CARE_OF_THE_CLIENT, THE_CLIENT
from tests.journeys.pages.page import Page

PAGES = [
    Page("care_fees:batches", ok=BILLERS, is_list=True),
    Page("care_fees:make_invoices", ok=BILLERS, queries=14),
    Page("care_fees:waiting_months", ok=BILLERS, is_list=True, queries=16, try_also=("?month=2024-09",)),
    Page(
        "care_fees:batch",
        {"number": "invoice batch"},
        ok=BILLERS,
        is_list=True,
        queries=14,
        try_also=("?text=prov&state=issued&kind=person", "?text=1"),
    ),
    Page("care_fees:send_batch", {"number": "invoice batch"}, ok=BILLERS, queries=14),
    Page("care_fees:invoice", {"number": "care invoice"}, **THE_CLIENT, queries=19),
    Page("care_fees:invoice_pdf", {"number": "care invoice"}, **THE_CLIENT, queries=19),
    Page("care_fees:invoice_contacts", ok=BILLERS),
    Page("care_fees:save_contact", {"unit_id": "care unit"}, ok=BILLERS),
    Page("care_fees:end_contact", {"unit_id": "care unit"}, ok=BILLERS),
    Page("care_fees:change_note", {"number": "client"}, **CARE_OF_THE_CLIENT),
]
