"""The columns of the ledger's lists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.forms import problem_text
from kvitt.foundation.templatetags.kvitt import moment, status
from kvitt.foundation.values.identity import format_identity_number, format_organisation_number
from kvitt.foundation.values.money import format_count, format_kronor
from kvitt.ledger.exchange import InvoiceDocument
from kvitt.ledger.lifecycle import ClinicOutcome, InvoiceStatus, LineStatus, RunFault
from kvitt.ledger.queries import case_url
from kvitt.ledger.rules import REPAYMENT, RemarkKind
from kvitt.registers.access.rules import SEES_INVOICES, Actor, Permission
from kvitt.registers.organisations.lifecycle import Scheme

if TYPE_CHECKING:
    from kvitt.ledger.models import Invoice, InvoiceRow, InvoiceRunClinic, Line
    from kvitt.ledger.queries import InvoiceStory, RunRow
    from kvitt.registers.people.models import Person


def _provider(invoice: "Invoice") -> str:
    return f"{format_organisation_number(invoice.provider_number)} - {invoice.provider_name}"


def _code(row: "InvoiceRow") -> str:
    return _code_of(row.line)


def _code_of(line: "Line") -> str:
    return f"{line.code} - {line.text}"


def _case_url(line: "Line") -> str:
    return case_url(line) if line.has_open_case else ""


def _identity(row: "InvoiceRow") -> str:
    return row.line.person.identity_number if row.line.person else ""


def _remarks(invoice: "Invoice") -> str:
    """Return what is remarked, each kind once, in a few words."""
    kinds = dict.fromkeys(RemarkKind(remark.code) for remark in invoice.remarks)
    return ", ".join(gettext(kind.label) for kind in kinds)


# Source: behovspeng, figure 23.
INVOICES = (
    Column(
        "date", _("Invoice date"), lambda invoice: invoice.invoice_date, Kind.DATE, sort=("invoice_date",)
    ),
    Column("due", _("Due date"), lambda invoice: invoice.due_date, Kind.DATE, sort=("due_date",)),
    Column(
        "reference",
        _("External invoice reference"),
        lambda invoice: invoice.external_reference,
        sort=("reference_search_key",),
        lead=True,
        whole_words=True,
    ),
    Column(
        "voucher",
        _("Voucher number"),
        lambda invoice: invoice.voucher_number,
        Kind.COUNT,
        sort=("voucher_year", "voucher_number"),
    ),
    Column("provider", _("Care provider"), _provider),
    Column("clinic", _("Clinic"), lambda invoice: f"{invoice.clinic_number} - {invoice.clinic_name}"),
    Column("type", _("Type"), lambda invoice: Scheme(invoice.module)),
    Column(
        "status",
        _("Invoice status"),
        lambda invoice: InvoiceStatus(invoice.status),
        Kind.STATUS,
        sort=("status_order",),
        note=lambda invoice: invoice.return_reason,
    ),
    Column("sum", _("Sum"), lambda invoice: invoice.total, Kind.MONEY, sort=("total",), css="sum"),
)

_BY_NAME = {column.key: column for column in INVOICES}
_WHAT = tuple(_BY_NAME[key] for key in ("date", "reference", "provider", "clinic", "type"))
_REMARKS = Column("remarks", _("Remarks"), _remarks, css="full")

# The lists of the review chain: to approve, to attest, to pay out.
TO_REVIEW = (*_WHAT, _REMARKS, _BY_NAME["sum"])
TO_ATTEST = (
    *_WHAT,
    Column("reviewer", _("Approved by"), lambda invoice: invoice.reviewer_name, sort=("reviewer_name",)),
    _REMARKS,
    _BY_NAME["sum"],
)
TO_PAY_OUT = (
    *(_BY_NAME[key] for key in ("date", "due", "voucher", "reference", "provider", "clinic", "type", "sum")),
)

# Source: behovspeng, figure 26.
INVOICE_ROWS = (
    Column(
        "date",
        _("Procedure date"),
        lambda row: row.line.performed_on,
        Kind.DATE,
        sort=("line__performed_on",),
    ),
    Column(
        "case",
        _("Case number"),
        lambda row: row.line.case_number,
        sort=("line__case_number",),
        css="kv-nowrap",
        link=lambda row: _case_url(row.line),
    ),
    Column(
        "identity", _("Personal number"), _identity, Kind.IDENTITY, sort=("line__person__identity_number",)
    ),
    Column("code", _("Procedure code"), _code, sort=("line__code",), lead=True),
    Column("price", _("Unit price"), lambda row: row.line.price, Kind.MONEY, css="kv-opt"),
    Column("amount", _("Invoiced amount"), lambda row: row.amount, Kind.MONEY, sort=("amount",), css="sum"),
)


def invoice_columns(*, has_persons: bool) -> "Sequence[Column]":
    """Return the columns of an invoice's rows: the personal number only where a row has one."""
    return [column for column in INVOICE_ROWS if column.key != "identity" or has_persons]


# Source: befolkningsansvar, chapter 7.
_LINES = (
    Column("date", _("Treatment date"), lambda line: line.performed_on, Kind.DATE, sort=("performed_on",)),
    Column("created", _("Created"), lambda line: line.created_on, Kind.DATE, sort=("created_on",)),
    Column(
        "case",
        _("Case number"),
        lambda line: line.case_number,
        css="kv-nowrap",
        link=_case_url,
    ),
    Column("code", _("Procedure code"), _code_of, lead=True),
    Column(
        "identity",
        _("Personal number"),
        lambda line: person.identity_number if (person := person_of(line)) else "",
        Kind.IDENTITY,
    ),
    Column("module", _("Module"), lambda line: Scheme(line.module)),
    Column("clinic", _("Clinic"), lambda line: f"{line.clinic.number} - {line.clinic.name}"),
    Column("status", _("Status"), lambda line: LineStatus(line.status), Kind.STATUS),
    Column("quantity", _("Quantity"), lambda line: line.quantity, Kind.COUNT, css="kv-opt"),
    Column("price", _("Unit price"), lambda line: line.price, Kind.MONEY, css="kv-opt"),
    Column("amount", _("Amount"), lambda line: line.amount, Kind.MONEY, css="sum"),
)


def line_columns(*, has_modules: bool, has_clinics: bool, is_workbook: bool) -> "Sequence[Column]":
    """Return the columns of *Sök åtgärdskoder*: module and clinic only where the reader has several.

    On a page there is no room for all: the module stands under the case number, and how many of what price
    under the amount, where there are several.
    """
    left_out = set() if has_clinics else {"clinic"}
    if is_workbook:
        left_out |= set() if has_modules else {"module"}
        return [column for column in _LINES if column.key not in left_out]
    notes: dict[str, Callable[[Line], str]] = {"amount": _times}
    if has_modules:
        notes["case"] = lambda line: gettext(Scheme(line.module).label)
    shown = [column for column in _LINES if column.key not in left_out | {"module", "quantity", "price"}]
    return [replace(column, note=notes.get(column.key)) for column in shown]


def _times(line: "Line") -> str:
    return f"{line.quantity} \N{MULTIPLICATION SIGN} {format_kronor(line.price)}" if line.quantity > 1 else ""


def person_of(line: "Line") -> "Person | None":
    """Return whom a line is about; of two records that were merged, the one that is left."""
    return (line.person.merged_into or line.person) if line.person else None


def invoice_facts(invoice: "Invoice") -> list[tuple[str, object]]:
    """Return what stands above the rows of an invoice, as labels and ready values."""
    return [
        (gettext("Voucher number"), invoice.voucher_number or gettext("Given at the attest")),
        (gettext("Invoice date"), invoice.invoice_date.isoformat()),
        (gettext("Due date"), invoice.due_date.isoformat()),
        (gettext("Invoice status"), status(InvoiceStatus(invoice.status))),
        (gettext("Total invoiced amount"), format_kronor(invoice.total)),
        *([(gettext("Settled by"), _settled_by(invoice))] if invoice.payout_reference else []),
        (gettext("Care provider"), invoice.provider_name),
        (gettext("Organisation number"), format_organisation_number(invoice.provider_number)),
        (gettext("Clinic name"), invoice.clinic_name),
        (gettext("Clinic number"), invoice.clinic_number),
        (gettext("External invoice reference"), invoice.external_reference),
    ]


def _settled_by(invoice: "Invoice") -> str:
    """Return what settles the invoice: a payment run, or the clinic itself."""
    if invoice.payout_reference == REPAYMENT:
        return gettext("Repayment by the clinic")
    return gettext("Payment run %(run)s") % {"run": invoice.payout_reference}


@dataclass(frozen=True)
class InvoiceAbout:
    """What stands above an invoice's facts: why it came back, what hinders its attest, remarks, its way."""

    returned: str
    faults: Sequence[str]
    remarks: Sequence[str]
    passages: Sequence[tuple[InvoiceStatus, str, str]]


def invoice_about(story: "InvoiceStory") -> InvoiceAbout:
    """Return the story of an invoice in the reader's language."""
    return InvoiceAbout(
        returned=story.return_reason,
        faults=[problem_text(fault) for fault in story.faults],
        remarks=[problem_text(remark) for remark in story.remarks],
        passages=[(each.status, moment(each.at), each.name) for each in story.passages],
    )


def invoice_document(invoice: "Invoice", rows: "Sequence[InvoiceRow]") -> InvoiceDocument:
    """Return the invoice as the PDF shows it, in the reader's language."""
    facts = [
        (label, str(value)) for label, value in invoice_facts(invoice) if label != gettext("Invoice status")
    ]
    facts.insert(0, (gettext("Payer"), invoice.payer_name))
    facts.append((gettext("Invoice status"), gettext(InvoiceStatus(invoice.status).label)))
    if invoice.return_reason:
        facts.append((gettext("Reason"), invoice.return_reason))
    has_persons = any(row.line.person for row in rows)
    return InvoiceDocument(
        title=gettext("Invoice - %(scheme)s") % {"scheme": gettext(Scheme(invoice.module).label)},
        language=get_language() or "sv",
        facts=facts,
        headings=[str(column.label) for column in invoice_columns(has_persons=has_persons)],
        rows=[_cells(row, has_persons=has_persons) for row in rows],
        total=(gettext("Sum"), format_kronor(invoice.total)),
    )


def _cells(row: "InvoiceRow", *, has_persons: bool) -> tuple[str, ...]:
    identity = format_identity_number(_identity(row)) if row.line.person else ""
    return (
        str(row.line.performed_on or ""),
        row.line.case_number,
        *([identity] if has_persons else []),
        _code(row),
        format_kronor(row.line.price),
        format_kronor(row.amount),
    )


# The runs of the calendar -------------------------------------------------------------------------

RUNS = (
    Column("due", _("Day of the run"), lambda row: row.due_on, Kind.DATE, sort=("due_on",), lead=True),
    Column("type", _("Type"), lambda row: row.scheme, sort=("module",)),
    Column("started", _("Started"), lambda row: row.started_at, Kind.MOMENT, sort=("started_at",)),
    Column("finished", _("Finished"), lambda row: row.finished_at, Kind.MOMENT, sort=("finished_at",)),
    Column("status", _("Status"), lambda row: row.status, Kind.STATUS),
    Column("clinics", _("Clinics"), lambda row: row.clinics, Kind.COUNT),
    Column("faults", _("Faults"), lambda row: row.faults, Kind.COUNT),
    Column("invoices", _("Invoices"), lambda row: row.invoices, Kind.COUNT),
    Column("sum", _("Sum"), lambda row: row.total, Kind.MONEY, css="sum"),
)


def run_facts(row: "RunRow") -> list[tuple[str, object]]:
    """Return what stands above the clinics of a run, as labels and ready values."""
    facts = [
        (gettext("Status"), status(row.status)),
        (gettext("Started"), moment(row.started_at)),
        (gettext("Finished"), moment(row.finished_at)),
        (gettext("Invoices"), format_count(row.invoices)),
        (gettext("Sum"), format_kronor(row.total)),
        (gettext("Faults"), format_count(row.faults)),
    ]
    return [(label, value) for label, value in facts if value]


def run_clinic_columns(actor: Actor) -> list[Column]:
    """Return the columns of a run's clinics; the invoice is a link for who may open it."""
    opens = actor.modules_where(SEES_INVOICES) if actor.may(Permission.SEE_INVOICES) else []

    def link(row: "InvoiceRunClinic") -> str:
        invoice = row.invoice
        is_open = invoice is not None and invoice.module in opens
        return reverse("ledger:invoice", args=[invoice.pk]) if invoice and is_open else ""

    return [
        Column(
            "clinic", gettext("Clinic"), lambda row: str(row.clinic), sort=("clinic__sort_key",), lead=True
        ),
        Column("outcome", gettext("Result"), _outcome, Kind.STATUS, sort=("is_done", "clinic__sort_key")),
        Column("reason", gettext("Reason"), _reason, css="full"),
        Column(
            "reference",
            gettext("External invoice reference"),
            lambda row: row.invoice and row.invoice.external_reference,
            sort=("invoice__reference_search_key",),
            link=link,
        ),
        Column(
            "sum",
            gettext("Sum"),
            lambda row: row.invoice and row.invoice.total,
            Kind.MONEY,
            sort=("invoice__total",),
            css="sum",
        ),
    ]


def _outcome(row: "InvoiceRunClinic") -> ClinicOutcome:
    if row.fault == RunFault.WAITING:
        return ClinicOutcome.WAITING
    return ClinicOutcome.FAULT if row.fault else ClinicOutcome.INVOICED


def _reason(row: "InvoiceRunClinic") -> str:
    return gettext(RunFault(row.fault).label) if row.fault else ""
