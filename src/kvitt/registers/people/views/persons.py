"""The administrator's pages about persons, and the question before a protected identity is opened."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import Action, Crumb, ListSource, respond
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import commands, forms, queries, tables
from kvitt.registers.people.views.answers import answer_form, ask_for_reason, crumb_of_list, safe_next


def search_persons(request: Request) -> HttpResponse:
    """List the authority's persons by name; by number there is a form of its own, which leaves no trace."""
    form = forms.NameFilter(request.GET)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    empty = (
        _("No person has a name with these words. Protected persons are found by number only.")
        if name
        else _("Write a name or a part of one and search. Use Find by number for a personal identity number.")
    )
    source = ListSource(
        title=_("Persons"),
        columns=tables.persons(),
        rows=queries.search_persons(request.actor, name=name),
        order="name",
        empty=empty,
        form=form,
        actions=[
            Action(_("Find by number"), reverse("people:find_person"), is_dialog=True, icon="search"),
            Action(_("Register person"), reverse("people:create_person")),
            Action(_("Fetch from population register"), reverse("people:fetch_person"), is_dialog=True),
        ],
        row_url=lambda person: reverse("people:person", args=[person.code]),
        person_of=lambda person: person.pk,
        record_read=lambda ids: audit.record_read("people.search_persons", request.actor, person_ids=ids),
        file_name="persons",
    )
    return respond(request, source)


def find_person(request: Request) -> HttpResponse:
    """Open the person who has, or had, a number; ten digits that fit two persons are asked about."""
    request.actor.require(Permission.ADMINISTER)
    patterns = queries.reserve_patterns(request.actor.authority_id)
    form = forms.NumberForm(request.POST or None, today=request.today, patterns=patterns)
    if request.method == "POST" and form.is_valid():
        person = queries.find_by_number(request.actor, form.cleaned_data["digits"])
        if person is not None:
            return see_other(request, reverse("people:person", args=[person.code]))
        form.add_error(
            "number", _("Nobody with this number is registered. Check the number, or register the person.")
        )
    page = FormPage(
        title=_("Find by number"), form=form, submit=_("Search"), cancel_url=reverse("people:search_persons")
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def create_person(request: Request) -> HttpResponse:
    """Register a person."""
    request.actor.require(Permission.ADMINISTER)
    form = forms.NewPersonForm(
        request.POST or None,
        today=request.today,
        patterns=queries.reserve_patterns(request.actor.authority_id),
        clinics=queries.area_clinic_choices(request.actor),
    )
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in forms.PersonForm.base_fields}
        try:
            person = commands.create_person(
                request.actor, today=request.today, number=form.cleaned_data["digits"], **values
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The person is registered."))
            return see_other(request, reverse("people:person", args=[person.code]))
    page = FormPage(
        title=_("Register person"),
        form=form,
        submit=_("Register person"),
        cancel_url=reverse("people:search_persons"),
        crumbs=[crumb_of_list(), Crumb(_("Register person"))],
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


def person(request: Request, code: UUID) -> HttpResponse:
    """Show a person with addresses and earlier numbers."""
    page = queries.person_page(request.actor, request.session, code, today=request.today)
    if queries.needs_reason(request.session, page.person):
        return ask_for_reason(request, code)
    audit.record_read("people.person", request.actor, person_ids=page.contacts.person_ids)
    return render(request, "people/person.html", {"page": page})


def change_person(request: Request, code: UUID) -> HttpResponse:
    """Change what is known of a person."""
    page = queries.person_head(request.actor, code)
    if queries.needs_reason(request.session, page.person):
        return ask_for_reason(request, code)
    form = forms.PersonForm(
        request.POST or None,
        initial=queries.values_of(page.person),
        clinics=queries.area_clinic_choices(request.actor),
        asks_birth_date=not queries.tells_birth_date(page.person, today=request.today),
    )
    return answer_form(
        request,
        page,
        form,
        commands.change_person,
        title=_("Change person"),
        done=_("The person is changed."),
    )


def change_identity_number(request: Request, code: UUID) -> HttpResponse:
    """Give a person another number."""
    page = queries.person_head(request.actor, code)
    if queries.needs_reason(request.session, page.person):
        return ask_for_reason(request, code)
    patterns = queries.reserve_patterns(request.actor.authority_id)
    form = forms.NumberForm(request.POST or None, today=request.today, patterns=patterns)
    return answer_form(
        request,
        page,
        form,
        _change_number,
        title=_("Change number"),
        done=_("The number is changed. The earlier one is kept, and finds the same person."),
        note=_("The present number is kept as an earlier one."),
    )


def _change_number(actor: Actor, *, today: date, code: UUID, digits: str, **_typed: object) -> object:
    return commands.change_identity_number(actor, today=today, code=code, number=digits)


def open_protected(request: Request, code: UUID) -> HttpResponse:
    """Ask why a protected identity is to be opened, log the answer, and go on to where the reader was going.

    It tells nothing about the person, and answers 404 to who was not sent here by a page he may see.
    """
    found = queries.person_of(request.actor, code)
    if not queries.was_asked(request.session, found):
        raise Http404
    next_url = safe_next(request)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.open_protected(
                request.actor, session=request.session, person=found, reason=form.cleaned_data["reason"]
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            return see_other(request, next_url)
    page = FormPage(
        title=_("Protected identity"),
        lead=_("Name and address of this person are hidden."),
        form=form,
        submit=_("Show the details"),
        cancel_url=reverse("people:search_persons") if request.actor.may(Permission.ADMINISTER) else next_url,
        note=_("They are shown until you sign out."),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))
