"""Read what care fees come to, added up by the database: of months that are calculated or approved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext

from kvitt.foundation.figures import BARS, Figure, PlotPanel, PlotRow, draw, month_label, month_name
from kvitt.foundation.values import plots
from kvitt.foundation.values.dates import add_months
from kvitt.foundation.values.money import Ore, format_count, format_kronor
from kvitt.modules.care_fees.lifecycle import InvoiceState, LineKind, MonthStatus
from kvitt.modules.care_fees.models import ClientMonth, FeeLine
from kvitt.modules.care_fees.rules.statistics import Grouping
from kvitt.registers.access.rules import Permission

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

_COUNTED = (MonthStatus.CALCULATED, MonthStatus.APPROVED)
_ABSENCE = Q(kind__in=[LineKind.ABSENCE_CARE, LineKind.ABSENCE_BOARD])
_ISSUED = ~Q(client_month__invoice__state=InvoiceState.VOIDED)
# By which columns the database groups, and sorts, for each part of a row.
_COLUMNS = {
    "service": ("service__place", "service__name"),
    "area": ("client_month__area__sort_key", "client_month__area__name"),
    "month": ("client_month__month",),
}


@dataclass(frozen=True)
class Overview:
    """What stands above the table: the sums of the twelve months, and the revenue of each."""

    figures: Sequence[Figure]
    plot: PlotPanel


def columns_of(by: Grouping) -> tuple[str, ...]:
    """Return the columns of the database that tell a row from the others, in their order."""
    return tuple(name for part in by.parts for name in _COLUMNS[part])


def statistics(
    actor: "Actor", *, by: Grouping, month: date, area_ids: Sequence[int]
) -> QuerySet[FeeLine, dict[str, Any]]:
    """Return the sums of twelve months, the last of which is `month`, row by row, in one statement.

    What was carried from an earlier month is revenue of that one. Nobody is named. Source: spec CF-32.
    """
    rows = _lines(actor, month, area_ids).values(*columns_of(by))
    found: QuerySet[FeeLine, dict[str, Any]] = rows.annotate(
        client_count=Count("client_month__client", distinct=True),
        invoice_count=Count("client_month__invoice", filter=_ISSUED, distinct=True),
        cap_count=Count("client_month", filter=Q(client_month__is_at_cap=True), distinct=True),
        absence=Coalesce(Sum("amount", filter=_ABSENCE), 0),
        revenue=Sum("amount"),
    )
    return found


def overview(actor: "Actor", *, month: date, area_ids: Sequence[int], today: date) -> Overview:
    """Return the key figures and the plot, in three statements. Source: spec CF-32."""
    by_month = _lines(actor, month, area_ids).values("client_month__month")
    revenue = {
        row["client_month__month"]: row["sum"] for row in by_month.annotate(sum=Sum("amount")).order_by()
    }
    absence = _lines(actor, month, area_ids).filter(_ABSENCE).aggregate(sum=Sum("amount"))["sum"] or 0
    told = _months(actor, month, area_ids).aggregate(
        clients=Count("client", distinct=True),
        at_cap=Count("pk", filter=Q(is_at_cap=True, month=month)),
        invoices=Count("invoice", filter=~Q(invoice__state=InvoiceState.VOIDED)),
    )
    months = [add_months(month, back) for back in range(1 - BARS, 1)]
    return Overview(
        figures=[
            Figure(gettext("Revenue"), format_kronor(sum(revenue.values())), gettext("in twelve months")),
            Figure(gettext("Absence cost"), format_kronor(absence), gettext("taken off for absence")),
            Figure(
                gettext("At the fee cap"),
                format_count(told["at_cap"]),
                gettext("clients in %(month)s") % {"month": date_format(month, "F Y")},
            ),
            Figure(
                gettext("Invoices"),
                format_count(told["invoices"]),
                gettext("to %(count)s clients") % {"count": format_count(told["clients"])},
            ),
        ],
        plot=_plot(months, [revenue.get(each, 0) for each in months], today),
    )


def _months(actor: "Actor", month: date, area_ids: Sequence[int]) -> QuerySet[ClientMonth]:
    actor.require(Permission.SEE_CLIENTS)
    rows = ClientMonth.objects.filter(
        client__authority_id=actor.authority_id,
        status__in=_COUNTED,
        month__gt=add_months(month, -BARS),
        month__lte=month,
    )
    if actor.area_ids is not None:
        rows = rows.filter(area_id__in=actor.area_ids)
    return rows.filter(area_id__in=area_ids) if area_ids else rows


def _lines(actor: "Actor", month: date, area_ids: Sequence[int]) -> QuerySet[FeeLine]:
    rows = FeeLine.objects.filter(client_month__in=_months(actor, month, area_ids))
    return rows.exclude(kind=LineKind.CARRIED)


def _plot(months: Sequence[date], amounts: Sequence[Ore], today: date) -> PlotPanel:
    bars = [
        plots.Bar(month_name(month), amount, is_open=month >= today.replace(day=1))
        for month, amount in zip(months, amounts, strict=True)
    ]
    unit = plots.calculate_unit(amounts)
    return PlotPanel(
        title=gettext("Revenue per month"),
        lead=gettext("In %(unit)s. Months that are not calculated have no bar.")
        % {"unit": gettext(unit.label)},
        drawn=draw(bars, unit, say=lambda count: _sentence(months[-count:], amounts[-count:])),
        rows=[
            PlotRow(month_label(month, is_open=bar.is_open), amount, format_kronor(amount))
            for month, amount, bar in zip(months, amounts, bars, strict=True)
        ],
        row_heading=gettext("Month"),
        amount_heading=gettext("Revenue"),
        empty=gettext("Nothing is calculated in the period."),
    )


def _sentence(months: Sequence[date], amounts: Sequence[Ore]) -> str:
    highest = amounts.index(max(amounts))
    sentence = gettext("Bar chart: revenue, %(first)s to %(last)s. Most in %(most)s, %(amount)s.")
    return sentence % {
        "first": date_format(months[0], "F Y"),
        "last": date_format(months[-1], "F Y"),
        "most": date_format(months[highest], "F Y"),
        "amount": format_kronor(amounts[highest]),
    }
