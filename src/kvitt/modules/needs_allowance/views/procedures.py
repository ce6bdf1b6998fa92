"""Report, change and remove procedures."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import procedures
from kvitt.modules.needs_allowance.forms import ProcedureForm
from kvitt.modules.needs_allowance.queries import reporting
from kvitt.modules.needs_allowance.views import answers


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
    return render(request, "price_lists/codes.html", {"page": {"hits": hits}})


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
        return cannot(request, choice.problems, case_url)
    form = ProcedureForm(
        typed(request),
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
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Add procedure code"),
        crumbs=answers.way_to(number),
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
        return cannot(request, choice.problems, case_url)
    form = ProcedureForm(
        typed(request),
        practitioners=choice.practitioners,
        demands=choice.demands,
        initial=choice.initial,
        is_change=True,
        fixed_place=choice.fixed_place,
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
                choice.initial,
                practitioners=choice.practitioners,
                demands=choice.demands,
                initial=choice.initial,
                is_change=True,
                fixed_place=choice.fixed_place,
            )
            form.add_problems(changed.problems)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Code %(code)s is changed.") % {"code": choice.code})
            return see_other(request, case_url)
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Change %(procedure)s") % {"procedure": choice.procedure_name},
        crumbs=answers.way_to(number),
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
        return cannot(request, choice.problems, case_url)
    if request.method == "POST":
        try:
            procedures.remove_procedure(request.actor, number=number, procedure_id=procedure_id)
        except Refused as refused:
            return cannot(request, refused.problems, case_url)
        messages.success(request, _("Code %(code)s is removed.") % {"code": choice.code})
        return see_other(request, case_url)
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Remove %(procedure)s") % {"procedure": choice.procedure_name},
        crumbs=answers.way_to(number),
        lead=f"{number}, {choice.patient_name}",
        question=_("The code no longer counts in the case. It can still be found with Show removed."),
        form=Form(),
        submit=_("Remove"),
        cancel_url=case_url,
    )
    return render(request, "dialog.html", {"page": dialog})
