"""Make an activity."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kvitt.foundation import tables
from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.modules.population_health.commands import activities
from kvitt.modules.population_health.commands.activities import NewActivity
from kvitt.modules.population_health.forms import ActivityForm
from kvitt.modules.population_health.queries import reporting


@require_http_methods(["GET", "POST"])
def create_activity(request: Request) -> HttpResponse:
    """*Skapa aktivitet*. `show` asks only for the form as the chosen type and date have it."""
    is_sent = request.method == "POST" and "show" not in request.POST
    choice = reporting.creation(
        request.actor,
        performed_on=request.POST.get("performed_on", ""),
        today=request.today,
        practitioner=request.POST.get("practitioner", ""),
        code=request.POST.get("code", ""),
    )
    form = ActivityForm(
        request.POST if is_sent else None,
        initial={"performed_on": request.today, **request.POST.dict()},
        choice=choice,
    )
    activities_url = reverse("population_health:search_activities")
    if form.is_valid():
        try:
            number = activities.create_activity(
                request.actor, today=request.today, new=NewActivity(**form.new_activity())
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            _tell_made(request, number)
            return see_other(request, activities_url)
    title = _("Create activity")
    dialog = FormPage(
        title=title,
        lead=f"{request.actor.unit_text}.",
        crumbs=[tables.Crumb(_("Activities"), activities_url), tables.Crumb(title)],
        form=form,
        submit=_("Create"),
        cancel_url=activities_url,
        note=_("The price is the one that holds on the date of the activity."),
    )
    context = {"page": dialog}
    return render(request, "population_health/create_activity.html", context, status=422 if is_sent else 200)


def _tell_made(request: Request, number: str) -> None:
    """Confirm an activity, with a link to it: one of an earlier date does not stand first in the list."""
    text = _("Activity %(number)s is created.") % {"number": number}
    link = reverse("population_health:case", args=[number])
    messages.success(request, format_html('{} <a href="{}">{}</a>', text, link, _("Show the activity")))
