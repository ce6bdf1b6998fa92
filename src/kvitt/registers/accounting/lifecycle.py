"""What an account string is used for."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.organisations.lifecycle import AuthorityKind


class AccountUse(Labelled):
    """Which side of a voucher an account string is for. Source: spec SC-23, CF-25, CF-29."""

    COST = "cost", _("Cost")
    DEBT = "debt", _("Debt to care providers")
    BANK = "bank", _("Bank")
    REVENUE = "revenue", _("Revenue from care fees")
    RECEIVABLE = "receivable", _("Claim on clients")
    VAT = "vat", _("VAT on care fees")


# What an authority books, by its kind: a region pays care providers, a municipality invoices clients.
USES: dict[AuthorityKind, tuple[AccountUse, ...]] = {
    AuthorityKind.REGION: (AccountUse.COST, AccountUse.DEBT, AccountUse.BANK),
    AuthorityKind.MUNICIPALITY: (AccountUse.REVENUE, AccountUse.RECEIVABLE, AccountUse.VAT),
}
