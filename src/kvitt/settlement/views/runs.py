"""Payment runs: the list, what a new one would pay, one run, its approval, and what the bank has done."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage, problem_text
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.values.money import format_count, format_kronor
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import Permission
from kvitt.settlement.commands import confirmation
from kvitt.settlement.commands import runs as commands
from kvitt.settlement.forms.runs import ConfirmPaymentsForm, ProposeRunForm, RejectPaymentForm
from kvitt.settlement.queries import payment_page, proposal_page, run_page
from kvitt.settlement.queries import runs as queries
from kvitt.settlement.rules import bank_days
from kvitt.settlement.tables import payments as payment_tables
from kvitt.settlement.tables import runs as columns

if TYPE_CHECKING:
    from kvitt.settlement.models import PaymentRun


@require_safe
def runs(request: Request) -> HttpResponse:
    """*Utbetalningskörningar*: every run, newest first."""
    propose = tables.Action(
        _("Propose payment run"), reverse("settlement:propose_run"), is_primary=True, icon="plus"
    )
    source = tables.ListSource(
        title=_("Payment runs"),
        lead=_("One person proposes what is paid, another one approves it. Then the file goes to the bank."),
        columns=columns.RUNS,
        rows=queries.runs_of(request.actor),
        order="-number",
        empty=_("Nothing has been paid by a run yet. Begin with Propose payment run."),
        row_url=lambda row: reverse("settlement:run", args=[row.run.number]),
        prepare=run_page.with_figures,
        actions=[propose],
        is_wide=True,
        file_name="utbetalningskorningar",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "HEAD", "POST"])
def propose_run(request: Request) -> HttpResponse:
    """*Föreslå utbetalningskörning*: what would be paid, and the day of payment."""
    request.actor.require(Permission.PROPOSE_PAYMENTS)
    first = bank_days.bank_day_after(request.today)
    form = ProposeRunForm(typed(request), today=request.today, initial={"pay_on": first})
    if request.method == "POST" and form.is_valid():
        try:
            number = commands.propose_run(
                request.actor, today=request.today, pay_on=form.cleaned_data["pay_on"]
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            text = _("Payment run %(number)s is proposed.")
            messages.success(request, text % {"number": number})
            return see_other(request, reverse("settlement:run", args=[number]))
    about = proposal_page.proposal_page(request.actor)
    page = columns.proposal_form_page(about, form, way=_way())
    return render(request, "settlement/propose_run.html", {"page": page}, status=form_status(request))


@require_safe
def run(request: Request, number: int) -> HttpResponse:
    """One run: its facts, what it nets for each care provider, and what can be done with it."""
    found = queries.run_of(request.actor, number)
    page = run_page.run_page(request.actor, found, today=request.today)
    source = tables.ListSource(
        title=_("Payment run %(number)s") % {"number": number},
        columns=columns.NETTINGS,
        rows=run_page.nettings(found),
        order="provider",
        empty=_("The run has nothing in it."),
        crumbs=_way(number),
        prepare=lambda listed: run_page.netting_rows(found, listed),
        below=lambda row: _unfolded(request, row),
        actions=_actions(page),
        about=columns.run_about(page),
        facts=columns.run_facts(page),
        is_wide=True,
        file_name=f"utbetalningskorning-{number}",
    )
    return tables.respond(request, source, template="settlement/run.html")


def _actions(page: run_page.RunPage) -> list[tables.Action]:
    number = page.run.number
    offered = (
        (page.may_cancel, _("Cancel run"), "cancel_run", "undo-2", False),
        (page.may_approve, _("Approve run"), "approve_run", "circle-check", True),
        (page.may_confirm, _("Confirm paid"), "confirm_payments", "circle-check", True),
    )
    return [
        tables.Action(
            label,
            reverse(f"settlement:{name}", args=[number]),
            is_primary=is_primary,
            is_dialog=True,
            icon=icon,
        )
        for may, label, name, icon, is_primary in offered
        if may
    ]


def _unfolded(request: Request, row: run_page.NettingRow) -> SafeString:
    """Return what a netting unfolds: why it pays nothing, its payments, its invoices."""
    opened = payment_page.opened_modules(request.actor)
    context = {
        "row": row,
        "label": columns.unfold_text(row),
        "carried": columns.carried_text(row),
        "payments": tables.plain_table(payment_tables.PAYMENTS_OF_NETTING, row.payments),
        "invoices": tables.plain_table(payment_tables.invoice_columns(opened), row.shown),
    }
    return render_to_string("settlement/unfolded_netting.html", context)


# What is done with a run --------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def approve_run(request: Request, number: int) -> HttpResponse:
    """*Godkänn körning*: ask, and order the payments."""
    found = queries.run_of(request.actor, number)
    request.actor.require(Permission.APPROVE_PAYMENTS)
    page = run_page.run_page(request.actor, found, today=request.today)
    return _dialog(
        request,
        found,
        Form(typed(request)),
        lambda _form: commands.approve_run(request.actor, today=request.today, number=number),
        title=_("Approve payment run %(number)s"),
        question=columns.approval_question(page),
        submit=_("Approve run"),
        done=columns.approval_done(page),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_run(request: Request, number: int) -> HttpResponse:
    """*Avbryt körning*: ask, and let its invoices go."""
    found = queries.run_of(request.actor, number)
    return _dialog(
        request,
        found,
        Form(typed(request)),
        lambda _form: commands.cancel_run(request.actor, number=number),
        title=_("Cancel payment run %(number)s"),
        question=_(
            "Nothing is paid. The invoices can be in the next run that is proposed; the number of this run "
            "is not used again."
        ),
        submit=_("Cancel run"),
        done=_("Payment run %(number)s is cancelled."),
        is_danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_payments(request: Request, number: int) -> HttpResponse:
    """*Bekräfta betalda*: which payments the bank has made, and on what day."""
    found = queries.run_of(request.actor, number)
    request.actor.require(Permission.APPROVE_PAYMENTS)
    waiting = list(run_page.open_payments(found))
    url = reverse("settlement:run", args=[number])
    if not waiting and request.method != "POST":
        messages.info(request, _("No payment of the run is on its way."))
        return see_other(request, url)
    form = ConfirmPaymentsForm(
        typed(request), payments=waiting, initial={"paid_on": min(found.pay_on, request.today)}
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        try:
            confirmation.confirm_payments(
                request.actor, today=request.today, paid_on=form.day(), payment_ids=chosen
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            text = ngettext(
                "%(count)s payment is confirmed.", "%(count)s payments are confirmed.", len(chosen)
            )
            messages.success(request, text % {"count": format_count(len(chosen))})
            return see_other(request, url)
    dialog = FormPage(
        title=_("Confirm paid"),
        crumbs=[*_way(number, is_here=False), tables.Crumb(_("Confirm paid"))],
        lead=_("Payment run %(number)s") % {"number": number} + ".",
        question=_(
            "The invoices become paid out with the day as day of payment. This cannot be undone. Use it when "
            "the bank sends no files."
        ),
        form=form,
        submit=_("Confirm paid"),
        cancel_url=url,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
def reject_payment(request: Request, payment_id: int) -> HttpResponse:
    """*Avvisad av banken*: note why; the next run pays it anew."""
    advice = payment_page.payment_advice(request.actor, payment_id)
    request.actor.require(Permission.APPROVE_PAYMENTS)
    url = reverse("settlement:payment", args=[payment_id])
    if not advice.may_confirm and request.method != "POST":
        messages.info(request, _("The payment is not on its way any more."))
        return see_other(request, url)
    form = RejectPaymentForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            confirmation.reject_payment(
                request.actor,
                today=request.today,
                payment_id=payment_id,
                reason=form.cleaned_data["reason"],
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("It is noted that the bank rejected the payment."))
            return see_other(request, url)
    dialog = FormPage(
        title=_("Rejected by the bank"),
        crumbs=[*_way(advice.run.number, is_here=False), tables.Crumb(_("Rejected by the bank"))],
        lead=f"{advice.netting.provider_name}, {advice.account}.",
        question=_(
            "%(amount)s is paid anew in the next payment run, to the account that the clinic has then. See "
            "to it that the clinic gives another account first."
        )
        % {"amount": format_kronor(advice.parts.paid)},
        form=form,
        submit=_("Note as rejected"),
        cancel_url=url,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


# What they share ----------------------------------------------------------------------------------


def _way(number: int | None = None, *, is_here: bool = True) -> list[tables.Crumb]:
    """Return the way to a run, or to what is done with it."""
    crumbs = [tables.Crumb(_("Payment runs"), reverse("settlement:runs"))]
    if number is None:
        return [*crumbs, tables.Crumb(_("Propose payment run"))]
    url = "" if is_here else reverse("settlement:run", args=[number])
    return [*crumbs, tables.Crumb(_("Payment run %(number)s") % {"number": number}, url)]


def _dialog(
    request: Request,
    found: "PaymentRun",
    form: Form,
    act: Callable[[Form], object],
    *,
    title: str,
    question: object,
    submit: str,
    done: str,
    is_danger: bool = False,
) -> HttpResponse:
    """Ask, and do it; a run that is decided already is shown instead, and told so."""
    values = {"number": found.number}
    url = reverse("settlement:run", args=[found.number])
    if request.method == "POST" and form.is_valid():
        try:
            act(form)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, done % values)
            return see_other(request, url)
    elif problems := run_page.decision_problems(found):
        for problem in problems:
            messages.info(request, problem_text(problem))
        return see_other(request, url)
    dialog = FormPage(
        title=title % values,
        crumbs=[*_way(found.number, is_here=False), tables.Crumb(title % values)],
        question=question,
        form=form,
        submit=submit,
        cancel_url=url,
        is_danger=is_danger,
        cancel=_("Back") if is_danger else "",
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))
