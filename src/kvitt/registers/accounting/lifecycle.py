"""What an account string is used for."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class AccountUse(Labelled):
    """Which side of a voucher an account string is for. Source: spec SC-23, CF-25."""

    COST = "cost", _("Cost")
    DEBT = "debt", _("Debt to care providers")
    BANK = "bank", _("Bank")
