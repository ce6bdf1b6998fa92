"""The tab *Behovspeng* of the patient's page."""

import datetime as dt

import pytest

from kvitt.registers.people.models import Person

TODAY = dt.date(2024, 11, 20)
PAGE = "needs_allowance:patient_cases"


# What it shows ------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-2")
def test_patient_without_cases_gets_a_sentence_and_what_to_do(world, visit):
    page = visit("anna").get(PAGE, world.elsa.code)

    assert page.heading == "Manage patient"
    assert page.rows() == []
    assert (
        "There are no needs-allowance cases. Create the first one with + Create needs-allowance case."
        in page.text
    )


@pytest.mark.requirement("NA-2")
def test_cases_stand_with_their_periods_newest_first(world, visit, settings):
    old = world.create_case(world.elsa, first_on=dt.date(2023, 12, 1))
    world.pass_time_to(dt.date(2024, 12, 1), settings)
    new = world.create_case(world.elsa, first_on=dt.date(2024, 12, 1))

    page = visit("anna").get(PAGE, world.elsa.code)

    assert page.headings_of_table()[:3] == ["Needs-allowance number", "Start date", "End date"]
    assert [row[:3] for row in page.rows()] == [
        [new, "2024-12-01", "2025-11-30"],
        [old, "2023-12-01", "2024-11-30"],
    ]


@pytest.mark.requirement("NA-2")
def test_number_opens_the_case(world, visit):
    number = world.create_case(world.elsa)
    anna = visit("anna")

    page = anna.get(PAGE, world.elsa.code)

    assert anna.follow(page.links[number]).heading == f"Needs-allowance case - {number}"


@pytest.mark.requirement("NA-1", "NA-2")
def test_patient_and_listing_stand_above_the_tabs(world, visit):
    page = visit("anna").get(PAGE, world.elsa.code)

    assert page.terms()["Name"] == "Elsa Exempelman"
    assert page.terms()["Clinic"] == "1111 - Ekens Tandvård Ryd"
    assert page.links["Needs allowance"].endswith(f"/needs-allowance/patients/{world.elsa.code}/")


@pytest.mark.requirement("NA-16")
def test_only_cases_without_codes_can_be_removed(world, visit, settings):
    with_removed = world.create_case(world.elsa)
    world.remove(world.report(with_removed, "101"))
    with_codes = world.create_case(world.rutger)
    world.report(with_codes, "436", "11", performed_on=None)
    anna = visit("anna")

    removable = anna.get(PAGE, world.elsa.code)
    not_removable = anna.get(PAGE, world.rutger.code)

    assert removable.rows()[0][3] == f"Remove {with_removed}"
    assert not_removable.rows()[0][3] == ""


@pytest.mark.requirement("NA-6")
def test_clinic_without_practitioner_is_told_beside_the_button(world, visit):
    world.end_practitioner(world.karin, dt.date(2024, 11, 19))

    page = visit("anna").get(PAGE, world.elsa.code)

    assert "Contact Tandvårdsenheten, 010-103 00 00." in page.text
    assert page.buttons["Create needs-allowance case"]["aria-disabled"] == "true"
    assert "Create needs-allowance case" not in page.links


# Whose cases --------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4")
def test_cases_of_another_clinic_are_not_shown(world, visit):
    world.create_case(world.elsa)
    world.move(world.elsa, world.linghem, dt.date(2024, 11, 20))

    page = visit("bo").get(PAGE, world.elsa.code)

    assert page.status == 200
    assert page.rows() == []


@pytest.mark.requirement("CO-4", "CO-5")
def test_provider_sees_the_cases_of_all_its_clinics(world, visit):
    at_ryd = world.create_case(world.elsa, first_on=dt.date(2024, 11, 1))
    world.move(world.elsa, world.linghem, dt.date(2024, 11, 10))

    page = visit("eva").get(PAGE, world.elsa.code)

    assert [row[0] for row in page.rows()] == [at_ryd]
    assert "Create needs-allowance case" not in {*page.links, *page.buttons}
    assert page.rows()[0][3] == ""


@pytest.mark.requirement("CO-8", "NA-2")
def test_cases_of_a_merged_record_are_the_patients_own(world, visit):
    number = world.create_case(world.elsa)
    Person.objects.filter(pk=world.elsa.pk).update(merged_into=world.tova)

    page = visit("anna").get(PAGE, world.tova.code)

    assert [row[0] for row in page.rows()] == [number]


@pytest.mark.requirement("NA-2")
def test_case_opens_a_patient_who_is_listed_elsewhere_now(world, visit):
    number = world.create_case(world.elsa)
    world.move(world.elsa, world.bjork, dt.date(2024, 11, 20))

    page = visit("anna").get(PAGE, world.elsa.code)

    assert [row[0] for row in page.rows()] == [number]


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("anna", 200),
        ("eva", 200),
        ("frida", 200),
        ("gustav", 200),
        ("bo", 404),
        ("david", 404),
        ("ivar", 403),
    ],
)
def test_tab_is_for_those_who_reach_the_patient(name, status, world, visit):
    assert visit(name).get(PAGE, world.elsa.code).status == status


@pytest.mark.requirement("CO-3", "NA-2")
def test_clinic_that_is_not_connected_has_no_such_tab(world, visit):
    world.disconnect(world.ryd)
    anna = visit("anna")

    assert anna.get(PAGE, world.elsa.code).status == 403
    assert "Needs allowance" not in anna.get("listings:patient", world.elsa.code).links


@pytest.mark.requirement("CO-30")
def test_opening_the_tab_is_a_recorded_read(world, visit, reads):
    visit("anna").get(PAGE, world.elsa.code)

    assert reads() == [("needs_allowance.patient_cases", [world.elsa.pk])]
