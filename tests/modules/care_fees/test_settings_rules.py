"""What a client's settings may be, and what is proposed."""

import datetime as dt

import pytest

from kvitt.modules.care_fees.lifecycle import FeeType
from kvitt.modules.care_fees.rules import clients, settings
from kvitt.modules.care_fees.rules.settings import ParishTerms, SettingsValues

pytestmark = pytest.mark.requirement("CF-5")

LINKOPING = ParishTerms(municipality="0580", own="058001")
UPPSALA = ParishTerms(municipality="0380", own="038001")


@pytest.mark.parametrize(
    ("is_in_care_home", "has_partner", "proposed"),
    [
        (False, False, SettingsValues(FeeType.SINGLE, accepts_cap=True)),
        (False, True, SettingsValues(FeeType.COUPLE, accepts_cap=True)),
        (True, False, SettingsValues(FeeType.SINGLE, accepts_cap=False)),
        (True, True, SettingsValues(FeeType.SINGLE, accepts_cap=False)),
    ],
)
def test_civil_status_decides_in_home_care_and_nothing_in_a_care_home(is_in_care_home, has_partner, proposed):
    assert settings.propose_settings(is_in_care_home=is_in_care_home, has_partner=has_partner) == proposed


def test_who_is_left_alone_is_proposed_as_single_from_the_day_after():
    died_on = dt.date(2024, 10, 31)
    assert settings.propose_single(FeeType.COUPLE, partner_died_on=died_on) == dt.date(2024, 11, 1)
    assert settings.propose_single(FeeType.SINGLE, partner_died_on=died_on) is None
    assert settings.propose_single(FeeType.COUPLE, partner_died_on=None) is None


@pytest.mark.parametrize(
    ("code", "terms", "wrong"),
    [
        ("", LINKOPING, []),
        ("058001", LINKOPING, []),
        ("058014", LINKOPING, []),
        ("05800", LINKOPING, ["bad_parish_code"]),
        ("0580011", LINKOPING, ["bad_parish_code"]),
        ("05800x", LINKOPING, ["bad_parish_code"]),
        ("000001", LINKOPING, ["unknown_municipality"]),
        ("038001", LINKOPING, ["other_municipality"]),
        ("038001", UPPSALA, []),
        ("058001", UPPSALA, ["other_municipality"]),
    ],
)
def test_parish_code_has_six_digits_and_a_municipality(code, terms, wrong):
    assert [problem.code for problem in settings.check_parish_code(code, terms)] == wrong


def test_code_of_another_municipality_hints_at_the_own_and_stands_when_confirmed():
    (hint,) = settings.check_parish_code("038001", LINKOPING)
    assert hint.values == {"municipality": "Uppsala", "own": "058001"}
    assert settings.check_parish_code("038001", LINKOPING, is_confirmed=True) == []


@pytest.mark.requirement("CF-1")
def test_age_stops_at_death():
    born = dt.date(1940, 2, 29)
    assert clients.calculate_age(born, on=dt.date(2024, 2, 28)) == 83
    assert clients.calculate_age(born, on=dt.date(2024, 2, 29)) == 84
    assert clients.calculate_age(born, on=dt.date(2024, 11, 20), died_on=dt.date(2023, 5, 1)) == 83
    assert clients.calculate_age(None, on=dt.date(2024, 11, 20)) is None
