"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.clinic_administration.lifecycle import AccountChangeStatus
from kvitt.registers.organisations.lifecycle import GiroKind


class ClinicAdministrationConfig(AppConfig):
    """A clinic's own details, its account that two persons change, and its users."""

    name = "kvitt.registers.clinic_administration"
    label = "clinic_administration"
    events: ClassVar[dict[str, str]] = {
        "request_account_change": _("Asked for another account of the clinic"),
        "approve_account_change": _("Approved another account of the clinic"),
        "refuse_account_change": _("Refused another account of the clinic"),
        "withdraw_account_change": _("Took back the request for another account"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "giro_kind": _("Account"),
        "giro_number": _("Account number"),
        "reason": _("Reason"),
        "requested_by": _("Asked by"),
        **{member.value: member.label for kind in (GiroKind, AccountChangeStatus) for member in kind},
    }
