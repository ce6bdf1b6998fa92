"""A code is added to a case: what is written, which status it begins with, and everything that is checked."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import procedures
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Practitioner

TODAY = dt.date(2024, 11, 20)
YESTERDAY, TOMORROW = dt.date(2024, 11, 19), dt.date(2024, 11, 21)
EARLIER = dt.date(2024, 11, 11)


@pytest.fixture
def number(world):
    """A case of Elsa's, begun ten days ago."""
    return world.create_case(world.elsa, first_on=dt.date(2024, 11, 10))


def refusals(world, number, code, location="", surface="", **changes):
    with pytest.raises(Refused) as refused:
        world.report(number, code, location, surface, **changes)
    return {problem.field: str(problem) for problem in refused.value.problems}


def add(world, number, *, by="anna", **values):
    report = procedures.Report(
        **{"code": "101", "practitioner_id": world.karin.pk, "performed_on": TODAY, **values}
    )
    return procedures.add_procedure(world.actor(by), today=world.today, number=number, report=report)


def typed(world, **changes):
    """Return what somebody types to report a basic examination of today."""
    usual = {
        "performed_on": "2024-11-20",
        "practitioner": world.karin.pk,
        "code": "101",
        "location": "",
        "surface": "",
        "quantity": "1",
    }
    return {**usual, **changes}


# What is written ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-12", "NA-14")
def test_code_without_preauthorization_is_approved_and_in_the_ledger(world, number):
    procedure = world.report(number, "815", "12")

    assert (procedure.code, procedure.text, procedure.location) == ("815", "Sadelkrona", "12")
    assert (procedure.price, procedure.performed_on) == (690_000, TODAY)
    assert procedure.line.status == "approved"
    assert (procedure.line.amount, procedure.line.performed_on) == (690_000, TODAY)
    assert (procedure.line.case_number, procedure.line.clinic) == (number, world.ryd)


@pytest.mark.requirement("NA-14")
def test_code_that_always_needs_preauthorization_is_not_in_the_ledger(world, number):
    procedure = world.report(number, "436", "11", performed_on=None)

    assert procedure.status == "requires_preauthorization"
    assert procedure.line is None


@pytest.mark.requirement("NA-14")
def test_second_705_of_the_period_requires_preauthorization(world, number):
    first = world.report(number, "705", "11")
    second = world.report(number, "705", "13")

    assert [first.status, second.status] == ["approved", "requires_preauthorization"]


@pytest.mark.requirement("NA-14")
def test_after_the_first_705_is_removed_the_next_is_approved_and_the_second_not_judged_anew(world, number):
    first = world.report(number, "705", "11")
    second = world.report(number, "705", "13")
    world.remove(first)
    world.remove(second)

    third = world.report(number, "705", "14")

    assert third.status == "approved"
    assert world.reload(second).status == "withdrawn"


@pytest.mark.requirement("NA-14")
def test_status_is_not_judged_anew_when_another_is_removed(world, number):
    first = world.report(number, "705", "11")
    second = world.report(number, "705", "13")

    world.remove(first)

    assert world.reload(second).status == "requires_preauthorization"


@pytest.mark.requirement("NA-15", "CO-14")
def test_price_is_that_of_the_treatment_date(world, number):
    world.set_price("815", dt.date(2024, 11, 15), 700_000)

    before = world.report(number, "815", "12", performed_on=EARLIER)
    after = world.report(number, "815", "13", performed_on=dt.date(2024, 11, 15))

    assert [before.price, after.price] == [690_000, 700_000]
    assert [before.line.amount, after.line.amount] == [690_000, 700_000]


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize(
    ("typed_code", "location", "surface", "stored"),
    [
        ("815 Sadelkrona", " 12 ", "", ("815", "12", "")),
        (" 163", "ök", "", ("163", "ÖK", "")),
        ("705", "1 3", "m d", ("705", "13", "MD")),
    ],
)
def test_what_is_typed_is_stored_in_one_form(typed_code, location, surface, stored, world, number):
    procedure = world.report(number, typed_code, location, surface)

    assert (procedure.code, procedure.location, procedure.surface) == stored


@pytest.mark.requirement("CO-30", "CO-31")
def test_addition_is_one_event_with_what_was_reported(world, number):
    world.report(number, "815", "12", performed_on=EARLIER)

    event = world.event("add_procedure")
    assert (event.user_name, event.subject_key) == ("Anna Testander", number)
    assert event.data["after"] == {
        "code": "815 Sadelkrona",
        "performed_on": "2024-11-11",
        "location": "12",
        "surface": "",
        "practitioner": "Karin Testberg",
        "amount": 690_000,
        "status": "approved",
    }
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


@pytest.mark.requirement("CO-24")
def test_case_remembers_who_changed_it_last(world, number):
    before = world.case(number).changed_at

    world.report(number, "101")

    assert world.case(number).changed_by == "Anna Testander"
    assert world.case(number).changed_at > before


# Tooth, jaw and surface ---------------------------------------------------------------------------


@pytest.mark.requirement("NA-13", "CO-33")
@pytest.mark.parametrize(
    ("code", "place", "field", "message"),
    [
        (
            "815",
            ("19", ""),
            "location",
            (
                "19 is not a tooth. Give a tooth from 11 to 48, a primary tooth from 51 to 85, or a jaw: "
                "ÖK or UK."
            ),
        ),
        (
            "815",
            ("55", ""),
            "location",
            "55 is a primary tooth, and code 815 is for permanent teeth. Give a tooth from 11 to 48.",
        ),
        ("815", ("", ""), "location", "Code 815 needs a tooth. Give a tooth, for example 13."),
        ("163", ("", ""), "location", "Code 163 needs a jaw. Give ÖK or UK."),
        ("163", ("13", ""), "location", "Code 163 needs a jaw. Give ÖK or UK."),
        (
            "423",
            ("", ""),
            "location",
            "Code 423 needs a tooth or a jaw. Give a tooth, for example 13, or ÖK or UK.",
        ),
        ("101", ("13", ""), "location", "Code 101 is reported without tooth and jaw. Leave the field empty."),
        ("704", ("13", ""), "surface", "Code 704 needs a tooth surface. Give one or more, for example MO."),
        (
            "815",
            ("12", "M"),
            "surface",
            "Code 815 is reported without a tooth surface. Leave the field empty.",
        ),
        ("704", ("11", "O"), "surface", "Tooth 11 is a front tooth and has no surface O. Did you mean I?"),
    ],
)
def test_wrong_place_is_refused_at_its_field(code, place, field, message, world, number, nothing_saved):
    before = nothing_saved()

    assert refusals(world, number, code, *place) == {field: message}
    assert nothing_saved() == before


# The date -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-13", "CO-33")
@pytest.mark.parametrize(
    ("performed_on", "message"),
    [
        (TOMORROW, "2024-11-21 is in the future. Give a date from 2024-11-10 to 2024-11-20."),
        (
            dt.date(2024, 11, 9),
            "2024-11-09 is before the assessment period. Give a date from 2024-11-10 to 2024-11-20.",
        ),
        (
            dt.date(2025, 11, 10),
            "2025-11-10 is after the assessment period. Give a date from 2024-11-10 to 2024-11-20.",
        ),
    ],
)
def test_wrong_date_is_refused_at_its_field(performed_on, message, world, number, nothing_saved):
    before = nothing_saved()

    assert refusals(world, number, "101", performed_on=performed_on) == {"performed_on": message}
    assert nothing_saved() == before


@pytest.mark.requirement("NA-13")
@pytest.mark.parametrize("performed_on", [dt.date(2024, 11, 10), TODAY, None])
def test_date_from_the_first_day_to_today_or_none_is_taken(performed_on, world, number):
    assert world.report(number, "101", performed_on=performed_on).performed_on == performed_on


@pytest.mark.requirement("NA-17")
def test_after_the_period_nothing_is_added(world, number, settings, nothing_saved):
    world.pass_time_to(dt.date(2025, 11, 10), settings)
    before = nothing_saved()

    refused = refusals(world, number, "101", performed_on=TODAY)

    assert refused == {
        "": "The assessment period ended on 2025-11-09. No codes can be added or changed any more."
    }
    assert nothing_saved() == before


@pytest.mark.requirement("NA-17")
def test_on_the_last_day_of_the_period_codes_are_added(world, number, settings):
    world.pass_time_to(dt.date(2025, 11, 9), settings)

    assert world.report(number, "101").line.status == "approved"


@pytest.mark.requirement("NA-13")
def test_treatment_after_the_death_of_the_patient_is_refused(world, number):
    type(world.elsa).objects.filter(pk=world.elsa.pk).update(died_on=YESTERDAY)

    assert refusals(world, number, "101") == {
        "performed_on": "The patient died on 2024-11-19. Give a date no later than that."
    }


# The practitioner ---------------------------------------------------------------------------------


@pytest.mark.requirement("NA-13", "CO-33")
def test_practitioner_who_was_not_active_that_day_is_refused(world, number, nothing_saved):
    newcomer = Practitioner.objects.create(clinic=world.ryd, name="Per Provström", first_on=TODAY)
    before = nothing_saved()

    with pytest.raises(Refused) as refused:
        add(world, number, practitioner_id=newcomer.pk, performed_on=YESTERDAY)

    assert [(problem.field, str(problem)) for problem in refused.value.problems] == [
        (
            "practitioner",
            (
                "The practitioner was not active at the clinic on 2024-11-19. Choose another one or another "
                "date."
            ),
        )
    ]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-13")
def test_practitioner_of_another_clinic_is_refused(world, number):
    with pytest.raises(Refused) as refused:
        add(world, number, practitioner_id=world.lena.pk)

    assert [problem.field for problem in refused.value.problems] == ["practitioner"]


@pytest.mark.requirement("NA-6", "CO-33")
def test_clinic_without_active_practitioner_reports_nothing(world, number, nothing_saved):
    world.end_practitioner(world.karin, YESTERDAY)
    before = nothing_saved()

    refused = refusals(world, number, "101", performed_on=YESTERDAY)

    assert refused == {
        "practitioner": (
            "The clinic has no active practitioner, so care cannot be reported. Contact Tandvårdsenheten, "
            "010-103 00 00."
        )
    }
    assert nothing_saved() == before


# The code -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-13", "CO-33")
def test_unknown_code_is_refused(world, number):
    assert refusals(world, number, "999") == {
        "code": ("There is no code 999 on 2024-11-20. Type the beginning of a code, or part of its name.")
    }


@pytest.mark.requirement("NA-12", "CO-33")
@pytest.mark.parametrize(
    ("typed_code", "answer"),
    [
        ("82", "82 is not a whole code. Type one of those that match: 823 Delprotes, en käke; 825 Helprotes"),
        ("biop", "biop is not a whole code. Type one of those that match: 163 Biopsi."),
    ],
)
def test_part_of_a_code_or_name_is_answered_with_what_matches(typed_code, answer, world, number):
    assert refusals(world, number, typed_code)["code"].startswith(answer)


@pytest.mark.requirement("NA-13")
def test_code_that_was_not_valid_that_day_is_refused(world, number):
    from_today = {"code": "107", "module": "needs_allowance"}
    world.code(**from_today).update(first_on=TODAY)

    assert set(refusals(world, number, "107", performed_on=YESTERDAY)) == {"code"}


@pytest.mark.requirement("NA-13")
def test_code_paid_at_actual_cost_says_whom_to_ask(world, number):
    assert refusals(world, number, "926") == {
        "code": (
            "Code 926 is paid at actual cost and cannot be reported here. Contact Tandvårdsenheten, "
            "010-103 00 00."
        )
    }


@pytest.mark.requirement("NA-13", "CO-14")
def test_code_for_another_age_is_refused(world, number):
    assert refusals(world, number, "107") == {
        "code": "Code 107 is for patients up to 7 years; the patient was 11. Choose another code."
    }


@pytest.mark.requirement("NA-13", "CO-14")
def test_forbidden_combination_of_the_same_day_is_refused(world, number, nothing_saved):
    world.report(number, "101")
    before = nothing_saved()

    assert refusals(world, number, "103") == {
        "code": ("Codes 103 and 101 cannot be reported on the same day. Remove 101, or change the date.")
    }
    assert nothing_saved() == before


@pytest.mark.requirement("NA-13", "CO-14")
def test_codes_forbidden_on_the_same_day_are_taken_on_two_days(world, number):
    world.report(number, "101", performed_on=YESTERDAY)

    assert world.report(number, "103").code == "103"


@pytest.mark.requirement("NA-13", "CO-14")
def test_removed_code_forbids_no_combination(world, number):
    world.remove(world.report(number, "101"))

    assert world.report(number, "103").code == "103"


@pytest.mark.requirement("NA-13", "CO-14")
def test_highest_number_per_period_is_held(world, number):
    world.report(number, "103", performed_on=YESTERDAY)
    world.report(number, "103", performed_on=TODAY)

    assert refusals(world, number, "103", performed_on=EARLIER) == {
        "code": (
            "Code 103 is already in the case 2 times, which is the most in a period. Remove one, or choose "
            "another code."
        )
    }


@pytest.mark.requirement("NA-13")
def test_same_code_tooth_surface_and_date_is_refused(world, number):
    world.report(number, "704", "13", "MD")

    assert refusals(world, number, "704", "13", "dm") == {
        "code": (
            "Code 704 is already reported on 2024-11-20 with the same tooth and surface. Check the date and "
            "tooth."
        )
    }


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize("quantity", [0, 2, -1])
def test_count_is_always_one(quantity, world, number):
    with pytest.raises(Refused) as refused:
        add(world, number, quantity=quantity)

    assert [(problem.field, str(problem)) for problem in refused.value.problems] == [
        ("quantity", "The count is always 1. Report each procedure on a line of its own.")
    ]


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("bo", Http404),
        ("david", Http404),
        ("eva", NotAllowed),
        ("frida", NotAllowed),
        ("gustav", NotAllowed),
        ("hanna", NotAllowed),
        ("ivar", NotAllowed),
    ],
)
def test_only_the_clinic_itself_reports_in_its_case(name, refused, world, number, nothing_saved):
    before = nothing_saved()

    with pytest.raises(refused):
        add(world, number, by=name)

    assert nothing_saved() == before


@pytest.mark.requirement("CO-4")
def test_role_for_invoices_alone_reports_nothing(world, number):
    RoleGrant.objects.filter(user=world.users["anna"], role="dental_basic").delete()

    with pytest.raises(NotAllowed):
        add(world, number)


@pytest.mark.requirement("CO-3")
def test_clinic_that_is_no_longer_connected_reports_nothing(world, number):
    world.disconnect(world.ryd)

    with pytest.raises(NotAllowed):
        add(world, number)


# The page -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-12")
def test_fields_stand_in_the_order_of_the_manual_with_count_preset(world, number, visit):
    page = visit("anna").get("needs_allowance:add_procedure", number)

    assert page.heading == "Add procedure code"
    assert {name: field.value for name, field in page.fields.items()} == {
        "performed_on": "",
        "practitioner": str(world.karin.pk),
        "code": "",
        "location": "",
        "surface": "",
        "quantity": "1",
    }


@pytest.mark.requirement("NA-12")
def test_practitioners_of_the_period_are_offered_and_one_must_be_chosen(world, number, visit):
    Practitioner.objects.create(clinic=world.ryd, name="Per Provström", first_on=EARLIER, last_on=YESTERDAY)
    Practitioner.objects.create(
        clinic=world.ryd, name="Sven Slutat", first_on=dt.date(2020, 1, 1), last_on=dt.date(2024, 11, 9)
    )

    page = visit("anna").get("needs_allowance:add_procedure", number)

    assert page.fields["practitioner"].choices == ["Choose", "Karin Testberg, tandläkare", "Per Provström"]


@pytest.mark.requirement("NA-12")
def test_added_code_is_confirmed_on_the_case(world, number, visit):
    page = visit("anna").post(
        "needs_allowance:add_procedure",
        number,
        follow=True,
        **typed(world, performed_on="241111", code="815", location="12"),
    )

    assert page.notices == ["Code 815 is added."]
    assert page.rows()[-1][:8] == [
        "12",
        "",
        "815 Sadelkrona",
        "1",
        "6 900 kr",
        "6 900 kr",
        "2024-11-11",
        "Approved",
    ]


@pytest.mark.requirement("NA-13", "CO-33")
def test_faults_stand_at_their_fields_and_what_was_typed_is_kept(world, number, visit, nothing_saved):
    before = nothing_saved()
    wrong = typed(world, performed_on="2024-11-09", code="601", location="19", surface="M", quantity="2")

    page = visit("anna").post("needs_allowance:add_procedure", number, **wrong)

    assert page.status == 422
    assert set(page.faults) == {"performed_on", "location", "surface", "quantity"}
    assert {name: field.value for name, field in page.fields.items()} == {
        name: str(value) for name, value in wrong.items()
    }
    assert page.summary.startswith("4 entries must be corrected")
    assert nothing_saved() == before


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("performed_on", "i fjol", "i fjol is not a date. Write it as year, month and day: 2025-03-20."),
        ("practitioner", "", "Choose who performs the procedure."),
        ("code", "", "Give a code. Type the beginning of it, or part of its name."),
        ("quantity", "", "The count is always 1. Report each procedure on a line of its own."),
    ],
)
def test_missing_or_unreadable_field_says_what_to_do(field, value, fault, world, number, visit):
    page = visit("anna").post("needs_allowance:add_procedure", number, **typed(world, **{field: value}))

    assert page.status == 422
    assert page.faults == {field: fault}


@pytest.mark.requirement("NA-13")
def test_practitioner_of_another_clinic_cannot_be_sent(world, number, visit, nothing_saved):
    before = nothing_saved()

    page = visit("anna").post(
        "needs_allowance:add_procedure", number, **typed(world, practitioner=world.lena.pk)
    )

    assert set(page.faults) == {"practitioner"}
    assert nothing_saved() == before


@pytest.mark.requirement("NA-6", "CO-33")
@pytest.mark.parametrize("was_active", [True, False])
def test_clinic_without_practitioner_is_told_at_the_field(was_active, world, number, visit):
    last_on = YESTERDAY if was_active else dt.date(2024, 11, 1)
    world.end_practitioner(world.karin, last_on)

    page = visit("anna").post(
        "needs_allowance:add_procedure",
        number,
        **typed(world, practitioner=world.karin.pk if was_active else ""),
    )

    assert page.status == 422
    assert page.fields["practitioner"].fault.startswith("The clinic has no active practitioner")
    assert page.fields["code"].value == "101"


@pytest.mark.requirement("NA-17")
def test_ended_case_leads_back_to_the_case_with_the_reason(world, number, visit, settings):
    world.pass_time_to(dt.date(2025, 11, 10), settings)
    anna = visit("anna")

    page = anna.get("needs_allowance:add_procedure", number)

    assert page.status == 303
    assert anna.get("needs_allowance:case", number).notices == [
        "The assessment period ended on 2025-11-09. No codes can be added or changed any more."
    ]


@pytest.mark.requirement("NA-12")
def test_form_that_comes_back_knows_what_the_code_demands(world, number, visit):
    page = visit("anna").post(
        "needs_allowance:add_procedure", number, **typed(world, code="163", performed_on="2024-11-09")
    )

    code = page.fields["code"].attributes
    assert [code[f"data-{name}"] for name in ("tooth", "jaw", "surface")] == ["no", "must", "no"]


@pytest.mark.requirement("CO-4", "CO-5")
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
def test_page_is_for_those_who_report_at_the_clinic(name, status, world, number, visit):
    assert visit(name).get("needs_allowance:add_procedure", number).status == status


@pytest.mark.requirement("CO-30")
def test_page_names_the_patient_and_is_a_recorded_read(world, number, visit, reads):
    visit("anna").get("needs_allowance:add_procedure", number)

    assert reads() == [("needs_allowance.case", [world.elsa.pk])]


@pytest.mark.requirement("NA-13")
def test_adding_takes_as_many_statements_however_many_codes_there_are(
    world, number, django_assert_num_queries
):
    anna, report = world.actor("anna"), procedures.Report("126", world.karin.pk, performed_on=TODAY)
    for day in range(11, 19):
        world.report(number, "101", performed_on=dt.date(2024, 11, day))

    with django_assert_num_queries(18):
        procedures.add_procedure(anna, today=TODAY, number=number, report=report)

    assert Procedure.objects.filter(case__number=number).count() == 10
