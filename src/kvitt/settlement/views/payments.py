"""Payments as both sides see them: the list, and the remittance advice as page and PDF."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kvitt.foundation import tables
from kvitt.foundation.htmx import Request, see_other
from kvitt.settlement.exchange.advice import advice_pdf
from kvitt.settlement.forms.runs import PaymentSearchForm
from kvitt.settlement.queries import payment_page as queries
from kvitt.settlement.tables import payments as columns


@require_safe
def payments(request: Request) -> HttpResponse:
    """*Utbetalningar*: what was paid, is on its way or was carried on, newest first."""
    form = PaymentSearchForm(request.GET)
    sees_providers = queries.sees_providers(request.actor)
    source = tables.ListSource(
        title=_("Payments"),
        lead=_("What the region pays in payment runs, and what is carried on when credits are larger."),
        columns=columns.payment_columns(
            has_providers=sees_providers, opens_runs=queries.opens_runs(request.actor)
        ),
        rows=queries.payments(request.actor, **form.search()),
        order="-day",
        form=form,
        empty=_("No payment matches. Change the filters, or press Clear to see all."),
        row_url=_url,
        prepare=queries.payment_rows,
        is_wide=sees_providers,
        file_name="utbetalningar",
    )
    return tables.respond(request, source)


@require_safe
def payment(request: Request, payment_id: int) -> HttpResponse:
    """*Betalningsavi*: one payment with its invoices."""
    advice = queries.payment_advice(request.actor, payment_id)
    pdf = tables.Action(
        _("Download PDF"), reverse("settlement:payment_pdf", args=[payment_id]), icon="file-text"
    )
    reject = tables.Action(
        _("Rejected by the bank"),
        reverse("settlement:reject_payment", args=[payment_id]),
        is_dialog=True,
        icon="circle-x",
    )
    return _page(request, advice, [*([reject] if advice.may_confirm else []), pdf])


@require_safe
def payment_pdf(request: Request, payment_id: int) -> HttpResponse:
    """The advice of a payment as a document."""
    return _pdf(request, queries.payment_advice(request.actor, payment_id), f"betalningsavi-{payment_id}")


@require_safe
def netting(request: Request, netting_id: int) -> HttpResponse:
    """What a run comes to for one care provider, also where it pays nothing."""
    advice = queries.netting_advice(request.actor, netting_id)
    pdf = tables.Action(
        _("Download PDF"), reverse("settlement:netting_pdf", args=[netting_id]), icon="file-text"
    )
    return _page(request, advice, [pdf])


@require_safe
def netting_pdf(request: Request, netting_id: int) -> HttpResponse:
    """What a run comes to for one care provider as a document."""
    return _pdf(request, queries.netting_advice(request.actor, netting_id), f"kvittning-{netting_id}")


@require_safe
def payment_of(request: Request, invoice_id: int) -> HttpResponse:
    """Send the reader on from an invoice to what settles it."""
    netting_id, payment_id = queries.settling(request.actor, invoice_id)
    if payment_id is None:
        return see_other(request, reverse("settlement:netting", args=[netting_id]))
    return see_other(request, reverse("settlement:payment", args=[payment_id]))


# What they share ----------------------------------------------------------------------------------


def _url(row: queries.PaymentRow) -> str:
    if row.payment_id is None:
        return reverse("settlement:netting", args=[row.netting_id])
    return reverse("settlement:payment", args=[row.payment_id])


def _page(request: Request, advice: queries.Advice, actions: list[tables.Action]) -> HttpResponse:
    title = columns.advice_title(advice)
    source = tables.ListSource(
        title=title,
        lead=advice.netting.provider_name,
        columns=columns.invoice_columns(queries.opened_modules(request.actor)),
        rows=queries.invoices_on(request.actor, advice),
        order="reference",
        empty=_("There are no invoices of yours in it."),
        crumbs=[tables.Crumb(_("Payments"), reverse("settlement:payments")), tables.Crumb(title)],
        actions=actions,
        facts=columns.advice_facts(advice),
        about=columns.advice_about(advice),
        file_name=f"betalningsavi-{advice.run.pay_on}",
    )
    return tables.respond(request, source, template="settlement/advice.html")


def _pdf(request: Request, advice: queries.Advice, name: str) -> HttpResponse:
    settled = queries.invoices_on(request.actor, advice).order_by("invoice__reference_search_key", "pk")
    return HttpResponse(
        advice_pdf(columns.advice_document(advice, list(settled))),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )
