"""Activities and participants, counted by the database: per month, municipality, type and clinic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext

from kvitt.foundation.figures import BARS, Figure, PlotPanel, PlotRow, draw, month_name
from kvitt.foundation.values import municipalities, plots
from kvitt.foundation.values.money import Ore, format_count, format_kronor
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.population_health.queries.activities import MODULE, activities_of
from kvitt.modules.population_health.rules.statistics import Grouping, Span, calculate_spans
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.price_lists.lifecycle import Participants

# A procedure counts until it is removed or credited.
COUNTED = (LineStatus.APPROVED, LineStatus.INVOICED, LineStatus.AWAITING_CREDIT)
# By which columns the database groups, and sorts, for each part of a row.
COLUMNS = {
    "month": ("month",),
    "municipality": ("municipality_order", "municipality"),
    "type": ("code",),
    "clinic": ("clinic__sort_key", "clinic__number", "clinic__name"),
}


@dataclass(frozen=True)
class Sums:
    """How many activities and participants, and their sum in öre."""

    activities: int = 0
    participants: int = 0
    amount: Ore = 0

    def __add__(self, other: "Sums") -> "Sums":
        """Return both together: an activity lies in one month."""
        return Sums(
            self.activities + other.activities,
            self.participants + other.participants,
            self.amount + other.amount,
        )


@dataclass(frozen=True)
class Overview:
    """What stands above the table: the sums of everything that was asked for, and its plot."""

    figures: Sequence[Figure]
    plot: PlotPanel


def columns_of(by: Grouping) -> tuple[str, ...]:
    """Return the columns of the database that tell a row from the others, in their order."""
    return tuple(name for part in by.parts for name in COLUMNS[part])


def statistics(
    actor: Actor,
    *,
    by: Grouping,
    first_on: date,
    last_on: date,
    code: str = "",
    municipality: str = "",
    clinic_id: int | None = None,
) -> QuerySet[Any, dict[str, Any]]:
    """Return the sums of the actor's activities in the period, row by row, in one statement.

    An activity counts while something of it is neither removed nor credited; where nobody is counted
    (information to a group) it has no participants. Raises NotAllowed without the permission.
    Source: spec PH-12.
    """
    activities: QuerySet[Any] = activities_of(actor).filter(
        performed_on__gte=first_on,
        performed_on__lte=last_on,
        lines__module=MODULE,
        lines__status__in=COUNTED,
    )
    if code:
        activities = activities.filter(code=code)
    if municipality:
        activities = activities.filter(municipality=municipality)
    if clinic_id is not None:
        activities = activities.filter(clinic_id=clinic_id)
    rows: QuerySet[Any, dict[str, Any]] = (
        activities.annotate(month=TruncMonth("performed_on"))
        .values(*(name for name in columns_of(by) if name != "municipality_order"))
        .annotate(
            activity_count=Count("pk", distinct=True),
            participant_count=Count("lines__pk", filter=~Q(participants=Participants.NONE)),
            amount=Sum("lines__amount"),
        )
    )
    if "type" in by.parts:
        rows = rows.annotate(type_text=Max("text"))
    if "municipality" in by.parts:
        rows = rows.annotate(municipality_order=_in_swedish_order(actor))
    return rows


class _OfRow(Case):
    """A case of what the rows are grouped by: found once for each row, not for each activity."""

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns it is made of, which the rows are grouped by already."""
        return [column for case in self.get_source_expressions() for column in case.get_group_by_cols()]


def _in_swedish_order(actor: Actor) -> Case:
    """Return the place of a municipality among those of the authority's county, those of others last."""
    county = organisations.authority(actor.authority_id).county
    places = [
        When(municipality=one.code, then=Value(place))
        for place, one in enumerate(municipalities.in_county(county))
    ]
    return _OfRow(*places, default=Value(len(places)), output_field=IntegerField())


def sums_by_month(actor: Actor, *, first_on: date, last_on: date, **filters: Any) -> dict[date, Sums]:
    """Return the sums of each month that has any, by its first day."""
    rows = statistics(actor, by=Grouping.MONTH, first_on=first_on, last_on=last_on, **filters)
    return {
        row["month"]: Sums(row["activity_count"], row["participant_count"], row["amount"])
        for row in rows.order_by("month")
    }


def overview(actor: Actor, *, today: date, first_on: date, last_on: date, **filters: Any) -> Overview:
    """Return the key figures and the plot of what was asked for."""
    months = sums_by_month(actor, first_on=first_on, last_on=last_on, **filters)
    total = sum(months.values(), Sums())
    return Overview(
        figures=[
            Figure(gettext("Activities"), format_count(total.activities), gettext("in the period")),
            Figure(
                gettext("Participants"),
                format_count(total.participants),
                gettext("removed and credited ones not counted"),
            ),
            Figure(gettext("Sum"), format_kronor(total.amount), gettext("invoiced or to be invoiced")),
        ],
        plot=participants_plot(months, calculate_spans(first_on, last_on, today=today)),
    )


def participants_plot(months: Mapping[date, Sums], spans: Sequence[Span]) -> PlotPanel:
    """Return how many took part in each month or year; what is not whole is drawn as unfinished."""
    is_year = spans[0].is_year
    sums = [
        sum((found for month, found in months.items() if span.first <= month <= span.last), Sums())
        for span in spans
    ]
    bars = [
        plots.Bar(_short(span), found.participants, is_open=span.is_part)
        for span, found in zip(spans, sums, strict=True)
    ]
    counts = [bar.amount for bar in bars]
    return PlotPanel(
        title=gettext("Participants per year") if is_year else gettext("Participants per month"),
        lead=gettext("A dashed bar is not a whole year.")
        if is_year
        else gettext("A dashed bar is not a whole month."),
        drawn=draw(
            bars[-BARS:],
            plots.Unit.PIECES,
            say=lambda count: _sentence(spans[-count:], counts[-count:]),
        ),
        rows=[
            PlotRow(_label(span), found.participants, format_count(found.participants))
            for span, found in zip(spans, sums, strict=True)
        ],
        row_heading=gettext("Year") if is_year else gettext("Month"),
        amount_heading=gettext("Participants"),
        empty=gettext("Nobody has taken part in the period."),
    )


def _sentence(spans: Sequence[Span], counts: Sequence[int]) -> str:
    highest = counts.index(max(counts))
    sentence = gettext("Bar chart: participants, %(first)s to %(last)s. Most in %(most)s, %(count)s.")
    return sentence % {
        "first": _long(spans[0]),
        "last": _long(spans[-1]),
        "most": _long(spans[highest]),
        "count": format_count(counts[highest]),
    }


def _short(span: Span) -> str:
    return str(span.first.year) if span.is_year else month_name(span.first)


def _long(span: Span) -> str:
    return str(span.first.year) if span.is_year else date_format(span.first, "F Y")


def _label(span: Span) -> str:
    label = str(span.first.year) if span.is_year else f"{month_name(span.first)} {span.first.year}"
    return gettext("%(month)s (part of it)") % {"month": label} if span.is_part else label
