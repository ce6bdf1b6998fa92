"""Contract dates, ends and rents: the manual's examples, and what holds whatever the days."""

import datetime as dt
from calendar import monthrange

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period, add_months, last_day_of_month
from kvitt.modules.care_fees.lifecycle import HousingKind
from kvitt.modules.care_fees.rules import tenancy as rules

TERMS = rules.TenancyTerms(early_move_in_to=14, half_rent_from=17, half_rent_to=14)
HOME, FLAT = HousingKind.CARE_HOME, HousingKind.SERVICED_FLAT
RENT = 620_000
DAYS = st.dates(dt.date(2023, 1, 1), dt.date(2030, 12, 31))
KINDS = st.sampled_from(list(HousingKind))
RENTS = st.integers(0, 2_000_000)


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.requirement("CF-8")
@pytest.mark.parametrize(
    ("moved_in", "kind", "first_on"),
    [
        ("2024-11-01", HOME, "2024-11-17"),
        ("2024-11-14", HOME, "2024-11-17"),
        ("2024-11-15", HOME, "2024-12-01"),
        ("2024-02-14", HOME, "2024-02-17"),
        ("2024-02-15", HOME, "2024-03-01"),
        ("2024-02-29", HOME, "2024-03-01"),
        ("2025-02-28", HOME, "2025-03-01"),
        ("2024-12-14", HOME, "2024-12-17"),
        ("2024-12-15", HOME, "2025-01-01"),
        ("2024-12-31", HOME, "2025-01-01"),
        ("2024-11-01", FLAT, "2024-11-01"),
        ("2024-11-14", FLAT, "2024-11-01"),
        ("2024-11-15", FLAT, "2024-11-17"),
        ("2024-02-14", FLAT, "2024-02-01"),
        ("2024-02-15", FLAT, "2024-02-17"),
        ("2024-02-29", FLAT, "2024-02-17"),
        ("2024-12-14", FLAT, "2024-12-01"),
        ("2024-12-15", FLAT, "2024-12-17"),
        ("2024-12-31", FLAT, "2024-12-17"),
    ],
)
def test_contract_date_follows_from_the_day_of_moving_in(moved_in, kind, first_on):
    assert rules.calculate_contract_date(day(moved_in), kind, TERMS).first_on == day(first_on)


@pytest.mark.requirement("CF-8")
def test_rule_is_told_in_words():
    contract = rules.calculate_contract_date(day("2024-11-20"), FLAT, TERMS)
    assert contract.rule % contract.values == (
        "Serviced flat, moved in from day 15 of the month: the contract holds from day 17 of it."
    )


@pytest.mark.requirement("CF-7")
@pytest.mark.parametrize(
    ("month", "first_on", "last_on", "amount"),
    [
        ("2024-11-01", "2024-11-01", None, RENT),
        ("2024-11-01", "2024-11-17", None, RENT // 2),
        ("2024-12-01", "2024-11-17", None, RENT),
        ("2024-10-01", "2024-11-01", None, 0),
        ("2024-11-01", "2024-01-01", "2024-11-14", RENT // 2),
        ("2024-11-01", "2024-01-01", "2024-11-30", RENT),
        ("2024-02-01", "2024-01-01", "2024-02-29", RENT),
        ("2024-12-01", "2024-01-01", "2024-11-30", 0),
        ("2024-11-01", "2024-11-17", "2024-11-30", RENT // 2),
        ("2024-11-01", "2024-11-01", "2024-11-14", RENT // 2),
    ],
)
def test_rent_of_a_month(month, first_on, last_on, amount):
    last = day(last_on) if last_on else None
    assert rules.calculate_rent(day(month), day(first_on), last, RENT, TERMS) == amount


@pytest.mark.requirement("CF-7")
def test_half_of_an_odd_rent_is_rounded_half_up_in_either_half():
    first = rules.calculate_rent(day("2024-11-01"), day("2024-11-01"), day("2024-11-14"), 99_999, TERMS)
    second = rules.calculate_rent(day("2024-11-01"), day("2024-11-17"), None, 99_999, TERMS)
    whole = rules.calculate_rent(day("2024-11-01"), day("2024-11-01"), None, 99_999, TERMS)
    assert (first, second, whole) == (50_000, 50_000, 99_999)


@pytest.mark.requirement("CF-7")
def test_rent_that_changes_within_a_month_counts_by_halves():
    rents = [rules.DatedRent(day("2024-01-01"), 600_000), rules.DatedRent(day("2024-11-17"), 640_000)]
    months = [day("2024-10-01"), day("2024-11-01"), day("2024-12-01")]
    amounts = [rules.calculate_dated_rent(m, day("2024-01-01"), None, rents, TERMS) for m in months]
    assert amounts == [600_000, 620_000, 640_000]


@pytest.mark.requirement("CF-7")
@pytest.mark.parametrize(
    ("last_on", "codes"),
    [
        ("2024-11-14", []),
        ("2024-11-30", []),
        ("2024-11-20", ["end_day"]),
        ("2024-02-28", ["end_day"]),
        ("2024-02-29", []),
        ("2024-01-31", ["end_before_start"]),
    ],
)
def test_contract_ends_on_the_days_of_the_rule(last_on, codes):
    problems = rules.check_end(day("2024-02-01"), day(last_on), TERMS)
    assert [problem.code for problem in problems] == codes


@pytest.mark.requirement("CF-7")
def test_refused_end_names_the_two_possible_days():
    (problem,) = rules.check_end(day("2024-02-01"), day("2024-11-20"), TERMS)
    assert "2024-11-14" in str(problem)
    assert "2024-11-30" in str(problem)


@pytest.mark.requirement("CF-7")
def test_contract_from_the_17th_cannot_end_the_14th_of_that_month():
    days = rules.calculate_end_days(day("2024-11-01"), day("2024-11-17"), TERMS)
    assert [end.last_on for end in days] == [day("2024-11-30")]


@pytest.mark.requirement("CF-7")
@pytest.mark.parametrize(
    ("first_on", "monthly", "codes"),
    [
        ("2024-03-01", RENT, []),
        ("2024-03-17", 0, []),
        ("2024-03-02", RENT, ["rent_day"]),
        ("2024-02-01", RENT, ["rent_before_start"]),
        ("2024-12-01", RENT, ["rent_after_end"]),
        ("2024-03-01", -1, ["negative_rent"]),
    ],
)
def test_rent_begins_while_the_contract_holds(first_on, monthly, codes):
    problems = rules.check_rent(
        rules.DatedRent(day(first_on), monthly),
        first_on=day("2024-02-17"),
        last_on=day("2024-11-30"),
        terms=TERMS,
    )
    assert [problem.code for problem in problems] == codes


@pytest.mark.requirement("CF-7")
def test_contracts_that_meet_are_not_two_at_once():
    held = [rules.Held("H2024-000001", Period(day("2024-01-01"), day("2024-11-14")))]
    after = Period(day("2024-11-17"))
    assert not rules.check_dwelling_is_free("1204", after, held)
    assert not rules.check_client_is_free("D2024-000001", after, held)
    (problem,) = rules.check_dwelling_is_free("1204", Period(day("2024-11-01")), held)
    assert "H2024-000001" in str(problem)


# Whatever the days ----------------------------------------------------------------------------------


@pytest.mark.requirement("CF-7", "CF-8")
@given(DAYS, KINDS)
def test_contract_dates_are_the_1st_or_17th_and_near_the_day_of_moving_in(moved_in, kind):
    first_on = rules.calculate_contract_date(moved_in, kind, TERMS).first_on
    assert first_on.day in {1, 17}
    assert abs((first_on - moved_in).days) <= 17


@pytest.mark.requirement("CF-7")
@given(DAYS, DAYS)
def test_ends_are_the_14th_or_the_last(first_on, last_on):
    is_taken = not rules.check_end(first_on, last_on, TERMS)
    is_end_day = last_on.day in {14, monthrange(last_on.year, last_on.month)[1]}
    assert is_taken is (is_end_day and last_on >= first_on)
    for end in rules.calculate_end_days(last_on, first_on, TERMS):
        assert not rules.check_end(first_on, end.last_on, TERMS)


@pytest.mark.requirement("CF-7")
@given(DAYS, RENTS)
def test_twelve_months_cost_twelve_rents_whatever_half_they_begin_with(begin, monthly):
    for first_on, last_on in (
        (begin.replace(day=1), last_day_of_month(add_months(begin.replace(day=1), 11))),
        (begin.replace(day=17), add_months(begin.replace(day=14), 12)),
    ):
        months = [add_months(begin.replace(day=1), count) for count in range(14)]
        total = sum(rules.calculate_rent(m, first_on, last_on, monthly, TERMS) for m in months)
        rounded = monthly % 2 if first_on.day != 1 else 0  # two halves of an odd rent, each half up
        assert total == 12 * monthly + rounded


@pytest.mark.requirement("CF-7")
@given(st.integers(-2_000_000, 2_000_000), st.sets(st.integers(1, 99), min_size=1, max_size=2))
def test_shares_are_the_whole_and_differ_by_an_oere_at_most(amount, client_ids):
    shares = rules.calculate_shares(amount, sorted(client_ids, reverse=True))
    assert sum(shares.values()) == amount
    assert max(shares.values()) - min(shares.values()) <= 1
    assert abs(shares[min(client_ids)]) == max(abs(share) for share in shares.values())
