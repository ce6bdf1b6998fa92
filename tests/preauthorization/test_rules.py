"""What a request must hold, what a decision must say, and what comes of it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.preauthorization import rules
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.preauthorization.rules import ProcedureFacts

pytestmark = pytest.mark.requirement("NA-20")

TODAY = dt.date(2024, 12, 16)
BRIDGE = ProcedureFacts(1, "852", "Bro, per led", "13", "", 855_000)
SPLINT = ProcedureFacts(2, "601", "Bettskena", "ÖK", "", 433_500)
FILLING = ProcedureFacts(3, "705", "Fyllning", "11", "MB", 75_000)
APPROVED, REFUSED = Verdict.APPROVED, Verdict.REFUSED
VERDICTS = st.lists(st.sampled_from(Verdict), min_size=1, max_size=20)


def codes(problems):
    return [(problem.code, problem.field) for problem in problems]


def test_procedure_is_called_by_code_text_tooth_and_surface():
    assert [one.name for one in (BRIDGE, FILLING)] == ["852 Bro, per led 13", "705 Fyllning 11 MB"]


@pytest.mark.requirement("NA-18")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tanden går inte att rädda.", []),
        ("  \n ", [("no_motivation", "motivation")]),
        ("x" * rules.TEXT_LENGTH, []),
        ("x" * (rules.TEXT_LENGTH + 1), [("long_text", "motivation")]),
    ],
)
def test_request_says_why(text, expected):
    assert codes(rules.check_motivation(text)) == expected


@pytest.mark.requirement("NA-18")
def test_request_holds_a_procedure():
    assert codes(rules.check_procedures([])) == [("no_procedure", "procedures")]
    assert rules.check_procedures([1]) == []


def test_question_and_answer_are_said():
    assert codes(rules.check_question(" ")) == [("no_question", "question")]
    assert codes(rules.check_answer("")) == [("no_answer", "answer")]
    assert rules.check_question("Var?") + rules.check_answer("Där.") == []


@pytest.mark.parametrize(
    ("verdicts", "reason", "expected"),
    [
        ({1: APPROVED, 2: APPROVED}, "", []),
        ({1: APPROVED, 2: REFUSED}, "Behövs inte.", []),
        ({1: APPROVED, 2: REFUSED}, " \n", [("no_reason", "reason")]),
        ({2: APPROVED}, "", [("no_verdict", "verdict_1")]),
        ({}, "", [("no_verdict", "verdict_1"), ("no_verdict", "verdict_2")]),
        ({1: APPROVED, 2: APPROVED}, "x" * 4_001, [("long_text", "reason")]),
        # Verdicts about what is not asked about count for nothing.
        ({1: APPROVED, 2: APPROVED, 9: REFUSED}, "", []),
    ],
)
def test_decision_tells_all_its_faults(verdicts, reason, expected):
    assert codes(rules.check_decision([BRIDGE, SPLINT], verdicts, reason=reason)) == expected


def test_draft_may_lack_anything_but_is_not_longer_than_a_decision():
    assert rules.check_draft("") == []
    assert codes(rules.check_draft("x" * 4_001)) == [("long_text", "reason")]


@pytest.mark.requirement("NA-21")
@given(VERDICTS)
def test_outcome_is_decided_when_all_are_alike_and_reserved_otherwise(verdicts):
    alike = all(verdict is verdicts[0] for verdict in verdicts)

    outcome = rules.calculate_outcome(verdicts)

    assert (outcome is RequestStatus.DECIDED) == alike
    assert (outcome is RequestStatus.APPROVED_WITH_RESERVATION) != alike


@pytest.mark.requirement("NA-21")
@given(VERDICTS, st.randoms(use_true_random=False))
def test_outcome_does_not_depend_on_the_order(verdicts, chance):
    shuffled = list(verdicts)
    chance.shuffle(shuffled)

    assert rules.calculate_outcome(verdicts) is rules.calculate_outcome(shuffled)


@given(st.dictionaries(st.sampled_from([1, 2, 3]), st.sampled_from(Verdict)), st.text(max_size=10))
def test_complete_decision_with_a_reason_has_no_faults_and_any_other_has(verdicts, reason):
    procedures = [BRIDGE, SPLINT, FILLING]
    is_complete = len(verdicts) == 3
    has_reason = bool(reason.strip()) or REFUSED not in verdicts.values()

    problems = rules.check_decision(procedures, verdicts, reason=reason)

    assert (problems == []) == (is_complete and has_reason)


@pytest.mark.requirement("CO-24")
def test_mark_tells_versions_and_drafts_apart():
    at = dt.datetime(2024, 12, 16, 10, 42, tzinfo=dt.UTC)
    marks = {
        rules.calculate_mark(sent_count=1, draft_at=None),
        rules.calculate_mark(sent_count=2, draft_at=None),
        rules.calculate_mark(sent_count=1, draft_at=at),
        rules.calculate_mark(sent_count=1, draft_at=at + dt.timedelta(seconds=1)),
    }

    assert len(marks) == 4
    assert all(rules.check_unchanged(mark, mark) == [] for mark in marks)
    assert rules.check_unchanged("", "2|") == []
    assert codes(rules.check_unchanged("1|", "2|")) == [("changed_meanwhile", "")]


@pytest.mark.parametrize(("sent_on", "days"), [("2024-12-16", 0), ("2024-11-16", 30), ("2024-12-17", 0)])
def test_request_is_as_old_as_the_days_since_it_was_sent(sent_on, days):
    assert rules.calculate_age(dt.date.fromisoformat(sent_on), today=TODAY) == days


@pytest.mark.requirement("CO-28")
def test_ages_are_counted_week_by_week():
    sent = {TODAY - dt.timedelta(days=days): 1 for days in (0, 7, 8, 14, 15, 21, 22, 28, 29, 400)}

    assert rules.calculate_ages(sent, today=TODAY) == [2, 2, 2, 2, 2]


@pytest.mark.requirement("CO-28")
@given(st.dictionaries(st.dates(dt.date(2020, 1, 1), TODAY), st.integers(1, 500)))
def test_every_waiting_request_is_in_one_age(sent):
    ages = rules.calculate_ages(sent, today=TODAY)

    assert sum(ages) == sum(sent.values())
    assert ages[-1] == sum(count for day, count in sent.items() if (TODAY - day).days > rules.AGES[-1])
