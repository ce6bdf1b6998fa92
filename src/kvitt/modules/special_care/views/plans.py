"""Preauthorizations: search, make a plan, fill it, send it, follow it and read what was decided."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.commands import plans
from kvitt.modules.special_care.forms.plans import (
    MotivationForm,
    NewPlanForm,
    PlanAnswerForm,
    PlannedForm,
    PlanSearchForm,
)
from kvitt.modules.special_care.queries import plan_page
from kvitt.modules.special_care.queries import plans as queries
from kvitt.modules.special_care.tables.plans import plan_columns
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people


@require_safe
def search_plans(request: Request) -> HttpResponse:
    """*Förhandsbedömningar*: the actor's plans, newest first."""
    form = PlanSearchForm(request.GET, clinics=organisations.clinics_of(request.actor))
    may_create = queries.may_create(request.actor)
    create = tables.Action(
        _("New request"), reverse("special_care:create_plan"), is_primary=True, is_dialog=True
    )
    source = tables.ListSource(
        title=_("Preauthorizations"),
        columns=plan_columns(
            has_clinics="clinic" in form.fields, in_workbook=request.GET.get("format") == "xlsx"
        ),
        rows=queries.search_plans(request.actor, **form.search()),
        order="-created",
        form=form,
        actions=[create] if may_create else [],
        empty=_("No preauthorization matches. Change the filters, or make a new request.")
        if may_create
        else _("No preauthorization matches. Change the filters, or press Clear to see all."),
        row_url=lambda plan: reverse("special_care:plan", args=[plan.number]),
        person_of=lambda plan: plan.person_id,
        record_read=lambda persons: audit.record_read(
            "special_care.search_plans", request.actor, person_ids=persons
        ),
        is_wide=True,
        file_name="forhandsbedomningar",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def create_plan(request: Request) -> HttpResponse:
    """Ask for whom, and under which support, and make the plan."""
    queries.require_create(request.actor)
    form = NewPlanForm(
        typed(request),
        categories=plan_page.category_choices(request.actor, on=request.today),
        patterns=people.reserve_patterns(request.actor.authority_id),
    )
    search_url = reverse("special_care:search_plans")
    if form.is_valid():
        try:
            number = plans.create_plan(request.actor, today=request.today, **form.new_plan())
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Plan %(number)s is made. Add its procedures.") % {"number": number})
            return see_other(request, reverse("special_care:plan", args=[number]))
    title = _("New request for preauthorization")
    dialog = FormPage(
        title=title,
        lead=f"{request.actor.unit_text}.",
        crumbs=[tables.Crumb(_("Preauthorizations"), search_url), tables.Crumb(title)],
        form=form,
        submit=_("Create"),
        cancel_url=search_url,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


@require_safe
def plan(request: Request, number: str) -> HttpResponse:
    """The plan, with what was sent and decided."""
    page = plan_page.plan_page(request.actor, number, today=request.today, session=request.session)
    note_read(request, page.number, page.person_id)
    return render(request, "special_care/plan.html", {"page": page})


@require_safe
def find_plan_codes(request: Request, number: str) -> HttpResponse:
    """Answer the code picker: what begins with the digits or holds the letters typed."""
    hits = plan_page.find_codes(request.actor, number, text=request.GET.get("q", ""), today=request.today)
    return render(request, "price_lists/codes.html", {"page": {"hits": hits}})


@require_http_methods(["GET", "POST"])
def add_planned(request: Request, number: str) -> HttpResponse:
    """*Lägg till åtgärd*."""
    choice = _change(request, number, typed_code=request.POST.get("code", ""))
    if choice.problems:
        return cannot(request, choice.problems, _plan_url(number))
    form = PlannedForm(typed(request), demands=choice.demands)
    if form.is_valid():
        new = plans.NewPlanned(**form.planned())
        try:
            plans.add_planned(request.actor, today=request.today, number=number, new=new)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Code %(code)s is added.") % {"code": new.entry().code})
            return see_other(request, _plan_url(number))
    dialog = _dialog(
        request,
        choice,
        title=_("Add procedure"),
        form=form,
        submit=_("Add"),
        note=_("The price is today's."),
    )
    context = {"page": dialog, "picker": reverse("special_care:find_plan_codes", args=[number])}
    return render(request, "special_care/planned.html", context, status=form_status(request))


@require_http_methods(["GET", "POST"])
def remove_planned(request: Request, number: str, planned_id: int) -> HttpResponse:
    """Ask, and take a procedure out of the plan."""
    choice = plan_page.removal(
        request.actor, number, planned_id, today=request.today, session=request.session
    )
    return _ask(
        request,
        choice,
        title=_("Remove %(procedure)s") % {"procedure": choice.name},
        question=_("The procedure leaves the plan."),
        submit=_("Remove"),
        do=lambda: plans.remove_planned(request.actor, number=number, planned_id=planned_id),
        done=_("%(name)s is removed.") % {"name": choice.name},
    )


@require_http_methods(["GET", "POST"])
def send_plan(request: Request, number: str) -> HttpResponse:
    """*Begär förhandsbedömning*: the motivation is saved, or the plan sent with it."""
    choice = _change(request, number)
    if choice.problems:
        return cannot(request, choice.problems, _plan_url(number))
    form = MotivationForm(typed(request), initial=choice.initial)
    if form.is_valid():
        is_sent = "send" in request.POST
        motivation = form.cleaned_data["motivation"]
        try:
            if is_sent:
                plans.send_plan(
                    request.actor,
                    today=request.today,
                    number=number,
                    motivation=motivation,
                    seen=form.cleaned_data["seen"],
                )
            else:
                plans.change_plan(request.actor, number=number, motivation=motivation)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            said = _("Preauthorization is requested.") if is_sent else _("The request is saved, not sent.")
            messages.success(request, said)
            return see_other(request, _plan_url(number))
    dialog = _dialog(
        request, choice, title=_("Preauthorization"), form=form, submit=_("Request preauthorization")
    )
    return render(request, "special_care/send_plan.html", {"page": dialog}, status=form_status(request))


@require_http_methods(["GET", "POST"])
def withdraw_plan(request: Request, number: str) -> HttpResponse:
    """Ask, and take a waiting plan back."""
    choice = plan_page.question(
        request.actor, number, command="withdraw", today=request.today, session=request.session
    )
    return _ask(
        request,
        choice,
        title=_("Take back the request for preauthorization"),
        question=_("The assessing dentist no longer sees the request. You can change it and send it anew."),
        submit=_("Take back"),
        do=lambda: plans.withdraw_plan(request.actor, number=number),
        done=_("The request for preauthorization is taken back."),
    )


@require_http_methods(["GET", "POST"])
def answer_plan(request: Request, number: str) -> HttpResponse:
    """Answer the assessor who asked for more."""
    choice = plan_page.question(
        request.actor, number, command="answer", today=request.today, session=request.session
    )
    if choice.problems:
        return cannot(request, choice.problems, _plan_url(number))
    form = PlanAnswerForm(typed(request))
    if form.is_valid():
        try:
            plans.answer_plan(request.actor, number=number, text=form.cleaned_data["answer"])
        except Refused as refused:
            return cannot(request, refused.problems, _plan_url(number))
        messages.success(request, _("The answer is sent, and the request is reviewed again."))
        return see_other(request, _plan_url(number))
    dialog = _dialog(
        request,
        choice,
        title=_("Answer the assessing dentist"),
        form=form,
        submit=_("Send answer"),
        question=choice.question,
        note=_("Documents that you have added to the plan meanwhile go along."),
    )
    return render(request, "special_care/answer_plan.html", {"page": dialog}, status=form_status(request))


@require_http_methods(["GET", "POST"])
def remove_plan(request: Request, number: str) -> HttpResponse:
    """Ask, and remove a plan that is not sent."""
    choice = _change(request, number)
    return _ask(
        request,
        choice,
        title=_("Remove plan %(number)s") % {"number": choice.number},
        question=_("The plan and its procedures disappear. This cannot be undone."),
        submit=_("Remove"),
        do=lambda: plans.remove_plan(request.actor, number=number),
        done=_("Plan %(number)s is removed.") % {"number": choice.number},
        next_url=reverse("special_care:search_plans"),
        is_danger=True,
    )


@require_http_methods(["GET", "POST"])
def mark_decision_read(request: Request, number: str) -> HttpResponse:
    """*Markera som läst*."""
    if request.method == "GET":
        return see_other(request, _plan_url(number))
    try:
        plans.mark_decision_read(request.actor, number=number)
    except Refused as refused:
        return cannot(request, refused.problems, _plan_url(number))
    messages.success(request, _("The decision is marked as read."))
    return see_other(request, _plan_url(number))


# What they share ----------------------------------------------------------------------------------


def way_to(number: str) -> list[tables.Crumb]:
    """Return the way to what is done in a plan, for those who meet it as a page of its own."""
    return [
        tables.Crumb(_("Preauthorizations"), reverse("special_care:search_plans")),
        tables.Crumb(number, _plan_url(number)),
    ]


def note_read(request: Request, number: str, person_id: int) -> None:
    """Record that the actor saw the patient of a plan."""
    audit.record_read(
        "special_care.plan", request.actor, person_ids=[person_id], subject=(queries.SUBJECT, number)
    )


def _plan_url(number: str) -> str:
    return reverse("special_care:plan", args=[number])


def _change(request: Request, number: str, *, typed_code: str = "") -> plan_page.PlanDialog:
    return plan_page.change(
        request.actor, number, today=request.today, session=request.session, typed_code=typed_code
    )


def _dialog(
    request: Request,
    choice: plan_page.PlanDialog,
    *,
    title: str,
    form: Form,
    submit: str,
    note: str = "",
    question: str = "",
    is_danger: bool = False,
) -> FormPage:
    """Return a dialog about a plan, and record whom it shows."""
    note_read(request, choice.number, choice.person_id)
    return FormPage(
        title=title,
        crumbs=way_to(choice.number),
        lead=f"{choice.number}, {choice.patient_name}.",
        question=question,
        form=form,
        submit=submit,
        cancel_url=_plan_url(choice.number),
        note=note,
        is_danger=is_danger,
    )


def _ask(
    request: Request,
    choice: plan_page.PlanDialog,
    *,
    title: str,
    question: str,
    submit: str,
    do: Callable[[], None],
    done: str,
    next_url: str = "",
    is_danger: bool = False,
) -> HttpResponse:
    """Ask, and do it; what speaks against it is said on the plan's page."""
    if choice.problems:
        return cannot(request, choice.problems, _plan_url(choice.number))
    if request.method == "POST":
        try:
            do()
        except Refused as refused:
            return cannot(request, refused.problems, _plan_url(choice.number))
        messages.success(request, done)
        return see_other(request, next_url or _plan_url(choice.number))
    dialog = _dialog(
        request, choice, title=title, form=Form(), submit=submit, question=question, is_danger=is_danger
    )
    return render(request, "dialog.html", {"page": dialog})
