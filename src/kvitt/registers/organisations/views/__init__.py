"""The administrator's pages about clinics, care providers and the authority itself."""

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.foundation.forms import Form, FormPage, carry_out
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.tables import Action, Crumb, ListSource, respond
from kvitt.foundation.values.identity import format_organisation_number
from kvitt.registers.organisations import commands, forms, queries, tables
from kvitt.registers.organisations.queries import areas as area_queries
from kvitt.registers.organisations.queries import providers as provider_queries
from kvitt.registers.organisations.rules import ADMINISTER

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import CareProvider, Clinic


# Clinics ------------------------------------------------------------------------------------------


def search_clinics(request: Request) -> HttpResponse:
    """List the authority's clinics, with what each is connected to."""
    request.actor.require(ADMINISTER)
    if area_queries.is_municipality(request.actor):
        return _search_units(request)
    form = forms.SearchClinics(request.GET, providers=provider_queries.provider_choices(request.actor))
    form.is_valid()
    source = ListSource(
        title=_("Clinics"),
        columns=tables.clinics(request.today),
        rows=queries.search_clinics(request.actor, today=request.today, **form.cleaned_data),
        order="name",
        empty=_("No clinic matches. Change the filters, or create the clinic."),
        form=form,
        actions=[Action(_("Create clinic"), reverse("organisations:create_clinic"))],
        row_url=lambda row: reverse("organisations:clinic", args=[row.pk]),
        file_name="clinics",
    )
    return respond(request, source)


def _search_units(request: Request) -> HttpResponse:
    """List the municipality's care units, with the billing area of each."""
    form = forms.SearchUnits(request.GET, areas=area_queries.area_choices(request.actor, today=request.today))
    form.is_valid()
    source = ListSource(
        title=_("Care units"),
        columns=tables.units(),
        rows=area_queries.search_units(request.actor, today=request.today, **form.cleaned_data),
        order="name",
        empty=_("No care unit matches. Change the filters, or create the unit."),
        form=form,
        actions=[Action(_("Create care unit"), reverse("organisations:create_clinic"))],
        row_url=lambda row: reverse("organisations:clinic", args=[row.pk]),
        file_name="care-units",
    )
    return respond(request, source)


def create_clinic(request: Request) -> HttpResponse:
    """Add a clinic, or a care unit of a municipality."""
    request.actor.require(ADMINISTER)
    providers = provider_queries.provider_choices(request.actor)
    form: Form
    if area_queries.is_municipality(request.actor):
        offered = area_queries.area_choices(request.actor, today=request.today)
        form = forms.CareUnit(typed(request), providers=providers, areas=offered)
        title, done = _("Create care unit"), _("%(clinic)s is created.")
    else:
        form = forms.NewClinic(typed(request), providers=providers)
        title, done = _("Create clinic"), _("%(clinic)s is created. Give it rights and practitioners.")
    if clinic := carry_out(form, partial(commands.create_clinic, request.actor)):
        messages.success(request, done % {"clinic": clinic})
        return see_other(request, reverse("organisations:clinic", args=[clinic.pk]))
    is_care_unit = isinstance(form, forms.CareUnit)
    units = Crumb(queries.units_title(is_care_unit), reverse("organisations:search_clinics"))
    page = FormPage(
        title=title,
        form=form,
        submit=title,
        cancel_url=reverse("organisations:search_clinics"),
        crumbs=[units, Crumb(title)],
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


def clinic(request: Request, clinic_id: int) -> HttpResponse:
    """Show one clinic with its rights and practitioners."""
    page = queries.clinic_page(request.actor, clinic_id, today=request.today)
    return render(request, "organisations/clinic.html", {"page": page})


def change_clinic(request: Request, clinic_id: int) -> HttpResponse:
    """Change a clinic's name, address, kind."""
    clinic = queries.clinic_to_change(request.actor, clinic_id)
    providers = provider_queries.provider_choices(request.actor)
    form: Form
    if clinic.unit_kind:
        form = forms.CareUnit(
            typed(request),
            initial=_values(clinic, forms.CareUnit),
            providers=providers,
            areas=area_queries.area_choices(request.actor, today=request.today, also=clinic.area_id),
        )
    else:
        form = forms.Clinic(typed(request), initial=_values(clinic, forms.Clinic), providers=providers)
    title = _("Change care unit") if clinic.unit_kind else _("Change clinic")
    if changed := carry_out(form, partial(commands.change_clinic, request.actor, clinic_id=clinic_id)):
        messages.success(request, _("%(clinic)s is changed.") % {"clinic": changed})
        return see_other(request, reverse("organisations:clinic", args=[clinic_id]))
    page = FormPage(
        title=title,
        form=form,
        submit=_("Save"),
        cancel_url=reverse("organisations:clinic", args=[clinic_id]),
        crumbs=[*_clinic_crumbs(clinic), Crumb(title)],
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


def close_clinic(request: Request, clinic_id: int) -> HttpResponse:
    """Ask for the clinic's last day, and end with it what ends then."""
    clinic = queries.clinic_to_change(request.actor, clinic_id)
    form = forms.Closing(typed(request), initial={"closed_on": request.today})
    command = partial(commands.close_clinic, request.actor, today=request.today, clinic_id=clinic_id)
    if closed := carry_out(form, command):
        values = {"clinic": closed, "day": closed.closed_on}
        messages.success(request, _("%(clinic)s has %(day)s as its last day.") % values)
        return see_other(request, reverse("organisations:clinic", args=[clinic_id]))
    if clinic.unit_kind:
        title = _("Close care unit")
        question = _("What the unit has given stays readable. Services after that day go to other units.")
    else:
        title = _("Close clinic")
        question = _(
            "Listings, rights and practitioners end with the clinic's last day. Its cases stay readable, and "
            "what is to be credited still runs."
        )
    page = _clinic_dialog(clinic, title, form, title, question=question)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def reopen_clinic(request: Request, clinic_id: int) -> HttpResponse:
    """Ask before a clinic's last day is taken back."""
    clinic = queries.clinic_to_change(request.actor, clinic_id)
    form = Form(typed(request))
    if reopened := carry_out(form, partial(commands.reopen_clinic, request.actor, clinic_id=clinic_id)):
        if clinic.unit_kind:
            done = _("%(clinic)s is open.")
        else:
            done = _("%(clinic)s is open. Give it rights and practitioners.")
        messages.success(request, done % {"clinic": reopened})
        return see_other(request, reverse("organisations:clinic", args=[clinic_id]))
    if clinic.unit_kind:
        title, question = _("Open the care unit again"), _("The care unit opens again.")
    else:
        title = _("Open the clinic again")
        question = _(
            "The clinic opens again and its listings hold. Rights and practitioners are given new days by "
            "hand."
        )
    page = _clinic_dialog(clinic, title, form, _("Open again"), question=question)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


# Rights and practitioners -------------------------------------------------------------------------


def add_right(request: Request, clinic_id: int) -> HttpResponse:
    """Connect a clinic to a scheme."""
    clinic = queries.clinic_to_change(request.actor, clinic_id)
    form = forms.Right(typed(request), initial={"first_on": request.today})
    if carry_out(form, partial(commands.add_right, request.actor, clinic_id=clinic_id)):
        messages.success(request, _("The right is added."))
        return see_other(request, reverse("organisations:clinic", args=[clinic_id]))
    page = _clinic_dialog(clinic, _("Add right"), form, _("Add"))
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def end_right(request: Request, right_id: int) -> HttpResponse:
    """Give a right its last day."""
    right = queries.right_to_change(request.actor, right_id)
    form = forms.RightEnd(typed(request), initial={"last_on": right.last_on or request.today})
    if carry_out(form, partial(commands.end_right, request.actor, right_id=right_id)):
        messages.success(request, _("The right's last day is changed."))
        return see_other(request, reverse("organisations:clinic", args=[right.clinic_id]))
    question = _("%(right)s from %(day)s.") % {
        "right": _(right.get_scheme_display()),
        "day": right.first_on.isoformat(),
    }
    page = _clinic_dialog(right.clinic, _("End right"), form, _("Save"), question=question)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def remove_right(request: Request, right_id: int) -> HttpResponse:
    """Ask before a right that has not begun is taken away."""
    right = queries.right_to_change(request.actor, right_id)
    form = Form(typed(request))
    if carry_out(form, partial(commands.remove_right, request.actor, today=request.today, right_id=right_id)):
        messages.success(request, _("The right is removed."))
        return see_other(request, reverse("organisations:clinic", args=[right.clinic_id]))
    question = _("%(right)s from %(day)s is removed. It can be added again.") % {
        "right": _(right.get_scheme_display()),
        "day": right.first_on.isoformat(),
    }
    page = _clinic_dialog(right.clinic, _("Remove right"), form, _("Remove"), question=question)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def add_practitioner(request: Request, clinic_id: int) -> HttpResponse:
    """Say who gives care at a clinic."""
    clinic = queries.clinic_to_change(request.actor, clinic_id)
    form = forms.Practitioner(typed(request), initial={"first_on": request.today})
    if practitioner := carry_out(
        form, partial(commands.add_practitioner, request.actor, clinic_id=clinic_id)
    ):
        messages.success(request, _("%(name)s is added.") % {"name": practitioner.name})
        return see_other(request, reverse("organisations:clinic", args=[clinic_id]))
    page = _clinic_dialog(clinic, _("Add practitioner"), form, _("Add"))
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def change_practitioner(request: Request, practitioner_id: int) -> HttpResponse:
    """Change a practitioner's name, title or days."""
    practitioner = queries.practitioner_to_change(request.actor, practitioner_id)
    form = forms.Practitioner(typed(request), initial=_values(practitioner, forms.Practitioner))
    command = partial(commands.change_practitioner, request.actor, practitioner_id=practitioner_id)
    if changed := carry_out(form, command):
        messages.success(request, _("%(name)s is changed.") % {"name": changed.name})
        return see_other(request, reverse("organisations:clinic", args=[practitioner.clinic_id]))
    page = _clinic_dialog(practitioner.clinic, _("Change practitioner"), form, _("Save"))
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


# Care providers and the authority -----------------------------------------------------------------


def search_providers(request: Request) -> HttpResponse:
    """List the authority's care providers."""
    form = forms.SearchProviders(request.GET)
    form.is_valid()
    source = ListSource(
        title=_("Care providers"),
        columns=tables.providers(),
        rows=provider_queries.search_providers(request.actor, **form.cleaned_data),
        order="name",
        empty=_("No care provider matches. Change the filter, or create the care provider."),
        form=form,
        actions=[Action(_("Create care provider"), reverse("organisations:create_provider"), is_dialog=True)],
        row_url=lambda row: reverse("organisations:provider", args=[row.pk]),
        file_name="care-providers",
    )
    return respond(request, source)


def create_provider(request: Request) -> HttpResponse:
    """Add a care provider."""
    request.actor.require(ADMINISTER)
    form = forms.Provider(typed(request))
    if provider := carry_out(form, partial(commands.create_provider, request.actor)):
        messages.success(request, _("%(name)s is created.") % {"name": provider.name})
        return see_other(request, reverse("organisations:provider", args=[provider.pk]))
    page = FormPage(
        title=_("Create care provider"),
        form=form,
        submit=_("Create care provider"),
        cancel_url=reverse("organisations:search_providers"),
        crumbs=[*_provider_crumbs(), Crumb(_("Create care provider"))],
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def provider(request: Request, provider_id: int) -> HttpResponse:
    """Show one care provider with its clinics."""
    page = provider_queries.provider_page(request.actor, provider_id)
    return render(request, "organisations/provider.html", {"page": page})


def change_provider(request: Request, provider_id: int) -> HttpResponse:
    """Change a care provider's name or number."""
    provider = provider_queries.provider_to_change(request.actor, provider_id)
    number = format_organisation_number(provider.organisation_number)
    form = forms.Provider(typed(request), initial={"name": provider.name, "organisation_number": number})
    if changed := carry_out(form, partial(commands.change_provider, request.actor, provider_id=provider_id)):
        messages.success(request, _("%(name)s is changed.") % {"name": changed.name})
        return see_other(request, reverse("organisations:provider", args=[provider_id]))
    page = FormPage(
        title=_("Change care provider"),
        lead=provider.name,
        form=form,
        submit=_("Save"),
        cancel_url=reverse("organisations:provider", args=[provider_id]),
        crumbs=[*_provider_crumbs(provider), Crumb(_("Change care provider"))],
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def change_authority(request: Request) -> HttpResponse:
    """Change what the authority says about itself."""
    authority = queries.authority_to_change(request.actor)
    kind = forms.Municipality if area_queries.is_municipality(request.actor) else forms.Authority
    form = kind(typed(request), initial=queries.authority_values(authority))
    if carry_out(form, partial(commands.change_authority, request.actor)):
        messages.success(request, _("The authority's settings are saved."))
        return see_other(request, reverse("organisations:change_authority"))
    page = FormPage(
        title=_("The authority's settings"),
        lead=_("What letters, invoices and messages say about the authority."),
        form=form,
        submit=_("Save"),
        cancel_url="",
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


def _values(row: object, form: type[Form]) -> dict[str, object]:
    return {name: getattr(row, name) for name in form.base_fields}


def _clinic_crumbs(clinic: "Clinic") -> list[Crumb]:
    return [
        Crumb(queries.units_title(bool(clinic.unit_kind)), reverse("organisations:search_clinics")),
        Crumb(str(clinic), reverse("organisations:clinic", args=[clinic.pk])),
    ]


def _provider_crumbs(provider: "CareProvider | None" = None) -> list[Crumb]:
    crumbs = [Crumb(_("Care providers"), reverse("organisations:search_providers"))]
    if provider is None:
        return crumbs
    return [*crumbs, Crumb(provider.name, reverse("organisations:provider", args=[provider.pk]))]


def _clinic_dialog(
    clinic: "Clinic",
    title: str,
    form: Form,
    submit: str,
    *,
    question: str = "",
) -> FormPage:
    """Return a dialog about a clinic."""
    return FormPage(
        title=title,
        lead=str(clinic),
        form=form,
        submit=submit,
        question=question,
        cancel_url=reverse("organisations:clinic", args=[clinic.pk]),
        crumbs=[*_clinic_crumbs(clinic), Crumb(title)],
    )
