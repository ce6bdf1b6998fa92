"""Make the invoices to clients: batch by batch, some at a time; void those of an area that is re-opened."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from kvitt.audit import commands as audit
from kvitt.foundation import bulk, clock
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.commands import numbers
from kvitt.modules.care_fees.lifecycle import InvoiceState, LineKind, MonthStatus
from kvitt.modules.care_fees.models import ClientMonth, FeeInvoice, FeeLine, InvoiceBatch
from kvitt.modules.care_fees.queries import batches, invoice_contacts, payers
from kvitt.modules.care_fees.queries.invoice_contacts import Contacts
from kvitt.modules.care_fees.queries.payers import PayerRow, Reached
from kvitt.modules.care_fees.rules import invoices as rules
from kvitt.registers.access.rules import Actor, Permission, system_actor
from kvitt.registers.price_lists import queries as price_lists

SUBJECT = "care_fees.batch"
INVOICES_PER_CHUNK = 2_000

BATCH_OPEN = _(
    "%(name)s began batch %(number)s at %(time)s, and it is not finished. Wait until it is; then you can "
    "make what is left."
)
NOTHING_TO_INVOICE = _("There is nothing to invoice until %(month)s: no approved month is ready.")
ALREADY_SENT = _(
    "Invoices of the area in %(month)s are sent, in batch %(number)s. What is wrong is corrected in the "
    "month that is billed next."
)


@dataclass(frozen=True)
class Issued:
    """What a chunk came to: so many invoices, and the last month that it looked at."""

    count: int
    last_id: int


class _Month(NamedTuple):
    """A month that is held to be invoiced."""

    id: int
    amount: Ore
    note: str
    payer: PayerRow


def open_batch(actor: Actor, *, month: date, invoice_date: date, today: date) -> InvoiceBatch:
    """Begin a batch of what is approved until a month and not invoiced; `month` is its first day.

    One is made at a time. Raises Refused, NotAllowed. Source: spec CF-29.
    """
    actor.require(Permission.MANAGE_BILLING)
    authority_id = actor.authority_id
    refuse_if_any(rules.check_batch(month, invoice_date, today=today))
    days = price_lists.parameter(authority_id, "care_fees.invoice_due_days", on=invoice_date)
    with transaction.atomic():
        # The row of numbers is locked first here: of two who begin at once the second sees the first's batch.
        number = numbers.take(authority_id, "batch")
        refuse_if_any(_open_problems(authority_id))
        count, total = batches.expected(authority_id, month, invoice_date)
        if not count:
            raise Refused([Problem("nothing", NOTHING_TO_INVOICE, values={"month": f"{month:%Y-%m}"})])
        batch = InvoiceBatch.objects.create(
            authority_id=authority_id,
            number=number,
            month=month,
            invoice_date=invoice_date,
            due_date=rules.calculate_due_date(invoice_date, days=days),
            started_at=clock.now(),
            started_by_id=actor.user_id,
            started_by=actor.name,
        )
        audit.record(
            "care_fees.open_batch",
            actor,
            subject=(SUBJECT, number),
            after={
                "month": f"{month:%Y-%m}",
                "invoice_date": invoice_date.isoformat(),
                "count": count,
                "amount": total,
            },
        )
    return batch


def issue_invoices(*, batch_id: int, after: int = 0, size: int = INVOICES_PER_CHUNK) -> Issued | None:
    """Make some invoices of a batch: of the months after one, by id; None when there are none.

    Several workers share a batch: the months are locked, and whoever comes second takes others. The numbers
    are taken last, so that they have no gap even where it is killed. Source: spec CF-28, CF-29, QU-14.
    """
    with transaction.atomic():
        batch = InvoiceBatch.objects.get(pk=batch_id)
        ids = [] if batch.finished_at else _hold(batch, after=after, size=size)
        if not ids:
            return None
        held = _ready(batch, ids)
        found = payers.recipients_on([month.payer for month in held], batch.invoice_date)
        chosen = {key: each for key, each in found.items() if isinstance(each, Reached)}
        ready = [month for month in held if month.payer.client_id in chosen]
        if ready:
            ready_ids = [month.id for month in ready]
            vat_amounts, units = _vat_amounts(ready_ids), _units(ready_ids)
            contacts = invoice_contacts.contacts_on(batch.authority_id, batch.invoice_date)
            ClientMonth.objects.filter(pk__among=ready_ids).update(is_invoiced=True)
            audit.record(
                "care_fees.issue_invoices",
                system_actor(batch.authority_id),
                subject=(SUBJECT, batch.number),
                person_ids=[month.payer.person_id for month in ready],
                after={"count": len(ready)},
            )
            first = numbers.take(batch.authority_id, "invoice", count=len(ready))
            # Who finishes a batch holds the numbers too: it is still open, or this is rolled back.
            if InvoiceBatch.objects.filter(pk=batch_id, finished_at__isnull=False).exists():
                transaction.set_rollback(True)
                return None
            rows = _rows(batch, ready, chosen, vat_amounts, units, contacts, first=first)
            bulk.insert_rows(FeeInvoice, _COLUMNS, rows)
        return Issued(len(ready), ids[-1])


def finish_batch(*, batch_id: int) -> bool:
    """Finish a batch unless something of it is left to invoice; tell whether it is finished.

    Source: spec CF-29.
    """
    with transaction.atomic():
        batch = InvoiceBatch.objects.get(pk=batch_id)
        # No invoice is made meanwhile: the numbers are held.
        numbers.take(batch.authority_id, "invoice", count=0)
        batch.refresh_from_db()
        if batch.finished_at is None:
            count, _total = batches.expected(batch.authority_id, batch.month, batch.invoice_date)
            if count:
                return False
            InvoiceBatch.objects.filter(pk=batch_id).update(finished_at=clock.now())
            audit.record(
                "care_fees.finish_batch",
                system_actor(batch.authority_id),
                subject=(SUBJECT, batch.number),
                after={"count": FeeInvoice.objects.filter(batch=batch).count()},
            )
    return True


def make_batch(batch_id: int, *, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Make what is left of a batch, chunk by chunk, and finish it where nobody else holds any of it.

    Any number of workers do this at once. `goes_on` is asked between two chunks. Returns how many invoices
    were made here. Source: spec CF-29, QU-14.
    """
    made = after = 0
    while goes_on():
        issued = issue_invoices(batch_id=batch_id, after=after)
        if issued is not None:
            made, after = made + issued.count, issued.last_id
        elif finish_batch(batch_id=batch_id) or after == 0:
            break
        else:
            # Somebody else held months that were passed by; if he was stopped, they are there again.
            after = 0
    return made


def void_invoices(area_id: int, month: date) -> int:
    """Void the invoices of an area's month that is re-opened, with their months; needs a transaction.

    Refused where one of them is sent. Returns how many. Source: spec CF-28.
    """
    months = ClientMonth.objects.filter(area_id=area_id, month=month, status=MonthStatus.APPROVED)
    # A batch that is being made is waited for: what it makes of these is seen below.
    held = list(months.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    invoices = FeeInvoice.objects.filter(client_month_id__among=held)
    sent = invoices.filter(state=InvoiceState.SENT).values_list("batch__number", flat=True).first()
    if sent is not None:
        values = {"month": f"{month:%Y-%m}", "number": sent}
        raise Refused([Problem("already_sent", ALREADY_SENT, values=values)])
    ids = list(
        invoices.filter(state=InvoiceState.ISSUED).order_by("pk").values_list("client_month_id", flat=True)
    )
    if ids:
        FeeInvoice.objects.filter(client_month_id__among=ids).update(state=InvoiceState.VOIDED)
        ClientMonth.objects.filter(pk__among=ids).update(status=MonthStatus.VOIDED)
    return len(ids)


# Steps of a chunk ---------------------------------------------------------------------------------


def _open_problems(authority_id: int) -> list[Problem]:
    found = InvoiceBatch.objects.filter(authority_id=authority_id, finished_at__isnull=True).first()
    if found is None:
        return []
    time = found.started_at.astimezone(clock.STOCKHOLM)
    values = {"name": found.started_by, "number": found.number, "time": f"{time:%Y-%m-%d %H:%M}"}
    return [Problem("batch_open", BATCH_OPEN, values=values)]


def _hold(batch: InvoiceBatch, *, after: int, size: int) -> list[int]:
    """Lock some months that are to be invoiced, and that nobody else has locked, by their ids.

    What may hinder them is asked of these only: asked here it would be asked of all that is left, each time.
    """
    months = batches.months_to_invoice(batch.authority_id, batch.month).filter(pk__gt=after)
    rows = months.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:size])


def _ready(batch: InvoiceBatch, month_ids: Collection[int]) -> list[_Month]:
    """Return those of the months that nothing holds."""
    rows = batches.unhindered(ClientMonth.objects.filter(pk__among=month_ids), batch.invoice_date)
    columns = ("pk", "total", "carried_amount", "client__note", *payers.COLUMNS)
    return [
        _Month(pk, total - carried_amount, note, PayerRow(*payer))
        for pk, total, carried_amount, note, *payer in rows.order_by("pk").values_list(*columns)
    ]


def _vat_amounts(month_ids: Sequence[int]) -> dict[int, Ore]:
    """Return the VAT of months whose lines have any: once for each rate, of the sum of its lines."""
    taxed = _lines(month_ids).filter(vat_percent__gt=0).order_by()
    found: dict[int, Ore] = {}
    for month_id, percent, amount in taxed.values_list("client_month_id", "vat_percent").annotate(
        amount=Sum("amount")
    ):
        found[month_id] = found.get(month_id, 0) + rules.calculate_vat(amount, percent)
    return found


def _units(month_ids: Sequence[int]) -> dict[int, int | None]:
    """Return whom one asks about each month; lines other than of care matter where there is none of care."""
    is_care = Q(kind=LineKind.CARE)
    found = _units_of(_lines(month_ids).filter(is_care))
    others = [month_id for month_id in month_ids if month_id not in found]
    return found | _units_of(_lines(others).exclude(is_care)) if others else found


def _units_of(lines: QuerySet[FeeLine]) -> dict[int, int | None]:
    """Return the unit that is asked of each month of the lines."""
    found: dict[int, list[tuple[str, int | None, Ore]]] = {}
    for month_id, kind, unit_id, amount in (
        lines.filter(unit_id__isnull=False)
        .order_by("pk")
        .values_list("client_month_id", "kind", "unit_id", "amount")
    ):
        found.setdefault(month_id, []).append((kind, unit_id, amount))
    return {month_id: rules.choose_unit(mine) for month_id, mine in found.items()}


def _lines(month_ids: Sequence[int]) -> QuerySet[FeeLine]:
    """Return the lines of months in the order of their ids: they lie together, so the range finds them."""
    between = Q(client_month_id__gte=month_ids[0], client_month_id__lte=month_ids[-1])
    return FeeLine.objects.filter(between, client_month_id__among=month_ids)


_COLUMNS = (
    *("authority_id", "batch_id", "client_month_id", "number", "reference", "state", "invoice_date"),
    *("due_date", "total", "vat_amount", "recipient_kind", "recipient_name", "care_of", "street"),
    *("postcode", "town", "country", "organisation_number", "is_protected", "contact_name"),
    *("contact_phone", "note"),
)


def _rows(
    batch: InvoiceBatch,
    months: Sequence[_Month],
    chosen: Mapping[int, Reached],
    vat_amounts: Mapping[int, Ore],
    units: Mapping[int, int | None],
    contacts: Contacts,
    *,
    first: int,
) -> list[Sequence[object]]:
    """Return the invoices of months that somebody can get, with numbers from the first one on."""
    rows: list[Sequence[object]] = []
    state, days = InvoiceState.ISSUED.value, (batch.invoice_date.isoformat(), batch.due_date.isoformat())
    for number, month in enumerate(months, start=first):
        who, asked = chosen[month.payer.client_id], contacts.of(units.get(month.id))
        recipient = who.recipient
        address = recipient.address
        rows.append(
            (
                *(batch.authority_id, batch.pk, month.id, number, rules.make_reference(number)),
                *(state, *days, month.amount),
                *(vat_amounts.get(month.id, 0), recipient.kind.value, recipient.name),
                *(address.care_of, address.street, address.postcode, address.town, address.country),
                *(recipient.organisation_number, who.is_protected, asked.name, asked.phone, month.note),
            )
        )
    return rows
