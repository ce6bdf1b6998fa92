"""Set the days on which invoices can be created."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import rules
from kvitt.ledger.models import InvoicingWindow
from kvitt.registers.access.rules import Actor, Permission


def set_window(actor: Actor, *, month: date, first_on: date, last_on: date) -> None:
    """Set the days of one month in which invoices can be created.

    Source: spec NA-24.
    """
    actor.require(Permission.ADMINISTER)
    month = month.replace(day=1)
    refuse_if_any(rules.check_window(month, Period(first_on, last_on)))
    with transaction.atomic():
        windows = InvoicingWindow.objects.select_for_update().filter(authority_id=actor.authority_id)
        window = windows.filter(month=month).first()
        before = {"first_on": str(window.first_on), "last_on": str(window.last_on)} if window else None
        InvoicingWindow.objects.update_or_create(
            authority_id=actor.authority_id, month=month, defaults={"first_on": first_on, "last_on": last_on}
        )
        audit.record(
            "ledger.set_window",
            actor,
            subject=("invoicing_window", f"{month:%Y-%m}"),
            before=before,
            after={"first_on": str(first_on), "last_on": str(last_on)},
        )
