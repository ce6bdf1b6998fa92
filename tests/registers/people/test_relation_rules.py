"""Relations, contact persons and addresses between others: the rules alone."""

import datetime as dt

import pytest

from kvitt.foundation.values.dates import Period
from kvitt.registers.people import rules
from kvitt.registers.people.lifecycle import ContactKind, RelationKind

TODAY = dt.date(2024, 11, 20)


def codes(problems):
    return [problem.code for problem in problems]


@pytest.mark.requirement("CO-10")
def test_relation_is_what_each_is_to_the_other():
    assert rules.calculate_opposite(RelationKind.PARENT) is RelationKind.CHILD
    assert rules.calculate_opposite(RelationKind.WARD) is RelationKind.GUARDIAN
    assert rules.calculate_opposite(RelationKind.SPOUSE) is RelationKind.SPOUSE
    assert all(rules.calculate_opposite(rules.calculate_opposite(kind)) is kind for kind in RelationKind)


@pytest.mark.requirement("CO-10")
@pytest.mark.parametrize(
    ("is_same", "since", "first_on", "expected"),
    [
        (False, [], dt.date(1970, 5, 1), []),
        (False, [], dt.date(2025, 11, 20), []),
        (False, [], dt.date(2025, 11, 21), ["too_far_ahead"]),
        (True, [], TODAY, ["related_to_self"]),
        (False, [dt.date(2020, 1, 1)], TODAY, ["relation_exists"]),
    ],
)
def test_relation_is_between_two_and_open_once(is_same, since, first_on, expected):
    problems = rules.check_relation(first_on, is_same=is_same, open_since=since, today=TODAY)
    assert codes(problems) == expected


@pytest.mark.requirement("CO-11", "CF-3")
@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        (ContactKind.RELATIVE, {}, []),
        (ContactKind.RELATIVE, {"postcode": "12"}, ["bad_postcode"]),
        (ContactKind.RELATIVE, {"name": " "}, ["no_name"]),
        (ContactKind.DENTIST, {"organisation_number": "556000-0018"}, ["wrong_check_digit"]),
        (ContactKind.INVOICE_RECIPIENT, {}, ["no_street", "bad_postcode", "no_town"]),
        (ContactKind.ESTATE, {"street": "Gatan 3", "postcode": "582 22", "town": "Linköping"}, []),
    ],
)
def test_who_gets_invoices_has_a_whole_address(kind, typed, expected):
    facts = rules.ContactFacts(**{"kind": kind, "name": "Siv Hedin", "first_on": TODAY, **typed})
    assert codes(rules.check_contact(facts)) == expected


@pytest.mark.requirement("CF-3")
@pytest.mark.parametrize(
    ("first_on", "expected"),
    [
        (dt.date(2016, 8, 1), dt.date(2016, 7, 31)),
        (dt.date(2016, 8, 31), dt.date(2016, 7, 31)),
        (dt.date(2024, 3, 15), dt.date(2024, 2, 29)),
        (dt.date(2025, 1, 1), dt.date(2024, 12, 31)),
    ],
)
def test_previous_recipient_ends_the_last_day_of_the_month_before(first_on, expected):
    assert rules.calculate_previous_end(first_on) == expected


@pytest.mark.requirement("CF-3")
@pytest.mark.parametrize(
    ("last_on", "expected"),
    [
        (dt.date(2024, 10, 31), []),
        (dt.date(2024, 11, 19), []),
        (dt.date(2024, 11, 20), ["previous_overlaps"]),
        (dt.date(2023, 12, 31), ["previous_not_begun"]),
    ],
)
def test_previous_recipient_ends_after_his_start_and_before_the_new_one(last_on, expected):
    period = Period(dt.date(2024, 1, 1))
    assert codes(rules.check_previous_end(period, last_on, first_on=TODAY)) == expected


@pytest.mark.requirement("CO-9", "CF-2")
@pytest.mark.parametrize(
    ("others", "first_on", "last_on", "ends"),
    [
        ([], dt.date(2024, 3, 1), None, ()),
        ([Period(dt.date(2020, 1, 1))], dt.date(2024, 3, 1), None, (0,)),
        ([Period(dt.date(2024, 6, 1))], dt.date(2024, 3, 1), dt.date(2024, 5, 31), ()),
        (
            [Period(dt.date(2020, 1, 1), dt.date(2024, 5, 31)), Period(dt.date(2024, 6, 1))],
            dt.date(2024, 3, 1),
            dt.date(2024, 5, 31),
            (0,),
        ),
        ([Period(dt.date(2020, 1, 1), dt.date(2024, 2, 29))], dt.date(2024, 3, 1), None, ()),
    ],
)
def test_address_holds_until_the_next_one_and_ends_what_held(others, first_on, last_on, ends):
    assert rules.plan_address(first_on, others=others) == rules.AddressPlan(last_on, ends)


@pytest.mark.requirement("CO-10", "QU-19")
@pytest.mark.parametrize(
    ("is_protected", "is_other_protected", "has_other_died", "expected"),
    [
        (False, False, False, True),
        (True, False, False, False),
        (False, True, False, False),
        (False, False, True, False),
    ],
)
def test_address_of_stay_never_goes_from_or_to_who_is_protected(
    is_protected, is_other_protected, has_other_died, expected
):
    assert (
        rules.may_share_address(
            is_protected=is_protected, is_other_protected=is_other_protected, has_other_died=has_other_died
        )
        is expected
    )
