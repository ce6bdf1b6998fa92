"""The tab *Vårdrapport*, one care report, and what is done with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.registers.dental_records.commands import reports as commands
from kvitt.registers.dental_records.forms import ReportForm, SeenForm
from kvitt.registers.dental_records.queries import reports as queries
from kvitt.registers.dental_records.views import answers


@require_safe
def patient_reports(request: Request, code: UUID) -> HttpResponse:
    """The tab *Vårdrapport* of the patient's page."""
    page = queries.patient_reports(request.actor, code, today=request.today, session=request.session)
    answers.note_read(request, "patient_reports", page.patient.record_ids)
    return render(request, "dental_records/patient_reports.html", {"page": page})


@require_http_methods(["GET", "POST"])
def create_report(request: Request, code: UUID) -> HttpResponse:
    """*Skapa vårdrapport*."""
    work = queries.creation(request.actor, code, today=request.today, session=request.session)
    if work.problems:
        return cannot(request, work.problems, work.back_url)
    form = ReportForm(typed(request), initial=work.initial, practitioners=work.practitioners)
    if form.is_valid():
        entry = commands.Entry(**form.entry())
        try:
            number = commands.create_report(request.actor, today=request.today, code=code, entry=entry)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            return _saved(request, number, _("Care report %(number)s is created."), work.back_url)
    answers.note_read(request, "patient_reports", work.record_ids)
    return _form(request, work, form)


@require_safe
def report(request: Request, number: int) -> HttpResponse:
    """One care report, to read."""
    page = queries.report_page(request.actor, number, today=request.today, session=request.session)
    answers.note_read(request, "report", page.record_ids, (queries.SUBJECT, number))
    return render(request, "dental_records/report.html", {"page": page})


@require_http_methods(["GET", "POST"])
def change_report(request: Request, number: int) -> HttpResponse:
    """*Spara*, and on to the question where it is to be settled; `?check` shows what is missing for that."""
    work = queries.work(request.actor, number, today=request.today, session=request.session)
    if work.problems:
        return cannot(request, work.problems, reverse("dental_records:report", args=[number]))
    form = ReportForm(typed(request), initial=work.initial, practitioners=work.practitioners)
    if form.is_valid():
        entry, seen = commands.Entry(**form.entry()), form.cleaned_data["seen"]
        try:
            commands.change_report(request.actor, today=request.today, number=number, entry=entry, seen=seen)
        except commands.ChangedMeanwhile as changed:
            form = ReportForm(work.initial, practitioners=work.practitioners)
            form.add_problems(changed.problems)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            return _saved(request, number, _("Care report %(number)s is saved."), work.back_url)
    elif request.method == "GET" and "check" in request.GET:
        form = ReportForm(work.initial, practitioners=work.practitioners)
        form.add_problems(work.missing)
    answers.note_read(request, "report", work.record_ids, (queries.SUBJECT, number))
    return _form(request, work, form)


@require_http_methods(["GET", "POST"])
def settle_report(request: Request, number: int) -> HttpResponse:
    """Ask, and settle the report; what is missing is shown in its form."""
    work = queries.work(request.actor, number, today=request.today, session=request.session)
    page_url = reverse("dental_records:report", args=[number])
    if work.problems:
        return cannot(request, work.problems, page_url)
    if work.missing:
        return see_other(request, reverse("dental_records:change_report", args=[number]) + "?check=1")
    form = SeenForm(typed(request), initial=work.initial)
    if form.is_valid():
        try:
            ends_on = commands.settle_report(
                request.actor, today=request.today, number=number, seen=form.cleaned_data["seen"]
            )
        except Refused as refused:
            return cannot(request, refused.problems, page_url)
        message = _("Care report %(number)s is settled.") % {"number": number}
        if ends_on:
            message += " " + _("The revision end is %(date)s.") % {"date": ends_on}
        messages.success(request, message)
        return see_other(request, work.back_url)
    answers.note_read(request, "report", work.record_ids, (queries.SUBJECT, number))
    dialog = FormPage(
        title=_("Settle care report %(number)s") % {"number": number},
        lead=work.lead,
        crumbs=work.crumbs,
        question=work.question,
        form=form,
        submit=_("Settle"),
        cancel_url=page_url,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


@require_http_methods(["GET", "POST"])
def correct_report(request: Request, number: int) -> HttpResponse:
    """Ask, and make a new report that corrects a settled one."""
    work = queries.correction(request.actor, number, today=request.today, session=request.session)
    if work.problems:
        return cannot(request, work.problems, work.back_url)
    if request.method == "POST":
        try:
            new = commands.correct_report(request.actor, today=request.today, number=number)
        except Refused as refused:
            return cannot(request, refused.problems, work.back_url)
        values = {"number": new, "old": number}
        messages.success(request, _("Care report %(number)s is created. It corrects no. %(old)s.") % values)
        return see_other(request, reverse("dental_records:change_report", args=[new]))
    answers.note_read(request, "report", work.record_ids, (queries.SUBJECT, number))
    dialog = FormPage(
        title=work.title,
        lead=work.lead,
        crumbs=work.crumbs,
        question=_(
            "A new care report is made with the same content for you to correct. The old one stays as it is "
            "and is marked as corrected when the new one is settled."
        ),
        form=SeenForm(),
        submit=_("Correct"),
        cancel_url=work.back_url,
    )
    return render(request, "dialog.html", {"page": dialog})


@require_http_methods(["GET", "POST"])
def remove_report(request: Request, number: int) -> HttpResponse:
    """Ask, and remove an incomplete report."""
    work = queries.work(request.actor, number, today=request.today, session=request.session)
    if work.problems:
        return cannot(request, work.problems, work.back_url)
    if request.method == "POST":
        try:
            commands.remove_report(request.actor, number=number)
        except Refused as refused:
            return cannot(request, refused.problems, work.back_url)
        messages.success(request, _("Care report %(number)s is removed.") % {"number": number})
        return see_other(request, work.back_url)
    answers.note_read(request, "report", work.record_ids, (queries.SUBJECT, number))
    dialog = FormPage(
        title=_("Remove care report %(number)s") % {"number": number},
        lead=work.lead,
        crumbs=work.crumbs,
        question=_("The care report disappears with everything in it. This cannot be undone."),
        form=SeenForm(),
        submit=_("Remove"),
        cancel_url=work.back_url,
        is_danger=True,
    )
    return render(request, "dialog.html", {"page": dialog})


def _saved(request: Request, number: int, message: str, back_url: str) -> HttpResponse:
    """Say that the report is saved; who pressed *Spara och fastställ* comes to the question."""
    if "settle" in request.POST:
        return see_other(request, reverse("dental_records:settle_report", args=[number]))
    messages.success(request, message % {"number": number})
    return see_other(request, back_url)


def _form(request: Request, work: queries.ReportWork, form: ReportForm) -> HttpResponse:
    page = FormPage(
        title=work.title,
        lead=work.lead,
        crumbs=work.crumbs,
        form=form,
        submit=_("Save"),
        cancel_url=work.back_url,
    )
    return render(request, "dental_records/report_form.html", {"page": page}, status=form_status(request))
