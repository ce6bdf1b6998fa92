"""The files of invoices: a batch is sent, and an invoice is downloaded."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.money import format_kronor
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import batch_files as commands
from kvitt.modules.care_fees.exchange import invoice_pdf as exchange
from kvitt.modules.care_fees.queries import invoice_pages as queries
from kvitt.modules.care_fees.views import answers
from kvitt.registers.people import views as people_views


@require_http_methods(["GET", "HEAD", "POST"])
def send_batch(request: Request, number: int) -> HttpResponse:
    """*Skicka*: ask, and let the files of a batch leave."""
    found = queries.batch_of(request.actor, number)
    about = queries.batch_about(found)
    back = reverse("care_fees:batch", args=[number])
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.send_batch(request.actor, batch_id=found.pk)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(
                request, _("Batch %(number)s is sent. Its files leave now.") % {"number": number}
            )
            return see_other(request, back)
    title = _("Send batch %(number)s") % {"number": number}
    values = {"count": about.done - about.voided, "amount": format_kronor(about.amount)}
    dialog = FormPage(
        title=title,
        crumbs=[Crumb(_("Invoices"), reverse("care_fees:batches")), Crumb(str(number), back), Crumb(title)],
        lead=_("%(count)s invoices of together %(amount)s.") % values,
        question=_(
            "The invoices leave for print, as e-invoices to organisations, and as a voucher to the economy "
            "system. They are sent once. After that the areas cannot be re-opened for their period."
        ),
        form=form,
        submit=_("Send the batch"),
        cancel_url=back,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


@require_safe
def invoice_pdf(request: Request, number: int) -> HttpResponse:
    """An invoice as PDF, to be saved; of a protected client when the reason is given."""
    page = queries.invoice_page(request.actor, number, session=request.session, today=request.today)
    if page.person.is_hidden:
        return people_views.ask_for_reason(request, page.person.code)
    answers.note_read(request, "invoice_pdf", [page.invoice.person_id], number=page.invoice.client_number)
    return HttpResponse(
        exchange.write_invoices([page.invoice]),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="faktura-{number}.pdf"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
