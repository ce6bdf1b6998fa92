"""Incomes of a client and changes of the reserved amount: pages and dialogs from the client's page."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import incomes as commands
from kvitt.modules.care_fees.forms import incomes as forms
from kvitt.modules.care_fees.queries import clients, search
from kvitt.modules.care_fees.queries import incomes as queries
from kvitt.modules.care_fees.views import answers
from kvitt.registers.documents import views as files
from kvitt.registers.documents.commands import Upload
from kvitt.registers.people import queries as people
from kvitt.registers.people import views as people_views


@require_http_methods(["GET", "POST"])
def save_income(request: Request, number: str) -> HttpResponse:
    """*Inkomst*: what is stated from a day on; one more row is asked for by a button."""
    choice = queries.income_to_save(
        request.actor,
        number,
        session=request.session,
        today=request.today,
        first_on=request.GET.get("first_on", ""),
    )
    is_adding = "add" in request.POST
    count = forms.asked_rows(request.POST, fewest=max(len(choice.rows), 2), is_adding=is_adding)
    form = forms.IncomeForm(
        None if is_adding else typed(request),
        None if is_adding else request.FILES or None,
        count=count,
        has_spouse=bool(choice.spouse),
        initial={**choice.initial, **forms.initial_rows(choice.rows), **request.POST.dict(), "rows": count},
    )
    if form.is_valid():
        file = form.cleaned_data["proof"]
        try:
            commands.save_income(
                request.actor,
                today=request.today,
                number=number,
                new=form.new(),
                proof=Upload(file.name, file.size, file.file) if file else None,
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The income is registered."))
            return answers.done(request, _back(number))
    title = _("Income and housing cost")
    page = forms.IncomePage(
        title=title,
        lead=choice.lead,
        crumbs=[*answers.way_to(number), Crumb(title)],
        form=form,
        submit=_("Save"),
        cancel_url=answers.way_back(request, _back(number)),
        note=_("What held before ends the day before. One that begins the same day is mended."),
        spouse=choice.spouse,
    )
    answers.note_read(request, "case", [choice.person_id], number=number)
    status = 200 if is_adding else form_status(request)
    return render(request, "care_fees/save_income.html", {"page": page}, status=status)


@require_http_methods(["GET", "POST"])
def adjust_reserved(request: Request, number: str) -> HttpResponse:
    """Raise or cut the reserved amount of a client in a period."""
    client = queries.client_to_decide(request.actor, number, today=request.today)
    form = forms.AdjustmentForm(typed(request), initial={"first_on": request.today.replace(day=1)})
    if form.is_valid():
        try:
            commands.adjust_reserved(request.actor, today=request.today, number=number, new=form.new())
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The reserved amount is changed."))
            return see_other(request, _back(number))
    title = _("Change the reserved amount")
    page = FormPage(
        title=title,
        lead=clients.lead_of(request.session, client, today=request.today),
        crumbs=[*answers.way_to(number), Crumb(title)],
        form=form,
        submit=_("Save"),
        cancel_url=_back(number),
        note=_("The reserved amount never becomes less than 0."),
    )
    answers.note_read(request, "case", [client.person_id], number=number)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_http_methods(["GET", "POST"])
def end_adjustment(request: Request, number: str, adjustment_id: int) -> HttpResponse:
    """Give a change of the reserved amount its last day."""
    client = queries.client_to_decide(request.actor, number, today=request.today)
    adjustment = queries.adjustment_of(client, adjustment_id)
    form = forms.EndAdjustmentForm(typed(request), initial={"last_on": adjustment.last_on or request.today})
    if form.is_valid():
        try:
            commands.end_adjustment(
                request.actor,
                today=request.today,
                number=number,
                adjustment_id=adjustment_id,
                last_on=form.cleaned_data["last_on"],
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The change of the reserved amount has its last day."))
            return see_other(request, _back(number))
    title = _("End the change of the reserved amount")
    page = FormPage(
        title=title,
        lead=clients.lead_of(request.session, client, today=request.today),
        crumbs=[*answers.way_to(number), Crumb(title)],
        form=form,
        submit=_("Save"),
        cancel_url=_back(number),
    )
    answers.note_read(request, "case", [client.person_id], number=number)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_safe
def income_proof(request: Request, number: str, statement_id: int) -> HttpResponse | FileResponse:
    """The proof of an income, to be saved; of a protected client only when the reason is given."""
    client, found = queries.proof_of(request.actor, number, statement_id, today=request.today)
    person = search.person_of(client)
    if people.needs_reason(request.session, person):
        return people_views.ask_for_reason(request, person.code)
    answers.note_read(request, "income_proof", [client.person_id], number=number)
    return files.download(found)


def _back(number: str) -> str:
    return f"{reverse('care_fees:case', args=[number])}#incomes"
