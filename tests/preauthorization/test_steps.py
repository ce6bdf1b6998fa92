"""What each step of a request writes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from kvitt.foundation.values.problems import Refused
from kvitt.preauthorization import queries
from kvitt.preauthorization.commands import requests as commands
from kvitt.preauthorization.commands.requests import Attachment, NoTransaction
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.preauthorization.models import Preauthorization, RequestedProcedure
from tests.preauthorization.conftest import BRIDGE, SPLINT, Steps

pytestmark = pytest.mark.django_db

MODULE = "needs_allowance"
PHOTO, MODEL = Attachment(7, "Röntgenbild"), Attachment(3, "Gipsmodell, 2 st")


def faults(refused):
    return [problem.code for problem in refused.value.problems]


# The clinic -------------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-18")
def test_saved_request_is_not_sent(steps):
    request = steps.reload(steps.create())

    assert (request.status, request.sent_on, request.submissions.count()) == ("not_sent", None, 0)
    assert [one.facts() for one in queries.procedures_of(request)] == [BRIDGE, SPLINT]


@pytest.mark.requirement("NA-18")
def test_every_fault_of_a_request_is_told(steps, world):
    new = commands.NewRequest(MODULE, "B2024-000001", world.ryd.pk, world.elsa.pk)

    with pytest.raises(Refused) as refused:
        commands.create(steps.anna, new, motivation=" ", procedures=(), today=world.today)

    assert faults(refused) == ["no_motivation", "no_procedure"]


@pytest.mark.requirement("NA-19")
def test_procedure_is_in_one_open_request(steps):
    steps.create(BRIDGE)

    with pytest.raises(Refused) as refused:
        steps.create(BRIDGE, SPLINT)

    assert faults(refused) == ["already_requested"]


@pytest.mark.requirement("NA-19")
def test_database_holds_a_procedure_to_one_open_request(steps):
    first, second = steps.create(BRIDGE), steps.create(SPLINT)

    with pytest.raises(IntegrityError), transaction.atomic():
        second.procedures.update(key=BRIDGE.key)

    assert first.procedures.get().key == BRIDGE.key


@pytest.mark.requirement("NA-19")
def test_removed_request_leaves_its_procedures_free(steps):
    steps.remove(steps.create(BRIDGE))

    assert queries.open_keys(MODULE, [BRIDGE.key]) == set()
    assert steps.create(BRIDGE).procedures.count() == 1


@pytest.mark.requirement("NA-18")
def test_what_is_sent_is_kept_exactly_as_it_was(steps, world):
    request = steps.waiting(documents=(PHOTO,), parcels=(MODEL,))

    [sent] = queries.submissions_of(request)
    assert (sent.number, sent.sent_by, sent.motivation) == (1, "Anna Testander", "Tanden går inte att rädda.")
    assert sent.procedures[0]["code"] == "852"
    assert sent.documents == [{"id": 7, "label": "Röntgenbild"}]
    assert sent.parcels == [{"id": 3, "label": "Gipsmodell, 2 st"}]
    assert steps.reload(request).sent_on == world.today


@pytest.mark.requirement("NA-19")
def test_what_was_sent_stays_while_the_request_waits(steps):
    request = steps.waiting(documents=(PHOTO,), parcels=(MODEL,))
    held = queries.held_document_ids(steps.anna.authority_id, MODULE, "B2024-000001")
    steps.withdraw(request)

    assert held == {7}
    assert queries.held_document_ids(steps.anna.authority_id, MODULE, "B2024-000001") == set()
    assert queries.held_parcel_ids(steps.anna.authority_id, MODULE, "B2024-000001") == set()


@pytest.mark.requirement("NA-15", "NA-19")
def test_removed_line_leaves_a_saved_request_and_not_a_sent_one(steps):
    saved, sent = steps.create(BRIDGE), steps.waiting(SPLINT)

    for key in (BRIDGE.key, SPLINT.key):
        commands.drop_procedure(MODULE, key)

    assert [request.procedures.count() for request in (saved, sent)] == [0, 1]


@pytest.mark.requirement("NA-19")
def test_request_that_is_taken_back_forgets_question_and_draft(steps):
    request = steps.waiting()
    steps.keep_draft(request)
    steps.ask(request)

    steps.withdraw(request)

    found = steps.reload(request)
    assert (found.question, found.draft_reason, found.draft_by, found.draft_at) == ("", "", "", None)
    assert set(found.procedures.values_list("draft_verdict", flat=True)) == {""}


@pytest.mark.requirement("NA-20")
def test_answered_request_is_as_old_as_it_was(steps, world):
    request = steps.waiting(today=world.today - dt.timedelta(days=9))
    steps.ask(request)

    steps.answer(request)

    assert (steps.reload(request).sent_on, request.question) == (world.today - dt.timedelta(days=9), "")
    newest, first = queries.submissions_of(request)
    assert (newest.number, newest.answer) == (2, "Här är bilden.")
    assert (first.question, first.asked_by) == ("Var är bilden?", "Frida Bedömarsson")


@pytest.mark.requirement("NA-22")
def test_first_reader_of_a_decision_stays(steps):
    request = steps.request_in(RequestStatus.DECIDED)

    was_unread = steps.mark_read(request)
    read_at = steps.reload(request).read_at
    commands.mark_read(steps.world.actor("bo"), request)

    assert was_unread
    assert (steps.reload(request).read_at, request.read_by) == (read_at, "Anna Testander")


@pytest.mark.requirement("NA-22")
def test_what_is_not_decided_cannot_be_read(steps):
    with pytest.raises(Refused) as refused:
        steps.mark_read(steps.waiting())

    assert faults(refused) == ["not_decided"]


# The assessor -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-21")
@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ((Verdict.APPROVED, Verdict.APPROVED), "decided"),
        ((Verdict.REFUSED, Verdict.REFUSED), "decided"),
        ((Verdict.REFUSED, Verdict.APPROVED), "approved_with_reservation"),
    ],
)
def test_decision_closes_the_request_and_leaves_its_procedures_free(verdicts, status, steps, world):
    request = steps.waiting()

    steps.decide(request, *verdicts)

    found = steps.reload(request)
    assert (found.status, found.decided_on, found.decided_by) == (status, world.today, "Frida Bedömarsson")
    assert found.reason == "Skälet."
    assert found.is_unread
    assert tuple(one.verdict for one in queries.procedures_of(found)) == verdicts
    assert queries.open_keys(MODULE, [1, 2]) == set()
    assert queries.decided_requests(MODULE, [1, 2]) == {1: found.pk, 2: found.pk}


@pytest.mark.requirement("NA-20")
def test_faulty_decision_changes_nothing(steps):
    request = steps.waiting()

    with pytest.raises(Refused) as refused:
        steps.decide(request, Verdict.APPROVED, Verdict.REFUSED, reason=" ")

    assert faults(refused) == ["no_reason"]
    assert steps.reload(request).status == RequestStatus.AWAITING_REVIEW


@pytest.mark.requirement("NA-20")
def test_draft_is_kept_until_the_decision(steps):
    request = steps.waiting()

    steps.keep_draft(request)
    kept = steps.reload(request)
    drafts = [one.draft_verdict for one in queries.procedures_of(kept)]
    steps.decide(kept)

    assert (kept.status, kept.draft_by, drafts) == ("decided", "", ["refused", ""])
    assert [one.draft_verdict for one in queries.procedures_of(kept)] == ["", ""]


@pytest.mark.requirement("NA-20")
def test_draft_is_not_cut_off(steps):
    request = steps.waiting()

    with pytest.raises(Refused) as refused:
        steps.keep_draft(request, "x" * 4_001)

    assert faults(refused) == ["long_text"]
    assert steps.reload(request).draft_reason == ""


@pytest.mark.requirement("NA-20", "CO-24")
def test_only_what_the_assessor_has_seen_is_decided(steps):
    request = steps.waiting()
    seen = queries.mark_of(request)
    commands.ensure_as_seen(request, seen)
    steps.ask(request)
    steps.answer(request)

    with pytest.raises(Refused) as refused:
        commands.ensure_as_seen(request, seen)

    assert faults(refused) == ["changed_meanwhile"]


# Around the steps -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_step_is_taken_outside_a_transaction(transactional_db, world):
    steps = Steps(world)
    with transaction.atomic():
        saved, waiting, asked, decided = (
            steps.create(),
            *(
                steps_of(steps, number, status)
                for number, status in (
                    (10, RequestStatus.AWAITING_REVIEW),
                    (20, RequestStatus.COMPLETION_REQUESTED),
                    (30, RequestStatus.DECIDED),
                )
            ),
        )

    for step, request in (
        (steps.change, saved),
        (steps.send, saved),
        (steps.remove, saved),
        (steps.withdraw, waiting),
        (steps.keep_draft, waiting),
        (steps.ask, waiting),
        (steps.decide, waiting),
        (steps.answer, asked),
        (steps.mark_read, decided),
        (lambda _: steps.create(), saved),
        (lambda _: commands.drop_procedure(MODULE, 1), saved),
        (lambda found: commands.ensure_as_seen(found, ""), waiting),
    ):
        with pytest.raises(NoTransaction):
            step(request)


def steps_of(steps, key, status):
    """Return a request in the status about a procedure of its own."""
    procedure = type(BRIDGE)(key, "852", "Tandersättning", "13", "", 855_000)
    request = steps.waiting(procedure)
    if status is RequestStatus.COMPLETION_REQUESTED:
        steps.ask(request)
    elif status is RequestStatus.DECIDED:
        steps.decide(request)
    return request


@pytest.mark.parametrize(
    "change",
    [
        {"status": "lost"},
        {"status": "decided"},
        {"decided_on": dt.date(2024, 11, 20)},
        {"sent_on": None},
    ],
    ids=str,
)
def test_database_refuses_what_no_step_makes(change, steps):
    request = steps.waiting()

    with pytest.raises(IntegrityError), transaction.atomic():
        Preauthorization.objects.filter(pk=request.pk).update(**change)


@pytest.mark.parametrize(
    "change", [{"verdict": "perhaps"}, {"verdict": "approved", "is_open": True}], ids=str
)
def test_database_refuses_verdicts_that_no_step_makes(change, steps):
    request = steps.waiting()

    with pytest.raises(IntegrityError), transaction.atomic():
        RequestedProcedure.objects.filter(preauthorization=request).update(**change)
