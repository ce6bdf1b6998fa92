"""The typed request, what was sent with it, and how a form is answered with and without JavaScript."""

import json
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django_htmx.middleware import HtmxDetails

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.problems import Problem

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


class Request(HttpRequest):
    """A request as views get it: who acts, what day it is, whether htmx asks."""

    actor: "Actor"
    today: date
    htmx: HtmxDetails


def typed(request: Request) -> QueryDict | None:
    """Return what was sent, None when the form is shown the first time."""
    return request.POST if request.method == "POST" else None


def see_other(request: Request, url: str) -> HttpResponse:
    """Send the reader on to the page that shows the result.

    htmx is told to fetch it and to exchange the main area, so a dialog closes where it stands.
    """
    if not request.htmx:
        return HttpResponseRedirect(url, status=303)
    location = {"path": url, "target": "main", "select": "main", "swap": "outerHTML"}
    return HttpResponse(status=204, headers={"HX-Location": json.dumps(location)})


def cannot(request: Request, problems: Iterable[Problem], url: str) -> HttpResponse:
    """Say why it cannot be done, on the page that shows how things stand now."""
    for problem in problems:
        messages.error(request, problem_text(problem))
    return see_other(request, url)


def form_status(request: HttpRequest) -> int:
    """Return 422 for a form that comes back with faults, 200 when it is shown the first time."""
    return 422 if request.method == "POST" else 200
