import datetime as dt

import pytest

from kvitt.foundation.values.dates import Period
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import rules
from kvitt.registers.organisations.rules import Dated

DAY = dt.date
YEAR = Period(DAY(2024, 1, 1), DAY(2024, 12, 31))
OPEN = Period(DAY(2024, 1, 1))


def codes(problems):
    return [(problem.code, problem.field) for problem in problems]


@pytest.mark.requirement("CO-2")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"giro_kind": "", "giro_number": ""}, []),
        ({"giro_kind": "plusgiro", "giro_number": "490220-1"}, []),
        ({"name": "  "}, [("no_name", "name")]),
        ({"number": ""}, [("bad_clinic_number", "number")]),
        ({"number": "11 11"}, [("bad_clinic_number", "number")]),
        ({"giro_number": "5050-1054"}, [("wrong_check_digit", "giro_number")]),
        ({"giro_kind": "plusgiro", "giro_number": "490220-2"}, [("wrong_check_digit", "giro_number")]),
        ({"giro_kind": "account", "giro_number": "8327-9, 123 456 789-0"}, []),
        ({"giro_kind": "account", "giro_number": "8327-8, 123"}, [("wrong_fifth_digit", "giro_number")]),
        ({"giro_number": ""}, [("kind_without_giro", "giro_number")]),
        ({"giro_kind": ""}, [("giro_without_kind", "giro_kind")]),
    ],
)
def test_clinic_needs_a_number_a_name_and_a_right_account(changes, expected):
    facts = {
        "number": "1111",
        "name": "Ekens Tandvård Ryd",
        "giro_kind": "bankgiro",
        "giro_number": "5050-1055",
    }

    assert codes(rules.check_clinic(**facts | changes)) == expected


@pytest.mark.requirement("CO-2")
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("556000-0019", []),
        ("165560000019", []),
        ("556000-0018", [("wrong_check_digit", "organisation_number")]),
        ("551000-0019", [("bad_organisation_number", "organisation_number")]),
        ("5560", [("bad_organisation_number", "organisation_number")]),
    ],
)
def test_organisation_number_is_checked(number, expected):
    assert codes(rules.check_provider(name="Ekens Tandvård AB", organisation_number=number)) == expected


@pytest.mark.requirement("CO-1", "CO-8")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"name": ""}, [("no_name", "name")]),
        ({"bankgiro": "5050-1056"}, [("wrong_check_digit", "bankgiro")]),
        ({"reserve_patterns": "yyyymmdd[KMX]NNC K=5 M=7 X=8\n\n99yyyyNNNNNC luhn=8"}, []),
        ({"reserve_patterns": "yyyy[9-2]"}, [("bad_reserve_pattern", "reserve_number_patterns")]),
        ({"county": "05"}, []),
        ({"county": "02"}, [("unknown_county", "county")]),
        ({"county": "5"}, [("unknown_county", "county")]),
    ],
)
def test_authority_needs_a_name_and_readable_numbers(changes, expected):
    facts = {
        "name": "Region Exempel",
        "organisation_number": "232100-0040",
        "bankgiro": "5050-1055",
        "reserve_patterns": "",
    }

    assert codes(rules.check_authority(**facts | changes)) == expected


@pytest.mark.requirement("CO-3")
@pytest.mark.parametrize(
    ("period", "others", "closed_on", "expected"),
    [
        (OPEN, [], None, []),
        (OPEN, [Period(DAY(2023, 1, 1), DAY(2023, 12, 31))], None, []),
        (OPEN, [YEAR], None, [("right_overlaps", "first_on")]),
        (Period(DAY(2024, 12, 31)), [YEAR], None, [("right_overlaps", "first_on")]),
        (Period(DAY(2025, 1, 1)), [YEAR], None, []),
        (Period(DAY(2024, 2, 1), DAY(2024, 1, 31)), [], None, [("ends_before_it_begins", "last_on")]),
        (OPEN, [], DAY(2024, 6, 30), [("clinic_is_closed", "last_on")]),
        (Period(DAY(2024, 1, 1), DAY(2024, 6, 30)), [], DAY(2024, 6, 30), []),
    ],
)
def test_right_holds_once_at_a_time_and_no_longer_than_the_clinic(period, others, closed_on, expected):
    assert codes(rules.check_right(period, others=others, closed_on=closed_on)) == expected


@pytest.mark.requirement("CO-3")
@pytest.mark.parametrize(("today", "may"), [(DAY(2023, 12, 31), True), (DAY(2024, 1, 1), False)])
def test_right_is_removed_only_before_it_begins(today, may):
    assert (rules.check_removal(YEAR, today=today) == []) is may


@pytest.mark.requirement("CO-2")
def test_practitioner_needs_a_name_and_days_in_order():
    period = Period(DAY(2024, 2, 1), DAY(2024, 1, 31))

    problems = rules.check_post(name="", period=period, closed_on=None)

    assert codes(problems) == [("no_name", "name"), ("ends_before_it_begins", "last_on")]


TODAY = DAY(2024, 11, 20)


@pytest.mark.requirement("CO-2")
@pytest.mark.parametrize(
    ("closed_on", "rights", "posts", "expected"),
    [
        (TODAY, [OPEN], [OPEN], []),
        (DAY(2023, 6, 30), [OPEN], [], [("right_begins_later", "closed_on")]),
        (TODAY, [], [Period(DAY(2025, 1, 1))], [("post_begins_later", "closed_on")]),
        (TODAY, [Period(DAY(2025, 1, 1))], [], []),
    ],
)
def test_clinic_is_not_closed_before_what_has_begun(closed_on, rights, posts, expected):
    problems = rules.check_closing(
        closed_on,
        today=TODAY,
        already=None,
        rights=[Dated(1, period) for period in rights],
        posts=[Dated(1, period, "Karin Testberg") for period in posts],
    )

    assert codes(problems) == expected


@pytest.mark.requirement("CO-2")
def test_closed_clinic_is_not_closed_again():
    problems = rules.check_closing(TODAY, today=TODAY, already=DAY(2024, 1, 1), rights=[], posts=[])

    assert codes(problems) == [("already_closed", "")]


@pytest.mark.requirement("CO-2")
def test_closing_ends_what_lasts_and_removes_rights_yet_to_begin():
    ended = Period(DAY(2023, 1, 1), DAY(2023, 12, 31))
    later = Period(DAY(2025, 1, 1))

    plan = rules.plan_closing(
        TODAY,
        rights=[Dated(1, OPEN), Dated(2, ended), Dated(3, later)],
        posts=[Dated(4, OPEN), Dated(5, ended), Dated(6, Period(DAY(2024, 1, 1), DAY(2025, 6, 30)))],
    )

    assert (plan.rights_to_end, plan.rights_to_remove, plan.posts_to_end) == ((1,), (3,), (4, 6))


@pytest.mark.requirement("NA-6", "CO-26a")
def test_clinic_without_practitioner_is_told_whom_to_contact():
    problems = rules.check_reporting(has_practitioner=False, contact="Tandvårdsenheten, 010-103 00 00")

    assert codes(problems) == [("no_practitioner", "practitioner")]
    assert "Contact Tandvårdsenheten, 010-103 00 00." in str(problems[0])


@pytest.mark.requirement("CO-4")
def test_permission_is_named_as_access_names_it():
    assert Permission.ADMINISTER == rules.ADMINISTER
