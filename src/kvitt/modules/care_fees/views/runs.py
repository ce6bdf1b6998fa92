"""*Beräkna och sammanställ*: the selection with its lamps, and what is done with it."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import approval, calculation
from kvitt.modules.care_fees.commands import runs as commands
from kvitt.modules.care_fees.forms import runs as forms
from kvitt.modules.care_fees.queries import billing_rules, run_page, run_questions, time_plan
from kvitt.modules.care_fees.queries.run_addresses import run_url
from kvitt.modules.care_fees.rules.month import last_month
from kvitt.modules.care_fees.tables.runs import client_columns
from kvitt.modules.care_fees.views import answers
from kvitt.registers.access.rules import Permission

TEMPLATE = "care_fees/billing_run.html"


@require_safe
def billing_run(request: Request) -> HttpResponseBase:
    """The page of the run; the selection stands in its address. Who polls gets all of it when it is done."""
    rules = billing_rules.rules_of(request.actor)
    month = answers.month_in(request.GET.get("period", "")) or last_month(request.today)
    rule_id = answers.id_in(request.GET.get("rule", ""))
    form = forms.SelectionForm(
        request.GET if "period" in request.GET else None,
        periods=time_plan.periods_offered(request.today, month),
        rules=[(str(rule.pk), rule.name) for rule in rules],
        initial={"period": f"{month:%Y-%m}", "rule": rules[0].pk if len(rules) == 1 else ""},
    )
    about = run_page.run_page(
        request.actor, rule_id=rule_id, month=month, lamp=request.GET.get("lamp", ""), today=request.today
    )
    is_excel = request.GET.get("format") == "xlsx"
    source = tables.ListSource(
        title=_("Calculate and compile"),
        lead=about.lead,
        columns=client_columns(has_actions=not is_excel),
        rows=about.clients.found(),
        order="lamp",
        form=form,
        about=about,
        empty=_("Nobody in the selection has this lamp.")
        if about.clients.lamp
        else _("The areas have no clients."),
        prepare=about.clients.rows,
        person_of=lambda row: row.person_id,
        record_read=lambda ids: answers.note_read(request, "billing_run", {*ids, *about.person_ids}),
        is_wide=True,
        file_name="urval",
    )
    response = tables.respond(request, source, template=TEMPLATE)
    if request.htmx.target == "run-state" and not about.is_running:
        response["HX-Retarget"] = response["HX-Reselect"] = "main"
        response["HX-Reswap"] = "outerHTML"
    return response


@require_http_methods(["GET", "POST"])
def create_selection(request: Request) -> HttpResponse:
    """*Skapa urval* asks first, as the manual says; the selection is then shown by its address."""
    request.actor.require(Permission.RUN_FEES)
    month = answers.month_in(request.GET.get("period", "")) or last_month(request.today)
    rule_id = answers.id_in(request.GET.get("rule", ""))
    url = run_url(month, rule_id)
    if rule_id is None:
        return see_other(request, url)
    asked = run_questions.selection_question(request.actor, rule_id=rule_id, month=month, today=request.today)
    if request.method == "POST":
        return see_other(request, url)
    return _question(request, asked, url)


@require_http_methods(["GET", "POST"])
def calculate(request: Request, rule_id: int, month: str) -> HttpResponse:
    """Ask *Vill du starta beräkningen?*, and calculate what is red."""
    wanted = _month(month)
    asked = run_questions.calculation_question(
        request.actor, rule_id=rule_id, month=wanted, today=request.today
    )
    url = run_url(wanted, rule_id)

    def carry_out() -> str:
        run = commands.calculate_selection(request.actor, rule_id=rule_id, month=wanted, today=request.today)
        return run_questions.told(run)

    return _carried_out(request, asked, url, carry_out)


@require_http_methods(["GET", "POST"])
def calculate_client(request: Request, number: str, month: str) -> HttpResponse:
    """*Beräkna/sammanställ*: one client, and the spouse."""
    wanted = _month(month)
    asked = run_questions.client_question(
        request.actor, number, wanted, session=request.session, today=request.today
    )
    answers.note_read(request, "case", asked.person_ids, number=number)
    url = answers.way_back(request, reverse("care_fees:explanation", args=[number, month]))

    def carry_out() -> str:
        done = calculation.calculate_client(request.actor, number=number, month=wanted, today=request.today)
        return run_questions.told_of_client(done, number)

    return _carried_out(request, asked, url, carry_out)


@require_http_methods(["GET", "POST"])
def stop_run(request: Request, run_id: int) -> HttpResponse:
    """Give up a run that nobody goes on with: what is left of it stays red."""
    asked = run_questions.stopping_question(request.actor, run_id)

    def carry_out() -> str:
        if commands.stop_run(request.actor, run_id=run_id):
            return _("The calculation is given up.")
        return _("The calculation is given up when the part of it is done that is being calculated now.")

    return _carried_out(request, asked, asked.url, carry_out)


@require_http_methods(["GET", "POST"])
def approve(request: Request, rule_id: int, month: str) -> HttpResponse:
    """*Godkänn*: how many, which period, that it is locked; and about a journal that was never opened."""
    wanted = _month(month)
    asked = run_questions.approval_question(request.actor, rule_id=rule_id, month=wanted, today=request.today)
    url = run_url(wanted, rule_id)
    # Who answers the question was asked about the journal too; who sends none was not.
    seen = request.POST.get("seen", "")

    def carry_out() -> str:
        done = approval.approve_areas(
            request.actor,
            rule_id=rule_id,
            month=wanted,
            today=request.today,
            confirmed=bool(seen),
            seen=seen,
        )
        return ngettext(
            "%(count)s client is approved. %(month)s is locked.",
            "%(count)s clients are approved. %(month)s is locked.",
            done.clients,
        ) % {"count": done.clients, "month": time_plan.month_text(wanted).capitalize()}

    return _carried_out(request, asked, url, carry_out)


@require_http_methods(["GET", "POST"])
def reopen(request: Request, area_id: int, month: str) -> HttpResponse:
    """Open an approved period of an area again: the billing office, with a reason."""
    request.actor.require(Permission.MANAGE_BILLING)
    wanted = _month(month)
    asked = run_questions.reopening_question(request.actor, area_id, wanted)
    form = forms.ReopenForm(typed(request))
    url = answers.way_back(request, reverse("care_fees:billing_run"))
    if form.is_valid():
        try:
            approval.reopen_area(
                request.actor,
                area_id=area_id,
                month=wanted,
                reason=form.cleaned_data["reason"],
                today=request.today,
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("%(what)s is open again.") % {"what": asked.lead})
            return see_other(request, url)
    page = FormPage(
        title=_("Re-open"),
        lead=asked.lead,
        question=asked.question,
        crumbs=answers.way_to_run(_("Re-open")),
        form=form,
        submit=_("Re-open"),
        cancel_url=url,
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


# Steps that several of them share -----------------------------------------------------------------


def _month(text: str) -> date:
    found = answers.month_in(text)
    if found is None:
        raise Http404
    return found


def _carried_out(
    request: Request, asked: run_questions.Question, url: str, carry_out: Callable[[], str]
) -> HttpResponse:
    """Ask; or do it and say what it came to, or why it cannot be done."""
    if request.method != "POST":
        return _question(request, asked, url)
    try:
        done = carry_out()
    except Refused as refused:
        return cannot(request, refused.problems, url)
    messages.success(request, done)
    return see_other(request, url)


def _question(request: Request, asked: run_questions.Question, url: str) -> HttpResponse:
    page = FormPage(
        title=asked.title,
        lead=asked.lead,
        question=asked.question,
        note=asked.note,
        crumbs=answers.way_to_run(asked.title),
        form=forms.ApproveForm(initial={"seen": asked.seen}) if asked.seen else Form(),
        submit=_("Yes"),
        cancel=_("No"),
        cancel_url=url,
    )
    return render(request, "dialog.html", {"page": page})
