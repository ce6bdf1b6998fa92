"""Invoices: the search, one invoice with its rows, its PDF, and its recall."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.foundation.values.text import gettext_noop
from kvitt.ledger import commands, exchange, queries
from kvitt.ledger.forms import InvoiceSearchForm
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.rules import MONTHLY_SCHEMES
from kvitt.ledger.tables import INVOICES, invoice_about, invoice_columns, invoice_document, invoice_facts
from kvitt.registers.access.rules import SEES_INVOICES, Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.lifecycle import Scheme

if TYPE_CHECKING:
    from kvitt.ledger.models import Invoice, InvoiceRow

# What takes an invoice on from a status: the word of the button and the name of its page.
STEPS = {
    InvoiceStatus.ISSUED: (gettext_noop("Approve"), "ledger:review_invoice"),
    InvoiceStatus.REVIEWED: (gettext_noop("Attest"), "ledger:attest_invoice"),
    InvoiceStatus.AUTHORISED: (gettext_noop("Start payout"), "ledger:start_payout"),
    InvoiceStatus.PAYING_OUT: (gettext_noop("Mark as paid out"), "ledger:confirm_payout"),
}

RECALLED = gettext_noop("The region does not get the invoice. Its lines can be invoiced again.")
RECALLED_TO_CALENDAR = gettext_noop(
    "The region does not get the invoice. Its lines come on the next invoice, which the program makes on the "
    "first of the month."
)


def search_invoices(request: Request) -> HttpResponse:
    """*Sök och hantera fakturor*: the actor's invoices, newest first."""
    form = InvoiceSearchForm(
        request.GET,
        modules=request.actor.modules_where(SEES_INVOICES),
        providers=organisations.providers_of(request.actor),
        clinics=organisations.clinics_of(request.actor),
        finds_parts=queries.finds_parts(request.actor),
    )
    may_create = request.actor.may(Permission.CREATE_INVOICES)
    # Modules that invoice by hand have a URL named `<module>:create_invoice`; needs allowance is the one.
    create = tables.Action(_("Create invoice"), reverse("needs_allowance:create_invoice"), is_primary=True)
    source = tables.ListSource(
        title=_("Invoices"),
        columns=INVOICES,
        rows=queries.search_invoices(request.actor, **form.search()),
        order="-date",
        form=form,
        actions=[create] if may_create else [],
        empty=_("No invoice matches. Change the filters, or press Clear to see all."),
        row_url=lambda invoice: reverse("ledger:invoice", args=[invoice.pk]),
        is_wide=True,
        file_name="fakturor",
    )
    return tables.respond(request, source)


def invoice(request: Request, invoice_id: int) -> HttpResponse:
    """One invoice with its rows."""
    found = queries.invoice(request.actor, invoice_id)
    scheme = _(Scheme(found.module).label)
    pdf = tables.Action(_("Download PDF"), reverse("ledger:invoice_pdf", args=[invoice_id]), icon="file-text")
    recall = tables.Action(
        _("Recall"), reverse("ledger:recall_invoice", args=[invoice_id]), is_dialog=True, icon="undo-2"
    )
    # Known by its name alone: the ledger does not know the payment runs.
    payment = tables.Action(
        _("Show the payment"), reverse("settlement:payment_of", args=[invoice_id]), icon="landmark"
    )

    def prepare(rows: "Sequence[InvoiceRow]") -> "Sequence[InvoiceRow]":
        queries.look_up_cases(request.actor, [row.line for row in rows])
        return rows

    source = tables.ListSource(
        title=_("Invoice - %(scheme)s") % {"scheme": scheme},
        columns=invoice_columns(has_persons=queries.has_persons(found)),
        rows=queries.invoice_rows(found),
        order="-date",
        empty=_("The invoice has no rows."),
        crumbs=[
            tables.Crumb(_("Invoices"), reverse("ledger:search_invoices")),
            tables.Crumb(found.external_reference),
        ],
        actions=[
            *([recall] if queries.may_recall(request.actor, found) else []),
            *([payment] if queries.sees_payment(request.actor, found) else []),
            pdf,
            *_steps(request, found),
        ],
        facts=invoice_facts(found),
        about=invoice_about(queries.invoice_story(request.actor, found)),
        person_of=lambda row: row.line.person_id,
        record_read=lambda persons: audit.record_read(
            "ledger.invoice", request.actor, person_ids=persons, subject=("invoice", invoice_id)
        ),
        prepare=prepare,
        file_name=f"faktura-{invoice_id}",
    )
    return tables.respond(request, source, template="ledger/invoice.html")


def _steps(request: Request, found: "Invoice") -> list[tables.Action]:
    """Return the buttons of those who take the invoice on, or send it back."""
    actions = []
    if queries.may_reject(request.actor, found):
        url = reverse("ledger:reject_invoice", args=[found.pk])
        actions.append(tables.Action(_("Return"), url, is_dialog=True, icon="circle-x"))
    if queries.may_take_step(request.actor, found):
        label, name = STEPS[InvoiceStatus(found.status)]
        url = reverse(name, args=[found.pk])
        actions.append(tables.Action(_(label), url, is_dialog=True, is_primary=True, icon="circle-check"))
    return actions


def recall_invoice(request: Request, invoice_id: int) -> HttpResponse:
    """Ask, and take an invoice back."""
    found = queries.invoice(request.actor, invoice_id)
    back = reverse("ledger:invoice", args=[invoice_id])
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.recall_invoice(request.actor, invoice_id=invoice_id)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(
                request, _("Invoice %(reference)s is recalled.") % {"reference": found.external_reference}
            )
            return see_other(request, back)
    request.actor.require(Permission.RECALL_INVOICES)
    dialog = FormPage(
        title=_("Recall invoice %(reference)s") % {"reference": found.external_reference},
        question=_(RECALLED_TO_CALENDAR if found.module in MONTHLY_SCHEMES else RECALLED),
        form=form,
        submit=_("Recall"),
        cancel_url=back,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


def invoice_pdf(request: Request, invoice_id: int) -> HttpResponse:
    """The invoice as a document."""
    found = queries.invoice(request.actor, invoice_id)
    rows = list(queries.invoice_rows(found).order_by("line__case_number", "line__performed_on", "pk"))
    audit.record_read(
        "ledger.invoice_pdf",
        request.actor,
        person_ids=[row.line.person_id for row in rows if row.line.person_id is not None],
        subject=("invoice", invoice_id),
    )
    return HttpResponse(
        exchange.invoice_pdf(invoice_document(found, rows)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="faktura-{invoice_id}.pdf"'},
    )
