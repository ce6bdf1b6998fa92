"""*Debiteringsunderlag*: what was reported of a month, a list for each part of it."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.htmx import Request
from kvitt.modules.care_fees.exchange.registrations import read_month
from kvitt.modules.care_fees.forms.billing_basis import BasisFilter
from kvitt.modules.care_fees.queries import billing_basis as queries
from kvitt.modules.care_fees.queries.billing_basis import BasisPart
from kvitt.modules.care_fees.queries.registration_grid import month_to_register, months_offered
from kvitt.modules.care_fees.tables.billing_basis import columns_of
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations


@require_safe
def billing_basis(request: Request) -> HttpResponse:
    """What was reported, by period, unit, area and client; every row leads to where it is changed."""
    request.actor.require(Permission.SEE_CLIENTS)
    form = BasisFilter(
        request.GET,
        month=month_to_register(request.today),
        months=months_offered(request.today, read_month(request.GET.get("period", ""))),
        areas=organisations.areas_of(request.actor),
        units=organisations.care_units_of(request.actor),
    )
    wanted = form.wanted()
    source = tables.ListSource(
        title=_("Billing basis"),
        lead=_("What was reported of the period. Choose a row to see and change it where it is registered."),
        columns=columns_of(wanted.part, month=wanted.month),
        rows=queries.search_basis(request.actor, wanted, today=request.today),
        order="name",
        form=form,
        empty=_("Nothing of this kind was reported of the period. Change the filters."),
        row_url=lambda row: row.url,
        person_of=lambda row: row.person_id,
        record_read=lambda ids: audit.record_read("care_fees.billing_basis", request.actor, person_ids=ids),
        prepare=lambda rows: queries.listed_basis(request.actor, rows, wanted, today=request.today),
        is_wide=True,
        tabs=_tabs(request, wanted.part),
        file_name=f"debiteringsunderlag-{wanted.part}-{wanted.month:%Y-%m}",
    )
    return tables.respond(request, source)


def _tabs(request: Request, current: BasisPart) -> list[tables.Tab]:
    """Return the way to each part, with the filters that are chosen."""
    query = request.GET.copy()
    for name in ("page", "sort", "format"):
        query.pop(name, None)
    made = []
    for part in BasisPart:
        query["part"] = part.value
        made.append(tables.Tab(_(part.label), f"?{query.urlencode()}", is_current=part is current))
    return made
