"""The vouchers of a month in SIE 4I: an independent reader finds again what was booked."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.registers.accounting.rules import AccountStringFacts
from kvitt.settlement.exchange import sie
from kvitt.settlement.rules.vouchers import Voucher, VoucherBook, VoucherRow
from tests.settlement import sie_reader

DAY = dt.date(2024, 11, 20)
COST = AccountStringFacts("5623", "1300", "47")
DEBT, BANK = AccountStringFacts("2441"), AccountStringFacts("1940")
pytestmark = pytest.mark.requirement("SC-23")

STRINGS = st.builds(
    AccountStringFacts,
    st.from_regex(r"[0-9]{4,10}", fullmatch=True),
    st.from_regex(r"[0-9A-Za-zÅÄÖåäö-]{0,20}", fullmatch=True),
    st.from_regex(r"[0-9A-Za-zÅÄÖåäö-]{0,20}", fullmatch=True),
)


@st.composite
def vouchers(draw):
    amounts = draw(st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=4))
    amounts = [*amounts, -sum(amounts)] if sum(amounts) else [*amounts, 5, -5]
    rows = tuple(VoucherRow(draw(STRINGS), amount) for amount in amounts)
    day = draw(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
    return Voucher(draw(st.sampled_from("AU")), draw(st.integers(1, 10**6)), day, draw(st.text()), rows)


def book(*listed, name="Region Exempel"):
    return VoucherBook("2321000040", name, dt.date(2024, 12, 1), "0.6.0", listed)


def test_example_is_written_byte_by_byte():
    """A claim of the seed, attested and paid."""
    attested = Voucher(
        *("A", 17, DAY, "Särskild tandvård, 1111 Ekens Tandvård AB"),
        (VoucherRow(COST, 28_680_00), VoucherRow(DEBT, -28_680_00)),
    )
    paid = Voucher(
        *("U", 1, DAY, 'Utbetalning KVITT-12-1 – "Eken"'),
        (VoucherRow(DEBT, 28_680_00), VoucherRow(BANK, -28_680_00)),
    )

    content = sie.write_vouchers(book(attested, paid))

    assert content.decode("cp437").split("\r\n") == [
        "#FLAGGA 0",
        '#PROGRAM "Kvitt" "0.6.0"',
        "#FORMAT PC8",
        "#GEN 20241201",
        "#SIETYP 4",
        "#ORGNR 232100-0040",
        '#FNAMN "Region Exempel"',
        '#KONTO 1940 "Konto 1940"',
        '#KONTO 2441 "Konto 2441"',
        '#KONTO 5623 "Konto 5623"',
        '#DIM 1 "Kostnadsställe"',
        '#DIM 20 "Verksamhetskod"',
        '#OBJEKT 1 "1300" "Kostnadsställe 1300"',
        '#OBJEKT 20 "47" "Verksamhetskod 47"',
        '#VER "A" 17 20241120 "Särskild tandvård, 1111 Ekens Tandvård AB"',
        "{",
        '#TRANS 5623 {1 "1300" 20 "47"} 28680.00',
        "#TRANS 2441 {} -28680.00",
        "}",
        '#VER "U" 1 20241120 "Utbetalning KVITT-12-1 - \\"Eken\\""',
        "{",
        "#TRANS 2441 {} 28680.00",
        "#TRANS 1940 {} -28680.00",
        "}",
        "",
    ]
    assert b"S\x84rskild tandv\x86rd" in content


@given(listed=st.lists(vouchers(), max_size=5), name=st.text())
def test_reader_finds_again_what_was_written(listed, name):
    content = sie.write_vouchers(book(*listed, name=name))

    found = sie_reader.read(content)

    assert content == sie.write_vouchers(book(*listed, name=name))
    assert found.posts["#SIETYP"] == ["4"]
    assert found.posts["#FORMAT"] == ["PC8"]
    assert [voucher[:3] for voucher in found.vouchers] == [
        (voucher.series, voucher.number, voucher.day) for voucher in listed
    ]
    for (*_head, rows), voucher in zip(found.vouchers, listed, strict=True):
        assert sum(amount for _account, _objects, amount in rows) == 0
        assert [(account, amount) for account, _objects, amount in rows] == [
            (row.string.account, Decimal(row.amount) / 100) for row in voucher.rows
        ]
        assert [(objects.get("1", ""), objects.get("20", "")) for _account, objects, _amount in rows] == [
            (row.string.cost_centre, row.string.activity) for row in voucher.rows
        ]


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("Åkes Tandläkeri é & Söner", "Åkes Tandläkeri é & Söner"),
        ("a\u2013b \u2014 c", "a-b - c"),
        ("Šárka Ødegård", "Sárka Ödegård"),
        ("rad\r\nbyte\t\x00slut\u00a0hit", "rad byte slut hit"),
        ("A\u030angstro\u0308m", "Ångström"),
        ("\\#VER", "/#VER"),
        ("\uff02\uff3c", '"/'),
        ("\u4e2d\u6587", "??"),
        ("10 \u20ac\u2026", "10 EUR..."),
    ],
)
def test_characters_outside_the_code_page_become_their_nearest(text, nearest):
    assert sie.nearest_text(text) == nearest
