"""The desktop and the page of a client."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kvitt.foundation.htmx import Request
from kvitt.modules.care_fees.queries import client_page
from kvitt.modules.care_fees.views import answers


@require_safe
def case(request: Request, number: str) -> HttpResponse:
    """The client, with everything that is registered."""
    page = client_page.client_page(request.actor, number, session=request.session, today=request.today)
    answers.note_read(request, "case", [page.client.person_id], number=page.client.number)
    return render(request, "care_fees/case.html", {"page": page})
