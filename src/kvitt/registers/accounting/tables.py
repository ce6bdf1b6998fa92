"""The columns of account strings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.registers.accounting.lifecycle import USES, AccountUse
from kvitt.registers.organisations.lifecycle import AuthorityKind, Scheme

if TYPE_CHECKING:
    from kvitt.registers.accounting.models import AccountString


def scheme_text(string: "AccountString") -> str:
    """Return the scheme that an account string is for, or that it is for all of them."""
    return gettext(Scheme(string.scheme).label) if string.scheme else gettext("All schemes")


def code_text(string: "AccountString") -> str:
    """Return the code that an account string is for, or that it is for all of them."""
    return string.code or gettext("All codes")


def string_texts(string: "AccountString") -> list[str]:
    """Return what an account string is for, besides its use: schemes are a region's."""
    has_scheme = AccountUse(string.use) in USES[AuthorityKind.REGION]
    return [*([scheme_text(string)] if has_scheme else []), code_text(string)]


def lead_text(uses: Sequence[AccountUse]) -> str:
    """Say what is booked with account strings."""
    if AccountUse.COST in uses:
        return gettext(
            "Where Kvitt books what is attested and paid. The nearest one counts: code, scheme, all."
        )
    return gettext("Where Kvitt books what clients are invoiced. The nearest one counts: code, all.")


def empty_text(uses: Sequence[AccountUse]) -> str:
    """Say what does not work without account strings."""
    if AccountUse.COST in uses:
        return gettext(
            "No account string holds. Without one for costs and one for the debt nothing can be attested. "
            "Add one, or change the filters."
        )
    return gettext(
        "No account string holds. Without one for revenue and one for claims no fee can be calculated. "
        "Add one, or change the filters."
    )


def end_question(string: "AccountString") -> str:
    """Say what it leads to that an account string ends."""
    if AccountUse(string.use) in USES[AuthorityKind.REGION]:
        return gettext(
            "What is attested after its last day is booked with the next nearest one; where there is none, "
            "it cannot be attested. To book the same on another account, add that: this one ends by itself."
        )
    return gettext(
        "What is invoiced after its last day is booked with the next nearest one; where there is none, the "
        "fee cannot be calculated. To book the same on another account, add that: this one ends by itself."
    )


def string_columns(uses: Sequence[AccountUse]) -> list[Column]:
    """Return the columns of an authority: schemes and procedure codes are a region's."""
    if AccountUse.COST in uses:
        return list(_STRINGS)
    code = Column("code", _("Service code"), code_text, sort=("code",))
    columns = {"scheme": None, "code": code}
    return [chosen for each in _STRINGS if (chosen := columns.get(each.key, each)) is not None]


_STRINGS = (
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
