"""The administrator's pages about a municipality's billing areas."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.foundation.forms import Form, FormPage, carry_out
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.tables import Action, Crumb, ListSource, respond
from kvitt.registers.organisations import forms, tables
from kvitt.registers.organisations.commands import areas as commands
from kvitt.registers.organisations.queries import areas as queries


def search_areas(request: Request) -> HttpResponse:
    """List the municipality's billing areas."""
    form = forms.SearchAreas(request.GET)
    form.is_valid()
    source = ListSource(
        title=_("Billing areas"),
        columns=tables.areas(),
        rows=queries.search_areas(request.actor, today=request.today, **form.cleaned_data),
        order="name",
        empty=_("No billing area matches. Change the filters, or create the area."),
        form=form,
        actions=[Action(_("Create billing area"), reverse("organisations:create_area"), is_dialog=True)],
        row_url=lambda row: reverse("organisations:change_area", args=[row.pk]),
        file_name="billing-areas",
    )
    return respond(request, source)


def create_area(request: Request) -> HttpResponse:
    """Add a billing area."""
    queries.search_areas(request.actor, today=request.today)
    form = forms.Area(typed(request))
    if area := carry_out(form, partial(commands.create_area, request.actor)):
        messages.success(request, _("%(name)s is created.") % {"name": area.name})
        return see_other(request, reverse("organisations:search_areas"))
    page = _page(_("Create billing area"), form, _("Create billing area"))
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def change_area(request: Request, area_id: int) -> HttpResponse:
    """Change a billing area's name or last day, or make it the one for intake."""
    area = queries.area_to_change(request.actor, area_id)
    initial = {"name": area.name, "is_intake": area.is_intake, "closed_on": area.closed_on}
    form = forms.ChangeArea(typed(request), initial=initial)
    if changed := carry_out(form, partial(commands.change_area, request.actor, area_id=area_id)):
        messages.success(request, _("%(name)s is changed.") % {"name": changed.name})
        return see_other(request, reverse("organisations:search_areas"))
    page = _page(_("Change billing area"), form, _("Save"), lead=area.name)
    return render(request, "form.html", {"page": page}, status=form_status(request))


def _page(title: str, form: Form, submit: str, *, lead: str = "") -> FormPage:
    return FormPage(
        title=title,
        lead=lead,
        form=form,
        submit=submit,
        cancel_url=reverse("organisations:search_areas"),
        crumbs=[Crumb(_("Billing areas"), reverse("organisations:search_areas")), Crumb(title)],
    )
