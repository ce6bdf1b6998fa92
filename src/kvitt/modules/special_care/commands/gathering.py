"""The open invoices that claims gather in as they are sent in: one per clinic, number and home region."""

from collections.abc import Collection, Mapping
from datetime import date

from kvitt.foundation.values.text import search_key
from kvitt.modules.special_care.commands import numbers
from kvitt.modules.special_care.lifecycle import ClaimStatus, StepNotAllowed
from kvitt.modules.special_care.models import ClaimInvoice

# Clinic, invoice number as it is compared, home region.
Key = tuple[int, str, str]


def key_of(clinic_id: int, reference: str, county: str) -> Key:
    """Return by what claims gather in one invoice. Source: spec SC-8, SC-25."""
    return clinic_id, search_key(reference), county.strip()


def lock_open(keys: Collection[Key], *, also: Collection[int] = ()) -> set[int]:
    """Lock the open invoices that claims of these keys gather in, and `also` these, in order of their ids.

    Before the clinics are held: whoever closes an invoice waits for its clinic with the invoice locked.
    """
    found = {invoice.pk for invoice in _open(keys).values()} | {*also}
    locked = ClaimInvoice.objects.select_for_update(no_key=True).filter(pk__in=found)
    return set(locked.order_by("pk").values_list("pk", flat=True))


def gather(
    authority_id: int, references: Mapping[Key, str], locked: Collection[int], *, today: date
) -> dict[Key, ClaimInvoice]:
    """Return the invoice of each key, or make it. Raises Refused where one is just closing.

    `references` are the invoice numbers as they are written. The clinics are held, so that nobody else makes
    one meanwhile; another claim may have made it since it was looked for. Whoever closes it waits for the
    clinic with the invoice locked, so it is never waited for.
    """
    found = _open(references)
    late = {invoice.pk for invoice in found.values()}.difference(locked)
    if late:
        rows = ClaimInvoice.objects.select_for_update(no_key=True, skip_locked=True)
        if len(rows.filter(pk__in=late, is_open=True).values_list("pk")) != len(late):
            raise StepNotAllowed("send_claim", "closing", ClaimStatus.HELD)
    missing = [key for key in references if key not in found]
    if missing:
        first = numbers.next_number(authority_id, "invoice", count=len(missing))
        made = ClaimInvoice.objects.bulk_create(
            ClaimInvoice(
                authority_id=authority_id,
                clinic_id=clinic_id,
                reference=references[clinic_id, reference_key, county],
                reference_key=reference_key,
                our_reference=our_reference,
                county=county,
                received_on=today,
            )
            for our_reference, (clinic_id, reference_key, county) in enumerate(missing, start=first)
        )
        found |= dict(zip(missing, made, strict=True))
    return found


def _open(keys: Collection[Key]) -> dict[Key, ClaimInvoice]:
    """Return the open invoices of these keys."""
    rows = ClaimInvoice.objects.filter(
        clinic_id__in={clinic_id for clinic_id, _, _ in keys},
        reference_key__in={reference_key for _, reference_key, _ in keys},
        is_open=True,
    )
    found = {(row.clinic_id, row.reference_key, row.county): row for row in rows}
    return {key: found[key] for key in keys if key in found}
