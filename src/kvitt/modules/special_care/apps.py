"""Django's name for this app, and its words in the log."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.special_care.lifecycle import ClaimStatus, HoldReason, SupportType

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


class SpecialCareConfig(AppConfig):
    """Särskilt tandvårdsstöd: certificates, preauthorized care, claims."""

    name = "kvitt.modules.special_care"
    label = "special_care"
    events: ClassVar[dict[str, str]] = {
        "case": _("Opened a claim"),
        "create_plan": _("Made a treatment plan"),
        "check_plan": _("Was told whether a plan can be made for a patient"),
        "change_plan": _("Changed the motivation of a treatment plan"),
        "add_planned": _("Added a procedure to a treatment plan"),
        "remove_planned": _("Removed a procedure from a treatment plan"),
        "send_plan": _("Requested preauthorization"),
        "withdraw_plan": _("Withdrew a request for preauthorization"),
        "answer_plan": _("Answered the assessing dentist"),
        "remove_plan": _("Removed a treatment plan"),
        "mark_decision_read": _("Marked a preauthorization decision as read"),
        "decide_request": _("Decided a request for preauthorization"),
        "save_draft_decision": _("Kept a draft of a decision"),
        "ask_for_completion": _("Asked the clinic to complete a request"),
        "add_document": _("Added a document"),
        "remove_document": _("Removed a document"),
        "add_parcel": _("Announced a physical attachment"),
        "remove_parcel": _("Removed a physical attachment"),
        "mark_parcel_arrived": _("Marked a physical attachment as arrived"),
        "document": _("Downloaded a document"),
        "document_image": _("Looked at a document"),
        "search_plans": _("Searched for treatment plans"),
        "plan": _("Opened a treatment plan"),
        "assess_request": _("Opened a request for preauthorization"),
        "register_claim": _("Looked up a patient to register a claim"),
        "begin_claim": _("Began claim"),
        "save_claim": _("Saved claim that is not sent in"),
        "add_line": _("Added procedure to claim"),
        "remove_line": _("Removed procedure from claim"),
        "split_claim": _("Split claim"),
        "discard_claim": _("Threw away claim that was not sent in"),
        "send_claim": _("Sent in claim"),
        "certificate": _("Opened a certificate"),
        "change_certificate": _("Changed a certificate"),
        "create_certificate": _("Tried to register a certificate, and was refused"),
        "load_categories": _("Loaded patient categories"),
        "patient_certificates": _("Looked up a patient's certificates"),
        "register_certificate": _("Registered a certificate"),
        "revoke_certificate": _("Revoked a certificate"),
        "save_category": _("Saved patient category"),
        "search_certificates": _("Listed certificates"),
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
        "out_of_county": _("Opened out-of-county care"),
        "claims_file": _("Opened the faults of a claims file"),
        "receive_file": _("Handed in a claims file"),
        "check_file": _("Checked claims of a claims file"),
        "refuse_file": _("Refused a claims file that cannot be read"),
        "load_file": _("Had a claims file taken in"),
        "discard_file": _("Let a claims file be"),
        "take_in_claims": _("Took in claim from file"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "special_care.case": _("Claim"),
        "special_care.plan": _("Treatment plan"),
        "special_care.certificate": _("Certificate"),
        "special_care.category": _("Patient category"),
        "number": _("Number"),
        "support": _("Part of the support"),
        "category": _("Patient category"),
        "name": _("Name"),
        "first_on": _("First day"),
        "last_on": _("Last day"),
        "issued_by": _("Issued by"),
        "revoked_on": _("Revoked from"),
        "revoked_reason": _("Reason"),
        "valid_years": _("Certificates hold, years"),
        "special_care.claim_invoice": _("Invoice"),
        "reference": _("Claim reference"),
        "split_off": _("New claim"),
        "our_reference": _("Our reference"),
        "repaid_on": _("Date of repayment"),
        "motivation": _("Motivation for the treatment"),
        "code": _("Procedure code"),
        "codes": _("Procedure codes"),
        "count": _("Count"),
        "amount": _("Amount"),
        "validity": _("Holds"),
        "status": _("Status"),
        "approved_procedures": _("Approved"),
        "refused_procedures": _("Not approved"),
        "document": _("Document"),
        "file_name": _("File"),
        "parcel": _("Physical attachment"),
        "quantity": _("Count"),
        "file_type": _("File type"),
        "arrived_on": _("Arrived"),
        "case_number": _("FHB number"),
        "special_care.file": _("Claims file"),
        "is_check_only": _("Checked only"),
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
        return set(claims.exclude(status=ClaimStatus.DRAFT).values_list("number", flat=True))

    def propose_payments(self, actor: "Actor", *, today: date) -> None:
        """Propose payment of every invoice that is ready, for the payment run that is being proposed.

        Settlement asks, which does not know the modules. Source: spec SC-19a, SC-23.
        """
        # Its models are there once the apps are: this one is loaded before them.
        from kvitt.modules.special_care.commands import proposal  # noqa: PLC0415

        proposal.propose_ready(actor, today)

    def payments_to_propose(self, actor: "Actor") -> list[tuple[int, int]]:
        """Return clinic and amount (öre) of what `propose_payments` would propose, to show it before.

        Settlement asks, which does not know the modules. Source: spec SC-19a, SC-23.
        """
        from kvitt.modules.special_care.queries import proposal  # noqa: PLC0415 - as above

        return proposal.amounts_to_propose(actor)
