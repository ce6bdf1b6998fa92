"""What a claim comes to, and what is left of the year's amount."""

from collections import Counter
from collections.abc import Mapping

from kvitt.foundation.values.money import Ore
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules.facts import ClaimFacts, Known, LineFacts
from kvitt.registers.price_lists.lifecycle import Pricing


def calculate_price(line: LineFacts, known: Known) -> Ore:
    """A line costs what the price list says on the treatment date, or what was typed at actual cost.

    A patient fee is subtracted. What cannot be priced costs nothing until it is put right.
    Source: fakturaportalen, page 4; spec SC-9.
    """
    if line.is_fee:
        return -(line.price or 0)
    item = known.item_of(line)
    if item is None:
        return 0
    return (line.price if item.pricing is Pricing.ACTUAL else item.price) or 0


def calculate_sum(claim: ClaimFacts, known: Known) -> Ore:
    """A claim comes to its procedures less the patient fees.

    Source: fakturaportalen, page 4 (28 680 kr); spec SC-9.
    """
    return sum(calculate_price(line, known) for line in claim.lines)


def calculate_fee(claim: ClaimFacts) -> Ore:
    """The patient has paid the fees of all visits.

    Source: fakturaportalen, page 4; spec SC-9, SC-18.
    """
    return sum(line.price or 0 for line in claim.lines if line.is_fee)


def calculate_years(claim: ClaimFacts, known: Known) -> Mapping[int, Ore]:
    """What counts against the year's amount is N and F care without preauthorization, before patient fees.

    By year of treatment. Source: spec SC-4a.
    """
    years: Counter[int] = Counter()
    if claim.support is not SupportType.S and not claim.plan_number:
        for line in claim.lines:
            if not line.is_fee:
                years[line.performed_on.year] += calculate_price(line, known)
    return years


def calculate_left_of_year(claim: ClaimFacts, known: Known, *, year: int) -> Ore | None:
    """Of the year's amount is left what neither this claim nor others have taken; None where no limit is set.

    Source: spec SC-4a.
    """
    limit = known.year_limits.get(year, 0)
    if not limit:
        return None
    taken = known.year_used.get(year, 0) + calculate_years(claim, known).get(year, 0)
    return limit - taken
