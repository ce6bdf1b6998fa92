"""What the views of dental records share: what was typed, a refusal, the note of a read."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse, QueryDict

from kvitt.audit import commands as audit
from kvitt.foundation.forms import problem_text
from kvitt.foundation.htmx import Request, see_other
from kvitt.foundation.values.problems import Problem


def typed(request: Request) -> QueryDict | None:
    """Return what was sent, None when the form is shown the first time."""
    return request.POST if request.method == "POST" else None


def cannot(request: Request, problems: Iterable[Problem], url: str) -> HttpResponse:
    """Say why it cannot be done, on the page that shows how things stand now."""
    for problem in problems:
        messages.error(request, problem_text(problem))
    return see_other(request, url)


def note_read(
    request: Request, action: str, record_ids: Iterable[int], subject: tuple[str, object] = ("", "")
) -> None:
    """Record that the actor saw the patient."""
    audit.record_read(f"dental_records.{action}", request.actor, person_ids=record_ids, subject=subject)
