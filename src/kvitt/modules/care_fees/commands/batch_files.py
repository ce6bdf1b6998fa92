"""Make the files of a batch of invoices, and send them: all of them or none, and once."""

import io
import zipfile
from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

import kvitt
from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.care_fees.exchange import invoice_pdf, peppol
from kvitt.modules.care_fees.lifecycle import InvoiceState
from kvitt.modules.care_fees.models import FeeInvoice, InvoiceBatch
from kvitt.modules.care_fees.queries import batch_files as queries
from kvitt.modules.care_fees.queries import invoices as invoice_queries
from kvitt.modules.care_fees.rules import batch_files as rules
from kvitt.modules.care_fees.rules import bookings
from kvitt.modules.care_fees.rules.batch_files import BatchInvoice, Part
from kvitt.registers.access.rules import Actor
from kvitt.registers.accounting import queries as accounting
from kvitt.registers.organisations.models import Authority
from kvitt.settlement.commands import outbox
from kvitt.settlement.exchange import write_vouchers
from kvitt.settlement.lifecycle import FileKind
from kvitt.settlement.queries.outbox import vouchers_before
from kvitt.settlement.rules.vouchers import VoucherBook

# A file in an archive bears no time of its own: the same invoices are the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def make_files(
    batch: InvoiceBatch, *, at_most: int | None = None, goes_on: Callable[[], bool] = lambda: True
) -> int:
    """Make the files for print of a batch that are not made yet, and hold them; return how many there were.

    Each is kept by itself: whoever is stopped goes on where he was, and of two at once one keeps each.
    Source: spec CF-29, QU-11, QU-14.
    """
    parts = queries.missing_parts(batch, rules.plan_parts(batch.number, queries.invoices_of(batch)))
    made = 0
    for part in parts[:at_most]:
        if not goes_on():
            break
        _make(batch, part)
        made += 1
    return made


def send_batch(actor: Actor, *, batch_id: int) -> InvoiceBatch:
    """Send a finished batch: its files leave through the outbox, and its invoices are sent, once.

    The files for print are made before; a large batch's by the worker. The others, and what says that it is
    sent, are of one transaction. Raises Refused, NotAllowed, Http404. Source: spec CF-29, QU-14.
    """
    found = queries.batch_of(actor, batch_id)
    refuse_if_any(queries.sending_problems(found))
    make_files(found, at_most=rules.FILES_AT_ONCE)
    with transaction.atomic():
        # The vouchers are numbered one batch after the other.
        authority = Authority.objects.select_for_update(no_key=True).get(pk=actor.authority_id)
        batch = InvoiceBatch.objects.select_for_update(no_key=True, of=("self",)).get(pk=found.pk)
        refuse_if_any(queries.sending_problems(batch))
        # Whoever re-opens an area waits for these, and is refused then; or we wait for him.
        months = queries.months_of(batch).select_for_update(no_key=True, of=("self",))
        list(months.values_list("pk", flat=True))
        invoices = queries.invoices_of(batch)
        standing = [each for each in invoices if not each.is_voided]
        parts = rules.plan_parts(batch.number, invoices)
        missing = queries.missing_parts(batch, parts)
        refuse_if_any(
            rules.check_files(invoices=len(standing), wanted=len(parts), made=len(parts) - len(missing))
        )
        period = batch.invoice_date.replace(day=1)
        about = rules.calculate_subject(batch.number)
        outbox.release_files(authority.pk, [part.subject for part in parts], about=about, period=period)
        _register_einvoices(authority, batch, standing)
        _register_voucher(authority, batch, standing)
        FeeInvoice.objects.filter(batch=batch, state=InvoiceState.ISSUED).update(state=InvoiceState.SENT)
        batch.sent_at = clock.now()
        batch.save(update_fields=["sent_at"])
        audit.record(
            "care_fees.send_batch",
            actor,
            subject=(queries.SUBJECT, batch.number),
            person_ids=months.values_list("client__person_id", flat=True),
            after={
                "count": len(standing),
                "files": len(parts),
                "einvoices": sum(1 for each in standing if each.is_electronic),
            },
        )
    return batch


def _make(batch: InvoiceBatch, part: Part) -> None:
    invoices = invoice_queries.printed_many(part.invoice_ids)
    organisation_number = invoices[0].sender.organisation_number
    outbox.hold_file(
        batch.authority_id,
        kind=FileKind.INVOICES,
        name=rules.calculate_file_name(rules.INVOICES, organisation_number, batch.number, part.number),
        content=invoice_pdf.write_invoices(invoices, is_for_print=True),
        subject=part.subject,
    )


def _register_einvoices(authority: Authority, batch: InvoiceBatch, standing: Sequence[BatchInvoice]) -> None:
    """Register the e-invoices of a batch: an XML file each, in one archive."""
    invoice_ids = [each.id for each in standing if each.is_electronic]
    if not invoice_ids:
        return
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for invoice in invoice_queries.printed_many(invoice_ids):
            entry = zipfile.ZipInfo(f"faktura-{invoice.number}.xml", _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            opened.writestr(entry, peppol.write_invoice(invoice))
    _register(authority, batch, FileKind.EINVOICES, rules.EINVOICES, archive.getvalue())


def _register_voucher(authority: Authority, batch: InvoiceBatch, standing: Sequence[BatchInvoice]) -> None:
    """Register the voucher of a batch for the economy system. Raises Refused where nothing books a part."""
    booking = bookings.sum_batch(queries.booked_lines(batch))
    wanted = bookings.list_wanted(booking)
    strings = accounting.account_strings_on(authority.pk, wanted, on=batch.invoice_date)
    refuse_if_any(bookings.check_strings(wanted, strings, invoice_date=batch.invoice_date))
    numbers = bookings.list_numbers([each.number for each in standing])
    with translation.override("sv"):
        text = gettext("Care fees, batch %(batch)s, invoices %(numbers)s")
    voucher = bookings.plan_voucher(
        booking,
        strings,
        number=vouchers_before(authority.pk, FileKind.FEE_VOUCHERS) + 1,
        day=batch.invoice_date,
        text=text % {"batch": batch.number, "numbers": numbers},
    )
    book = VoucherBook(
        organisation_number=authority.organisation_number,
        name=authority.name,
        made_on=clock.today(),
        program_version=kvitt.__version__,
        vouchers=[voucher] if voucher.rows else [],
    )
    content = write_vouchers(book)
    _register(authority, batch, FileKind.FEE_VOUCHERS, rules.VOUCHERS, content, vouchers=len(book.vouchers))


def _register(
    authority: Authority,
    batch: InvoiceBatch,
    kind: FileKind,
    name: str,
    content: bytes,
    *,
    vouchers: int = 0,
) -> None:
    outbox.register_file(
        authority.pk,
        kind=kind,
        name=rules.calculate_file_name(name, authority.organisation_number, batch.number),
        content=content,
        subject=f"{rules.calculate_subject(batch.number)}{name}",
        period=batch.invoice_date.replace(day=1),
        voucher_count=vouchers,
    )
