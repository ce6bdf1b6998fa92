"""The assessor's desk: a request with its plan, and what the assessor does about it."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation.htmx import Request, cannot, form_status, see_other
from kvitt.modules.special_care.commands import assessment
from kvitt.modules.special_care.commands.assessment import Assessment
from kvitt.modules.special_care.queries import assessment as queries
from kvitt.modules.special_care.queries import plans
from kvitt.preauthorization.forms import DecisionForm
from kvitt.preauthorization.rules import Validity
from kvitt.preauthorization.views import desk
from kvitt.registers.documents import views as files


@files.shows_documents
@require_safe
def assess_request(request: Request, number: str, request_id: int) -> HttpResponse:
    """The desk."""
    try:
        page = _page(request, number, request_id)
    except queries.TakenBack as taken:
        return cannot(request, taken.problems, reverse("preauthorization:queue"))
    form = DecisionForm(procedures=page.desk.procedures, may_change=True, initial=page.initial)
    return _show(request, page, request_id, form)


@files.shows_documents
@require_http_methods(["GET", "POST"])
def decide_request(request: Request, number: str, request_id: int) -> HttpResponse:
    """*Besluta*."""

    def decide(form: DecisionForm) -> None:
        outcome = assessment.decide_request(
            request.actor,
            today=request.today,
            number=number,
            request_id=request_id,
            assessment=_assessment(form),
            seen=request.POST.get("seen", ""),
        )
        text = _("The request in %(number)s is decided: %(outcome)s.")
        desk.tell_with_next(request, text % {"number": number, "outcome": _(outcome.label)})

    return _act(request, number, request_id, decide)


@files.shows_documents
@require_http_methods(["GET", "POST"])
def save_draft_decision(request: Request, number: str, request_id: int) -> HttpResponse:
    """*Spara utkast*."""

    def save(form: DecisionForm) -> None:
        assessment.save_draft_decision(
            request.actor,
            number=number,
            request_id=request_id,
            assessment=_assessment(form),
            seen=request.POST.get("seen", ""),
        )
        messages.success(
            request, _("The draft is saved. Nothing is decided, and the clinic does not see it.")
        )

    return _act(request, number, request_id, save)


@files.shows_documents
@require_http_methods(["GET", "POST"])
def ask_for_completion(request: Request, number: str, request_id: int) -> HttpResponse:
    """*Begär komplettering*."""

    def ask(form: DecisionForm) -> None:
        assessment.ask_for_completion(
            request.actor,
            number=number,
            request_id=request_id,
            question=form.cleaned_data["question"],
            assessment=_assessment(form),
            seen=request.POST.get("seen", ""),
        )
        desk.tell_with_next(
            request, _("The clinic is asked to complete the request in %(number)s.") % {"number": number}
        )

    return _act(request, number, request_id, ask)


def _act(request: Request, number: str, request_id: int, act: Callable[[DecisionForm], None]) -> HttpResponse:
    desk_url = reverse("special_care:assess_request", args=[number, request_id])
    if request.method != "POST":
        return see_other(request, desk_url)
    try:
        page = _page(request, number, request_id)
    except queries.TakenBack as taken:
        return cannot(request, taken.problems, reverse("preauthorization:queue"))
    return desk.act(
        request,
        DecisionForm(request.POST, procedures=page.desk.procedures, may_change=True),
        act,
        desk_url=desk_url,
        show=lambda form: _show(request, page, request_id, form),
    )


def _page(request: Request, number: str, request_id: int) -> queries.AssessmentPage:
    return queries.assessment_page(
        request.actor,
        number,
        request_id,
        chosen=request.GET.get("document", ""),
        today=request.today,
        session=request.session,
    )


def _show(
    request: Request, page: queries.AssessmentPage, request_id: int, form: DecisionForm
) -> HttpResponse:
    """Show the desk, and record whom the assessor saw."""
    audit.record_read(
        "special_care.assess_request",
        request.actor,
        person_ids=[page.person_id],
        subject=(plans.SUBJECT, page.number),
    )
    names = ("decide", "draft", "ask")
    views = ("decide_request", "save_draft_decision", "ask_for_completion")
    urls = {
        f"{name}_url": reverse(f"special_care:{view}", args=[page.number, request_id])
        for name, view in zip(names, views, strict=True)
    }
    context = {"page": replace(page, form=form), **urls}
    return render(request, "special_care/assess_request.html", context, status=form_status(request))


def _assessment(form: DecisionForm) -> Assessment:
    return Assessment(
        verdicts=form.verdicts(),
        reason=form.cleaned_data["reason"],
        grants=form.grants() or {},
        validity=form.validity() or Validity(None, None),
    )
