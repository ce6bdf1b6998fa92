"""The typed request, and how a form that went well is answered with and without JavaScript."""

import json
from datetime import date
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


class Request(HttpRequest):
    """A request as views get it: who acts, what day it is, whether htmx asks."""

    actor: "Actor"
    today: date
    htmx: HtmxDetails


def see_other(request: Request, url: str) -> HttpResponse:
    """Send the reader on to the page that shows the result.

    htmx is told to fetch it and to exchange the main area, so a dialog closes where it stands.
    """
    if not request.htmx:
        return HttpResponseRedirect(url, status=303)
    location = {"path": url, "target": "main", "select": "main", "swap": "outerHTML"}
    return HttpResponse(status=204, headers={"HX-Location": json.dumps(location)})


def form_status(request: HttpRequest) -> int:
    """Return 422 for a form that comes back with faults, 200 when it is shown the first time."""
    return 422 if request.method == "POST" else 200
