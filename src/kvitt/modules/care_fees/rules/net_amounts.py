"""What the lines of an invoice come to without VAT, where VAT is calculated of their sum."""

from collections.abc import Sequence

from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.rules.invoices import calculate_vat


def calculate_net_amounts(lines: Sequence[tuple[int, Ore]]) -> list[Ore]:
    """Return what each line comes to without VAT, from the rates and amounts of the lines.

    VAT is calculated once of the sum at a rate; the öre by which the lines' own parts differ from it go to
    the lines whose parts were rounded the most, one each. So the lines of a rate sum to what it comes to
    without VAT.
    Source: spec CF-29; docs/decisions/0028.
    """
    found = [amount for _percent, amount in lines]
    for percent in {percent for percent, _amount in lines if percent}:
        places = [place for place, (each, _amount) in enumerate(lines) if each == percent]
        whole = sum(lines[place][1] for place in places)
        left = whole - calculate_vat(whole, percent)
        # The exact part of a line is amount * 100 / (100 + percent): what is cut off orders the lines.
        divisor = 100 + percent
        parts = {place: divmod(lines[place][1] * 100, divisor) for place in places}
        left -= sum(part for part, _rest in parts.values())
        for place in sorted(places, key=lambda each: (-parts[each][1], each)):
            found[place] = parts[place][0] + (1 if left > 0 else 0)
            left -= 1 if left > 0 else 0
    return found
