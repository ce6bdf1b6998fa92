"""Ask for another billing area, answer, and the list of what is asked for."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import areas as commands
from kvitt.modules.care_fees.forms import clients as forms
from kvitt.modules.care_fees.lifecycle import ALREADY_ANSWERED_CODE
from kvitt.modules.care_fees.queries import areas as queries
from kvitt.modules.care_fees.tables import clients as columns
from kvitt.modules.care_fees.views import answers
from kvitt.registers.access.rules import Permission


@require_safe
def area_requests(request: Request) -> HttpResponseBase:
    """List the requests that wait for the billing office."""
    source = tables.ListSource(
        title=_("Requests for another billing area"),
        lead=_("The billing office moves the client, or refuses with a reason."),
        columns=columns.REQUESTS,
        rows=queries.waiting_requests(request.actor, on=request.today),
        order="asked",
        empty=_("No request waits for an answer."),
        crumbs=answers.way_to_list(_("Requests for another billing area")),
        row_url=lambda row: reverse("care_fees:case", args=[row.client.number]),
        person_of=lambda row: row.client.person_id,
        record_read=lambda ids: answers.note_read(request, "area_requests", ids),
        file_name="byte-av-omrade",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def request_move(request: Request, number: str) -> HttpResponse:
    """*Begär byte av debiteringsområde*."""
    choice = queries.move_choice(
        request.actor, number, session=request.session, today=request.today, needs=Permission.REGISTER_CARE
    )
    form = forms.MoveRequestForm(
        typed(request), areas=choice.areas, initial={"area": queries.own_area_id(request.actor)}
    )
    if form.is_valid():
        try:
            commands.request_move(
                request.actor,
                today=request.today,
                number=number,
                area_id=form.cleaned_data["area"],
                reason=form.cleaned_data["reason"],
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The request is sent to the billing office."))
            return see_other(request, reverse("care_fees:case", args=[number]))
    return _dialog(request, choice, form, title=_("Ask for another billing area"), submit=_("Send request"))


@require_http_methods(["GET", "POST"])
def move_client(request: Request, number: str) -> HttpResponse:
    """Move a client to another area; with `request` the answer to what was asked for."""
    choice = queries.move_choice(
        request.actor, number, session=request.session, today=request.today, needs=Permission.MANAGE_BILLING
    )
    request_id = request.GET.get("request", "")
    form = forms.MoveForm(typed(request), areas=choice.areas, initial=choice.initial)
    if form.is_valid():
        try:
            commands.move_client(
                request.actor,
                today=request.today,
                number=number,
                area_id=form.cleaned_data["area"],
                first_on=form.cleaned_data["first_on"],
                request_id=answers.id_in(request_id),
            )
        except Refused as refused:
            if any(problem.code == ALREADY_ANSWERED_CODE for problem in refused.problems):
                return cannot(request, refused.problems, reverse("care_fees:case", args=[number]))
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The client is moved."))
            return answers.done(request, reverse("care_fees:case", args=[number]))
    return _dialog(request, choice, form, title=_("Move to another billing area"), submit=_("Move"))


@require_http_methods(["GET", "POST"])
def refuse_move(request: Request, number: str, request_id: int) -> HttpResponse:
    """Refuse a request, with the reason."""
    choice = queries.move_choice(
        request.actor,
        number,
        session=request.session,
        today=request.today,
        needs=Permission.MANAGE_BILLING,
        request_id=request_id,
    )
    form = forms.RefusalForm(typed(request))
    if form.is_valid():
        try:
            commands.refuse_move(
                request.actor,
                today=request.today,
                number=number,
                request_id=request_id,
                answer=form.cleaned_data["answer"],
            )
        except Refused as refused:
            return cannot(request, refused.problems, reverse("care_fees:case", args=[number]))
        messages.success(request, _("The request is refused."))
        return see_other(request, reverse("care_fees:case", args=[number]))
    return _dialog(request, choice, form, title=_("Refuse the request"), submit=_("Refuse"))


def _dialog(
    request: Request, choice: queries.MoveChoice, form: Form, *, title: str, submit: str
) -> HttpResponse:
    answers.note_read(request, "case", [choice.person_id], number=choice.number)
    page = FormPage(
        title=title,
        lead=choice.lead,
        crumbs=[*answers.way_to(choice.number), tables.Crumb(title)],
        form=form,
        submit=submit,
        cancel_url=reverse("care_fees:case", args=[choice.number]),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))
