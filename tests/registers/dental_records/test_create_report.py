"""A care report is made at the clinic where the patient is listed; it begins incomplete."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed

from .conftest import TOMORROW, YESTERDAY

PAGE = "dental_records:create_report"


def refusals(act, *args, **options):
    with pytest.raises(Refused) as refused:
        act(*args, **options)
    return [(problem.field, problem.code) for problem in refused.value.problems]


@pytest.mark.requirement("NA-4")
def test_report_gets_the_next_number_and_is_incomplete(world):
    first, second = world.create(), world.create(world.rutger)

    report = world.report(second)
    assert (first, second) == (1, 2)
    assert (report.status, report.settled_on) == ("incomplete", None)
    assert (report.person, report.clinic, report.provider) == (world.rutger, world.ryd, world.eken)
    assert (report.created_on, report.created_by) == (world.today, "Anna Testander")
    assert world.findings(second) == ["16 O D3", "55 M"]


@pytest.mark.requirement("NA-4")
def test_report_may_be_made_with_nothing_in_it(world):
    number = world.create(
        examined_on=None,
        practitioner_id=None,
        findings="",
        caries_risk="",
        periodontal_risk="",
        next_revision_on=None,
    )

    assert world.report(number).examined_on is None
    assert world.findings(number) == []


@pytest.mark.requirement("NA-4")
def test_series_is_one_for_all_clinics_and_removed_numbers_stay_spent(world):
    world.remove(world.create())
    at_linghem = world.create(world.ake, by="bo", practitioner_id=world.lena.pk)

    assert (at_linghem, world.create()) == (2, 3)


@pytest.mark.requirement("NA-4", "CO-33")
def test_every_fault_is_told_and_nothing_is_saved(world, nothing_saved):
    before = nothing_saved()

    problems = refusals(world.create, findings="16 D3", next_revision_on=YESTERDAY)

    assert problems == [("next_revision_on", "revision_not_after"), ("findings", "no_surface")]
    assert nothing_saved() == before
    assert refusals(world.create, examined_on=TOMORROW) == [("examined_on", "examined_in_future")]


@pytest.mark.requirement("NA-4", "CO-4")
def test_practitioner_of_another_clinic_is_refused(world, nothing_saved):
    before = nothing_saved()

    assert refusals(world.create, practitioner_id=world.lena.pk) == [
        ("practitioner", "practitioner_not_active")
    ]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-4")
def test_patient_listed_elsewhere_gets_no_report(world, nothing_saved):
    world.move(world.tova, world.linghem)
    before = nothing_saved()

    assert refusals(world.create) == [("", "not_listed_here")]
    assert refusals(world.create, world.elis) == [("", "not_listed_here")]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-6", "CO-33")
def test_clinic_without_practitioner_is_refused_and_told_whom_to_contact(world, nothing_saved):
    world.end_practitioner()
    before = nothing_saved()

    with pytest.raises(Refused, match=r"no active practitioner.* Contact Tandvårdsenheten, 010-103 00 00\."):
        world.create()

    assert nothing_saved() == before


@pytest.mark.requirement("CO-15")
def test_longest_interval_is_the_one_in_force_on_the_day_of_the_examination(world):
    world.region.parameter_values.create(
        name="dental_records.longest_revision_interval",
        first_on=world.today,
        value=12,
        source="beslut",
        entered_by="Ivar",
    )

    assert refusals(world.create) == [("next_revision_on", "revision_too_late")]
    assert world.create(examined_on=YESTERDAY, next_revision_on=dt.date(2026, 11, 19))


@pytest.mark.requirement("NA-5", "CO-30")
def test_creation_is_one_event_that_tells_nothing_of_what_was_found(world):
    number = world.create()

    event = world.event("create_report")
    assert (event.subject_kind, event.subject_key) == ("dental_records.report", str(number))
    assert event.data == {
        "after": {
            "examined_on": "2024-11-20",
            "practitioner": "Karin Testberg",
            "next_revision_on": "2026-11-20",
        }
    }
    assert [subject.person_id for subject in event.subjects.all()] == [world.tova.pk]


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize("name", ["eva", "frida", "gustav", "hanna", "ivar"])
def test_provider_and_region_make_no_reports(name, world, nothing_saved):
    before = nothing_saved()

    with pytest.raises(NotAllowed):
        world.create(by=name)

    assert nothing_saved() == before


@pytest.mark.requirement("CO-1")
def test_patient_of_another_authority_is_not_found(world):
    region = type(world.region).objects.create(
        name="Region Grann", kind="region", organisation_number="2321000057"
    )
    type(world.tova).objects.filter(pk=world.tova.pk).update(authority=region)

    with pytest.raises(Http404):
        world.create()


# The page -----------------------------------------------------------------------------------------


TYPED = {
    "examined_on": "idag",
    "findings": "16 mo d3",
    "caries_risk": "high",
    "periodontal_risk": "low",
    "next_revision_on": "2025-11-20",
}


@pytest.mark.requirement("NA-4")
def test_today_and_the_only_practitioner_are_filled_in(world, visit):
    page = visit("anna").get(PAGE, world.tova.code)

    assert page.heading == "New care report"
    assert page.fields["examined_on"].value == "2024-11-20"
    assert page.fields["practitioner"].value == str(world.karin.pk)
    assert page.fields["next_revision_on"].value == ""


@pytest.mark.requirement("NA-4")
def test_saved_report_stands_in_the_tab(world, visit):
    page = visit("anna").post(PAGE, world.tova.code, **TYPED, practitioner=world.karin.pk, follow=True)

    assert page.notices == ["Care report 1 is created."]
    assert page.rows() == [["1", "2024-11-20", "Incomplete", "Remove Care report 1"]]
    assert world.findings(1) == ["16 M D3", "16 O D3"]


@pytest.mark.requirement("NA-4")
def test_save_and_settle_leads_to_the_question(world, visit):
    page = visit("anna").post(
        PAGE, world.tova.code, **TYPED, practitioner=world.karin.pk, settle="1", follow=True
    )

    assert page.heading == "Settle care report 1"
    assert "2 findings are registered." in page.text


@pytest.mark.requirement("NA-4", "CO-33")
def test_faults_stand_at_their_fields_and_what_was_typed_is_kept(world, visit, nothing_saved):
    before = nothing_saved()

    page = visit("anna").post(PAGE, world.tova.code, **{**TYPED, "next_revision_on": "2029-01-01"})

    assert page.status == 422
    assert page.faults == {
        "next_revision_on": (
            "The next revision is at most 24 months after the examination. Give 2026-11-20 or earlier."
        )
    }
    assert page.fields["next_revision_on"].value == "2029-01-01"
    assert nothing_saved() == before


@pytest.mark.requirement("NA-4")
def test_practitioner_of_another_clinic_cannot_be_chosen(world, visit, nothing_saved):
    before = nothing_saved()

    page = visit("anna").post(PAGE, world.tova.code, **TYPED, practitioner=world.lena.pk)

    assert (page.status, list(page.faults)) == (422, ["practitioner"])
    assert nothing_saved() == before


@pytest.mark.requirement("NA-6")
def test_page_without_practitioner_leads_back_with_the_reason(world, visit):
    world.end_practitioner()

    page = visit("anna").post(PAGE, world.tova.code, **TYPED, follow=True)

    assert page.heading == "Manage patient"
    assert page.notices[0].startswith("The clinic has no active practitioner")


@pytest.mark.requirement("CO-4", "CO-5", "NA-5")
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("anna", 200),
        ("bo", 404),
        ("david", 404),
        ("eva", 403),
        ("frida", 403),
        ("gustav", 403),
        ("ivar", 403),
    ],
)
def test_page_is_for_those_who_report_where_the_patient_is_known(name, status, world, visit):
    assert visit(name).get(PAGE, world.tova.code).status == status


@pytest.mark.requirement("CO-30")
def test_opening_the_page_is_a_recorded_read(world, visit, reads):
    visit("anna").get(PAGE, world.tova.code)

    assert reads() == [("dental_records.patient_reports", [world.tova.pk])]
