"""Numbers of people and organisations are read as written and refused when wrong."""

import datetime as dt

import pytest
import stdnum.luhn
import stdnum.se.orgnr
import stdnum.se.personnummer
from hypothesis import assume, given
from hypothesis import strategies as st
from personnummer import personnummer as oracle

from kvitt.foundation.values import identity
from kvitt.foundation.values.identity import IdentityKind, IdentityNumber

TODAY = dt.date(2025, 3, 20)

# Numbers that Skatteverket publishes for tests
TOVA = "201302052384"
TEST_NUMBERS = [
    "20130205-2384",
    "20130310-2394",
    "20130401-2394",
    "20130510-2384",
    "20130712-2398",
    "20130820-2389",
    "20131014-2391",
    "20140103-2394",
    "20140206-2390",
    "20140315-2380",
    "20140406-2380",
]


def read(text, today=TODAY, **patterns):
    return [number.digits for number in identity.parse_identity_number(text, today, **patterns)]


def codes(text, today=TODAY, **patterns):
    return [problem.code for problem in identity.check_identity_number(text, today, **patterns)]


def made_up(born, serial=238, *, coordination=False):
    """A number made up for the property tests: a date, a serial number, its check digit."""
    day = born.day + (60 if coordination else 0)
    digits = f"{born:%Y%m}{day:02}{serial:03}"
    return digits + identity.luhn_check_digit(digits[2:])


births = st.dates(dt.date(1900, 1, 1), TODAY)
serials = st.integers(1, 999)


# Ways to write a number ---------------------------------------------------------------------------


@pytest.mark.requirement("CO-8")
@pytest.mark.parametrize("number", TEST_NUMBERS)
def test_test_numbers_are_personal_numbers(number):
    (found,) = identity.parse_identity_number(number, TODAY)

    assert found == IdentityNumber(number.replace("-", ""), IdentityKind.PERSONAL)
    assert str(found) == number


@pytest.mark.requirement("CO-8")
@pytest.mark.parametrize(
    "text",
    [
        "201302052384",
        "20130205-2384",
        "130205-2384",
        " 130205 - 2384 ",
        "2013 02 05 2384",
        "20130205\u20132384",  # a dash pasted from a letter
        "20130205\u00a02384",
        "20130205+2384",  # the century rules
    ],
)
def test_number_is_read_with_or_without_century_dash_and_spaces(text):
    assert read(text) == [TOVA]


@pytest.mark.requirement("CO-8")
def test_minus_is_a_person_under_a_hundred_and_plus_one_from_a_hundred():
    assert read("130205-2384") == ["201302052384"]
    assert read("130205+2384") == ["191302052384"]


@pytest.mark.requirement("CO-8")
def test_ten_digits_without_sign_may_be_two_persons():
    assert read("1302052384") == ["201302052384", "191302052384"]
    assert codes("1302052384") == []


def test_ten_digits_without_sign_are_one_person_where_the_other_would_be_too_old():
    born_1950 = made_up(dt.date(1950, 6, 1))

    assert read(born_1950[2:]) == [born_1950]


def test_sign_changes_with_the_year_a_person_turns_a_hundred():
    born = dt.date(1925, 12, 24)
    number = made_up(born)
    short = f"{number[2:8]}{{}}{number[8:]}"

    assert read(short.format("-"), dt.date(2024, 12, 31)) == [number]
    assert read(short.format("+"), dt.date(2024, 12, 31)) != [number]
    assert read(short.format("+"), dt.date(2025, 1, 1)) == [number]
    # until the birthday the dash can mean nobody else, so it is taken too
    assert read(short.format("-"), dt.date(2025, 12, 23)) == [number]
    assert read(short.format("-"), dt.date(2025, 12, 24)) == [made_up(dt.date(2025, 12, 24))]
    assert read(short.format(""), dt.date(2025, 12, 23)) == [number]


def test_ten_digits_that_can_only_be_a_date_to_come_are_refused_for_that():
    today = dt.date(2000, 1, 15)
    leap_day = made_up(dt.date(2000, 2, 29))  # 1900 had none

    assert read(f"{leap_day[2:8]}-{leap_day[8:]}", today) == []
    assert codes(f"{leap_day[2:8]}-{leap_day[8:]}", today) == ["date_in_future"]


@pytest.mark.requirement("CO-8")
def test_coordination_number_has_sixty_added_to_the_day():
    number = made_up(dt.date(2013, 2, 5), coordination=True)

    assert number[6:8] == "65"
    assert identity.parse_identity_number(number, TODAY) == (
        IdentityNumber(number, IdentityKind.COORDINATION),
    )
    assert read(f"{number[2:8]}-{number[8:]}") == [number]
    assert identity.birth_date(number) == dt.date(2013, 2, 5)


@pytest.mark.requirement("CO-8")
def test_number_is_shown_with_century_and_dash():
    assert identity.format_identity_number(TOVA) == "20130205-2384"
    assert identity.format_identity_number("19810829M071") == "19810829-M071"


# What is wrong ------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-8", "CO-33")
@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "no_number", "Give a personal identity number"),
        ("  ", "no_number", "Give a personal identity number"),
        ("20130205-238", "too_few_digits", "Too few digits: 11"),
        ("130205", "too_few_digits", "Too few digits: 6"),
        ("20130205-23845", "too_many_digits", "Too many digits: 13"),
        ("20130205-238A", "letters", "has digits only"),
        ("Tova", "letters", "has digits only"),
        ("20130205-23å4", "bad_character", "The character å"),
        ("20130205/2384", "bad_character", "The character /"),
        ("2013\u0660205-2384", "bad_character", "does not belong"),  # an Arabic nought
        ("2013-02-05-2384", "wrong_sign_place", "before the last four"),
        ("20130205--2384", "wrong_sign_place", "before the last four"),
        ("20130230-2384", "no_such_date", "2013-02-30"),
        ("130230-2384", "no_such_date", "2013-02-30"),
        ("130230+2384", "no_such_date", "1913-02-30"),
        ("1302302384", "no_such_date", "2013-02-30"),
        ("20131301-2384", "no_such_date", "2013-13-01"),
        ("20130260-2384", "no_such_date", "2013-02-60"),
        ("20130292-2384", "no_such_date", "2013-02-92"),
        ("21130205-2384", "date_in_future", "2113-02-05"),
        ("10130205-2384", "too_long_ago", "1013"),
        ("20130205-0008", "serial_zero", "000"),
        ("20130205-2385", "wrong_check_digit", "The check digit is wrong. Check the number."),
        ("130205-2385", "wrong_check_digit", "The check digit is wrong. Check the number."),
        ("1302052385", "wrong_check_digit", "The check digit is wrong. Check the number."),
    ],
)
def test_wrong_number_is_explained_in_words(text, code, words):
    (problem,) = identity.check_identity_number(text, TODAY)

    assert problem.code == code
    assert words in problem.message % problem.values
    assert read(text) == []


@pytest.mark.requirement("CO-8")
def test_date_to_come_is_refused_and_today_is_not():
    tomorrow = made_up(TODAY + dt.timedelta(days=1))

    assert codes(tomorrow) == ["date_in_future"]
    assert codes(made_up(TODAY)) == []


# Against other programs ---------------------------------------------------------------------------


@given(births, serials, st.booleans())
def test_every_number_is_read_back_as_it_was_made(born, serial, coordination):
    number = made_up(born, serial, coordination=coordination)
    sign = "+" if TODAY.year - born.year >= 100 else "-"

    assert read(number) == [number]
    assert read(identity.format_identity_number(number)) == [number]
    assert read(f"{number[2:8]}{sign}{number[8:]}") == [number]
    assert number in read(number[2:])
    assert identity.birth_date(number) == born


@given(births, serials, st.booleans())
def test_right_numbers_are_right_to_other_programs(born, serial, coordination):
    number = made_up(born, serial, coordination=coordination)

    assert oracle.valid(number)
    assert oracle.parse(number).is_coordination_number() == coordination
    assert coordination or stdnum.se.personnummer.is_valid(number)


@given(st.from_regex(r"(18|19|20)[0-9]{2}(0[0-9]|1[0-3])([0-3][0-9]|[6-9][0-9])[0-9]{4}", fullmatch=True))
def test_other_programs_agree_on_what_is_right(number):
    assume(identity.birth_date(number) is None or dt.date(1840, 1, 1) <= identity.birth_date(number) <= TODAY)

    assert bool(read(number, reserve_patterns=())) == oracle.valid(number)


@given(births, serials, st.integers(2, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(born, serial, place, step):
    number = made_up(born, serial)
    wrong = f"{number[:place]}{(int(number[place]) + step) % 10}{number[place + 1 :]}"

    assert read(wrong) == []
    assert codes(wrong) != []


@given(births, serials, st.integers(2, 10))
def test_two_digits_that_changed_places_are_found_but_for_0_and_9(born, serial, place):
    number = made_up(born, serial)
    pair = number[place : place + 2]
    assume(pair[0] != pair[1] and set(pair) != {"0", "9"})

    assert read(f"{number[:place]}{pair[1]}{pair[0]}{number[place + 2 :]}") == []


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{6,8}[-+]?[0-9A-Z]{4}", fullmatch=True))
def test_any_text_is_either_read_or_explained(text):
    assert bool(read(text)) != bool(codes(text))


@given(st.text("0123456789", min_size=2, max_size=25))
def test_check_digits_are_those_of_other_programs(digits):
    assert identity.is_valid_luhn(digits) == stdnum.luhn.is_valid(digits)
    assert identity.luhn_check_digit(digits) == stdnum.luhn.calc_check_digit(digits)


@pytest.mark.parametrize("text", ["", "0", "12a", "\u0661\u0662"])
def test_what_is_no_number_has_no_valid_check_digit(text):
    assert not identity.is_valid_luhn(text)


# Reserve numbers ----------------------------------------------------------------------------------


@pytest.mark.requirement("CO-8")
@pytest.mark.parametrize(
    "number",
    ["19810829M071", "19450829K088", "19930829X802", "991981000010", "991945000023", "991993000032"],
)
def test_published_examples_of_reserve_numbers_are_read(number):
    assert identity.parse_identity_number(number, TODAY) == (IdentityNumber(number, IdentityKind.RESERVE),)
    assert read(identity.format_identity_number(number).lower()) == [number]


def test_reserve_number_has_a_date_where_its_form_has_one():
    assert identity.birth_date("19810829M071") == dt.date(1981, 8, 29)
    assert identity.birth_date("991981000010") is None
    assert identity.birth_date("") is None


def test_reserve_number_is_read_without_century():
    assert read("810829-M071") == ["19810829M071"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("19810829-M072", "wrong_check_digit"),
        ("19810829-L071", "letters"),
        ("19810832-M071", "letters"),
        ("19810231-M071", "letters"),
        ("99198100-0011", "wrong_check_digit"),
        ("20810829-M071", "date_in_future"),
    ],
)
def test_wrong_reserve_number_is_explained(text, code):
    assert codes(text) == [code]


@pytest.mark.requirement("CO-8")
def test_patterns_of_reserve_numbers_are_the_authoritys_own():
    skane = ("yyyymmdd[A-Z]NNN",)

    assert read("19810829A123", reserve_patterns=skane) == ["19810829A123"]
    assert codes("19810829M071", reserve_patterns=()) == ["letters"]
    assert codes("991981000010", reserve_patterns=()) == ["no_such_date"]


def test_reserve_number_that_looks_like_a_personal_number_is_read_where_the_authority_has_such():
    assert codes("201302052385", reserve_patterns=()) == ["wrong_check_digit"]
    (found,) = identity.parse_identity_number("201302052385", TODAY, reserve_patterns=("yyyymmddNNNN",))

    assert found.kind is IdentityKind.RESERVE


@pytest.mark.parametrize(
    "pattern",
    [
        *identity.DEFAULT_RESERVE_PATTERNS,
        "yyyymm3[2-9]NNNC",
        "yyyymmddS[FUXPL]N[A-UW-Z]",
        "2[23]yymmdd".replace("yy", "NN") + "AANC " + " ".join(f"{letter}=1" for letter in identity._LETTERS),
    ],
)
def test_pattern_that_can_be_read_is_accepted(pattern):
    assert identity.check_reserve_pattern(pattern) == []


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "yyyymmdd",
        "yyyymmddNNNNN",
        "yyyymmdd[KMX]NNC",  # what do K, M and X count as?
        "yyyymmddCNNN",
        "yyyymmdd[KMNNC",
        "yyyymmdd[9-2]NNC",
        "yyyymmdd[]NNNC",
        "yyyymmdd(NNN)*",
        "yyyymmddNNNC luhn=1",
        "yyyymmddNNNC luhn=13",
        "yyyymmddNNNC K=10",
    ],
)
def test_pattern_that_cannot_be_read_is_refused_and_matches_nothing(pattern):
    (problem,) = identity.check_reserve_pattern(pattern)

    assert problem.code == "bad_reserve_pattern"
    assert read("19810829M071", reserve_patterns=(pattern,)) == []
