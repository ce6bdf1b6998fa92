"""What the views of persons share: a form, the reason to open, and the way back."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import Permission
from kvitt.registers.people import queries

if TYPE_CHECKING:
    from kvitt.registers.people.models import Person

T = TypeVar("T")


def answer_form(
    request: Request,
    shown: queries.PersonHead,
    form: Form,
    command: Callable[..., object],
    *,
    title: str,
    done: str,
    note: str = "",
) -> HttpResponse:
    """Show a form about one person, or carry it out and go back to the administrator's page of the person."""
    code = shown.person.code
    url = reverse("people:person", args=[code])
    if request.method == "POST" and form.is_valid():
        try:
            command(request.actor, today=request.today, code=code, **form.cleaned_data)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, done)
            return see_other(request, url)
    audit.record_read("people.person", request.actor, person_ids=shown.record_ids)
    page = FormPage(
        title=title,
        lead=f"{shown.title}.",
        form=form,
        submit=_("Save"),
        cancel_url=url,
        crumbs=[crumb_of_list(), Crumb(shown.title, url), Crumb(title)],
        note=note,
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


def answer_dialog(
    request: Request,
    person: "Person",
    form: Form,
    command: Callable[..., T],
    *,
    title: str,
    done: Callable[[T], list[str]],
    lead: str = "",
    note: str = "",
    also_shown: Iterable["Person"] = (),
) -> HttpResponse:
    """Show a dialog about a person whose data the actor keeps, or carry it out and go back."""
    back = way_back(request, person)
    if request.method == "POST" and form.is_valid():
        try:
            result = command(request.actor, today=request.today, code=person.code, **form.cleaned_data)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            for text in done(result):
                messages.success(request, text)
            return see_other(request, back)
    shown = [*queries.record_ids(person), *(other.pk for other in also_shown)]
    audit.record_read("people.person", request.actor, person_ids=shown)
    page = FormPage(
        title=title,
        lead=f"{lead or person.name}.",
        form=form,
        submit=_("Save"),
        cancel_url=back,
        crumbs=way_to(request, person, title),
        note=note,
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def ask_for_reason(request: Request, code: UUID) -> HttpResponse:
    """Send the reader to say why, and from there back to here."""
    query = urlencode({"next": request.get_full_path()})
    return see_other(request, f"{reverse('people:open_protected', args=[code])}?{query}")


def safe_next(request: Request) -> str:
    """Return where the reader was going, if that is a page of this system; else the start page."""
    return _wanted(request) or reverse("portal:start")


def way_back(request: Request, person: "Person | None" = None) -> str:
    """Return the page that the dialog was opened from, else the person's own for who administers persons."""
    if wanted := _wanted(request):
        return wanted
    if not request.actor.may(Permission.ADMINISTER):
        return reverse("portal:start")
    if person is None:
        return reverse("people:search_persons")
    return reverse("people:person", args=[person.code])


def way_to(request: Request, person: "Person", title: str) -> list[Crumb]:
    """Return the way here, for those who meet a dialog as a page of its own."""
    back = way_back(request, person)
    if request.actor.may(Permission.ADMINISTER):
        return [
            crumb_of_list(),
            Crumb(person.name, reverse("people:person", args=[person.code])),
            Crumb(title),
        ]
    return [Crumb(_("Back"), back), Crumb(title)]


def crumb_of_list() -> Crumb:
    """Return the way to the administrator's list of persons."""
    return Crumb(_("Persons"), reverse("people:search_persons"))


def _wanted(request: Request) -> str:
    wanted = request.GET.get("next", "")
    is_safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_safe else ""
