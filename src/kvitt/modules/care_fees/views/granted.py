"""What a client is granted: the dialogs of the panel on his page (*Fördela insats*)."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage, carry_out
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.modules.care_fees.commands import granted as commands
from kvitt.modules.care_fees.forms import services as forms
from kvitt.modules.care_fees.queries import granted
from kvitt.modules.care_fees.views import answers

if TYPE_CHECKING:
    from kvitt.modules.care_fees.models import GrantedService


@require_http_methods(["GET", "HEAD", "POST"])
def grant_service(request: Request, number: str) -> HttpResponse:
    """*Fördela insats*: grant a client a service at a unit."""
    client, services = granted.grantable(request.actor, number, today=request.today)
    units = granted.care_units(client.authority_id, on=request.today)
    form = forms.GrantForm(
        typed(request),
        services=services,
        units=[(unit.pk, str(unit)) for unit in units],
        initial={"first_on": request.today},
    )
    done = carry_out(
        form,
        lambda **given: commands.grant_service(request.actor, today=request.today, number=number, **given),
    )
    if done is not None:
        return _done(request, number, _("The service is granted."), done, done.first_on)
    page = _page(
        number,
        form,
        title=_("Grant service"),
        submit=_("Grant"),
        note=_("A service that begins or ends within a month costs 1/30 of the month per day."),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
def change_granted(request: Request, number: str, granted_id: int) -> HttpResponse:
    """Let a granted service cost another monthly amount from a day on."""
    known = granted.granted_of(request.actor, number, granted_id, today=request.today)
    initial = {"first_on": max(known.first_on, request.today.replace(day=1)), "amount": known.amount}
    form = forms.AmountForm(typed(request), initial=initial)
    done = carry_out(
        form,
        lambda **given: commands.change_granted(
            request.actor, today=request.today, number=number, granted_id=granted_id, **given
        ),
    )
    if done is not None:
        return _done(request, number, _("The amount is changed."), done, form.cleaned_data["first_on"])
    page = _page(
        number,
        form,
        title=_("Change amount"),
        lead=f"{granted.period_text(known)}.",
        submit=_("Save"),
        note=_("What was charged before the day stays: the service ends, and goes on with the new amount."),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
def end_granted(request: Request, number: str, granted_id: int) -> HttpResponse:
    """Ask for the last day of a granted service."""
    known = granted.granted_of(request.actor, number, granted_id, today=request.today)
    form = forms.EndForm(typed(request), initial={"last_on": known.last_on or request.today})
    done = carry_out(
        form,
        lambda **given: commands.end_granted(
            request.actor, today=request.today, number=number, granted_id=granted_id, **given
        ),
    )
    if done is not None:
        return _done(
            request,
            number,
            _("The last day is saved."),
            done,
            min(filter(None, (known.last_on, done.last_on)), default=known.first_on),
        )
    page = _page(
        number,
        form,
        title=_("End service"),
        lead=f"{granted.period_text(known)}.",
        submit=_("End"),
        note=_("The last day is charged too."),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def _done(request: Request, number: str, text: str, changed: "GrantedService", since: date) -> HttpResponse:
    """Say that it is done, and which months it comes too late for."""
    messages.success(request, text)
    if months := granted.locked_since(changed, since):
        locked = _(
            "%(months)s is approved and locked, and stays as it is. The billing office corrects that fee."
        )
        messages.warning(request, locked % {"months": months})
    return see_other(request, reverse("care_fees:case", args=[number]))


def _page(number: str, form: Form, *, title: str, submit: str, note: str, lead: str = "") -> FormPage:
    return FormPage(
        title=title,
        lead=lead or f"{number}.",
        form=form,
        submit=submit,
        cancel_url=reverse("care_fees:case", args=[number]),
        crumbs=[*answers.way_to(number), tables.Crumb(title)],
        note=note,
    )
