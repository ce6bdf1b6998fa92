"""Vouchers as economy systems read them: SIE 4I, the import file of the Swedish SIE association.

Code page 437, one post a line with CRLF, texts in quotation marks, amounts in kronor with two decimals. The
same vouchers always become the same bytes.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date

from kvitt.foundation.values.identity import format_organisation_number
from kvitt.foundation.values.money import Ore
from kvitt.registers.accounting.rules import AccountStringFacts
from kvitt.settlement.rules.vouchers import Voucher, VoucherBook

CODE_PAGE = "cp437"
# The standard reserves the numbers below 20: 1 is the cost centre; ours begin there.
COST_CENTRE, ACTIVITY = "1", "20"
_DIMENSIONS = {COST_CENTRE: "Kostnadsställe", ACTIVITY: "Verksamhetskod"}
# What code page 437 has not, as near as it comes.
_NEAREST = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u2032\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        "\u2026": "...",
        "\u20ac": "EUR",
        "\u00d8": "Ö",
        "\u00f8": "ö",
        "\\": "/",
    }
)


def write_vouchers(book: VoucherBook) -> bytes:
    """Return the file of the vouchers. Source: sie; spec SC-23."""
    content = "".join(f"{line}\r\n" for line in _lines(book))
    return content.encode(CODE_PAGE)


def nearest_text(text: str) -> str:
    """Return the text as code page 437 has it: letters it has not become their nearest, controls a space.

    Source: sie; spec SC-23.
    """
    composed = unicodedata.normalize("NFC", text).translate(_NEAREST)
    nearest = "".join(_nearest(letter) for letter in composed).translate(_NEAREST)
    return " ".join(nearest.split())


def _nearest(letter: str) -> str:
    if unicodedata.category(letter).startswith(("C", "Z")):
        return " "
    if _is_known(letter):
        return letter
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if _is_known(part))
    return plain or "?"


def _is_known(letter: str) -> bool:
    try:
        letter.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return False
    return True


def _lines(book: VoucherBook) -> Iterator[str]:
    strings = {row.string for voucher in book.vouchers for row in voucher.rows}
    yield "#FLAGGA 0"
    yield f"#PROGRAM {_text('Kvitt')} {_text(book.program_version)}"
    yield "#FORMAT PC8"
    yield f"#GEN {_day(book.made_on)}"
    yield "#SIETYP 4"
    yield f"#ORGNR {format_organisation_number(book.organisation_number)}"
    yield f"#FNAMN {_text(book.name)}"
    for account in sorted({string.account for string in strings}):
        yield f"#KONTO {account} {_text(f'Konto {account}')}"
    yield from _objects(strings)
    for voucher in book.vouchers:
        yield from _voucher(voucher)


def _objects(strings: Iterable[AccountStringFacts]) -> Iterator[str]:
    """Name the dimensions that are used, and what is used of them."""
    used = sorted({each for string in strings for each in _parts(string)}, key=_object_order)
    dimensions = list(dict.fromkeys(dimension for dimension, _number in used))
    for dimension in dimensions:
        yield f"#DIM {dimension} {_text(_DIMENSIONS[dimension])}"
    for dimension, number in used:
        yield f"#OBJEKT {dimension} {_text(number)} {_text(f'{_DIMENSIONS[dimension]} {number}')}"


def _voucher(voucher: Voucher) -> Iterator[str]:
    yield f"#VER {_text(voucher.series)} {voucher.number} {_day(voucher.day)} {_text(voucher.text)}"
    yield "{"
    for row in voucher.rows:
        objects = " ".join(f"{dimension} {_text(number)}" for dimension, number in _parts(row.string))
        yield f"#TRANS {row.string.account} {{{objects}}} {_amount(row.amount)}"
    yield "}"


def _parts(string: AccountStringFacts) -> list[tuple[str, str]]:
    parts = [(COST_CENTRE, string.cost_centre), (ACTIVITY, string.activity)]
    return [(dimension, number) for dimension, number in parts if number]


def _object_order(used: tuple[str, str]) -> tuple[int, str]:
    return int(used[0]), used[1]


def _text(text: str) -> str:
    escaped = nearest_text(text).replace('"', '\\"')
    return f'"{escaped}"'


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _amount(amount: Ore) -> str:
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02}"
