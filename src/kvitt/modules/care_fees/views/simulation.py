"""A made-up month: what it would cost, step by step. Nothing is stored."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kvitt.foundation.htmx import Request, typed
from kvitt.foundation.tables import Crumb
from kvitt.modules.care_fees.forms import simulation as forms
from kvitt.modules.care_fees.forms.incomes import month_in
from kvitt.modules.care_fees.queries import simulation_page as queries
from kvitt.modules.care_fees.views import answers


@require_http_methods(["GET", "POST"])
def simulation(request: Request) -> HttpResponse:
    """*Simulera avgift*: of made-up facts, or of a client's as they are; a button asks for one more row."""
    catalogue = queries.offered(request.actor, today=request.today)
    preset = queries.preset(
        request.actor,
        request.GET.get("client", ""),
        month=month_in(request.GET.get("month", ""), today=request.today),
        session=request.session,
        today=request.today,
    )
    is_adding = "add" in request.POST
    form = forms.SimulationForm(
        None if is_adding else typed(request),
        offered=catalogue,
        counts=forms.asked_counts(request.POST, preset.initial),
        initial={**preset.initial, **forms.shown_again(request.POST)},
    )
    result = None
    if form.is_valid():
        result = queries.simulate(request.actor, form.written(), catalogue)
        form.add_found(result.problems)
    title = _("Simulate fee")
    number = preset.client.number if preset.client is not None else ""
    page = forms.SimulationPage(
        title=title,
        lead=preset.lead or _("Of made-up facts. Nothing is saved."),
        crumbs=[*answers.way_to(number), Crumb(title)] if number else [],
        form=form,
        submit=_("Calculate"),
        cancel_url=reverse("care_fees:simulation"),
        number=number,
        result=None if form.is_bound and form.errors else result,
    )
    if preset.client is not None:
        answers.note_read(request, "simulation", [preset.client.person_id], number=number)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "care_fees/simulation.html", {"page": page}, status=status)
