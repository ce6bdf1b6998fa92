"""Who may be listed, and that listings never overlap, without a database."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.parameters import value_on
from kvitt.registers.listings import rules
from kvitt.registers.listings.rules import Listed

TODAY = dt.date(2025, 3, 20)
RYD, LINGHEM = 1, 2
NAMES = {RYD: "1111 - Ryd", LINGHEM: "2222 - Linghem", 3: "3333 - Tornby"}


def listed(listing_id, clinic_id, first_on, last_on=None, **values):
    period = Period(first_on, last_on)
    return Listed(listing_id, clinic_id, NAMES[clinic_id], period, given_last_on=last_on, **values)


def check(**values):
    facts = {
        "clinic_id": RYD,
        "clinic_closed_on": None,
        "born_on": dt.date(2013, 2, 5),
        "died_on": None,
        "is_merged": False,
        "listings": [],
        "first_age": 3,
        "last_age": 19,
        "contact": "Tandvårdsenheten, 010-103 00 00",
        "today": TODAY,
    }
    return [problem.code for problem in rules.check_listing(**{**facts, **values})]


@pytest.mark.requirement("NA-3")
@pytest.mark.parametrize(
    ("today", "born_on", "expected"),
    [
        (dt.date(2025, 1, 1), dt.date(2022, 12, 31), []),
        (dt.date(2024, 12, 31), dt.date(2022, 1, 1), ["too_young"]),
        (dt.date(2024, 12, 31), dt.date(2001, 1, 1), []),
        (dt.date(2024, 12, 31), dt.date(2000, 12, 31), ["too_old"]),
        (dt.date(2025, 1, 1), dt.date(2006, 1, 1), []),
        (dt.date(2025, 12, 31), dt.date(2006, 12, 31), []),
        (dt.date(2025, 1, 1), dt.date(2005, 12, 31), ["too_old"]),
    ],
)
def test_age_span_is_that_of_the_day_of_listing(today, born_on, expected):
    ages = {name: value_on(f"listings.{name}", today) for name in ("first_age", "last_age")}

    assert check(born_on=born_on, today=today, **ages) == expected


@pytest.mark.requirement("NA-3")
def test_unknown_date_of_birth_names_whom_to_contact():
    [problem] = rules.check_age(None, first_age=3, last_age=19, contact="Enheten, 010", today=TODAY)

    assert "Enheten, 010" in str(problem)


@pytest.mark.requirement("NA-3")
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"died_on": dt.date(2025, 3, 20)}, ["dead"]),
        ({"is_merged": True}, ["merged"]),
        ({"clinic_closed_on": dt.date(2025, 3, 19)}, ["closed"]),
        ({"clinic_closed_on": dt.date(2025, 3, 20)}, []),
        ({"listings": [listed(1, LINGHEM, dt.date(2020, 1, 1))]}, []),
        ({"listings": [listed(1, RYD, dt.date(2020, 1, 1))]}, ["already_listed"]),
        ({"listings": [listed(1, RYD, dt.date(2020, 1, 1), dt.date(2025, 3, 19))]}, []),
        ({"listings": [listed(1, LINGHEM, TODAY)]}, ["moved_today"]),
        ({"listings": [listed(1, RYD, TODAY)]}, ["already_listed"]),
        ({"listings": [listed(1, LINGHEM, dt.date(2025, 3, 21))]}, ["listed_later"]),
    ],
)
def test_living_patient_is_listed_at_an_open_clinic_once_a_day(values, expected):
    assert check(**values) == expected


@pytest.mark.requirement("NA-3", "CO-2")
@pytest.mark.parametrize(
    ("last_on", "died_on", "closed_on", "expected"),
    [
        (None, None, None, None),
        (dt.date(2025, 1, 1), None, None, dt.date(2025, 1, 1)),
        (None, dt.date(2025, 2, 1), None, dt.date(2025, 2, 1)),
        (None, dt.date(2025, 2, 1), dt.date(2025, 1, 31), dt.date(2025, 1, 31)),
        (dt.date(2025, 1, 1), dt.date(2025, 2, 1), dt.date(2025, 1, 31), dt.date(2025, 1, 1)),
    ],
)
def test_listing_holds_no_longer_than_patient_and_clinic(last_on, died_on, closed_on, expected):
    period = rules.calculate_period(dt.date(2020, 1, 1), last_on, died_on=died_on, closed_on=closed_on)

    assert period.last == expected


@pytest.mark.requirement("NA-3")
def test_old_listing_ends_the_day_before():
    endings = rules.plan_listing([listed(7, LINGHEM, dt.date(2020, 1, 1))], today=TODAY)

    assert endings == (rules.Ending(7, dt.date(2025, 3, 19)),)


@pytest.mark.requirement("NA-3", "CO-2")
def test_listing_that_ended_with_its_clinic_keeps_that_day():
    closed = Listed(
        7, LINGHEM, NAMES[LINGHEM], Period(dt.date(2020, 1, 1), dt.date(2024, 6, 30)), given_last_on=None
    )

    assert rules.plan_listing([closed], today=TODAY) == (rules.Ending(7, dt.date(2024, 6, 30)),)


moves = st.lists(
    st.tuples(st.sampled_from(sorted(NAMES)), st.integers(min_value=0, max_value=40)), min_size=1, max_size=15
)


@pytest.mark.requirement("NA-3")
@given(moves=moves)
def test_listings_never_overlap_whatever_the_order_of_moves(moves):
    listings = []
    for clinic_id, days in moves:
        today = TODAY + dt.timedelta(days=days)
        if check(clinic_id=clinic_id, listings=listings, today=today):
            continue
        ends = {ending.id: ending.last_on for ending in rules.plan_listing(listings, today=today)}
        listings = [
            dataclasses.replace(
                listing,
                period=Period(listing.period.first, ends[listing.id]),
                given_last_on=ends[listing.id],
            )
            if listing.id in ends
            else listing
            for listing in listings
        ]
        listings.append(listed(len(listings), clinic_id, today))

    assert listings
    assert overlaps(listings) == []
    assert all(found.period.last is None or found.period.last >= found.period.first for found in listings)
    assert sum(found.period.last is None for found in listings) == 1


def overlaps(listings):
    return [
        (one, other)
        for one in listings
        for other in listings
        if one.id < other.id and one.period.overlaps(other.period)
    ]


@pytest.mark.requirement("NA-3", "CO-8")
def test_of_two_records_the_listing_that_began_last_goes_on():
    older = listed(1, RYD, dt.date(2020, 1, 1))
    newer = listed(2, LINGHEM, dt.date(2024, 1, 1), is_own_record=False)

    plan = rules.plan_joined_listings([older, newer], today=TODAY)

    assert plan.kept == newer
    assert plan.endings == (rules.Ending(1, dt.date(2025, 3, 19)),)


@pytest.mark.requirement("NA-3", "CO-8")
@given(
    starts=st.lists(st.dates(min_value=dt.date(2020, 1, 1), max_value=TODAY), max_size=4),
    own=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_of_merged_records_one_listing_goes_on_and_none_ends_before_it_begins(starts, own):
    listings = [
        listed(number, RYD, first_on, is_own_record=own[number]) for number, first_on in enumerate(starts)
    ]

    plan = rules.plan_joined_listings(listings, today=TODAY)

    assert len(plan.endings) == max(0, len(listings) - 1)
    assert (plan.kept is None) == (not listings)
    assert all(ending.last_on >= listings[ending.id].period.first for ending in plan.endings)
    assert all(ending.last_on <= TODAY for ending in plan.endings)
