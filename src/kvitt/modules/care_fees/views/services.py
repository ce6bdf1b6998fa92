"""The catalogue of services and its dated prices (*Insatser och produkter*)."""

from datetime import date
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import services as commands
from kvitt.modules.care_fees.forms import services as forms
from kvitt.modules.care_fees.queries import catalogue
from kvitt.modules.care_fees.tables.services import SERVICES
from kvitt.registers.access.rules import Permission


@require_safe
def services(request: Request) -> HttpResponseBase:
    """The services of the municipality in the order of the catalogue, with the prices of a day."""
    form = forms.ServiceFilter(request.GET, today=request.today)
    rows = catalogue.services_of(request.actor, **form.filters())
    add = tables.Action(_("Add service"), reverse("care_fees:save_service"), is_primary=True)
    source = tables.ListSource(
        title=_("Services and products"),
        lead=_("What clients pay for. Capped services are charged in this order, until the cap is reached."),
        columns=SERVICES,
        rows=rows if form.is_valid() else rows.none(),
        order="place",
        form=form,
        actions=[add] if request.actor.may(Permission.MANAGE_BILLING) else (),
        empty=_("No service matches. Change the filters, or add a service."),
        row_url=lambda row: reverse("care_fees:service", args=[row.service.pk]),
        prepare=partial(catalogue.priced, on=form.priced_on),
        is_wide=True,
        file_name="insatser",
    )
    return tables.respond(request, source)


@require_safe
def service(request: Request, service_id: int) -> HttpResponse:
    """One service with its dated prices."""
    page = catalogue.service_page(request.actor, service_id, today=request.today)
    return render(request, "care_fees/service.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def save_service(request: Request, service_id: int | None = None) -> HttpResponse:
    """Make a service, or change one."""
    request.actor.require(Permission.MANAGE_BILLING)
    if service_id is None:
        return _create_service(request)
    known = catalogue.service_of(request.actor, service_id).facts()
    form = forms.ServiceForm(typed(request), initial=vars(known))
    url = reverse("care_fees:service", args=[service_id])
    if request.method == "POST" and form.is_valid():
        facts = form.facts(code=known.code, first_on=known.first_on, last_on=known.last_on)
        try:
            commands.save_service(request.actor, facts=facts, service_id=service_id)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": facts.name})
            return see_other(request, url)
    page = FormPage(
        title=_("Change %(name)s") % {"name": known.name},
        form=form,
        submit=_("Save"),
        cancel_url=url,
        crumbs=[_catalogue(), tables.Crumb(known.name, url), tables.Crumb(_("Change"))],
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


def _create_service(request: Request) -> HttpResponse:
    form = forms.NewServiceForm(typed(request), initial={"first_on": request.today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = commands.save_service(
                request.actor, facts=form.facts(code=given["code"], first_on=given["first_on"])
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("%(name)s is added. Give it a price.") % {"name": made.name})
            return see_other(request, reverse("care_fees:service", args=[made.pk]))
    page = FormPage(
        title=_("Add service"),
        form=form,
        submit=_("Save"),
        cancel_url=reverse("care_fees:services"),
        crumbs=[_catalogue(), tables.Crumb(_("Add service"))],
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
def set_service_price(request: Request, service_id: int, first_on: str = "") -> HttpResponse:
    """Give a service a price from a day on, or change one that has not begun: `first_on` names it."""
    request.actor.require(Permission.MANAGE_BILLING)
    known = catalogue.service_page(request.actor, service_id, today=request.today)
    replaced_on = _day(first_on) if first_on else None
    initial = vars(catalogue.price_facts(request.actor, service_id, replaced_on)) if replaced_on else {}
    form = forms.PriceForm(typed(request), initial=initial, is_board=known.is_board)
    url = reverse("care_fees:service", args=[service_id])
    if request.method == "POST" and form.is_valid():
        try:
            commands.set_service_price(
                request.actor,
                today=request.today,
                service_id=service_id,
                price=form.facts(),
                replaced_on=replaced_on,
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The price is saved."))
            return see_other(request, url)
    page = FormPage(
        title=_("Change price") if replaced_on else _("Add price"),
        lead=f"{known.title}, {known.per}.",
        form=form,
        submit=_("Save"),
        cancel_url=url,
        crumbs=[_catalogue(), tables.Crumb(known.title, url), tables.Crumb(_("Price"))],
        note=_(
            "What is in force ends the day before by itself. The price of a month's first day holds for it."
        ),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_POST
def move_service(request: Request, service_id: int) -> HttpResponse:
    """Move a service one step up or down in the catalogue."""
    request.actor.require(Permission.MANAGE_BILLING)
    form = forms.MoveForm(request.POST)
    if form.is_valid():
        is_up = form.cleaned_data["direction"] == "up"
        commands.move_service(request.actor, service_id=service_id, is_up=is_up)
    return see_other(request, reverse("care_fees:service", args=[service_id]))


@require_http_methods(["GET", "HEAD", "POST"])
def end_service(request: Request, service_id: int) -> HttpResponse:
    """Ask for the last day of a service in the catalogue."""
    request.actor.require(Permission.MANAGE_BILLING)
    known = catalogue.service_of(request.actor, service_id)
    form = forms.EndForm(typed(request), initial={"last_on": known.last_on or request.today})
    url = reverse("care_fees:service", args=[service_id])
    if request.method == "POST" and form.is_valid():
        try:
            commands.end_service(request.actor, service_id=service_id, **form.cleaned_data)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": known.name})
            return see_other(request, url)
    page = FormPage(
        title=_("End %(name)s") % {"name": known.name},
        question=_(
            "After its last day nobody has it and it cannot be registered. Months until then keep it."
        ),
        form=form,
        submit=_("End"),
        cancel_url=url,
        crumbs=[_catalogue(), tables.Crumb(known.name, url), tables.Crumb(_("End"))],
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def _day(text: str) -> date:
    """Return the day in an address. Raises Http404 for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise Http404 from fault


def _catalogue() -> tables.Crumb:
    return tables.Crumb(_("Services and products"), reverse("care_fees:services"))
