"""The region's pages of certificates: search, one person's, one of them, and what is done with it."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.values.identity import format_identity_number
from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.commands import certificates as commands
from kvitt.modules.special_care.forms import certificates as forms
from kvitt.modules.special_care.queries import categories, certificates
from kvitt.modules.special_care.tables.certificates import certificate_columns
from kvitt.registers.access.rules import Permission
from kvitt.registers.people import forms as people_forms
from kvitt.registers.people import queries as people


@require_safe
def search_certificates(request: Request) -> HttpResponseBase:
    """*Intyg*: the authority's certificates, newest first; by personal number there is a form of its own."""
    request.actor.require(Permission.HANDLE_CERTIFICATES)
    form = forms.CertificateFilter(
        request.GET, categories=categories.facts_of_all(request.actor.authority_id)
    )
    rows = certificates.search_certificates(request.actor, **form.filters())
    find = tables.Action(
        _("Find by personal number"), reverse("special_care:find_certificates"), is_dialog=True, icon="search"
    )
    register = tables.Action(
        _("Register certificate"),
        reverse("special_care:create_certificate"),
        is_primary=True,
        is_dialog=True,
    )
    source = tables.ListSource(
        title=_("Certificates"),
        columns=certificate_columns(today=request.today),
        rows=rows if form.is_valid() else rows.none(),
        order="-created_on",
        form=form,
        actions=[find, register],
        empty=_("No certificate matches. Change the filters, or register a certificate."),
        row_url=lambda row: reverse("special_care:certificate", args=[row.number]),
        person_of=lambda row: certificates.patient_of(row).pk,
        record_read=lambda ids: audit.record_read(
            "special_care.search_certificates", request.actor, person_ids=ids
        ),
        is_wide=True,
        file_name="intyg",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def find_certificates(request: Request) -> HttpResponse:
    """Ask for a personal number, and go on to that person's certificates; no number enters an address."""
    request.actor.require(Permission.HANDLE_CERTIFICATES)
    patterns = people.reserve_patterns(request.actor.authority_id)
    form = people_forms.NumberForm(request.POST or None, today=request.today, patterns=patterns)
    if form.is_valid():
        person = people.find_by_number(request.actor, form.cleaned_data["digits"])
        if person is not None:
            audit.record_read("special_care.patient_certificates", request.actor, person_ids=[person.pk])
            return see_other(request, reverse("special_care:patient_certificates", args=[person.code]))
        form.add_error("number", _nobody())
    title = _("Find certificates by personal number")
    page = FormPage(
        title=title,
        crumbs=[_crumb(), tables.Crumb(title)],
        form=form,
        submit=_("Search"),
        cancel_url=reverse("special_care:search_certificates"),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_safe
def patient_certificates(request: Request, code: UUID) -> HttpResponseBase:
    """List one person's certificates; that he or she has none is told of a person too, and logged."""
    person = certificates.patient_to_certify(request.actor, code)
    audit.record_read("special_care.patient_certificates", request.actor, person_ids=[person.pk])
    shown = people.shown_person(request.session, person, day=request.today)
    title = _("The patient's certificates")
    register = tables.Action(
        _("Register certificate"),
        reverse("special_care:create_certificate"),
        is_primary=True,
        is_dialog=True,
    )
    source = tables.ListSource(
        title=title,
        lead=f"{format_identity_number(shown.number)}, {shown.name}.",
        columns=certificate_columns(today=request.today),
        rows=certificates.patient_certificates(request.actor, person),
        order="-first_on",
        actions=[register],
        crumbs=[_crumb(), tables.Crumb(title)],
        empty=_("The patient has no certificate. Care can be given as S dental care, or register one."),
        row_url=lambda row: reverse("special_care:certificate", args=[row.number]),
        is_wide=True,
        file_name="intyg",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def create_certificate(request: Request) -> HttpResponse:
    """*Registrera intyg*: the personal number is typed, and must be somebody's in the register."""
    request.actor.require(Permission.HANDLE_CERTIFICATES)
    form = forms.NewCertificateForm(
        request.POST or None,
        today=request.today,
        patterns=people.reserve_patterns(request.actor.authority_id),
        categories=categories.facts_of_all(request.actor.authority_id),
    )
    if form.is_valid():
        person = people.find_by_number(request.actor, form.cleaned_data["digits"])
        if person is None:
            form.add_error("number", _nobody())
        else:
            content = form.content(number=form.cleaned_data["certificate_number"])
            try:
                made = commands.register_certificate(
                    request.actor, today=request.today, code=person.code, content=content
                )
            except Refused as refused:
                # What stands in the way may tell of the person's other certificates.
                audit.record_read("special_care.create_certificate", request.actor, person_ids=[person.pk])
                form.add_problems(refused.problems)
            else:
                words = certificates.certificate_words(made, request.today)
                done = _("Certificate %(number)s is registered: %(validity)s.")
                messages.success(request, done % {"number": made.number, "validity": words})
                return see_other(request, reverse("special_care:certificate", args=[made.number]))
    title = _("Register certificate")
    page = FormPage(
        title=title,
        crumbs=[_crumb(), tables.Crumb(title)],
        form=form,
        submit=_("Register"),
        cancel_url=reverse("special_care:search_certificates"),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_safe
def certificate(request: Request, number: str) -> HttpResponse:
    """Show a certificate with its event log."""
    page = certificates.certificate_page(request.actor, number, today=request.today, session=request.session)
    _note_read(request, page.number, page.person_ids)
    return render(request, "special_care/certificate.html", {"page": page})


@require_http_methods(["GET", "POST"])
def change_certificate(request: Request, number: str) -> HttpResponse:
    """Change a certificate's category, days or issuer."""
    content = certificates.certificate_content(request.actor, number)
    form = forms.ChangeCertificateForm(
        request.POST or None,
        content=content,
        categories=categories.facts_of_all(request.actor.authority_id),
    )

    def save() -> str:
        changed = form.content(number=content.number)
        made = commands.change_certificate(
            request.actor, today=request.today, number=content.number, content=changed
        )
        words = certificates.certificate_words(made, request.today)
        done = _("Certificate %(number)s is changed: %(validity)s. Claims already sent in are not changed.")
        return done % {"number": made.number, "validity": words}

    title = _("Change certificate %(number)s") % {"number": content.number}
    page = FormPage(
        title=title,
        crumbs=[_crumb(), _crumb_of(content.number), tables.Crumb(_("Change"))],
        form=form,
        submit=_("Save"),
        cancel_url=reverse("special_care:certificate", args=[content.number]),
        note=_("Claims already sent in are not changed."),
    )
    return _answer(request, page, save, content.number)


@require_http_methods(["GET", "POST"])
def revoke_certificate(request: Request, number: str) -> HttpResponse:
    """*Dra in intyg*: from a day on, with a reason."""
    content = certificates.certificate_content(request.actor, number)
    form = forms.RevokeForm(request.POST or None, initial={"revoked_on": request.today})

    def save() -> str:
        made = commands.revoke_certificate(request.actor, number=content.number, **form.cleaned_data)
        done = _(
            "Certificate %(number)s is revoked from %(day)s. Claims already sent in are not changed; "
            "treatment before that day can still be claimed."
        )
        return done % {"number": made.number, "day": form.cleaned_data["revoked_on"]}

    page = FormPage(
        title=_("Revoke certificate %(number)s") % {"number": content.number},
        crumbs=[_crumb(), _crumb_of(content.number), tables.Crumb(_("Revoke certificate"))],
        form=form,
        submit=_("Revoke certificate"),
        cancel_url=reverse("special_care:certificate", args=[content.number]),
        note=_("This cannot be undone."),
        is_danger=True,
    )
    return _answer(request, page, save, content.number)


# Steps that several of them share -----------------------------------------------------------------


def _answer(request: Request, page: FormPage, save: Callable[[], str], number: str) -> HttpResponse:
    """Ask, or do what was asked and say so on the certificate's page."""
    if page.form.is_valid():
        try:
            done = save()
        except Refused as refused:
            page.form.add_problems(refused.problems)
        else:
            messages.success(request, done)
            return see_other(request, page.cancel_url)
    shown = certificates.certificate(request.actor, number)
    _note_read(request, number, [certificates.patient_of(shown).pk])
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def _note_read(request: Request, number: str, person_ids: Iterable[int]) -> None:
    audit.record_read(
        "special_care.certificate",
        request.actor,
        person_ids=person_ids,
        subject=(certificates.SUBJECT, number),
    )


def _nobody() -> str:
    return _(
        "Nobody with this number is registered. Check the number, or ask an administrator to register the "
        "person first."
    )


def _crumb() -> tables.Crumb:
    return tables.Crumb(_("Certificates"), reverse("special_care:search_certificates"))


def _crumb_of(number: str) -> tables.Crumb:
    return tables.Crumb(number, reverse("special_care:certificate", args=[number]))
