"""Credit what was invoiced, and undo it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import credits as credit_commands
from kvitt.modules.needs_allowance.forms import CreditForm
from kvitt.modules.needs_allowance.queries import credits as credit_queries
from kvitt.modules.needs_allowance.views import answers


@require_http_methods(["GET", "POST"])
def credit_procedure(request: Request, number: str, procedure_id: int) -> HttpResponse:
    """*Kreditera*: ask, show the amounts before and after, and credit.

    `recalculate` asks only for the amounts of what is ticked now.
    """
    choice = _crediting(request, number, procedure_id, ticked=None)
    case_url = reverse("needs_allowance:case", args=[number])
    if choice.problems:
        return cannot(request, choice.problems, case_url)
    form = CreditForm(
        typed(request),
        choices=choice.choices,
        asks_which=choice.asks_which,
        initial={"wrong": [procedure_id], "seen": choice.seen},
    )
    status = 200
    if request.method == "POST":
        wrong_ids = form.cleaned_data["wrong"] if form.is_valid() else []
        if form.is_valid() and "recalculate" not in request.POST:
            try:
                credit_commands.credit_procedure(
                    request.actor, number=number, wrong_ids=wrong_ids, seen=form.cleaned_data["seen"]
                )
            except Refused as refused:
                form.add_problems(refused.problems)
            else:
                messages.success(request, _("The codes wait to be credited on the next invoice."))
                return see_other(request, case_url)
        choice = _crediting(request, number, procedure_id, ticked=wrong_ids)
        form.show(choice.seen, ticked=request.POST.getlist("wrong"))
        status = 200 if "recalculate" in request.POST else 422
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Credit %(procedure)s") % {"procedure": choice.procedure_name},
        crumbs=answers.way_to(number),
        lead=f"{number}, {choice.patient_name}",
        form=form,
        submit=_("OK") if choice.asks_which else _("Credit code"),
        cancel_url=case_url,
    )
    context = {"page": dialog, "credit": choice}
    return render(request, "needs_allowance/credit_procedure.html", context, status=status)


@require_http_methods(["GET", "POST"])
def withdraw_credit(request: Request, number: str, procedure_id: int) -> HttpResponse:
    """*Ångra kreditering*: ask, and undo what was credited together."""
    choice = credit_queries.credit_withdrawal(
        request.actor, number, procedure_id, today=request.today, session=request.session
    )
    case_url = reverse("needs_allowance:case", args=[number])
    if choice.problems:
        return cannot(request, choice.problems, case_url)
    if request.method == "POST":
        try:
            credit_commands.withdraw_credit(request.actor, number=number, procedure_id=procedure_id)
        except Refused as refused:
            return cannot(request, refused.problems, case_url)
        messages.success(request, _("The crediting is undone."))
        return see_other(request, case_url)
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Undo the crediting of %(code)s") % {"code": choice.code},
        crumbs=answers.way_to(number),
        lead=f"{number}, {choice.patient_name}",
        form=Form(),
        submit=_("Undo crediting"),
        cancel_url=case_url,
    )
    return render(request, "needs_allowance/withdraw_credit.html", {"page": dialog, "credit": choice})


def _crediting(
    request: Request, number: str, procedure_id: int, *, ticked: list[int] | None
) -> credit_queries.CreditDialog:
    return credit_queries.crediting(
        request.actor,
        number,
        procedure_id,
        wrong_ids=ticked,
        today=request.today,
        session=request.session,
    )
