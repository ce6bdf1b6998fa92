"""Whether a couple with one of them in a care home is reckoned as two singles or as a couple."""

from dataclasses import dataclass
from decimal import Decimal

from kvitt.foundation.values.money import Ore, round_down_to_krona
from kvitt.modules.care_fees.lifecycle import FeeType


@dataclass(frozen=True)
class SpouseCharge:
    """What one of the couple could be charged (öre): the services under the cap, and what limits them.

    The capacities are None for one who has accepted the cap, which then alone limits.
    """

    capped: Ore
    cap: Ore
    single_capacity: Ore | None
    couple_capacity: Ore | None


@dataclass(frozen=True)
class HouseholdChoice:
    """Which way is better for the couple, and what both together are charged in each (öre)."""

    fee_type: FeeType
    single_sum: Ore
    couple_sum: Ore


def choose_household(one: SpouseCharge, other: SpouseCharge) -> HouseholdChoice:
    """With one of a couple in a care home the way that costs both together less is taken.

    Where both cost the same they are reckoned as a couple.
    Source: debitering-ao, page 10; spec CF-21a.
    """
    single = sum(calculate_charge(each, FeeType.SINGLE) for each in (one, other))
    couple = sum(calculate_charge(each, FeeType.COUPLE) for each in (one, other))
    better = FeeType.SINGLE if single < couple else FeeType.COUPLE
    return HouseholdChoice(better, single, couple)


def calculate_charge(spouse: SpouseCharge, fee_type: FeeType) -> Ore:
    """One is charged the services under the cap, to the lower of fee cap and fee capacity in whole kronor.

    Source: spec CF-21.
    """
    capacity = spouse.single_capacity if fee_type is FeeType.SINGLE else spouse.couple_capacity
    if capacity is None:
        return min(spouse.capped, spouse.cap)
    return min(spouse.capped, spouse.cap, round_down_to_krona(Decimal(capacity)))
