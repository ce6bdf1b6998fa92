"""Bar plots as plain geometry: amounts in, whole coordinates out; the template draws them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from kvitt.foundation.values import money
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.text import gettext_noop as _

_MOST_STEPS = 3  # with the base line: four lines
_TOP, _BELOW = 20, 28
_CHARACTER = 7  # how wide a digit is at 12 pixels, rounded up


class Unit(Enum):
    """What the axis of a plot counts in: so many öre, and its name; or pieces, where it counts no money."""

    PIECES = 1, _("pieces")
    KRONOR = 100, _("kronor")
    THOUSANDS = 100_000, _("thousand kronor")
    MILLIONS = 100_000_000, _("million kronor")

    def __init__(self, ore: Ore, label: str) -> None:
        """Take the pair apart."""
        self.ore = ore
        self.label = label


@dataclass(frozen=True)
class Bar:
    """What is to be drawn: a short label under the bar, its amount, whether its period is unfinished."""

    label: str
    amount: Ore
    is_open: bool = False


@dataclass(frozen=True)
class GridLine:
    """A line across the plot with its figure; the base is zero."""

    y: int
    label_y: int
    label: str
    is_base: bool


@dataclass(frozen=True)
class DrawnBar:
    """A bar in coordinates; `value` stands at it only where it is the newest or the highest."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    label: str
    is_open: bool
    value: str
    value_y: int


@dataclass(frozen=True)
class BarPlot:
    """A plot in its own coordinates, from 0,0 to width,height."""

    width: int
    height: int
    left: int
    axis_x: int
    label_y: int
    grid: tuple[GridLine, ...]
    bars: tuple[DrawnBar, ...]


def calculate_unit(amounts: Sequence[Ore]) -> Unit:
    """The axis counts so that its figures have at most four digits.

    Source: spec CO-28
    """
    largest = max(map(abs, amounts), default=0)
    return next(
        (unit for unit in (Unit.KRONOR, Unit.THOUSANDS, Unit.MILLIONS) if largest < 10_000 * unit.ore),
        Unit.MILLIONS,
    )


def calculate_figure(amount: Ore, unit: Unit) -> str:
    """A figure on the plot is the amount in the axis' unit, halves away from zero.

    Source: spec CO-28
    """
    whole = money.round_half_up(Decimal(amount) / unit.ore)
    return f"{money.MINUS if whole < 0 else ''}{money.format_count(abs(whole))}"


def calculate_step(lowest: Ore, highest: Ore, *, least: Ore = Unit.KRONOR.ore) -> Ore:
    """Grid lines stand at round figures (1, 2, 5, 10, 20, 50 ...), at most four of them with the base.

    `least` is the smallest step: a krona, or a piece. Source: spec CO-28
    """
    power = least
    while True:
        for factor in (1, 2, 5):
            step = factor * power
            if _ceiling(highest, step) - _floor(lowest, step) <= _MOST_STEPS:
                return step
        power *= 10


def calculate_bar_plot(bars: Sequence[Bar], *, width: int, height: int, unit: Unit) -> BarPlot:
    """Bars rise from zero in proportion to their amounts, and hang below it where they are negative.

    The figure stands at the newest and the highest bar. Source: spec CO-28
    """
    amounts = [bar.amount for bar in bars]
    lowest, highest = min(0, *amounts), max(0, *amounts)
    step = calculate_step(lowest, max(highest, unit.ore), least=min(unit.ore, Unit.KRONOR.ore))
    floor, ceiling = _floor(lowest, step) * step, _ceiling(max(highest, unit.ore), step) * step
    bottom = height - _BELOW

    def y_of(amount: Ore) -> int:
        return bottom - round((amount - floor) * (bottom - _TOP) / (ceiling - floor))

    grid = tuple(
        GridLine(y_of(at), y_of(at) + 4, calculate_figure(at, unit), is_base=at == 0)
        for at in range(floor, ceiling + step, step)
    )
    left = max(36, max(len(line.label) for line in grid) * _CHARACTER + 14)
    newest, best = len(bars) - 1, amounts.index(max(amounts))
    slot = Decimal(width - left) / len(bars)
    drawn = []
    for index, bar in enumerate(bars):
        middle = left + round(slot * index + slot / 2)
        bar_width = round(slot * Decimal("0.555"))
        top, end = sorted((y_of(bar.amount), y_of(0)))
        drawn.append(
            DrawnBar(
                x=middle - bar_width // 2,
                y=top,
                width=bar_width,
                height=end - top,
                middle=middle,
                label=bar.label,
                is_open=bar.is_open,
                value=calculate_figure(bar.amount, unit) if index in {newest, best} else "",
                value_y=top - 7,
            )
        )
    return BarPlot(width, height, left, left - 10, height - 8, grid, tuple(drawn))


def _floor(amount: Ore, step: Ore) -> int:
    return amount // step


def _ceiling(amount: Ore, step: Ore) -> int:
    return -(-amount // step)
