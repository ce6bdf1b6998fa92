"""Reminders of absences: set and changed from the client's page, done there and on the desktop."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import reminders as commands
from kvitt.modules.care_fees.forms.absences import ReminderForm
from kvitt.modules.care_fees.queries import absences as queries
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.views import answers
from kvitt.registers.access.rules import Permission


@require_http_methods(["GET", "POST"])
def save_reminder(request: Request, number: str, absence_id: int) -> HttpResponse:
    """*Bevakning*: how often, and from when."""
    client = clients.client_of(request.actor, number, on=request.today)
    request.actor.require(Permission.REGISTER_CARE)
    absence = queries.absence_of(client, absence_id)
    form = ReminderForm(typed(request), initial={"remind_from": request.today, "pace": "weekly"})
    back = f"{reverse('care_fees:case', args=[number])}#absences"
    if form.is_valid():
        try:
            commands.save_reminder(
                request.actor,
                today=request.today,
                number=number,
                absence_id=absence_id,
                reminder=form.reminder(),
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The reminder is set. It shows on your desktop."))
            return see_other(request, back)
    title = _("Reminder")
    page = FormPage(
        title=title,
        lead=_("%(client)s, away from %(first)s.") % {"client": number, "first": absence.first_on},
        crumbs=[*answers.way_to(number), Crumb(title)],
        form=form,
        submit=_("Save"),
        cancel_url=back,
    )
    answers.note_read(request, "case", [client.person_id], number=number)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_http_methods(["GET", "POST"])
def finish_reminder(request: Request, number: str, reminder_id: int) -> HttpResponse:
    """*Klar*: asked first, from the client's page or (`from=desktop`) from the desktop."""
    client = clients.client_of(request.actor, number, on=request.today)
    request.actor.require(Permission.REGISTER_CARE)
    reminder = queries.reminder_of(request.actor, client, reminder_id)
    back = f"{reverse('care_fees:case', args=[number])}#absences"
    if request.GET.get("from") == "desktop":
        back = reverse("care_fees:desktop")
    if request.method == "POST":
        commands.finish_reminder(request.actor, today=request.today, number=number, reminder_id=reminder_id)
        messages.success(request, _("The reminder is done."))
        return see_other(request, back)
    title = _("Finish reminder")
    question = _(
        "You are reminded no more of the absence of %(client)s from %(first)s. The absence itself stays."
    )
    if queries.facts_of(reminder.absence).last_on is None:
        question = _(
            "You are reminded no more of the absence of %(client)s from %(first)s. It has no last day "
            "yet: it goes on until you end it."
        )
    page = FormPage(
        title=title,
        lead=f"{number}.",
        crumbs=[*answers.way_to(number), Crumb(title)],
        form=Form(),
        submit=_("Done"),
        cancel_url=back,
        question=question % {"client": number, "first": reminder.absence.first_on},
    )
    answers.note_read(request, "case", [client.person_id], number=number)
    return render(request, "dialog.html", {"page": page})
