"""Who may correct what of a client's fee, and by how much."""

from dataclasses import dataclass

from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

NOTHING = _("The amount is 0 kr. Write what is to be added, or what is to be deducted with a minus sign.")
NO_TEXT = _("The invoice text is missing. Write what the correction is about: it is printed on the invoice.")
BY_BILLING_OFFICE = _(
    "%(service)s counts under the fee cap, and is corrected by the billing office alone: %(contact)s."
)
NO_UNIT_PRICE = _("%(service)s has no unit price, and is corrected by the billing office alone: %(contact)s.")
IS_FREE_MONTH = _("The deduction belongs to a free month, which is decided on the housing contract.")
ABOVE_LIMIT = _(
    "%(left)s is left of the fee cap in the month. Write no more than that: the fee cap cannot be passed."
)


@dataclass(frozen=True)
class NewCorrection:
    """What somebody wants to correct: a service's id, None for the rent; `amount` in öre with its sign."""

    service_id: int | None
    unit_id: int
    amount: Ore
    text: str


@dataclass(frozen=True)
class Corrected:
    """What is corrected: a service, or the rent.

    `has_unit_price`: it is charged by piece, as food baskets and lost alarm buttons, or is rent.
    """

    name: str
    is_capped: bool
    has_unit_price: bool


def check_correction(
    corrected: Corrected, *, amount: Ore, text: str, manages_billing: bool, left_of_cap: Ore, contact: str
) -> list[Problem]:
    """A correction is of something, says what, is made by who may, and keeps within the fee cap.

    `left_of_cap` is what is left of the month's fee cap (öre, never below 0).
    Source: debitering-ao, page 21; spec CF-13.
    """
    problems = _check_who(corrected, manages_billing=manages_billing, contact=contact)
    if not amount:
        problems.append(Problem("nothing", NOTHING, "amount"))
    elif corrected.is_capped and amount > left_of_cap:
        left = {"left": format_kronor(left_of_cap)}
        problems.append(Problem("above_limit", ABOVE_LIMIT, "amount", left))
    if not text.strip():
        problems.append(Problem("no_text", NO_TEXT, "text"))
    return problems


def calculate_left_of_cap(cap: Ore, charged: Ore, corrected: Ore) -> Ore:
    """What is left of the month's fee cap when its services and earlier corrections are charged (öre).

    Source: spec CF-13, CF-21.
    """
    return max(cap - max(min(charged, cap) + corrected, 0), 0)


def check_removal(
    corrected: Corrected, *, is_free_month: bool, manages_billing: bool, contact: str
) -> list[Problem]:
    """Who may not make a correction may not remove it; a free month is ended where it was decided.

    Source: spec CF-9, CF-13.
    """
    if is_free_month:
        return [Problem("is_free_month", IS_FREE_MONTH)]
    return _check_who(corrected, manages_billing=manages_billing, contact=contact)


def _check_who(corrected: Corrected, *, manages_billing: bool, contact: str) -> list[Problem]:
    if manages_billing or (corrected.has_unit_price and not corrected.is_capped):
        return []
    values = {"service": corrected.name, "contact": contact}
    if corrected.is_capped:
        return [Problem("by_billing_office", BY_BILLING_OFFICE, "service", values)]
    return [Problem("no_unit_price", NO_UNIT_PRICE, "service", values)]
