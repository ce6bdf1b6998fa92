"""Which account string books something, and what is wrong with a new one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period
from kvitt.registers.accounting import rules
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.accounting.rules import AccountStringFacts, DatedString

TODAY = dt.date(2024, 11, 20)
SINCE = dt.date(2023, 1, 1)
ANY, SCHEME, CODE = (
    (AccountUse.COST, "", ""),
    (AccountUse.COST, "special_care", ""),
    (AccountUse.COST, "special_care", "825S"),
)
pytestmark = pytest.mark.requirement("SC-23")


def string(wanted=SCHEME, first=SINCE, last=None, account="5623", cost_centre="", activity=""):
    return DatedString(wanted, Period(first, last), AccountStringFacts(account, cost_centre, activity))


def codes(new, *others, is_known_code=True):
    problems = rules.check_string(new, others, today=TODAY, is_known_code=is_known_code)
    return [(problem.code, problem.field) for problem in problems]


@given(held=st.sets(st.sampled_from([ANY, SCHEME, CODE])))
def test_the_nearest_books(held):
    strings = [string(wanted, account=str(5000 + place)) for place, wanted in enumerate(sorted(held))]
    booked_by = {each.wanted: each.facts for each in strings}

    found = rules.choose_strings(strings, [CODE, SCHEME, ANY])

    assert found.get(CODE) == booked_by.get(CODE, booked_by.get(SCHEME, booked_by.get(ANY)))
    assert found.get(SCHEME) == booked_by.get(SCHEME, booked_by.get(ANY))
    assert found.get(ANY) == booked_by.get(ANY)


def test_what_is_for_something_else_books_nothing():
    debt = string((AccountUse.DEBT, "", ""))
    other = string((AccountUse.COST, "needs_allowance", ""))

    assert rules.choose_strings([debt, other], [CODE]) == {}


@pytest.mark.parametrize("account", ["", "562", "56230000000", "56A3", "56 23", "5623\n"])
def test_an_account_has_four_to_ten_digits(account):
    assert codes(string(account=account)) == [("bad_account", "account")]


@pytest.mark.parametrize("wrong", ['12"00', "1 2", "1" * 21, "{45}", "45\n"])
def test_cost_centres_and_activities_are_letters_and_digits(wrong):
    assert codes(string(cost_centre=wrong, activity=wrong)) == [
        ("bad_object", "cost_centre"),
        ("bad_object", "activity"),
    ]


def test_only_costs_know_schemes_and_codes():
    assert codes(string((AccountUse.DEBT, "special_care", ""))) == [("only_costs", "use")]
    assert codes(string((AccountUse.COST, "", "825S"))) == [("no_scheme", "scheme")]
    assert codes(string(CODE), is_known_code=False) == [("unknown_code", "code")]
    assert codes(string((AccountUse.BANK, "", "")), is_known_code=False) == []


def test_one_that_ends_before_it_begins():
    assert codes(string(first=TODAY, last=TODAY - dt.timedelta(1))) == [("wrong_order", "last_on")]


def test_the_open_one_ends_the_day_before_the_new_one():
    old, new = string(), string(first=TODAY, account="5999")

    assert codes(new, old) == []
    assert rules.end_before(old, new).period == Period(SINCE, TODAY - dt.timedelta(1))


def test_one_of_the_same_day_is_replaced_until_that_day_has_passed():
    assert codes(string(first=TODAY, account="5999"), string(first=TODAY)) == []
    assert codes(string(account="5999"), string()) == [("in_the_past", "first_on")]


def test_what_is_booked_stays():
    earlier = TODAY - dt.timedelta(1)

    assert codes(string(first=earlier), string()) == [("in_the_past", "first_on")]
    assert codes(string(first=SINCE), string(first=TODAY)) == [("overlaps", "first_on")]
    assert codes(string(first=SINCE, last=earlier), string(first=TODAY)) == []
    assert codes(string(first=TODAY), string(last=TODAY)) == [("overlaps", "first_on")]


@pytest.mark.parametrize(
    ("period", "last_on", "problem"),
    [
        (Period(SINCE), TODAY, None),
        (Period(SINCE), TODAY - dt.timedelta(1), "ends_in_the_past"),
        (Period(TODAY + dt.timedelta(9)), TODAY, "ends_before"),
        (Period(SINCE, TODAY - dt.timedelta(1)), TODAY, "has_ended"),
        (Period(SINCE, TODAY), TODAY + dt.timedelta(9), "overlaps"),
    ],
)
def test_one_ends_today_or_later(period, last_on, problem):
    later = string(first=TODAY + dt.timedelta(5), last=TODAY + dt.timedelta(7))

    problems = rules.check_end(period, last_on=last_on, today=TODAY, others=[later])

    assert [each.code for each in problems] == ([problem] if problem else [])


MUNICIPAL = (AccountUse.REVENUE, AccountUse.RECEIVABLE, AccountUse.VAT)


def revenue(code="", account="3111", **values):
    return string((AccountUse.REVENUE, "", code), account=account, **values)


def claim(account="1510"):
    return string((AccountUse.RECEIVABLE, "", ""), account=account)


@pytest.mark.requirement("CF-29")
def test_a_municipality_books_revenue_by_service_vat_by_percent_and_claims_on_one_account():
    vat = (AccountUse.VAT, "", "12")

    assert codes(revenue("OMV")) == []
    assert codes(revenue("OMV"), is_known_code=False) == [("unknown_service", "code")]
    assert codes(string((AccountUse.REVENUE, "special_care", "825S"))) == [("only_costs", "use")]
    assert codes(string(vat, account="2621"), is_known_code=False) == []
    assert codes(string((AccountUse.VAT, "", "13"), account="2621")) == [("unknown_vat", "code")]
    assert codes(string((AccountUse.RECEIVABLE, "", "OMV"), account="1510")) == [("no_code", "code")]


@pytest.mark.requirement("CF-29")
def test_accounts_are_of_the_class_of_their_use():
    wrong = [revenue(account="1510"), revenue(account="31110"), claim("3111")]

    assert [codes(each) for each in wrong] == [[("wrong_class", "account")]] * 3
    assert codes(string((AccountUse.VAT, "", ""), account="3111")) == [("wrong_class", "account")]


@pytest.mark.requirement("CF-29")
def test_an_authority_books_what_its_kind_does():
    problems = rules.check_string(string(), [], today=TODAY, is_known_code=True, uses=MUNICIPAL)

    assert [problem.code for problem in problems] == ["not_used"]


@pytest.mark.requirement("CF-25")
def test_services_whose_revenue_cannot_be_booked():
    held = [claim(), revenue("OMV"), revenue("LUN", account="5621")]

    found = rules.judge_revenue(held, ["OMV", "LUN", "KOST"])

    assert found.strings["OMV"].account == "3111"
    assert found.missing == {"KOST"}
    assert found.wrong == {"LUN"}
    assert rules.judge_revenue([*held, revenue()], ["", "KOST"]).missing == frozenset()


@pytest.mark.requirement("CF-25")
def test_without_a_right_account_for_claims_no_revenue_is_booked():
    assert rules.judge_revenue([revenue()], ["OMV", ""]).missing == {"OMV", ""}
    assert rules.judge_revenue([revenue(), claim("3111")], ["OMV"]).wrong == {"OMV"}
