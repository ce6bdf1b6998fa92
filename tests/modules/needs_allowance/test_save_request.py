"""A request for preauthorization is saved without being sent, changed and removed."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import requests
from kvitt.modules.needs_allowance.commands.procedures import ChangedMeanwhile
from kvitt.modules.needs_allowance.models import Case
from kvitt.registers.access.rules import NotAllowed
from tests.modules.needs_allowance.requesting import MOTIVATION, ask, save, send

pytestmark = pytest.mark.requirement("NA-18")
AFTER_THE_PERIOD = dt.date(2025, 11, 10)
STRANGERS = [
    ("bo", Http404),
    ("david", Http404),
    ("eva", NotAllowed),
    ("frida", NotAllowed),
    ("gustav", NotAllowed),
    ("ivar", NotAllowed),
]


def keys(request):
    return sorted(request.procedures.values_list("key", flat=True))


def refusals(act, *args, **facts):
    with pytest.raises(Refused) as refused:
        act(*args, **facts)
    return [(problem.code, problem.field) for problem in refused.value.problems]


# What is written ----------------------------------------------------------------------------------


def test_saved_request_is_not_sent_and_locks_nothing(world, number, bridge, splint, statuses, stored):
    request = stored(save(world, number, bridge, splint))

    assert (request.status, request.sent_on, request.motivation) == ("not_sent", None, MOTIVATION)
    assert (request.case_number, request.clinic, request.person) == (number, world.ryd, world.elsa)
    assert keys(request) == [bridge.pk, splint.pk]
    assert statuses(bridge, splint) == ["requires_preauthorization"] * 2


def test_some_procedures_may_be_left_out(world, number, bridge, splint, stored):
    assert keys(stored(save(world, number, splint))) == [splint.pk]


def test_saved_request_is_changed(world, number, bridge, splint, stored):
    request_id = save(world, number, bridge, splint)

    changed = save(world, number, splint, motivation="Annan.", request_id=request_id)

    assert changed == request_id
    assert (stored(request_id).motivation, keys(stored(request_id))) == ("Annan.", [splint.pk])


def test_what_is_left_out_of_a_request_can_be_in_another(world, number, bridge, splint, stored):
    request_id = save(world, number, bridge, splint)
    save(world, number, splint, request_id=request_id)

    assert keys(stored(save(world, number, bridge))) == [bridge.pk]


@pytest.mark.requirement("NA-15")
def test_what_is_not_performed_has_the_price_of_today(world, number, settings, stored):
    planned = world.report(number, "601", "ÖK", performed_on=None)
    world.set_price("601", dt.date(2025, 1, 1), 500_000)
    world.pass_time_to(dt.date(2025, 1, 2), settings)

    assert stored(save(world, number, planned)).procedures.get().amount == 500_000


@pytest.mark.requirement("CO-30", "CO-31")
def test_saving_is_one_event(world, number, bridge, splint):
    save(world, number, bridge, splint)

    event = world.event("save_request")
    assert (event.user_name, event.subject_key) == ("Anna Testander", number)
    assert event.data["after"] == {
        "codes": "852 Tandersättning, en tand 13, 601 Bettskena ÖK",
        "status": "not_sent",
    }
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


@pytest.mark.requirement("CO-24", "NA-19")
def test_whoever_does_anything_with_a_request_has_changed_the_case(world, number, bridge):
    def changed_by_after(act, *args, **facts):
        Case.objects.filter(number=number).update(changed_by="")
        act(*args, **facts)
        return world.case(number).changed_by

    request_id = save(world, number, bridge)
    at = {"number": number, "request_id": request_id}
    anna = world.actor("anna")

    assert [
        changed_by_after(save, world, number, bridge, request_id=request_id),
        changed_by_after(send, world, number, request_id=request_id),
        changed_by_after(ask_and_answer, world, anna, **at),
        changed_by_after(requests.withdraw_request, anna, **at),
        changed_by_after(requests.remove_request, anna, **at),
    ] == ["Anna Testander"] * 5


def ask_and_answer(world, actor, *, number, request_id):
    ask(world, request_id)
    requests.answer_request(actor, number=number, request_id=request_id, text="Ja.")


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.requirement("CO-33")
def test_motivation_and_procedures_are_compulsory(world, number, bridge, nothing_saved):
    before = nothing_saved()

    assert refusals(save, world, number, motivation=" ") == [
        ("no_motivation", "motivation"),
        ("no_procedure", "procedures"),
    ]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-19")
def test_procedure_is_in_one_open_request(world, number, bridge, splint, nothing_saved):
    save(world, number, bridge)
    before = nothing_saved()

    assert refusals(save, world, number, bridge, splint) == [("not_offered", "procedures")]
    assert nothing_saved() == before


def test_only_what_requires_preauthorization_is_requested(world, number, bridge):
    approved = world.report(number, "101")

    assert refusals(save, world, number, bridge, approved) == [("not_offered", "procedures")]


@pytest.mark.requirement("CO-4")
def test_forged_procedure_of_another_case_is_refused(world, number, bridge):
    other = world.report(world.create_case(world.rutger), "601", "ÖK")

    assert refusals(save, world, number, bridge, other) == [("not_offered", "procedures")]


@pytest.mark.requirement("NA-17")
def test_after_the_period_nothing_is_saved(world, number, bridge, settings, nothing_saved):
    request_id = save(world, number, bridge)
    world.pass_time_to(AFTER_THE_PERIOD, settings)
    before = nothing_saved()

    assert refusals(save, world, number, bridge) == [("period_ended", "")]
    assert refusals(save, world, number, bridge, request_id=request_id) == [("period_ended", "")]
    assert nothing_saved() == before


def test_sent_request_is_not_changed(world, number, bridge, stored):
    request_id = send(world, number, bridge)

    assert refusals(save, world, number, bridge, request_id=request_id) == [("step_not_allowed", "")]
    assert stored(request_id).status == "awaiting_review"


@pytest.mark.requirement("CO-24")
def test_second_user_is_told_that_the_request_was_changed(world, number, bridge, splint, visit, stored):
    request_id = save(world, number, bridge)
    opened = visit("anna").get("needs_allowance:change_request", number, request_id)
    save(world, number, bridge, splint, request_id=request_id)

    with pytest.raises(ChangedMeanwhile):
        save(
            world,
            number,
            bridge,
            motivation="Annan.",
            request_id=request_id,
            seen=opened.hidden["seen"],
        )

    assert keys(stored(request_id)) == [bridge.pk, splint.pk]


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(("name", "refused"), STRANGERS)
def test_only_the_clinic_itself_saves(name, refused, world, number, bridge, nothing_saved):
    before = nothing_saved()

    with pytest.raises(refused):
        save(world, number, bridge, by=name)

    assert nothing_saved() == before


@pytest.mark.requirement("CO-4")
def test_request_of_another_case_is_not_found(world, number, bridge):
    request_id = save(world, number, bridge)
    other = world.create_case(world.rutger)

    with pytest.raises(Http404):
        save(world, other, bridge, request_id=request_id)


# When a procedure is removed or changed -----------------------------------------------------------


@pytest.mark.requirement("NA-15", "NA-19")
def test_removed_procedure_leaves_the_saved_request(world, number, bridge, splint, stored):
    request_id = save(world, number, bridge, splint)

    world.remove(splint)

    assert keys(stored(request_id)) == [bridge.pk]


@pytest.mark.requirement("NA-15")
def test_request_that_lost_its_only_procedure_is_not_sent_but_removed(world, number, bridge, stored):
    request_id = save(world, number, bridge)
    world.remove(bridge)

    assert refusals(send, world, number, request_id=request_id) == [("no_procedure", "procedures")]
    requests.remove_request(world.actor("anna"), number=number, request_id=request_id)
    assert stored(request_id).status == "removed"


# Removing -----------------------------------------------------------------------------------------


def test_removed_request_sets_its_procedures_free(world, number, bridge, stored):
    request_id = save(world, number, bridge)

    requests.remove_request(world.actor("anna"), number=number, request_id=request_id)

    assert stored(request_id).status == "removed"
    assert keys(stored(save(world, number, bridge))) == [bridge.pk]
    assert world.event("remove_request").data["after"] == {"status": "removed"}


def test_sent_request_is_not_removed(world, number, bridge, nothing_saved):
    request_id = send(world, number, bridge)
    before = nothing_saved()

    remove = requests.remove_request
    assert refusals(remove, world.actor("anna"), number=number, request_id=request_id) == [
        ("step_not_allowed", "")
    ]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-17")
def test_after_the_period_a_saved_request_is_still_removed(world, number, bridge, settings, stored):
    request_id = save(world, number, bridge)
    world.pass_time_to(AFTER_THE_PERIOD, settings)

    requests.remove_request(world.actor("anna"), number=number, request_id=request_id)

    assert stored(request_id).status == "removed"


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(("name", "refused"), STRANGERS)
def test_only_the_clinic_itself_removes(name, refused, world, number, bridge, nothing_saved):
    request_id = save(world, number, bridge)
    before = nothing_saved()

    with pytest.raises(refused):
        requests.remove_request(world.actor(name), number=number, request_id=request_id)

    assert nothing_saved() == before
