"""A whole report is settled for good and sets the revision end of the patient's listing."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from kvitt.foundation.values.problems import Refused
from kvitt.registers.dental_records.commands.reports import ChangedMeanwhile
from kvitt.registers.dental_records.models import CareReport

from .conftest import REVISION, YESTERDAY

PAGE = "dental_records:settle_report"


@pytest.mark.requirement("NA-1", "NA-4")
def test_settled_report_sets_the_revision_end(world):
    number = world.create()

    ends_on = world.settle(number)

    report = world.report(number)
    assert (report.status, report.settled_on, report.settled_by) == ("settled", world.today, "Anna Testander")
    assert ends_on == world.revision_end() == REVISION


@pytest.mark.requirement("NA-4", "CO-33")
def test_incomplete_report_is_refused_with_all_that_is_missing(world, nothing_saved):
    number = world.create(practitioner_id=None, caries_risk="")
    before = nothing_saved()

    with pytest.raises(Refused) as refused:
        world.settle(number)

    assert [problem.field for problem in refused.value.problems] == ["practitioner", "caries_risk"]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-4")
def test_report_is_settled_once(world):
    number = world.settled()

    with pytest.raises(Refused, match="is settled and cannot change"):
        world.settle(number)


@pytest.mark.requirement("NA-4")
def test_practitioner_whose_post_has_been_shortened_is_told_when_settling(world):
    number = world.create()
    world._practitioner(world.ryd, "Per Provström")
    world.end_practitioner(YESTERDAY)

    with pytest.raises(Refused, match="not active at the clinic on 2024-11-20"):
        world.settle(number)


@pytest.mark.requirement("NA-6")
def test_clinic_without_practitioner_settles_nothing(world):
    number = world.create()
    world.end_practitioner(YESTERDAY)

    with pytest.raises(Refused, match="no active practitioner"):
        world.settle(number)


@pytest.mark.requirement("CO-24")
def test_what_another_changed_is_not_settled_unseen(world):
    number = world.create()
    world.change(number, findings="")

    with pytest.raises(ChangedMeanwhile):
        world.settle(number, seen=1)

    assert world.report(number).status == "incomplete"


@pytest.mark.requirement("NA-4")
def test_patient_who_has_moved_keeps_the_new_clinics_revision_end(world):
    number = world.create(examined_on=YESTERDAY, next_revision_on=dt.date(2025, 11, 19))
    world.move(world.tova, world.linghem)

    assert world.settle(number) is None
    assert world.revision_end() is None


@pytest.mark.requirement("NA-4")
def test_earlier_examination_settled_later_leaves_the_revision_end(world):
    world.settled()

    ends_on = world.settle(world.create(examined_on=YESTERDAY, next_revision_on=dt.date(2025, 1, 1)))

    assert ends_on == world.revision_end() == REVISION


@pytest.mark.requirement("NA-4")
def test_listing_of_another_patient_is_left_alone(world):
    world.settled()

    assert world.revision_end(world.rutger) is None


@pytest.mark.requirement("NA-5", "CO-30")
def test_settling_is_one_event_without_what_was_found(world):
    number = world.settled()

    event = world.event("settle_report")
    assert event.subject_key == str(number)
    assert event.data["before"] == {"status": "incomplete"}
    assert event.data["after"]["revision_ends_on"] == "2026-11-20"
    assert not {"findings", "caries_risk", "periodontal_risk"} & event.data["after"].keys()


@pytest.mark.requirement("NA-4", "QU-13")
@pytest.mark.parametrize(
    "changes",
    [
        {"examined_on": None},
        {"caries_risk": ""},
        {"next_revision_on": dt.date(2024, 11, 20)},
        {"settled_on": None},
        {"status": "incomplete"},
        {"practitioner": None},
        {"removed_at": dt.datetime(2024, 11, 20, tzinfo=dt.UTC)},
    ],
)
def test_database_keeps_a_settled_report_whole(changes, world):
    number = world.settled()

    with pytest.raises(IntegrityError), transaction.atomic():
        CareReport.objects.filter(number=number).update(**changes)


# The page -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-4", "QU-23")
def test_question_says_that_it_is_for_good(world, visit):
    number = world.create(findings="")

    page = visit("anna").get(PAGE, number)

    assert page.heading == "Settle care report 1"
    assert "No caries, fillings or missing teeth are registered." in page.text
    assert "A settled care report cannot change, but it can be corrected by a new one." in page.text


@pytest.mark.requirement("NA-1", "NA-4")
def test_answer_settles_and_shows_the_revision_end(world, visit):
    number = world.create()

    page = visit("anna").post(PAGE, number, seen="1", follow=True)

    assert page.notices == ["Care report 1 is settled. The revision end is 2026-11-20."]
    assert page.rows() == [["1", "2024-11-20", "Settled", ""]]
    assert page.terms()["Revision end"] == "2026-11-20"


@pytest.mark.requirement("NA-4", "CO-33")
def test_what_is_missing_is_shown_in_the_form(world, visit):
    number = world.create(periodontal_risk="", next_revision_on=None)

    for page in (visit("anna").get(PAGE, number), visit("anna").post(PAGE, number, seen="1")):
        assert page.status == 303
        form = visit("anna").follow(page.response.headers["Location"])
        assert form.heading == "Care report 1"
        assert form.faults["next_revision_on"] == "The next revision is missing. Give the last day for it."
        assert "The risk of periodontitis is missing. Choose one." in form.summary


@pytest.mark.requirement("CO-24")
def test_question_answered_after_a_change_shows_the_report_as_it_is(world, visit):
    number = world.create()
    world.change(number, caries_risk="high")

    page = visit("anna").post(PAGE, number, seen="1", follow=True)

    assert page.notices[0].startswith("Anna Testander changed the care report after you opened it.")
    assert world.report(number).status == "incomplete"
