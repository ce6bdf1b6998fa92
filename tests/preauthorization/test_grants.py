"""What a decision may change of what is asked for: fewer or less, never more."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from kvitt.preauthorization import queries, rules
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.preauthorization.models import RequestedProcedure, Submission
from kvitt.preauthorization.rules import Grant, ProcedureFacts, Validity

TODAY = dt.date(2024, 11, 20)
APPROVED, REFUSED = Verdict.APPROVED, Verdict.REFUSED
counts, amounts = st.integers(-3, 120), st.integers(-5, 2_000_000)


@st.composite
def asked_and_granted(draw):
    """Return procedures that are asked for, verdicts and grants of any size."""
    asked = [
        ProcedureFacts(
            key, "825", "Protes", "UK", "", draw(st.integers(1, 1_000_000)), draw(st.integers(1, 99))
        )
        for key in range(draw(st.integers(1, 4)))
    ]
    verdicts = {one.key: draw(st.sampled_from(Verdict)) for one in asked}
    grants = {one.key: Grant(draw(counts), draw(amounts)) for one in asked if draw(st.booleans())}
    return asked, verdicts, grants


@pytest.mark.requirement("SC-4")
@given(asked_and_granted())
def test_what_passes_the_check_is_never_more_than_what_was_asked_for(drawn):
    asked, _verdicts, grants = drawn

    problems = rules.check_grants(asked, grants)

    fields = {problem.field for problem in problems}
    for one in asked:
        grant = grants.get(one.key, Grant(one.count, one.amount))
        assert (1 <= grant.count <= one.count) == (f"count_{one.key}" not in fields)
        is_counted = 1 <= grant.count <= one.count
        # At most their share, to the nearest öre.
        most = one.amount * grant.count / one.count + 0.5 if is_counted else one.amount
        assert (0 < grant.amount <= most) == (f"amount_{one.key}" not in fields)


@pytest.mark.requirement("SC-4")
def test_one_of_two_is_approved_for_half_the_amount_and_the_untouched_amount_follows_the_count():
    two = ProcedureFacts(1, "890", "Tandteknik", "", "", 2_000_000, 2)

    [problem] = rules.check_grants([two], {1: Grant(1, 2_000_000)})

    assert (problem.code, problem.values["most"]) == ("bad_amount", "10\u00a0000")
    for amount in (None, 2_000_000):
        assert rules.calculate_grant(two.asked, count=1, amount=amount) == Grant(1, 1_000_000)
        assert rules.calculate_grant(two.asked, count=None, amount=amount) == two.asked
    assert rules.calculate_grant(two.asked, count=1, amount=900_000) == Grant(1, 900_000)
    # The rule for the count tells what is wrong.
    assert rules.calculate_grant(two.asked, count=3, amount=None) == Grant(3, 2_000_000)


@pytest.mark.requirement("SC-4", "NA-21")
@given(asked_and_granted())
def test_decision_is_with_reservation_when_anything_is_refused_beside_or_changed(drawn):
    asked, verdicts, grants = drawn
    is_changed = rules.is_changed(asked, verdicts, grants)

    outcome = rules.calculate_outcome(list(verdicts.values()), is_any_changed=is_changed)

    changed = [
        one
        for one in asked
        if grants.get(one.key, Grant(one.count, one.amount)) != Grant(one.count, one.amount)
    ]
    approved = [one for one in changed if verdicts[one.key] is APPROVED]
    is_mixed = len(set(verdicts.values())) > 1
    assert (outcome is RequestStatus.APPROVED_WITH_RESERVATION) == (is_mixed or bool(approved))
    if is_changed:
        problems = rules.check_decision(asked, verdicts, reason="", grants=grants)
        assert [problem.code for problem in problems] == ["no_reason"]


@pytest.mark.requirement("SC-4")
def test_validity_is_asked_for_where_the_module_wants_one_and_anything_is_approved():
    def faults(validity, *verdicts):
        return [one.code for one in rules.check_validity(validity, verdicts, today=TODAY)]

    assert faults(None, APPROVED) == faults(Validity(None, None), REFUSED) == []
    assert faults(Validity(None, None), APPROVED, REFUSED) == ["no_validity"]
    assert faults(Validity(TODAY, TODAY), APPROVED) == []


@pytest.mark.django_db
@pytest.mark.requirement("SC-4")
def test_version_sent_before_counts_were_kept_is_still_read(steps):
    request = steps.waiting()
    Submission.objects.update(
        procedures=[
            {"key": 1, "code": "852", "text": "Bro", "location": "13", "surface": "", "amount": 855_000}
        ]
    )

    assert queries.desk(request, {}, today=TODAY).latest.procedures == ["852 Bro 13"]


@pytest.mark.django_db
@pytest.mark.requirement("SC-4", "NA-21")
def test_module_without_grants_writes_none(steps):
    request = steps.request_in(RequestStatus.DECIDED)

    assert set(request.procedures.values_list("approved_count", "approved_amount")) == {(None, None)}


@pytest.mark.django_db
@pytest.mark.requirement("SC-4")
@pytest.mark.parametrize(
    "change",
    [
        {"approved_count": 2, "approved_amount": 1},
        {"approved_count": 1, "approved_amount": 855_001},
        {"approved_count": 1, "approved_amount": 0},
        {"approved_count": 1},
    ],
    ids=str,
)
def test_database_refuses_a_grant_beyond_what_was_asked(change, steps):
    request = steps.request_in(RequestStatus.DECIDED)

    with pytest.raises(IntegrityError), transaction.atomic():
        RequestedProcedure.objects.filter(preauthorization=request, key=1).update(**change)
