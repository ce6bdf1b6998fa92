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
        "certificate": _("Opened a certificate"),
        "change_certificate": _("Changed a certificate"),
        "create_certificate": _("Tried to register a certificate, and was refused"),
        "load_categories": _("Loaded patient categories"),
        "patient_certificates": _("Looked up a patient's certificates"),
        "register_certificate": _("Registered a certificate"),
        "revoke_certificate": _("Revoked a certificate"),
        "save_category": _("Saved patient category"),
        "search_certificates": _("Listed certificates"),
        "out_of_county": _("Opened out-of-county care"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "special_care.case": _("Claim"),
        "special_care.plan": _("Treatment plan"),
        "special_care.certificate": _("Certificate"),
        "special_care.category": _("Patient category"),
        "number": _("Number"),
        "support": _("Support type"),
        "category": _("Patient category"),
        "name": _("Name"),
        "first_on": _("First day"),
        "last_on": _("Last day"),
        "issued_by": _("Issued by"),
        "revoked_on": _("Revoked from"),
        "revoked_reason": _("Reason"),
        "valid_years": _("Certificates hold, years"),
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
