"""What a certificate must be like, how long it holds as a rule, and when it can be revoked."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.queries.certificates import certificate_words
from kvitt.modules.special_care.rules import certificate as rules
from kvitt.modules.special_care.rules.category import CategoryFacts
from kvitt.modules.special_care.rules.certificate import CertificateContent
from kvitt.modules.special_care.rules.claim import CertificateFacts

N, F, S = SupportType.N, SupportType.F, SupportType.S
TODAY = dt.date(2024, 11, 20)
SINCE = dt.date(2020, 1, 1)
N1 = CategoryFacts(N, "N1", "särskilt boende", SINCE)
F1 = CategoryFacts(F, "F1", "svår psykisk funktionsnedsättning", SINCE, valid_years=4)
GOOD = CertificateContent("764155", N, "N1", dt.date(2024, 1, 16), None, "Biståndshandläggare")
OTHER = CertificateFacts("764153", N, "N2", dt.date(2023, 1, 1), dt.date(2023, 12, 31))
DAYS = st.dates(SINCE, dt.date(2030, 12, 31))


def problems_of(others=(), category=N1, *, taken=False, **changes):
    content = replace(GOOD, **changes)
    found = rules.check_certificate(
        content, category=category, others=others, today=TODAY, is_number_taken=taken
    )
    return [(problem.code, problem.field) for problem in found]


@pytest.mark.requirement("SC-1")
def test_right_certificate_has_no_fault():
    assert problems_of() == []
    assert problems_of([OTHER], last_on=dt.date(2024, 12, 31)) == []


@pytest.mark.requirement("SC-1")
@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"number": ""}, ("no_number", "certificate_number")),
        ({"number": "764/155"}, ("bad_number", "certificate_number")),
        ({"number": "1" * 21}, ("bad_number", "certificate_number")),
        ({"number": "19450312-9803"}, ("personal_number", "certificate_number")),
        ({"number": "4503129803"}, ("personal_number", "certificate_number")),
        ({"taken": True}, ("number_taken", "certificate_number")),
        ({"support": S}, ("no_certificate_for_s", "category")),
        ({"category": None}, ("unknown_category", "category")),
        ({"category": F1}, ("category_of_other", "category")),
        (
            {"category": replace(N1, last_on=dt.date(2024, 1, 15))},
            ("category_not_in_use", "category"),
        ),
        ({"first_on": dt.date(2019, 12, 31)}, ("category_not_in_use", "category")),
        ({"last_on": dt.date(2024, 1, 15)}, ("days_in_order", "last_on")),
        ({"issued_by": ""}, ("no_issuer", "issued_by")),
        ({"issued_by": "x" * 201}, ("long_issuer", "issued_by")),
    ],
)
def test_each_fault_is_told_alone(changes, fault):
    assert problems_of(**changes) == [fault]


@pytest.mark.requirement("SC-1")
def test_overlap_names_the_other_certificate():
    (closed,) = rules.check_certificate(
        replace(GOOD, first_on=OTHER.last_on), category=N1, others=[OTHER], today=TODAY
    )
    (endless,) = rules.check_certificate(
        GOOD, category=N1, others=[replace(OTHER, last_on=None)], today=TODAY
    )

    assert "764153 of the same support type, from 2023-01-01 to 2023-12-31" in str(closed)
    assert "764153 of the same support type, from 2023-01-01 until further notice" in str(endless)
    assert closed.field == endless.field == "first_on"


@pytest.mark.requirement("SC-1")
@pytest.mark.parametrize(
    "other",
    [replace(OTHER, last_on=None, support=F), replace(OTHER, last_on=None, revoked_on=dt.date(2024, 3, 1))],
    ids=["of the other support", "revoked"],
)
def test_certificate_beside_which_another_may_hold(other):
    assert problems_of([other]) == []


@given(first=DAYS, last=st.none() | DAYS, other_first=DAYS, other_last=st.none() | DAYS)
def test_two_certificates_of_a_support_never_share_a_day(first, last, other_first, other_last):
    other = replace(OTHER, first_on=other_first, last_on=max(other_first, other_last or other_first))
    last = last and max(first, last)

    found = problems_of([other], first_on=first, last_on=last)

    assert (found == [("overlaps", "first_on")]) == Period(first, last).overlaps(
        Period(other.first_on, other.last_on)
    )


@pytest.mark.requirement("SC-1a")
def test_category_says_how_long_a_certificate_holds_as_a_rule():
    assert rules.calculate_last_day(F1, first_on=dt.date(2024, 1, 16)) == dt.date(2028, 1, 15)
    assert rules.calculate_last_day(F1, first_on=dt.date(2024, 2, 29)) == dt.date(2028, 2, 28)
    assert rules.calculate_last_day(N1, first_on=dt.date(2024, 1, 16)) is None


@pytest.mark.requirement("SC-1")
def test_certificate_keeps_its_support_and_stays_revoked():
    kept = CertificateFacts("764155", N, "N1", GOOD.first_on, None)

    assert rules.check_change(kept, GOOD) == []
    (other,) = rules.check_change(replace(kept, support=F), GOOD)
    (revoked,) = rules.check_change(replace(kept, revoked_on=TODAY), GOOD)
    assert (other.code, revoked.code) == ("category_of_other", "is_revoked")


@pytest.mark.requirement("SC-1")
@pytest.mark.parametrize(
    ("day", "reason", "codes"),
    [
        (OTHER.first_on, "Fel", []),
        (OTHER.last_on, "Fel", []),
        (dt.date(2022, 12, 31), "Fel", ["revoked_before"]),
        (dt.date(2024, 1, 1), "", ["revoked_after", "no_reason"]),
        (OTHER.first_on, "x" * 2001, ["long_reason"]),
    ],
)
def test_certificate_is_revoked_within_its_days_and_with_a_reason(day, reason, codes):
    found = rules.check_revocation(OTHER, revoked_on=day, reason=reason)

    assert [problem.code for problem in found] == codes


@pytest.mark.requirement("SC-1")
def test_endless_certificate_is_revoked_from_a_day_to_come_but_once():
    endless = replace(OTHER, last_on=None)

    assert rules.check_revocation(endless, revoked_on=dt.date(2030, 1, 1), reason="Flyttar") == []
    (again,) = rules.check_revocation(replace(endless, revoked_on=TODAY), revoked_on=TODAY, reason="Fel")
    assert again.code == "is_revoked"


@pytest.mark.requirement("SC-1")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last_on": None}, "until further notice"),
        ({"first_on": dt.date(2024, 12, 1), "last_on": None}, "valid from 2024-12-01 until further notice"),
        ({"last_on": dt.date(2025, 3, 31)}, "valid 2023-01-01–2025-03-31"),
        ({}, "ended 2023-12-31"),
        ({"revoked_on": dt.date(2023, 6, 1)}, "revoked from 2023-06-01"),
    ],
)
def test_validity_in_words(changes, words):
    assert certificate_words(replace(OTHER, **changes), TODAY) == words
