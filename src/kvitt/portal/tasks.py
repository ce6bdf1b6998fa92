"""What the worker does that takes more than one app: one command per authority."""

from datetime import date

from django.urls import reverse

from kvitt.ledger import queries as ledger
from kvitt.registers.mailing import commands as mailing
from kvitt.registers.organisations import queries as organisations


def tell_of_windows(*, today: date) -> None:
    """Tell every authority's clinics that the invoicing period opens, or closes in two days."""
    for authority_id in organisations.authority_ids():
        mailing.tell_of_windows(
            today=today,
            authority_id=authority_id,
            window=ledger.window_on(authority_id, today),
            path=reverse("needs_allowance:create_invoice"),
        )
