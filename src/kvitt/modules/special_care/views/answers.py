"""What the views of a claim share: what was typed, the way here, a refusal, the note of a read."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.forms import problem_text
from kvitt.foundation.htmx import Request, see_other
from kvitt.foundation.values.problems import Problem
from kvitt.modules.special_care.queries import claims


def typed(request: Request) -> QueryDict | None:
    """Return what was sent, None when the form is shown the first time."""
    return request.POST if request.method == "POST" else None


def way_to(number: str) -> list[tables.Crumb]:
    """Return the way to what is done with a draft, for those who meet it as a page of its own."""
    return [
        tables.Crumb(_("Register claim"), reverse("special_care:register_claim")),
        tables.Crumb(number, reverse("special_care:draft", args=[number])),
    ]


def cannot(request: Request, problems: Iterable[Problem], url: str) -> HttpResponse:
    """Say why it cannot be done, on the page that shows how things stand now."""
    for problem in problems:
        messages.error(request, problem_text(problem))
    return see_other(request, url)


def note_read(request: Request, action: str, person_ids: Iterable[int], *, number: str = "") -> None:
    """Record that the actor saw these persons, in a claim where one is named."""
    subject = (claims.SUBJECT, number) if number else ("", "")
    audit.record_read(f"special_care.{action}", request.actor, person_ids=person_ids, subject=subject)
