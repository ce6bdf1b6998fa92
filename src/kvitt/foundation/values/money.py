"""Money is whole öre; kronor exist only where people and files read and write."""

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

# Every amount in the program is a whole number of öre.
Ore = int

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
_AMOUNT = re.compile(r"^([+-]?)(\d+)(?:[.,](\d{1,2}))?$")


def format_kronor(amount: Ore) -> str:
    """Return the amount as people read it: `5 025 kr`, `−5 000 kr`, `12,50 kr` (öre only where any)."""
    kronor, ore = divmod(abs(amount), 100)
    whole = f"{kronor:,}".replace(",", NO_BREAK_SPACE)
    fraction = f",{ore:02d}" if ore else ""
    return f"{MINUS if amount < 0 else ''}{whole}{fraction}{NO_BREAK_SPACE}kr"


def format_count(number: int) -> str:
    """Return a whole number with no-break spaces between thousands: `1 842`."""
    return f"{number:,}".replace(",", NO_BREAK_SPACE)


def parse_kronor(text: str) -> Ore:
    """Return the öre of an amount typed in kronor, with comma or point and at most two decimals.

    Raises ValueError for anything else.
    """
    compact = re.sub(r"[\s\u00a0]|kr$", "", text.strip().lower()).replace(MINUS, "-")
    match = _AMOUNT.match(compact)
    if match is None:
        msg = f"not an amount in kronor: {text!r}"
        raise ValueError(msg)
    sign, kronor, decimals = match.groups()
    amount = int(kronor) * 100 + int((decimals or "0").ljust(2, "0"))
    return -amount if sign == "-" else amount


def round_half_up(amount: Decimal) -> Ore:
    """Return whole öre from a calculated amount in öre, halves away from zero."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def divide_half_up(numerator: int, denominator: int) -> Ore:
    """Return whole öre of a fraction, halves away from zero, without leaving whole numbers."""
    if numerator < 0:
        return -divide_half_up(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def round_down_to_krona(amount: Decimal) -> Ore:
    """Return whole öre from an amount in öre, rounded towards zero to a whole krona."""
    return int((amount / 100).quantize(Decimal(1), rounding=ROUND_DOWN)) * 100
