"""Key figures and plots as pages show them: in words, in two widths, and as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from kvitt.foundation.values import plots
from kvitt.foundation.values.text import gettext_noop as _

BARS, BARS_ON_PHONES = 12, 6
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
    """One key figure: what it is, the figure, and one line that puts it in proportion; `url` shows more."""

    label: str
    value: str
    note: str
    url: str = ""


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


def draw(
    bars: Sequence[plots.Bar],
    unit: plots.Unit,
    *,
    say: Callable[[int], str],
    on_phones: int = BARS_ON_PHONES,
) -> list[DrawnPlot]:
    """Draw the bars for wide pages, and the last of them for phones; nothing where every bar is zero.

    `say` gets how many of the last bars are drawn and answers with the sentence about them.
    """
    if not any(bar.amount for bar in bars):
        return []
    drawn = []
    for css, (width, height), most in (("is-wide", _WIDE, len(bars)), ("is-narrow", _NARROW, on_phones)):
        shown = bars[-most:]
        plot = plots.calculate_bar_plot(shown, width=width, height=height, unit=unit)
        drawn.append(DrawnPlot(css, say(len(shown)), plot))
    return drawn


def month_name(month: date) -> str:
    """Return the short name under a bar: `Nov`."""
    return gettext(_MONTHS[month.month - 1])


def month_label(month: date, *, is_open: bool) -> str:
    """Return the month as a row of the table under a plot is called: `Nov 2024 (so far)`."""
    label = f"{month_name(month)} {month.year}"
    return gettext("%(month)s (so far)") % {"month": label} if is_open else label
