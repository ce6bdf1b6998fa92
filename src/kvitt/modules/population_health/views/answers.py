"""What the views of an activity share: the way here, and the note of a read."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.htmx import Request
from kvitt.modules.population_health.queries import activities


def way_to(number: str) -> list[tables.Crumb]:
    """Return the way to what is done in an activity, for those who meet it as a page of its own."""
    return [
        tables.Crumb(_("Search and manage activities"), reverse("population_health:search_activities")),
        tables.Crumb(number, reverse("population_health:case", args=[number])),
    ]


def note_read(request: Request, number: str, person_ids: Iterable[int]) -> None:
    """Record that the actor saw who took part in an activity; where nobody is named there is nothing to."""
    audit.record_read(
        "population_health.case",
        request.actor,
        person_ids=person_ids,
        subject=(activities.SUBJECT, number),
    )
