"""Read what the files of a batch are made of, and the files that there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.lifecycle import InvoiceState
from kvitt.modules.care_fees.models import ClientMonth, FeeInvoice, FeeLine, InvoiceBatch
from kvitt.modules.care_fees.queries import payers
from kvitt.modules.care_fees.rules import batch_files as rules
from kvitt.modules.care_fees.rules import bookings
from kvitt.modules.care_fees.rules.batch_files import BatchInvoice, Part
from kvitt.modules.care_fees.rules.bookings import BookedLine
from kvitt.registers.access.rules import Actor, Permission
from kvitt.settlement.lifecycle import FileKind, OutboxStatus
from kvitt.settlement.models import OutgoingFile
from kvitt.settlement.queries import outbox

SUBJECT = "care_fees.batch"


@dataclass(frozen=True)
class SentFile:
    """A file of a batch that leaves."""

    id: int
    name: str
    kind: FileKind
    status: OutboxStatus
    sent_at: datetime | None
    is_begun: bool


@dataclass(frozen=True)
class BatchFiles:
    """What the page of a batch shows of its files: those that leave, or how many of them are made."""

    number: int
    files: Sequence[SentFile]
    made: int
    wanted: int
    may_send: bool


def batch_of(actor: Actor, batch_id: int) -> InvoiceBatch:
    """Return a batch of the authority. Raises NotAllowed, and Http404 for any other."""
    actor.require(Permission.MANAGE_BILLING)
    found = InvoiceBatch.objects.filter(pk=batch_id, authority_id=actor.authority_id).first()
    if found is None:
        raise Http404
    return found


def sending_problems(batch: InvoiceBatch) -> list[Problem]:
    """Return why a batch is not sent as it is."""
    sent = timezone.localtime(batch.sent_at, clock.STOCKHOLM) if batch.sent_at else None
    return rules.check_sending(
        is_finished=batch.finished_at is not None,
        sent_at=f"{sent:%Y-%m-%d %H:%M}" if sent else "",
        unsafe=0 if sent else _unsafe_count(batch),
    )


def _unsafe_count(batch: InvoiceBatch) -> int:
    """Return how many invoices go to another address than the one of a person who is protected since.

    Source: spec CF-2, QU-19.
    """
    person = "client_month__client__person__"
    is_protected = Q(**{f"{person}is_protected": True}) | Q(**{f"{person}merged_into__is_protected": True})
    invoices = FeeInvoice.objects.filter(is_protected, batch=batch, state=InvoiceState.ISSUED)
    columns = ("street", "postcode", *(f"client_month__{name}" for name in payers.COLUMNS))
    rows = [
        (street, postcode, payers.PayerRow(*payer))
        for street, postcode, *payer in invoices.filter(is_protected=False).values_list(*columns)
    ]
    if not rows:
        return 0
    found = payers.recipients_on([payer for _street, _postcode, payer in rows], batch.invoice_date)
    safe = {
        client_id: (each.recipient.address.street, each.recipient.address.postcode)
        for client_id, each in found.items()
        if isinstance(each, payers.Reached)
    }
    return sum(safe.get(payer.client_id) != (street, postcode) for street, postcode, payer in rows)


def invoices_of(batch: InvoiceBatch) -> list[BatchInvoice]:
    """Return the invoices of a batch by number."""
    rows = FeeInvoice.objects.filter(batch=batch).order_by("number")
    return [
        BatchInvoice(pk, number, state == InvoiceState.VOIDED, bool(organisation_number))
        for pk, number, state, organisation_number in rows.values_list(
            "pk", "number", "state", "organisation_number"
        )
    ]


def months_of(batch: InvoiceBatch) -> QuerySet[ClientMonth]:
    """Return the months that a batch invoices, in the order in which they are locked."""
    return ClientMonth.objects.filter(invoice__batch=batch).order_by("pk")


def missing_parts(batch: InvoiceBatch, parts: Sequence[Part]) -> list[Part]:
    """Return the files for print that are not made yet, or were made of other invoices."""
    made = made_subjects(batch)
    return [part for part in parts if part.subject not in made]


def made_subjects(batch: InvoiceBatch) -> set[str]:
    """Return the subjects of the files that there are of a batch."""
    files = outbox.files_about(batch.authority_id, rules.calculate_subject(batch.number))
    return set(files.values_list("subject", flat=True))


def unsent_batches() -> list[InvoiceBatch]:
    """Return the finished batches that are not sent, the oldest first: their files can be made."""
    batches = InvoiceBatch.objects.filter(finished_at__isnull=False, sent_at__isnull=True)
    return list(batches.order_by("pk"))


def booked_lines(batch: InvoiceBatch) -> Iterator[BookedLine]:
    """Yield the lines of the invoices of a batch that stand, invoice by invoice."""
    lines = FeeLine.objects.filter(client_month__invoice__batch=batch)
    lines = lines.exclude(client_month__invoice__state=InvoiceState.VOIDED)
    for invoice_id, code, percent, amount in lines.order_by(
        "client_month__invoice__number", "place", "pk"
    ).values_list("client_month__invoice__pk", "service__code", "vat_percent", "amount"):
        yield BookedLine(invoice_id, bookings.revenue_code(code), percent, amount)


def einvoices_of(authority_id: int, batch_number: int) -> OutgoingFile | None:
    """Return the file of a batch's e-invoices, if it has been sent and has any."""
    subject = f"{rules.calculate_subject(batch_number)}{rules.EINVOICES}"
    return OutgoingFile.objects.filter(
        authority_id=authority_id, subject=subject, kind=FileKind.EINVOICES
    ).first()


def persons_of_file(authority_id: int, kind: str, subject: str) -> list[int]:
    """Return whom a file of a batch is about; nobody, where it is not one or only has sums."""
    number = rules.read_subject(subject)
    batch = InvoiceBatch.objects.filter(authority_id=authority_id, number=number).first()
    if batch is None or kind == FileKind.FEE_VOUCHERS:
        return []
    invoices = invoices_of(batch)
    if kind == FileKind.EINVOICES:
        found = [each.id for each in invoices if each.is_electronic and not each.is_voided]
    else:
        parts = rules.plan_parts(batch.number, invoices)
        found = [one for part in parts if part.subject == subject for one in part.invoice_ids]
    rows = FeeInvoice.objects.filter(pk__among=found)
    return list(rows.values_list("client_month__client__person_id", flat=True))


def batch_files(batch: InvoiceBatch) -> BatchFiles:
    """Return what the page of a batch shows of its files; who sees the page may take them."""
    files = list(outbox.files_about(batch.authority_id, rules.calculate_subject(batch.number)))
    made = {file.subject for file in files}
    parts = [] if batch.sent_at else rules.plan_parts(batch.number, invoices_of(batch))
    return BatchFiles(
        number=batch.number,
        files=[_sent(file) for file in files if file.status != OutboxStatus.HELD],
        made=sum(1 for part in parts if part.subject in made),
        wanted=len(parts),
        may_send=not sending_problems(batch),
    )


def _sent(file: OutgoingFile) -> SentFile:
    status = OutboxStatus(file.status)
    return SentFile(
        id=file.pk,
        name=file.name,
        kind=FileKind(file.kind),
        status=status,
        sent_at=file.sent_at,
        is_begun=status is not OutboxStatus.WAITING,
    )


def breaches() -> Iterator[str]:
    """Say, one line each, which batches are sent without their files, or not sent and have files that leave.

    Source: spec CO-23, CF-29, QU-14.
    """
    sent = InvoiceBatch.objects.filter(sent_at__isnull=False)
    unsent_invoices = Q(invoices__state=InvoiceState.ISSUED)
    for batch in sent.annotate(unsent=Count("invoices", filter=unsent_invoices)).order_by("pk"):
        if batch.unsent:
            yield f"batch {batch.number}: is sent, and {batch.unsent} of its invoices are not"
        subjects = made_subjects(batch)
        parts = rules.plan_parts(batch.number, invoices_of(batch))
        if missing := [part.number for part in parts if part.subject not in subjects]:
            yield f"batch {batch.number}: is sent without its files {missing}"
    leaving = OutgoingFile.objects.filter(kind=FileKind.FEE_VOUCHERS)
    for file in leaving.defer("content").order_by("pk"):
        number = rules.read_subject(file.subject)
        if not sent.filter(authority_id=file.authority_id, number=number).exists():
            yield f"file {file.name}: leaves, and its batch is not sent"
