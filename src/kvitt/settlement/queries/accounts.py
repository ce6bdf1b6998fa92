"""The accounts that authorities pay from."""

from datetime import date

from kvitt.settlement.models import PayingAccount


def paying_account(authority_id: int, on: date) -> PayingAccount | None:
    """Return the account that the authority pays from on the day; None before its first."""
    found = PayingAccount.objects.filter(authority_id=authority_id, first_on__lte=on)
    return found.order_by("-first_on").first()
