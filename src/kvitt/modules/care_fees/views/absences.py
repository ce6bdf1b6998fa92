"""Absences of a client: dialogs from the client's page that tell what is taken off while one types."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import absences as commands
from kvitt.modules.care_fees.forms import absences as forms
from kvitt.modules.care_fees.queries import absence_preview as previews
from kvitt.modules.care_fees.queries import absences as queries
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.rules.absence import AbsenceFacts
from kvitt.modules.care_fees.tables.absences import ABSENCES
from kvitt.modules.care_fees.views import answers, controls
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations


@require_http_methods(["GET", "POST"])
def add_absence(request: Request, number: str) -> HttpResponse:
    """*Lägg till* an absence, with a reminder where one is wanted."""
    form = forms.NewAbsenceForm(
        typed(request),
        today=request.today,
        notice_days=queries.notice_days(request.actor.authority_id, on=request.today),
    )

    def save() -> commands.Saved:
        return commands.add_absence(
            request.actor, today=request.today, number=number, new=form.facts(), reminder=form.reminder()
        )

    words = _Words(_("Add absence"), _("Add"), _("The absence is registered."))
    return _answer(request, number, form, save, words)


@require_http_methods(["GET", "POST"])
def change_absence(request: Request, number: str, absence_id: int) -> HttpResponse:
    """Change the days, the reason or the report of an absence."""
    client = clients.client_of(request.actor, number, on=request.today)
    absence = queries.absence_of(client, absence_id)
    form = forms.AbsenceForm(
        typed(request),
        initial={
            "first_on": absence.first_on,
            "last_on": absence.last_on,
            "reason": absence.reason,
            "reported_on": absence.reported_on,
        },
        notice_days=queries.notice_days(request.actor.authority_id, on=request.today),
    )

    def save() -> commands.Saved:
        return commands.change_absence(
            request.actor, today=request.today, number=number, absence_id=absence_id, new=form.facts()
        )

    words = _Words(_("Change absence"), _("Save"), _("The absence is changed."))
    return _answer(request, number, form, save, words, absence_id=absence_id, facts=queries.facts_of(absence))


@require_http_methods(["GET", "POST"])
def end_absence(request: Request, number: str, absence_id: int) -> HttpResponse:
    """*Avsluta*: give an open absence its last day."""
    client = clients.client_of(request.actor, number, on=request.today)
    absence = queries.absence_of(client, absence_id)
    facts = replace(queries.facts_of(absence), last_on=max(request.today, absence.first_on))
    form = forms.EndAbsenceForm(typed(request), initial={"last_on": facts.last_on}, absence=facts)

    def save() -> commands.Saved:
        return commands.end_absence(
            request.actor,
            today=request.today,
            number=number,
            absence_id=absence_id,
            last_on=form.cleaned_data["last_on"],
        )

    done = _("The absence has its last day.")
    if queries.standing_reminder(request.actor, absence):
        done = _("The absence has its last day. Your reminder of it stands until you mark it as done.")
    words = _Words(_("End absence"), _("End"), done)
    return _answer(request, number, form, save, words, absence_id=absence_id, facts=facts)


@require_http_methods(["GET", "POST"])
def remove_absence(request: Request, number: str, absence_id: int) -> HttpResponse:
    """Ask, then take away an absence that was registered by mistake."""
    client = clients.client_of(request.actor, number, on=request.today)
    request.actor.require(Permission.REGISTER_CARE)
    absence = queries.absence_of(client, absence_id)
    if request.method == "POST":
        saved = commands.remove_absence(
            request.actor, today=request.today, number=number, absence_id=absence_id
        )
        _say(request, _("The absence is removed."), saved.locked)
        return see_other(request, _back(number))
    title = _("Remove absence")
    question = _(
        "The absence from %(first)s, %(reason)s, is taken away as registered by mistake and gives no "
        "deduction. It stays in the event log. If the client has come home, end it instead."
    )
    page = FormPage(
        title=title,
        lead=f"{number}.",
        crumbs=[*answers.way_to(number), tables.Crumb(title)],
        form=Form(),
        submit=_("Remove"),
        cancel_url=_back(number),
        question=question % {"first": absence.first_on, "reason": _(queries.facts_of(absence).reason.label)},
    )
    answers.note_read(request, "case", [client.person_id], number=number)
    return render(request, "dialog.html", {"page": page})


@require_safe
def absences(request: Request) -> HttpResponse:
    """*Personer med tillfälligt uppehåll*, by period and billing areas."""
    request.actor.require(Permission.SEE_CLIENTS)
    form = forms.AbsenceFilter(request.GET, areas=organisations.areas_of(request.actor), today=request.today)
    source = tables.ListSource(
        title=_("Persons with temporary absence"),
        lead=_("Absences that share a day with the period. End those that have ended before the fee run."),
        columns=ABSENCES,
        rows=queries.search_absences(request.actor, form.wanted(), today=request.today),
        order="-first_on",
        form=form,
        empty=_("Nobody is away in the period. Change the filters."),
        row_url=lambda row: _back(row.number),
        person_of=lambda row: row.person_id,
        record_read=lambda ids: audit.record_read("care_fees.absences", request.actor, person_ids=ids),
        prepare=lambda rows: queries.listed_absences(rows, today=request.today),
        is_wide=True,
        tabs=controls.tabs("absences"),
        file_name="tillfalligt-uppehall",
    )
    return tables.respond(request, source)


# Steps that several of them share -----------------------------------------------------------------


@dataclass(frozen=True)
class _Words:
    """What a dialog is called, its button, and what is said when it is done."""

    title: str
    submit: str
    done: str


def _answer(
    request: Request,
    number: str,
    form: forms.AbsenceForm,
    save: Callable[[], commands.Saved],
    words: _Words,
    *,
    absence_id: int | None = None,
    facts: AbsenceFacts | None = None,
) -> HttpResponse:
    """Ask, tell what would be taken off (`show`), or save and say so on the client's page.

    `absence_id` is of the one that is changed, and `facts` what it is shown with at first.
    """
    client = clients.client_of(request.actor, number, on=request.today)
    request.actor.require(Permission.REGISTER_CARE)
    is_sent = request.method == "POST" and "show" not in request.POST
    if is_sent and form.is_valid():
        try:
            saved = save()
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            _say(request, words.done, saved.locked)
            return see_other(request, _back(number))
    if request.method == "POST":
        facts = form.facts() if form.is_valid() else None
        form = form if is_sent else form.shown_again()
    page = forms.AbsencePage(
        title=words.title,
        lead=f"{number}.",
        crumbs=[*answers.way_to(number), tables.Crumb(words.title)],
        form=form,
        submit=words.submit,
        cancel_url=_back(number),
        preview=previews.preview_absence(client, facts, but=absence_id, today=request.today)
        if facts
        else None,
    )
    answers.note_read(request, "case", [client.person_id], number=number)
    return render(request, "care_fees/save_absence.html", {"page": page}, status=422 if is_sent else 200)


def _say(request: Request, done: str, locked: Sequence[date]) -> None:
    """Say what is done, and which locked months lose more or less by it."""
    messages.success(request, done)
    if locked:
        months = ", ".join(f"{month:%Y-%m}" for month in locked)
        later = _("%(months)s: locked. The difference comes on the next invoice, with the month in its text.")
        messages.info(request, later % {"months": months})


def _back(number: str) -> str:
    return f"{reverse('care_fees:case', args=[number])}#absences"
