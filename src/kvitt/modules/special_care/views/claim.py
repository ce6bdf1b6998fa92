"""A claim that was sent in: its confirmation, and the page with everything of it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kvitt.foundation.htmx import Request, see_other
from kvitt.modules.special_care.queries import claim_page
from kvitt.modules.special_care.views import answers


@require_safe
def case(request: Request, number: str) -> HttpResponse:
    """The claim; one that is not sent in is gone on with where it is filled in."""
    page = claim_page.claim_page(request.actor, number, today=request.today, session=request.session)
    if page.is_draft:
        return see_other(request, reverse("special_care:draft", args=[page.claim.number]))
    answers.note_read(request, "case", [page.claim.person_id], number=page.claim.number)
    return render(request, "special_care/case.html", {"page": page})


@require_safe
def claim_sent(request: Request, number: str) -> HttpResponse:
    """*Räkningen är inskickad*: our reference, whether it is reviewed first, and what next."""
    page = claim_page.sent_page(request.actor, number, today=request.today, session=request.session)
    if page.is_draft:
        return see_other(request, reverse("special_care:draft", args=[page.number]))
    answers.note_read(request, "case", [page.person_id], number=page.number)
    return render(request, "special_care/sent.html", {"page": page})
