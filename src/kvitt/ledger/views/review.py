"""The review chain: lists to approve, attest and pay out many from, and the same for one invoice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kvitt.foundation import tables
from kvitt.foundation.columns import Column
from kvitt.foundation.forms import Form, FormPage, problem_text
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.selection import CHOSEN, BulkButton, Selection, ids_in
from kvitt.foundation.values.money import format_count
from kvitt.foundation.values.problems import Refused
from kvitt.foundation.values.text import gettext_noop
from kvitt.ledger import commands, queries
from kvitt.ledger.forms import RejectForm
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.tables import TO_ATTEST, TO_PAY_OUT, TO_REVIEW
from kvitt.registers.access.rules import Permission

if TYPE_CHECKING:
    from kvitt.ledger.models import Invoice
    from kvitt.ledger.rules import AdvancePlan

UNREMARKED = "unremarked"


@dataclass(frozen=True)
class _Desk:
    """The words of one step of the chain: its list, its buttons, its question and what is told after it."""

    name: str
    status: InvoiceStatus
    title: str
    lead: str
    empty: str
    columns: Sequence[Column]
    chosen: str
    one: str
    question: str
    done: Callable[[int], str]


_REVIEW = _Desk(
    "review_invoices",
    InvoiceStatus.ISSUED,
    gettext_noop("Review invoices"),
    gettext_noop("Invoices of the clinics that wait for review, the oldest first."),
    gettext_noop("No invoice waits to be reviewed."),
    TO_REVIEW,
    gettext_noop("Approve chosen"),
    gettext_noop("Approve"),
    gettext_noop("Another person attests the invoice after you."),
    lambda count: ngettext("%(count)s invoice is approved.", "%(count)s invoices are approved.", count),
)
_ATTEST = _Desk(
    "attest_invoices",
    InvoiceStatus.REVIEWED,
    gettext_noop("Attest invoices"),
    gettext_noop("Approved invoices, the oldest first. You cannot attest what you have approved yourself."),
    gettext_noop("No invoice waits to be attested."),
    TO_ATTEST,
    gettext_noop("Attest chosen"),
    gettext_noop("Attest"),
    gettext_noop("The invoice gets its voucher number and can no longer be returned, only credited."),
    lambda count: ngettext("%(count)s invoice is attested.", "%(count)s invoices are attested.", count),
)
_START = _Desk(
    "start_payouts",
    InvoiceStatus.AUTHORISED,
    gettext_noop("Start payouts"),
    gettext_noop("Attested invoices to be paid. Mark them when the payment has been sent to the bank."),
    gettext_noop("No attested invoice waits to be paid."),
    TO_PAY_OUT,
    gettext_noop("Start payout of chosen"),
    gettext_noop("Start payout"),
    gettext_noop("The payment has been sent to the bank. An invoice of 0 kr is paid at once."),
    lambda count: ngettext(
        "The payout of %(count)s invoice is started.", "The payout of %(count)s invoices is started.", count
    ),
)
_CONFIRM = _Desk(
    "confirm_payouts",
    InvoiceStatus.PAYING_OUT,
    gettext_noop("Confirm payouts"),
    gettext_noop("Invoices on their way to the account. Mark them when the bank has confirmed the payment."),
    gettext_noop("No invoice is on its way to the account."),
    TO_PAY_OUT,
    gettext_noop("Mark chosen as paid out"),
    gettext_noop("Mark as paid out"),
    gettext_noop("The bank has confirmed the payment."),
    lambda count: ngettext("%(count)s invoice is paid out.", "%(count)s invoices are paid out.", count),
)


def review_invoices(request: Request) -> HttpResponse:
    """*Granska fakturor*: what the clinics are to be paid, with remarks; many are approved at once."""
    if request.method == "POST":
        unremarked = ids_in(request.POST.getlist(UNREMARKED))
        chosen = unremarked or ids_in(request.POST.getlist(CHOSEN))
        return _advance(
            request,
            _REVIEW,
            lambda: commands.review_invoices(
                request.actor, invoice_ids=chosen, is_unremarked_only=bool(unremarked)
            ),
        )
    return _list(request, _REVIEW)


def attest_invoices(request: Request) -> HttpResponse:
    """*Attestera fakturor*: what another person has approved."""
    if request.method == "POST":
        chosen = ids_in(request.POST.getlist(CHOSEN))
        return _advance(
            request,
            _ATTEST,
            lambda: commands.attest_invoices(request.actor, today=request.today, invoice_ids=chosen),
        )
    return _list(request, _ATTEST)


def start_payouts(request: Request) -> HttpResponse:
    """Attested invoices, to be marked as on their way to the account."""
    if request.method == "POST":
        chosen = ids_in(request.POST.getlist(CHOSEN))
        return _advance(
            request,
            _START,
            lambda: commands.start_payouts(request.actor, today=request.today, invoice_ids=chosen),
        )
    return _list(request, _START)


def confirm_payouts(request: Request) -> HttpResponse:
    """Invoices on their way, to be marked as paid."""
    if request.method == "POST":
        chosen = ids_in(request.POST.getlist(CHOSEN))
        return _advance(
            request,
            _CONFIRM,
            lambda: commands.confirm_payouts(request.actor, today=request.today, invoice_ids=chosen),
        )
    return _list(request, _CONFIRM)


def review_invoice(request: Request, invoice_id: int) -> HttpResponse:
    """Ask, and approve one invoice."""
    return _dialog(
        request,
        invoice_id,
        _REVIEW,
        lambda: commands.review_invoices(request.actor, invoice_ids=[invoice_id]),
    )


def attest_invoice(request: Request, invoice_id: int) -> HttpResponse:
    """Ask, and attest one invoice."""
    return _dialog(
        request,
        invoice_id,
        _ATTEST,
        lambda: commands.attest_invoices(request.actor, today=request.today, invoice_ids=[invoice_id]),
    )


def start_payout(request: Request, invoice_id: int) -> HttpResponse:
    """Ask, and mark one invoice as on its way to the account."""
    return _dialog(
        request,
        invoice_id,
        _START,
        lambda: commands.start_payouts(request.actor, today=request.today, invoice_ids=[invoice_id]),
    )


def confirm_payout(request: Request, invoice_id: int) -> HttpResponse:
    """Ask, and mark one invoice as paid."""
    return _dialog(
        request,
        invoice_id,
        _CONFIRM,
        lambda: commands.confirm_payouts(request.actor, today=request.today, invoice_ids=[invoice_id]),
    )


def reject_invoice(request: Request, invoice_id: int) -> HttpResponse:
    """Ask for the reason, and return an invoice to its clinic."""
    found = queries.invoice(request.actor, invoice_id)
    request.actor.require(Permission.REVIEW_INVOICES)
    back = reverse("ledger:invoice", args=[invoice_id])
    form = RejectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.reject_invoice(request.actor, invoice_id=invoice_id, **form.cleaned_data)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            text = _("Invoice %(reference)s is returned to the clinic.")
            messages.success(request, text % {"reference": found.external_reference})
            return see_other(request, back)
    is_proposed = queries.is_proposed(found)
    dialog = FormPage(
        title=_("Return invoice %(reference)s") % {"reference": found.external_reference},
        question=_("What it was proposed to pay can be proposed again. The clinic is not told.")
        if is_proposed
        else _("The clinic gets the invoice back with your reason. Its lines can be invoiced again."),
        form=form,
        submit=_("Return"),
        cancel_url=back,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


# What they share ----------------------------------------------------------------------------------


def _list(request: Request, desk: _Desk) -> HttpResponse:
    """Answer with the invoices that wait for a step, the oldest first."""
    source = tables.ListSource(
        title=_(desk.title),
        lead=_(desk.lead),
        columns=desk.columns,
        rows=queries.desk_invoices(request.actor, desk.status),
        order="date",
        empty=_(desk.empty),
        row_url=lambda invoice: reverse("ledger:invoice", args=[invoice.pk]),
        prepare=queries.with_remarks if desk.columns is not TO_PAY_OUT else None,
        selection=Selection(label=_box_label, buttons=lambda page: _buttons(desk, page)),
        tabs=_tabs(request, desk),
        is_wide=True,
        file_name=desk.name,
    )
    return tables.respond(request, source)


def _box_label(invoice: "Invoice") -> str:
    return _("Choose invoice %(reference)s") % {"reference": invoice.external_reference}


def _buttons(desk: _Desk, page: Sequence["Invoice"]) -> list[BulkButton]:
    unremarked = [str(invoice.pk) for invoice in page if not invoice.remarks]
    chosen = BulkButton(_(desk.chosen), is_primary=desk is not _REVIEW or not unremarked)
    if desk is not _REVIEW or not unremarked:
        return [chosen]
    text = ngettext("Approve %(count)s without remarks", "Approve %(count)s without remarks", len(unremarked))
    label = text % {"count": len(unremarked)}
    return [chosen, BulkButton(label, is_primary=True, name=UNREMARKED, value=",".join(unremarked))]


def _tabs(request: Request, desk: _Desk) -> list[tables.Tab]:
    """Return the lists that belong to the attester; the reviewer has one."""
    if not request.actor.may(Permission.ATTEST_INVOICES) or desk is _REVIEW:
        return []
    return [
        tables.Tab(_(each.title), reverse(f"ledger:{each.name}"), is_current=each is desk)
        for each in (_ATTEST, _START, _CONFIRM)
    ]


def _advance(request: Request, desk: _Desk, act: Callable[[], "AdvancePlan"]) -> HttpResponse:
    """Take the step with many, and tell of each that did not take it."""
    try:
        plan = act()
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem_text(problem))
    else:
        _tell(request, desk, plan)
    return see_other(request, request.get_full_path())


def _tell(request: Request, desk: _Desk, plan: "AdvancePlan") -> None:
    if plan.steps:
        count = len(plan.steps)
        messages.success(request, desk.done(count) % {"count": format_count(count)})
    if plan.refused:
        listed = format_html_join(
            "",
            "<li>{}: {}</li>",
            (
                (refusal.invoice.reference, " ".join(problem_text(problem) for problem in refusal.problems))
                for refusal in plan.refused
            ),
        )
        text = ngettext("%(count)s invoice stays:", "%(count)s invoices stay:", len(plan.refused))
        messages.warning(request, format_html("{}<ul>{}</ul>", text % {"count": len(plan.refused)}, listed))


def _dialog(request: Request, invoice_id: int, desk: _Desk, act: Callable[[], "AdvancePlan"]) -> HttpResponse:
    """Ask, and take the step with one invoice."""
    found = queries.invoice(request.actor, invoice_id)
    request.actor.require(queries.DESK_PERMISSIONS[desk.status])
    back = reverse("ledger:invoice", args=[invoice_id])
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        plan = act()
        if not plan.refused:
            _tell(request, desk, plan)
            return see_other(request, back)
        form.add_problems(plan.refused[0].problems)
    dialog = FormPage(
        title=f"{_(desk.one)}: {found.external_reference}",
        question=_(desk.question),
        form=form,
        submit=_(desk.one),
        cancel_url=back,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))
