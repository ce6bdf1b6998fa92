"""The columns of account strings."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.organisations.lifecycle import Scheme

if TYPE_CHECKING:
    from kvitt.registers.accounting.models import AccountString


def scheme_text(string: "AccountString") -> str:
    """Return the scheme that an account string is for, or that it is for all of them."""
    return gettext(Scheme(string.scheme).label) if string.scheme else gettext("All schemes")


def code_text(string: "AccountString") -> str:
    """Return the code that an account string is for, or that it is for all of them."""
    return string.code or gettext("All codes")


STRINGS = (
    Column(
        "account",
        _("Account"),
        lambda string: string.account,
        sort=("account", "cost_centre", "activity"),
        lead=True,
    ),
    Column("cost_centre", _("Cost centre"), lambda string: string.cost_centre, sort=("cost_centre",)),
    Column("activity", _("Business activity"), lambda string: string.activity, sort=("activity",)),
    Column("use", _("Used for"), lambda string: AccountUse(string.use), sort=("use_place", "scheme", "code")),
    Column("scheme", _("Scheme"), scheme_text, sort=("scheme", "code")),
    Column("code", _("Procedure code"), code_text, sort=("code",)),
    Column("first_on", _("Valid from"), lambda string: string.first_on, Kind.DATE, sort=("first_on",)),
    Column("last_on", _("Valid to"), lambda string: string.last_on, Kind.DATE, sort=("last_on",)),
)
