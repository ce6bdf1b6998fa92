"""Organisation numbers, bankgiro and plusgiro are read as written and refused when wrong."""

import pytest
import stdnum.se.orgnr
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values import accounts, identity


@pytest.mark.requirement("CO-2")
@pytest.mark.parametrize(
    "text", ["556000-0019", "5560000019", "16556000-0019", "165560000019", " 556000 0019"]
)
def test_organisation_number_is_read(text):
    assert identity.check_organisation_number(text) == []
    assert identity.normalise_organisation_number(text) == "5560000019"
    assert identity.format_organisation_number("5560000019") == "556000-0019"


@pytest.mark.parametrize("text", ["232100-0040", "232100-0131"])
def test_regions_have_right_organisation_numbers(text):
    assert identity.check_organisation_number(text) == []


@pytest.mark.requirement("CO-2")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "ten digits"),
        ("556000-001", "ten digits"),
        ("556000001A", "ten digits"),
        ("17556000-0019", "ten digits"),
        ("5560000-019", "ten digits"),
        ("130205-2384", "third digit"),
        ("556000-0018", "The check digit is wrong. Check the number."),
    ],
)
def test_wrong_organisation_number_is_explained(text, words):
    (problem,) = identity.check_organisation_number(text)

    assert words in problem.message


@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_other_programs_agree_on_organisation_numbers(digits):
    expected = stdnum.se.orgnr.is_valid(digits) and digits[2] >= "2"

    assert (identity.check_organisation_number(digits) == []) == expected


@pytest.mark.requirement("CO-2")
@pytest.mark.parametrize(
    ("text", "digits", "shown"),
    [
        ("5050-1055", "50501055", "5050-1055"),
        ("50501055", "50501055", "5050-1055"),
        ("160-9908", "1609908", "160-9908"),
        (" 1609908 ", "1609908", "160-9908"),
    ],
)
def test_bankgiro_is_read(text, digits, shown):
    assert identity.check_bankgiro(text) == []
    assert identity.normalise_bankgiro(text) == digits
    assert identity.format_bankgiro(digits) == shown


@pytest.mark.requirement("CO-2")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_bankgiro"),
        ("123456", "bad_bankgiro"),
        ("5591-09140", "bad_bankgiro"),
        ("490220-1", "bad_bankgiro"),  # a plusgiro number, whose digits alone would do
        ("0050-1055", "bad_bankgiro"),
        ("5050-105A", "bad_bankgiro"),
        ("5050-1056", "wrong_check_digit"),
    ],
)
def test_wrong_bankgiro_is_explained(text, code):
    assert [problem.code for problem in identity.check_bankgiro(text)] == [code]


@pytest.mark.requirement("CO-2")
@pytest.mark.parametrize(
    ("text", "digits", "shown"),
    [
        ("490220-1", "4902201", "490220-1"),
        ("49 02 20-1", "4902201", "490220-1"),
        ("4902201", "4902201", "490220-1"),
        ("1-8", "18", "1-8"),
    ],
)
def test_plusgiro_is_read(text, digits, shown):
    assert identity.check_plusgiro(text) == []
    assert identity.normalise_plusgiro(text) == digits
    assert identity.format_plusgiro(digits) == shown


@pytest.mark.requirement("CO-2")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_plusgiro"),
        ("1", "bad_plusgiro"),
        ("0-0", "bad_plusgiro"),
        ("123456789", "bad_plusgiro"),
        ("5050-1055", "bad_plusgiro"),  # a bankgiro number, whose digits alone would do
        ("490220-2", "wrong_check_digit"),
    ],
)
def test_wrong_plusgiro_is_explained(text, code):
    assert [problem.code for problem in identity.check_plusgiro(text)] == [code]


@given(st.integers(10**5, 10**7 - 1), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_of_an_account_is_always_found(number, place, step):
    digits = f"{number}{identity.luhn_check_digit(str(number))}"
    place %= len(digits)
    wrong = f"{digits[:place]}{(int(digits[place]) + step) % 10}{digits[place + 1 :]}"

    assert identity.check_plusgiro(digits) == []
    assert identity.check_plusgiro(wrong) != []
    assert identity.check_bankgiro(wrong) != []


# Bank accounts ------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-23")
@pytest.mark.parametrize(
    ("text", "stored", "shown"),
    [
        ("8327-9, 123 456 789-0", "83279-1234567890", "8327-9, 123 456 789-0"),
        ("83279 1234567890", "83279-1234567890", "8327-9, 123 456 789-0"),
        ("8327, 1234567890", "8327-1234567890", "8327, 123 456 789 0"),
        ("6789-123 456 789", "6789-123456789", "6789, 123 456 789"),
        (" 5000 / 0583982", "5000-0583982", "5000, 058 398 2"),
        ("1200\u201312.34", "1200-1234", "1200, 123 4"),
    ],
)
def test_bank_account_is_read(text, stored, shown):
    assert accounts.check_bank_account(text) == []
    assert accounts.normalise_bank_account(text) == stored
    assert accounts.format_bank_account(stored) == shown


@pytest.mark.requirement("SC-23")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_bank_account"),
        ("8327", "bad_bank_account"),
        ("83271234567890", "bad_bank_account"),
        ("0327, 1234567", "bad_bank_account"),
        ("832, 1234567", "bad_bank_account"),
        ("6789, 12a4567", "bad_bank_account"),
        ("6789, \u0661\u0662\u0663", "bad_bank_account"),
        ("9900, 1234567", "bad_clearing"),
        ("6789-1, 1234567", "fifth_digit"),
        ("8327-8, 1234567", "wrong_fifth_digit"),
        ("6789, 1", "account_length"),
        ("6789, 12345678901", "account_length"),
    ],
)
def test_wrong_bank_account_is_explained(text, code):
    (problem,) = accounts.check_bank_account(text)

    assert problem.code == code
    assert str(problem)


@pytest.mark.requirement("SC-23")
@given(st.from_regex(r"[1-79][0-9]{3}", fullmatch=True), st.from_regex(r"[0-9]{2,10}", fullmatch=True))
def test_bank_account_survives_being_shown(clearing, number):
    stored = f"{clearing}-{number}"

    if not accounts.check_bank_account(stored):
        shown = accounts.format_bank_account(stored)
        assert accounts.check_bank_account(shown) == []
        assert accounts.normalise_bank_account(shown) == stored


@given(st.text(max_size=40))
def test_any_text_is_a_bank_account_or_explained(text):
    assert bool(accounts.check_bank_account(text)) or len(accounts.normalise_bank_account(text)) <= 16
