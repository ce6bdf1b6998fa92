"""Remove and credit procedures of an activity, one or many at once, and undo a credit."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kvitt.foundation.forms import FormPage, problem_text
from kvitt.foundation.htmx import Request, cannot, see_other
from kvitt.foundation.selection import CHOSEN, ids_in
from kvitt.foundation.values.money import format_kronor
from kvitt.foundation.values.problems import Refused
from kvitt.foundation.values.text import gettext_noop
from kvitt.modules.population_health.commands import procedures
from kvitt.modules.population_health.forms import ChosenForm
from kvitt.modules.population_health.queries import activity_page
from kvitt.modules.population_health.queries.activity_page import ProcedureQuestion
from kvitt.modules.population_health.views import answers
from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class _Step:
    """The words of what is done with chosen procedures: its question, and what is told after it."""

    title: Callable[[int], str]
    question: Callable[[int], str]
    after: str
    done: Callable[[int], str]
    is_danger: bool = False


_REMOVE = _Step(
    lambda count: ngettext("Remove procedure", "Remove %(count)s procedures", count),
    lambda count: ngettext(
        "Are you sure that you want to remove the procedure?",
        "Are you sure that you want to remove the %(count)s procedures?",
        count,
    ),
    gettext_noop("This cannot be undone. What is removed is still found under Search procedure codes."),
    lambda count: ngettext("%(count)s procedure is removed.", "%(count)s procedures are removed.", count),
    is_danger=True,
)
_CREDIT = _Step(
    lambda count: ngettext("Credit procedure", "Credit %(count)s procedures", count),
    lambda count: ngettext(
        "Are you sure that you want to credit the procedure?",
        "Are you sure that you want to credit the %(count)s procedures?",
        count,
    ),
    gettext_noop("What is credited is taken back on the clinic's next invoice."),
    lambda count: ngettext(
        "%(count)s procedure waits to be credited on the next invoice.",
        "%(count)s procedures wait to be credited on the next invoice.",
        count,
    ),
)
_WITHDRAW = _Step(
    lambda count: ngettext("Undo crediting of procedure", "Undo crediting of %(count)s procedures", count),
    lambda count: ngettext(
        "Are you sure that you want to undo the crediting of the procedure?",
        "Are you sure that you want to undo the crediting of the %(count)s procedures?",
        count,
    ),
    gettext_noop("Then nothing is taken back on the next invoice."),
    lambda count: ngettext(
        "The crediting of %(count)s procedure is undone.",
        "The crediting of %(count)s procedures is undone.",
        count,
    ),
)


@require_http_methods(["GET", "POST"])
def remove_procedures(request: Request, number: str) -> HttpResponse:
    """*Ta bort*: ask, and remove approved procedures."""
    return _ask(request, number, _REMOVE, activity_page.removal, procedures.remove_procedures)


@require_http_methods(["GET", "POST"])
def credit_procedures(request: Request, number: str) -> HttpResponse:
    """*Kreditera*: ask, and credit invoiced procedures."""
    return _ask(request, number, _CREDIT, activity_page.crediting, procedures.credit_procedures)


@require_http_methods(["GET", "POST"])
def withdraw_credits(request: Request, number: str) -> HttpResponse:
    """*Ångra kreditering*: ask, and undo credits that are not on an invoice yet."""
    return _ask(request, number, _WITHDRAW, activity_page.credit_withdrawal, procedures.withdraw_credits)


def _ask(
    request: Request,
    number: str,
    step: _Step,
    question: Callable[[Actor, str, Collection[int]], ProcedureQuestion],
    command: Callable[..., None],
) -> HttpResponse:
    """Ask about what is chosen; answered, do it.

    The ticked rows of the page are sent here too, as a form: the addresses of five hundred are too long.
    """
    is_sent = request.method == "POST"
    chosen = ids_in((request.POST if is_sent else request.GET).getlist(CHOSEN))
    asked = question(request.actor, number, chosen)
    url = reverse("population_health:case", args=[asked.number])
    if "removed" in request.GET:
        url += "?removed"
    if is_sent and "confirmed" in request.POST:
        try:
            command(request.actor, number=number, line_ids=chosen)
        except Refused as refused:
            return cannot(request, refused.problems, url)
        messages.success(request, step.done(len(chosen)) % {"count": len(chosen)})
        return see_other(request, url)
    if asked.problems:
        return cannot(request, asked.problems, url)
    if asked.person_ids:
        answers.note_read(request, asked.number, asked.person_ids)
    count = len(asked.ids)
    dialog = FormPage(
        title=step.title(count) % {"count": count},
        crumbs=answers.way_to(asked.number),
        lead=asked.lead,
        question=step.question(count) % {"count": count},
        form=ChosenForm(initial={"chosen": ",".join(map(str, asked.ids))}),
        submit=_("OK"),
        cancel_url=url,
        note=f"{_('Sum')}: {format_kronor(asked.amount)}",
        is_danger=step.is_danger,
    )
    context = {
        "page": dialog,
        "after": _(step.after),
        "left_out": [problem_text(problem) for problem in asked.left_out],
    }
    return render(request, "population_health/chosen_procedures.html", context)
