"""The pages of housing contracts (*boendekontrakt*): the list, one of them, and what is done with it."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import FileResponse, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import free_months, housing
from kvitt.modules.care_fees.forms import housing as forms
from kvitt.modules.care_fees.queries import free_months as free_month_queries
from kvitt.modules.care_fees.queries import search, tenancies, tenancy_forms
from kvitt.modules.care_fees.tables.housing import tenancy_columns
from kvitt.modules.care_fees.views import answers
from kvitt.registers.access.rules import Permission
from kvitt.registers.documents import views as files
from kvitt.registers.documents.commands import Upload
from kvitt.registers.people import forms as people_forms
from kvitt.registers.people import queries as people
from kvitt.registers.people import views as people_views


@require_safe
def search_tenancies(request: Request) -> HttpResponseBase:
    """*Kontraktslista*: by person, dwelling, period and state; also of clients whose services have ended."""
    request.actor.require(Permission.SEE_CLIENTS)
    form = forms.TenancyFilter(request.GET)
    rows = tenancies.search_tenants(request.actor, on=request.today, **form.filters())
    find = tables.Action(
        _("Find by personal number"), reverse("care_fees:find_tenant"), is_dialog=True, icon="search"
    )
    source = tables.ListSource(
        title=_("Contract list"),
        columns=tenancy_columns(today=request.today),
        rows=rows if form.is_valid() else rows.none(),
        order="-number",
        form=form,
        actions=[find],
        empty=_("No contract matches. Change the filters; a new contract begins on the client's page."),
        row_url=lambda row: reverse("care_fees:tenancy", args=[row.tenancy.number]),
        person_of=lambda row: row.client.person_id,
        record_read=lambda ids: answers.note_read(request, "search_tenancies", ids),
        is_wide=True,
        file_name="kontrakt",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def find_tenant(request: Request) -> HttpResponse:
    """*Sök person*: ask for a personal number, and list that client's contracts."""
    request.actor.require(Permission.SEE_CLIENTS)
    patterns = people.reserve_patterns(request.actor.authority_id)
    form = people_forms.NumberForm(typed(request), today=request.today, patterns=patterns)
    if form.is_valid():
        person = people.find_by_number(request.actor, form.cleaned_data["digits"])
        client = person and search.find_client(request.actor, person, today=request.today)
        if client:
            return see_other(request, f"{reverse('care_fees:search_tenancies')}?person={client.number}")
        form.add_error("number", _("None of your clients has this number. Check it, or search all clients."))
    page = FormPage(
        title=_("Find contracts by personal number"),
        crumbs=[_crumb(), tables.Crumb(_("Find by personal number"))],
        form=form,
        submit=_("Search"),
        cancel_url=reverse("care_fees:search_tenancies"),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_safe
def tenancy(request: Request, number: str) -> HttpResponse:
    """One contract: rents, tenants, days, free month; of a protected client when the reason is given."""
    page = tenancies.tenancy_page(request.actor, number, session=request.session, today=request.today)
    for tenant in page.tenants:
        if tenant.person.is_hidden:
            return people_views.ask_for_reason(request, tenant.person.code)
    for tenant in page.tenants:
        answers.note_read(request, "tenancy", [tenant.person_id], number=tenant.number)
    return render(request, "care_fees/tenancy.html", {"page": page})


@require_http_methods(["GET", "POST"])
def create_tenancy(request: Request, number: str) -> HttpResponse:
    """*Boendekontrakt*: the contract date is shown, with its rule, before anything is saved."""
    choice = tenancy_forms.new_tenancy(request.actor, number, session=request.session, today=request.today)
    form = forms.NewTenancyForm(
        _sent(request), initial=request.POST.dict(), offered=choice.offered, partners=choice.partners
    )
    proposal = _proposal(request)

    def save() -> str:
        made = housing.create_tenancy(
            request.actor,
            today=request.today,
            number=number,
            content=form.content(),
            partner=form.cleaned_data["partner"],
        )
        _warn_of_approved(request, made.number, made.first_on)
        done = _("Contract %(number)s holds from %(day)s. %(rule)s")
        return done % {"number": made.number, "day": made.first_on, "rule": proposal.rule if proposal else ""}

    page = FormPage(
        title=_("New housing contract"),
        lead=choice.lead,
        crumbs=answers.way_to(number),
        form=form,
        submit=_("Save"),
        cancel_url=reverse("care_fees:case", args=[number]),
    )
    answers.note_read(request, "case", [choice.person_id], number=number)
    return _answer(request, page, save, proposal=proposal)


@require_http_methods(["GET", "POST"])
def change_tenancy(request: Request, number: str) -> HttpResponse:
    """Mend what was mistyped when a contract began."""
    choice = _choice(request, number)
    if choice.hidden:
        return people_views.ask_for_reason(request, choice.hidden)
    found = choice.tenancy
    initial = tenancies.initial_of(found)
    form = forms.TenancyForm(
        _sent(request),
        initial={**initial, **request.POST.dict()},
        offered=tenancy_forms.dwellings_for(request.actor, found, today=request.today),
    )
    proposal = _proposal(request) or tenancy_forms.proposal_for(found.dwelling, found.moved_in_on)

    def save() -> str:
        made = housing.change_tenancy(
            request.actor, today=request.today, number=number, content=form.content()
        )
        done = _("Contract %(number)s holds from %(day)s. %(rule)s")
        return done % {"number": made.number, "day": made.first_on, "rule": proposal.rule}

    page = _page(request, choice, form, title=_("Mend contract"), submit=_("Save"))
    return _answer(request, page, save, proposal=proposal)


@require_http_methods(["GET", "POST"])
def change_rent(request: Request, number: str) -> HttpResponse:
    """Give a contract another rent from a day on."""
    choice = _choice(request, number)
    if choice.hidden:
        return people_views.ask_for_reason(request, choice.hidden)
    form = forms.RentForm(typed(request))

    def save() -> str:
        housing.change_rent(request.actor, today=request.today, number=number, **form.cleaned_data)
        done = _("The rent is changed from %(day)s.")
        return done % {"day": form.cleaned_data["first_on"]}

    return _answer(request, _page(request, choice, form, title=_("Change rent"), submit=_("Save")), save)


@require_http_methods(["GET", "POST"])
def end_tenancy(request: Request, number: str) -> HttpResponse:
    """End a contract the 14th or the last of a month, also where decision and services have ended."""
    choice = _choice(request, number)
    if choice.hidden:
        return people_views.ask_for_reason(request, choice.hidden)
    found = choice.tenancy
    form = forms.EndForm(
        typed(request),
        days=tenancy_forms.end_days(found, today=request.today),
        is_ended=found.last_on is not None,
    )

    def save() -> str:
        made = housing.end_tenancy(request.actor, today=request.today, number=number, last_on=form.end_day())
        if made.last_on is None:
            return _("Contract %(number)s holds until further notice.") % {"number": number}
        _warn_of_approved(request, number, made.last_on)
        return _("Contract %(number)s ends on %(day)s.") % {"number": number, "day": made.last_on}

    return _answer(
        request, _page(request, choice, form, title=_("End contract"), submit=_("End contract")), save
    )


@require_http_methods(["GET", "POST"])
def grant_free_month(request: Request, number: str) -> HttpResponse:
    """*Hyresfri månad*: the criteria and the proof; a refusal says which one is not met."""
    choice = _choice(request, number)
    if choice.hidden:
        return people_views.ask_for_reason(request, choice.hidden)
    form = forms.FreeMonthForm(typed(request), request.FILES or None, initial={"text": _("Free month")})

    def save() -> str:
        file = form.cleaned_data["receipt"]
        free_months.grant_free_month(
            request.actor,
            today=request.today,
            number=number,
            asked=form.answers(),
            receipt=Upload(file.name, file.size, file.file) if file else None,
        )
        return _("The free month is granted. One month's rent is deducted on the next invoice.")

    page = _page(
        request,
        choice,
        form,
        title=_("Free month"),
        submit=_("Grant free month"),
        note=_("One full month's rent is deducted, also where the first month is half."),
    )
    return _answer(request, page, save)


@require_safe
def receipt(request: Request, number: str) -> HttpResponse | FileResponse:
    """The receipt of a free month, to be saved; of a protected client only when the reason is given."""
    found = free_month_queries.receipt_of(request.actor, number, on=request.today)
    for client in found.tenants:
        person = search.person_of(client)
        if people.needs_reason(request.session, person):
            return people_views.ask_for_reason(request, person.code)
    for client in found.tenants:
        answers.note_read(request, "receipt", [client.person_id], number=client.number)
    return files.download(found.document)


# Steps that several of them share -----------------------------------------------------------------


def _choice(request: Request, number: str) -> tenancy_forms.TenancyToChange:
    choice = tenancy_forms.tenancy_to_change(
        request.actor, number, session=request.session, today=request.today
    )
    for tenant in () if choice.hidden else choice.tenants:
        answers.note_read(request, "tenancy", [tenant.person_id], number=tenant.number)
    return choice


def _sent(request: Request) -> QueryDict | None:
    """Return what was sent to be saved; `show` asks only for the contract date of what is typed so far."""
    return None if "show" in request.POST else typed(request)


def _proposal(request: Request) -> tenancy_forms.Proposal | None:
    return tenancy_forms.proposal(
        request.actor,
        dwelling=request.POST.get("dwelling", ""),
        moved_in_on=request.POST.get("moved_in_on", ""),
        today=request.today,
    )


def _page(
    request: Request,
    choice: tenancy_forms.TenancyToChange,
    form: Form,
    *,
    title: str,
    submit: str,
    note: str = "",
) -> FormPage:
    number = choice.tenancy.number
    return FormPage(
        title=title,
        lead=choice.lead,
        crumbs=[
            _crumb(),
            tables.Crumb(number, reverse("care_fees:tenancy", args=[number])),
            tables.Crumb(title),
        ],
        form=form,
        submit=submit,
        cancel_url=answers.way_back(request, reverse("care_fees:tenancy", args=[number])),
        note=note,
    )


def _answer(
    request: Request,
    page: FormPage,
    save: Callable[[], str],
    *,
    proposal: tenancy_forms.Proposal | None = None,
) -> HttpResponse:
    """Ask, or do what was asked. A contract date that was not shown yet is shown before anything is saved."""
    is_shown = proposal is None or request.POST.get("seen") == proposal.first_on.isoformat()
    if page.form.is_valid() and is_shown:
        try:
            done = save()
        except Refused as refused:
            page.form.add_problems(refused.problems)
        else:
            messages.success(request, done)
            return answers.done(request, page.cancel_url)
    has_faults = page.form.is_bound and bool(page.form.errors)
    return render(
        request,
        "care_fees/tenancy_form.html",
        {"page": page, "proposal": proposal, "asks_again": page.form.is_bound and not has_faults},
        status=422 if has_faults else 200,
    )


def _warn_of_approved(request: Request, number: str, since: date) -> None:
    """Say what is not changed any more, where a month since the day is approved."""
    note = tenancy_forms.note_of_approved(request.actor, number, since, today=request.today)
    if note:
        messages.warning(request, note)


def _crumb() -> tables.Crumb:
    return tables.Crumb(_("Contract list"), reverse("care_fees:search_tenancies"))
