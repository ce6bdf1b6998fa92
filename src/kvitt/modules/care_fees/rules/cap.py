"""The highest fee that the law lets a municipality take of anybody in a month."""

from kvitt.foundation.values.money import Ore

_MONTHS, _KRONA = 12, 100
FACTOR_UNIT = 10_000


def calculate_fee_cap(price_base_amount: Ore, factor: int) -> Ore:
    """The fee cap (*maxavgift*) is a twelfth of the factor times the price base amount (öre a month).

    `factor` is in ten-thousandths. Down to whole kronor: what the law caps must not be passed.
    Source: socialtjanstlagen, chapter 8 section 5; spec CF-20, CF-21.
    """
    return price_base_amount * factor // (FACTOR_UNIT * _MONTHS * _KRONA) * _KRONA
