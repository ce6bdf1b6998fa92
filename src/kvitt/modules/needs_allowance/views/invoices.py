"""Invoice: the reference, then the basis, then the invoice."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import invoices
from kvitt.modules.needs_allowance.forms import InvoiceForm
from kvitt.modules.needs_allowance.queries import invoicing


@require_http_methods(["GET", "POST"])
def create_invoice(request: Request) -> HttpResponse:
    """*Skapa faktura*: reference, then the basis, then the invoice."""
    form = InvoiceForm(request.GET if "reference" in request.GET else None)
    reference = form.cleaned_data["reference"] if form.is_valid() else ""
    if request.method == "POST" and reference:
        try:
            made = invoices.create_invoice(
                request.actor,
                today=request.today,
                reference=reference,
                fingerprint=request.POST.get("fingerprint", ""),
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            for invoice_id in made:
                _tell_made(request, invoice_id)
            return see_other(request, reverse("ledger:search_invoices"))
    page = invoicing.invoice_page(request.actor, form=form, reference=reference, today=request.today)
    if reference and not form.errors:
        form.add_problems(page.problems)
    return render(request, "needs_allowance/create_invoice.html", {"page": page}, status=form_status(request))


@require_safe
def invoice_basis_lines(request: Request, clinic_id: int) -> HttpResponse:
    """The lines that one clinic's invoice would hold."""
    page = invoicing.basis_lines_page(
        request.actor, clinic_id, reference=request.GET.get("reference", "")[:30], today=request.today
    )
    audit.record_read(
        "needs_allowance.invoice_basis_lines",
        request.actor,
        person_ids=[line.person_id for line in page.clinic.lines],
    )
    return render(request, "needs_allowance/invoice_basis_lines.html", {"page": page})


def _tell_made(request: Request, invoice_id: int) -> None:
    """Confirm an invoice, with a link to it."""
    invoice = invoicing.invoice_of(request.actor, invoice_id)
    text = _("Invoice %(reference)s is created.") % {"reference": invoice.external_reference}
    link = reverse("ledger:invoice", args=[invoice_id])
    messages.success(request, format_html('{} <a href="{}">{}</a>', text, link, _("Show the invoice")))
