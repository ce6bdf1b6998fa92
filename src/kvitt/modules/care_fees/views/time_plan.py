"""*Tidsplan*: until when each area is to approve a month."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import approval as commands
from kvitt.modules.care_fees.forms import runs as forms
from kvitt.modules.care_fees.queries import area_months
from kvitt.modules.care_fees.queries import time_plan as queries
from kvitt.modules.care_fees.rules.month import last_month
from kvitt.modules.care_fees.views import answers
from kvitt.registers.access.rules import Permission


@require_http_methods(["GET", "POST"])
def time_plan(request: Request) -> HttpResponse:
    """Show and keep the days of a month, one for each area."""
    request.actor.require(Permission.MANAGE_BILLING)
    month = answers.month_in(request.GET.get("period", "")) or last_month(request.today)
    planned = area_months.time_plan(request.actor, month)
    form = forms.TimePlanForm(
        typed(request),
        areas=[(area.pk, area.name) for area, _day in planned],
        initial=forms.TimePlanForm.initial_of({area.pk: day for area, day in planned}),
    )
    url = _url(month)
    if form.is_valid():
        try:
            commands.set_time_plan(request.actor, month=month, days=form.days())
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(
                request, _("The time plan of %(month)s is saved.") % {"month": queries.month_text(month)}
            )
            return see_other(request, url)
    page = FormPage(
        title=_("Time plan"),
        lead=_("The last day to approve %(month)s, for each billing area.")
        % {"month": queries.month_text(month)},
        crumbs=answers.way_to_run(_("Time plan")),
        form=form,
        submit=_("Save"),
        cancel_url=reverse("care_fees:billing_run"),
        note=_("Shown on the desktop of those who approve, and overdue on their start page."),
    )
    context = {
        "page": page,
        "choice": forms.PlanPeriodForm(
            periods=queries.periods_offered(request.today, month), initial={"period": f"{month:%Y-%m}"}
        ),
    }
    return render(request, "care_fees/time_plan.html", context, status=form_status(request))


def _url(month: date) -> str:
    return f"{reverse('care_fees:time_plan')}?period={month:%Y-%m}"
