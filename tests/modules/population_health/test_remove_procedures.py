"""Approved procedures are removed from an activity, one or several at once; an empty activity too."""

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.modules.population_health.commands import procedures
from kvitt.modules.population_health.queries import activities, proof
from kvitt.modules.population_health.rules.procedures import Sums
from kvitt.registers.access.rules import NotAllowed
from tests.modules.population_health.conftest import TWO_NUMBERS

SEARCH, CASE = "population_health:search_activities", "population_health:case"
REMOVE, REMOVE_ACTIVITY = "population_health:remove_procedures", "population_health:remove_activity"


@pytest.fixture
def number(world):
    """The seed's maternity-care activity with five participants."""
    return world.create_activity("901", 5)


def refusal(act):
    with pytest.raises(Refused) as refused:
        act()
    return [str(problem) for problem in refused.value.problems]


# What is written ----------------------------------------------------------------------------------


@pytest.mark.requirement("PH-5", "PH-6")
def test_of_five_participants_one_is_removed_and_the_total_follows(world, number):
    assert world.page(number).sums == Sums(5, 1_550_00)

    world.remove(number, 2)

    page = world.page(number)
    assert page.sums == Sums(4, 1_240_00)
    assert len(page.rows) == 4
    assert page.removed_count == 1


@pytest.mark.requirement("PH-6", "CO-19")
def test_several_are_removed_at_once_and_stay_as_removed(world, number):
    world.remove(number, 1, 3, 5)

    assert world.line_statuses(number) == ["withdrawn", "approved", "withdrawn", "approved", "withdrawn"]
    assert [row.is_removed for row in world.page(number, shows_removed=True).rows].count(True) == 3


@pytest.mark.requirement("CO-30", "CO-31")
def test_removal_is_one_event_with_what_was_removed(world, number):
    world.remove(number, 1, 2)

    event = world.event("remove_procedures")
    assert (event.user_name, event.subject_kind, event.subject_key) == (
        "Jenny Provgren",
        "population_health.case",
        number,
    )
    assert event.data == {
        "before": {"status": "approved"},
        "after": {"code": "901 MVC", "count": 2, "amount": 620_00, "status": "withdrawn"},
    }


@pytest.mark.requirement("CO-30")
def test_event_names_the_persons_whose_procedures_were_removed(world):
    number = world.create_activity("912", numbers=TWO_NUMBERS)

    world.remove(number, 2)

    subjects = world.event("remove_procedures").subjects.values_list("person_id", flat=True)
    assert list(subjects) == [world.rutger.pk]


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.requirement("CO-24", "PH-6")
def test_removed_procedure_is_not_removed_again(world, number):
    world.remove(number, 1)

    assert refusal(lambda: world.remove(number, 1, 2)) == ["Already removed: 1."]
    assert world.line_statuses(number).count("approved") == 4


@pytest.mark.requirement("PH-6")
def test_invoiced_procedure_is_credited_instead(world, number):
    world.invoice_activities()

    assert refusal(lambda: world.remove(number, 1)) == [
        "Invoiced, and therefore credited instead of removed: 1."
    ]


@pytest.mark.requirement("CO-33")
def test_nothing_chosen_is_said(world, number):
    act = {"number": number, "line_ids": []}

    assert refusal(lambda: procedures.remove_procedures(world.actor("jenny"), **act)) == [
        "Tick at least one procedure."
    ]


@pytest.mark.requirement("CO-4", "PH-6")
def test_procedure_of_another_activity_is_never_touched(world, number):
    other = world.create_activity("901", 2)
    forged = [world.ids(number, 1)[0], world.ids(other, 1)[0]]

    with pytest.raises(Http404):
        procedures.remove_procedures(world.actor("jenny"), number=number, line_ids=forged)

    assert {*world.line_statuses(number), *world.line_statuses(other)} == {"approved"}


@pytest.mark.requirement("CO-4", "PH-6")
def test_line_of_another_module_is_never_touched(world, number):
    case = world.create_case(world.elsa)
    line = world.report(case, "126").line

    with pytest.raises(Http404):
        procedures.remove_procedures(world.actor("jenny"), number=number, line_ids=[line.pk])


@pytest.mark.requirement("PH-1", "CO-4")
@pytest.mark.parametrize(("name", "fault"), [("klara", NotAllowed), ("gustav", NotAllowed)])
def test_provider_and_region_see_but_do_not_remove(name, fault, world, number):
    with pytest.raises(fault):
        world.remove(number, 1, by=name)

    assert world.line_statuses(number) == ["approved"] * 5


# The pages ----------------------------------------------------------------------------------------


@pytest.mark.requirement("PH-6")
def test_question_names_one_procedure(visit, world, number):
    page = visit("jenny").get(REMOVE, number, chosen=str(world.ids(number, 1)[0]))

    assert page.status == 200
    assert "901 MVC, 2024-11-20, procedure 1 of 5" in page.text
    assert "Are you sure that you want to remove the procedure? This cannot be undone." in page.text
    assert "btn-danger" in page.buttons["OK"]["class"]


@pytest.mark.requirement("PH-6", "CO-30")
def test_question_names_the_participant_and_is_a_read_of_him(visit, world, reads):
    number = world.create_activity("912", numbers=TWO_NUMBERS)

    page = visit("jenny").get(REMOVE, number, chosen=str(world.ids(number, 2)[0]))

    assert "20130401-2394" in page.text
    assert reads() == [("population_health.case", [world.rutger.pk])]


@pytest.mark.requirement("PH-6")
def test_removal_leads_back_to_the_page_with_what_is_removed(visit, world, number):
    world.remove(number, 1)
    jenny = visit("jenny")
    asking = jenny.get(CASE, number, removed="").links["Remove 901 MVC, 1"]

    asked = jenny.follow(asking)

    assert asked.links["Cancel"] == f"/population-health/activities/{number}/?removed"


@pytest.mark.requirement("PH-6")
def test_ticked_rows_are_asked_about_and_removed(visit, world, number):
    jenny = visit("jenny")
    chosen = world.ids(number, 1, 2, 4)

    asked = jenny.post(REMOVE, number, chosen=chosen)
    done = jenny.post(REMOVE, number, chosen=",".join(map(str, chosen)), confirmed="1", follow=True)

    assert "Are you sure that you want to remove the 3 procedures?" in asked.text
    assert world.line_statuses(number).count("withdrawn") == 3
    assert "3 procedures are removed." in done.text


@pytest.mark.requirement("PH-6")
def test_question_tells_which_of_the_chosen_stay(visit, world):
    number = world.create_activity("901", 3)
    world.remove(number, 3)

    page = visit("jenny").post(REMOVE, number, chosen=world.ids(number))

    assert "Are you sure that you want to remove the 2 procedures?" in page.text
    assert "Already removed: 1." in page.text


@pytest.mark.requirement("CO-24", "CO-33")
def test_second_user_is_told_that_it_is_already_removed(visit, world, number):
    [line_id] = world.ids(number, 1)
    world.remove(number, 1)

    page = visit("jenny").post(REMOVE, number, chosen=line_id, confirmed="1", follow=True)

    assert "Already removed: 1." in page.text


@pytest.mark.requirement("CO-4", "PH-1")
@pytest.mark.parametrize(
    ("name", "status"), [("klara", 403), ("gustav", 403), ("bo", 403), ("eva", 403), ("ivar", 403)]
)
def test_forged_post_is_refused(name, status, visit, world, number):
    page = visit(name).post(REMOVE, number, chosen=world.ids(number, 1), confirmed="1")

    assert page.status == status
    assert world.line_statuses(number) == ["approved"] * 5


@pytest.mark.requirement("CO-4")
def test_activity_of_another_clinic_is_not_there(visit, world, number):
    world.grant_population("bo", world.linghem)
    bo = visit("bo")

    opened = [bo.get(name, number).status for name in (CASE, REMOVE, REMOVE_ACTIVITY)]
    sent = bo.post(REMOVE, number, chosen=world.ids(number, 1), confirmed="1").status

    assert (opened, sent) == ([404, 404, 404], 404)
    assert world.line_statuses(number) == ["approved"] * 5


# The activity itself ------------------------------------------------------------------------------


@pytest.mark.requirement("PH-7")
def test_activity_with_procedures_is_not_removed(world, number):
    world.remove(number, 1, 2, 3)

    assert refusal(lambda: world.remove_activity(number)) == [
        "The activity has 2 procedures. Remove them before the activity is removed."
    ]


@pytest.mark.requirement("PH-7")
def test_emptied_activity_is_removed_and_gone(visit, world, number):
    jenny = visit("jenny")
    world.remove(number)
    assert number in jenny.get(SEARCH).text

    asked = jenny.get(REMOVE_ACTIVITY, number)
    jenny.post(REMOVE_ACTIVITY, number)

    assert "Are you sure that you want to remove the activity?" in asked.text
    assert not activities.search_activities(world.actor("jenny")).exists()
    assert jenny.get(CASE, number).status == 404
    assert list(proof.breaches()) == []


@pytest.mark.requirement("PH-7", "CO-30")
def test_removal_of_an_activity_is_one_event(world, number):
    world.remove(number)
    world.remove_activity(number)

    event = world.event("remove_activity")
    assert event.subject_key == number
    assert event.data["before"]["code"] == "901 MVC"


@pytest.mark.requirement("PH-7")
def test_number_of_a_removed_activity_is_not_given_again(world, number):
    world.remove(number)
    world.remove_activity(number)

    assert world.create_activity("901", 1) == "A2024-000002"


@pytest.mark.requirement("PH-1", "PH-7")
def test_provider_does_not_remove_an_activity(world, number):
    world.remove(number)

    with pytest.raises(NotAllowed):
        world.remove_activity(number, by="klara")
