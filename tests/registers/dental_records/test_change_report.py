"""An incomplete report is changed by the clinic that made it; a settled one by nobody."""

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.dental_records.commands.reports import ChangedMeanwhile

PAGE = "dental_records:change_report"


@pytest.mark.requirement("NA-4")
def test_change_replaces_what_was_there(world):
    number = world.create()

    world.change(number, findings="46 O F", caries_risk="high")

    assert world.findings(number) == ["46 O F"]
    assert world.report(number).caries_risk == "high"
    assert world.report(number).status == "incomplete"


@pytest.mark.requirement("NA-5", "CO-30")
def test_change_is_one_event_that_names_what_it_does_not_show(world):
    number = world.create()

    world.change(number, findings="46 O F", next_revision_on=None)

    event = world.event("change_report")
    assert event.data["before"]["next_revision_on"] == "2026-11-20"
    assert event.data["after"]["next_revision_on"] == ""
    assert event.data["after"]["not_shown"] == ["findings"]
    assert "46" not in str(event.data)


@pytest.mark.requirement("NA-4")
def test_settled_report_does_not_change(world, nothing_saved):
    number = world.settled()
    before = nothing_saved()

    with pytest.raises(Refused, match="Care report 1 is settled and cannot change"):
        world.change(number, caries_risk="high")

    assert nothing_saved() == before


@pytest.mark.requirement("CO-24")
def test_change_over_what_another_changed_is_refused(world, nothing_saved):
    number = world.create()
    seen = world.report(number).version
    world.change(number, caries_risk="high")
    before = nothing_saved()

    with pytest.raises(ChangedMeanwhile, match="Anna Testander changed the care report"):
        world.change(number, seen=seen, caries_risk="low")

    assert nothing_saved() == before


@pytest.mark.requirement("NA-5")
@pytest.mark.parametrize(
    ("name", "refusal"),
    [("bo", NotAllowed), ("david", Http404), ("eva", NotAllowed), ("gustav", NotAllowed)],
)
def test_only_the_clinic_that_made_it_changes_it(name, refusal, world, nothing_saved):
    number = world.create()
    before = nothing_saved()

    with pytest.raises(refusal):
        world.change(number, by=name)

    assert nothing_saved() == before


# The page -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-4")
def test_form_holds_the_report_as_it_is(world, visit):
    number = world.create(findings="55 m; 16 om d3")

    page = visit("anna").get(PAGE, number)

    assert page.heading == "Care report 1"
    assert page.fields["next_revision_on"].value == "2026-11-20"
    assert page.hidden["seen"] == "1"
    assert "16 MO D3 55 M" in page.text


@pytest.mark.requirement("CO-24", "CO-33")
def test_form_shows_what_another_changed_and_says_so(world, visit):
    number = world.create()
    world.change(number, next_revision_on=None)

    page = visit("anna").post(PAGE, number, examined_on="2024-11-19", seen="1")

    assert page.status == 422
    assert page.summary.startswith("Anna Testander changed the care report after you opened it.")
    assert page.fields["examined_on"].value == "2024-11-20"
    assert page.hidden["seen"] == "2"


@pytest.mark.requirement("NA-4")
def test_form_of_a_settled_report_leads_to_it(world, visit):
    number = world.settled()

    page = visit("anna").post(PAGE, number, caries_risk="high", seen="2", follow=True)

    assert page.notices[0] == "Care report 1 is settled and cannot change. Use Correct to make a new one."
    assert world.report(number).caries_risk == "moderate"


@pytest.mark.requirement("NA-4")
def test_form_keeps_a_practitioner_who_left_after_an_old_examination(world, visit):
    number = world.create()
    world.end_practitioner(world.today)

    page = visit("anna").get(PAGE, number)

    assert page.fields["practitioner"].value == str(world.karin.pk)


@pytest.mark.requirement("NA-5", "CO-5")
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("anna", 200),
        ("bo", 403),
        ("david", 404),
        ("eva", 403),
        ("frida", 403),
        ("gustav", 403),
        ("ivar", 403),
    ],
)
@pytest.mark.parametrize("page", ["change_report", "settle_report", "remove_report", "correct_report"])
def test_pages_are_for_the_clinic_that_made_the_report(page, name, status, world, visit):
    number = world.settled() if page == "correct_report" else world.create()

    answer = visit(name, world.tova).get(f"dental_records:{page}", number)

    assert answer.status == status


@pytest.mark.requirement("NA-5")
@pytest.mark.parametrize(
    "page", ["report", "change_report", "settle_report", "remove_report", "correct_report"]
)
def test_number_that_is_not_there_is_not_found(page, world, visit):
    world.remove(world.create())

    for number in (1, 2, 0, 10**30):
        assert visit("anna").get(f"dental_records:{page}", number).status == 404
        assert visit("anna").post(f"dental_records:{page}", number).status in {404, 405}
