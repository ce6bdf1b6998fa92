"""Read what can be paid, and what invoices are worth to whoever pays them."""

from collections.abc import Collection, Mapping

from django.db.models import F, Q, QuerySet

from kvitt.foundation.values.money import Ore
from kvitt.ledger import rules
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice

_IS_PROPOSED = Q(issued_by_id__isnull=False, reviewed_by_id=F("issued_by_id"))
_PAYABLE = Q(status=InvoiceStatus.AUTHORISED) | Q(_IS_PROPOSED, status=InvoiceStatus.REVIEWED)


def payable_invoices(authority_id: int, *, ids: Collection[int] | None = None) -> QuerySet[Invoice]:
    """Return the invoices that a payment run can take up: attested, or proposed by the region itself.

    What another run holds, or the clinic pays back, is not among them. Source: spec SC-19a, SC-21, SC-23.
    """
    # The statuses stand there once more so that the partial index invoice_payable will do.
    waiting = Q(status__in=[InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED], payout_reference="")
    invoices = Invoice.objects.filter(_PAYABLE, waiting, authority_id=authority_id)
    return invoices if ids is None else invoices.filter(pk__in=ids)


def invoices_of_runs() -> QuerySet[Invoice]:
    """Return every invoice that says that a payment run settles it, over the whole database."""
    return Invoice.objects.exclude(payout_reference__in=["", rules.REPAYMENT])


def totals_of(invoice_ids: Collection[int]) -> Mapping[int, tuple[int, Ore]]:
    """Return the clinic and the total (öre) of each of the invoices."""
    found = Invoice.objects.filter(pk__in=invoice_ids).values_list("pk", "clinic_id", "total")
    return {pk: (clinic_id, total) for pk, clinic_id, total in found}
