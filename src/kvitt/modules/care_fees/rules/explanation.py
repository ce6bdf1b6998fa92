"""The steps of a calculation: which sentence each is, with the raw values that fill it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class StepKind(Labelled):
    """One kind of step; its label is the sentence that says it. Source: spec CF-22."""

    CAP = (
        "cap",
        _("Fee cap: %(factor)s times the price base amount %(base)s, by twelve, in whole kronor: %(cap)s."),
    )
    RESERVED = (
        "reserved",
        _("Reserved amount: %(factor)s times the price base amount %(base)s, by twelve: %(reserved)s."),
    )
    ADJUSTED = "adjusted", _("The reserved amount is changed for the client by %(amount)s: %(reserved)s.")
    COUPLE = (
        "couple",
        _("The couple's incomes are added and halved: %(income)s; so are their housing costs: %(housing)s."),
    )
    AS_SINGLES = (
        "as_singles",
        _(
            "One of the couple lives in a care home. Reckoned as a couple they pay %(couple)s together, as "
            "singles %(single)s: as singles is better for them."
        ),
    )
    AS_COUPLE = (
        "as_couple",
        _(
            "One of the couple lives in a care home. Reckoned as singles they pay %(single)s together, as a "
            "couple %(couple)s: they are reckoned as a couple."
        ),
    )
    CAPACITY = (
        "capacity",
        _(
            "Fee capacity: income %(income)s less housing %(housing)s and reserved amount %(reserved)s: "
            "%(capacity)s."
        ),
    )
    SHARE = "share", _("Of the fee capacity %(percent)s percent is used: %(capacity)s.")
    LIMIT_BY_CAP = "limit_by_cap", _("The fee cap limits what is charged: %(limit)s.")
    LIMIT_BY_CAPACITY = (
        "limit_by_capacity",
        _("The fee capacity limits what is charged, in whole kronor: %(limit)s."),
    )
    ACCEPTED = "accepted", _("The fee cap is accepted, so it alone limits what is charged: %(limit)s.")
    DIED = "died", _("The client died on %(date)s: services are charged to that day.")
    PART = (
        "part",
        _("%(service)s is granted %(days)s days of the month, and costs %(amount)s of %(monthly)s."),
    )
    TIME = "time", _("%(service)s: %(minutes)s minutes at %(price)s an hour: %(amount)s.")
    CHARGED = (
        "charged",
        _("%(service)s costs %(monthly)s and %(amount)s of it is charged; %(left)s is left of the limit."),
    )
    CARE_DEDUCTION = (
        "care_deduction",
        _("Absence cuts the care that is charged, %(care)s, by %(share)s: %(amount)s."),
    )
    BOARD = "board", _("%(service)s costs %(amount)s.")
    BOARD_DEDUCTION = (
        "board_deduction",
        _("Absence cuts the board by %(days)s days at %(day)s, at most %(board)s: %(amount)s."),
    )
    RENT = "rent", _("Rent of the month: %(amount)s.")
    SHARED_RENT = "shared_rent", _("Rent of the month: %(amount)s, the client's part of %(rent)s.")
    PRODUCT = "product", _("%(product)s: %(count)s at %(price)s: %(amount)s.")
    CORRECTION = "correction", _("Correction, %(text)s: %(amount)s.")
    CAPPED_CORRECTION = (
        "capped_correction",
        _("Correction, %(text)s: %(amount)s of %(whole)s, for the fee cap is %(cap)s."),
    )
    DIFFERENCE = (
        "difference",
        _("%(month)s was billed with %(before)s and is %(after)s by what is known now: %(amount)s."),
    )
    CARRIED = "carried", _("%(amount)s of %(month)s was too little to invoice, and comes now.")
    TOO_LITTLE = (
        "too_little",
        _("The sum, %(amount)s, is below the smallest invoice, %(smallest)s: it is carried to next month."),
    )


# Which values are amounts in öre; the others are said as they are, or in a way of their own.
AMOUNTS = frozenset(
    {
        *("amount", "base", "before", "after", "board", "cap", "capacity", "care", "couple", "day"),
        *("housing", "income", "left", "limit", "monthly", "price", "rent", "reserved", "single"),
        *("smallest", "whole"),
    }
)


# What a step says to who may not see what a client earns; nothing where all of it tells that.
_WITHOUT_INCOME: Mapping[StepKind, str] = {
    **dict.fromkeys(
        (StepKind.ADJUSTED, StepKind.COUPLE, StepKind.AS_SINGLES, StepKind.AS_COUPLE, StepKind.CAPACITY), ""
    ),
    StepKind.SHARE: "",
    StepKind.LIMIT_BY_CAPACITY: _(
        "The fee capacity limits what is charged. What it is only the fee officer and the billing office see."
    ),
    # What is left of the capacity tells what it is.
    StepKind.CHARGED: _("%(service)s costs %(monthly)s and %(amount)s of it is charged."),
}


def choose_sentence(kind: StepKind, *, sees_income: bool) -> str:
    """A step says what a client earns only to who may see that; empty where nothing else is left of it.

    Source: spec CO-4, CF-20, CF-22.
    """
    return kind.label if sees_income else _WITHOUT_INCOME.get(kind, kind.label)


class Step(NamedTuple):
    """One step: its kind, and raw values (öre, ten-thousandths, days as text) that JSON knows.

    A tuple, for a run makes millions of them.
    """

    kind: StepKind
    values: Mapping[str, Any]
