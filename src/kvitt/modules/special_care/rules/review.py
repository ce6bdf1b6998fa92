"""Quality review: which claims are held, and what may be done with those that are."""

from dataclasses import dataclass

from kvitt.foundation.values.money import Ore
from kvitt.modules.special_care.lifecycle import HoldReason

# What the random share is counted in: chance is a number from 0 up to, but not including, this.
CHANCES = 1_000


@dataclass(frozen=True)
class HoldFacts:
    """What is known of a claim that is sent in.

    `total` is in öre, `connected_days` how long its clinic has been connected, None where it never was;
    `claims_of_patient` counts the patient's claims of 30 days, this one with them.
    """

    total: Ore
    connected_days: int | None
    claims_of_patient: int


@dataclass(frozen=True)
class HoldLimits:
    """The authority's limits on the day; 0 turns a rule off. The share is of a thousand claims."""

    amount: Ore
    new_clinic_days: int
    share: int
    claims_of_patient: int


def calculate_hold(facts: HoldFacts, limits: HoldLimits, *, chance: int) -> list[HoldReason]:
    """A claim is held for every rule that it meets, and released at once when it meets none.

    It is above the amount, of a clinic in its first days, drawn by chance, or one more than a patient may
    have in 30 days. A limit of 0 holds nothing. Source: decision 0017; spec SC-22.
    """
    is_new = facts.connected_days is None or facts.connected_days < limits.new_clinic_days
    meets = {
        HoldReason.HIGH_AMOUNT: limits.amount > 0 and facts.total > limits.amount,
        HoldReason.NEW_CLINIC: limits.new_clinic_days > 0 and is_new,
        HoldReason.RANDOM: chance < limits.share,
        HoldReason.MANY_CLAIMS: limits.claims_of_patient > 0
        and facts.claims_of_patient > limits.claims_of_patient,
    }
    return [reason for reason, is_met in meets.items() if is_met]
