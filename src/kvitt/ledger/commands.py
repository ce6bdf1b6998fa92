"""The whole write interface of the ledger.

All but `set_window` are mechanisms: they need an open transaction and never open one, and the command
of the module that calls them checks the permission and writes the audit event of the use case.

Locks are taken in one order: cases (the module's), an invoice, its clinic, lines by id, the voucher series.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import F

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.foundation.values.text import search_key
from kvitt.ledger import queries, rules
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RowKind, ensure_invoice_step, ensure_line_step
from kvitt.ledger.models import Invoice, InvoiceRow, InvoicingWindow, Line, VoucherSeries
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Clinic

ROWS_PER_STATEMENT = 1_000


class NoTransaction(Exception):  # noqa: N818 - reads as a sentence
    """A ledger command was called outside a transaction."""


class WrongClinic(Exception):  # noqa: N818 - reads as a sentence
    """A module planned an invoice with a line that is not the clinic's, or not the module's own."""


class Changed(Refused):
    """Somebody else changed what was about to be invoiced; show the fresh state."""

    def __init__(self) -> None:
        """Say so in words."""
        super().__init__(
            [
                Problem(
                    "changed",
                    _("The basis changed while you looked at it. Check what it is now and try again."),
                )
            ]
        )


# Lines --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewLine:
    """What a module puts in the ledger; `price` in öre."""

    module: str
    clinic_id: int
    person_id: int | None
    case_number: str
    code: str
    text: str
    performed_on: date | None
    price: Ore
    quantity: int = 1


def approve(authority_id: int, line: NewLine) -> Line:
    """Put an approved line in the ledger.

    Source: spec CO-19.
    """
    _require_transaction()
    return Line.objects.create(
        authority_id=authority_id,
        module=line.module,
        clinic_id=line.clinic_id,
        person_id=line.person_id,
        case_number=line.case_number,
        code=line.code,
        text=line.text,
        performed_on=line.performed_on,
        quantity=line.quantity,
        price=line.price,
        amount=line.price * line.quantity,
        status=LineStatus.APPROVED,
    )


def withdraw(*line_ids: int) -> None:
    """Take approved lines out before they are invoiced; they stay findable as removed (*Raderad*)."""
    _step(_locked(line_ids), LineStatus.WITHDRAWN, command="withdraw")


def revise(line_id: int, *, performed_on: date | None, text: str, price: Ore) -> None:
    """Change the date, text and price (öre) of an approved line that has never been invoiced.

    Raises Refused for any other: from its first invoice on a line is frozen, also when that is returned.
    Source: spec CO-19, NA-15.
    """
    [line] = _locked([line_id])
    was_invoiced = queries.has_been_invoiced(line_id)
    refuse_if_any(rules.check_revision(LineStatus(line.status), was_invoiced=was_invoiced))
    Line.objects.filter(pk=line_id).update(
        performed_on=performed_on, text=text, price=price, amount=price * line.quantity
    )


def request_credit(line_ids: Sequence[int]) -> None:
    """Mark invoiced lines to be credited on the clinic's next invoice.

    Raises Refused before the attest of their invoice. Source: spec CO-22.
    """
    lines = _locked(line_ids)
    charged_by = queries.charging_statuses(line_ids)
    for line in lines:
        refuse_if_any(rules.check_credit(LineStatus(line.status), charged_by.get(line.pk)))
    _step(lines, LineStatus.AWAITING_CREDIT, command="request_credit")


def withdraw_credit(line_ids: Sequence[int]) -> None:
    """Undo a credit that is not on an invoice yet (*Ångra kreditering*).

    Raises Refused while the line that bills the same anew is not removed.
    """
    lines = _locked(line_ids)
    refuse_if_any(rules.check_credit_withdrawal(is_replaced=bool(queries.replaced_line_ids(line_ids))))
    _step(lines, LineStatus.INVOICED, command="withdraw_credit")


def reissue(line_ids: Sequence[int]) -> list[Line]:
    """Put a fresh approved copy of each credited line in the ledger, to be invoiced again.

    The copies come in the order of the lines' ids. Source: spec NA-30.
    """
    lines = _locked(line_ids)
    replaced = queries.replaced_line_ids(line_ids)
    for line in lines:
        refuse_if_any(rules.check_reissue(LineStatus(line.status), is_replaced=line.pk in replaced))
    copies = [
        Line(
            authority_id=line.authority_id,
            module=line.module,
            clinic_id=line.clinic_id,
            person_id=line.person_id,
            case_number=line.case_number,
            code=line.code,
            text=line.text,
            performed_on=line.performed_on,
            quantity=line.quantity,
            price=line.price,
            amount=line.amount,
            status=LineStatus.APPROVED,
            replaces=line,
        )
        for line in lines
    ]
    return Line.objects.bulk_create(copies, batch_size=ROWS_PER_STATEMENT)


# Invoices -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewInvoice:
    """What an invoice is made of: its dates, its reference, and the lines to charge or credit."""

    module: str
    clinic_id: int
    external_reference: str
    invoice_date: date
    due_date: date
    rows: Sequence[rules.RowPlan]


def hold_clinics(clinic_ids: Iterable[int]) -> None:
    """Let nobody else issue, attest or return an invoice of these clinics until the transaction ends.

    A module calls it before it reads what it will invoice: an invoice returned meanwhile would free
    lines of the same cases.
    """
    _require_transaction()
    clinics = Clinic.objects.select_for_update(no_key=True).filter(pk__in=list(clinic_ids))
    list(clinics.order_by("pk").values_list("pk"))


def issue_invoice(actor: Actor, new: NewInvoice) -> Invoice:
    """Make one invoice of planned rows, in a constant number of statements per thousand lines.

    Raises Changed when a line is no longer what the plan says.
    Source: spec CO-19, CO-20, CO-24.
    """
    hold_clinics([new.clinic_id])
    lines = _locked([row.line_id for row in new.rows])
    clinic = Clinic.objects.select_related("provider", "authority").get(pk=new.clinic_id)
    if any((line.clinic_id, line.module) != (clinic.pk, new.module) for line in lines):
        raise WrongClinic
    try:
        rows = rules.plan_rows(queries.line_facts(lines))
    except ValueError as fault:
        raise Changed from fault
    if not rows or rules.calculate_fingerprint(rows) != rules.calculate_fingerprint(new.rows):
        raise Changed
    invoice = Invoice.objects.create(
        authority=clinic.authority,
        module=new.module,
        clinic=clinic,
        clinic_number=clinic.number,
        clinic_name=clinic.name,
        provider_number=clinic.provider.organisation_number,
        provider_name=clinic.provider.name,
        payer_name=clinic.authority.name,
        external_reference=new.external_reference,
        reference_search_key=search_key(new.external_reference)[: rules.REFERENCE_KEY_LENGTH],
        invoice_date=new.invoice_date,
        due_date=new.due_date,
        total=rules.calculate_total(rows),
        issued_at=clock.now(),
        issued_by_id=actor.user_id,
    )
    InvoiceRow.objects.bulk_create(
        [InvoiceRow(invoice=invoice, line_id=row.line_id, kind=row.kind, amount=row.amount) for row in rows],
        batch_size=ROWS_PER_STATEMENT,
    )
    _move(invoice, RowKind.CHARGE, LineStatus.APPROVED, LineStatus.INVOICED, command="issue_invoice")
    _move(invoice, RowKind.CREDIT, LineStatus.AWAITING_CREDIT, LineStatus.CREDITED, command="issue_invoice")
    return invoice


def advance_invoice(actor: Actor, invoice_id: int, to: InvoiceStatus, *, today: date) -> None:
    """Take an invoice one step on in the review chain; the attest draws its voucher number.

    The fiscal year is that of the attest. The counter is locked until the transaction ends, so the
    series has no gap; it is drawn last, so that others wait for it as shortly as possible.
    Source: spec CO-20, CO-21, NA-28.
    """
    invoice = _locked_invoice(invoice_id)
    ensure_invoice_step(invoice.status, to, command="advance_invoice")
    is_attest = to is InvoiceStatus.AUTHORISED
    unattested = queries.unattested_before(invoice) if is_attest else []
    refuse_if_any(
        rules.check_advance(
            queries.invoice_facts(invoice), to, user_id=actor.user_id, earlier_unattested=unattested
        )
    )
    invoice.status = to
    if to is InvoiceStatus.REVIEWED:
        invoice.reviewed_by_id = actor.user_id
    if is_attest:
        invoice.authorised_by_id = actor.user_id
        invoice.voucher_year = today.year
        invoice.voucher_number = _next_voucher_number(invoice.authority_id, today.year)
    invoice.save(
        update_fields=["status", "reviewed_by_id", "authorised_by_id", "voucher_year", "voucher_number"]
    )


def return_invoice(invoice_id: int, to: InvoiceStatus, *, reason: str) -> None:
    """Return (*Avvisad*) or recall (*Återkallad*) an invoice: its lines are free again.

    Charged lines become approved, credited ones await credit: the only steps backwards.
    Source: spec CO-19, CO-20.
    """
    invoice = _locked_invoice(invoice_id)
    ensure_invoice_step(invoice.status, to, command="return_invoice")
    later = queries.live_invoices_after(invoice)
    refuse_if_any(rules.check_return(to, reason=reason, later=later))
    _locked(list(invoice.rows.values_list("line_id", flat=True)))
    _move(invoice, RowKind.CHARGE, LineStatus.INVOICED, LineStatus.APPROVED, command="return_invoice")
    _move(invoice, RowKind.CREDIT, LineStatus.CREDITED, LineStatus.AWAITING_CREDIT, command="return_invoice")
    invoice.rows.update(is_void=True)
    Invoice.objects.filter(pk=invoice_id).update(status=to, return_reason=reason.strip())


def recall_invoice(actor: Actor, *, invoice_id: int) -> None:
    """Take back an invoice of one's own that nobody has reviewed yet (*Återkalla*).

    Each of its cases gets the event in its log. Raises Http404, NotAllowed, Refused.
    Source: spec CO-20.
    """
    actor.require(Permission.CREATE_INVOICES)
    with transaction.atomic():
        invoice = queries.invoice(actor, invoice_id)
        refuse_if_any(rules.check_recall(InvoiceStatus(_locked_invoice(invoice_id).status)))
        return_invoice(invoice_id, InvoiceStatus.RECALLED, reason="")
        sums = queries.sums_of_invoice(invoice)
        audit.record_many(
            "ledger.recall_invoice",
            actor,
            [
                audit.Entry(
                    subject=(f"{invoice.module}.case", case_number),
                    person_ids=(person_id,) if person_id else (),
                    before={"invoice": invoice.external_reference, "amount": amount},
                )
                for (case_number, person_id), amount in sums.items()
            ],
        )


# Windows ------------------------------------------------------------------------------------------


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


# Steps that they share ----------------------------------------------------------------------------


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise NoTransaction


def _locked(line_ids: Iterable[int]) -> list[Line]:
    """Lock the lines, always in the order of their ids so that two commands never wait for each other."""
    _require_transaction()
    ordered = sorted(set(line_ids))
    found: list[Line] = []
    for chunk in _chunks(ordered):
        found += Line.objects.select_for_update(no_key=True).filter(pk__in=chunk).order_by("pk")
    if len(found) != len(ordered):
        raise Line.DoesNotExist
    return found


def _locked_invoice(invoice_id: int) -> Invoice:
    """Lock the invoice, and its clinic against new invoices."""
    _require_transaction()
    invoice = Invoice.objects.select_for_update(no_key=True).get(pk=invoice_id)
    hold_clinics([invoice.clinic_id])
    return invoice


def _step(lines: Sequence[Line], to: LineStatus, *, command: str) -> None:
    """Take locked lines to a status, all or none."""
    for line in lines:
        ensure_line_step(line.status, to, command=command)
    for chunk in _chunks([line.pk for line in lines]):
        Line.objects.filter(pk__in=chunk).update(status=to)


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + ROWS_PER_STATEMENT] for start in range(0, len(ids), ROWS_PER_STATEMENT))


def _move(invoice: Invoice, kind: RowKind, before: LineStatus, after: LineStatus, *, command: str) -> None:
    """Take every line that the invoice holds in this way from one status to the other."""
    ensure_line_step(before, after, command=command)
    held = InvoiceRow.objects.filter(invoice=invoice, kind=kind, is_void=False)
    lines = Line.objects.filter(pk__in=held.values("line_id"), status=before)
    if lines.update(status=after) != held.count():
        raise Changed


def _next_voucher_number(authority_id: int, year: int) -> int:
    """Draw the next number; the row of the series stays locked until the transaction ends."""
    series = VoucherSeries.objects.filter(authority_id=authority_id, year=year)
    if not series.update(last_number=F("last_number") + 1):
        VoucherSeries.objects.bulk_create(
            [VoucherSeries(authority_id=authority_id, year=year)], ignore_conflicts=True
        )
        series.update(last_number=F("last_number") + 1)
    return series.get().last_number
