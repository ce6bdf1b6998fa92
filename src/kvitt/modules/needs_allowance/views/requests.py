"""Request preauthorization, follow a request, and read what was decided."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import procedures, requests
from kvitt.modules.needs_allowance.forms import AnswerForm, RequestForm
from kvitt.modules.needs_allowance.queries import requests as queries
from kvitt.modules.needs_allowance.views import answers


@require_http_methods(["GET", "POST"])
def create_request(request: Request, number: str) -> HttpResponse:
    """*Skapa begäran om förhandsbedömning*: saved, or sent at once."""
    choice = queries.creation(request.actor, number, today=request.today, session=request.session)
    if choice.problems:
        return cannot(request, choice.problems, _case_url(number))
    return _request_form(request, number, choice)


@require_safe
def request(request: Request, number: str, request_id: int) -> HttpResponse:
    """A request, with everything that was sent and decided."""
    page = queries.request_page(
        request.actor, number, request_id, today=request.today, session=request.session
    )
    answers.note_read(request, number, page.person_id)
    return render(request, "needs_allowance/request.html", {"page": page})


@require_http_methods(["GET", "POST"])
def change_request(request: Request, number: str, request_id: int) -> HttpResponse:
    """Change a request that is not sent: saved anew, or sent."""
    choice = queries.change(request.actor, number, request_id, today=request.today, session=request.session)
    if choice.problems:
        return cannot(request, choice.problems, _case_url(number))
    return _request_form(request, number, choice, request_id)


@require_http_methods(["GET", "POST"])
def send_request(request: Request, number: str, request_id: int) -> HttpResponse:
    """Send a request as it was saved."""
    if request.method == "GET":
        return see_other(request, _request_url(number, request_id))
    try:
        requests.send_request(
            request.actor,
            today=request.today,
            number=number,
            request_id=request_id,
            seen=request.POST.get("seen", ""),
        )
    except Refused as refused:
        return cannot(request, refused.problems, _case_url(number))
    messages.success(request, _("Preauthorization is requested."))
    return see_other(request, _case_url(number))


@require_http_methods(["GET", "POST"])
def remove_request(request: Request, number: str, request_id: int) -> HttpResponse:
    """Ask, and remove a request that is not sent."""
    choice = queries.question(
        request.actor, number, request_id, command="remove", today=request.today, session=request.session
    )
    if choice.problems:
        return cannot(request, choice.problems, _case_url(number))
    if request.method == "POST":
        try:
            requests.remove_request(request.actor, number=number, request_id=request_id)
        except Refused as refused:
            return cannot(request, refused.problems, _case_url(number))
        messages.success(request, _("The request for preauthorization is removed."))
        return see_other(request, _case_url(number))
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Remove the request for preauthorization"),
        crumbs=answers.way_to(number),
        lead=f"{number}, {choice.patient_name}",
        question=_("The request is not sent. Its codes stay in the case and can be requested anew."),
        form=Form(),
        submit=_("Remove"),
        cancel_url=_request_url(number, request_id),
    )
    return render(request, "dialog.html", {"page": dialog})


@require_http_methods(["GET", "POST"])
def withdraw_request(request: Request, number: str, request_id: int) -> HttpResponse:
    """Ask, and take a waiting request back."""
    choice = queries.question(
        request.actor, number, request_id, command="withdraw", today=request.today, session=request.session
    )
    if choice.problems:
        return cannot(request, choice.problems, _case_url(number))
    if request.method == "POST":
        try:
            requests.withdraw_request(request.actor, number=number, request_id=request_id)
        except Refused as refused:
            return cannot(request, refused.problems, _case_url(number))
        messages.success(request, _("The request for preauthorization is taken back."))
        return see_other(request, _case_url(number))
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Take back the request for preauthorization"),
        crumbs=answers.way_to(number),
        lead=f"{number}, {choice.patient_name}",
        question=_(
            "The assessing dentist no longer sees the request, and its codes require preauthorization again. "
            "You can change it and send it anew while the assessment period runs."
        ),
        form=Form(),
        submit=_("Take back"),
        cancel_url=_request_url(number, request_id),
    )
    return render(request, "dialog.html", {"page": dialog})


@require_http_methods(["GET", "POST"])
def answer_request(request: Request, number: str, request_id: int) -> HttpResponse:
    """Answer the assessor who asked for more."""
    choice = queries.question(
        request.actor, number, request_id, command="answer", today=request.today, session=request.session
    )
    if choice.problems:
        return cannot(request, choice.problems, _case_url(number))
    form = AnswerForm(typed(request))
    if form.is_valid():
        try:
            requests.answer_request(
                request.actor, number=number, request_id=request_id, text=form.cleaned_data["answer"]
            )
        except Refused as refused:
            return cannot(request, refused.problems, _case_url(number))
        messages.success(request, _("The answer is sent, and the request is reviewed again."))
        return see_other(request, _case_url(number))
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Answer the assessing dentist"),
        crumbs=answers.way_to(number),
        lead=f"{number}, {choice.patient_name}.",
        question=choice.question,
        form=form,
        submit=_("Send answer"),
        cancel_url=_request_url(number, request_id),
        note=_("Documents that you have added to the case meanwhile go along."),
    )
    return render(
        request, "needs_allowance/answer_request.html", {"page": dialog}, status=form_status(request)
    )


@require_http_methods(["GET", "POST"])
def mark_decision_read(request: Request, number: str, request_id: int) -> HttpResponse:
    """*Markera som läst*."""
    if request.method == "GET":
        return see_other(request, _request_url(number, request_id))
    try:
        requests.mark_decision_read(request.actor, number=number, request_id=request_id)
    except Refused as refused:
        return cannot(request, refused.problems, _case_url(number))
    messages.success(request, _("The decision is marked as read."))
    return see_other(request, _case_url(number))


# What they share ----------------------------------------------------------------------------------


def _request_form(
    request: Request, number: str, choice: queries.RequestDialog, request_id: int | None = None
) -> HttpResponse:
    """Show the form of a request (figure 13); save or send what was typed."""
    form = RequestForm(typed(request), offered=choice.offered, initial=choice.initial)
    is_sent = "send" in request.POST
    if form.is_valid():
        act = requests.send_request if is_sent else requests.save_request
        try:
            act(
                request.actor,
                today=request.today,
                number=number,
                draft=requests.Draft(**form.draft()),
                request_id=request_id,
                seen=form.cleaned_data["seen"],
            )
        except procedures.ChangedMeanwhile as changed:
            form.add_problems(changed.problems)
            form.show_saved(choice.initial)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            said = _("Preauthorization is requested.") if is_sent else _("The request is saved, not sent.")
            messages.success(request, said)
            return see_other(request, _case_url(number))
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Preauthorization"),
        crumbs=answers.way_to(number),
        lead=f"{number}, {choice.patient_name}.",
        form=form,
        submit=_("Request preauthorization"),
        cancel_url=_request_url(number, request_id) if request_id else _case_url(number),
    )
    return render(request, "needs_allowance/request_form.html", {"page": dialog}, status=form_status(request))


def _case_url(number: str) -> str:
    return reverse("needs_allowance:case", args=[number])


def _request_url(number: str, request_id: int) -> str:
    return reverse("needs_allowance:request", args=[number, request_id])
