"""*Fakturor*: the batches, one of them, what waits, and one invoice."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.values.money import format_count
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import invoices as commands
from kvitt.modules.care_fees.forms import invoices as forms
from kvitt.modules.care_fees.queries import invoice_pages as queries
from kvitt.modules.care_fees.tables import invoices as columns
from kvitt.modules.care_fees.views import answers
from kvitt.registers.people import views as people_views

# The part of the page that asks for itself again while a batch is made.
STATE = "batch-state"


@require_safe
def batches(request: Request) -> HttpResponseBase:
    """*Fakturor*: the batches that were made, and the way to make one."""
    waiting = tables.Action(_("What waits"), reverse("care_fees:waiting_months"), icon="hourglass")
    contacts = tables.Action(
        _("Contacts for invoice questions"), reverse("care_fees:invoice_contacts"), icon="contact"
    )
    make = tables.Action(
        _("Make invoices"), reverse("care_fees:make_invoices"), is_primary=True, is_dialog=True, icon="plus"
    )
    source = tables.ListSource(
        title=_("Invoices"),
        lead=_("Each batch holds the invoices that were made at one time of what is approved."),
        columns=columns.BATCHES,
        rows=queries.batches_of(request.actor),
        order="-number",
        empty=_("No invoices are made yet. Approve a period, and press Make invoices."),
        actions=[contacts, waiting, make],
        row_url=lambda batch: reverse("care_fees:batch", args=[batch.number]),
        file_name="fakturaomgangar",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def make_invoices(request: Request) -> HttpResponse:
    """*Skapa fakturor*: what would be made, and what waits and why; a small batch is made at once."""
    choice = queries.batch_choice(request.actor, today=request.today)
    form = forms.MakeInvoicesForm(typed(request), initial=choice.initial, months=choice.months)
    if form.is_valid():
        wanted = form.cleaned_data
        choice = queries.batch_choice(request.actor, today=request.today, **wanted)
        if "show" not in request.POST:
            try:
                batch = commands.open_batch(request.actor, today=request.today, **wanted)
            except Refused as refused:
                form.add_problems(refused.problems)
            else:
                if choice.count <= commands.INVOICES_PER_CHUNK:
                    commands.make_batch(batch.pk)
                    messages.success(request, _("The invoices are made."))
                else:
                    messages.success(
                        request,
                        _("%(count)s invoices are being made.") % {"count": format_count(choice.count)},
                    )
                return see_other(request, reverse("care_fees:batch", args=[batch.number]))
    title = _("Make invoices")
    page = forms.MakeInvoicesPage(
        title=title,
        crumbs=[_crumb(), tables.Crumb(title)],
        form=form,
        submit=title,
        cancel_url=reverse("care_fees:batches"),
        choice=choice,
    )
    status = 200 if "show" in request.POST else form_status(request)
    return render(request, "care_fees/make_invoices.html", {"page": page}, status=status)


@require_safe
def batch(request: Request, number: int) -> HttpResponseBase:
    """One batch with its invoices, and how far it has come."""
    found = queries.batch_of(request.actor, number)
    about = queries.batch_about(found)
    form = forms.InvoiceFilter(request.GET)
    title = _("Batch %(number)s") % {"number": number}
    source = tables.ListSource(
        title=title,
        columns=columns.INVOICES,
        rows=queries.invoices_in(request.actor, found, **form.wanted()),
        order="number",
        form=form,
        empty=_("No invoice matches. Change the filters, or press Clear to see all."),
        crumbs=[_crumb(), tables.Crumb(title)],
        facts=[
            (_("Period"), f"{found.month:%Y-%m}"),
            (_("Invoice date"), found.invoice_date.isoformat()),
            (_("Due date"), found.due_date.isoformat()),
        ],
        about=about,
        row_url=lambda invoice: reverse("care_fees:invoice", args=[invoice.number]),
        person_of=lambda invoice: invoice.client_month.client.person_id,
        record_read=lambda ids: answers.note_read(request, "batch", ids),
        is_wide=True,
        file_name=f"fakturor-{number}",
    )
    response = tables.respond(request, source, template="care_fees/batch.html")
    if request.htmx.target == STATE and not about.is_running:
        # It is over: the invoices come with the whole.
        response["HX-Retarget"] = response["HX-Reselect"] = "main"
        response["HX-Reswap"] = "outerHTML"
    return response


@require_safe
def waiting_months(request: Request) -> HttpResponseBase:
    """What is approved and not invoiced, and why."""
    form = forms.WaitingFilter(request.GET, months=queries.months_to_choose(request.today))
    rows, found = queries.waiting_months(request.actor, today=request.today, month=form.wanted())
    title = _("What waits")
    source = tables.ListSource(
        title=title,
        lead=_("What is approved and not invoiced. It comes in the first batch after the hindrance is gone."),
        columns=columns.waiting_columns(found),
        rows=rows,
        order="client",
        form=form,
        empty=_("Nothing waits: everything that is approved can be invoiced."),
        crumbs=[_crumb(), tables.Crumb(title)],
        row_url=lambda month: reverse("care_fees:case", args=[month.client.number]),
        person_of=lambda month: month.client.person_id,
        record_read=lambda ids: answers.note_read(request, "waiting_months", ids),
        is_wide=True,
        file_name="vantande-fakturor",
    )
    return tables.respond(request, source)


@require_safe
def invoice(request: Request, number: int) -> HttpResponse:
    """One invoice as it is printed; of a protected client when the reason is given."""
    page = queries.invoice_page(request.actor, number, session=request.session, today=request.today)
    if page.person.is_hidden:
        return people_views.ask_for_reason(request, page.person.code)
    answers.note_read(request, "invoice", [page.invoice.person_id], number=page.invoice.client_number)
    return render(request, "care_fees/invoice.html", {"page": page})


def _crumb() -> tables.Crumb:
    return tables.Crumb(_("Invoices"), reverse("care_fees:batches"))
