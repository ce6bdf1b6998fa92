"""What the views of a case share: the way here, and the note of a read."""

from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.htmx import Request
from kvitt.modules.needs_allowance.queries import cases as case_queries


def way_to(number: str) -> list[tables.Crumb]:
    """Return the way to what is done in a case, for those who meet it as a page of its own."""
    return [
        tables.Crumb(_("Needs-allowance cases"), reverse("needs_allowance:search_cases")),
        tables.Crumb(number, reverse("needs_allowance:case", args=[number])),
    ]


def note_read(request: Request, number: str, person_id: int) -> None:
    """Record that the actor saw the patient of a case."""
    audit.record_read(
        "needs_allowance.case",
        request.actor,
        person_ids=[person_id],
        subject=(case_queries.SUBJECT, number),
    )
