"""The pages of the audit log."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands, forms, queries, tables
from kvitt.foundation.htmx import Request
from kvitt.foundation.tables import ListSource, respond

if TYPE_CHECKING:
    from django.http import FileResponse

_KINDS = {"change": False, "read": True}


def search_events(request: Request) -> "HttpResponse | FileResponse":
    """List the events that the filters let through, newest first."""
    form = forms.SearchEvents(request.GET)
    form.is_valid()
    found: dict[str, Any] = form.cleaned_data
    source = ListSource(
        title=_("Audit log"),
        lead=_("Who did what, and who read which patient, when and from which unit."),
        columns=tables.events(),
        rows=queries.search_events(
            request.actor,
            first_on=found.get("first_on"),
            last_on=found.get("last_on"),
            user_name=found.get("user_name", ""),
            action=found.get("action", ""),
            subject_key=found.get("subject_key", ""),
            is_read=_KINDS.get(found.get("kind", "")),
        ),
        order="-at",
        empty=_("No event matches. Choose other days, or clear the filter."),
        form=form,
        row_url=lambda item: reverse("audit:event", args=[item.pk]),
        file_name="audit-log",
    )
    return respond(request, source)


def event(request: Request, event_id: int) -> HttpResponse:
    """Show one event with what was before and what came after."""
    page = queries.event_page(request.actor, event_id)
    commands.record_read("audit.event", request.actor, person_ids=page.person_ids, subject=("event", page.id))
    return render(request, "audit/event.html", {"page": page})
