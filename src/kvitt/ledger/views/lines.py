"""*Sök åtgärdskoder*: what has been approved in every module, invoiced or not."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.htmx import Request
from kvitt.ledger import queries
from kvitt.ledger.forms import LineSearchForm
from kvitt.ledger.tables import line_columns, person_of
from kvitt.registers.access.rules import SEES_LINES
from kvitt.registers.organisations import queries as organisations

if TYPE_CHECKING:
    from kvitt.ledger.models import Line


@require_safe
def search_lines(request: Request) -> HttpResponse:
    """*Sök åtgärdskoder*: the actor's lines, newest first."""
    modules = request.actor.modules_where(SEES_LINES)
    clinics = list(organisations.clinics_of(request.actor))
    form = LineSearchForm(request.GET, modules=modules, clinics=clinics)
    search = form.search()

    def prepare(lines: "Sequence[Line]") -> "Sequence[Line]":
        queries.look_up_cases(request.actor, lines)
        return lines

    source = tables.ListSource(
        title=_("Search procedure codes"),
        columns=line_columns(
            has_modules=len(modules) > 1,
            has_clinics=len(clinics) > 1,
            is_workbook=request.GET.get("format") == "xlsx",
        ),
        rows=queries.search_lines(request.actor, **search),
        order=form.order,
        form=form,
        empty=_("No procedure matches. Change the filters, or press Clear to see all."),
        person_of=lambda line: person.pk if (person := person_of(line)) else None,
        record_read=lambda persons: audit.record_read(
            "ledger.search_lines", request.actor, person_ids=persons
        ),
        prepare=prepare,
        is_wide=True,
        file_name="atgardskoder",
    )
    return tables.respond(request, source)
