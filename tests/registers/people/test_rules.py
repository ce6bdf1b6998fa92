"""Names, addresses and merged records, without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period, day_before
from kvitt.foundation.values.identity import IdentityKind
from kvitt.registers.people import rules

TODAY = dt.date(2025, 3, 20)
DATES = st.dates(min_value=dt.date(2020, 1, 1), max_value=dt.date(2026, 3, 20))


def codes(problems):
    return [problem.code for problem in problems]


@pytest.mark.requirement("CO-9")
@pytest.mark.parametrize(
    "care_of",
    ["Rutger Hedin", "c/o Hedin, Rutger", "RUTGER HEDIN", "Hedin Rutger Karl", "c/o  rutger  hedin"],
)
def test_own_name_in_care_of_is_warned_about(care_of):
    problems = rules.check_care_of(care_of, given_name="Rutger Karl", family_name="Hedin")

    assert codes(problems) == ["own_name_in_care_of"]
    assert problems[0].field == "care_of"


@pytest.mark.requirement("CO-9")
@pytest.mark.parametrize("care_of", ["", "Hedin", "Anders Hedin", "Rutger Provsson", "Solgårdens vårdboende"])
def test_somebody_elses_name_in_care_of_is_not(care_of):
    assert rules.check_care_of(care_of, given_name="Rutger", family_name="Hedin") == []


@pytest.mark.requirement("CO-9")
@pytest.mark.parametrize(
    ("others", "first_on", "expected"),
    [
        ([], dt.date(2025, 3, 20), []),
        ([], dt.date(2026, 3, 20), []),
        ([], dt.date(2052, 3, 20), ["too_far_ahead"]),
        ([Period(dt.date(2020, 1, 1))], dt.date(2025, 3, 20), []),
        ([Period(dt.date(2025, 3, 20))], dt.date(2025, 3, 20), ["address_overlaps"]),
        ([Period(dt.date(2025, 4, 1))], dt.date(2025, 3, 20), []),
        ([Period(dt.date(2020, 1, 1), dt.date(2025, 6, 30))], dt.date(2025, 6, 30), []),
    ],
)
def test_address_begins_any_day_but_where_another_of_its_kind_does(others, first_on, expected):
    assert codes(rules.check_address_start(first_on, others=others, today=TODAY)) == expected


@pytest.mark.requirement("CO-9")
@given(starts=st.lists(DATES, min_size=1, max_size=12))
def test_addresses_of_a_kind_never_overlap_whatever_is_entered(starts):
    periods = []
    for first_on in starts:
        if rules.check_address_start(first_on, others=periods, today=TODAY) == []:
            plan = rules.plan_address(first_on, others=periods)
            periods = [
                Period(period.first, day_before(first_on)) if place in plan.ends else period
                for place, period in enumerate(periods)
            ]
            periods.append(Period(first_on, plan.last_on))

    assert [p for p in periods if any(p.overlaps(other) for other in periods if other is not p)] == []
    assert all(period.last is None or period.last >= period.first for period in periods)
    assert sum(period.last is None for period in periods) == 1


@pytest.mark.requirement("CO-9")
@pytest.mark.parametrize(
    ("period", "last_on", "expected"),
    [
        (Period(dt.date(2025, 1, 1)), dt.date(2025, 1, 1), []),
        (Period(dt.date(2025, 1, 1)), dt.date(2026, 1, 1), []),
        (Period(dt.date(2025, 1, 1)), dt.date(2024, 12, 31), ["end_before_start"]),
        (Period(dt.date(2025, 1, 1), dt.date(2025, 2, 1)), dt.date(2025, 1, 15), ["already_ended"]),
    ],
)
def test_only_an_open_address_can_be_ended(period, last_on, expected):
    assert codes(rules.check_address_end(period, last_on)) == expected


@pytest.mark.requirement("CO-9")
@pytest.mark.parametrize(
    ("postcode", "country", "expected"),
    [
        ("582 22", "", []),
        ("58222", "Sverige", []),
        ("5822", "", ["bad_postcode"]),
        ("", "", ["bad_postcode"]),
        ("0150", "Norge", []),
    ],
)
def test_swedish_postcode_has_five_digits(postcode, country, expected):
    problems = rules.check_address(street="Gatan 3", postcode=postcode, town="Orten", country=country)

    assert codes(problems) == expected


def test_postcode_is_stored_without_its_space():
    assert rules.normalise_postcode("582 22", "") == "58222"
    assert rules.normalise_postcode(" SW1A 1AA ", "England") == "SW1A 1AA"


@pytest.mark.requirement("CO-8")
@pytest.mark.parametrize(
    ("born_on", "died_on", "expected"),
    [
        (None, None, []),
        (dt.date(2013, 2, 5), dt.date(2025, 3, 20), []),
        (dt.date(2013, 2, 5), dt.date(2025, 3, 21), ["death_in_future"]),
        (dt.date(2013, 2, 5), dt.date(2013, 2, 4), ["death_before_birth"]),
        (dt.date(2025, 3, 21), None, ["birth_in_future"]),
    ],
)
def test_dates_of_a_life_are_in_order(born_on, died_on, expected):
    problems = rules.check_person(
        given_name="Elsa", family_name="Provsson", born_on=born_on, died_on=died_on, today=TODAY
    )

    assert codes(problems) == expected


def test_both_names_are_needed():
    problems = rules.check_person(given_name=" ", family_name="", born_on=None, died_on=None, today=TODAY)

    assert [problem.field for problem in problems] == ["given_name", "family_name"]


@pytest.mark.requirement("CO-8")
@pytest.mark.parametrize(
    ("digits", "kind", "expected"),
    [
        ("201302052384", IdentityKind.PERSONAL, dt.date(2013, 2, 5)),
        ("201302652382", IdentityKind.COORDINATION, dt.date(2013, 2, 5)),
        ("20130205K001", IdentityKind.RESERVE, dt.date(2013, 2, 5)),
        ("992013000001", IdentityKind.RESERVE, dt.date(2013, 7, 1)),
    ],
)
def test_number_tells_the_date_of_birth_unless_it_has_none(digits, kind, expected):
    given_date = dt.date(2013, 7, 1)

    assert rules.calculate_born_on(digits, kind, given=given_date, today=TODAY) == expected


@pytest.mark.requirement("QU-19", "CO-25")
def test_protected_person_is_neither_sorted_nor_found_by_name():
    names = {"given_name": "Tova", "family_name": "Ödman"}

    assert rules.calculate_sort_key(**names, is_protected=True) == ""
    assert rules.calculate_search_key(**names, is_protected=True) == ""
    assert rules.calculate_search_key(**names, is_protected=False) == "tova ödman"


@pytest.mark.requirement("CO-25")
def test_names_sort_in_swedish_order():
    families = ["Zetterberg", "Öman", "Åberg", "Ärlig", "Andersson"]

    keys = sorted(
        families,
        key=lambda name: rules.calculate_sort_key(given_name="", family_name=name, is_protected=False),
    )

    assert keys == ["Andersson", "Zetterberg", "Åberg", "Ärlig", "Öman"]


@pytest.mark.requirement("CO-8", "QU-19")
def test_merged_person_keeps_what_is_known_and_the_protection_of_either():
    remaining = rules.Record("", "", "", None, None, is_protected=False, area_clinic_id=None)
    merged = rules.Record(
        "Elsa",
        "Exempelman",
        "013-1",
        dt.date(2013, 2, 5),
        dt.date(2025, 1, 1),
        is_protected=True,
        area_clinic_id=3,
    )

    assert rules.plan_merge(remaining, merged) == merged
    assert rules.plan_merge(merged, remaining) == merged


@pytest.mark.requirement("CO-8")
def test_one_record_is_not_merged_with_itself():
    assert codes(rules.check_merge(is_same=True, is_merged=False)) == ["same_record"]
    assert codes(rules.check_merge(is_same=False, is_merged=True)) == ["same_record"]
    assert rules.check_merge(is_same=False, is_merged=False) == []


@pytest.mark.requirement("QU-19")
@pytest.mark.parametrize("reason", ["", "   ", "....", "ja", "-----"])
def test_reason_that_says_nothing_is_refused(reason):
    assert codes(rules.check_reason(reason)) == ["no_reason"]


@pytest.mark.requirement("QU-19")
def test_reason_in_words_is_taken():
    assert rules.check_reason("Akut besök i dag") == []
