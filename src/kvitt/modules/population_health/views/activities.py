"""Search activities, open one, and remove it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, see_other
from kvitt.foundation.selection import ALL
from kvitt.foundation.values.problems import Refused
from kvitt.modules.population_health.commands import procedures
from kvitt.modules.population_health.forms import ActivitySearchForm
from kvitt.modules.population_health.queries import activities, activity_page
from kvitt.modules.population_health.tables import activity_columns
from kvitt.modules.population_health.views import answers


@require_safe
def search_activities(request: Request) -> HttpResponse:
    """*Sök och hantera aktiviteter*: the actor's activities, newest first."""
    offer = activities.offered_filters(request.actor, clinic=request.GET.get("clinic", ""))
    form = ActivitySearchForm(
        request.GET,
        codes=offer.codes,
        municipalities=offer.municipalities,
        practitioners=offer.practitioners,
        clinics=offer.clinics,
        finds_parts=activities.finds_parts(request.actor),
    )
    create = tables.Action(
        _("Create activity"),
        reverse("population_health:create_activity"),
        is_primary=True,
        is_dialog=True,
    )
    source = tables.ListSource(
        title=_("Search and manage activities"),
        columns=activity_columns(
            has_clinics=len(offer.clinics) > 1,
            has_actions=offer.may_report and request.GET.get("format") != "xlsx",
        ),
        rows=activities.search_activities(request.actor, **form.search()),
        order="-date",
        form=form,
        actions=[create] if offer.may_report else [],
        empty=_("No activity matches. Change the filters, or create an activity.")
        if offer.may_report
        else _("No activity matches. Change the filters, or press Clear to see all."),
        row_url=lambda row: reverse("population_health:case", args=[row.activity.number]),
        prepare=lambda found: activities.with_sums(request.actor, found),
        is_wide=True,
        file_name="aktiviteter",
    )
    return tables.respond(request, source)


@require_safe
def case(request: Request, number: str) -> HttpResponse:
    """The activity."""
    page = activity_page.activity_page(
        request.actor,
        number,
        shows_removed="removed" in request.GET,
        is_all=request.GET.get("selected") == ALL,
    )
    answers.note_read(request, page.activity.number, page.person_ids)
    return render(request, "population_health/activity.html", {"page": page})


@require_http_methods(["GET", "POST"])
def remove_activity(request: Request, number: str) -> HttpResponse:
    """Ask, and remove an activity without procedures."""
    question = activity_page.activity_removal(request.actor, number)
    search_url = reverse("population_health:search_activities")
    if question.problems:
        return cannot(request, question.problems, reverse("population_health:case", args=[question.number]))
    if request.method == "POST":
        try:
            procedures.remove_activity(request.actor, number=number)
        except Refused as refused:
            return cannot(
                request, refused.problems, reverse("population_health:case", args=[question.number])
            )
        messages.success(request, _("Activity %(number)s is removed.") % {"number": question.number})
        return see_other(request, search_url)
    dialog = FormPage(
        title=_("Remove activity %(number)s") % {"number": question.number},
        crumbs=answers.way_to(question.number),
        lead=question.lead,
        question=_("Are you sure that you want to remove the activity?"),
        note=_("This cannot be undone."),
        form=Form(),
        submit=_("OK"),
        cancel_url=search_url,
        is_danger=True,
    )
    return render(request, "dialog.html", {"page": dialog})
