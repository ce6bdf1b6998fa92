"""What the assessor's desk does alike in every module: a button of its form, and what is said afterwards."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from kvitt.foundation.htmx import Request, cannot, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.preauthorization import queries
from kvitt.preauthorization.forms import DecisionForm
from kvitt.preauthorization.lifecycle import StepNotAllowed


def act(
    request: Request,
    form: DecisionForm,
    do: Callable[[DecisionForm], None],
    *,
    desk_url: str,
    show: Callable[[DecisionForm], HttpResponse],
) -> HttpResponse:
    """Do what a button of the desk is for; faults come back to the desk with what was typed."""
    if form.is_valid():
        try:
            do(form)
        except StepNotAllowed as meanwhile:
            return cannot(request, meanwhile.problems, desk_url)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            return see_other(request, desk_url)
    return show(form)


def tell_with_next(request: Request, text: str) -> None:
    """Confirm what is done, with a link to the request that has waited longest."""
    following = queries.next_waiting(request.actor)
    if following is None:
        nothing = _("No other request waits for a decision.")
        messages.success(request, f"{text} {nothing}")
        return
    link = _("Assess the next one: %(number)s") % {"number": following.case_number}
    messages.success(
        request, format_html('{} <a href="{}">{}</a>', text, queries.assess_url(following), link)
    )
