"""E-mail settings (*E-postinställningar*): what gives a clinic an e-mail, and what has been sent."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.forms import problem_text
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import ListSource, respond
from kvitt.foundation.values.problems import Refused
from kvitt.registers.mailing import commands, forms, queries, tables


@require_safe
def mail(request: Request) -> HttpResponse:
    """Show the settings of the actor's clinic, or the list of clinics to who answers for several."""
    clinics = queries.clinics_with_choices(request.actor)
    if request.actor.clinic_id is not None:
        return _page(request, request.actor.clinic_id)
    source = ListSource(
        title=_("E-mail settings"),
        columns=tables.clinics(),
        rows=clinics,
        order="clinic",
        empty=_("There are no clinics. The authority adds them."),
        row_url=lambda clinic: reverse("mailing:change_mail_choices", args=[clinic.pk]),
        file_name="mail",
        tie="pk",
    )
    return respond(request, source)


@require_http_methods(["GET", "POST"])
def change_mail_choices(request: Request, clinic_id: int) -> HttpResponse:
    """Choose which events give a clinic an e-mail, and where it goes."""
    if request.method == "GET":
        return _page(request, clinic_id)
    page = queries.mail_page(request.actor, clinic_id, today=request.today)
    form = forms.ChoicesForm(request.POST, offered=page.offered)
    if form.is_valid():
        try:
            commands.change_mail_choices(
                request.actor, today=request.today, clinic_id=clinic_id, **form.cleaned_data
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The e-mail settings are saved."))
            return see_other(request, reverse("mailing:change_mail_choices", args=[clinic_id]))
    return _page(request, clinic_id, form)


@require_http_methods(["GET", "POST"])
def queue_test_mail(request: Request, clinic_id: int) -> HttpResponse:
    """Send a test message; whoever had to sign in again arrives at the settings."""
    queries.clinic_to_change(request.actor, clinic_id)
    if request.method == "POST":
        try:
            commands.queue_test_mail(request.actor, clinic_id=clinic_id)
        except Refused as refused:
            _say(request, refused)
        else:
            messages.success(
                request, _("A test message is on its way. The list below shows when it has been sent.")
            )
    return see_other(request, reverse("mailing:change_mail_choices", args=[clinic_id]))


@require_http_methods(["GET", "POST"])
def send_again(request: Request, mail_id: int) -> HttpResponse:
    """Try a message again; whoever had to sign in again arrives at the settings."""
    clinic_id = queries.mail_of(request.actor, mail_id).clinic_id
    if request.method == "POST":
        try:
            commands.send_again(request.actor, mail_id=mail_id)
        except Refused as refused:
            _say(request, refused)
        else:
            messages.success(request, _("The message is tried again."))
    return see_other(request, reverse("mailing:change_mail_choices", args=[clinic_id]))


def _say(request: Request, refused: Refused) -> None:
    for problem in refused.problems:
        messages.error(request, problem_text(problem))


def _page(request: Request, clinic_id: int, form: forms.ChoicesForm | None = None) -> HttpResponse:
    page = queries.mail_page(request.actor, clinic_id, today=request.today)
    chosen = {"events": page.choices.events, "addresses": "\n".join(page.choices.addresses)}
    context = {"page": page, "form": form or forms.ChoicesForm(initial=chosen, offered=page.offered)}
    return render(request, "mailing/mail.html", context, status=form_status(request))
