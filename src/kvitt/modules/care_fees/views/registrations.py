"""*Utförda insatser*: the grid of a unit's month, a client added to it, and figures from a file."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import clock
from kvitt.foundation.forms import FormPage, given_back, problem_text
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import registrations as commands
from kvitt.modules.care_fees.exchange.registrations import COLUMNS, read_month
from kvitt.modules.care_fees.forms import registrations as forms
from kvitt.modules.care_fees.queries import registration_files as files
from kvitt.modules.care_fees.queries import registration_grid as grids
from kvitt.modules.care_fees.queries import registrations as queries
from kvitt.modules.care_fees.views import answers
from kvitt.registers.access.rules import Permission
from kvitt.registers.people import forms as people_forms
from kvitt.registers.people import queries as people

TEMPLATE = "care_fees/register_services.html"


@require_safe
def registrations(request: Request) -> HttpResponse:
    """*Registrering/korrigering*: choose period and care unit, and go on to the grid."""
    form = _period_form(request, request.GET if "unit" in request.GET else None)
    if form.is_bound and form.is_valid():
        unit_id, month = int(form.cleaned_data["unit"]), form.cleaned_data["month"]
        return redirect("care_fees:register_services", unit_id=unit_id, month=month)
    page = FormPage(
        title=_("Registration/correction"),
        lead=_("Choose the period and the care unit whose services to register."),
        crumbs=[Crumb(_("Performed services"))],
        form=form,
        submit=_("Show"),
        cancel_url="",
    )
    return render(request, "care_fees/registrations.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def register_services(request: Request, unit_id: int, month: str) -> HttpResponse:
    """The grid of a unit's month. Its script sends cells as they are typed; without it there is *Spara*."""
    if request.method == "POST" and request.content_type == "application/json":
        return _autosaved(request, unit_id, _month(month))
    return _Grid(request, unit_id, _month(month)).answer()


@require_http_methods(["GET", "POST"])
def add_registered_client(request: Request, unit_id: int, month: str) -> HttpResponse:
    """*Lägg till brukare*: who is served this month and not in the grid, found by the whole number."""
    unit = queries.unit_to_register(request.actor, unit_id)
    url = queries.grid_url(unit.pk, _month(month))
    patterns = people.reserve_patterns(request.actor.authority_id)
    form = people_forms.NumberForm(request.POST or None, today=request.today, patterns=patterns)
    if form.is_valid():
        person = people.find_by_number(request.actor, form.cleaned_data["digits"])
        client = queries.client_of_person(request.actor, person.pk) if person else None
        if person is not None and client is not None:
            people.remember_patient(request.session, person)
            answers.note_read(request, "add_registered_client", [person.pk], number=client.number)
            added = request.GET.copy()
            added.setlist("client", list(dict.fromkeys([*_added(request), client.number])))
            return see_other(request, f"{url}?{added.urlencode()}")
        form.add_error("number", _("Nobody among the clients has this number. Check the number."))
    page = FormPage(
        title=_("Add client"),
        lead=_("Who gets services of the unit in the period, and is not in the grid."),
        crumbs=[Crumb(_("Performed services"), url), Crumb(_("Add client"))],
        form=form,
        submit=_("Add"),
        cancel_url=url,
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_http_methods(["GET", "POST"])
def load_registrations(request: Request) -> HttpResponse:
    """*Läs in från fil*: the file is checked first; what it changes is shown before it is loaded."""
    request.actor.require(Permission.REGISTER_CARE)
    checked = forms.CheckedFileForm(request.POST) if "content" in request.POST else None
    if checked is not None and checked.is_valid():
        return _load(request, checked)
    is_sent = request.method == "POST"
    form = forms.RegistrationsFileForm(*((request.POST, request.FILES) if is_sent else ()))
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        return _checked(request, file.name[:200], content)
    page = FormPage(
        title=_("Load from file"),
        crumbs=_crumbs(_("Load from file")),
        form=form,
        submit=_("Check the file"),
        cancel_url=reverse("care_fees:registrations"),
        note=_("Nothing is loaded before you have seen what it changes."),
    )
    context = {"page": page, "columns": COLUMNS}
    return render(request, "care_fees/load_registrations.html", context, status=form_status(request))


def _crumbs(title: str) -> list[Crumb]:
    return [Crumb(_("Performed services"), reverse("care_fees:registrations")), Crumb(title)]


def _month(text: str) -> date:
    found = read_month(text)
    if found is None:
        raise Http404
    return found


def _added(request: Request) -> list[str]:
    """Return the clients whom the address puts in the grid."""
    return [number for number in request.GET.getlist("client") if forms.CLIENT_NUMBER.fullmatch(number)]


def _period_form(request: Request, data: object = None, **initial: object) -> forms.PeriodForm:
    units = [*queries.units_to_register(request.actor).values_list("pk", "name")]
    chosen, only = initial.get("month"), units[0][0] if len(units) == 1 else ""
    return forms.PeriodForm(
        data,
        months=grids.months_offered(request.today, chosen if isinstance(chosen, date) else None),
        units=[(str(pk), name) for pk, name in units],
        initial={
            "month": f"{chosen or grids.month_to_register(request.today):%Y-%m}",
            "unit": initial.get("unit", only),
        },
    )


def _autosaved(request: Request, unit_id: int, month: date) -> HttpResponse:
    """Save the cells that the script sends, and tell it what became of each."""
    cells = forms.cells_of_script(request.body)
    if cells is None:
        return HttpResponseBadRequest()
    try:
        planned = commands.register_services(
            request.actor,
            today=request.today,
            unit_id=unit_id,
            month=month,
            cells=cells,
            opened=people.opened_patients(request.session),
        )
    except Refused as refused:
        return JsonResponse({"stop": problem_text(refused.problems[0])}, status=422)
    at = clock.now().astimezone(clock.STOCKHOLM)
    return JsonResponse({"at": f"{at:%H.%M}", "cells": {plan.cell.name: _told(plan) for plan in planned}})


def _told(plan: queries.Planned) -> dict[str, object]:
    told: dict[str, object] = {"seen": [plan.stored.quantity, plan.stored.version]}
    if plan.problem:
        told["fault"] = problem_text(plan.problem)
        told["isConflict"] = plan.is_conflict
    return told


class _Grid:
    """A request for the grid, or the whole of it sent without a script."""

    def __init__(self, request: Request, unit_id: int, month: date) -> None:
        self._request, self._month = request, month
        self._unit = queries.unit_to_register(request.actor, unit_id)

    def answer(self) -> HttpResponse:
        """Show the grid; of one that was sent, save what can be saved first."""
        if self._request.method != "POST":
            kept = given_back()
            return self._shown(typed=forms.texts_in(kept) if kept else {})
        typed = forms.texts_in(self._request.POST)
        try:
            planned = commands.register_services(
                self._request.actor,
                today=self._request.today,
                unit_id=self._unit.pk,
                month=self._month,
                cells=forms.cells_of_form(self._request.POST),
                opened=people.opened_patients(self._request.session),
            )
        except Refused:
            return self._shown(typed=typed, status=422)
        if any(plan.problem for plan in planned):
            return self._shown(typed=typed, planned=planned, status=422)
        messages.success(self._request, _("What you have registered is saved."))
        return see_other(self._request, self._request.get_full_path())

    def _shown(
        self, *, typed: dict[str, str], planned: Sequence[queries.Planned] = (), status: int = 200
    ) -> HttpResponse:
        page = grids.register_services(
            self._request.actor,
            self._unit,
            self._month,
            today=self._request.today,
            added=_added(self._request),
            opened=people.opened_patients(self._request.session),
            typed=typed,
            planned=planned,
        )
        answers.note_read(self._request, "registrations", page.person_ids)
        period = _period_form(self._request, month=self._month, unit=self._unit.pk)
        return render(self._request, TEMPLATE, {"page": page, "period": period}, status=status)


def _checked(request: Request, name: str, content: bytes, *, status: int = 200) -> HttpResponse:
    """Show what a file would change, and its faults."""
    plan = files.plan_file(request.actor, file=name, content=content, today=request.today)
    answers.note_read(request, "load_registrations", plan.person_ids)
    text = content.decode("utf-8-sig", "replace")
    form = forms.CheckedFileForm(initial={"content": text, "file_name": name})
    page = files.checked_page(plan, title=_("Load from file"), file=name, crumbs=_crumbs(_("Load from file")))
    return render(
        request, "care_fees/checked_registrations.html", {"page": page, "form": form}, status=status
    )


def _load(request: Request, form: forms.CheckedFileForm) -> HttpResponse:
    """Load the file that was checked: whole, or its faultless lines where that is what the button said."""
    name, content = form.cleaned_data["file_name"], form.cleaned_data["content"].encode()
    try:
        count = commands.load_registrations(
            request.actor,
            today=request.today,
            file=name,
            content=content,
            is_faultless_only="faultless" in request.POST,
        )
    except Refused:
        return _checked(request, name, content, status=422)
    told = ngettext("%(count)s figure is loaded.", "%(count)s figures are loaded.", count)
    messages.success(request, told % {"count": count})
    return see_other(request, reverse("care_fees:registrations"))
