"""Where a billing run stands in its five steps, and the bars of what differs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.text import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kvitt.modules.care_fees.rules.runs import Tally

SELECTION, CALCULATE, JOURNAL, APPROVE = _("Selection"), _("Calculate"), _("Billing journal"), _("Approve")
MEND = _("Mend faults")

# The bars stand in a drawing of 120 by 16, on both sides of its middle.
_MIDDLE, _LONGEST = 60, 54
_TOP, _HEIGHT = 3, 10


@dataclass(frozen=True)
class RunStep:
    """A step of the run; `count` is how many faults there are to mend."""

    label: str
    is_done: bool = False
    is_current: bool = False
    count: int = 0

    @property
    def icon(self) -> str:
        """The icon of how far it has come."""
        if self.is_done:
            return "circle-check"
        return "circle-alert" if self.is_current and self.count else "circle"


def plan_steps(tally: "Tally", *, has_opened_journal: bool, is_running: bool) -> "Sequence[RunStep]":
    """Return the steps of a run: the first that is not done is the one to take now.

    Source: debitering-ao, pages 29-39; spec CF-24, CF-25, CF-27, CF-28.
    """
    is_calculated = tally.red == tally.faulty and not is_running
    is_mended = is_calculated and not tally.red
    done = (
        (SELECTION, True, 0),
        (CALCULATE, is_calculated, 0),
        (MEND, is_mended, tally.faulty),
        (JOURNAL, is_mended and has_opened_journal, 0),
        (APPROVE, is_mended and not tally.yellow, 0),
    )
    current = next((label for label, is_done, _count in done if not is_done), None)
    return [RunStep(label, is_done, label == current, count) for label, is_done, count in done]


@dataclass(frozen=True)
class Bar:
    """A difference as a bar: right and filled where it is more, left and outlined where it is less."""

    css: str
    x: str
    y: str
    width: str
    height: str


def draw_bar(difference: Ore, widest: Ore) -> Bar:
    """Return the bar of a difference; the largest one takes the whole side.

    Source: debitering-ao, page 35; spec CF-27.
    """
    length = _LONGEST * abs(difference) / widest if widest else 0
    if difference >= 0:
        return Bar("up", str(_MIDDLE), str(_TOP), f"{length:.1f}", str(_HEIGHT))
    return Bar(
        "down", f"{_MIDDLE - length:.1f}", f"{_TOP + 0.6:.1f}", f"{length:.1f}", f"{_HEIGHT - 1.2:.1f}"
    )
