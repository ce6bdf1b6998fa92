"""What can be requested, and when; and what those rules promise whatever is given."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.rules import procedure, request
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts

TODAY = dt.date(2024, 11, 20)
PERIOD = Period(dt.date(2024, 11, 6), dt.date(2025, 11, 5))
STATUSES = sorted({status.value for status in (*LineStatus, *ProcedureStatus)})
REQUIRES, AWAITS = "requires_preauthorization", "awaiting_review"


def facts(number, status=REQUIRES, location="13"):
    return ProcedureFacts(number, "852", location, "", TODAY, 855_000, status)


def codes(problems):
    return [problem.code for problem in problems]


# Examples -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-18", "NA-19")
def test_figure_12_offers_the_bridge_and_the_splint():
    lines = [facts(1, "approved"), facts(2, "approved"), facts(3), facts(4)]

    assert request.calculate_offered(lines, held=[]) == [3, 4]


@pytest.mark.requirement("NA-19")
def test_what_an_open_request_holds_is_not_offered():
    assert request.calculate_offered([facts(3), facts(4)], held={4}) == [3]


@pytest.mark.requirement("NA-17", "NA-18", "NA-19")
@pytest.mark.parametrize(
    ("lines", "held", "today", "message"),
    [
        ([facts(1)], [], TODAY, None),
        ([facts(1)], [], PERIOD.last, None),
        ([facts(1)], [], PERIOD.last + dt.timedelta(days=1), request.PERIOD_ENDED),
        ([facts(1, "approved")], [], TODAY, request.NONE_REQUIRES),
        ([facts(1, "refused")], [], TODAY, request.NONE_REQUIRES),
        ([facts(1)], [1], TODAY, request.ALL_REQUESTED),
        ([facts(1, AWAITS)], [], TODAY, request.ALL_REQUESTED),
        ([facts(1, AWAITS), facts(2)], [], TODAY, None),
    ],
)
def test_request_is_made_while_the_period_runs_and_something_is_left(lines, held, today, message):
    problems = request.check_new_request(lines, held, period=PERIOD, today=today)

    assert [problem.message for problem in problems] == ([message] if message else [])


@pytest.mark.requirement("NA-15")
@pytest.mark.parametrize(
    ("location", "is_preauthorized", "expected"),
    [("13", True, []), ("14", True, ["decided_place"]), ("", True, ["decided_place"]), ("14", False, [])],
)
def test_tooth_that_was_approved_stays(location, is_preauthorized, expected):
    problems = procedure.check_decided_place(
        facts(1, "approved"), location, is_preauthorized=is_preauthorized
    )

    assert codes(problems) == expected


# Whatever is given --------------------------------------------------------------------------------

LINES = st.lists(
    st.builds(facts, st.integers(1, 30), st.sampled_from(STATUSES)), unique_by=lambda one: one.id
)
KEYS = st.sets(st.integers(1, 30))


@pytest.mark.requirement("NA-18", "NA-19")
@given(LINES, KEYS)
def test_only_what_requires_preauthorization_and_is_free_is_offered(lines, held):
    offered = request.calculate_offered(lines, held)

    assert set(offered) == {one.id for one in lines if one.status == REQUIRES} - held


@pytest.mark.requirement("NA-18", "NA-19")
@given(LINES, KEYS, st.dates(dt.date(2024, 11, 6), dt.date(2026, 1, 1)))
def test_new_request_is_possible_exactly_when_something_is_offered_in_the_period(lines, held, today):
    problems = request.check_new_request(lines, held, period=PERIOD, today=today)

    assert bool(problems) == (today > PERIOD.last or not request.calculate_offered(lines, held))


@pytest.mark.requirement("NA-18")
@given(KEYS, KEYS)
def test_choice_beyond_what_was_offered_is_refused(chosen, offered):
    assert bool(request.check_choice(chosen, offered)) == bool(chosen - offered)


@pytest.mark.requirement("CO-24")
@given(st.text(), LINES, st.text(), LINES)
def test_mark_tells_contents_apart(motivation, lines, other_motivation, other_lines):
    def content(text, procedures):
        lines = [(one.id, one.code, one.location, one.surface, one.performed_on) for one in procedures]
        return text, sorted(lines)

    mark = request.calculate_mark(motivation, lines)
    other = request.calculate_mark(other_motivation, other_lines)

    assert (mark == other) == (content(motivation, lines) == content(other_motivation, other_lines))
    assert len(mark) == request.MARK_LENGTH


@pytest.mark.requirement("CO-24")
@pytest.mark.parametrize(
    ("name", "value", "is_same"),
    [
        ("code", "853", False),
        ("location", "14", False),
        ("surface", "MO", False),
        ("performed_on", dt.date(2024, 11, 21), False),
        ("amount", 1, True),
        ("status", "awaiting_review", True),
    ],
)
def test_mark_is_of_what_is_sent_but_not_of_its_price(name, value, is_same):
    before = facts(1)
    after = replace(before, **{name: value})

    assert (request.calculate_mark("", [before]) == request.calculate_mark("", [after])) == is_same
