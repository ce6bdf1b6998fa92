"""*Utomlänstandvård*: claims for other regions' patients, and the lines that each region is billed for."""

from collections.abc import Callable, Iterable
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.htmx import Request
from kvitt.foundation.values import municipalities
from kvitt.modules.special_care.forms.out_of_county import OutOfCountyForm
from kvitt.modules.special_care.queries import out_of_county as queries
from kvitt.modules.special_care.queries.out_of_county import Wanted
from kvitt.modules.special_care.tables.out_of_county import CLAIMS, line_columns
from kvitt.registers.organisations import queries as organisations


@require_safe
def out_of_county(request: Request) -> HttpResponse:
    """*Utomlänstandvård*: a sum for each home region, and the claims behind them."""
    form = _form(request)
    wanted = form.wanted()
    is_workbook = request.GET.get("format") == "xlsx"
    source = tables.ListSource(
        title=_("Out-of-county care"),
        lead=_("Claims for patients of other regions, to be billed onward."),
        columns=CLAIMS,
        rows=queries.out_of_county_claims(request.actor, wanted),
        order="-sent_on",
        form=form,
        empty=_("No claim is for a patient of another region in the period. Change the filters."),
        row_url=lambda claim: reverse("special_care:case", args=[claim.number]),
        person_of=lambda claim: claim.person_id,
        record_read=_record(request),
        about=None if is_workbook else queries.overview(request.actor, wanted, query=_query(wanted)),
        file_name="utomlanstandvard",
    )
    return tables.respond(request, source, template="special_care/out_of_county.html")


@require_safe
def out_of_county_lines(request: Request, county: str) -> HttpResponse:
    """List the lines that one home region is billed for, as a page and as Excel."""
    form = _form(request, has_county=False)
    rows = queries.out_of_county_lines(request.actor, form.wanted(county=county))
    title = _("Out-of-county care, %(region)s") % {"region": municipalities.county_name(county)}
    source = tables.ListSource(
        title=title,
        lead=_("The lines that are billed to the patient's home region."),
        columns=line_columns(in_workbook=request.GET.get("format") == "xlsx"),
        rows=rows,
        order="date",
        tie="-pk",
        form=form,
        empty=_("There are no lines in the period. Change the filters."),
        crumbs=[
            tables.Crumb(_("Out-of-county care"), reverse("special_care:out_of_county")),
            tables.Crumb(title),
        ],
        person_of=lambda line: line.claim.person_id,
        record_read=_record(request),
        file_name=f"utomlanstandvard-{county}",
    )
    return tables.respond(request, source)


def _form(request: Request, *, has_county: bool = True) -> OutOfCountyForm:
    return OutOfCountyForm(
        request.GET,
        clinics=organisations.clinics_of(request.actor),
        today=request.today,
        has_county=has_county,
    )


def _query(wanted: Wanted) -> str:
    """Return the filters of the page as the page of one home region takes them."""
    filters = {"first_on": wanted.first_on, "last_on": wanted.last_on, "clinic": wanted.clinic_id or ""}
    return urlencode(filters)


def _record(request: Request) -> Callable[[Iterable[int]], None]:
    def record(persons: Iterable[int]) -> None:
        audit.record_read("special_care.out_of_county", request.actor, person_ids=persons)

    return record
