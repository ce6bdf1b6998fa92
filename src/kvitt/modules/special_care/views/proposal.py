"""Propose payment of reviewed invoices, and mark repayments."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import FormPage, problem_text
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.selection import CHOSEN, BulkButton, Selection, ids_in
from kvitt.foundation.values.money import format_count, format_kronor
from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.commands import proposal as commands
from kvitt.modules.special_care.commands import repayments as repayment_commands
from kvitt.modules.special_care.forms.review import RepaymentForm
from kvitt.modules.special_care.queries import proposal as queries
from kvitt.modules.special_care.tables.review import REPAYMENTS, TO_PROPOSE
from kvitt.modules.special_care.views import desk


@require_http_methods(["GET", "POST"])
def propose_payment(request: Request) -> HttpResponse:
    """*Föreslå utbetalning*: invoices whose claims are all released; many are proposed at once."""
    if request.method == "POST":
        return _propose(request)
    source = tables.ListSource(
        title=_("Propose payment"),
        lead=_("Invoices whose claims are all approved. Another person attests what you propose."),
        columns=TO_PROPOSE,
        rows=queries.invoices_to_propose(request.actor),
        order="received",
        empty=_("No invoice waits to be proposed for payment."),
        row_url=lambda invoice: reverse("special_care:claim_invoice", args=[invoice.our_reference]),
        notice=_notice(request),
        selection=Selection(
            label=lambda invoice: _("Choose invoice %(reference)s") % {"reference": invoice.our_reference},
            buttons=lambda _page: [BulkButton(_("Propose payment of chosen"), is_primary=True)],
        ),
        is_wide=True,
        file_name="foresla-utbetalning",
    )
    return tables.respond(request, source)


def _propose(request: Request) -> HttpResponse:
    chosen = ids_in(request.POST.getlist(CHOSEN))
    try:
        plan = commands.propose_payment(request.actor, today=request.today, invoice_ids=chosen)
    except Refused as refused:
        return cannot(request, refused.problems, request.get_full_path())
    if plan.ids:
        count = len(plan.ids)
        text = ngettext(
            "%(count)s invoice is proposed for payment. Another person attests it.",
            "%(count)s invoices are proposed for payment. Another person attests them.",
            count,
        )
        messages.success(request, text % {"count": format_count(count)})
    if plan.refused:
        count = len(plan.refused)
        text = ngettext("%(count)s invoice stays:", "%(count)s invoices stay:", count)
        told = [(str(each.our_reference), problem_text(each.problem)) for each in plan.refused]
        messages.warning(request, desk.listed(text % {"count": count}, told))
    return see_other(request, request.get_full_path())


def _notice(request: Request) -> str:
    """Say what the list comes to, and what is not in it: invoices held back, and credits to review."""
    ready = queries.to_propose(request.actor)
    held_back = queries.held_back_count(request.actor)
    credited = queries.credits_to_review(request.actor)
    parts = []
    if ready.count:
        text = ngettext("%(count)s invoice, %(sum)s.", "%(count)s invoices, %(sum)s.", ready.count)
        parts.append(text % {"count": format_count(ready.count), "sum": format_kronor(ready.total)})
    if held_back:
        text = ngettext(
            "%(count)s more invoice waits until its claims under review are decided.",
            "%(count)s more invoices wait until their claims under review are decided.",
            held_back,
        )
        parts.append(text % {"count": format_count(held_back)})
    if credited.count:
        text = ngettext(
            "%(count)s credit invoice of %(sum)s is reviewed with the other invoices.",
            "%(count)s credit invoices of %(sum)s are reviewed with the other invoices.",
            credited.count,
        )
        parts.append(text % {"count": format_count(credited.count), "sum": format_kronor(credited.total)})
    return " ".join(parts)


@require_safe
def repayments(request: Request) -> HttpResponse:
    """*Återbetalningar*: credited invoices of clinics with plusgiro whose money has not come back."""
    source = tables.ListSource(
        title=_("Repayments"),
        lead=_(
            "Clinics with plusgiro pay credited claims back themselves. Mark each when the money is here."
        ),
        columns=REPAYMENTS,
        rows=queries.awaited_repayments(request.actor),
        order="received",
        empty=_("No repayment is awaited."),
        row_url=lambda invoice: reverse("special_care:confirm_repayment", args=[invoice.our_reference]),
        file_name="aterbetalningar",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def confirm_repayment(request: Request, our_reference: int) -> HttpResponse:
    """*Markera som återbetald*."""
    invoice = queries.repayment(request.actor, our_reference)
    back = reverse("special_care:repayments")
    form = RepaymentForm(typed(request), initial={"repaid_on": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            repayment_commands.confirm_repayment(
                request.actor,
                today=request.today,
                our_reference=our_reference,
                repaid_on=form.cleaned_data["repaid_on"],
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            text = _("%(reference)s is marked as repaid.")
            messages.success(request, text % {"reference": invoice})
            return see_other(request, back)
    dialog = FormPage(
        title=_("Mark %(reference)s as repaid") % {"reference": our_reference},
        crumbs=[tables.Crumb(_("Repayments"), back), tables.Crumb(str(our_reference))],
        lead=f"{invoice.clinic}, {invoice.reference}.",
        question=_("%(amount)s is to be repaid.") % {"amount": format_kronor(queries.repayment_of(invoice))},
        form=form,
        submit=_("Mark as repaid"),
        cancel_url=back,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))
