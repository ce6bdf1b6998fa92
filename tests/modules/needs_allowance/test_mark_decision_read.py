"""A decision is unread until somebody at the clinic marks it as read: notice, search and work list."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import requests
from kvitt.modules.needs_allowance.queries import start
from kvitt.registers.access.rules import NotAllowed
from tests.modules.needs_allowance.requesting import ask, decide, send

SEARCH = "needs_allowance:search_cases"
NOTICE = "Needs-allowance cases with an unread preauthorization decision"


@pytest.fixture
def decided(world, number, bridge, splint):
    """A request whose splint was refused today, and nobody has read it."""
    request_id = send(world, number, bridge, splint)
    decide(world, request_id, {bridge.pk: "approved", splint.pk: "refused"})
    return request_id


def mark(world, number, request_id, *, by="anna"):
    requests.mark_decision_read(world.actor(by), number=number, request_id=request_id)


# What is written ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-22", "CO-30")
def test_who_read_it_is_kept_and_told_once(world, number, decided, stored):
    mark(world, number, decided)
    mark(world, number, decided)

    assert stored(decided).read_by == "Anna Testander"
    assert stored(decided).read_at is not None
    event = world.event("mark_decision_read")
    assert event.data["after"]["status"] == "approved_with_reservation"
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


@pytest.mark.requirement("NA-22")
def test_reading_does_not_change_the_case(world, number, decided):
    before = world.case(number).changed_at

    mark(world, number, decided)

    assert world.case(number).changed_at == before


@pytest.mark.requirement("NA-17", "NA-22")
def test_after_the_period_a_decision_is_still_read(world, number, decided, settings, stored):
    world.pass_time_to(dt.date(2025, 11, 10), settings)

    mark(world, number, decided)

    assert not stored(decided).is_unread


@pytest.mark.requirement("NA-22")
def test_what_is_not_decided_is_not_read(world, number, bridge, nothing_saved):
    request_id = send(world, number, bridge)
    before = nothing_saved()

    with pytest.raises(Refused, match="There is no decision to read yet"):
        mark(world, number, request_id)

    assert nothing_saved() == before


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "refused"),
    [("bo", Http404), ("david", Http404), ("eva", NotAllowed), ("frida", NotAllowed), ("ivar", NotAllowed)],
)
def test_only_the_clinic_itself_marks_it(name, refused, world, number, decided, stored):
    with pytest.raises(refused):
        mark(world, number, decided, by=name)

    assert stored(decided).is_unread


# The notice and the search ------------------------------------------------------------------------


def notice(visitor):
    """Return the count of the notice, and what its link finds."""
    page = visitor.follow("/")
    [link] = [url for text, url in page.links.items() if text.startswith(NOTICE)]
    found = [row[1] for row in visitor.follow(link).rows()]
    [text] = [text for text in page.links if text.startswith(NOTICE)]
    return text.removeprefix(NOTICE).strip(), found


@pytest.mark.requirement("NA-22", "NA-33", "CO-28")
@pytest.mark.parametrize(("name", "count"), [("anna", 1), ("eva", 1), ("bo", 0), ("david", 0)])
def test_notice_counts_the_cases_and_leads_to_them(name, count, world, number, decided, visit):
    assert notice(visit(name)) == (str(count), [number] * count)


@pytest.mark.requirement("NA-22")
def test_read_decision_leaves_the_count(world, number, decided, visit):
    mark(world, number, decided)

    assert notice(visit("anna")) == ("0", [])


@pytest.mark.requirement("NA-22")
def test_case_with_two_unread_decisions_counts_once(world, number, decided, visit):
    other = world.report(number, "601", "UK")
    decide(world, send(world, number, other), {other.pk: "refused"})

    assert notice(visit("anna")) == ("1", [number])


@pytest.mark.requirement("NA-22")
def test_waiting_request_is_not_counted(world, number, bridge, visit):
    send(world, number, bridge)

    assert notice(visit("anna")) == ("0", [])


@pytest.mark.requirement("NA-22")
@pytest.mark.parametrize("name", ["frida", "gustav", "ivar"])
def test_authority_has_no_such_notice(name, decided, visit):
    assert not [text for text in visit(name).follow("/").links if text.startswith(NOTICE)]


@pytest.mark.requirement("NA-33")
def test_filter_keeps_only_cases_with_an_unread_decision(world, number, decided, visit):
    other = world.create_case(world.rutger)

    everything = visit("anna").get(SEARCH)
    unread = visit("anna").get(SEARCH, unread="on")

    assert {row[1] for row in everything.rows()} == {number, other}
    assert [row[1] for row in unread.rows()] == [number]
    assert "checked" in unread.fields["unread"].attributes


@pytest.mark.requirement("NA-33")
def test_filter_goes_together_with_the_others(world, number, decided, visit):
    assert visit("anna").get(SEARCH, unread="on", number=number).rows() != []
    assert visit("anna").get(SEARCH, unread="on", last_on="2024-11-19").rows() == []


# The work list ------------------------------------------------------------------------------------


def work(world, name="anna"):
    return [(item.task, item.url) for item in start.work_list(world.actor(name), today=world.today)]


@pytest.mark.requirement("CO-28", "NA-22")
def test_unread_decision_is_work_that_leads_to_it(world, number, decided):
    assert work(world) == [("Read the decision", f"/needs-allowance/cases/{number}/requests/{decided}/")]


@pytest.mark.requirement("CO-28", "NA-20")
def test_question_is_work_that_comes_first(world, number, decided):
    other = world.report(number, "601", "UK")
    request_id = send(world, number, other)
    ask(world, request_id)

    assert work(world) == [
        ("Answer the assessing dentist", f"/needs-allowance/cases/{number}/requests/{request_id}/"),
        ("Read the decision", f"/needs-allowance/cases/{number}/requests/{decided}/"),
    ]


@pytest.mark.requirement("CO-28")
def test_what_waits_for_a_decision_is_no_work(world, number, bridge):
    before = work(world)

    send(world, number, bridge)

    assert before == [("Requires preauthorization", f"/needs-allowance/cases/{number}/")]
    assert work(world) == []


@pytest.mark.requirement("CO-28", "NA-22")
def test_read_decision_is_no_work_any_more(world, number, decided):
    mark(world, number, decided)

    assert work(world) == []


@pytest.mark.requirement("CO-28", "CO-4")
@pytest.mark.parametrize("name", ["bo", "david"])
def test_decision_is_no_work_of_another_clinic(name, world, decided):
    assert work(world, name) == []


@pytest.mark.requirement("CO-28")
def test_work_list_is_no_longer_than_asked(world, number, decided):
    planned = world.create_case(world.rutger)
    world.report(planned, "815", "12", performed_on=None)

    tasks = start.work_list(world.actor("anna"), today=world.today, limit=1)

    assert [item.task for item in tasks] == ["Read the decision"]
