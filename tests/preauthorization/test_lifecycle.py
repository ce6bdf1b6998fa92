"""Every step of a request, allowed or not, in the table and through the commands."""

import itertools

import pytest

from kvitt.preauthorization import lifecycle
from kvitt.preauthorization.lifecycle import DECIDED, SENT, STEPS, RequestStatus, StepNotAllowed

pytestmark = pytest.mark.requirement("NA-18", "NA-19", "NA-20", "NA-21")

COMMANDS = sorted(set(STEPS.values()))
# What each step needs a request to be; a draft and a change are no steps, but need what theirs would.
FROM = {
    "send": {RequestStatus.NOT_SENT},
    "change": {RequestStatus.NOT_SENT},
    "remove": {RequestStatus.NOT_SENT},
    "withdraw": SENT,
    "ask": {RequestStatus.AWAITING_REVIEW},
    "keep_draft": SENT,
    "decide": SENT,
    "answer": {RequestStatus.COMPLETION_REQUESTED},
}
TO = {
    "send": RequestStatus.AWAITING_REVIEW,
    "change": RequestStatus.NOT_SENT,
    "remove": RequestStatus.REMOVED,
    "withdraw": RequestStatus.NOT_SENT,
    "ask": RequestStatus.COMPLETION_REQUESTED,
    "decide": RequestStatus.DECIDED,
    "answer": RequestStatus.AWAITING_REVIEW,
}


@pytest.mark.parametrize(
    ("before", "after", "command"), list(itertools.product(RequestStatus, RequestStatus, COMMANDS))
)
def test_only_the_command_of_the_table_takes_a_step(before, after, command):
    try:
        lifecycle.ensure_step(before.value, after, command=command)
        was_allowed = True
    except StepNotAllowed:
        was_allowed = False

    assert was_allowed == (STEPS.get((before, after)) == command)


def test_nothing_leads_out_of_a_decision_or_a_removal():
    assert not {before for before, _ in STEPS} & {*DECIDED, RequestStatus.REMOVED}


@pytest.mark.django_db
@pytest.mark.parametrize(("command", "before"), list(itertools.product(FROM, RequestStatus)))
def test_command_goes_through_exactly_from_its_statuses(command, before, steps):
    request = steps.request_in(before)

    if before in FROM[command]:
        getattr(steps, command)(request)
        assert steps.reload(request).status == TO.get(command, before)
    else:
        with pytest.raises(StepNotAllowed):
            getattr(steps, command)(request)
        assert steps.reload(request).status == before


def test_refused_step_says_so_in_words_and_names_the_step_in_the_log():
    with pytest.raises(StepNotAllowed) as told:
        lifecycle.ensure_step("decided", RequestStatus.DECIDED, command="decide")

    assert [problem.code for problem in told.value.problems] == ["step_not_allowed"]
    assert told.value.__notes__ == ["decide: decided -> decided"]
