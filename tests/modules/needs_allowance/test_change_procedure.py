"""A reported code is changed: date, practitioner, tooth, surface; all is checked again and priced anew."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.needs_allowance.commands import procedures
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Practitioner
from tests.modules.needs_allowance.requesting import decide, send

TODAY = dt.date(2024, 11, 20)
YESTERDAY, TOMORROW = dt.date(2024, 11, 19), dt.date(2024, 11, 21)
EARLIER = dt.date(2024, 11, 11)


@pytest.fixture
def number(world):
    """A case of Elsa's, begun ten days ago."""
    return world.create_case(world.elsa, first_on=dt.date(2024, 11, 10))


@pytest.fixture
def crown(world, number):
    """A crown on tooth 12, performed today."""
    return world.report(number, "815", "12")


@pytest.fixture
def planned_crown(world, number):
    """A crown on tooth 12, not performed yet."""
    return world.report(number, "815", "12", performed_on=None)


def refusals(world, procedure, **changes):
    with pytest.raises(Refused) as refused:
        world.change(procedure, **changes)
    return {problem.field: str(problem) for problem in refused.value.problems}


def typed(procedure, **changes):
    """Return what the form of a change sends; what is not said stays as it is."""
    performed_on = procedure.performed_on
    return {
        "performed_on": performed_on.isoformat() if performed_on else "",
        "practitioner": procedure.practitioner_id,
        "location": procedure.location,
        **changes,
    }


# What is written ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-15")
def test_date_practitioner_tooth_and_surface_are_changed(world, number):
    filling = world.report(number, "704", "13", "M")
    per = Practitioner.objects.create(clinic=world.ryd, name="Per Provström", first_on=EARLIER)

    changed = world.change(filling, performed_on=EARLIER, practitioner_id=per.pk, location="14", surface="do")

    assert (changed.performed_on, changed.practitioner) == (EARLIER, per)
    assert (changed.location, changed.surface) == ("14", "DO")


@pytest.mark.requirement("NA-15", "CO-19")
def test_ledger_line_follows(world, crown):
    world.set_price("815", dt.date(2024, 11, 15), 700_000)

    changed = world.change(crown, performed_on=EARLIER)

    assert (changed.line.performed_on, changed.line.amount) == (EARLIER, 690_000)
    assert changed.line.status == "approved"


@pytest.mark.requirement("NA-15")
@pytest.mark.parametrize(("performed_on", "price"), [(EARLIER, 690_000), (dt.date(2024, 11, 15), 700_000)])
def test_price_becomes_that_of_the_new_treatment_date(performed_on, price, world, crown):
    world.set_price("815", dt.date(2024, 11, 15), 700_000)

    assert world.change(crown, performed_on=performed_on).price == price


@pytest.mark.requirement("NA-15")
def test_what_is_not_performed_is_priced_anew_when_its_date_is_set(world, planned_crown, settings):
    world.set_price("815", dt.date(2025, 1, 1), 750_000)
    world.pass_time_to(dt.date(2025, 2, 3), settings)

    changed = world.change(planned_crown, performed_on=dt.date(2025, 1, 15))

    assert (changed.price, changed.line.amount) == (750_000, 750_000)


@pytest.mark.requirement("NA-15")
def test_date_is_taken_away_again(world, crown):
    changed = world.change(crown, performed_on=None)

    assert changed.performed_on is None
    assert changed.line.performed_on is None


@pytest.mark.requirement("NA-14", "NA-15")
def test_status_is_not_judged_anew(world, number):
    world.report(number, "705", "11")
    second = world.report(number, "705", "13")

    changed = world.change(second, location="14")

    assert changed.status == "requires_preauthorization"


@pytest.mark.requirement("CO-30", "CO-31")
def test_change_is_one_event_with_before_and_after(world, crown, number):
    world.change(crown, performed_on=EARLIER, location="13")

    event = world.event("change_procedure")
    before, after = event.data["before"], event.data["after"]
    assert (event.user_name, event.subject_key) == ("Anna Testander", number)
    assert (before["performed_on"], after["performed_on"]) == ("2024-11-20", "2024-11-11")
    assert (before["location"], after["location"]) == ("12", "13")
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-13", "NA-15")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"performed_on": TOMORROW}, "performed_on"),
        ({"performed_on": dt.date(2024, 11, 9)}, "performed_on"),
        ({"location": "19"}, "location"),
        ({"location": "55"}, "location"),
        ({"location": ""}, "location"),
        ({"surface": "M"}, "surface"),
        ({"practitioner_id": 0}, "practitioner"),
    ],
)
def test_everything_is_checked_again(changes, field, world, crown, nothing_saved):
    before = nothing_saved()

    assert set(refusals(world, crown, **changes)) == {field}
    assert nothing_saved() == before


@pytest.mark.requirement("NA-13", "NA-15")
def test_change_that_makes_a_twin_is_refused(world, number, crown):
    other = world.report(number, "815", "13")

    assert "already reported on 2024-11-20" in refusals(world, other, location="12")["code"]


@pytest.mark.requirement("NA-13", "NA-15")
def test_change_into_a_forbidden_combination_is_refused(world, number):
    world.report(number, "101")
    other = world.report(number, "103", performed_on=YESTERDAY)

    assert "cannot be reported on the same day" in refusals(world, other, performed_on=TODAY)["code"]


@pytest.mark.requirement("NA-15")
def test_change_does_not_count_against_its_own_highest_number(world, number):
    only = world.report(number, "113")

    assert world.change(only, performed_on=YESTERDAY).performed_on == YESTERDAY


@pytest.mark.requirement("NA-15")
def test_code_and_count_are_never_changed(world, crown):
    procedures.change_procedure(
        world.actor("anna"),
        today=TODAY,
        number=crown.case.number,
        procedure_id=crown.pk,
        report=procedures.Report("101", world.karin.pk, performed_on=TODAY, location="13", quantity=7),
    )

    changed = world.reload(crown)
    assert (changed.code, changed.location, changed.quantity) == ("815", "13", 1)


@pytest.mark.requirement("NA-17")
def test_after_the_period_nothing_is_changed(world, planned_crown, settings, nothing_saved):
    world.pass_time_to(dt.date(2025, 11, 10), settings)
    before = nothing_saved()

    refused = refusals(world, planned_crown, performed_on=TODAY)

    assert refused == {
        "": "The assessment period ended on 2025-11-09. No codes can be added or changed any more."
    }
    assert nothing_saved() == before


@pytest.mark.requirement("NA-15")
def test_removed_procedure_is_not_changed(world, crown):
    world.remove(crown)

    assert refusals(world, crown, location="13") == {"": "The code has already been removed."}


@pytest.mark.requirement("NA-15")
def test_invoiced_procedure_is_not_changed(world):
    world.case_of_figure_21()
    world.invoice()
    crown = world.procedure("815")

    assert refusals(world, crown, location="13") == {
        "": "The code is invoiced and can no longer be changed or removed."
    }


@pytest.mark.requirement("NA-15")
def test_procedure_whose_invoice_was_returned_is_frozen(world):
    world.case_of_figure_21()
    [invoice_id] = world.invoice()
    world.return_invoice(invoice_id, InvoiceStatus.RETURNED, reason="Fel patient")
    crown = world.procedure("815")

    assert crown.line.status == "approved"
    assert refusals(world, crown, location="13") == {
        "": (
            "The code has been on an invoice and can no longer be changed. Remove it, and add it again as it "
            "should be."
        )
    }


@pytest.mark.requirement("NA-9")
def test_deductible_is_not_changed(world, number):
    deductible = world.procedure("100")

    assert refusals(world, deductible, performed_on=TODAY) == {
        "": "The deductible belongs to the case and can be neither changed nor removed."
    }


@pytest.mark.requirement("CO-4")
def test_procedure_of_another_case_is_not_found(world, crown):
    other = world.create_case(world.rutger)

    with pytest.raises(Http404):
        procedures.change_procedure(
            world.actor("anna"),
            today=TODAY,
            number=other,
            procedure_id=crown.pk,
            report=procedures.Report("815", world.karin.pk, performed_on=TODAY, location="13"),
        )


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "refused"),
    [("bo", Http404), ("david", Http404), ("eva", NotAllowed), ("frida", NotAllowed), ("ivar", NotAllowed)],
)
def test_only_the_clinic_itself_changes_its_codes(name, refused, world, crown, nothing_saved):
    before = nothing_saved()

    with pytest.raises(refused):
        world.change(crown, location="13", by=name)

    assert nothing_saved() == before


# The page -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-15")
def test_form_holds_what_the_procedure_is_now(world, number, crown, visit):
    page = visit("anna").get("needs_allowance:change_procedure", number, crown.pk)

    assert page.heading == "Change 815 Sadelkrona"
    assert {name: field.value for name, field in page.fields.items()} == {
        "performed_on": "2024-11-20",
        "practitioner": str(world.karin.pk),
        "location": "12",
    }


@pytest.mark.requirement("NA-15")
@pytest.mark.parametrize(
    ("code", "place", "asked"),
    [
        ("101", (), {"performed_on", "practitioner"}),
        ("163", ("ÖK",), {"performed_on", "practitioner", "location"}),
        ("704", ("13", "M"), {"performed_on", "practitioner", "location", "surface"}),
    ],
)
def test_only_what_the_code_takes_is_asked(code, place, asked, world, number, visit):
    procedure = world.report(number, code, *place)

    page = visit("anna").get("needs_allowance:change_procedure", number, procedure.pk)

    assert set(page.fields) == asked


@pytest.mark.requirement("NA-15", "CO-33")
def test_changed_code_is_confirmed_on_the_case(number, crown, visit):
    page = visit("anna").post(
        "needs_allowance:change_procedure",
        number,
        crown.pk,
        follow=True,
        **typed(crown, performed_on="idag", location="13"),
    )

    assert page.notices == ["Code 815 is changed."]
    assert page.rows()[-1][0] == "13"


@pytest.mark.requirement("NA-15", "CO-33")
def test_fault_stands_at_its_field_and_what_was_typed_is_kept(number, crown, visit, nothing_saved):
    before = nothing_saved()

    page = visit("anna").post(
        "needs_allowance:change_procedure", number, crown.pk, **typed(crown, location="55")
    )

    assert page.status == 422
    assert set(page.faults) == {"location"}
    assert page.fields["location"].value == "55"
    assert nothing_saved() == before


@pytest.mark.requirement("CO-24")
def test_second_user_is_told_who_changed_it_and_sees_what_it_is_now(world, number, crown, visit):
    anna = visit("anna")
    opened = anna.get("needs_allowance:change_procedure", number, crown.pk)
    world.change(crown, location="13")

    page = anna.post(
        "needs_allowance:change_procedure",
        number,
        crown.pk,
        **typed(crown, location="14", seen=opened.hidden["seen"]),
    )

    assert page.status == 422
    assert page.summary.startswith("Anna Testander changed the case at 20")
    assert page.summary.endswith("What you see is up to date. Check it and try again.")
    assert page.fields["location"].value == "13"
    assert world.reload(crown).location == "13"


@pytest.mark.requirement("CO-24")
def test_second_user_saves_once_he_has_seen_the_change(world, number, crown, visit):
    anna = visit("anna")
    opened = anna.get("needs_allowance:change_procedure", number, crown.pk)
    world.change(crown, location="13")
    told = anna.post(
        "needs_allowance:change_procedure",
        number,
        crown.pk,
        **typed(crown, location="14", seen=opened.hidden["seen"]),
    )

    anna.post(
        "needs_allowance:change_procedure",
        number,
        crown.pk,
        **typed(crown, location="14", seen=told.hidden["seen"]),
    )

    assert world.reload(crown).location == "14"


@pytest.mark.requirement("CO-24")
@pytest.mark.parametrize("method", ["get", "post"])
def test_code_removed_meanwhile_leads_to_the_case_as_it_is(method, world, number, crown, visit):
    anna = visit("anna")
    world.remove(crown)

    page = getattr(anna, method)("needs_allowance:change_procedure", number, crown.pk)

    assert page.status == 303
    case = anna.get("needs_allowance:case", number)
    assert case.notices == ["The code has already been removed."]
    assert [row[2] for row in case.rows()] == ["100 Självrisk"]


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "status"), [("anna", 200), ("bo", 404), ("david", 404), ("eva", 403), ("frida", 403)]
)
def test_page_is_for_those_who_report_at_the_clinic(name, status, number, crown, visit):
    assert visit(name).get("needs_allowance:change_procedure", number, crown.pk).status == status


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("method", ["get", "post"])
def test_forged_procedure_of_another_case_is_not_found(method, world, crown, visit):
    other = world.create_case(world.rutger)

    page = getattr(visit("anna"), method)("needs_allowance:change_procedure", other, crown.pk)

    assert page.status == 404


@pytest.mark.requirement("CO-30")
def test_page_names_the_patient_and_is_a_recorded_read(world, number, crown, visit, reads):
    visit("anna").get("needs_allowance:change_procedure", number, crown.pk)

    assert reads() == [("needs_allowance.case", [world.elsa.pk])]


# What was approved by preauthorization ------------------------------------------------------------


@pytest.fixture
def approved_bridge(world, number):
    """852 on tooth 13, not performed, approved by the assessor."""
    bridge = world.report(number, "852", "13", performed_on=None)
    decide(world, send(world, number, bridge), {bridge.pk: "approved"})
    return world.reload(bridge)


@pytest.mark.requirement("NA-15", "NA-21")
def test_date_and_practitioner_of_an_approved_line_are_changed(world, approved_bridge):
    per = Practitioner.objects.create(clinic=world.ryd, name="Per Provström", first_on=EARLIER)

    changed = world.change(approved_bridge, performed_on=TODAY, practitioner_id=per.pk)

    assert (changed.performed_on, changed.practitioner, changed.line.amount) == (TODAY, per, 855_000)


@pytest.mark.requirement("NA-15", "NA-21")
def test_tooth_of_an_approved_line_is_not_changed(world, approved_bridge, nothing_saved):
    before = nothing_saved()

    assert refusals(world, approved_bridge, location="14") == {
        "location": (
            "The tooth or jaw was approved by preauthorization and cannot be changed. Remove the code, and "
            "add it again as it should be."
        )
    }
    assert nothing_saved() == before


@pytest.mark.requirement("NA-15", "NA-21")
def test_same_tooth_typed_otherwise_is_no_change(world, approved_bridge):
    assert world.change(approved_bridge, performed_on=TODAY, location=" 13 ").location == "13"


@pytest.mark.requirement("NA-15", "NA-21")
def test_form_shows_the_approved_tooth_without_letting_it_be_changed(number, approved_bridge, visit):
    page = visit("anna").get("needs_allowance:change_procedure", number, approved_bridge.pk)

    assert page.fields["location"].value == "13"
    assert "disabled" in page.fields["location"].attributes
    assert "The tooth or jaw was approved by preauthorization and cannot be changed." in page.text


@pytest.mark.requirement("NA-15", "NA-21")
def test_forged_tooth_of_an_approved_line_changes_nothing(world, number, approved_bridge, visit):
    page = visit("anna").post(
        "needs_allowance:change_procedure",
        number,
        approved_bridge.pk,
        follow=True,
        **typed(approved_bridge, performed_on="2024-11-20", location="14"),
    )

    assert page.notices == ["Code 852 is changed."]
    assert world.reload(approved_bridge).location == "13"


@pytest.mark.requirement("NA-15", "CO-24")
def test_approved_tooth_still_stands_there_when_somebody_else_was_faster(
    world, number, approved_bridge, visit
):
    anna = visit("anna")
    opened = anna.get("needs_allowance:change_procedure", number, approved_bridge.pk)
    world.change(approved_bridge, performed_on=TODAY)

    page = anna.post(
        "needs_allowance:change_procedure",
        number,
        approved_bridge.pk,
        **typed(approved_bridge, performed_on="2024-11-19", seen=opened.hidden["seen"]),
    )

    assert page.status == 422
    assert (page.fields["location"].value, page.fields["performed_on"].value) == ("13", "2024-11-20")
