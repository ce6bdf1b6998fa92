"""Key figures and the plot of the start page, in words and coordinates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from kvitt.foundation.figures import BARS, Figure, PlotPanel, PlotRow, draw, month_label, month_name
from kvitt.foundation.values import dates, plots
from kvitt.foundation.values.money import Ore, format_count, format_kronor
from kvitt.ledger.lifecycle import LineStatus
from kvitt.ledger.queries import WaitingSums
from kvitt.modules.population_health.queries.statistics import Sums
from kvitt.preauthorization.rules import AGES, calculate_age, calculate_ages
from kvitt.registers.access.rules import Actor
from kvitt.registers.listings import queries as listings
from kvitt.registers.organisations.lifecycle import Scheme


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
    names = [month_name(today.replace(month=1, day=1)), month_name(today)]
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


def activities_figure(sums: Sums, *, today: date) -> Figure:
    """Return how many activities there are in the running month, with who took part in them."""
    participants = ngettext("%(count)s participant", "%(count)s participants", sums.participants)
    month = {"first_on": str(today.replace(day=1)), "last_on": str(dates.last_day_of_month(today))}
    return Figure(
        gettext("Activities this month"),
        format_count(sums.activities),
        participants % {"count": format_count(sums.participants)},
        f"{reverse('population_health:statistics')}?{urlencode(month)}",
    )


def reported_figure(waiting: WaitingSums) -> Figure:
    """Return what is reported in activities and not yet invoiced, and in how many of them it lies."""
    activities = ngettext("in %(count)s activity", "in %(count)s activities", waiting.cases)
    return Figure(
        gettext("Reported, not invoiced"),
        format_kronor(waiting.amount),
        activities % {"count": format_count(waiting.cases)},
        f"{reverse('population_health:search_activities')}?status={LineStatus.APPROVED.value}",
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


@dataclass(frozen=True)
class AgesText:
    """The words of a plot of what waits; `sentence` takes a `count`, and the `age` of the oldest."""

    title: str
    lead: str
    sentence: str
    heading: str
    empty: str


def waiting_plot(waiting: Mapping[date, int], *, today: date) -> PlotPanel:
    """Return how many requests await review, by how many days they have done so. Source: spec CO-28."""
    text = AgesText(
        title=gettext("Waiting decisions by age"),
        lead=gettext("Requests that await review, by days since they were sent."),
        sentence=gettext(
            "Bar chart: requests that await review, by days since they were sent. %(count)s in all, the "
            "oldest in the group %(age)s."
        ),
        heading=gettext("Requests"),
        empty=gettext("No request awaits review."),
    )
    return ages_plot(waiting, text, today=today)


def ages_plot(waiting: Mapping[date, int], text: AgesText, *, today: date) -> PlotPanel:
    """Return how much waits (by the day it was sent), by how many days it has done so. Source: spec CO-28."""
    counts = calculate_ages(waiting, today=today)
    labels = _ages()
    oldest = max(number for number, count in enumerate(counts) if count or not number)
    label = text.sentence % {"count": format_count(sum(counts)), "age": labels[oldest]}
    bars = [plots.Bar(name, count) for name, count in zip(labels, counts, strict=True)]
    return PlotPanel(
        title=text.title,
        lead=text.lead,
        drawn=draw(bars, plots.Unit.PIECES, say=lambda _count: label, on_phones=len(bars)),
        rows=[PlotRow(name, count, format_count(count)) for name, count in zip(labels, counts, strict=True)],
        row_heading=gettext("Days"),
        amount_heading=text.heading,
        empty=text.empty,
    )


def _ages() -> list[str]:
    """Return the groups of ages in days: `0-7`, `8-14` ... `over 28`."""
    firsts = [0, *(most + 1 for most in AGES)]
    groups = [f"{first}-{most}" for first, most in zip(firsts, AGES, strict=False)]
    return [*groups, gettext("over %(days)s") % {"days": AGES[-1]}]


def invoiced_plot(invoiced: Mapping[date, Ore], *, modules: Sequence[str], today: date) -> PlotPanel:
    """Return what was invoiced in each of the last twelve months; the running one is not finished.

    `modules` are those whose invoices the reader handles.
    """
    this_month = today.replace(day=1)
    months = [dates.add_months(this_month, number - BARS + 1) for number in range(BARS)]
    amounts = [invoiced.get(month, 0) for month in months]
    unit = plots.calculate_unit(amounts)
    bars = [
        plots.Bar(month_name(month), amount, is_open=month == this_month)
        for month, amount in zip(months, amounts, strict=True)
    ]
    lead = gettext("%(modules)s, %(unit)s. %(month)s is not finished.")
    names = [gettext(Scheme(module).label) for module in modules]
    return PlotPanel(
        title=gettext("Invoiced per month"),
        lead=lead
        % {
            "modules": capfirst(", ".join([names[0], *(name.lower() for name in names[1:])])),
            "unit": gettext(unit.label),
            "month": capfirst(date_format(today, "F")),
        },
        drawn=draw(bars, unit, say=lambda count: _invoiced_sentence(months[-count:], amounts[-count:])),
        rows=[
            PlotRow(month_label(month, is_open=month == this_month), amount, format_kronor(amount))
            for month, amount in zip(months, amounts, strict=True)
        ],
        row_heading=gettext("Month"),
        amount_heading=gettext("Invoiced in the month"),
        empty=gettext("Nothing has been invoiced in the last twelve months."),
    )


def _invoiced_sentence(months: Sequence[date], amounts: Sequence[Ore]) -> str:
    highest = amounts.index(max(amounts))
    sentence = gettext(
        "Bar chart: invoiced per month, %(first)s to %(last)s. Highest in %(month)s, %(amount)s."
    )
    return sentence % {
        "first": date_format(months[0], "F Y"),
        "last": date_format(months[-1], "F Y"),
        "month": date_format(months[highest], "F"),
        "amount": format_kronor(amounts[highest]),
    }
