"""What must hold of patient fees and of the exemption card."""

from datetime import date

from kvitt.foundation.values.money import format_kronor
from kvitt.modules.special_care.rules import money
from kvitt.modules.special_care.rules.facts import CARD_LENGTH, CardFacts, ClaimFacts, Known, LineFacts
from kvitt.modules.special_care.rules.faults import Fault
from kvitt.registers.price_lists import rules as price_lists
from kvitt.registers.price_lists.lifecycle import Pricing


def check_card(card: CardFacts | None) -> list[Fault]:
    """An exemption card has a number, and both dates in order.

    Source: fakturaportalen, page 3; spec SC-3, SC-7.
    """
    if card is None:
        return []
    faults = [] if card.number.strip() else [Fault("card_number_missing")]
    if len(card.number.strip()) > CARD_LENGTH:
        faults.append(Fault("card_number_long", values={"longest": CARD_LENGTH}))
    if card.first_on is None or card.last_on is None:
        faults.append(Fault("card_dates_missing"))
    elif card.last_on < card.first_on:
        faults.append(Fault("card_in_order", values={"first": card.first_on}))
    return faults


def check_fees(claim: ClaimFacts, known: Known) -> list[Fault]:
    """A visit has one patient fee, or an exemption card; a fee belongs to a visit.

    A visit with neither is warned about, unless the patient is so old that none is paid; so is a fee above
    the highest. Source: fakturaportalen, page 4; spec SC-3, SC-9.
    """
    visits = {line.performed_on for line in claim.lines if not line.is_fee}
    faults = []
    seen: set[date] = set()
    for place, line in enumerate(claim.lines):
        day = line.performed_on
        if not line.is_fee:
            continue
        if day not in visits:
            faults.append(Fault("fee_without_procedure", place, {"day": day}))
        if day in seen:
            faults.append(Fault("fee_twice", place, {"day": day}))
        if _is_card_valid(claim.card, day):
            faults.append(Fault("fee_and_card", place, {"day": day}))
        known_day = known.days.get(day)
        if known_day and (line.price or 0) > known_day.highest_fee:
            values = {"day": day, "highest": format_kronor(known_day.highest_fee)}
            faults.append(Fault("fee_above_highest", place, values))
        seen.add(day)
    return [*faults, *_visits_without_fee(claim, known, seen), *_fees_above_prices(claim, known)]


def _visits_without_fee(claim: ClaimFacts, known: Known, paid: set[date]) -> list[Fault]:
    """Tell each visit without fee and card, by its first procedure."""
    told = paid | {line.performed_on for line in known.other_lines if line.is_fee}
    faults = []
    for place, line in enumerate(claim.lines):
        day = line.performed_on
        if day not in told and not _is_card_valid(claim.card, day) and not _is_fee_free(known, day):
            faults.append(Fault("no_fee", place, {"day": day}))
        told.add(day)
    return faults


def _fees_above_prices(claim: ClaimFacts, known: Known) -> list[Fault]:
    """A claim that comes to less than nothing is not paid by anybody, also where a code costs 0 kr.

    Judged when every price and fee is known and possible: another fault is told else.
    """
    procedures = [line for line in claim.lines if not line.is_fee]
    fees = [line.price or 0 for line in claim.lines if line.is_fee]
    is_priced = bool(procedures) and all(_is_priced(line, known) for line in procedures)
    is_possible = all(fee <= price_lists.HIGHEST_AMOUNT for fee in fees)
    is_below = money.calculate_sum(claim, known) < 0
    return [Fault("fee_above_prices")] if is_priced and is_possible and is_below else []


def _is_priced(line: LineFacts, known: Known) -> bool:
    item = known.item_of(line)
    if item is None:
        return False
    return (line.price if item.pricing is Pricing.ACTUAL else item.price) is not None


def _is_card_valid(card: CardFacts | None, day: date) -> bool:
    if card is None or card.first_on is None or card.last_on is None:
        return False
    return card.first_on <= day <= card.last_on


def _is_fee_free(known: Known, day: date) -> bool:
    known_day = known.days.get(day)
    if known.born_on is None or known_day is None:
        return False
    return price_lists.calculate_age(known.born_on, on=day) >= known_day.fee_free_from_age
