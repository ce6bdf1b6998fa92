"""Caries as it is written, what a report needs, and which revision counts: no database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values import dates, teeth
from kvitt.registers.dental_records import rules
from kvitt.registers.dental_records.lifecycle import (
    Finding,
    ReportStatus,
    Risk,
    StepNotAllowed,
    ensure_step,
)
from kvitt.registers.dental_records.rules import ReportFacts, SettledReport, Surroundings, ToothFinding

TODAY = dt.date(2024, 11, 27)
MONTHS = 24
WHOLE = ReportFacts(TODAY, True, "low", "none", dt.date(2026, 11, 27))
AROUND = Surroundings(TODAY, True, MONTHS, born_on=dt.date(2013, 2, 5))


def written(text):
    return [str(rules.format_findings([one])) for one in rules.parse_findings(text).findings]


def codes(problems):
    return [(problem.field, problem.code) for problem in problems]


# Caries -------------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-4")
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("16 O D3", ["16 O D3"]),
        ("16od3", ["16 O D3"]),
        ("16 MO F", ["16 M F", "16 O F"]),
        ("16 M", ["16 M"]),
        ("16 M D1", ["16 M D1"]),
        ("16 D F", ["16 D F"]),
        ("16 MM", []),
        ("55 M, 54 d d2; 11 i D3", ["11 I D3", "54 D D2", "55 M"]),
        ("26 L D3\r\n26 P D3", ["26 P D3"]),
        ("36 L F", ["36 L F"]),
        ("\n\n , ;", []),
        ("", []),
    ],
)
def test_caries_is_read_by_tooth_surfaces_and_finding(typed, read):
    assert written(typed) == read


@pytest.mark.requirement("NA-4", "CO-33")
@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            "karies på 16",
            "karies på 16 cannot be read. Write tooth, surface and finding, for example 16 O D3.",
        ),
        ("16 O D4", "16 O D4 cannot be read. Write tooth, surface and finding, for example 16 O D3."),
        ("19 O D3", "19 O D3: there is no tooth 19. Give a tooth from 11 to 48, or from 51 to 85."),
        ("16 D3", "16 D3 has no surface. Write the surface before the finding, for example 16 O D3."),
        ("16 O M", "16 O M: a missing tooth has no surfaces. Write 16 M."),
        ("11 O D3", "Tooth 11 is a front tooth and has no surface O. Did you mean I?"),
        ("36 P F", "Tooth 36 is in the lower jaw and has no surface P. Did you mean L?"),
        (
            "16 O D3\n16 O F",
            "Tooth 16 has two findings on surface O. Give one; caries goes before filling.",
        ),
        (
            "16 MO F, 16 M",
            "Tooth 16 is written as missing and has findings too. Remove one of them.",
        ),
    ],
)
def test_what_cannot_be_right_is_told_at_the_field_and_nothing_is_read(typed, message):
    registration = rules.parse_findings(f"46 O F\n{typed}")

    assert [str(problem) for problem in registration.problems] == [message]
    assert {problem.field for problem in registration.problems} == {"findings"}
    assert registration.findings == ()


def surfaces_of(tooth):
    letters = ["M", "D", "B", "P" if teeth.jaw_of(tooth) == teeth.UPPER_JAW else "L"]
    return [*letters, "I" if teeth.is_front_tooth(tooth) else "O"]


@st.composite
def mouths(draw):
    """Draw what can be found in a mouth: at most one finding on a surface, none on a missing tooth."""
    findings = []
    for tooth in draw(st.sets(st.sampled_from([*teeth.PERMANENT_TEETH, *teeth.PRIMARY_TEETH]), max_size=12)):
        if draw(st.booleans()):
            findings.append(ToothFinding(tooth, "", Finding.MISSING))
            continue
        for surface in draw(st.sets(st.sampled_from(surfaces_of(tooth)), min_size=1)):
            found = draw(st.sampled_from([Finding.D1, Finding.D2, Finding.D3, Finding.FILLED]))
            findings.append(ToothFinding(tooth, surface, found))
    return findings


@pytest.mark.requirement("NA-4")
@given(mouths())
def test_what_is_written_is_read_back_as_it_was(findings):
    registration = rules.parse_findings(rules.format_findings(findings))

    assert registration.problems == ()
    assert set(registration.findings) == set(findings)
    assert len(registration.findings) == len(findings)


@pytest.mark.requirement("NA-4", "QU-16")
@given(st.text(max_size=60))
def test_any_text_gives_findings_or_problems_and_never_both(text):
    registration = rules.parse_findings(text)

    assert not (registration.findings and registration.problems)


# Settling -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-4")
def test_whole_report_is_settled():
    assert rules.check_settling(WHOLE, AROUND) == []


@pytest.mark.requirement("NA-4")
def test_empty_report_is_saved_and_tells_what_is_missing_when_settled():
    empty = ReportFacts(None, False, "", "", None)

    assert rules.check_report(empty, AROUND) == []
    assert codes(rules.check_settling(empty, AROUND)) == [
        (field, "missing")
        for field in ("examined_on", "practitioner", "caries_risk", "periodontal_risk", "next_revision_on")
    ]


def changed(**changes):
    return ReportFacts(**{**WHOLE.__dict__, **changes})


@pytest.mark.requirement("NA-4", "CO-33")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"examined_on": dt.date(2024, 11, 28)},
            "2024-11-28 is in the future. Give today's date, 2024-11-27, or an earlier one.",
        ),
        (
            {"examined_on": dt.date(2013, 2, 4)},
            "2013-02-04 is before the patient was born, 2013-02-05. Check the date.",
        ),
        (
            {"next_revision_on": TODAY},
            "The next revision, 2024-11-27, is not after the examination, 2024-11-27. Give a later day.",
        ),
        (
            {"next_revision_on": dt.date(2026, 11, 28)},
            "The next revision is at most 24 months after the examination. Give 2026-11-27 or earlier.",
        ),
    ],
)
def test_dates_out_of_order_are_refused_before_settling_too(changes, message):
    report = changed(**changes)

    assert [str(problem) for problem in rules.check_report(report, AROUND)] == [message]
    assert [str(problem) for problem in rules.check_settling(report, AROUND)] == [message]


@pytest.mark.requirement("NA-4")
def test_nobody_is_examined_after_death():
    around = Surroundings(TODAY, True, MONTHS, died_on=dt.date(2024, 11, 26))

    assert codes(rules.check_settling(WHOLE, around)) == [("examined_on", "examined_after_death")]


@pytest.mark.requirement("NA-4", "NA-6")
def test_practitioner_is_active_on_the_day_of_the_examination():
    around = Surroundings(TODAY, False, MONTHS)

    assert codes(rules.check_settling(WHOLE, around)) == [("practitioner", "practitioner_not_active")]
    assert rules.check_report(changed(has_practitioner=False), around) == []


days = st.dates(dt.date(2010, 1, 1), dt.date(2030, 12, 31))
risks = st.sampled_from(["", *Risk])


@pytest.mark.requirement("NA-4")
@given(
    st.builds(ReportFacts, st.none() | days, st.booleans(), risks, risks, st.none() | days),
    st.builds(Surroundings, days, st.booleans(), st.integers(1, 60), st.none() | days, st.none() | days),
)
def test_what_may_be_settled_is_whole_and_in_order(report, around):
    if rules.check_settling(report, around):
        return

    assert report.examined_on is not None
    assert report.next_revision_on is not None
    assert report.examined_on <= around.today
    assert report.has_practitioner
    assert around.is_practitioner_active
    assert report.caries_risk
    assert report.periodontal_risk
    last = dates.add_months(report.examined_on, around.longest_months)
    assert report.examined_on < report.next_revision_on <= last
    assert around.born_on is None or around.born_on <= report.examined_on
    assert around.died_on is None or report.examined_on <= around.died_on


@pytest.mark.requirement("NA-4")
@given(
    st.builds(ReportFacts, st.none() | days, st.booleans(), risks, risks, st.none() | days),
    st.builds(Surroundings, days, st.booleans(), st.integers(1, 60)),
)
def test_what_cannot_be_saved_cannot_be_settled(report, around):
    saving = codes(rules.check_report(report, around))

    assert set(saving) <= set(codes(rules.check_settling(report, around)))


@pytest.mark.requirement("NA-4")
def test_settled_report_takes_no_step():
    for status in ReportStatus:
        with pytest.raises(StepNotAllowed):
            ensure_step("settled", status, command="settle_report")


# Correcting, revision, contacts -------------------------------------------------------------------


@pytest.mark.requirement("NA-4")
@pytest.mark.parametrize(
    ("status", "corrected_by", "problems"),
    [
        ("settled", None, []),
        ("settled", 23, [("", "corrected_already")]),
        ("incomplete", None, [("", "not_settled")]),
    ],
)
def test_settled_report_is_corrected_once(status, corrected_by, problems):
    assert codes(rules.check_correction(21, status, corrected_by=corrected_by)) == problems


@pytest.mark.requirement("NA-4")
def test_revision_end_is_that_of_the_latest_examination():
    reports = [
        SettledReport(23, dt.date(2024, 1, 10), dt.date(2025, 1, 10)),
        SettledReport(21, TODAY, dt.date(2026, 11, 27)),
        SettledReport(22, TODAY, dt.date(2025, 11, 27)),
    ]

    assert rules.calculate_revision_end(reports) == dt.date(2025, 11, 27)
    assert rules.calculate_revision_end([]) is None


@pytest.mark.requirement("NA-5")
@pytest.mark.parametrize(
    ("day", "problems"),
    [
        (TODAY, []),
        (dt.date(2013, 2, 5), []),
        (dt.date(2024, 11, 28), [("contacted_on", "contact_in_future")]),
        (dt.date(2013, 2, 4), [("contacted_on", "contact_before_birth")]),
    ],
)
def test_contact_has_been(day, problems):
    assert codes(rules.check_contact(day, today=TODAY, born_on=dt.date(2013, 2, 5))) == problems
