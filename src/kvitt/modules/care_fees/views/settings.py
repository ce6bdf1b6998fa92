"""The settings of a client."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import settings as commands
from kvitt.modules.care_fees.forms import clients as forms
from kvitt.modules.care_fees.queries import settings as queries
from kvitt.modules.care_fees.views import answers
from kvitt.registers.people import commands as people


@require_http_methods(["GET", "POST"])
def change_settings(request: Request, number: str) -> HttpResponse:
    """*Inställningar per person*: from a day on."""
    choice = queries.settings_to_change(
        request.actor, number, session=request.session, today=request.today, wanted=request.GET
    )
    form = forms.SettingsForm(typed(request), initial=choice.initial)
    if "fetch" in request.POST:
        form = _fetched(request, choice)
    elif form.is_valid():
        try:
            commands.change_settings(
                request.actor,
                today=request.today,
                number=number,
                first_on=form.cleaned_data["first_on"],
                values=form.values(),
                has_confirmed_parish=form.cleaned_data["has_confirmed_parish"],
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The settings are changed."))
            return answers.done(request, reverse("care_fees:case", args=[number]))
    answers.note_read(request, "case", [choice.person_id], number=number)
    page = FormPage(
        title=_("Settings per person"),
        lead=choice.lead,
        crumbs=answers.way_to(number),
        form=form,
        submit=_("Save"),
        cancel_url=answers.way_back(request, reverse("care_fees:case", args=[number])),
        note=choice.note,
    )
    return render(request, "care_fees/change_settings.html", {"page": page}, status=form_status(request))


def _fetched(request: Request, choice: queries.SettingsChoice) -> forms.SettingsForm:
    """Return the form as it was filled in, with the parish code that the population register tells."""
    given = request.POST.copy()
    try:
        found = people.look_up_population(request.actor, today=request.today, number=choice.identity_number)
    except Refused as refused:
        form = forms.SettingsForm(given)
        form.say_at_parish(refused.problems)
        return form
    given["parish_code"] = found.parish_code
    form = forms.SettingsForm(given)
    form.add_problems(queries.parish_problems(request.actor.authority_id, found.parish_code))
    return form
