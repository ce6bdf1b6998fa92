"""A settled report is corrected by a new one that points at it; the old one stays as it was."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.dental_records.models import CareReport

from .conftest import REVISION, YESTERDAY

PAGE = "dental_records:correct_report"


@pytest.mark.requirement("NA-4")
def test_correction_begins_as_the_report_it_corrects(world):
    old = world.settled()

    new = world.correct(old)

    assert world.report(new).corrects == world.report(old)
    assert world.report(new).facts() == world.report(old).facts()
    assert world.findings(new) == world.findings(old)
    assert (world.report(new).status, world.report(new).created_on) == ("incomplete", world.today)


@pytest.mark.requirement("NA-4")
def test_settled_correction_counts_instead_of_the_old_one(world):
    old = world.settled()
    new = world.correct(old)
    world.change(new, examined_on=YESTERDAY, next_revision_on=dt.date(2025, 11, 19))
    assert world.revision_end() == REVISION

    world.settle(new)

    assert world.revision_end() == dt.date(2025, 11, 19)
    assert world.report(old).next_revision_on == REVISION


@pytest.mark.requirement("NA-4")
def test_report_is_corrected_once_and_then_its_correction(world, nothing_saved):
    old = world.settled()
    new = world.correct(old)
    before = nothing_saved()

    with pytest.raises(Refused, match=r"Care report 1 is corrected by no\. 2 already\."):
        world.correct(old)
    assert nothing_saved() == before

    world.settle(new)
    assert world.correct(new) == 3


@pytest.mark.requirement("NA-4", "QU-13")
def test_database_holds_one_correction(world):
    old = world.settled()
    world.correct(old)
    other = world.create()

    with pytest.raises(IntegrityError), transaction.atomic():
        CareReport.objects.filter(number=other).update(corrects=world.report(old))


@pytest.mark.requirement("NA-4")
def test_removed_correction_lets_another_be_made(world):
    old = world.settled()
    world.remove(world.correct(old))

    assert world.correct(old) == 3


@pytest.mark.requirement("NA-4")
def test_incomplete_report_is_changed_and_not_corrected(world):
    with pytest.raises(Refused, match="Care report 1 is incomplete"):
        world.correct(world.create())


@pytest.mark.requirement("NA-4")
def test_patient_who_has_moved_can_still_have_the_report_corrected(world):
    old = world.settled()
    world.move(world.tova, world.bjork)

    new = world.correct(old)

    assert world.settle(new) is None


@pytest.mark.requirement("NA-6")
def test_clinic_without_practitioner_corrects_nothing(world):
    old = world.settled()
    world.end_practitioner()

    with pytest.raises(Refused, match="no active practitioner"):
        world.correct(old)


@pytest.mark.requirement("CO-30")
def test_correction_is_one_event_that_names_the_old_report(world):
    new = world.correct(world.settled())

    event = world.event("correct_report")
    assert (event.subject_key, event.data) == (str(new), {"after": {"corrects": 1}})


@pytest.mark.requirement("NA-5")
@pytest.mark.parametrize(
    ("name", "refusal"),
    [("bo", NotAllowed), ("david", Http404), ("eva", NotAllowed), ("frida", NotAllowed)],
)
def test_only_the_clinic_that_made_it_corrects_it(name, refusal, world, nothing_saved):
    old = world.settled()
    before = nothing_saved()

    with pytest.raises(refusal):
        world.correct(old, by=name)

    assert nothing_saved() == before


# The pages ----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-4")
def test_answer_opens_the_new_report_to_change(world, visit):
    old = world.settled()

    page = visit("anna").post(PAGE, old, follow=True)

    assert page.heading == "Care report 2"
    assert page.notices == ["Care report 2 is created. It corrects no. 1."]
    assert page.fields["next_revision_on"].value == "2026-11-20"


@pytest.mark.requirement("NA-4")
def test_both_reports_tell_of_each_other(world, visit):
    old = world.settled()
    new = world.correct(old)

    begun = visit("anna").get("dental_records:patient_reports", world.tova.code)
    world.settle(new)
    settled = visit("anna").get("dental_records:patient_reports", world.tova.code)
    page = visit("anna").get("dental_records:report", old)

    assert [row[0] for row in begun.rows()] == ["2 Corrects no. 1", "1 Is being corrected by no. 2"]
    assert [row[0] for row in settled.rows()] == ["2 Corrects no. 1", "1 Corrected by no. 2"]
    assert page.links["Corrected by no. 2"] == f"/dental-records/reports/{new}/"
    assert "Correct" not in page.links
