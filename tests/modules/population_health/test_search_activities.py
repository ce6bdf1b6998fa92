"""The search of activities: filters, columns, Excel, and who finds what."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.population_health.queries import activities

SEARCH = "population_health:search_activities"


@pytest.fixture
def three(world):
    """Three activities of different days, types and places; the first is invoiced."""
    first = world.create_activity("901", 5, performed_on=dt.date(2024, 10, 1))
    world.attest(world.invoice_activities())
    second = world.create_activity("902", 2, performed_on=dt.date(2024, 11, 1), place="Ryds SKOLA")
    third = world.create_activity("901", 1, municipality="0560")
    return first, second, third


def found(world, name="jenny", **filters):
    rows = activities.search_activities(world.actor(name), **filters)
    return [one.number for one in rows.order_by("pk")]


@pytest.mark.requirement("PH-4")
@pytest.mark.parametrize(
    ("filters", "places"),
    [
        ({}, [0, 1, 2]),
        ({"first_on": dt.date(2024, 11, 1)}, [1, 2]),
        ({"last_on": dt.date(2024, 11, 1)}, [0, 1]),
        ({"code": "902"}, [1]),
        ({"municipality": "0560"}, [2]),
        ({"place": "skola"}, [1]),
        ({"status": LineStatus.INVOICED}, [0]),
        ({"status": LineStatus.APPROVED}, [1, 2]),
        ({"status": LineStatus.CREDITED}, []),
    ],
    ids=lambda value: " ".join(value) or "all" if isinstance(value, dict) else None,
)
def test_filter_keeps_what_it_asks_for(filters, places, world, three):
    assert found(world, **filters) == [three[place] for place in places]


@pytest.mark.requirement("PH-4")
def test_practitioner_and_clinic_are_filters(world, three):
    assert found(world, practitioner_id=world.karin.pk) == list(three)
    assert found(world, practitioner_id=world.lena.pk) == []
    assert found(world, "klara", clinic_id=world.ryd.pk) == list(three)
    assert found(world, "klara", clinic_id=world.linghem.pk) == []


@pytest.mark.requirement("PH-4", "CO-25")
def test_region_finds_the_beginning_of_a_place(world, three):
    assert found(world, "gustav", place="ryds s") == [three[1]]
    assert found(world, "gustav", place="skola") == []


@pytest.mark.requirement("PH-4", "CO-25")
def test_newest_is_first_with_count_and_sum(visit, world, three):
    world.remove(three[1], 1)

    page = visit("jenny").get(SEARCH)

    assert [row[0] for row in page.rows()] == ["2024-11-20", "2024-11-01", "2024-10-01"]
    assert page.rows()[0][1:9] == [
        three[2],
        "901 MVC",
        "Ryds familjecentral",
        "Boxholm",
        "Karin Testberg",
        "1",
        "310 kr",
        "Approved",
    ]
    assert page.rows()[1][6] == "1"
    assert page.rows()[2][6:9] == ["5", "1 550 kr", "Invoiced"]


@pytest.mark.requirement("PH-7")
def test_only_the_emptied_activity_has_a_button(visit, world, three):
    world.remove(three[2])

    page = visit("jenny").get(SEARCH)

    assert [row[-1] for row in page.rows()] == [f"Remove {three[2]}", "", ""]
    assert page.rows()[0][8] == "No procedures"


@pytest.mark.requirement("PH-1", "CO-5")
def test_provider_sees_all_clinics_and_creates_nothing(visit, world, three):
    world.grant_population("bo", world.linghem)
    elsewhere = world.create_activity("901", 1, by="bo", practitioner_id=world.lena.pk)

    page = visit("klara").get(SEARCH)

    assert {row[1] for row in page.rows()} == {*three, elsewhere}
    assert "Create activity" not in page.links
    assert "clinic" in page.fields
    assert "Clinic" in " ".join(page.headings_of_table())


@pytest.mark.requirement("PH-1", "CO-4")
def test_clinic_sees_its_own(visit, world, three):
    world.grant_population("bo", world.linghem)
    page = visit("bo").get(SEARCH)

    assert page.rows() == []
    assert "No activity matches." in page.text
    assert "Create activity" in page.links


@pytest.mark.requirement("PH-4", "CO-26")
def test_export_has_typed_cells_and_no_buttons(visit, three):
    status, content = visit("jenny").download(SEARCH, format="xlsx")

    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert status == 200
    assert rows[1] == (
        "Date",
        "Case number",
        "Procedure code",
        "Place",
        "Municipality",
        "Practitioner",
        "Procedures",
        "Sum",
        "Status",
    )
    assert rows[2][:2] == (dt.datetime(2024, 11, 20), three[2])  # noqa: DTZ001 - Excel knows no time zones
    assert rows[2][6:8] == (1, 310)


@pytest.mark.requirement("PH-4", "CO-25")
def test_filters_come_from_the_address(visit, three):
    page = visit("jenny").get(SEARCH, code="902", place="skola", first_on="2024-10-15")

    assert [row[1] for row in page.rows()] == [three[1]]
    assert page.fields["code"].value == "902"


@pytest.mark.requirement("PH-4", "QU-8")
def test_statements_do_not_grow_with_the_rows(visit, world, three):
    jenny = visit("jenny")
    jenny.get(SEARCH)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            jenny.get(SEARCH)
        counts.append(len(captured))
        for _again in range(10):
            world.create_activity("901", 3)
    assert counts[0] == counts[1]
