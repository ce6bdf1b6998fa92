"""A case is created: only the start date is asked, and it begins with the deductible."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import cases
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.price_lists.models import ParameterValue

TODAY = dt.date(2024, 11, 20)
YESTERDAY, TOMORROW = dt.date(2024, 11, 19), dt.date(2024, 11, 21)


def create(world, person, first_on=TODAY, *, by="anna"):
    return cases.create_case(world.actor(by), today=world.today, code=person.code, first_on=first_on)


def refusals(world, person, first_on=TODAY, *, by="anna"):
    with pytest.raises(Refused) as refused:
        create(world, person, first_on, by=by)
    return [(problem.field, str(problem)) for problem in refused.value.problems]


# What is written ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-7", "NA-8")
def test_case_gets_a_number_and_a_period_of_twelve_months(world):
    number = create(world, world.elsa, dt.date(2024, 10, 31))

    case = world.case(number)
    assert number == "B2024-000001"
    assert (case.clinic, case.person, case.created_on) == (world.ryd, world.elsa, TODAY)
    assert str(case.period) == "2024-10-31 - 2025-10-30"


@pytest.mark.requirement("NA-9")
def test_new_case_holds_the_deductible_alone(world):
    number = create(world, world.elsa, dt.date(2024, 10, 31))

    [deductible] = Procedure.objects.filter(case__number=number)
    assert (deductible.code, deductible.text, deductible.price) == ("100", "Självrisk", -500_000)
    assert deductible.performed_on == dt.date(2024, 10, 31)
    assert deductible.line.status == "approved"
    assert deductible.line.amount == -500_000


@pytest.mark.requirement("NA-9", "CO-15")
def test_deductible_is_the_one_in_force_on_the_start_date(world):
    ParameterValue.objects.create(
        authority=world.region,
        name="needs_allowance.deductible",
        first_on=dt.date(2024, 11, 1),
        value=600_000,
        source="beslut",
        entered_by="Ivar",
    )

    before = create(world, world.elsa, dt.date(2024, 10, 31))
    after = create(world, world.rutger, dt.date(2024, 11, 1))

    assert world.row(before, "100").amount == -500_000
    assert world.row(after, "100").amount == -600_000


@pytest.mark.requirement("NA-7", "CO-15")
def test_period_has_the_length_in_force_on_the_start_date(world):
    ParameterValue.objects.create(
        authority=world.region,
        name="needs_allowance.period_months",
        first_on=dt.date(2024, 11, 1),
        value=6,
        source="beslut",
        entered_by="Ivar",
    )

    before = create(world, world.elsa, dt.date(2024, 10, 31))
    after = create(world, world.rutger, dt.date(2024, 11, 1))

    assert world.case(before).last_on == dt.date(2025, 10, 30)
    assert world.case(after).last_on == dt.date(2025, 4, 30)


@pytest.mark.requirement("NA-8")
def test_number_of_a_deleted_case_stays_spent(world):
    first = create(world, world.elsa)
    cases.delete_case(world.actor("anna"), number=first)

    second = create(world, world.elsa)

    assert (first, second) == ("B2024-000001", "B2024-000002")


@pytest.mark.requirement("NA-8")
def test_series_is_one_for_all_clinics_and_goes_on_over_new_year(world, settings):
    create(world, world.elsa)
    create(world, world.ake, by="bo")
    world.pass_time_to(dt.date(2025, 1, 2), settings)

    number = create(world, world.rutger)

    assert number == "B2025-000003"


@pytest.mark.requirement("NA-8")
def test_refused_case_spends_no_number(world):
    refusals(world, world.elsa, TOMORROW)

    assert create(world, world.elsa) == "B2024-000001"


@pytest.mark.requirement("CO-30", "CO-31")
def test_creation_is_one_event_about_the_patient(world):
    number = create(world, world.elsa)

    event = world.event("create_case")
    assert (event.user_name, event.unit) == ("Anna Testander", "1111 - Ekens Tandvård Ryd")
    assert (event.subject_kind, event.subject_key) == ("needs_allowance.case", number)
    assert event.data == {"after": {"period": "2024-11-20 - 2025-11-19", "amount": -500_000}}
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-7", "CO-33")
@pytest.mark.parametrize(
    ("first_on", "message"),
    [
        (TOMORROW, "2024-11-21 is in the future. Give today's date, 2024-11-20, or an earlier one."),
        (
            dt.date(2023, 11, 20),
            "A period from 2023-11-20 ended on 2024-11-19. Give a start date from 2023-11-21.",
        ),
        (
            dt.date(1, 1, 1),
            "A period from 0001-01-01 ended on 0001-12-31. Give a start date from 2023-11-21.",
        ),
    ],
)
def test_start_in_the_future_or_too_long_ago_is_refused(first_on, message, world, nothing_saved):
    before = nothing_saved()

    assert refusals(world, world.elsa, first_on) == [("first_on", message)]
    assert nothing_saved() == before


@pytest.mark.requirement("NA-7")
def test_earliest_start_is_allowed(world):
    number = create(world, world.elsa, dt.date(2023, 11, 21))

    assert world.case(number).last_on == TODAY


@pytest.mark.requirement("NA-7", "CO-33")
@pytest.mark.parametrize("first_on", [TODAY, dt.date(2024, 11, 10)])
def test_patient_listed_elsewhere_on_the_start_date_is_refused(first_on, world, nothing_saved):
    world.move(world.elsa, world.linghem, dt.date(2024, 11, 10))
    before = nothing_saved()

    [(field, message)] = refusals(world, world.elsa, first_on)

    assert field == "first_on"
    assert message.startswith(f"The patient was not listed at your clinic on {first_on}.")
    assert nothing_saved() == before


@pytest.mark.requirement("NA-7")
def test_patient_who_has_moved_since_gets_a_case_from_before_the_move(world):
    world.move(world.elsa, world.linghem, dt.date(2024, 11, 10))

    number = create(world, world.elsa, dt.date(2024, 11, 9))

    assert world.case(number).clinic == world.ryd


@pytest.mark.requirement("NA-7")
def test_unlisted_patient_is_refused(world):
    assert [field for field, _message in refusals(world, world.elis)] == ["first_on"]


@pytest.mark.requirement("NA-7", "CO-33")
def test_period_overlapping_by_one_day_is_refused_and_the_case_named(world, settings, nothing_saved):
    there = create(world, world.elsa, dt.date(2024, 11, 20))
    world.pass_time_to(dt.date(2025, 11, 19), settings)
    before = nothing_saved()

    [(field, message)] = refusals(world, world.elsa, dt.date(2025, 11, 19))

    assert field == "first_on"
    assert message == (
        f"The patient already has case {there} with the period 2024-11-20 - 2025-11-19. Use that case, or "
        "make a new one that starts on 2025-11-20 at the earliest."
    )
    assert nothing_saved() == before


@pytest.mark.requirement("NA-7")
def test_next_case_starts_the_day_after_the_last_one(world, settings):
    create(world, world.elsa, TODAY)
    world.pass_time_to(dt.date(2025, 11, 20), settings)

    number = create(world, world.elsa, dt.date(2025, 11, 20))

    assert world.case(number).first_on == dt.date(2025, 11, 20)


@pytest.mark.requirement("NA-7")
def test_case_of_another_clinic_is_in_the_way_without_being_named(world):
    there = create(world, world.elsa)
    world.move(world.elsa, world.bjork, YESTERDAY)

    [(field, message)] = refusals(world, world.elsa, by="david")

    assert field == "first_on"
    assert message.startswith("The patient already has a case at another clinic")
    assert there not in message


@pytest.mark.requirement("NA-7", "CO-8")
def test_case_of_a_merged_record_is_in_the_way(world):
    there = create(world, world.rutger)
    type(world.rutger).objects.filter(pk=world.rutger.pk).update(merged_into=world.elsa)

    [(_field, message)] = refusals(world, world.elsa)

    assert there in message


@pytest.mark.requirement("NA-6", "CO-26a", "CO-33")
def test_clinic_without_active_practitioner_is_refused_and_told_whom_to_contact(world, nothing_saved):
    world.end_practitioner(world.karin, YESTERDAY)
    before = nothing_saved()

    [(_field, message)] = refusals(world, world.elsa)

    assert message == (
        "The clinic has no active practitioner, so care cannot be reported. Contact Tandvårdsenheten, "
        "010-103 00 00."
    )
    assert nothing_saved() == before


@pytest.mark.requirement("NA-6")
def test_practitioner_who_leaves_today_is_active_today(world):
    world.end_practitioner(world.karin, TODAY)

    assert create(world, world.elsa)


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize("name", ["eva", "frida", "gustav", "hanna", "ivar"])
def test_provider_and_region_create_no_cases(name, world, nothing_saved):
    before = nothing_saved()

    with pytest.raises(NotAllowed):
        create(world, world.elsa, by=name)

    assert nothing_saved() == before


@pytest.mark.requirement("CO-3", "CO-4")
def test_clinic_that_is_not_connected_creates_no_cases(world):
    world.disconnect(world.ryd)

    with pytest.raises(NotAllowed):
        create(world, world.elsa)


@pytest.mark.requirement("CO-1")
def test_patient_of_another_authority_is_not_found(world):
    region = type(world.region).objects.create(
        name="Region Grann", kind="region", organisation_number="2321000057"
    )
    type(world.elsa).objects.filter(pk=world.elsa.pk).update(authority=region)

    with pytest.raises(Http404):
        create(world, world.elsa)


# The page -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-7")
def test_only_the_start_date_is_asked_and_today_is_filled_in(world, visit):
    page = visit("anna").get("needs_allowance:create_case", world.elsa.code)

    assert page.heading == "Create needs-allowance case"
    asked = {name: field.value for name, field in page.fields.items()}
    assert asked == {"first_on": "2024-11-20"}


@pytest.mark.requirement("NA-7", "CO-33")
def test_created_case_opens_with_its_number(world, visit):
    page = visit("anna").post(
        "needs_allowance:create_case", world.elsa.code, first_on="20241031", follow=True
    )

    assert page.heading == "Needs-allowance case - B2024-000001"
    assert page.notices == ["Case B2024-000001 is created."]


@pytest.mark.requirement("NA-7", "CO-33")
@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "Give the day when the assessment period starts."),
        ("31 oktober", "31 oktober is not a date. Write it as year, month and day: 2025-03-20."),
        ("2024-11-21", "2024-11-21 is in the future. Give today's date, 2024-11-20, or an earlier one."),
        ("231120", "A period from 2023-11-20 ended on 2024-11-19. Give a start date from 2023-11-21."),
    ],
)
def test_fault_stands_at_the_field_and_what_was_typed_is_kept(typed, fault, world, visit, nothing_saved):
    before = nothing_saved()

    page = visit("anna").post("needs_allowance:create_case", world.elsa.code, first_on=typed)

    assert page.status == 422
    assert page.fields["first_on"].fault == fault
    assert page.fields["first_on"].value == typed
    assert nothing_saved() == before


@pytest.mark.requirement("NA-6", "CO-33")
def test_missing_practitioner_is_said_first_on_the_page(world, visit):
    world.end_practitioner(world.karin, YESTERDAY)

    page = visit("anna").post("needs_allowance:create_case", world.elsa.code, first_on="2024-11-20")

    assert page.status == 422
    assert page.summary.startswith("The clinic has no active practitioner")
    assert page.fields["first_on"].value == "2024-11-20"


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
def test_page_is_for_those_who_report_at_the_clinic_of_the_patient(name, status, world, visit):
    page = visit(name).get("needs_allowance:create_case", world.elsa.code)

    assert page.status == status


@pytest.mark.requirement("CO-30")
def test_opening_the_page_is_a_recorded_read(world, visit, reads):
    visit("anna").get("needs_allowance:create_case", world.elsa.code)

    assert reads() == [("needs_allowance.patient_cases", [world.elsa.pk])]
