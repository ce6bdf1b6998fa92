"""HTTP in, HTML out, in the order of urls.py."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage, problem_text
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.modules.needs_allowance.commands import cases, invoices, procedures
from kvitt.modules.needs_allowance.forms import CaseForm, CaseSearchForm, InvoiceForm, ProcedureForm
from kvitt.modules.needs_allowance.queries import case_page, invoicing, patient, reporting
from kvitt.modules.needs_allowance.queries import cases as case_queries
from kvitt.modules.needs_allowance.tables import CASES
from kvitt.registers.organisations import queries as organisations


@require_safe
def search_cases(request: Request) -> HttpResponse:
    """*Sök behovspengsärende*: the actor's cases, newest first."""
    form = CaseSearchForm(
        request.GET,
        providers=organisations.providers_of(request.actor),
        clinics=organisations.clinics_of(request.actor),
    )
    source = tables.ListSource(
        title=_("Search needs-allowance cases"),
        columns=CASES,
        rows=case_queries.search_cases(request.actor, **form.search()),
        order="-created",
        form=form,
        empty=_("No case matches. Change the filters, or search for the patient to create a case."),
        row_url=lambda case: reverse("needs_allowance:case", args=[case.number]),
        person_of=lambda case: case.person_id,
        record_read=lambda persons: audit.record_read(
            "needs_allowance.search_cases", request.actor, person_ids=persons
        ),
        file_name="behovspengsarenden",
    )
    return tables.respond(request, source)


@require_safe
def patient_cases(request: Request, code: UUID) -> HttpResponse:
    """The tab *Behovspeng* of the patient page."""
    page = patient.patient_cases(request.actor, code, today=request.today, session=request.session)
    audit.record_read("needs_allowance.patient_cases", request.actor, person_ids=[page.person_id])
    return render(request, "needs_allowance/patient_cases.html", {"page": page})


@require_http_methods(["GET", "POST"])
def create_case(request: Request, code: UUID) -> HttpResponse:
    """Ask for the start date and make the case."""
    choice = patient.creation(request.actor, code, today=request.today, session=request.session)
    form = CaseForm(_typed(request), initial={"first_on": request.today})
    if form.is_valid():
        try:
            number = cases.create_case(
                request.actor, today=request.today, code=code, first_on=form.cleaned_data["first_on"]
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Case %(number)s is created.") % {"number": number})
            return see_other(request, reverse("needs_allowance:case", args=[number]))
    audit.record_read("needs_allowance.patient_cases", request.actor, person_ids=[choice.person_id])
    dialog = FormPage(
        title=_("Create needs-allowance case"),
        lead=f"{choice.patient_name}.",
        form=form,
        submit=_("Create case"),
        cancel_url=reverse("needs_allowance:patient_cases", args=[code]),
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


@require_safe
def case(request: Request, number: str) -> HttpResponse:
    """The case."""
    page = case_page.case_page(
        request.actor,
        number,
        today=request.today,
        session=request.session,
        shows_removed="removed" in request.GET,
    )
    _note_read(request, number, page.case.person_id)
    return render(request, "needs_allowance/case.html", {"page": page})


@require_http_methods(["GET", "POST"])
def delete_case(request: Request, number: str) -> HttpResponse:
    """Ask, and delete a case without codes."""
    choice = patient.deletion(request.actor, number, today=request.today, session=request.session)
    if choice.problems:
        return _cannot(request, choice.problems, choice.back_url)
    if request.method == "POST":
        try:
            cases.delete_case(request.actor, number=number)
        except Refused as refused:
            return _cannot(request, refused.problems, choice.back_url)
        messages.success(request, _("Case %(number)s is deleted.") % {"number": number})
        return see_other(request, choice.back_url)
    _note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Delete case %(number)s") % {"number": number},
        lead=choice.patient_name,
        question=_(
            "The case and its deductible disappear, and the period becomes free. This cannot be undone."
        ),
        form=Form(),
        submit=_("Remove"),
        cancel_url=choice.back_url,
        is_danger=True,
    )
    return render(request, "dialog.html", {"page": dialog})


@require_safe
def find_codes(request: Request, number: str) -> HttpResponse:
    """Answer the code picker: what begins with the digits or holds the letters typed."""
    hits = reporting.find_codes(
        request.actor,
        number,
        text=request.GET.get("q", ""),
        performed_on=request.GET.get("performed_on", ""),
        today=request.today,
    )
    return render(request, "needs_allowance/codes.html", {"page": {"hits": hits}})


@require_http_methods(["GET", "POST"])
def add_procedure(request: Request, number: str) -> HttpResponse:
    """*Lägg till åtgärdskod*."""
    choice = reporting.addition(
        request.actor,
        number,
        today=request.today,
        session=request.session,
        typed_code=request.POST.get("code", ""),
        performed_on=request.POST.get("performed_on", ""),
    )
    case_url = reverse("needs_allowance:case", args=[number])
    if choice.problems and request.method != "POST":
        return _cannot(request, choice.problems, case_url)
    form = ProcedureForm(
        _typed(request),
        practitioners=choice.practitioners,
        no_practitioner=choice.no_practitioner,
        demands=choice.demands,
    )
    if form.is_valid():
        report = procedures.Report(**form.report())
        try:
            procedures.add_procedure(request.actor, today=request.today, number=number, report=report)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Code %(code)s is added.") % {"code": report.entry().code})
            return see_other(request, case_url)
    _note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Add procedure code"),
        crumbs=_way_to(number),
        lead=f"{number}, {choice.patient_name}.",
        form=form,
        submit=_("Add"),
        cancel_url=case_url,
        note=_("The price is the one that holds on the treatment date."),
    )
    context = {"page": dialog, "picker": reverse("needs_allowance:find_codes", args=[number])}
    return render(request, "needs_allowance/procedure.html", context, status=form_status(request))


@require_http_methods(["GET", "POST"])
def change_procedure(request: Request, number: str, procedure_id: int) -> HttpResponse:
    """*Ändra*: date, practitioner, tooth and surface."""
    choice = reporting.change(
        request.actor, number, procedure_id, today=request.today, session=request.session
    )
    case_url = reverse("needs_allowance:case", args=[number])
    if choice.problems:
        return _cannot(request, choice.problems, case_url)
    form = ProcedureForm(
        _typed(request),
        practitioners=choice.practitioners,
        demands=choice.demands,
        initial=choice.initial,
        is_change=True,
    )
    if form.is_valid():
        try:
            procedures.change_procedure(
                request.actor,
                today=request.today,
                number=number,
                procedure_id=procedure_id,
                report=procedures.Report(**form.report()),
                seen=form.cleaned_data["seen"],
            )
        except procedures.ChangedMeanwhile as changed:
            form = ProcedureForm(
                choice.initial, practitioners=choice.practitioners, demands=choice.demands, is_change=True
            )
            form.add_problems(changed.problems)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Code %(code)s is changed.") % {"code": choice.code})
            return see_other(request, case_url)
    _note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Change %(procedure)s") % {"procedure": choice.procedure_name},
        crumbs=_way_to(number),
        lead=f"{number}, {choice.patient_name}.",
        form=form,
        submit=_("Save"),
        cancel_url=case_url,
        note=_("The price becomes the one that holds on the treatment date."),
    )
    return render(request, "needs_allowance/procedure.html", {"page": dialog}, status=form_status(request))


@require_http_methods(["GET", "POST"])
def remove_procedure(request: Request, number: str, procedure_id: int) -> HttpResponse:
    """Ask, and remove a procedure."""
    choice = reporting.removal(
        request.actor, number, procedure_id, today=request.today, session=request.session
    )
    case_url = reverse("needs_allowance:case", args=[number])
    if choice.problems:
        return _cannot(request, choice.problems, case_url)
    if request.method == "POST":
        try:
            procedures.remove_procedure(request.actor, number=number, procedure_id=procedure_id)
        except Refused as refused:
            return _cannot(request, refused.problems, case_url)
        messages.success(request, _("Code %(code)s is removed.") % {"code": choice.code})
        return see_other(request, case_url)
    _note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Remove %(procedure)s") % {"procedure": choice.procedure_name},
        crumbs=_way_to(number),
        lead=f"{number}, {choice.patient_name}",
        question=_("The code no longer counts in the case. It can still be found with Show removed."),
        form=Form(),
        submit=_("Remove"),
        cancel_url=case_url,
    )
    return render(request, "dialog.html", {"page": dialog})


@require_http_methods(["GET", "POST"])
def create_invoice(request: Request) -> HttpResponse:
    """*Skapa faktura*: reference, then the basis, then the invoice."""
    form = InvoiceForm(request.GET if "reference" in request.GET else None)
    reference = form.cleaned_data["reference"] if form.is_valid() else ""
    if request.method == "POST" and reference:
        try:
            made = invoices.create_invoice(
                request.actor,
                today=request.today,
                reference=reference,
                fingerprint=request.POST.get("fingerprint", ""),
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            for invoice_id in made:
                _tell_made(request, invoice_id)
            return see_other(request, reverse("ledger:search_invoices"))
    page = invoicing.invoice_page(request.actor, form=form, reference=reference, today=request.today)
    if reference and not form.errors:
        form.add_problems(page.problems)
    return render(request, "needs_allowance/create_invoice.html", {"page": page}, status=form_status(request))


@require_safe
def invoice_basis_lines(request: Request, clinic_id: int) -> HttpResponse:
    """The lines that one clinic's invoice would hold."""
    page = invoicing.basis_lines_page(
        request.actor, clinic_id, reference=request.GET.get("reference", "")[:30], today=request.today
    )
    audit.record_read(
        "needs_allowance.invoice_basis_lines",
        request.actor,
        person_ids=[line.person_id for line in page.clinic.lines],
    )
    return render(request, "needs_allowance/invoice_basis_lines.html", {"page": page})


def _tell_made(request: Request, invoice_id: int) -> None:
    """Confirm an invoice, with a link to it."""
    invoice = invoicing.invoice_of(request.actor, invoice_id)
    text = _("Invoice %(reference)s is created.") % {"reference": invoice.external_reference}
    link = reverse("ledger:invoice", args=[invoice_id])
    messages.success(request, format_html('{} <a href="{}">{}</a>', text, link, _("Show the invoice")))


def _typed(request: Request) -> QueryDict | None:
    """Return what was sent, None when the form is shown the first time."""
    return request.POST if request.method == "POST" else None


def _way_to(number: str) -> list[tables.Crumb]:
    """Return the way to what is done in a case, for those who meet it as a page of its own."""
    return [
        tables.Crumb(_("Needs-allowance cases"), reverse("needs_allowance:search_cases")),
        tables.Crumb(number, reverse("needs_allowance:case", args=[number])),
    ]


def _cannot(request: Request, problems: Iterable[Problem], url: str) -> HttpResponse:
    """Say why it cannot be done, on the page that shows how things stand now."""
    for problem in problems:
        messages.error(request, problem_text(problem))
    return see_other(request, url)


def _note_read(request: Request, number: str, person_id: int) -> None:
    """Record that the actor saw the patient of a case."""
    audit.record_read(
        "needs_allowance.case",
        request.actor,
        person_ids=[person_id],
        subject=(case_queries.SUBJECT, number),
    )
