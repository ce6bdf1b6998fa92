"""*Sök behovspengsärende*: the user's cases, by date, number, provider and clinic."""

import datetime as dt
import io

import openpyxl
import pytest

from kvitt.modules.needs_allowance.commands import cases
from kvitt.modules.needs_allowance.models import Case
from kvitt.modules.needs_allowance.queries import cases as queries
from kvitt.registers.people.models import Person

PAGE = "needs_allowance:search_cases"


@pytest.fixture
def three_cases(world, settings):
    """Elsa's of October, from an older system; Rutger's and, in Linghem, Åke's of November."""
    world.pass_time_to(dt.date(2024, 10, 31), settings)
    older = cases.create_case(
        world.actor("anna"),
        today=world.today,
        code=world.elsa.code,
        first_on=world.today,
        number="R2024-000005",
    )
    world.pass_time_to(dt.date(2024, 11, 20), settings)
    return older, world.create_case(world.rutger), world.create_case(world.ake, by="bo")


def numbers(page):
    return [row[1] for row in page.rows()]


# What it shows ------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-33", "CO-25")
def test_columns_are_those_of_figure_30(world, three_cases, visit):
    page = visit("anna").get(PAGE)

    assert page.headings_of_table() == [
        "Date",
        "Case number",
        "Personal number",
        "Organisation number",
        "Clinic number",
        "Clinic name",
    ]
    assert page.rows()[0] == [
        "2024-11-20",
        "B2024-000001",
        "20130401-2394",
        "556000-0019",
        "1111",
        "Ekens Tandvård Ryd",
    ]
    assert "Showing 1-2 of 2" in page.text


@pytest.mark.requirement("NA-33", "CO-25")
def test_newest_stands_first_and_rows_open_the_case(three_cases, visit):
    anna = visit("anna")

    page = anna.get(PAGE)

    assert numbers(page) == ["B2024-000001", "R2024-000005"]
    assert anna.follow(page.links["R2024-000005"]).heading == "Needs-allowance case - R2024-000005"


@pytest.mark.requirement("NA-33", "CO-25")
def test_date_number_and_personal_number_can_be_sorted_by_and_nothing_else(three_cases, visit):
    page = visit("anna").get(PAGE)

    sortable = [heading for heading in page.headings_of_table() if heading in page.links]
    assert sortable == ["Date", "Case number", "Personal number"]


@pytest.mark.requirement("NA-33", "CO-25")
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("created", ["R2024-000005", "B2024-000001"]),
        ("-created", ["B2024-000001", "R2024-000005"]),
        ("number", ["B2024-000001", "R2024-000005"]),
        ("-number", ["R2024-000005", "B2024-000001"]),
        ("identity", ["R2024-000005", "B2024-000001"]),
        ("-identity", ["B2024-000001", "R2024-000005"]),
        ("clinic", ["B2024-000001", "R2024-000005"]),
    ],
)
def test_sorting(sort, expected, three_cases, visit):
    assert numbers(visit("anna").get(PAGE, sort=sort)) == expected


@pytest.mark.requirement("NA-33", "CO-5")
def test_own_provider_and_clinic_are_filled_in(world, visit):
    anna, eva, gustav = (visit(name).get(PAGE).fields for name in ("anna", "eva", "gustav"))

    assert anna["provider"].choices == ["556000-0019 - Ekens Tandvård AB"]
    assert anna["clinic"].choices == ["1111 - Ekens Tandvård Ryd"]
    assert eva["provider"].choices == ["556000-0019 - Ekens Tandvård AB"]
    assert eva["clinic"].choices == [
        "All clinics",
        "1112 - Ekens Tandvård Linghem",
        "1111 - Ekens Tandvård Ryd",
    ]
    assert gustav["provider"].choices[0] == "All care providers"
    assert len(gustav["clinic"].choices) == 4


@pytest.mark.requirement("CO-25")
def test_nothing_found_says_what_to_do(visit):
    page = visit("anna").get(PAGE)

    assert "No case matches." in page.text
    assert "Showing 0 of 0" in page.text


# Filters ------------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-33")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"first_on": "2024-11-01"}, ["B2024-000001"]),
        ({"last_on": "2024-10-31"}, ["R2024-000005"]),
        ({"first_on": "241031", "last_on": "idag"}, ["B2024-000001", "R2024-000005"]),
        ({"number": "R2024-000005"}, ["R2024-000005"]),
        ({"number": "r2024-5"}, ["R2024-000005"]),
        ({"number": "B2024"}, ["B2024-000001"]),
        ({"number": "%"}, []),
        ({"number": "B2024-000009"}, []),
    ],
)
def test_filters(filters, expected, three_cases, visit):
    assert numbers(visit("anna").get(PAGE, **filters)) == expected


@pytest.mark.requirement("NA-33", "CO-5")
def test_provider_level_user_sees_all_clinics_or_the_one_he_chooses(world, three_cases, visit):
    eva = visit("eva")

    everywhere = eva.get(PAGE)
    at_linghem = eva.get(PAGE, clinic=str(world.linghem.pk))

    assert numbers(everywhere) == ["B2024-000002", "B2024-000001", "R2024-000005"]
    assert numbers(at_linghem) == ["B2024-000002"]
    assert at_linghem.fields["clinic"].value == str(world.linghem.pk)


@pytest.mark.requirement("NA-33")
def test_region_searches_by_provider(world, three_cases, visit):
    world.create_case(world.alma, by="david")

    page = visit("gustav").get(PAGE, provider=str(world.bjorken.pk))

    assert numbers(page) == ["B2024-000003"]


@pytest.mark.requirement("CO-25", "CO-33")
def test_faulty_filter_is_told_at_its_field_and_the_others_hold(three_cases, visit):
    page = visit("anna").get(PAGE, first_on="i fjol", number="R2024")

    assert page.fields["first_on"].fault.startswith("i fjol is not a date.")
    assert page.fields["first_on"].value == "i fjol"
    assert numbers(page) == ["R2024-000005"]


@pytest.mark.requirement("CO-4")
def test_clinic_of_somebody_else_cannot_be_chosen(world, three_cases, visit):
    page = visit("anna").get(PAGE, clinic=str(world.linghem.pk))

    assert page.fields["clinic"].fault
    assert "B2024-000002" not in numbers(page)


# Whose cases --------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("anna", ["B2024-000001", "R2024-000005"]),
        ("bo", ["B2024-000002"]),
        ("david", []),
        ("eva", ["B2024-000002", "B2024-000001", "R2024-000005"]),
        ("frida", ["B2024-000002", "B2024-000001", "R2024-000005"]),
        ("gustav", ["B2024-000002", "B2024-000001", "R2024-000005"]),
    ],
)
def test_everybody_finds_the_cases_of_his_own_units(name, expected, three_cases, visit):
    assert numbers(visit(name).get(PAGE)) == expected


@pytest.mark.requirement("CO-4")
def test_administrator_does_not_search_cases(visit):
    assert visit("ivar").get(PAGE).status == 403


@pytest.mark.requirement("NA-16")
def test_deleted_case_is_not_found(world, three_cases, visit):
    cases.delete_case(world.actor("anna"), number="B2024-000001")

    assert numbers(visit("anna").get(PAGE)) == ["R2024-000005"]


@pytest.mark.requirement("CO-8")
def test_case_of_a_merged_record_has_the_number_of_the_person_who_remains(world, three_cases, visit):
    Person.objects.filter(pk=world.rutger.pk).update(merged_into=world.tova)

    page = visit("anna").get(PAGE, number="B2024-000001")

    assert page.rows()[0][2] == "20130205-2384"
    assert world.tova.pk in set(queries.person_ids_with_cases(world.actor("anna")))


# Excel, reads, statements -------------------------------------------------------------------------


@pytest.mark.requirement("NA-33", "CO-25", "CO-26")
def test_excel_holds_the_whole_result(three_cases, visit):
    status, content = visit("anna").download(PAGE, number="R2024", format="xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    [row] = sheet.iter_rows(min_row=3, values_only=True)
    assert status == 200
    assert row == (
        dt.datetime(2024, 10, 31),  # noqa: DTZ001 - a date as Excel keeps it
        "R2024-000005",
        "20130310-2394",
        "556000-0019",
        "1111",
        "Ekens Tandvård Ryd",
    )


@pytest.mark.requirement("CO-30")
def test_shown_patients_are_a_recorded_read(world, three_cases, visit, reads):
    visit("anna").get(PAGE, number="R2024")

    assert reads() == [("needs_allowance.search_cases", [world.elsa.pk])]


@pytest.mark.requirement("CO-30")
def test_empty_result_records_no_read(visit, reads):
    visit("anna").get(PAGE)

    assert reads() == []


@pytest.mark.requirement("CO-25")
@pytest.mark.parametrize("count", [2, 20])
def test_list_takes_as_many_statements_however_many_cases_there_are(
    count, world, visit, django_assert_num_queries
):
    template = world.case(world.create_case(world.elsa))
    Case.objects.bulk_create(
        Case(
            authority=template.authority,
            number=f"B2020-{number:06d}",
            clinic=world.ryd,
            person=world.rutger,
            first_on=dt.date(2020, 1, 1),
            last_on=dt.date(2020, 12, 31),
            created_on=dt.date(2020, 1, 1),
            changed_at=template.changed_at,
            changed_by="Anna Testander",
        )
        for number in range(1, count)
    )
    anna = visit("anna")

    with django_assert_num_queries(12):
        page = anna.get(PAGE)

    assert len(page.rows()) == count
