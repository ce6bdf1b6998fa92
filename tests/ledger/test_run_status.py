"""How far a run has come, by the pure rules."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.templatetags.kvitt import status
from kvitt.ledger import rules
from kvitt.ledger.lifecycle import ClinicOutcome, RunStatus

pytestmark = pytest.mark.requirement("PH-8", "QU-23")
TODAY = dt.date(2024, 11, 20)
NOW = dt.datetime(2024, 11, 20, 9, 0, tzinfo=dt.UTC)
MOMENTS = st.integers(0, 60 * 24 * 50).map(lambda minutes: NOW - dt.timedelta(minutes=minutes))
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31))


def status_of(*, due_on=TODAY, started=None, finished=None, faults=0):
    """Return the status now; moments are hours ago."""
    moments = [None if ago is None else NOW - dt.timedelta(hours=ago) for ago in (started, finished)]
    return rules.calculate_run_status(rules.RunState(due_on, *moments, faults), today=TODAY, now=NOW)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, RunStatus.DUE),
        ({"due_on": TODAY - dt.timedelta(days=1)}, RunStatus.OVERDUE),
        ({"started": 0.5}, RunStatus.RUNNING),
        ({"started": 0.5, "faults": 2}, RunStatus.RUNNING),
        ({"started": 1}, RunStatus.RUNNING),
        ({"started": 1.01}, RunStatus.OVERDUE),
        # Run again long after its day: it has just begun.
        ({"due_on": dt.date(2024, 8, 1), "started": 0.01}, RunStatus.RUNNING),
        ({"started": 5, "finished": 4}, RunStatus.DONE),
        ({"due_on": dt.date(2024, 8, 1), "started": 5, "finished": 4}, RunStatus.DONE),
        ({"started": 5, "finished": 4, "faults": 1}, RunStatus.DONE_WITH_FAULTS),
    ],
)
def test_status_follows_from_the_run(facts, wanted):
    assert status_of(**facts) is wanted


@given(due_on=DAYS, started=st.none() | MOMENTS, finished=st.none() | MOMENTS, faults=st.integers(0, 3))
def test_status_says_whether_it_is_finished_and_has_faults(due_on, started, finished, faults):
    run = rules.RunState(due_on, started, finished, faults)

    found = rules.calculate_run_status(run, today=TODAY, now=NOW)

    assert (finished is not None) == (found in {RunStatus.DONE, RunStatus.DONE_WITH_FAULTS})
    assert (found is RunStatus.DONE_WITH_FAULTS) == (finished is not None and faults > 0)
    # What can be run again is exactly what says that it has faults.
    assert (found is RunStatus.DONE_WITH_FAULTS) == (rules.check_repeat(run) == [])


@given(due_on=DAYS, started=st.none() | MOMENTS, later=st.integers(0, 400))
def test_unfinished_run_never_becomes_less_late(due_on, started, later):
    run = rules.RunState(due_on, started, None, 0)
    day, now = TODAY + dt.timedelta(days=later), NOW + dt.timedelta(days=later)

    if rules.calculate_run_status(run, today=TODAY, now=NOW) is RunStatus.OVERDUE:
        assert rules.calculate_run_status(run, today=day, now=now) is RunStatus.OVERDUE


@given(today=DAYS)
def test_next_run_is_the_first_day_of_a_month_after_today(today):
    found = rules.calculate_next_run(today)

    assert found.day == 1
    assert 1 <= (found - today).days <= 31


@given(done=st.integers(0, 500), waiting=st.integers(0, 500), is_finished=st.booleans())
def test_progress_is_never_more_than_all(done, waiting, is_finished):
    progress = rules.calculate_run_progress(done=done, waiting=waiting, is_finished=is_finished)

    assert 0 <= progress.done <= progress.total
    assert progress.quarter in {0, 25, 50, 75, 100}
    assert (progress.quarter == 100) == (progress.done == progress.total)


def test_what_waits_after_a_finished_run_belongs_to_the_next():
    assert rules.calculate_run_progress(done=3, waiting=2, is_finished=True) == rules.RunProgress(3, 3)


@pytest.mark.requirement("QU-24")
@pytest.mark.parametrize("member", [*RunStatus, *ClinicOutcome])
def test_every_status_has_icon_word_and_colour(member):
    shown = status(member)

    assert "<svg" in shown
    assert "s-" in shown


def test_no_two_statuses_look_the_same():
    shapes = {status(member).partition("<svg")[2].rpartition("</svg>")[0] for member in RunStatus}

    assert len(shapes) == len(RunStatus)
