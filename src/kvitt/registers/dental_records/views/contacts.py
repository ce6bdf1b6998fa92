"""The tab *Patientkontakter*: add, change and remove contacts."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.registers.dental_records.commands import contacts as commands
from kvitt.registers.dental_records.forms import ContactForm, SeenForm
from kvitt.registers.dental_records.queries import contacts as queries
from kvitt.registers.dental_records.views import answers


@require_safe
def patient_contacts(request: Request, code: UUID) -> HttpResponse:
    """The tab *Patientkontakter* of the patient's page."""
    page = queries.patient_contacts(request.actor, code, today=request.today, session=request.session)
    answers.note_read(request, "patient_contacts", page.patient.record_ids)
    return render(request, "dental_records/patient_contacts.html", {"page": page})


@require_http_methods(["GET", "POST"])
def add_contact(request: Request, code: UUID) -> HttpResponse:
    """*Lägg till patientkontakt*."""
    work = queries.addition(request.actor, code, today=request.today, session=request.session)
    form = ContactForm(typed(request), initial=work.initial)
    if form.is_valid():
        entry = commands.Entry(**form.entry())
        try:
            commands.add_contact(request.actor, today=request.today, code=code, entry=entry)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The patient contact is added."))
            return see_other(request, work.back_url)
    return _form(request, work, form, title=_("Add patient contact"), submit=_("Add"))


@require_http_methods(["GET", "POST"])
def change_contact(request: Request, contact_id: int) -> HttpResponse:
    """*Ändra*."""
    work = queries.change(request.actor, contact_id, today=request.today, session=request.session)
    form = ContactForm(typed(request), initial=work.initial)
    if form.is_valid():
        entry, seen = commands.Entry(**form.entry()), form.cleaned_data["seen"]
        try:
            commands.change_contact(
                request.actor, today=request.today, contact_id=contact_id, entry=entry, seen=seen
            )
        except commands.ChangedMeanwhile as changed:
            form = ContactForm(work.initial)
            form.add_problems(changed.problems)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The patient contact is changed."))
            return see_other(request, work.back_url)
    return _form(request, work, form, title=_("Change patient contact"), submit=_("Save"))


@require_http_methods(["GET", "POST"])
def remove_contact(request: Request, contact_id: int) -> HttpResponse:
    """Ask, and remove a contact."""
    work = queries.change(request.actor, contact_id, today=request.today, session=request.session)
    if request.method == "POST":
        commands.remove_contact(request.actor, contact_id=contact_id)
        messages.success(request, _("The patient contact is removed."))
        return see_other(request, work.back_url)
    answers.note_read(request, "patient_contacts", work.record_ids)
    dialog = FormPage(
        title=_("Remove patient contact"),
        lead=work.lead,
        crumbs=work.crumbs,
        question=_("%(contact)s disappears from the page.") % {"contact": work.name},
        form=SeenForm(),
        submit=_("Remove"),
        cancel_url=work.back_url,
    )
    return render(request, "dialog.html", {"page": dialog})


def _form(
    request: Request, work: queries.ContactWork, form: ContactForm, *, title: str, submit: str
) -> HttpResponse:
    answers.note_read(request, "patient_contacts", work.record_ids)
    dialog = FormPage(
        title=title,
        lead=work.lead,
        crumbs=work.crumbs,
        form=form,
        submit=submit,
        cancel_url=work.back_url,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))
