"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _


class LedgerConfig(AppConfig):
    """What is common from approval on: line, invoice, credit, invoicing window."""

    name = "kvitt.ledger"
    label = "ledger"
    events: ClassVar[dict[str, str]] = {
        "invoice": _("Opened invoice"),
        "invoice_pdf": _("Fetched invoice as PDF"),
        "recall_invoice": _("Recalled invoice"),
        "set_window": _("Set invoicing period"),
    }
