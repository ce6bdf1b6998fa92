"""When a tenant has a right to a month without rent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import FormerHousing, Household
from kvitt.modules.care_fees.rules.tenancy import LARGEST_AMOUNT

NOT_ORDINARY = _(
    "A free month is for those who come from ordinary housing: a house of their own, a rented flat or a "
    "cooperative flat. Nothing is deducted."
)
NOT_ORDINARY_CONTRACT = _(
    "The client comes from the contract %(number)s, which is not ordinary housing. Nothing is deducted."
)
ONE_STAYS = _(
    "A free month is not given to one of a couple when the other stays in the home. Nothing is deducted."
)
TWO_TENANTS = _("Two hold the contract. Choose that a couple moves in together from their common housing.")
NO_PARTNER = _(
    "No spouse or cohabitant of the client holds this contract or one that begins about the same day. "
    "Register the relation and the other's contract first, or choose another answer."
)
NO_COST = _(
    "A free month is for those who pay for the former housing the month they move in. Give the cost that "
    "the receipt shows, or do not grant the month."
)
LARGE_COST = _("A cost of more than %(most)s in a month is not taken. Check the amount.")
NOT_PROVEN = _(
    "The cost is not proven. Add the receipt or another proof as a file, or note that you have seen it."
)
NO_RENT = _("The contract has no rent when it begins, so there is nothing to deduct. Give it a rent first.")
ALREADY = _("A free month is already granted for this move, with the contract %(number)s. It is given once.")

NO_TEXT = _("The invoice text is missing. Write what the deduction is about: it is printed on the invoice.")


@dataclass(frozen=True)
class FreeMonthAnswers:
    """What is answered about a free month: `cost` in öre, whether the receipt was seen, not added."""

    former_housing: FormerHousing
    household: Household
    cost: Ore
    text: str
    is_seen: bool


@dataclass(frozen=True)
class FreeMonthFacts:
    """What a free month is decided on; `cost` and `rent` in öre.

    `came_from` and `granted_with` are numbers of contracts, empty for none: the one that the client had just
    before, and the one of the same move that has a free month already.
    """

    former_housing: FormerHousing
    household: Household
    cost: Ore
    has_proof: bool
    rent: Ore
    tenant_count: int
    has_partner: bool
    came_from: str
    granted_with: str


def check_free_month(facts: FreeMonthFacts) -> list[Problem]:
    """From ordinary housing, alone or as a couple together, with a proven cost, once for a move.

    Source: debitering-ao, page 16; spec CF-9.
    """
    found: Sequence[tuple[bool, str, str, str, dict[str, object]]] = (
        (bool(facts.granted_with), "already_granted", ALREADY, "", {"number": facts.granted_with}),
        (facts.former_housing is FormerHousing.OTHER, "not_ordinary", NOT_ORDINARY, "former_housing", {}),
        (
            bool(facts.came_from),
            "not_ordinary_contract",
            NOT_ORDINARY_CONTRACT,
            "former_housing",
            {"number": facts.came_from},
        ),
        (facts.household is Household.ONE_STAYS, "one_stays", ONE_STAYS, "household", {}),
        (
            facts.household is Household.SINGLE and facts.tenant_count > 1,
            "two_tenants",
            TWO_TENANTS,
            "household",
            {},
        ),
        (
            facts.household is Household.COUPLE and not facts.has_partner,
            "no_partner",
            NO_PARTNER,
            "household",
            {},
        ),
        (facts.cost <= 0, "no_cost", NO_COST, "cost", {}),
        (
            facts.cost > LARGEST_AMOUNT,
            "large_cost",
            LARGE_COST,
            "cost",
            {"most": format_kronor(LARGEST_AMOUNT)},
        ),
        (not facts.has_proof, "not_proven", NOT_PROVEN, "receipt", {}),
        (facts.rent <= 0, "no_rent", NO_RENT, "", {}),
    )
    return [Problem(code, text, field, values) for holds, code, text, field, values in found if holds]


def check_text(text: str) -> list[Problem]:
    """A deduction says on the invoice what it is.

    Source: debitering-ao, page 21; spec CF-13.
    """
    return [] if text.strip() else [Problem("no_text", NO_TEXT, "text")]


def calculate_deduction_month(*, billed: date, first_on: date) -> date:
    """The deduction comes on the next invoice, and never before the contract itself does.

    Source: debitering-ao, page 16; spec CF-9.
    """
    return max(billed, first_on.replace(day=1))


def is_same_move(one: date, other: date, *, days: int) -> bool:
    """Two contracts of a couple are of one move when they begin within so many days of each other.

    Source: spec CF-9.
    """
    return abs((one - other).days) <= days
