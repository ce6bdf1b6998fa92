"""The steps of a calculation in words of the reader's language."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext, override

from kvitt.foundation.values.money import format_kronor
from kvitt.modules.care_fees.lifecycle import LineKind
from kvitt.modules.care_fees.rules.cap import FACTOR_UNIT
from kvitt.modules.care_fees.rules.explanation import AMOUNTS, StepKind, choose_sentence
from kvitt.modules.care_fees.rules.fee import FeeLine

# No text of a line is longer in the table.
_LONGEST = 200
_ABSENCES = (LineKind.ABSENCE_CARE, LineKind.ABSENCE_BOARD)


def sentence(kind: str, values: Mapping[str, Any], *, sees_income: bool = True) -> str:
    """Return one step of a calculation as a sentence, empty where it tells only of income that is not seen.

    Source: spec CF-22.
    """
    words = choose_sentence(StepKind(kind), sees_income=sees_income)
    return gettext(words) % {name: _said(name, value) for name, value in values.items()} if words else ""


def month_text(month: date) -> str:
    """Return a month as a sentence says it: `oktober 2024`."""
    return date_format(month, "F Y").lower()


def line_printer() -> Callable[[FeeLine], str]:
    """Return what gives a line its text, in Swedish as invoices print it; each text is made once."""
    with override("sv"):
        rent = gettext("Rent, contract %(number)s")
        absence = gettext("Absence: %(service)s")
        difference, carried = (
            gettext("Adjustment for %(month)s: %(service)s"),
            gettext("Carried from %(month)s"),
        )

    @cache
    def brought(kind: LineKind, about: str, name: str) -> str:
        with override("sv"):
            month = month_text(date.fromisoformat(about))
        if kind is LineKind.CARRIED:
            return carried % {"month": month}
        return difference % {"month": month, "service": name}

    def printed(line: FeeLine) -> str:
        if line.about:
            return brought(line.kind, line.about, line.name)[:_LONGEST]
        if line.kind is LineKind.RENT:
            return rent % {"number": line.name}
        if line.kind in _ABSENCES:
            return absence % {"service": line.name}
        return line.text or line.name

    return printed


def _said(name: str, value: Any) -> object:  # noqa: ANN401 - what JSON knows
    if name in AMOUNTS:
        return format_kronor(value)
    if name == "factor":
        # As the law writes it: 0,5392.
        return f"{Decimal(value) / FACTOR_UNIT:.4f}".replace(".", ",")
    if name == "share":
        return _share(*value)
    if name == "month":
        return month_text(date.fromisoformat(value))
    return value


def _share(numerator: int, denominator: int) -> str:
    """Return which part of the care is cut: 50 %, or 7/30 where no whole percent says it."""
    percent, rest = divmod(numerator * 100, denominator)
    return f"{numerator}/{denominator}" if rest else f"{percent} %"
