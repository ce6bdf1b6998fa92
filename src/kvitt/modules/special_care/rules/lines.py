"""What must hold of the lines of a claim: dates, codes, prices, places, and what may not stand together."""

from collections.abc import Sequence
from datetime import date
from itertools import chain

from kvitt.foundation.values import dates
from kvitt.foundation.values.money import format_kronor
from kvitt.modules.special_care.rules.facts import COMMENT_LENGTH, ClaimFacts, Known, LineFacts
from kvitt.modules.special_care.rules.faults import Fault
from kvitt.registers.price_lists import rules as price_lists
from kvitt.registers.price_lists.lifecycle import CombinationScope, Pricing
from kvitt.registers.price_lists.rules import Combination, Item, Place


def check_line(
    line: LineFacts, known: Known, *, place: int = 0, before: Sequence[LineFacts] = ()
) -> list[Fault]:
    """A line is right by itself: its date, its code and price that day, tooth or jaw, the patient's age.

    Tooth surfaces are not given on claims, whatever the price list says of them. `place` is the line's in
    its claim, `before` what stands before it there. Source: fakturaportalen, page 4; spec SC-9, SC-11.
    """
    faults = _date_faults(line, known, place, before)
    if len(line.comment) > COMMENT_LENGTH:
        faults.append(Fault("comment_long", place, {"longest": COMMENT_LENGTH}))
    if line.is_fee:
        return [*faults, *_fee_faults(line, place)]
    item = known.item_of(line)
    if item is None:
        # Where the date cannot be right, the code is not judged by it.
        missing = Fault("unknown_code", place, {"code": line.code, "day": line.performed_on})
        return faults or [missing]
    return [
        *faults,
        *_price_faults(line, item, place),
        *(
            Fault(problem.code, place, problem.values)
            for problem in price_lists.check_location(line.location, item)
        ),
        *(
            Fault(f"patient_{problem.code}", place, problem.values)
            for problem in price_lists.check_age(item, born_on=known.born_on, on=line.performed_on)
        ),
    ]


def calculate_claimed_on(line: LineFacts, known: Known, *, before: Sequence[LineFacts] = ()) -> date:
    """Care that is claimed anew after a credit was claimed when it was first; a fee goes with its visit.

    Else a late exemption card would cost the clinic the care. So many lines were claimed as were credited:
    one more is claimed today.
    Source: fakturaportalen, page 5; decision 0019; spec SC-11, SC-21.
    """
    if not known.first_claimed:
        return known.today
    if line.is_fee:
        visits = [days for (_, day, _), days in known.first_claimed.items() if day == line.performed_on]
        return min([*chain.from_iterable(visits), known.today])
    earlier = known.first_claimed.get((line.code, line.performed_on, line.location), ())
    count = sum(_is_same(line, other) for other in before)
    return earlier[count] if count < len(earlier) else known.today


def check_together(claim: ClaimFacts, known: Known) -> list[Fault]:
    """There is a line; no codes stand together that may not; none stands more often than it may.

    The period of a price list is the claim; day and tooth count what else is claimed for the patient that
    day too. Source: spec SC-11, CO-14.
    """
    faults = [] if claim.lines else [Fault("no_lines")]
    for place, line in enumerate(claim.lines):
        if not line.is_fee:
            faults += _collisions(claim.lines[:place], line, known, place)
            faults += _repetitions(claim.lines[:place], line, known, place)
    return faults


def _date_faults(line: LineFacts, known: Known, place: int, before: Sequence[LineFacts]) -> list[Fault]:
    day, months = line.performed_on, known.claim_limit_months
    if day > known.today:
        return [Fault("in_future", place, {"day": day})]
    if dates.add_months(day, months) < calculate_claimed_on(line, known, before=before):
        return [Fault("too_old", place, {"day": day, "months": months})]
    if known.died_on is not None and day > known.died_on:
        return [Fault("after_death", place, {"day": day, "died_on": known.died_on})]
    return []


def _price_faults(line: LineFacts, item: Item, place: int) -> list[Fault]:
    """A price is typed at actual cost, and only there."""
    values: dict[str, object] = {"code": item.code, "day": line.performed_on}
    if item.pricing is Pricing.ACTUAL:
        if line.price is None:
            return [Fault("price_missing", place, values)]
        is_possible = 0 < line.price <= price_lists.HIGHEST_AMOUNT
        return [] if is_possible else [Fault("price_out_of_range", place, values)]
    if item.price is None:
        return [Fault("no_price", place, values)]
    if line.price is not None:
        return [Fault("price_typed", place, {**values, "price": format_kronor(item.price)})]
    return []


def _fee_faults(line: LineFacts, place: int) -> list[Fault]:
    faults = [Fault("fee_location", place)] if line.location else []
    if line.price is None:
        faults.append(Fault("fee_missing", place))
    elif line.price < 0:
        faults.append(Fault("fee_negative", place))
    elif not 0 < line.price <= price_lists.HIGHEST_AMOUNT:
        faults.append(Fault("fee_out_of_range", place))
    return faults


def _collisions(before: Sequence[LineFacts], line: LineFacts, known: Known, place: int) -> list[Fault]:
    """Tell which codes the line may not stand together with: of the claim, and of other claims that day."""
    day = known.days.get(line.performed_on)
    faults = []
    for combination, other_code in day.combinations_of.get(line.code, ()) if day else ():
        others = [*before, *known.other_lines]
        if combination.scope is CombinationScope.PERIOD:
            others = [*before]
        if any(other.code == other_code and _collide(combination, line, other) for other in others):
            values = {
                "code": line.code,
                "other": other_code,
                "day": line.performed_on,
                "location": line.location,
            }
            faults.append(Fault(f"combination_{combination.scope.value}", place, values))
    return faults


def _collide(combination: Combination, line: LineFacts, other: LineFacts) -> bool:
    return price_lists.is_collision(
        combination.scope, Place(line.performed_on, line.location), Place(other.performed_on, other.location)
    )


def _repetitions(before: Sequence[LineFacts], line: LineFacts, known: Known, place: int) -> list[Fault]:
    faults = []
    item = known.item_of(line)
    limit = item.max_per_period if item else None
    # The line that is one too many tells; those after it are told when it is gone.
    if limit is not None and sum(other.code == line.code for other in before) == limit:
        faults.append(Fault("too_many", place, {"code": line.code, "limit": limit}))
    if any(_is_same(line, other) for other in known.other_lines):
        faults.append(Fault("claimed_before", place, {"code": line.code, "day": line.performed_on}))
    return faults


def _is_same(line: LineFacts, other: LineFacts) -> bool:
    return (line.code, line.performed_on, line.location) == (other.code, other.performed_on, other.location)
