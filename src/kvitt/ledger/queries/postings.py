"""Read how invoices are booked: with what, and what is missing for it."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Sum

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.ledger import rules
from kvitt.ledger.models import Invoice, InvoiceRow
from kvitt.registers.accounting import queries as accounting

INVOICES_PER_STATEMENT = 1_000


def bookings(invoices: Sequence[Invoice], *, on: date) -> dict[int, rules.Booking]:
    """Return what each of an authority's invoices is booked with when it is attested on the day.

    One statement for the account strings, and one for the sums of every thousand invoices.
    Source: spec SC-23.
    """
    costs = _costs(invoice.pk for invoice in invoices)
    wanted = {
        each for invoice in invoices for each in rules.list_wanted(invoice.module, costs.get(invoice.pk, {}))
    }
    strings = accounting.account_strings_on(invoices[0].authority_id, wanted, on=on) if invoices else {}
    return {
        invoice.pk: rules.Booking(invoice.module, costs.get(invoice.pk, {}), strings) for invoice in invoices
    }


def booking_problems(invoices: Sequence[Invoice], *, on: date) -> dict[int, list[Problem]]:
    """Return for each of an authority's invoices which account strings its attest on the day would miss."""
    return {pk: rules.check_booking(booking) for pk, booking in bookings(invoices, on=on).items()}


def _costs(invoice_ids: Iterable[int]) -> dict[int, dict[str, Ore]]:
    """Return the sum of each code on each invoice."""
    ids = list(invoice_ids)
    costs: dict[int, dict[str, Ore]] = {}
    for start in range(0, len(ids), INVOICES_PER_STATEMENT):
        rows = InvoiceRow.objects.filter(
            invoice__in=ids[start : start + INVOICES_PER_STATEMENT], is_void=False
        )
        sums = rows.values_list("invoice_id", "line__code").annotate(sum=Sum("amount")).order_by()
        for invoice_id, code, amount in sums:
            costs.setdefault(invoice_id, {})[code] = amount
    return costs
