"""Key figures and the plot of the start page, in words and coordinates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from kvitt.foundation.values import dates
from kvitt.foundation.values.money import Ore, format_count, format_kronor
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.queries import WaitingSums
from kvitt.portal.rules import plots
from kvitt.preauthorization.rules import AGES, calculate_age, calculate_ages
from kvitt.registers.access.rules import Actor
from kvitt.registers.listings import queries as listings

MONTHS_SHOWN, MONTHS_ON_PHONES = 12, 6
_WIDE, _NARROW = (774, 312), (326, 190)
_MONTHS = (
    _("Jan"),
    _("Feb"),
    _("Mar"),
    _("Apr"),
    _("May"),
    _("June"),
    _("July"),
    _("Aug"),
    _("Sep"),
    _("Oct"),
    _("Nov"),
    _("Dec"),
)


@dataclass(frozen=True)
class Figure:
    """One key figure: what it is, the figure, and one line that puts it in proportion."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class PlotRow:
    """One bar of the plot as a row of the table under it, its amount or count in words too."""

    label: str
    amount: int
    text: str


@dataclass(frozen=True)
class DrawnPlot:
    """A plot with the sentence that says what is to be seen in it, and the class of its width."""

    css: str
    label: str
    plot: plots.BarPlot


@dataclass(frozen=True)
class PlotPanel:
    """A plot in two widths and the same figures as a table; no plot where there is nothing to draw."""

    title: str
    lead: str
    drawn: Sequence[DrawnPlot]
    rows: Sequence[PlotRow]
    row_heading: str
    amount_heading: str
    empty: str


def first_month_needed(today: date) -> date:
    """Return the first day that the plot and the comparison of years need: January of last year."""
    return date(today.year - 1, 1, 1)


# Key figures ------------------------------------------------------------------------------------------


def billable_figure(waiting: WaitingSums) -> Figure:
    """Return what can be invoiced now, and in how many cases it lies."""
    cases = ngettext("in %(count)s needs-allowance case", "in %(count)s needs-allowance cases", waiting.cases)
    return Figure(
        gettext("Billable amount"),
        format_kronor(waiting.amount),
        cases % {"count": format_count(waiting.cases)},
    )


def requiring_figure(number: int) -> Figure:
    """Return how many procedures wait for a request for preauthorization."""
    note = ngettext("procedure", "procedures", number)
    return Figure(gettext("Requires preauthorization"), format_count(number), note)


def invoiced_figure(invoiced: Mapping[date, Ore], *, today: date) -> Figure:
    """Return what is invoiced this year, compared with the same months of last year."""
    this_year = sum(amount for month, amount in invoiced.items() if month.year == today.year)
    last_year = sum(
        amount
        for month, amount in invoiced.items()
        if month.year == today.year - 1 and month.month <= today.month
    )
    names = [gettext(_MONTHS[0]), gettext(_MONTHS[today.month - 1])]
    months = f"{'-'.join(dict.fromkeys(names))} {today.year - 1}"
    difference = this_year - last_year
    if not last_year:
        note = gettext("nothing invoiced in %(months)s")
    elif difference > 0:
        note = gettext("%(amount)s more than in %(months)s")
    elif difference < 0:
        note = gettext("%(amount)s less than in %(months)s")
    else:
        note = gettext("as much as in %(months)s")
    return Figure(
        gettext("Invoiced this year"),
        format_kronor(this_year),
        note % {"amount": format_kronor(abs(difference)), "months": months},
    )


def listed_figure(actor: Actor, *, today: date) -> Figure:
    """Return how many patients are listed today, compared with the last day of last month."""
    before = dates.day_before(today.replace(day=1))
    now = listings.listed_patients(actor, on=today).count()
    difference = now - listings.listed_patients(actor, on=before).count()
    if difference > 0:
        note = gettext("%(count)s more than last month")
    elif difference < 0:
        note = gettext("%(count)s fewer than last month")
    else:
        note = gettext("as many as last month")
    return Figure(
        gettext("Listed patients"), format_count(now), note % {"count": format_count(abs(difference))}
    )


def waiting_figure(waiting: Mapping[date, int], *, today: date) -> Figure:
    """Return how many requests await review (by the day they were sent), and how long the oldest has."""
    number = sum(waiting.values())
    days = calculate_age(min(waiting), today=today) if waiting else 0
    note = ngettext("the oldest for %(count)s day", "the oldest for %(count)s days", days)
    return Figure(
        gettext("To assess"),
        format_count(number),
        note % {"count": format_count(days)} if waiting else gettext("no request waits"),
    )


# The plots --------------------------------------------------------------------------------------------


def waiting_plot(waiting: Mapping[date, int], *, today: date) -> PlotPanel:
    """Return how many requests await review, by how many days they have done so. Source: spec CO-28."""
    counts = calculate_ages(waiting, today=today)
    labels = _ages()
    oldest = max(number for number, count in enumerate(counts) if count or not number)
    sentence = gettext(
        "Bar chart: requests that await review, by days since they were sent. %(count)s in all, the oldest "
        "in the group %(age)s."
    )
    label = sentence % {"count": format_count(sum(counts)), "age": labels[oldest]}
    bars = [plots.Bar(name, count) for name, count in zip(labels, counts, strict=True)]
    drawn = [
        DrawnPlot(
            css, label, plots.calculate_bar_plot(bars, width=width, height=height, unit=plots.Unit.PIECES)
        )
        for css, (width, height) in (("is-wide", _WIDE), ("is-narrow", _NARROW))
    ]
    return PlotPanel(
        title=gettext("Waiting decisions by age"),
        lead=gettext("Requests that await review, by days since they were sent."),
        drawn=drawn if any(counts) else [],
        rows=[PlotRow(name, count, format_count(count)) for name, count in zip(labels, counts, strict=True)],
        row_heading=gettext("Days"),
        amount_heading=gettext("Requests"),
        empty=gettext("No request awaits review."),
    )


def _ages() -> list[str]:
    """Return the groups of ages in days: `0-7`, `8-14` ... `over 28`."""
    firsts = [0, *(most + 1 for most in AGES)]
    groups = [f"{first}-{most}" for first, most in zip(firsts, AGES, strict=False)]
    return [*groups, gettext("over %(days)s") % {"days": AGES[-1]}]


def invoiced_plot(invoiced: Mapping[date, Ore], *, today: date) -> PlotPanel:
    """Return what was invoiced in each of the last twelve months; the running one is not finished."""
    this_month = today.replace(day=1)
    months = [dates.add_months(this_month, number - MONTHS_SHOWN + 1) for number in range(MONTHS_SHOWN)]
    amounts = [invoiced.get(month, 0) for month in months]
    unit = plots.calculate_unit(amounts)
    month_now = capfirst(date_format(today, "F"))
    lead = gettext("Needs allowance, %(unit)s. %(month)s is not finished.")
    drawn = [
        _drawn("is-wide", months, amounts, unit, _WIDE),
        _drawn("is-narrow", months[-MONTHS_ON_PHONES:], amounts[-MONTHS_ON_PHONES:], unit, _NARROW),
    ]
    return PlotPanel(
        title=gettext("Invoiced per month"),
        lead=lead % {"unit": gettext(unit.label), "month": month_now},
        drawn=drawn if any(amounts) else [],
        rows=[
            PlotRow(_row_label(month, is_open=month == this_month), amount, format_kronor(amount))
            for month, amount in zip(months, amounts, strict=True)
        ],
        row_heading=gettext("Month"),
        amount_heading=gettext("Invoiced in the month"),
        empty=gettext("Nothing has been invoiced in the last twelve months."),
    )


def _drawn(
    css: str, months: Sequence[date], amounts: Sequence[Ore], unit: plots.Unit, size: tuple[int, int]
) -> DrawnPlot:
    bars = [
        plots.Bar(_short(month), amount, is_open=month == months[-1])
        for month, amount in zip(months, amounts, strict=True)
    ]
    highest = amounts.index(max(amounts))
    sentence = gettext(
        "Bar chart: invoiced per month, %(first)s to %(last)s. Highest in %(month)s, %(amount)s."
    )
    values = {
        "first": date_format(months[0], "F Y"),
        "last": date_format(months[-1], "F Y"),
        "month": date_format(months[highest], "F"),
        "amount": format_kronor(amounts[highest]),
    }
    return DrawnPlot(
        css, sentence % values, plots.calculate_bar_plot(bars, width=size[0], height=size[1], unit=unit)
    )


def _short(month: date) -> str:
    return gettext(_MONTHS[month.month - 1])


def _row_label(month: date, *, is_open: bool) -> str:
    label = f"{_short(month)} {month.year}"
    return gettext("%(month)s (so far)") % {"month": label} if is_open else label
