"""Corrections of a client's fee: dialogs from the client's page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.money import format_kronor
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import corrections as commands
from kvitt.modules.care_fees.forms.corrections import CorrectionForm
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.queries import corrections as queries
from kvitt.modules.care_fees.queries import month as months
from kvitt.modules.care_fees.views import answers
from kvitt.registers.access.rules import Permission


@require_http_methods(["GET", "POST"])
def add_correction(request: Request, number: str) -> HttpResponse:
    """*Korrigera avgift*, always in the month that is billed."""
    client = clients.client_of(request.actor, number, on=request.today)
    request.actor.require(Permission.REGISTER_CARE)
    month = months.open_month(client, request.today)
    form = CorrectionForm(
        typed(request),
        services=queries.service_choices(client, month=month),
        units=queries.unit_choices(request.actor),
    )
    back = f"{reverse('care_fees:case', args=[number])}#corrections"
    if form.is_valid():
        try:
            made = commands.add_correction(request.actor, today=request.today, number=number, new=form.new())
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            values = {"amount": format_kronor(made.amount), "month": f"{made.month:%Y-%m}"}
            messages.success(request, _("%(amount)s is corrected in %(month)s.") % values)
            return see_other(request, back)
    title = _("Correct fee")
    page = FormPage(
        title=title,
        lead=_("%(client)s, period %(month)s.") % {"client": number, "month": f"{month:%Y-%m}"},
        crumbs=[*answers.way_to(number), Crumb(title)],
        form=form,
        submit=_("Add"),
        cancel_url=back,
        note=_("The period is always the month that is billed."),
    )
    answers.note_read(request, "case", [client.person_id], number=number)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_http_methods(["GET", "POST"])
def remove_correction(request: Request, number: str, correction_id: int) -> HttpResponse:
    """Ask, then take a correction away."""
    client = clients.client_of(request.actor, number, on=request.today)
    request.actor.require(Permission.REGISTER_CARE)
    correction = queries.correction_to_remove(client, correction_id)
    back = f"{reverse('care_fees:case', args=[number])}#corrections"
    if request.method == "POST":
        try:
            commands.remove_correction(
                request.actor, today=request.today, number=number, correction_id=correction_id
            )
        except Refused as refused:
            return cannot(request, refused.problems, back)
        messages.success(request, _("The correction is removed."))
        return see_other(request, back)
    title = _("Remove correction")
    values = {
        "amount": format_kronor(correction.amount),
        "text": correction.text,
        "month": f"{correction.month:%Y-%m}",
    }
    page = FormPage(
        title=title,
        lead=number,
        crumbs=[*answers.way_to(number), Crumb(title)],
        form=Form(),
        submit=_("Remove"),
        cancel_url=back,
        question=_(
            "%(amount)s, %(text)s, is taken away from %(month)s. It stays in the event log. Add it again if"
            " it was right."
        )
        % values,
    )
    answers.note_read(request, "case", [client.person_id], number=number)
    return render(request, "dialog.html", {"page": page})
