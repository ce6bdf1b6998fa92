"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.lifecycle import EVENT_FIELDS, ProcedureStatus


class NeedsAllowanceConfig(AppConfig):
    """Behovspeng: cases, procedures, deductible."""

    name = "kvitt.modules.needs_allowance"
    label = "needs_allowance"
    events: ClassVar[dict[str, str]] = {
        "create_case": _("Created the case"),
        "delete_case": _("Deleted the case"),
        "add_procedure": _("Added a procedure code"),
        "change_procedure": _("Changed a procedure code"),
        "remove_procedure": _("Removed a procedure code"),
        "decide_request": _("Decided a request for preauthorization"),
        "save_draft_decision": _("Kept a draft of a decision"),
        "ask_for_completion": _("Asked the clinic to complete a request"),
        "create_invoice": _("Invoiced the case"),
        "save_request": _("Saved a request for preauthorization"),
        "send_request": _("Requested preauthorization"),
        "remove_request": _("Removed a request for preauthorization"),
        "withdraw_request": _("Withdrew a request for preauthorization"),
        "answer_request": _("Answered the assessing dentist"),
        "mark_decision_read": _("Marked a preauthorization decision as read"),
        "credit_procedure": _("Credited procedure codes"),
        "withdraw_credit": _("Undid a crediting"),
        "add_document": _("Added a document"),
        "remove_document": _("Removed a document"),
        "add_parcel": _("Announced a physical attachment"),
        "remove_parcel": _("Removed a physical attachment"),
        "mark_parcel_arrived": _("Marked a physical attachment as arrived"),
        "document": _("Downloaded a document"),
        "document_image": _("Looked at a document"),
        "search_cases": _("Searched for needs-allowance cases"),
        "patient_cases": _("Opened a patient's needs-allowance cases"),
        "case": _("Opened a needs-allowance case"),
        "assess_request": _("Opened a request for preauthorization"),
        "invoice_basis_lines": _("Opened the lines of an invoice basis"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "needs_allowance.case": _("Needs-allowance case"),
        **EVENT_FIELDS,
        **{member.value: member.label for kind in (LineStatus, ProcedureStatus) for member in kind},
    }
