"""The requests that wait for a decision."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.htmx import Request
from kvitt.preauthorization import queries
from kvitt.preauthorization.forms import QueueForm
from kvitt.preauthorization.tables import queue_columns
from kvitt.registers.organisations import queries as organisations


@require_safe
def queue(request: Request) -> HttpResponse:
    """*Att bedöma*: the requests that are sent and not decided, the oldest first."""
    form = QueueForm(request.GET, clinics=organisations.clinics_of(request.actor))
    source = tables.ListSource(
        title=_("To assess"),
        columns=queue_columns(today=request.today),
        rows=queries.queue(request.actor, **form.search()),
        order="sent",
        form=form,
        empty=_(
            "No request waits for a decision. Change the filters, or come back when clinics have sent some."
        ),
        row_url=queries.assess_url,
        person_of=lambda found: found.person_id,
        record_read=lambda persons: audit.record_read(
            "preauthorization.queue", request.actor, person_ids=persons
        ),
        is_wide=True,
        file_name="att-bedoma",
    )
    return tables.respond(request, source)
