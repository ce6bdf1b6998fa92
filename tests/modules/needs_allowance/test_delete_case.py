"""A case made by mistake is deleted while no codes are reported in it."""

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import cases
from kvitt.registers.access.rules import NotAllowed


def delete(world, number, *, by="anna"):
    cases.delete_case(world.actor(by), number=number)


def refusal(world, number):
    with pytest.raises(Refused) as refused:
        delete(world, number)
    [problem] = refused.value.problems
    return str(problem)


@pytest.mark.requirement("NA-16")
def test_deleted_case_is_no_longer_found(world):
    number = world.create_case(world.elsa)

    delete(world, number)

    with pytest.raises(Http404):
        world.case_page(number)


@pytest.mark.requirement("NA-16", "CO-19")
def test_its_deductible_is_removed_from_the_ledger(world):
    number = world.create_case(world.elsa)

    delete(world, number)

    [deductible] = world.case(number).procedures.all()
    assert deductible.line.status == "withdrawn"


@pytest.mark.requirement("NA-16", "NA-7")
def test_deleted_case_blocks_no_period(world):
    number = world.create_case(world.elsa)
    delete(world, number)

    again = world.create_case(world.elsa)

    assert str(world.case(again).period) == str(world.case(number).period)


@pytest.mark.requirement("NA-16", "CO-30")
def test_deletion_is_one_event_with_the_period_it_frees(world):
    number = world.create_case(world.elsa)

    delete(world, number)

    event = world.event("delete_case")
    assert (event.user_name, event.subject_key) == ("Anna Testander", number)
    assert event.data == {"before": {"period": "2024-11-20 - 2025-11-19"}}
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


@pytest.mark.requirement("NA-16")
def test_removed_codes_do_not_stand_in_the_way(world):
    number = world.create_case(world.elsa)
    world.remove(world.report(number, "101"))
    world.remove(world.report(number, "436", "11", performed_on=None))

    delete(world, number)

    assert world.case(number).deleted_at is not None


@pytest.mark.requirement("NA-16")
@pytest.mark.parametrize("code", [("101", ""), ("436", "11")])
def test_case_with_codes_is_refused_and_says_why(code, world, nothing_saved):
    number = world.create_case(world.elsa)
    world.report(number, *code)
    before = nothing_saved()

    message = refusal(world, number)

    assert message == (
        "The case cannot be deleted, because codes are reported in it. Remove the codes first."
    )
    assert nothing_saved() == before


@pytest.mark.requirement("NA-16")
def test_case_with_invoiced_codes_is_refused_and_says_why(world):
    number = world.case_of_figure_21()
    world.invoice()

    assert refusal(world, number) == (
        "The case cannot be deleted, because codes in it are invoiced or sent for review."
    )


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("bo", Http404),
        ("david", Http404),
        ("eva", NotAllowed),
        ("frida", NotAllowed),
        ("gustav", NotAllowed),
        ("ivar", NotAllowed),
    ],
)
def test_only_the_clinic_itself_deletes_its_case(name, refused, world, nothing_saved):
    number = world.create_case(world.elsa)
    before = nothing_saved()

    with pytest.raises(refused):
        delete(world, number, by=name)

    assert nothing_saved() == before


# The page -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-16")
def test_question_says_what_happens_and_that_it_cannot_be_undone(world, visit):
    number = world.create_case(world.elsa)

    page = visit("anna").get("needs_allowance:delete_case", number)

    assert page.heading == f"Delete case {number}"
    assert "Elsa Exempelman" in page.text
    assert "the period becomes free. This cannot be undone." in page.text


@pytest.mark.requirement("NA-16")
def test_after_deletion_the_patient_has_no_cases(world, visit):
    number = world.create_case(world.elsa)

    page = visit("anna").post("needs_allowance:delete_case", number, follow=True)

    assert page.heading == "Manage patient"
    assert page.notices == [f"Case {number} is deleted."]
    assert "There are no needs-allowance cases" in page.text


@pytest.mark.requirement("NA-16", "CO-33")
@pytest.mark.parametrize("method", ["get", "post"])
def test_case_with_codes_leads_back_to_the_patient_with_the_reason(method, world, visit):
    number = world.create_case(world.elsa)
    world.report(number, "101")

    anna = visit("anna")
    page = getattr(anna, method)("needs_allowance:delete_case", number)

    assert page.status == 303
    shown = anna.get("needs_allowance:patient_cases", world.elsa.code)
    assert shown.notices == [
        "The case cannot be deleted, because codes are reported in it. Remove the codes first."
    ]


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "status"), [("anna", 200), ("bo", 404), ("david", 404), ("eva", 403), ("gustav", 403)]
)
def test_question_is_asked_only_of_those_who_may(name, status, world, visit):
    number = world.create_case(world.elsa)

    assert visit(name).get("needs_allowance:delete_case", number).status == status


@pytest.mark.requirement("CO-30")
def test_question_names_the_patient_and_is_a_recorded_read(world, visit, reads):
    number = world.create_case(world.elsa)

    visit("anna").get("needs_allowance:delete_case", number)

    assert reads() == [("needs_allowance.case", [world.elsa.pk])]
