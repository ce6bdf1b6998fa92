"""The runs of the calendar: what was made, what is due, how far one has come, and running one again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage, problem_text
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries
from kvitt.ledger.tables import RUNS, run_clinic_columns, run_facts
from kvitt.registers.organisations.lifecycle import Scheme

# The part of the page that asks for itself again while a run is under way.
STATE = "run-state"


def runs(request: Request) -> HttpResponse:
    """*Fakturakörningar*: what the calendar has made, newest first, and what it owes."""
    about = queries.runs_about(request.actor, today=request.today)
    source = tables.ListSource(
        title=_("Invoice runs"),
        lead=_("Invoices that Kvitt makes by itself on the first of each month. Next run: %(day)s.")
        % {"day": about.next_on},
        columns=RUNS,
        rows=queries.runs(request.actor),
        order="-due",
        empty=_("Nothing has been run yet. The first run is made when its day comes."),
        row_url=lambda row: reverse("ledger:run", args=[row.run_id]),
        prepare=lambda listed: queries.with_figures(listed, today=request.today),
        about=about,
        is_wide=True,
        file_name="fakturakorningar",
    )
    return tables.respond(request, source, template="ledger/runs.html")


def run(request: Request, run_id: int) -> HttpResponse:
    """One run: how far it has come, its faults, and its clinics with their invoices."""
    found = queries.run(request.actor, run_id)
    about = queries.run_about(found, today=request.today)
    again = tables.Action(
        _("Run again"),
        reverse("ledger:repeat_run", args=[run_id]),
        is_primary=True,
        is_dialog=True,
        icon="rotate-cw",
    )
    source = tables.ListSource(
        title=_("Invoice run %(day)s") % {"day": found.due_on},
        lead=_(Scheme(found.module).label),
        columns=run_clinic_columns(request.actor),
        rows=queries.run_clinics(found),
        order="outcome",
        empty=_("No clinic has come out of the run with an invoice or a fault."),
        crumbs=[
            tables.Crumb(_("Invoice runs"), reverse("ledger:runs")),
            tables.Crumb(str(found.due_on)),
        ],
        actions=[again] if about.may_repeat else [],
        facts=run_facts(about.row),
        about=about,
        file_name=f"fakturakorning-{found.due_on}",
    )
    response = tables.respond(request, source, template="ledger/run.html")
    if request.htmx.target == STATE and not about.is_running:
        # It is over: the faults, the clinics and the button come with the whole.
        response["HX-Retarget"] = response["HX-Reselect"] = "main"
        response["HX-Reswap"] = "outerHTML"
    return response


def repeat_run(request: Request, run_id: int) -> HttpResponse:
    """Ask, and let a run try its faults again."""
    found = queries.run(request.actor, run_id)
    back = reverse("ledger:run", args=[run_id])
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.repeat_run(request.actor, run_id=run_id)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(
                request, _("The run is made again. The worker takes it up within a few seconds.")
            )
            return see_other(request, back)
    elif problems := queries.repeat_problems(found):
        # Said on the page that shows how things stand now, instead of a question with no right answer.
        for problem in problems:
            messages.error(request, problem_text(problem))
        return see_other(request, back)
    dialog = FormPage(
        title=_("Run again %(day)s") % {"day": found.due_on},
        question=_(
            "The clinics that got a fault are tried again. Invoices that the run has made stay as they are."
        ),
        form=form,
        submit=_("Run again"),
        cancel_url=back,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))
