"""The pages of dwellings (*objekt*)."""

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
from kvitt.modules.care_fees.commands import housing as commands
from kvitt.modules.care_fees.forms import housing as forms
from kvitt.modules.care_fees.queries import dwellings as queries
from kvitt.modules.care_fees.tables.housing import DWELLINGS
from kvitt.registers.access.rules import Permission


@require_safe
def search_dwellings(request: Request) -> HttpResponseBase:
    """*Objekt*: the dwellings of the actor's units."""
    request.actor.require(Permission.SEE_CLIENTS)
    form = forms.DwellingFilter(request.GET, units=queries.unit_choices(request.actor))
    rows = queries.search_dwellings(request.actor, today=request.today, **form.filters())
    may_change = request.actor.may(Permission.REGISTER_CARE)
    create = tables.Action(
        _("New dwelling"), reverse("care_fees:create_dwelling"), is_primary=True, is_dialog=True
    )
    source = tables.ListSource(
        title=_("Dwellings"),
        columns=DWELLINGS,
        rows=rows if form.is_valid() else rows.none(),
        order="number",
        form=form,
        actions=[create] if may_change else [],
        empty=_("No dwelling matches. Change the filters, or register a dwelling."),
        row_url=(lambda row: reverse("care_fees:change_dwelling", args=[row.pk])) if may_change else None,
        file_name="objekt",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def create_dwelling(request: Request) -> HttpResponse:
    """Register a dwelling of a unit."""
    request.actor.require(Permission.REGISTER_CARE)
    form = forms.DwellingForm(typed(request), units=queries.unit_choices(request.actor))
    if form.is_valid():
        try:
            made = commands.create_dwelling(request.actor, facts=form.facts())
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The dwelling %(dwelling)s is registered.") % {"dwelling": made})
            return see_other(request, reverse("care_fees:search_dwellings"))
    return _dialog(request, form, title=_("New dwelling"), submit=_("Register"))


@require_http_methods(["GET", "POST"])
def change_dwelling(request: Request, dwelling_id: int) -> HttpResponse:
    """Change a dwelling, or let it no more."""
    found = queries.dwelling_of(request.actor, dwelling_id)
    request.actor.require(Permission.REGISTER_CARE)
    initial = vars(queries.facts_of(found))
    form = forms.DwellingForm(typed(request), units=queries.unit_choices(request.actor), initial=initial)
    if form.is_valid():
        try:
            made = commands.change_dwelling(request.actor, dwelling_id=dwelling_id, facts=form.facts())
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The dwelling %(dwelling)s is changed.") % {"dwelling": made})
            return see_other(request, reverse("care_fees:search_dwellings"))
    return _dialog(request, form, title=_("Change dwelling"), submit=_("Save"), lead=str(found))


def _dialog(
    request: Request, form: forms.DwellingForm, *, title: str, submit: str, lead: str = ""
) -> HttpResponse:
    page = FormPage(
        title=title,
        lead=lead,
        crumbs=[
            tables.Crumb(_("Dwellings"), reverse("care_fees:search_dwellings")),
            tables.Crumb(title),
        ],
        form=form,
        submit=submit,
        cancel_url=reverse("care_fees:search_dwellings"),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))
