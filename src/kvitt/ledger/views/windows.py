"""The invoicing periods of the coming year."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries
from kvitt.ledger.forms import WindowForm


def windows(request: Request) -> HttpResponse:
    """The invoicing periods of the coming year."""
    page = queries.windows_page(request.actor, today=request.today)
    return render(request, "ledger/windows.html", {"page": page})


def set_window(request: Request, year: int, month: int) -> HttpResponse:
    """Set the days of one month."""
    page = queries.window_page(request.actor, year, month)
    initial = {"first_on": page.period.first, "last_on": page.period.last}
    form = WindowForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.set_window(request.actor, month=page.month, **form.cleaned_data)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(
                request, _("The invoicing period of %(month)s is saved.") % {"month": f"{page.month:%Y-%m}"}
            )
            return see_other(request, reverse("ledger:windows"))
    dialog = FormPage(
        title=_("Invoicing period %(month)s") % {"month": f"{page.month:%Y-%m}"},
        form=form,
        submit=_("Save"),
        cancel_url=reverse("ledger:windows"),
        note=_("Both days are included."),
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))
