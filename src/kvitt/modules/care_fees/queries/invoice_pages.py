"""Read the pages of invoices: the batches, one of them, one invoice, what waits, and a client's own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.translation import gettext

from kvitt.foundation import clock
from kvitt.foundation.values import identity
from kvitt.foundation.values.dates import add_months
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import BatchState, InvoiceState
from kvitt.modules.care_fees.models import AreaMonth, Client, ClientMonth, FeeInvoice, InvoiceBatch
from kvitt.modules.care_fees.queries import batch_files, batches, clients, invoices, search
from kvitt.modules.care_fees.queries.batch_files import BatchFiles
from kvitt.modules.care_fees.queries.batches import WaitingRow
from kvitt.modules.care_fees.queries.invoices import PrintedInvoice
from kvitt.modules.care_fees.queries.registration_grid import months_offered
from kvitt.modules.care_fees.rules.invoices import Wait
from kvitt.registers.access.rules import Permission
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor
    from kvitt.registers.people.queries import ShownPerson

_SHOWN = 24
_LONGEST_NUMBER = 18


# Batches --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BatchAbout:
    """What the page of a batch shows above its invoices."""

    state: BatchState
    is_running: bool
    done: int
    total: int
    amount: Ore
    voided: int
    started_by: str
    started_at: datetime
    files: BatchFiles

    @property
    def quarter(self) -> int:
        """How far it has come in quarters of a hundred, for who hears it read."""
        return 100 if not self.total else 25 * (4 * self.done // self.total)


def batches_of(actor: "Actor") -> QuerySet[InvoiceBatch]:
    """Return the batches of the authority, with how many invoices each has and their sum; voided ones apart.

    Source: spec CF-29.
    """
    actor.require(Permission.MANAGE_BILLING)
    standing = FeeInvoice.objects.filter(batch=OuterRef("pk")).exclude(state=InvoiceState.VOIDED)
    voided = FeeInvoice.objects.filter(batch=OuterRef("pk"), state=InvoiceState.VOIDED)
    by_batch = standing.order_by().values("batch")
    return InvoiceBatch.objects.filter(authority_id=actor.authority_id).annotate(
        count=Coalesce(Subquery(by_batch.values(count=Count("pk"))), 0),
        amount=Coalesce(Subquery(by_batch.values(sum=Sum("total"))), 0),
        voided_count=Coalesce(Subquery(voided.order_by().values("batch").values(count=Count("pk"))), 0),
    )


def batch_of(actor: "Actor", number: int) -> InvoiceBatch:
    """Return one of the batches. Raises NotAllowed, Http404."""
    found = batches_of(actor).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def state_of(batch: InvoiceBatch) -> BatchState:
    """Return how far a batch has come."""
    if batch.sent_at is not None:
        return BatchState.SENT
    return BatchState.MADE if batch.finished_at else BatchState.MAKING


def batch_about(batch: InvoiceBatch) -> BatchAbout:
    """Return what is told of a batch; how far it has come only while it is made."""
    state = state_of(batch)
    invoices_made = FeeInvoice.objects.filter(batch=batch).order_by()
    voided = Q(state=InvoiceState.VOIDED)
    sums = invoices_made.aggregate(
        done=Count("pk"), amount=Sum("total", filter=~voided), voided=Count("pk", filter=voided)
    )
    is_running = state is BatchState.MAKING
    left = (
        batches.ready_months(batch.authority_id, batch.month, batch.invoice_date).count() if is_running else 0
    )
    return BatchAbout(
        state=state,
        is_running=is_running,
        done=sums["done"],
        total=sums["done"] + left,
        amount=sums["amount"] or 0,
        voided=sums["voided"],
        started_by=batch.started_by,
        started_at=batch.started_at,
        files=batch_files.batch_files(batch),
    )


def invoices_in(
    actor: "Actor", batch: InvoiceBatch, *, text: str = "", state: str = "", kind: str = ""
) -> QuerySet[FeeInvoice]:
    """Return the invoices of a batch; who is protected is found by number only. Source: spec CO-25, QU-19."""
    actor.require(Permission.MANAGE_BILLING)
    found = FeeInvoice.objects.filter(batch=batch).select_related(
        "client_month__client__person__merged_into", "client_month__area"
    )
    if text:
        found = found.filter(_matches(text))
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(recipient_kind=kind)
    return found


def _matches(text: str) -> Q:
    """Return the condition that an invoice, or whom it is about or goes to, is meant."""
    digits = text.replace(" ", "")
    condition = people.named(text, path="client_month__client__person__")
    condition |= Q(client_month__client__number__iexact=digits)
    condition |= Q(
        # Protected when it was made, or since.
        ~Q(client_month__client__person__merged_into__is_protected=True),
        is_protected=False,
        client_month__client__person__is_protected=False,
        recipient_name__icontains=text.strip(),
    )
    if digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER:
        condition |= Q(number=int(digits)) | Q(reference=digits)
    return condition


# What a batch would make ----------------------------------------------------------------------------


@dataclass(frozen=True)
class BatchChoice:
    """What the dialog that makes a batch offers and tells."""

    months: Sequence[tuple[str, str]]
    month: date
    invoice_date: date
    count: int
    amount: Ore
    waits: Sequence[tuple[Wait, int]]

    @property
    def initial(self) -> Mapping[str, object]:
        """What the form begins with."""
        return {"month": f"{self.month:%Y-%m}", "invoice_date": self.invoice_date}

    @property
    def waiting_count(self) -> int:
        """How many months wait."""
        return sum(count for _reason, count in self.waits)


def batch_choice(
    actor: "Actor", *, today: date, month: date | None = None, invoice_date: date | None = None
) -> BatchChoice:
    """Return what a batch would make, and what waits and why; of last month, dated today, unless told.

    Source: spec CF-29.
    """
    actor.require(Permission.MANAGE_BILLING)
    chosen = month or add_months(today.replace(day=1), -1)
    on = invoice_date or today
    found = batches.outlook(actor.authority_id, chosen, on)
    counts = Counter(row.reason for row in found.waiting)
    return BatchChoice(
        months=months_to_choose(today),
        month=chosen,
        invoice_date=on,
        count=found.count,
        amount=found.total,
        waits=[(reason, counts[reason]) for reason in Wait if counts[reason]],
    )


def months_to_choose(today: date) -> list[tuple[str, str]]:
    """Return the months that a batch is made until, the one that is billed first."""
    return months_offered(today, None)[1:]


def waiting_months(
    actor: "Actor", *, today: date, month: date | None = None
) -> tuple[QuerySet[ClientMonth], Mapping[int, WaitingRow]]:
    """Return what waits until a month, as of today, and why each does, by id.

    Source: spec CF-4, CF-28, CF-29.
    """
    actor.require(Permission.MANAGE_BILLING)
    chosen = month or add_months(today.replace(day=1), -1)
    found = {row.id: row for row in batches.waiting(actor.authority_id, chosen, today)}
    rows = ClientMonth.objects.filter(pk__among=list(found))
    return rows.select_related("client__person__merged_into", "area"), found


# One invoice, and those of a client ---------------------------------------------------------------


@dataclass(frozen=True)
class InvoicePage:
    """Everything `invoice.html` shows."""

    invoice: PrintedInvoice
    person: "ShownPerson"
    batch_number: int
    may_see_batch: bool
    voided: str
    organisation: str


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice on its client's page."""

    number: int
    month: date
    invoice_date: date
    due_date: date
    recipient: str
    total: Ore
    state: InvoiceState


@dataclass(frozen=True)
class InvoicesPanel:
    """Everything `panels/invoices.html` shows: the latest invoices, and what is printed on all of them."""

    rows: Sequence[InvoiceRow]
    note: str
    may_change: bool


def invoice_page(actor: "Actor", number: int, *, session: "SessionBase", today: date) -> InvoicePage:
    """Return one invoice of a client whom the actor sees whole. Raises Http404, NotAllowed.

    Source: spec CF-22, CF-28, CF-29.
    """
    actor.require(Permission.SEE_CLIENTS)
    rows = FeeInvoice.objects.filter(authority_id=actor.authority_id).select_related(
        "batch", "client_month__client__person__merged_into"
    )
    found = rows.filter(number=number).first()
    if found is None:
        raise Http404
    client = clients.client_of(actor, found.client_month.client.number, on=today)
    return InvoicePage(
        invoice=invoices.printed(found),
        person=people.shown_person(session, client.person, day=today),
        batch_number=found.batch.number,
        may_see_batch=actor.may(Permission.MANAGE_BILLING),
        voided=_voided_text(found) if found.state == InvoiceState.VOIDED else "",
        organisation=identity.format_organisation_number(found.organisation_number)
        if found.organisation_number
        else "",
    )


def invoices_panel(
    actor: "Actor",
    client: Client,
    *,
    session: "SessionBase",
    today: date,  # noqa: ARG001 - panels are made alike
    is_whole: bool,
) -> InvoicesPanel | None:
    """Return the invoices of a client; None for who sees only a part of him. Source: spec CF-29."""
    if not is_whole:
        return None
    is_hidden = people.needs_reason(session, search.person_of(client))
    rows = FeeInvoice.objects.filter(client_month__client=client).select_related("client_month")
    return InvoicesPanel(
        rows=[
            InvoiceRow(
                number=row.number,
                month=row.client_month.month,
                invoice_date=row.invoice_date,
                due_date=row.due_date,
                recipient=people.hidden_text() if is_hidden else row.recipient_name,
                total=row.total,
                state=InvoiceState(row.state),
            )
            for row in rows.order_by("-number")[:_SHOWN]
        ],
        note=client.note,
        may_change=actor.may(Permission.REGISTER_CARE),
    )


def _voided_text(invoice: FeeInvoice) -> str:
    """Return why an invoice was voided: who re-opened the period, when and why."""
    month = invoice.client_month
    found = AreaMonth.objects.filter(
        area_id=month.area_id, month=month.month, reopened_at__isnull=False
    ).first()
    if found is None or found.reopened_at is None:
        return gettext("Do not send or pay it.")
    values = {
        "name": found.reopened_by,
        "day": found.reopened_at.astimezone(clock.STOCKHOLM).date().isoformat(),
        "reason": found.reopen_reason,
    }
    return gettext("%(name)s re-opened the period %(day)s: %(reason)s.") % values
