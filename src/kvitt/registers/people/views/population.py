"""Fetch a person from the population register: look up, see what it tells, and take it over."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation.forms import Form, FormPage, problem_text
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import Permission
from kvitt.registers.people import commands, forms, queries, rules
from kvitt.registers.people.views.answers import ask_for_reason, way_back, way_to


@dataclass(frozen=True)
class FoundPage(FormPage):
    """Everything `registered.html` shows: what the population register tells, or why it tells nothing."""

    found: rules.RegisteredPerson | None = None
    problem: str = ""


def fetch_person(request: Request) -> HttpResponse:
    """Ask for a number, show what the register tells, and register the person when that is confirmed."""
    request.actor.require(Permission.KEEP_PERSONS)
    patterns = queries.reserve_patterns(request.actor.authority_id)
    form: Form = forms.FetchForm(typed(request), today=request.today, patterns=patterns)
    found = None
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["digits"]
        try:
            if form.cleaned_data["is_confirmed"]:
                person = commands.register_from_population(request.actor, today=request.today, number=number)
                messages.success(request, _("The person is fetched from the population register."))
                return see_other(request, way_back(request, person))
            found = commands.look_up_population(request.actor, today=request.today, number=number)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            form = forms.ConfirmFetchForm(initial={"number": number})
    page = FoundPage(
        title=_("Fetch from population register"),
        form=form,
        submit=_("Register person") if found else _("Look up"),
        cancel_url=way_back(request),
        crumbs=[Crumb(_("Back"), way_back(request)), Crumb(_("Fetch from population register"))],
        found=found,
    )
    status = 200 if found else form_status(request)
    return render(request, "people/registered.html", {"page": page}, status=status)


def refresh_person(request: Request, code: UUID) -> HttpResponse:
    """Show what the population register tells of somebody registered, and take it over when confirmed."""
    person = queries.person_to_keep(request.actor, code, today=request.today)
    if queries.needs_reason(request.session, person):
        return ask_for_reason(request, code)
    back, found, problem = way_back(request, person), None, ""
    number = person.identity_number
    try:
        if request.method == "POST":
            commands.register_from_population(request.actor, today=request.today, number=number)
            messages.success(request, _("The person is fetched from the population register."))
            return see_other(request, back)
        found = commands.look_up_population(request.actor, today=request.today, number=number)
    except Refused as refused:
        problem = " ".join(map(problem_text, refused.problems))
        audit.record_read("people.person", request.actor, person_ids=queries.record_ids(person))
    page = FoundPage(
        title=_("Fetch from population register"),
        lead=f"{person.name}.",
        form=Form(),
        submit=_("Take over"),
        cancel_url=back,
        crumbs=way_to(request, person, _("Fetch from population register")),
        found=found,
        problem=problem,
    )
    return render(request, "people/registered.html", {"page": page}, status=form_status(request))
