"""The list of codes: who sees which, what it says, how it is filtered."""

import datetime as dt
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse, reverse_lazy

from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists import commands, queries
from kvitt.registers.price_lists.lifecycle import Participants
from kvitt.registers.price_lists.models import PriceListItem
from kvitt.registers.price_lists.rules import ItemFacts
from tests.registers.price_lists.conftest import make_clinic, make_user, sign_in

URL = reverse_lazy("price_lists:search_items")
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MATERNITY = ItemFacts(
    Scheme.POPULATION_HEALTH, "901", "MVC", dt.date(2025, 1, 1), participants=Participants.COUNTED
)


@pytest.fixture
def activity_client(region):
    """Somebody at a clinic that is connected to population responsibility only."""
    clinic = make_clinic(region, "4444", "population_health")
    return sign_in(make_user(Role.POPULATION_BASIC, clinic, "activity"))


def codes(response):
    return [str(row.cells[0].html) for row in response.context["page"].rows]


def columns(response):
    return [str(heading.label) for heading in response.context["page"].headings]


def text_of(response, code):
    [row] = [row for row in response.context["page"].rows if row.cells[0].html == code]
    return [str(cell.html).replace("\u00a0", " ") for cell in row.cells]


@pytest.mark.requirement("CO-14")
def test_codes_of_today_are_listed_with_demands_and_price(catalogue, dentist_client):
    response = dentist_client.get(URL)

    assert codes(response) == ["124", "126", "705", "825S", "898"]
    filling = text_of(response, "705")
    assert "Fyllning, två ytor" in filling
    assert "1 485 kr" in filling
    assert "8 550,50 kr" in text_of(response, "825S")


@pytest.mark.requirement("CO-14", "CO-25")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"text": "7"}, ["705"]),
        ({"text": "rönt"}, ["124", "126"]),
        ({"text": "rönt", "on": "20241231"}, ["124", "126"]),
        ({"on": "2024-12-31"}, ["124", "126", "705", "711", "825S", "898"]),
        ({"on": "2019-12-31"}, []),
        ({"on": ""}, ["124", "126", "705", "825S", "898"]),
        ({"on": "banan"}, []),
        ({"module": "special_care"}, ["124", "126", "705", "825S", "898"]),
        ({"sort": "-code"}, ["898", "825S", "705", "126", "124"]),
        ({"sort": "name"}, ["705", "825S", "124", "126", "898"]),
        ({"text": "x\0y"}, []),
        ({"text": "y" * 5000}, []),
    ],
)
def test_list_is_filtered_and_sorted(catalogue, dentist_client, filters, expected):
    response = dentist_client.get(URL, filters)

    assert response.status_code == 200
    assert codes(response) == expected


def test_list_is_sorted_by_price(catalogue, dentist_client):
    response = dentist_client.get(URL, {"sort": "price", "text": "12"})

    assert codes(response) == ["124", "126"]


@pytest.mark.requirement("CO-14")
def test_price_is_that_of_the_chosen_day(catalogue, dentist_client):
    response = dentist_client.get(URL, {"on": "2026-01-01", "text": "126"})

    assert "1 300 kr" in text_of(response, "126")


@pytest.mark.requirement("CO-3")
def test_only_codes_of_modules_that_the_clinic_is_connected_to_are_shown(
    catalogue, dentist_client, unconnected_client
):
    assert "Panorama</td>" not in dentist_client.get(URL).content.decode()
    assert codes(unconnected_client.get(URL)) == []


@pytest.mark.requirement("CO-4", "PH-1")
def test_at_a_clinic_with_both_modules_each_role_sees_its_own_codes(catalogue, administrator, region):
    commands.save_item(administrator, facts=MATERNITY)
    clinic = make_clinic(region, "4445", "needs_allowance", "population_health")
    activities, treatments = (
        sign_in(make_user(role, clinic, role.value)) for role in (Role.POPULATION_BASIC, Role.DENTAL_BASIC)
    )

    assert codes(activities.get(URL)) == ["901"]
    assert "901" not in codes(treatments.get(URL))
    assert "126" in codes(treatments.get(URL))


def test_administrator_sees_every_module_and_may_choose_one(catalogue, administrator_client):
    everything = administrator_client.get(URL)
    one = administrator_client.get(URL, {"module": "special_care"})
    unknown = administrator_client.get(URL, {"module": "dentistry"})

    assert codes(everything) == ["124", "124", "126", "705", "825S", "898"]
    assert codes(one) == ["124"]
    assert codes(unknown) == []


@pytest.mark.requirement("CO-14", "PH-2")
def test_clinic_with_activities_only_sees_participants_and_nothing_of_teeth(
    catalogue, administrator, activity_client, dentist_client
):
    commands.save_item(administrator, facts=MATERNITY)

    of_activities = activity_client.get(URL)
    of_treatments = dentist_client.get(URL)

    assert columns(of_activities) == [
        "Åtgärdskod",
        "Benämning",
        "Deltagare",
        "Pris",
        "Giltig från",
        "Giltig till",
    ]
    assert text_of(of_activities, "901")[2] == "Antal deltagare"
    assert "Deltagare" not in columns(of_treatments)
    assert "Tand/käke" in columns(of_treatments)


@pytest.mark.requirement("CO-14", "PH-2")
def test_administrators_list_has_the_columns_of_every_module(catalogue, administrator, administrator_client):
    commands.save_item(administrator, facts=MATERNITY)

    response = administrator_client.get(URL)

    assert {"Vårdområde", "Tand/käke", "Deltagare"} <= set(columns(response))
    assert "Antal deltagare" in text_of(response, "901")
    assert "Anges inte" not in text_of(response, "705")


@pytest.mark.requirement("CO-1")
def test_another_authority_sees_nothing_of_it(catalogue, neighbour):
    assert not queries.items(neighbour, on=dt.date(2025, 3, 20)).exists()


@pytest.mark.requirement("CO-4")
def test_buttons_are_the_administrators(catalogue, dentist_client, administrator_client):
    adding = reverse("price_lists:save_item")

    assert adding not in dentist_client.get(URL).content.decode()
    assert adding in administrator_client.get(URL).content.decode()


@pytest.mark.requirement("CO-4")
def test_who_has_nothing_to_do_with_codes_is_refused(catalogue, clinic_administrator_client, client):
    assert clinic_administrator_client.get(URL).status_code == 403
    assert client.get(URL).status_code == 302


@pytest.mark.requirement("CO-26")
def test_list_is_exported_with_typed_cells(catalogue, dentist_client):
    response = dentist_client.get(URL, {"format": "xlsx", "text": "12"})

    assert response["Content-Type"] == EXCEL_TYPE
    sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active
    row = [cell.value for cell in sheet[3]]
    assert row[:2] == ["124", "Panoramaröntgenundersökning"]
    assert 660 in row
    assert "2020-01-01 00:00:00" in map(str, row)
    assert "2025-03-20" in sheet["A1"].value


@pytest.mark.requirement("CO-25")
def test_statements_do_not_grow_with_the_list(
    catalogue, region, dentist_client, django_assert_max_num_queries
):
    PriceListItem.objects.bulk_create(
        PriceListItem(
            authority=region,
            module="needs_allowance",
            code=str(1000 + number),
            name="X",
            sort_key="x",
            search_key="x",
            first_on=dt.date(2020, 1, 1),
        )
        for number in range(120)
    )

    dentist_client.get(URL)
    with django_assert_max_num_queries(12) as captured:
        response = dentist_client.get(URL)

    assert len(response.context["page"].rows) == 50
    about_items = [query for query in captured.captured_queries if "price_lists" in query["sql"]]
    assert len(about_items) == 2
