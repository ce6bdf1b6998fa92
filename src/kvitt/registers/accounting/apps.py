"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.accounting.lifecycle import AccountUse


class AccountingConfig(AppConfig):
    """Account strings: where the ledger is booked."""

    name = "kvitt.registers.accounting"
    label = "accounting"
    events: ClassVar[dict[str, str]] = {
        "save_account_string": _("Saved account string"),
        "end_account_string": _("Ended account string"),
        "load_account_strings": _("Loaded account strings"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "account": _("Account"),
        "cost_centre": _("Cost centre"),
        "activity": _("Business activity"),
        "use": _("Used for"),
        **{member.value: member.label for member in AccountUse},
    }
