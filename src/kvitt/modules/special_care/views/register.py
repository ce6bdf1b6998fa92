"""*Registrera räkning*: find the patient, check the certificate, begin a claim."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.values.identity import format_identity_number
from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.commands import drafts
from kvitt.modules.special_care.forms.claim import PatientNumberForm, SupportForm
from kvitt.modules.special_care.queries import register
from kvitt.modules.special_care.views import answers
from kvitt.registers.people import queries as people
from kvitt.registers.people import views as people_views


@require_http_methods(["GET", "POST"])
def register_claim(request: Request) -> HttpResponse:
    """*Sök person*: the number travels in the body and never in an address (spec QU-18)."""
    page = register.register_page(request.actor)
    patterns = people.reserve_patterns(request.actor.authority_id)
    form = PatientNumberForm(typed(request), today=request.today, patterns=patterns)
    if form.is_valid():
        digits = form.cleaned_data["digits"]
        person = register.find_person(request.actor, request.session, digits)
        if person is not None:
            answers.note_read(request, "register_claim", [person.pk])
            return see_other(request, reverse("special_care:begin_claim", args=[person.code]))
        page = register.nobody_page(request.actor, digits)
    answers.note_read(request, "register_claim", page.person_ids)
    status = 422 if form.errors else 200
    return render(request, "special_care/register.html", {"page": page, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def begin_claim(request: Request, code: UUID) -> HttpResponse:
    """The answer to the search: the certificate and what can be chosen; choosing begins a claim."""
    person = register.person_to_claim_for(request.actor, request.session, code)
    if people.needs_reason(request.session, person):
        return people_views.ask_for_reason(request, code)
    page = register.patient_page(request.actor, request.session, person, today=request.today)
    choice = SupportForm(typed(request), offered=page.patient.choices if page.patient else ())
    if choice.is_valid():
        try:
            number = drafts.begin_claim(
                request.actor, today=request.today, code=code, support=choice.cleaned_data["support"]
            )
        except Refused as refused:
            choice.add_problems(refused.problems)
        else:
            return see_other(request, reverse("special_care:draft", args=[number]))
    answers.note_read(request, "register_claim", page.person_ids)
    patterns = people.reserve_patterns(request.actor.authority_id)
    searched = {"number": format_identity_number(page.patient.person.number)} if page.patient else None
    form = PatientNumberForm(None, initial=searched, today=request.today, patterns=patterns)
    context = {"page": page, "form": form, "choice": choice}
    return render(request, "special_care/register.html", context, status=form_status(request))
