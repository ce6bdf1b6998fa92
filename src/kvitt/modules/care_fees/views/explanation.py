"""How a client's month came about, line by line and step by step."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kvitt.foundation.htmx import Request
from kvitt.modules.care_fees.queries import month_page
from kvitt.modules.care_fees.views import answers


@require_safe
def explanation(request: Request, number: str, month: str) -> HttpResponse:
    """*Visa beräkning*: the lines, the steps and what they are made from."""
    wanted = answers.month_in(month)
    if wanted is None:
        raise Http404
    page = month_page.month_page(request.actor, number, wanted, session=request.session, today=request.today)
    answers.note_read(request, "explanation", [page.person_id], number=page.number)
    return render(request, "care_fees/explanation.html", {"page": page})
