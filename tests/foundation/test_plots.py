"""Bar plots as geometry: what is drawn says the same as the table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values import plots

YEAR = [62_400, 58_150, 71_900, 24_300, 49_850, 83_200, 96_750, 88_100, 45_600, 101_300, 112_480, 78_940]
AMOUNTS = st.lists(st.integers(min_value=-10_000_000_000, max_value=50_000_000_000), min_size=1, max_size=24)


def drawn(kronor, width=774, height=312):
    bars = [plots.Bar(str(index), amount * 100) for index, amount in enumerate(kronor)]
    unit = plots.calculate_unit([bar.amount for bar in bars])
    return plots.calculate_bar_plot(bars, width=width, height=height, unit=unit)


def test_figures_stand_at_the_newest_and_the_highest_bar():
    plot = drawn(YEAR)

    assert [bar.value for bar in plot.bars if bar.value] == ["112", "79"]


def test_grid_of_the_design_has_four_lines():
    plot = drawn(YEAR)

    assert [(line.label, line.y) for line in plot.grid] == [
        ("0", 284),
        ("50", 196),
        ("100", 108),
        ("150", 20),
    ]


def test_negative_month_hangs_below_zero():
    plot = drawn([8_000, -50_000])

    base = next(line for line in plot.grid if line.is_base)
    assert plot.bars[0].y + plot.bars[0].height == base.y
    assert plot.bars[1].y == base.y
    assert plot.bars[1].value == "−50"


@pytest.mark.parametrize(
    ("kronor", "unit"),
    [(9_999, plots.Unit.KRONOR), (10_000, plots.Unit.THOUSANDS), (-10_000_000, plots.Unit.MILLIONS)],
)
def test_axis_counts_with_at_most_four_digits(kronor, unit):
    assert plots.calculate_unit([kronor * 100]) is unit


def test_nothing_at_all_is_drawn_as_a_flat_line():
    plot = drawn([0, 0, 0])

    assert {bar.height for bar in plot.bars} == {0}


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8))
def test_counts_stand_at_whole_figures(counts):
    bars = [plots.Bar("", count) for count in counts]

    plot = plots.calculate_bar_plot(bars, width=774, height=312, unit=plots.Unit.PIECES)

    assert len({line.label for line in plot.grid}) == len(plot.grid) <= 4
    assert int(plot.grid[-1].label) >= max(counts)


@given(AMOUNTS)
def test_grid_has_at_most_four_lines_with_different_figures(amounts):
    unit = plots.calculate_unit(amounts)

    plot = plots.calculate_bar_plot(
        [plots.Bar("", amount) for amount in amounts], width=774, height=312, unit=unit
    )

    labels = [line.label for line in plot.grid]
    assert len(labels) <= 4
    assert len(set(labels)) == len(labels)
    assert [line.is_base for line in plot.grid].count(True) == 1


@given(AMOUNTS)
def test_every_bar_stands_inside_the_plot_and_in_proportion(amounts):
    unit = plots.calculate_unit(amounts)

    plot = plots.calculate_bar_plot(
        [plots.Bar("", amount) for amount in amounts], width=774, height=312, unit=unit
    )

    base = next(line.y for line in plot.grid if line.is_base)
    tallest = max(bar.height for bar in plot.bars)
    for bar, amount in zip(plot.bars, amounts, strict=True):
        assert plot.left <= bar.x
        assert bar.x + bar.width <= plot.width
        assert 20 <= bar.y <= bar.y + bar.height <= 284
        assert base in {bar.y, bar.y + bar.height}
        expected = abs(amount) * tallest / max(map(abs, amounts)) if tallest else 0
        assert bar.height == pytest.approx(expected, abs=1.5)
