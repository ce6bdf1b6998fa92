"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.settlement.lifecycle import BankFileKind, OutboxStatus, PaymentStatus, RunStatus


class SettlementConfig(AppConfig):
    """Payment runs, bank files and book vouchers."""

    name = "kvitt.settlement"
    label = "settlement"
    events: ClassVar[dict[str, str]] = {
        "propose_run": _("Proposed payment run"),
        "approve_run": _("Approved payment run"),
        "cancel_run": _("Cancelled payment run"),
        "confirm_payments": _("Confirmed payments"),
        "reject_payment": _("Noted that the bank rejected a payment"),
        "read_bank_file": _("Read a file from the bank"),
        "send_file": _("Sent a file"),
        "resend_file": _("Sent a file again"),
        "download_file": _("Downloaded a file"),
        "export_vouchers": _("Made a voucher file"),
        "save_paying_account": _("Saved the account that pays"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "settlement.run": _("Payment run"),
        "settlement.payment": _("Payment"),
        "invoices": _("Invoices"),
        "rejected_on": _("Rejected on"),
        "pay_on": _("Day of payment"),
        "paid_on": _("Paid on"),
        "payments": _("Payments"),
        "carried_amount": _("Carried on"),
        "sha256": _("Checksum (SHA-256)"),
        "sent_count": _("Times sent"),
        "iban": _("IBAN"),
        "bic": _("BIC"),
        "file": _("File"),
        "remarks": _("Remarks"),
        "period": _("Period"),
        "vouchers": _("Vouchers"),
        **{
            member.value: member.label
            for kind in (RunStatus, PaymentStatus, OutboxStatus, BankFileKind)
            for member in kind
        },
    }
