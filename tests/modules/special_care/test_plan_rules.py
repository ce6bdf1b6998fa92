"""What a plan must hold, and how long a decision about it holds; no database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules import plan as rules
from kvitt.modules.special_care.rules.facts import CertificateFacts
from kvitt.modules.special_care.rules.plan import PlannedEntry
from kvitt.registers.price_lists.lifecycle import Demand, Dentition, Pricing
from kvitt.registers.price_lists.rules import Item

TODAY = dt.date(2024, 11, 20)
N, F, S = SupportType.N, SupportType.F, SupportType.S
CATEGORIES = {"N1": N, "F2": F, "S2": S}
HELD = CertificateFacts("764153", N, "N1", dt.date(2023, 1, 1), None)
PROSTHESIS = Item("825", "Partiell protes", jaw=Demand.MUST, price=1_270_500)
CROWN = Item("800", "Tandkrona", tooth=Demand.MUST, dentition=Dentition.PERMANENT, price=500_000)
LABORATORY = Item("890", "Tandteknikers arbete", pricing=Pricing.ACTUAL)


def support_faults(support, category="", certificates=(HELD,), categories=CATEGORIES):
    problems = rules.check_support(
        support, category, certificates=certificates, categories=categories, on=TODAY
    )
    return [problem.code for problem in problems]


def faults(entry, item):
    return [problem.code for problem in rules.check_planned(entry, item)]


@pytest.mark.requirement("SC-4", "SC-2")
def test_n_and_f_need_their_own_certificate_today_and_s_needs_none():
    ended = CertificateFacts("1", N, "N1", dt.date(2023, 1, 1), TODAY - dt.timedelta(days=1))
    revoked = CertificateFacts("2", N, "N1", dt.date(2023, 1, 1), None, revoked_on=TODAY)

    assert support_faults(N) == support_faults(S, "S2", ()) == []
    assert support_faults(F) == support_faults(N, "", (ended, revoked)) == ["no_certificate"]


@pytest.mark.requirement("SC-4", "SC-1a")
def test_s_needs_a_category_of_its_own():
    assert support_faults(S) == ["no_category"]
    assert support_faults(S, "N1") == support_faults(S, "S9") == ["not_of_s"]


@pytest.mark.requirement("SC-4", "SC-7")
def test_category_of_n_is_the_certificates_whatever_is_typed():
    assert rules.calculate_category(N, "S2", [HELD], on=TODAY) == "N1"
    assert rules.calculate_category(S, "S2", [HELD], on=TODAY) == "S2"


@pytest.mark.requirement("SC-4")
@pytest.mark.parametrize(
    ("entry", "item", "expected"),
    [
        (PlannedEntry("825", "UK", 2), PROSTHESIS, []),
        (PlannedEntry("825"), PROSTHESIS, ["wrong_place"]),
        (PlannedEntry("825", "13"), PROSTHESIS, ["wrong_place"]),
        (PlannedEntry("825", "UK", 0), PROSTHESIS, ["bad_count"]),
        (PlannedEntry("825", "UK", 100), PROSTHESIS, ["bad_count"]),
        (PlannedEntry("825", "UK", 1, 100), PROSTHESIS, ["price_typed"]),
        (PlannedEntry("800", "13"), CROWN, []),
        (PlannedEntry("800", "53"), CROWN, ["wrong_place"]),
        (PlannedEntry("800", "UK"), CROWN, ["wrong_place"]),
        (PlannedEntry("890", "", 1, 250_000), LABORATORY, []),
        (PlannedEntry("890"), LABORATORY, ["price_missing"]),
        (PlannedEntry("890", "", 1, 0), LABORATORY, ["bad_price"]),
        (PlannedEntry("890", "", 1, 100_000_001), LABORATORY, ["bad_price"]),
        (PlannedEntry("890", "13", 1, 100), LABORATORY, ["wrong_place"]),
        (PlannedEntry("999", "", 0), None, ["unknown_code", "bad_count"]),
        (PlannedEntry("825", "UK"), Item("825", "Protes", jaw=Demand.MUST), ["no_price"]),
    ],
    ids=str,
)
def test_planned_procedure_is_checked(entry, item, expected):
    assert faults(entry, item) == expected


@pytest.mark.requirement("SC-4")
def test_one_costs_the_price_of_the_list_or_what_is_typed():
    assert rules.calculate_planned_price(PlannedEntry("825", "UK"), PROSTHESIS) == 1_270_500
    assert rules.calculate_planned_price(PlannedEntry("890", "", 1, 99), LABORATORY) == 99


@pytest.mark.requirement("SC-4")
def test_preauthorization_holds_twelve_months_from_its_decision():
    assert str(rules.calculate_validity(TODAY, months=12)) == "2024-11-20 - 2025-11-19"


@pytest.mark.requirement("SC-4")
@given(st.dates(dt.date(2020, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 60))
def test_every_validity_begins_with_its_decision_and_has_no_more_days_than_its_months(day, months):
    held = rules.calculate_validity(day, months=months)

    assert held.first == day
    assert 28 * months - 1 <= (held.last - day).days <= 31 * months


@pytest.mark.requirement("SC-4", "CO-24")
def test_mark_of_a_plan_changes_with_everything_that_is_sent():
    row = (1, "825", "UK", 2, 1_270_500)
    others = [(2, *row[1:]), (1, "825S", *row[2:]), (1, "825", "ÖK", *row[3:]), (*row[:3], 1, row[4])]

    marks = {rules.calculate_mark("Skäl", [one]) for one in (row, *others)}
    marks |= {rules.calculate_mark("Annat", [row]), rules.calculate_mark("Skäl", [])}

    assert len(marks) == 7
    assert rules.calculate_mark("Skäl", [row]) in marks


@pytest.mark.requirement("SC-4")
def test_plan_is_sent_at_prices_that_hold():
    assert rules.check_still_priced("825", 1_270_500, PROSTHESIS) == []
    assert rules.check_still_priced("890", 99, LABORATORY) == []
    assert [one.code for one in rules.check_still_priced("825", 99, PROSTHESIS)] == ["other_price"]
    assert [one.code for one in rules.check_still_priced("825", 99, None)] == ["no_longer"]
