"""Search cases, open one, make and delete it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import cases
from kvitt.modules.needs_allowance.forms import CaseForm, CaseSearchForm
from kvitt.modules.needs_allowance.queries import case_page, patient
from kvitt.modules.needs_allowance.queries import cases as case_queries
from kvitt.modules.needs_allowance.tables import CASES
from kvitt.modules.needs_allowance.views import answers
from kvitt.registers.organisations import queries as organisations


@require_safe
def search_cases(request: Request) -> HttpResponse:
    """*Sök behovspengsärende*: the actor's cases, newest first."""
    form = CaseSearchForm(
        request.GET,
        providers=organisations.providers_of(request.actor),
        clinics=organisations.clinics_of(request.actor),
    )
    source = tables.ListSource(
        title=_("Search needs-allowance cases"),
        columns=CASES,
        rows=case_queries.search_cases(request.actor, **form.search()),
        order="-created",
        form=form,
        empty=_("No case matches. Change the filters, or search for the patient to create a case."),
        row_url=lambda case: reverse("needs_allowance:case", args=[case.number]),
        person_of=lambda case: case.person_id,
        record_read=lambda persons: audit.record_read(
            "needs_allowance.search_cases", request.actor, person_ids=persons
        ),
        file_name="behovspengsarenden",
    )
    return tables.respond(request, source)


@require_safe
def patient_cases(request: Request, code: UUID) -> HttpResponse:
    """The tab *Behovspeng* of the patient page."""
    page = patient.patient_cases(request.actor, code, today=request.today, session=request.session)
    audit.record_read("needs_allowance.patient_cases", request.actor, person_ids=[page.person_id])
    return render(request, "needs_allowance/patient_cases.html", {"page": page})


@require_http_methods(["GET", "POST"])
def create_case(request: Request, code: UUID) -> HttpResponse:
    """Ask for the start date and make the case."""
    choice = patient.creation(request.actor, code, today=request.today, session=request.session)
    form = CaseForm(typed(request), initial={"first_on": request.today})
    if form.is_valid():
        try:
            number = cases.create_case(
                request.actor, today=request.today, code=code, first_on=form.cleaned_data["first_on"]
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Case %(number)s is created.") % {"number": number})
            return see_other(request, reverse("needs_allowance:case", args=[number]))
    audit.record_read("needs_allowance.patient_cases", request.actor, person_ids=[choice.person_id])
    dialog = FormPage(
        title=_("Create needs-allowance case"),
        lead=f"{choice.patient_name}.",
        form=form,
        submit=_("Create case"),
        cancel_url=reverse("needs_allowance:patient_cases", args=[code]),
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


@require_safe
def case(request: Request, number: str) -> HttpResponse:
    """The case."""
    page = case_page.case_page(
        request.actor,
        number,
        today=request.today,
        session=request.session,
        shows_removed="removed" in request.GET,
    )
    answers.note_read(request, number, page.case.person_id)
    return render(request, "needs_allowance/case.html", {"page": page})


@require_http_methods(["GET", "POST"])
def delete_case(request: Request, number: str) -> HttpResponse:
    """Ask, and delete a case without codes."""
    choice = patient.deletion(request.actor, number, today=request.today, session=request.session)
    if choice.problems:
        return cannot(request, choice.problems, choice.back_url)
    if request.method == "POST":
        try:
            cases.delete_case(request.actor, number=number)
        except Refused as refused:
            return cannot(request, refused.problems, choice.back_url)
        messages.success(request, _("Case %(number)s is deleted.") % {"number": number})
        return see_other(request, choice.back_url)
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Delete case %(number)s") % {"number": number},
        lead=choice.patient_name,
        question=_(
            "The case and its deductible disappear, and the period becomes free. This cannot be undone."
        ),
        form=Form(),
        submit=_("Remove"),
        cancel_url=choice.back_url,
        is_danger=True,
    )
    return render(request, "dialog.html", {"page": dialog})
