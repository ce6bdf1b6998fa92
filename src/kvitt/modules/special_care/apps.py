"""Django's name for this app, and its words in the log."""

from collections.abc import Collection
from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.special_care.lifecycle import ClaimStatus, HoldReason, SupportType


class SpecialCareConfig(AppConfig):
    """Särskilt tandvårdsstöd: certificates, preauthorized care, claims."""

    name = "kvitt.modules.special_care"
    label = "special_care"
    events: ClassVar[dict[str, str]] = {
        "case": _("Opened a claim"),
        "begin_claim": _("Began claim"),
        "save_claim": _("Saved claim that is not sent in"),
        "add_line": _("Added procedure to claim"),
        "remove_line": _("Removed procedure from claim"),
        "split_claim": _("Split claim"),
        "discard_claim": _("Threw away claim that was not sent in"),
        "send_claim": _("Sent in claim"),
        "review_claims": _("Listed claims to review"),
        "questions": _("Listed questions from the region"),
        "hold_claim": _("Held claim for review"),
        "release_claims": _("Released claim"),
        "ask_clinic": _("Asked the clinic about claim"),
        "answer_question": _("Answered the question about claim"),
        "void_claim": _("Voided claim"),
        "propose_payment": _("Proposed payment of claim"),
        "confirm_repayment": _("Marked claim as repaid"),
        "claim_invoices": _("Listed claims of invoices"),
        "claim_invoice": _("Opened an invoice of claims"),
        "delete_claim": _("Deleted claim"),
        "delete_invoice": _("Deleted claim with its invoice"),
        "credit_claim": _("Credited claim"),
        "withdraw_credit": _("Undid the crediting of claim"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "special_care.case": _("Claim"),
        "special_care.plan": _("Treatment plan"),
        "special_care.certificate": _("Certificate"),
        "special_care.category": _("Patient category"),
        "special_care.claim_invoice": _("Invoice"),
        "support": _("Part of the support"),
        "reference": _("Claim reference"),
        "split_off": _("New claim"),
        "our_reference": _("Our reference"),
        "repaid_on": _("Date of repayment"),
        **{
            member.value: member.label
            for kind in (LineStatus, ClaimStatus, HoldReason, SupportType)
            for member in kind
        },
    }

    def open_cases(self, authority_id: int, numbers: Collection[str]) -> set[str]:
        """Return which of the numbers have a page: every claim that was sent in has one.

        The ledger asks, which does not know the modules. Source: spec PH-11.
        """
        claims = self.get_model("Claim")._default_manager.filter(  # noqa: SLF001 - Django documents it
            authority_id=authority_id, number__in=numbers
        )
        return set(claims.values_list("number", flat=True))
