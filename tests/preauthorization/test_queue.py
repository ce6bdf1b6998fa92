"""*Att bedöma*: what waits for a decision, the oldest first."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.preauthorization import queries
from kvitt.preauthorization.lifecycle import RequestStatus
from kvitt.preauthorization.rules import ProcedureFacts
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.documents.models import Parcel
from kvitt.registers.people.models import Person
from tests.modules.page import Page
from tests.preauthorization.conftest import BRIDGE, SPLINT

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("NA-20")]

URL = reverse("preauthorization:queue")
CROWN = ProcedureFacts(3, "853", "Krona", "14", "", 500_000)


@pytest.fixture
def frida(sign_in, world):
    client = sign_in(world, "frida")
    client.cookies["kvitt_language"] = "en"
    return client


@pytest.fixture
def three(steps, world):
    """Elsa's of the 20th, Rutger's of the 1st with a parcel and a question, and Åke's of the 10th."""
    day = dt.timedelta(days=1)
    newest = steps.waiting(BRIDGE, SPLINT)
    asked = steps.waiting(
        CROWN,
        number="B2024-000002",
        person=world.rutger,
        today=world.today - 19 * day,
    )
    Parcel.objects.create(
        authority=world.region,
        module="needs_allowance",
        case_number="B2024-000002",
        description="Gipsmodell",
        quantity=2,
        file_type="Modell",
        added_on=world.today,
    )
    steps.ask(asked)
    other = ProcedureFacts(4, "601", "Bettskena", "UK", "", 433_500)
    elsewhere = steps.waiting(
        other, number="R2024-000003", person=world.ake, clinic=world.linghem, today=world.today - 10 * day
    )
    steps.keep_draft(elsewhere)
    return newest, asked, elsewhere


def numbers(client, **query):
    return [row[2] for row in Page(client.get(URL, query)).rows()]


def test_queue_tells_what_waits_and_for_how_long_the_oldest_first(frida, three):
    page = Page(frida.get(URL))

    assert page.headings_of_table() == [
        "Sent",
        "Days waiting",
        "Case number",
        "Personal number",
        "Name",
        "Clinic",
        "Procedures",
        "Physical attachment",
        "Status",
        "Draft kept by",
    ]
    assert page.rows() == [
        [
            "2024-11-01",
            "19",
            "B2024-000002",
            "20130401-2394",
            "Rutger Testlund",
            "1111 - Ekens Tandvård Ryd",
            "1",
            "Expected",
            "Completion requested",
            "",
        ],
        [
            "2024-11-10",
            "10",
            "R2024-000003",
            "20140206-2390",
            "Åke Ängsprov",
            "1112 - Ekens Tandvård Linghem",
            "1",
            "",
            "Awaiting review",
            "Frida Bedömarsson",
        ],
        [
            "2024-11-20",
            "0",
            "B2024-000001",
            "20130310-2394",
            "Elsa Exempelman",
            "1111 - Ekens Tandvård Ryd",
            "2",
            "",
            "Awaiting review",
            "",
        ],
    ]


def test_row_leads_to_the_desk(frida, three):
    newest, _, _ = three

    links = Page(frida.get(URL)).links

    assert links["B2024-000001"] == reverse(
        "needs_allowance:assess_request", args=["B2024-000001", newest.pk]
    )


def test_decided_removed_and_unsent_requests_are_not_there(frida, steps):
    for key, status in enumerate(RequestStatus):
        if status not in {RequestStatus.AWAITING_REVIEW, RequestStatus.COMPLETION_REQUESTED}:
            request = steps.request_in(status)
            request.procedures.update(key=100 * key, is_open=False)
            request.procedures.all().delete()

    assert numbers(frida) == []
    assert "No request waits for a decision." in Page(frida.get(URL)).text


@pytest.mark.requirement("CO-25")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"first_on": "2024-11-10"}, ["R2024-000003", "B2024-000001"]),
        ({"last_on": "2024-11-10"}, ["B2024-000002", "R2024-000003"]),
        ({"first_on": "2024-11-02", "last_on": "2024-11-19"}, ["R2024-000003"]),
        ({"status": "awaiting_review"}, ["R2024-000003", "B2024-000001"]),
        ({"status": "completion_requested"}, ["B2024-000002"]),
        ({"number": "b2024-2"}, ["B2024-000002"]),
        ({"number": " b2024 "}, ["B2024-000002", "B2024-000001"]),
        ({"number": "R2024-000003"}, ["R2024-000003"]),
        ({"number": "2024"}, []),
        ({"clinic": "1112"}, ["R2024-000003"]),
        ({"sort": "-sent"}, ["B2024-000001", "R2024-000003", "B2024-000002"]),
        ({"sort": "number"}, ["B2024-000001", "B2024-000002", "R2024-000003"]),
        ({"sort": "clinic"}, ["R2024-000003", "B2024-000001", "B2024-000002"]),
    ],
    ids=str,
)
def test_filters_and_sorting(filters, expected, frida, three, world):
    query = {**filters, "clinic": world.linghem.pk} if "clinic" in filters else filters
    if filters.get("sort") == "clinic":
        for clinic, key in ((world.ryd, "ryd"), (world.linghem, "linghem")):
            clinic.sort_key = key
            clinic.save()

    assert numbers(frida, **query) == expected


@pytest.mark.requirement("CO-26", "CO-30")
def test_excel_holds_the_queue_and_records_whom_it_shows(frida, three, world):
    response = frida.get(URL, {"format": "xlsx", "status": "awaiting_review"})

    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book.active.values)
    assert [row[2] for row in rows if row[2] and "2024" in str(row[2])] == ["R2024-000003", "B2024-000001"]
    seen = Event.objects.get(action="preauthorization.queue").subjects
    assert set(seen.values_list("person_id", flat=True)) == {world.elsa.pk, world.ake.pk}


@pytest.mark.requirement("CO-30")
def test_opening_the_queue_is_recorded(frida, three, world):
    frida.get(URL)

    seen = Event.objects.get(action="preauthorization.queue", is_read=True).subjects
    assert seen.count() == 3


@pytest.mark.requirement("QU-19")
def test_protected_patient_has_no_name_in_the_queue(frida, three, world):
    Person.objects.filter(pk=world.elsa.pk).update(is_protected=True)

    page = Page(frida.get(URL))

    assert "Elsa" not in page.text
    assert "Protected identity" in page.text


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("who", ["anna", "eva", "gustav", "hanna", "ivar"])
def test_others_than_assessors_have_no_queue(who, sign_in, world, three):
    assert sign_in(world, who).get(URL).status_code == 403
    with pytest.raises(NotAllowed):
        queries.next_waiting(world.actor(who))


def test_next_is_what_has_waited_longest_and_can_be_decided(world, three):
    assert queries.next_waiting(world.actor("frida")) == three[2]


@pytest.mark.requirement("CO-28")
def test_start_page_counts_what_awaits_review(world, three):
    frida = world.actor("frida")

    assert queries.waiting_since(frida) == {dt.date(2024, 11, 10): 1, dt.date(2024, 11, 20): 1}
    assert queries.waiting_count(frida, RequestStatus.COMPLETION_REQUESTED) == 1


def test_more_requests_take_no_more_statements(frida, three, steps, world, django_assert_max_num_queries):
    for key in range(100, 120):
        steps.waiting(ProcedureFacts(key, "601", "Bettskena", "UK", "", 433_500), number=f"B2024-0001{key}")

    with django_assert_max_num_queries(10):
        frida.get(URL)


@pytest.mark.requirement("NA-11")
def test_parcel_that_has_come_is_no_longer_waited_for(frida, three, world):
    Parcel.objects.update(arrived_on=world.today)

    assert [row[7] for row in Page(frida.get(URL)).rows()] == ["Arrived", "", ""]
