"""An incomplete report is removed; a settled one stays."""

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed

PAGE = "dental_records:remove_report"


@pytest.mark.requirement("NA-4")
def test_removed_report_is_gone_from_the_tab(world, visit):
    number = world.create()

    page = visit("anna").post(PAGE, number, follow=True)

    assert page.notices == ["Care report 1 is removed."]
    assert page.rows() == []
    assert world.report(number).removed_at is not None


@pytest.mark.requirement("NA-4")
def test_settled_report_is_not_removed(world, visit, nothing_saved):
    number = world.settled()
    before = nothing_saved()

    with pytest.raises(Refused, match="is settled and cannot change"):
        world.remove(number)
    page = visit("anna").post(PAGE, number, follow=True)

    assert page.notices[0].startswith("Care report 1 is settled")
    assert nothing_saved() == before


@pytest.mark.requirement("NA-5")
@pytest.mark.parametrize(("name", "refusal"), [("bo", NotAllowed), ("david", Http404), ("eva", NotAllowed)])
def test_only_the_clinic_that_made_it_removes_it(name, refusal, world):
    number = world.create()

    with pytest.raises(refusal):
        world.remove(number, by=name)


@pytest.mark.requirement("CO-30")
def test_removal_is_one_event(world):
    world.remove(world.create())

    event = world.event("remove_report")
    assert event.subject_key == "1"
    assert event.data["before"]["practitioner"] == "Karin Testberg"


@pytest.mark.requirement("NA-4", "QU-23")
def test_question_says_that_it_cannot_be_undone(world, visit):
    page = visit("anna").get(PAGE, world.create())

    assert "This cannot be undone." in page.text
