"""Fee decisions: the preview with every term, the decision and its letter, and all of them anew."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage, problem_text
from kvitt.foundation.htmx import Request, cannot, see_other
from kvitt.foundation.tables import Action, Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import decisions as commands
from kvitt.modules.care_fees.exchange import letter_pdf
from kvitt.modules.care_fees.forms.incomes import DecidePage, MonthForm, month_in
from kvitt.modules.care_fees.queries import clients, decision_letter, search
from kvitt.modules.care_fees.queries import decisions as queries
from kvitt.modules.care_fees.tables import decisions as columns
from kvitt.modules.care_fees.views import answers
from kvitt.registers.people import queries as people
from kvitt.registers.people import views as people_views

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase


@require_http_methods(["GET", "POST"])
def decide_fee(request: Request, number: str) -> HttpResponse:
    """*Fatta avgiftsbeslut*: every term of a month in words, before it is decided."""
    month = month_in(request.GET.get("month", ""), today=request.today)
    back = f"{reverse('care_fees:case', args=[number])}#incomes"
    if request.method == "POST":
        try:
            made = commands.decide_fee(request.actor, today=request.today, number=number, month=month)
        except Refused as refused:
            return cannot(request, refused.problems, back)
        messages.success(request, _("The fee is decided from %(month)s.") % {"month": f"{month:%Y-%m}"})
        return see_other(request, reverse("care_fees:decision", args=[number, made.number]))
    preview = queries.preview(request.actor, number, month=month, today=request.today)
    answers.note_read(request, "case", [preview.client.person_id], number=number)
    title = _("Decide the fee")
    page = DecidePage(
        title=title,
        lead=clients.lead_of(request.session, preview.client, today=request.today),
        crumbs=[*answers.way_to(number), Crumb(title)],
        form=MonthForm(initial={"month": f"{month:%Y-%m}"}, today=request.today),
        submit=_("Make the decision"),
        cancel_url=back,
        note=_("The decision keeps these terms. A new one from the same month or a later goes before it."),
        number=number,
        shown=preview.shown,
        problems=[problem_text(problem) for problem in preview.problems],
    )
    return render(request, "care_fees/decide_fee.html", {"page": page})


@require_safe
def decision(request: Request, number: str, decision_number: int) -> HttpResponse:
    """*Avgiftsbeslut*: what was decided, with the terms as they were then."""
    found = queries.decision_of(request.actor, number, decision_number, today=request.today)
    answers.note_read(request, "decision", [found.client.person_id], number=number)
    title = _("Fee decision %(number)s") % {"number": found.number}
    page = queries.DecisionPage(
        title=title,
        lead=clients.lead_of(request.session, found.client, today=request.today),
        crumbs=[*answers.way_to(number), Crumb(title)],
        decision=found,
        shown=queries.shown_terms(found.content),
    )
    return render(request, "care_fees/decision.html", {"page": page})


@require_safe
def decision_letter_pdf(request: Request, number: str, decision_number: int) -> HttpResponse:
    """The decision as a letter to the client; of a protected one only when the reason is given."""
    found = queries.decision_of(request.actor, number, decision_number, today=request.today)
    person = search.person_of(found.client)
    if people.needs_reason(request.session, person):
        return people_views.ask_for_reason(request, person.code)
    answers.note_read(request, "decision_letter", [found.client.person_id], number=number)
    content = letter_pdf.write_letter(decision_letter.letter_of(found, today=request.today))
    name = f"avgiftsbeslut-{number}-{found.number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
def recalculate_decisions(request: Request) -> "HttpResponseBase":
    """*Räkna om beslut*: what every decision would be from a month on, before anything takes effect."""
    month = month_in(request.GET.get("month", ""), today=request.today)
    clients_with = queries.decided_clients(request.actor, today=request.today, month=month)
    title = _("Decisions anew")
    text = f"{month:%Y-%m}"
    make = Action(
        _("Make the decisions"),
        f"{reverse('care_fees:make_decisions')}?month={text}",
        is_primary=True,
        is_dialog=True,
        icon="",
    )
    source = tables.ListSource(
        title=title,
        lead=_(
            "What every decision would be from the month, at the price base amount that holds then. "
            "Nothing is changed until the decisions are made."
        ),
        columns=columns.CHANGES,
        rows=search.with_area(clients_with, today=request.today),
        order="number",
        form=MonthForm(request.GET or {"month": text}, today=request.today, auto_id="filter_%s"),
        actions=[make],
        empty=_("No client has a fee decision that holds in the month."),
        row_url=lambda change: reverse("care_fees:case", args=[change.client.number]),
        person_of=lambda change: change.client.person_id,
        record_read=lambda ids: answers.note_read(request, "recalculated_decisions", ids),
        prepare=lambda rows: queries.changes_of(request.actor.authority_id, rows, month),
        is_wide=True,
        file_name=f"avgiftsbeslut-{text}",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def make_decisions(request: Request) -> HttpResponse:
    """Ask, then decide anew for everybody whose terms are others."""
    month = month_in(request.GET.get("month", ""), today=request.today)
    count = queries.decided_clients(request.actor, today=request.today, month=month).count()
    text = f"{month:%Y-%m}"
    back = f"{reverse('care_fees:recalculate_decisions')}?month={text}"
    if request.method == "POST":
        made = commands.recalculate_decisions(request.actor, today=request.today, month=month)
        done = _("%(count)s new decisions hold from %(month)s.")
        messages.success(request, done % {"count": made, "month": text})
        return see_other(request, back)
    question = _(
        "Every client whose terms are others from %(month)s gets a new decision; %(count)s have one now. The "
        "old decisions stay and are seen on the clients' pages. A decision that is made is not taken back."
    )
    title = _("Make the decisions")
    page = FormPage(
        title=title,
        lead=_("From %(month)s.") % {"month": text},
        crumbs=[Crumb(_("Decisions anew"), back), Crumb(title)],
        form=Form(),
        submit=title,
        cancel_url=back,
        question=question % {"month": text, "count": count},
    )
    return render(request, "dialog.html", {"page": page})
