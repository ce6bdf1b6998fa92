"""The desktop, the list of clients, a new client and the page of a client."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import clients as commands
from kvitt.modules.care_fees.forms import clients as forms
from kvitt.modules.care_fees.queries import client_page, search
from kvitt.modules.care_fees.queries import desktop as desktops
from kvitt.modules.care_fees.queries import new_client as new_clients
from kvitt.modules.care_fees.tables import clients as columns
from kvitt.modules.care_fees.views import answers
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import commands as people_commands
from kvitt.registers.people import forms as people_forms
from kvitt.registers.people import queries as people
from kvitt.registers.people import views as people_views

if TYPE_CHECKING:
    from kvitt.registers.people.models import Person


@require_safe
def desktop(request: Request) -> HttpResponse:
    """*Skrivbord*: areas with their clients, work lists and reminders."""
    page = desktops.desktop(
        request.actor,
        today=request.today,
        area_id=answers.id_in(request.GET.get("area", "")),
        page=answers.id_in(request.GET.get("page", "")) or 1,
    )
    answers.note_read(request, "desktop", page.person_ids)
    return render(request, "care_fees/desktop.html", {"page": page})


@require_safe
def search_clients(request: Request) -> HttpResponseBase:
    """*Brukare*: the clients whom the actor reaches."""
    request.actor.require(Permission.SEE_CLIENTS)
    form = forms.ClientFilter(
        request.GET,
        areas=organisations.areas_of(request.actor),
        units=organisations.clinics_of(request.actor),
    )
    rows = search.search_clients(request.actor, form.wanted(), today=request.today)
    find = tables.Action(
        _("Find by personal number"), reverse("care_fees:find_client"), is_dialog=True, icon="search"
    )
    create = tables.Action(_("New client"), reverse("care_fees:new_client"), is_primary=True, is_dialog=True)
    source = tables.ListSource(
        title=_("Clients"),
        columns=columns.CLIENTS,
        rows=rows,
        order="name",
        form=form,
        actions=[find, create] if request.actor.may(Permission.REGISTER_CARE) else [find],
        empty=_("No client matches. Change the filters, or press Clear to see all."),
        row_url=lambda client: reverse("care_fees:case", args=[client.number]),
        person_of=lambda client: client.person_id,
        record_read=lambda ids: answers.note_read(request, "search_clients", ids),
        file_name="brukare",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def find_client(request: Request) -> HttpResponse:
    """Ask for a personal number, and go on to that client; no number enters an address."""
    request.actor.require(Permission.SEE_CLIENTS)
    patterns = people.reserve_patterns(request.actor.authority_id)
    form = people_forms.NumberForm(typed(request), today=request.today, patterns=patterns)
    if form.is_valid():
        person = people.find_by_number(request.actor, form.cleaned_data["digits"])
        client = person and search.find_client(request.actor, person, today=request.today)
        if client:
            return see_other(request, reverse("care_fees:case", args=[client.number]))
        form.add_error("number", _("None of your clients has this number. Check it, or search all clients."))
    return _dialog(request, form, title=_("Find client by personal number"), submit=_("Search"))


@require_http_methods(["GET", "POST"])
def new_client(request: Request) -> HttpResponse:
    """Ask who becomes a client; a person who is not registered is fetched from the population register."""
    request.actor.require(Permission.REGISTER_CARE)
    patterns = people.reserve_patterns(request.actor.authority_id)
    form = forms.NewClientForm(typed(request), today=request.today, patterns=patterns)
    if form.is_valid():
        try:
            person = _found(request, form.cleaned_data["digits"])
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            answers.note_read(request, "new_client", [person.pk])
            known = search.find_client(request.actor, person, today=request.today)
            if known:
                messages.info(request, _("The person is a client already."))
                return see_other(request, reverse("care_fees:case", args=[known.number]))
            url = reverse("care_fees:create_client", args=[person.code])
            return see_other(request, f"{url}?care={form.cleaned_data['care']}")
    return _dialog(
        request,
        form,
        title=_("New client"),
        submit=_("Continue"),
        note=_("The administrator first registers a person who is not in the population register."),
    )


@require_http_methods(["GET", "POST"])
def create_client(request: Request, code: UUID) -> HttpResponse:
    """Show the person with the settings that are proposed, and make the client."""
    proposal = new_clients.proposal(
        request.actor,
        request.session,
        code,
        care=request.GET.get("care", ""),
        today=request.today,
    )
    if proposal.person.is_hidden:
        return people_views.ask_for_reason(request, code)
    form = forms.ClientForm(typed(request), areas=proposal.areas, initial=proposal.initial)
    if form.is_valid():
        try:
            client = commands.create_client(
                request.actor,
                today=request.today,
                person_code=code,
                first_on=form.cleaned_data["first_on"],
                values=form.values(),
                area_id=form.cleaned_data.get("area"),
                has_confirmed_parish=form.cleaned_data["has_confirmed_parish"],
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Client %(number)s is registered.") % {"number": client.number})
            return see_other(request, new_clients.url_after(request.actor, client, today=request.today))
    answers.note_read(request, "new_client", [proposal.person_id])
    title = _("New client")
    page = FormPage(
        title=title,
        lead=proposal.lead,
        crumbs=[tables.Crumb(_("Clients"), reverse("care_fees:search_clients")), tables.Crumb(title)],
        form=form,
        submit=_("Register client"),
        cancel_url=reverse("care_fees:search_clients"),
        note=proposal.note,
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


@require_safe
def case(request: Request, number: str) -> HttpResponse:
    """The client, with everything that is registered."""
    page = client_page.client_page(request.actor, number, session=request.session, today=request.today)
    answers.note_read(request, "case", page.person_ids, number=page.client.number)
    return render(request, "care_fees/case.html", {"page": page})


def _found(request: Request, digits: str) -> "Person":
    """Return who has the number; who is not registered is fetched from the population register."""
    person = new_clients.find_person(request.actor, request.session, digits)
    if person is None:
        person = people_commands.register_from_population(request.actor, today=request.today, number=digits)
        people.remember_patient(request.session, person)
    return person


def _dialog(
    request: Request, form: people_forms.NumberForm, *, title: str, submit: str, note: str = ""
) -> HttpResponse:
    search_url = reverse("care_fees:search_clients")
    page = FormPage(
        title=title,
        crumbs=[tables.Crumb(_("Clients"), search_url), tables.Crumb(title)],
        form=form,
        submit=submit,
        cancel_url=search_url,
        note=note,
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))
