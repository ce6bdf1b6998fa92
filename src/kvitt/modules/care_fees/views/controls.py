"""*Debiteringskontroller* and *Statistik*: what to see to before a month is billed, and what fees came to."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kvitt.foundation import clock, tables, workbooks
from kvitt.foundation.htmx import Request
from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.money import format_count
from kvitt.modules.care_fees.exchange.registrations import read_month
from kvitt.modules.care_fees.forms import controls as forms
from kvitt.modules.care_fees.queries import control_rows, reimbursement, statistics
from kvitt.modules.care_fees.queries import controls as queries
from kvitt.modules.care_fees.queries.registration_grid import month_to_register, months_offered
from kvitt.modules.care_fees.rules.controls import REMEDIES, Control
from kvitt.modules.care_fees.tables import controls as columns
from kvitt.modules.care_fees.views import answers
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations

if TYPE_CHECKING:
    from kvitt.foundation.columns import Column

_Filter = TypeVar("_Filter", bound=forms.MonthFilter)


@require_safe
def controls(request: Request) -> HttpResponse:
    """Say of every control whether it is clear, and what to do about what is not."""
    request.actor.require(Permission.SEE_CLIENTS)
    form = _filter(request, forms.MonthFilter)
    rows = queries.readiness(request.actor, form.month, form.area_ids, today=request.today)
    left = sum(1 for row in rows if row.count)
    page = _page(
        request,
        title=_("Billing controls"),
        lead=_("See to these before the fee run. Choose a control to see its list."),
        shown=columns.READINESS,
        rows=rows,
        form=form,
        count_text=_("%(left)s of %(count)s controls have something to see to.")
        % {"left": format_count(left), "count": format_count(len(rows))},
        lists=tabs("controls"),
    )
    return _answer(request, page, columns.READINESS, rows, "kontroller")


@require_safe
def control(request: Request) -> HttpResponse:
    """One control's list, by period and billing areas."""
    request.actor.require(Permission.SEE_CLIENTS)
    form = _filter(request, forms.ControlFilter)
    wanted = form.wanted()
    if wanted.control is Control.ABSENCES and request.GET.get("format") != "xlsx":
        query = [("first_on", wanted.month.isoformat()), ("open_only", "on")]
        query += [("last_on", last_day_of_month(wanted.month).isoformat())]
        query += [("areas", str(area_id)) for area_id in wanted.area_ids]
        return redirect(f"{reverse('care_fees:absences')}?{urlencode(query)}")
    is_of_services = wanted.control is Control.SERVICES
    rows: Any = (
        queries.services_to_mend(request.actor, wanted.month)
        if is_of_services
        else queries.controlled(request.actor, wanted, today=request.today)
    )
    source = tables.ListSource(
        title=_(wanted.control.label),
        lead=_(REMEDIES[wanted.control]),
        columns=columns.SERVICES if is_of_services else columns.CONTROLLED,
        rows=rows,
        order="name",
        form=form,
        empty=_("The control is clear: nothing is on this list."),
        row_url=_service_url if is_of_services else _client_url,
        tabs=tabs("control"),
        file_name=f"kontroll-{wanted.control}-{wanted.month:%Y-%m}",
    )
    return tables.respond(request, source if is_of_services else _of_clients(request, source, wanted))


@require_safe
def fee_statistics(request: Request) -> HttpResponse:
    """What the fees of twelve months came to, by service, billing area and month."""
    request.actor.require(Permission.SEE_CLIENTS)
    form = _filter(request, forms.StatisticsFilter)
    by, month, area_ids = form.grouping(), form.month, form.area_ids
    is_workbook = request.GET.get("format") == "xlsx"
    source = tables.ListSource(
        title=_("Statistics of care fees"),
        lead=_("Of months that are calculated or approved: twelve of them, to the period."),
        columns=columns.statistics_columns(by),
        rows=statistics.statistics(request.actor, by=by, month=month, area_ids=area_ids),
        order=by.parts[0],
        tie=statistics.columns_of(by)[-1],
        form=form,
        empty=_("Nothing is calculated in the period."),
        about=None
        if is_workbook
        else statistics.overview(request.actor, month=month, area_ids=area_ids, today=request.today),
        tabs=_statistics_tabs("statistics"),
        file_name="statistik-omsorgsavgifter",
    )
    return tables.respond(request, source, template="care_fees/statistics.html")


@require_safe
def unit_reimbursement(request: Request) -> HttpResponse:
    """What each care unit did in a month, as the basis of its reimbursement."""
    request.actor.require(Permission.SEE_CLIENTS)
    form = _filter(request, forms.MonthFilter)
    rows = reimbursement.reimbursement(request.actor, month=form.month, area_ids=form.area_ids)
    page = _page(
        request,
        title=_("Reimbursement basis"),
        lead=_("What each care unit did in the month, and the fees of it."),
        shown=columns.REIMBURSEMENT,
        rows=rows,
        form=form,
        count_text=_("%(count)s rows") % {"count": format_count(len(rows))},
        lists=_statistics_tabs("reimbursement"),
    )
    return _answer(request, page, columns.REIMBURSEMENT, rows, f"ersattningsunderlag-{form.month:%Y-%m}")


# Steps that several of them share -----------------------------------------------------------------


def tabs(current: str) -> list[tables.Tab]:
    """Return the lists of controls: the state before the run, and the lists of *Debitering*."""
    return [
        tables.Tab(_("Before the run"), reverse("care_fees:controls"), is_current=current == "controls"),
        tables.Tab(_("Billing"), reverse("care_fees:control"), is_current=current == "control"),
        tables.Tab(_("Temporary absence"), reverse("care_fees:absences"), is_current=current == "absences"),
    ]


def _statistics_tabs(current: str) -> list[tables.Tab]:
    return [
        tables.Tab(_("Fees"), reverse("care_fees:statistics"), is_current=current == "statistics"),
        tables.Tab(
            _("Reimbursement basis"),
            reverse("care_fees:reimbursement"),
            is_current=current == "reimbursement",
        ),
    ]


def _filter(request: Request, kind: type[_Filter]) -> _Filter:
    return kind(
        request.GET,
        month=month_to_register(request.today),
        months=months_offered(request.today, read_month(request.GET.get("period", ""))),
        areas=organisations.areas_of(request.actor),
    )


def _of_clients(
    request: Request, source: tables.ListSource, wanted: queries.WantedControl
) -> tables.ListSource:
    """Return a list of clients, which says why each is there and records whom it shows."""
    return replace(
        source,
        person_of=lambda row: row.person_id,
        record_read=lambda ids: answers.note_read(request, "control", ids),
        prepare=lambda rows: control_rows.listed(rows, wanted.control, wanted.month),
    )


def _client_url(row: control_rows.ControlRow) -> str:
    return reverse("care_fees:case", args=[row.number])


def _service_url(row: Any) -> str:  # noqa: ANN401 - a row of the catalogue
    return reverse("care_fees:service", args=[row.pk])


def _page(
    request: Request,
    *,
    title: str,
    lead: str,
    shown: "Sequence[Column]",
    rows: Sequence[Any],
    form: forms.MonthFilter,
    count_text: str,
    lists: Sequence[tables.Tab],
) -> tables.ListPage:
    """Return a page of rows that are added up here: all of them, in their order."""
    table = tables.plain_table(shown, rows)
    query = request.GET.copy()
    query["format"] = "xlsx"
    return tables.ListPage(
        title=title,
        lead=lead,
        headings=table.headings,
        rows=table.rows,
        empty=_("Nothing was done in the month."),
        count_text=count_text,
        excel_url=f"?{query.urlencode()}",
        form=form,
        clear_url=request.path,
        tabs=lists,
    )


def _answer(
    request: Request, page: tables.ListPage, shown: "Sequence[Column]", rows: Sequence[Any], name: str
) -> HttpResponse:
    if request.GET.get("format") != "xlsx":
        return render(request, "list.html", {"page": page})
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    workbooks.write_workbook(file, shown, rows, page.title)
    file.seek(0)
    answer = FileResponse(
        file, as_attachment=True, filename=f"{name}-{clock.today()}.xlsx", content_type=tables.EXCEL_TYPE
    )
    return cast("HttpResponse", answer)
