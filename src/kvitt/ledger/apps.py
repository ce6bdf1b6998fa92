"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import InvoiceStatus


class LedgerConfig(AppConfig):
    """What is common from approval on: line, invoice, credit, invoicing window."""

    name = "kvitt.ledger"
    label = "ledger"
    events: ClassVar[dict[str, str]] = {
        "search_lines": _("Searched among procedure codes"),
        "invoice": _("Opened invoice"),
        "invoice_pdf": _("Fetched invoice as PDF"),
        "review_invoices": _("Approved invoice"),
        "reject_invoice": _("Returned invoice"),
        "attest_invoices": _("Attested invoice"),
        "start_payouts": _("Started payout of invoice"),
        "confirm_payouts": _("Marked invoice as paid out"),
        "recall_invoice": _("Recalled invoice"),
        "set_window": _("Set invoicing period"),
        "open_run": _("Began invoice run"),
        "issue_due_invoices": _("Made invoice by the calendar"),
        "finish_run": _("Finished invoice run"),
        "repeat_run": _("Ran invoice run again"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "invoice_status": _("Invoice status"),
        "invoice_run": _("Invoice run"),
        "module": _("Scheme"),
        "due_on": _("Day of the run"),
        "faults": _("Faults"),
        **{member.value: member.label for member in InvoiceStatus},
    }
