"""*Sök åtgärdskoder*: everything approved, in every module, for those who see it there."""

import datetime as dt
from io import BytesIO

import openpyxl
import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.html import strip_tags

from kvitt.audit.models import Event
from kvitt.ledger import commands
from kvitt.ledger.lifecycle import LineStatus
from kvitt.ledger.models import Line
from kvitt.modules.needs_allowance.commands import cases, procedures
from kvitt.modules.population_health.commands.procedures import remove_activity, remove_procedures
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import ClinicRight

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PH-11", "CO-25")]
URL = reverse("ledger:search_lines")


def text(html):
    return strip_tags(str(html)).replace("\xa0", " ").replace("\N{MINUS SIGN}", "-").strip()


def column(response, label):
    """Return the cells of one column, in the order of the rows."""
    page = response.context["page"]
    place = [heading.label for heading in page.headings].index(label)
    return [text(row.cells[place].html) for row in page.rows]


def codes(response):
    return [code.split(" - ")[0] for code in column(response, "Åtgärdskod")]


def workbook(response):
    return openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active


@pytest.fixture
def activity(dental_world):
    """The seed's figure 5: five took part in maternity care, and one too many was counted."""
    return dental_world.create_activity("901", 5, performed_on=dt.date(2024, 11, 18))


@pytest.fixture
def jenny(dental_world, activity, sign_in):
    return sign_in(dental_world, "jenny")


@pytest.fixture
def case(dental_world):
    return dental_world.case_of_figure_21()


@pytest.fixture
def gustav(dental_world, activity, case, sign_in):
    """The region's reviewer, who sees both modules."""
    return sign_in(dental_world, "gustav")


# What it shows ---------------------------------------------------------------------------------------


def test_columns_tell_when_what_where_and_how_it_stands(gustav, activity):
    page = gustav.get(URL, {"code": "901"}).context["page"]

    assert page.title == "Sök åtgärdskoder"
    assert [heading.label for heading in page.headings] == [
        "Behandlingsdatum",
        "Skapad",
        "Ärendenummer",
        "Åtgärdskod",
        "Personnummer",
        "Mottagning",
        "Status",
        "Belopp",
    ]
    assert [text(cell.html) for cell in page.rows[0].cells] == [
        "2024-11-18",
        "2024-11-20",
        f"{activity}Befolkningsansvar",
        "901 - MVC",
        "",
        "1111 - Ekens Tandvård Ryd",
        "Godkänd",
        "310 kr",
    ]
    assert "Visar 1-5 av 5" in page.count_text


def test_several_of_the_same_are_told_under_the_amount(book, sign_in):
    line_id = book.approve(5_000)
    Line.objects.filter(pk=line_id).update(quantity=3, amount=15_000)

    assert column(sign_in(book.world, "anna").get(URL), "Belopp") == ["150 kr3 \N{MULTIPLICATION SIGN} 50 kr"]


def test_filters_are_those_of_the_manual_and_where_there_is_a_choice_module_and_clinic(jenny, gustav):
    labels = [str(bound.label) for bound in jenny.get(URL).context["page"].form]

    assert labels == [
        "Behandlingsdatum från",
        "Behandlingsdatum till",
        "Skapad från",
        "Skapad till",
        "Åtgärdskod",
        "Status",
    ]
    more = [str(bound.label) for bound in gustav.get(URL).context["page"].form]
    assert more == [*labels, "Vårdområde", "Mottagning"]


def test_statuses_are_those_of_the_manual(jenny):
    offered = [str(label) for _, label in jenny.get(URL).context["page"].form.fields["status"].choices]

    assert offered == ["Alla", "Godkänd", "Fakturerad", "Inväntar kreditering", "Krediterad", "Raderad"]


def test_words_of_the_manual_are_on_the_buttons(jenny):
    content = jenny.get(URL).content.decode()

    for word in ("Exportera till excel", "Rensa", "Sök", "Godkänd: ännu inte fakturerad."):
        assert word in content


@pytest.mark.requirement("PH-6", "CO-19")
def test_removed_procedure_is_found_here(jenny, dental_world, activity):
    [line_id] = Line.objects.values_list("pk", flat=True)[:1]
    remove_procedures(dental_world.actor("jenny"), number=activity, line_ids=[line_id])

    removed, left = (jenny.get(URL, {"status": status}) for status in ("withdrawn", "approved"))

    assert column(removed, "Status") == ["Raderad"]
    assert column(left, "Status") == ["Godkänd"] * 4


def test_what_was_entered_last_comes_first(jenny, dental_world):
    dental_world.create_activity("921", None, performed_on=dt.date(2024, 1, 2))

    assert codes(jenny.get(URL)) == ["921", *["901"] * 5]


def test_by_date_of_treatment_the_latest_treatment_comes_first(jenny, dental_world):
    dental_world.create_activity("921", None, performed_on=dt.date(2024, 1, 2))

    assert codes(jenny.get(URL, {"first_on": "2024-01-01"})) == [*["901"] * 5, "921"]
    assert codes(jenny.get(URL, {"sort": "date"}))[0] == "921"
    assert codes(jenny.get(URL, {"sort": "-created"}))[0] == "921"


# Filters ---------------------------------------------------------------------------------------------

FIGURE_21 = ["100", "124", "126", "163", "815"]
FILTERS = [
    ({}, [*FIGURE_21, *["901"] * 5]),
    ({"first_on": "2024-11-19"}, FIGURE_21),
    ({"last_on": "20241118"}, ["901"] * 5),
    ({"first_on": "2024-11-18", "last_on": "2024-11-18"}, ["901"] * 5),
    ({"created_from": "2024-11-20"}, [*FIGURE_21, *["901"] * 5]),
    ({"created_from": "2024-11-21"}, []),
    ({"created_to": "2024-11-19"}, []),
    ({"code": "126"}, ["126"]),
    ({"code": "12"}, []),
    ({"code": "%"}, []),
    ({"status": "approved"}, [*FIGURE_21, *["901"] * 5]),
    ({"status": "invoiced"}, []),
    ({"module": "needs_allowance"}, FIGURE_21),
    ({"module": "population_health"}, ["901"] * 5),
    ({"clinic": "1111"}, [*FIGURE_21, *["901"] * 5]),
    ({"clinic": "1112"}, []),
    ({"module": "needs_allowance", "status": "approved", "code": "815"}, ["815"]),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS, ids=lambda value: str(value)[:60])
def test_filter(gustav, dental_world, query, expected):
    clinics = {"1111": dental_world.ryd.pk, "1112": dental_world.linghem.pk}
    if "clinic" in query:
        query = {**query, "clinic": clinics[query["clinic"]]}

    assert sorted(codes(gustav.get(URL, query))) == expected


def test_code_with_a_letter_is_found_however_it_is_typed(book, sign_in):
    line_id = book.approve()
    Line.objects.filter(pk=line_id).update(code="825S")

    assert codes(sign_in(book.world, "anna").get(URL, {"code": "825s "})) == ["825S"]


@pytest.mark.parametrize("status", LineStatus)
def test_line_in_each_status_is_found_by_it(book, sign_in, status):
    book.line_in(status)

    found = sign_in(book.world, "anna").get(URL, {"status": status.value})

    assert len(found.context["page"].rows) == 1


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize("query", [{"first_on": "igår"}, {"status": "lost"}, {"module": "care_fees"}])
def test_faulty_filter_is_said_and_the_others_count(gustav, query):
    response = gustav.get(URL, {**query, "code": "815"})

    assert response.context["page"].form.errors.keys() == query.keys()
    assert codes(response) == ["815"]


def test_nothing_found_says_what_to_do(jenny):
    content = jenny.get(URL, {"code": "999"}).content.decode()

    assert "Visar 0 av 0" in content
    assert "Ändra filtren" in content


# Where a line leads ------------------------------------------------------------------------------------


def links(response):
    page = response.context["page"]
    place = [heading.label for heading in page.headings].index("Ärendenummer")
    return {str(row.cells[place].html).partition("<small>")[0] for row in page.rows}


def test_case_number_leads_to_the_case_and_to_the_activity(gustav, activity, case):
    assert links(gustav.get(URL)) == {
        f'<a href="{reverse("population_health:case", args=[activity])}">{activity}</a>',
        f'<a href="{reverse("needs_allowance:case", args=[case])}">{case}</a>',
    }


def test_removed_line_leads_to_its_case_as_long_as_anything_is_left_there(jenny, dental_world, activity):
    [line_id] = Line.objects.values_list("pk", flat=True)[:1]
    remove_procedures(dental_world.actor("jenny"), number=activity, line_ids=[line_id])

    [link] = links(jenny.get(URL, {"status": "withdrawn"}))

    assert jenny.get(reverse("population_health:case", args=[activity])).status_code == 200
    assert reverse("population_health:case", args=[activity]) in link


@pytest.mark.requirement("PH-7")
def test_activity_has_a_page_to_lead_to_until_it_is_removed(jenny, dental_world, activity):
    actor = dental_world.actor("jenny")
    lines = list(Line.objects.values_list("pk", flat=True))
    remove_procedures(actor, number=activity, line_ids=lines)
    emptied = jenny.get(URL)
    remove_activity(actor, number=activity)

    response = jenny.get(URL)

    assert column(response, "Status") == ["Raderad"] * 5
    assert links(response) == {activity}
    assert links(emptied) == {
        f'<a href="{reverse("population_health:case", args=[activity])}">{activity}</a>'
    }


@pytest.mark.requirement("NA-16")
def test_deleted_case_has_no_page_to_lead_to(dental_world, sign_in):
    number = dental_world.create_case(dental_world.elsa)
    removed = dental_world.report(number, "126")
    actor = dental_world.actor("anna")
    procedures.remove_procedure(actor, number=number, procedure_id=removed.pk)
    cases.delete_case(actor, number=number)

    response = sign_in(dental_world, "anna").get(URL)

    assert column(response, "Status") == ["Raderad"] * 2
    assert links(response) == {number}


# Who sees what ---------------------------------------------------------------------------------------


@pytest.fixture
def everywhere(dental_world, activity, case):
    """Lines of both modules in Ryd, and one of needs allowance in Linghem and at Björken each."""
    for person, by in ((dental_world.ake, "bo"), (dental_world.alma, "david")):
        dental_world.create_case(person, by=by)
    return dental_world


@pytest.mark.requirement("CO-1", "CO-3", "CO-4", "CO-5", "PH-1")
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("anna", FIGURE_21),
        ("jenny", ["901"] * 5),
        ("klara", ["901"] * 5),
        ("eva", ["100", *FIGURE_21]),
        ("bo", ["100"]),
        ("david", ["100"]),
        ("frida", ["100", "100", *FIGURE_21]),
        ("gustav", ["100", "100", *FIGURE_21, *["901"] * 5]),
        ("hanna", ["100", "100", *FIGURE_21, *["901"] * 5]),
    ],
)
def test_everybody_sees_the_modules_and_clinics_he_reads(everywhere, sign_in, name, found):
    client = sign_in(everywhere, name)

    assert sorted(codes(client.get(URL))) == found
    assert workbook(client.get(URL, {"format": "xlsx"})).max_row == 2 + len(found)


@pytest.mark.requirement("CO-4")
def test_who_sees_no_lines_is_refused(everywhere, sign_in):
    client = sign_in(everywhere, "ivar")

    assert client.get(URL).status_code == 403
    assert client.get(URL, {"format": "xlsx"}).status_code == 403


@pytest.mark.requirement("CO-3")
def test_module_that_the_clinic_is_not_connected_to_is_not_seen(dental_world, activity, case, sign_in):
    RoleGrant.objects.create(
        user=dental_world.users["jenny"], role=Role.DENTAL_BASIC, clinic=dental_world.ryd
    )
    assert len(codes(sign_in(dental_world, "jenny").get(URL))) == 10

    ClinicRight.objects.filter(scheme="needs_allowance").delete()

    assert set(codes(sign_in(dental_world, "jenny").get(URL))) == {"901"}


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("query", [{"module": "needs_allowance"}, {"clinic": "bjork"}])
def test_filter_cannot_reach_what_is_not_seen(everywhere, sign_in, query):
    if "clinic" in query:
        query = {"clinic": everywhere.bjork.pk}

    assert set(codes(sign_in(everywhere, "klara").get(URL, query))) <= {"901"}


@pytest.mark.requirement("QU-17")
def test_who_is_not_signed_in_is_sent_to_sign_in(client):
    assert client.get(URL)["Location"].startswith(reverse("access:sign_in"))


# Persons ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-30")
@pytest.mark.parametrize("way", ["", "?format=xlsx"])
def test_reading_persons_is_recorded_with_each_of_them(gustav, dental_world, way):
    response = gustav.get(f"{URL}{way}")
    if response.streaming:
        b"".join(response.streaming_content)

    event = Event.objects.filter(is_read=True).latest("pk")
    assert event.action == "ledger.search_lines"
    assert [subject.person_id for subject in event.subjects.all()] == [dental_world.elsa.pk]


@pytest.mark.requirement("PH-3", "CO-30")
def test_named_participants_are_shown_and_recorded(dental_world, sign_in):
    dental_world.create_activity("912", numbers=("20130310-2394", "20130401-2394"))

    response = sign_in(dental_world, "jenny").get(URL)

    assert sorted(column(response, "Personnummer")) == ["20130310-2394", "20130401-2394"]
    event = Event.objects.filter(is_read=True).latest("pk")
    assert {subject.person_id for subject in event.subjects.all()} == {
        dental_world.elsa.pk,
        dental_world.rutger.pk,
    }


def test_merged_person_is_shown_by_the_number_that_is_left(dental_world, case, sign_in):
    dental_world.elsa.merged_into = dental_world.tova
    dental_world.elsa.save()

    assert set(column(sign_in(dental_world, "anna").get(URL), "Personnummer")) == {"20130205-2384"}


# Excel -----------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-26")
def test_excel_has_typed_cells_and_the_filter(gustav, activity):
    sheet = workbook(gustav.get(URL, {"format": "xlsx", "status": "approved", "code": "901"}))

    assert sheet["A1"].value == "Sök åtgärdskoder, Åtgärdskod: 901, Status: Godkänd"
    assert sheet.freeze_panes == "A3"
    values = next(sheet.iter_rows(min_row=3, values_only=True))
    assert [str(moment.date()) for moment in values[:2]] == ["2024-11-18", "2024-11-20"]
    assert values[2:] == (
        activity,
        "901 - MVC",
        None,
        "Befolkningsansvar",
        "1111 - Ekens Tandvård Ryd",
        "Godkänd",
        1,
        310,
        310,
    )


@pytest.mark.requirement("CO-26", "QU-18")
def test_text_of_a_line_never_becomes_a_formula(book, sign_in):
    line_id = book.approve()
    Line.objects.filter(pk=line_id).update(case_number="=1+1")

    sheet = workbook(sign_in(book.world, "anna").get(URL, {"format": "xlsx"}))

    assert (sheet["C3"].value, sheet["C3"].data_type) == ("=1+1", "s")


@pytest.mark.requirement("CO-26")
def test_excel_holds_the_whole_result_not_only_the_page(jenny, dental_world):
    dental_world.create_activity("901", 60)

    assert len(jenny.get(URL).context["page"].rows) == 50
    assert workbook(jenny.get(URL, {"format": "xlsx"})).max_row == 2 + 65


# How much it asks of the database ----------------------------------------------------------------------


@pytest.mark.requirement("QU-9")
@pytest.mark.parametrize(("name", "count"), [("anna", 12), ("gustav", 11)])
def test_page_takes_as_many_statements_for_two_lines_as_for_forty(
    book, sign_in, django_assert_num_queries, name, count
):
    client = sign_in(book.world, name)

    def add(numbers):
        for number in numbers:
            with transaction.atomic():
                case = f"B2024-{number:06d}"
                book.approve(case=case)
                commands.withdraw(book.approve(case=case))

    add(range(2))
    client.get(URL)
    with django_assert_num_queries(count):
        client.get(URL)
    add(range(2, 40))
    with django_assert_num_queries(count):
        client.get(URL)
