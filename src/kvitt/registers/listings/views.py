"""The list of patients, the patient's page, moving a patient, merging two records."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation.forms import FormPage, problem_text
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import Crumb, ListSource, respond
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import Permission
from kvitt.registers.listings import commands, forms, queries, tables
from kvitt.registers.people import forms as people_forms
from kvitt.registers.people import queries as people
from kvitt.registers.people import views as people_views


def listed_patients(request: Request) -> HttpResponse:
    """List the patients of the actor's clinics (*Listade patienter*); an authority chooses a clinic first."""
    request.actor.require(Permission.SEE_PATIENTS)
    typed = request.GET.copy()
    typed["on"] = typed.get("on") or request.today.isoformat()
    clinics = queries.clinic_choices(request.actor)
    has_all = request.actor.clinic_ids is not None
    form = forms.ListedFilter(typed, clinics=clinics, has_all=has_all)
    rows = queries.listed_patients(request.actor, on=request.today).none()
    if form.is_valid() and (has_all or form.cleaned_data.get("clinic_id")):
        rows = queries.listed_patients(request.actor, **form.cleaned_data)
    source = ListSource(
        title=_("Listed patients"),
        columns=tables.listed_patients(has_several_clinics=bool(clinics)),
        rows=rows,
        order="name",
        empty=_("No patient is listed with these filters. Change them, or search for the patient by number."),
        form=form,
        row_url=lambda row: reverse("listings:patient", args=[queries.patient_of(row).code]),
        person_of=lambda row: queries.patient_of(row).pk,
        record_read=lambda ids: audit.record_read("listings.listed_patients", request.actor, person_ids=ids),
        file_name="listed-patients",
    )
    return respond(request, source)


def patient(request: Request, code: UUID) -> HttpResponse:
    """Show the patient with the history of listings."""
    page = queries.history_page(request.actor, code, today=request.today, session=request.session)
    audit.record_read("listings.patient", request.actor, person_ids=page.patient.record_ids)
    return render(request, "listings/history.html", {"page": page})


def list_patient(request: Request, code: UUID) -> HttpResponse:
    """Ask, and then list the patient at the actor's clinic."""
    page = queries.move_page(request.actor, code, today=request.today, session=request.session)
    if request.method == "POST":
        try:
            listing = commands.list_patient(request.actor, today=request.today, code=code)
        except Refused as refused:
            page = replace(page, problems=[problem_text(problem) for problem in refused.problems])
        else:
            values = {"clinic": listing.clinic, "date": listing.first_on.isoformat()}
            messages.success(request, _("The patient is listed at %(clinic)s from %(date)s.") % values)
            return see_other(request, page.cancel_url)
    audit.record_read("listings.patient", request.actor, person_ids=page.record_ids)
    return render(request, "listings/list_patient.html", {"page": page}, status=form_status(request))


def choose_record(request: Request, code: UUID) -> HttpResponse:
    """Ask for the number of the record that is to be merged into this person."""
    request.actor.require(Permission.ADMINISTER)
    person = people.person_of(request.actor, code)
    if people.needs_reason(request.session, person):
        return people_views.ask_for_reason(request, code)
    patterns = people.reserve_patterns(request.actor.authority_id)
    form = people_forms.NumberForm(request.POST or None, today=request.today, patterns=patterns)
    if request.method == "POST" and form.is_valid():
        other = people.find_by_number(request.actor, form.cleaned_data["digits"])
        if other is not None and other != person:
            return see_other(request, reverse("listings:merge_persons", args=[person.code, other.code]))
        form.add_error(
            "number",
            _("Nobody with this number is registered. Check the number.")
            if other is None
            else _("The number belongs to this record already. Give the number of the other one."),
        )
    url = reverse("people:person", args=[person.code])
    audit.record_read("people.person", request.actor, person_ids=[person.pk])
    page = FormPage(
        title=_("Merge records"),
        lead=f"{person.name}.",
        form=form,
        submit=_("Compare the records"),
        cancel_url=url,
        crumbs=[
            Crumb(_("Persons"), reverse("people:search_persons")),
            Crumb(person.name, url),
            Crumb(_("Merge records")),
        ],
        note=_("This person remains. Nothing is merged until you have compared the two."),
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


def merge_persons(request: Request, code: UUID, other_code: UUID) -> HttpResponse:
    """Show the two records and what happens, and then merge them."""
    actor, session = request.actor, request.session
    page = queries.merge_page(actor, code, other_code, today=request.today, session=session)
    hidden = next((record.shown for record in page.records if record.shown.is_hidden), None)
    if hidden is not None:
        return people_views.ask_for_reason(request, hidden.code)
    if request.method == "POST":
        try:
            commands.merge_persons(actor, today=request.today, code=code, other_code=other_code)
        except Refused as refused:
            for problem in refused.problems:
                messages.error(request, problem_text(problem))
        else:
            messages.success(request, _("The records are merged."))
        return see_other(request, page.cancel_url)
    audit.record_read("listings.merge_persons", actor, person_ids=page.record_ids)
    return render(request, "listings/merge_persons.html", {"page": page})
