"""The work lists of care fees: estates, those left alone, and respites."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kvitt.foundation import tables
from kvitt.foundation.htmx import Request
from kvitt.modules.care_fees.queries import work as queries
from kvitt.modules.care_fees.tables import clients as columns
from kvitt.modules.care_fees.views import answers
from kvitt.registers.access.rules import Permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from kvitt.foundation.columns import Column


@require_safe
def estates(request: Request) -> "HttpResponseBase":
    """List the dead clients with nobody who gets the invoices of the estate."""
    return _clients(
        request,
        "estates",
        queries.estates(request.actor, today=request.today),
        columns.DEAD,
        title=_("Deceased without an estate recipient"),
        lead=_("Register who gets the invoices of the estate."),
        empty=_("Every deceased client has somebody who gets the invoices of the estate."),
        file_name="dodsbon",
    )


@require_safe
def left_alone(request: Request) -> "HttpResponseBase":
    """List those who have the fee of a couple while the other one is dead."""
    return _clients(
        request,
        "left_alone",
        queries.left_alone(request.actor, today=request.today),
        columns.LIVING,
        title=_("Left alone, with the fee of a couple"),
        lead=_("The other of the couple is dead. Change the type of fee calculation to single."),
        empty=_("Nobody who is left alone has the fee of a couple."),
        file_name="ensamstaende",
    )


@require_safe
def respites(request: Request) -> "HttpResponseBase":
    """List the respites that end, or ended while nobody gets the invoices."""
    request.actor.require(Permission.MANAGE_BILLING)
    title = _("Respites that end")
    source = tables.ListSource(
        title=title,
        lead=_("They end within two weeks, or have ended while nobody gets the invoices of the estate."),
        columns=columns.RESPITES,
        rows=queries.ending_respites(request.actor, today=request.today),
        order="until",
        empty=_("No respite ends within two weeks."),
        crumbs=answers.way_to_list(title),
        row_url=lambda row: reverse("care_fees:case", args=[row.client.number]),
        person_of=lambda row: row.client.person_id,
        record_read=lambda ids: answers.note_read(request, "respites", ids),
        file_name="anstand",
    )
    return tables.respond(request, source)


def _clients(
    request: Request,
    name: str,
    rows: "QuerySet[Any]",
    shown: "Sequence[Column]",
    *,
    title: str,
    lead: str,
    empty: str,
    file_name: str,
) -> "HttpResponseBase":
    source = tables.ListSource(
        title=title,
        lead=lead,
        columns=shown,
        rows=rows,
        order="name",
        empty=empty,
        crumbs=answers.way_to_list(title),
        row_url=lambda client: reverse("care_fees:case", args=[client.number]),
        person_of=lambda client: client.person_id,
        record_read=lambda ids: answers.note_read(request, name, ids),
        file_name=file_name,
    )
    return tables.respond(request, source)
