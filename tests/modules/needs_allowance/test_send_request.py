"""Preauthorization is requested: lines are locked, what is sent is kept, taken back and answered."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import requests
from kvitt.registers.access.rules import NotAllowed
from tests.modules.needs_allowance.requesting import MOTIVATION, ask, decide, save, send

AFTER_THE_PERIOD = dt.date(2025, 11, 10)
STRANGERS = [
    ("bo", Http404),
    ("david", Http404),
    ("eva", NotAllowed),
    ("frida", NotAllowed),
    ("gustav", NotAllowed),
    ("ivar", NotAllowed),
]


@pytest.fixture
def anna(world):
    return world.actor("anna")


def refusals(act, *args, **facts):
    with pytest.raises(Refused) as refused:
        act(*args, **facts)
    return [(problem.code, problem.field) for problem in refused.value.problems]


# Sending ------------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-18")
def test_new_request_is_sent_at_once(world, number, bridge, splint, statuses, stored):
    request = stored(send(world, number, bridge, splint))

    assert (request.status, request.sent_on) == ("awaiting_review", world.today)
    assert statuses(bridge, splint) == ["awaiting_review"] * 2


@pytest.mark.requirement("NA-18")
def test_what_is_left_out_still_requires_preauthorization(world, number, bridge, splint, statuses):
    send(world, number, splint)

    assert statuses(bridge, splint) == ["requires_preauthorization", "awaiting_review"]


@pytest.mark.requirement("NA-18")
def test_saved_request_is_sent_as_it_was_saved(world, number, bridge, splint, statuses, stored):
    request_id = save(world, number, splint)

    assert send(world, number, request_id=request_id) == request_id
    assert stored(request_id).status == "awaiting_review"
    assert statuses(bridge, splint) == ["requires_preauthorization", "awaiting_review"]


@pytest.mark.requirement("NA-18")
def test_saved_request_is_changed_and_sent_at_once(world, number, bridge, splint, stored):
    request_id = save(world, number, splint)

    send(world, number, bridge, motivation="Ny motivering.", request_id=request_id)

    [sent] = stored(request_id).submissions.all()
    assert (sent.motivation, [one["key"] for one in sent.procedures]) == ("Ny motivering.", [bridge.pk])


@pytest.mark.requirement("NA-18", "NA-21")
def test_what_is_sent_is_kept_as_the_procedures_are_then(world, number, bridge, stored):
    request_id = save(world, number, bridge)
    world.change(bridge, location="14")

    send(world, number, request_id=request_id)

    [sent] = stored(request_id).submissions.all()
    assert (sent.number, sent.sent_by, sent.motivation) == (1, "Anna Testander", MOTIVATION)
    assert sent.procedures == [
        {
            "key": bridge.pk,
            "code": "852",
            "text": "Tandersättning, en tand",
            "location": "14",
            "surface": "",
            "amount": 855_000,
        }
    ]


@pytest.mark.requirement("CO-30", "CO-31")
def test_making_and_sending_is_one_event(world, number, bridge):
    send(world, number, bridge)

    event = world.event("send_request")
    assert event.data["after"] == {"codes": "852 Tandersättning, en tand 13", "status": "awaiting_review"}
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]
    assert "852 Tandersättning, en tand 13" in str(world.case_page(number).events[0].details)


@pytest.mark.requirement("NA-15", "NA-18")
def test_procedure_in_review_is_neither_changed_nor_removed(world, number, bridge):
    send(world, number, bridge)

    assert refusals(world.change, bridge, location="14") == [("locked", "")]
    assert refusals(world.remove, bridge) == [("locked", "")]


@pytest.mark.requirement("NA-18", "NA-23")
def test_procedure_in_review_does_not_count(world, number, bridge):
    send(world, number, bridge)

    assert world.case_page(number).totals.billable == 0


@pytest.mark.requirement("NA-19")
def test_case_has_several_requests(world, number, bridge, splint):
    send(world, number, bridge)
    send(world, number, splint)

    assert [row.status.value for row in world.case_page(number).requests.rows] == ["awaiting_review"] * 2


@pytest.mark.requirement("NA-19")
def test_procedure_is_sent_once(world, number, bridge, nothing_saved):
    send(world, number, bridge)
    before = nothing_saved()

    assert refusals(send, world, number, bridge) == [("not_offered", "procedures")]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-18", "CO-24")
def test_request_is_sent_once(world, number, bridge, nothing_saved):
    request_id = send(world, number, bridge)
    before = nothing_saved()

    assert refusals(send, world, number, request_id=request_id) == [("step_not_allowed", "")]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-19", "NA-21")
def test_refused_procedure_is_not_requested_again(world, number, splint):
    decide(world, send(world, number, splint), {splint.pk: "refused"})

    assert refusals(send, world, number, splint) == [("not_offered", "procedures")]


@pytest.mark.requirement("NA-17")
def test_after_the_period_nothing_is_sent(world, number, bridge, settings, nothing_saved):
    request_id = save(world, number, bridge)
    world.pass_time_to(AFTER_THE_PERIOD, settings)
    before = nothing_saved()

    assert refusals(send, world, number, request_id=request_id) == [("period_ended", "")]
    assert refusals(send, world, number, bridge) == [("period_ended", "")]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-17")
def test_on_the_last_day_of_the_period_it_is_still_sent(world, number, bridge, settings, stored):
    world.pass_time_to(dt.date(2025, 11, 9), settings)

    assert stored(send(world, number, bridge)).status == "awaiting_review"


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(("name", "refused"), STRANGERS)
def test_only_the_clinic_itself_sends(name, refused, world, number, bridge, nothing_saved):
    before = nothing_saved()

    with pytest.raises(refused):
        send(world, number, bridge, by=name)

    assert nothing_saved() == before


# Taking back --------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-19")
def test_waiting_request_is_taken_back(world, number, bridge, splint, anna, statuses, stored):
    request_id = send(world, number, bridge, splint)

    requests.withdraw_request(anna, number=number, request_id=request_id)

    assert stored(request_id).status == "not_sent"
    assert statuses(bridge, splint) == ["requires_preauthorization"] * 2
    event = world.event("withdraw_request")
    assert (event.data["before"]["status"], event.data["after"]["status"]) == ("awaiting_review", "not_sent")


@pytest.mark.requirement("NA-19")
def test_request_that_was_taken_back_is_changed_and_sent_again(world, number, bridge, splint, anna, stored):
    request_id = send(world, number, bridge, splint)
    requests.withdraw_request(anna, number=number, request_id=request_id)

    send(world, number, splint, motivation="Bara skenan.", request_id=request_id)

    assert [sent.motivation for sent in stored(request_id).submissions.all()] == ["Bara skenan.", MOTIVATION]


@pytest.mark.requirement("NA-17", "NA-19")
def test_after_the_period_a_request_is_still_taken_back(world, number, bridge, anna, settings, statuses):
    request_id = send(world, number, bridge)
    world.pass_time_to(AFTER_THE_PERIOD, settings)

    requests.withdraw_request(anna, number=number, request_id=request_id)

    assert statuses(bridge) == ["requires_preauthorization"]


@pytest.mark.requirement("NA-19")
def test_decided_request_is_not_taken_back(world, number, bridge, anna, nothing_saved):
    request_id = send(world, number, bridge)
    decide(world, request_id, {bridge.pk: "approved"})
    before = nothing_saved()

    withdraw = requests.withdraw_request
    assert refusals(withdraw, anna, number=number, request_id=request_id) == [("step_not_allowed", "")]
    assert nothing_saved() == before


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(("name", "refused"), STRANGERS)
def test_only_the_clinic_itself_takes_back(name, refused, world, number, bridge, nothing_saved):
    request_id = send(world, number, bridge)
    before = nothing_saved()

    with pytest.raises(refused):
        requests.withdraw_request(world.actor(name), number=number, request_id=request_id)

    assert nothing_saved() == before


# Answering ----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-20")
def test_answer_returns_the_request_to_the_queue_as_old_as_it_was(
    world, number, bridge, anna, settings, statuses, stored
):
    sent_on = world.today
    request_id = send(world, number, bridge)
    ask(world, request_id)
    world.pass_time_to(dt.date(2024, 11, 25), settings)

    requests.answer_request(anna, number=number, request_id=request_id, text="Bilden är bifogad.")

    assert (stored(request_id).status, stored(request_id).sent_on) == ("awaiting_review", sent_on)
    assert statuses(bridge) == ["awaiting_review"]
    answered, first = stored(request_id).submissions.all()
    assert (first.question, answered.answer) == ("Bifoga en röntgenbild.", "Bilden är bifogad.")
    event = world.event("answer_request")
    assert event.data["before"]["status"] == "completion_requested"
    assert event.data["after"]["status"] == "awaiting_review"


@pytest.mark.requirement("NA-17", "NA-20")
def test_after_the_period_a_question_is_still_answered(world, number, bridge, anna, settings, stored):
    request_id = send(world, number, bridge)
    ask(world, request_id)
    world.pass_time_to(AFTER_THE_PERIOD, settings)

    requests.answer_request(anna, number=number, request_id=request_id, text="Bilden är bifogad.")

    assert stored(request_id).status == "awaiting_review"


@pytest.mark.requirement("NA-20", "CO-33")
def test_answer_is_compulsory(world, number, bridge, anna, nothing_saved):
    request_id = send(world, number, bridge)
    ask(world, request_id)
    before = nothing_saved()

    answer = requests.answer_request
    assert refusals(answer, anna, number=number, request_id=request_id, text=" ") == [("no_answer", "answer")]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-20")
def test_only_a_question_is_answered(world, number, bridge, anna):
    request_id = send(world, number, bridge)

    answer = requests.answer_request
    assert refusals(answer, anna, number=number, request_id=request_id, text="Ja.") == [
        ("step_not_allowed", "")
    ]


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(("name", "refused"), STRANGERS)
def test_only_the_clinic_itself_answers(name, refused, world, number, bridge, nothing_saved):
    request_id = send(world, number, bridge)
    ask(world, request_id)
    before = nothing_saved()

    with pytest.raises(refused):
        requests.answer_request(world.actor(name), number=number, request_id=request_id, text="Ja.")

    assert nothing_saved() == before
