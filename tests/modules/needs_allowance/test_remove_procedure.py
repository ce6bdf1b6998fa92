"""A reported code is removed: it no longer counts, and stays findable."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.needs_allowance.commands import procedures
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.registers.access.rules import NotAllowed

TODAY = dt.date(2024, 11, 20)


@pytest.fixture
def number(world):
    """A case of Elsa's, begun ten days ago."""
    return world.create_case(world.elsa, first_on=dt.date(2024, 11, 10))


@pytest.fixture
def crown(world, number):
    """A crown on tooth 12, performed today."""
    return world.report(number, "815", "12")


def refusal(world, procedure):
    with pytest.raises(Refused) as refused:
        world.remove(procedure)
    [problem] = refused.value.problems
    return str(problem)


# What is written ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-15", "CO-19")
def test_approved_code_is_removed_from_the_ledger(world, crown):
    removed = world.remove(crown)

    assert removed.line.status == "withdrawn"
    assert removed.shown_status == "withdrawn"


@pytest.mark.requirement("NA-15", "CO-19")
def test_code_that_requires_preauthorization_is_removed(world, number):
    removed = world.remove(world.report(number, "436", "11", performed_on=None))

    assert removed.status == "withdrawn"


@pytest.mark.requirement("NA-15", "NA-23")
def test_removed_code_no_longer_counts(world):
    number = world.case_of_figure_21()

    world.remove(world.procedure("815"))

    assert world.case_page(number).totals.billable == 0


@pytest.mark.requirement("NA-15")
def test_removed_code_can_be_reported_again(world, number, crown):
    world.remove(crown)

    assert world.report(number, "815", "12").line.status == "approved"


@pytest.mark.requirement("CO-30", "CO-31")
def test_removal_is_one_event_with_what_was_removed(world, number, crown):
    world.remove(crown)

    event = world.event("remove_procedure")
    assert (event.user_name, event.subject_key) == ("Anna Testander", number)
    assert event.data["before"] == {
        "code": "815 Sadelkrona",
        "performed_on": "2024-11-20",
        "location": "12",
        "surface": "",
        "practitioner": "Karin Testberg",
        "amount": 690_000,
        "status": "approved",
    }
    assert event.data["after"] == {"code": "815 Sadelkrona", "status": "withdrawn"}
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


@pytest.mark.requirement("NA-17")
def test_after_the_period_a_code_is_still_removed(world, crown, settings):
    world.pass_time_to(dt.date(2025, 11, 10), settings)

    assert world.remove(crown).line.status == "withdrawn"


@pytest.mark.requirement("NA-15")
def test_code_whose_invoice_was_recalled_is_removed(world):
    world.case_of_figure_21()
    [invoice_id] = world.invoice()
    world.return_invoice(invoice_id, InvoiceStatus.RECALLED)

    assert world.remove(world.procedure("815")).line.status == "withdrawn"


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-15")
def test_invoiced_code_is_not_removed(world, nothing_saved):
    world.case_of_figure_21()
    world.invoice()
    before = nothing_saved()

    assert refusal(world, world.procedure("815")) == (
        "The code is invoiced and can no longer be changed or removed."
    )
    assert nothing_saved() == before


@pytest.mark.requirement("NA-15")
@pytest.mark.parametrize(
    ("status", "message"),
    [
        (
            "awaiting_review",
            "The code is being reviewed and cannot be changed or removed now. Wait for the decision.",
        ),
        ("refused", "The code was not approved. The decision stays in the case as it is."),
        ("withdrawn", "The code has already been removed."),
    ],
)
def test_code_in_review_refused_or_removed_is_not_removed(status, message, world, number):
    splint = world.report(number, "601", "ÖK", performed_on=None)
    Procedure.objects.filter(pk=splint.pk).update(status=status)

    assert refusal(world, splint) == message


@pytest.mark.requirement("NA-9")
def test_deductible_is_not_removed(world, number):
    assert refusal(world, world.procedure("100")) == (
        "The deductible belongs to the case and can be neither changed nor removed."
    )


@pytest.mark.requirement("CO-4")
def test_procedure_of_another_case_is_not_found(world, crown):
    other = world.create_case(world.rutger)

    with pytest.raises(Http404):
        procedures.remove_procedure(world.actor("anna"), number=other, procedure_id=crown.pk)


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "refused"),
    [("bo", Http404), ("david", Http404), ("eva", NotAllowed), ("frida", NotAllowed), ("ivar", NotAllowed)],
)
def test_only_the_clinic_itself_removes_its_codes(name, refused, world, crown, nothing_saved):
    before = nothing_saved()

    with pytest.raises(refused):
        world.remove(crown, by=name)

    assert nothing_saved() == before


# The page -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-15")
def test_question_names_the_code_and_says_where_it_is_found_again(number, crown, visit):
    page = visit("anna").get("needs_allowance:remove_procedure", number, crown.pk)

    assert page.heading == "Remove 815 Sadelkrona"
    assert "The code no longer counts in the case. It can still be found with Show removed." in page.text


@pytest.mark.requirement("NA-15", "CO-33")
def test_removal_is_confirmed_on_the_case(number, crown, visit):
    page = visit("anna").post("needs_allowance:remove_procedure", number, crown.pk, follow=True)

    assert page.notices == ["Code 815 is removed."]
    assert [row[2] for row in page.rows()] == ["100 Självrisk"]
    assert "Show removed (1)" in page.links


@pytest.mark.requirement("CO-24")
def test_second_user_is_told_that_the_code_is_removed_already(world, number, crown, visit):
    anna = visit("anna")
    world.remove(crown)

    page = anna.post("needs_allowance:remove_procedure", number, crown.pk, follow=True)

    assert page.heading == f"Needs-allowance case - {number}"
    assert page.notices == ["The code has already been removed."]


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "status"), [("anna", 200), ("bo", 404), ("david", 404), ("eva", 403), ("frida", 403)]
)
def test_question_is_asked_only_of_those_who_report_at_the_clinic(name, status, number, crown, visit):
    assert visit(name).get("needs_allowance:remove_procedure", number, crown.pk).status == status


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("method", ["get", "post"])
def test_forged_procedure_of_another_case_is_not_found(method, world, crown, visit):
    other = world.create_case(world.rutger)

    page = getattr(visit("anna"), method)("needs_allowance:remove_procedure", other, crown.pk)

    assert page.status == 404


@pytest.mark.requirement("CO-30")
def test_question_names_the_patient_and_is_a_recorded_read(world, number, crown, visit, reads):
    visit("anna").get("needs_allowance:remove_procedure", number, crown.pk)

    assert reads() == [("needs_allowance.case", [world.elsa.pk])]
