"""A file of performed services: what it changes is shown first, and a faulty one loads nothing by itself."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from kvitt.audit.models import Event
from kvitt.modules.care_fees.models import PerformedService

pytestmark = pytest.mark.requirement("CF-11")
URL = "/care-fees/registrations/load/"
EXAMPLE = Path(__file__).parents[3] / "docs" / "formats" / "performed-services.csv"


def stored():
    return sorted(
        PerformedService.objects.values_list("client__person__given_name", "service__code", "quantity")
    )


def check(client, content):
    return client.post(URL, {"file": SimpleUploadedFile("oktober.csv", content.encode())}).context


def test_file_is_checked_shown_and_loaded_once(care_world, sign_in):
    client, content = sign_in(care_world, "karla"), EXAMPLE.read_text("utf-8")
    for line, code in ((2, "LUN"), (3, "BOS")):
        assert content.splitlines()[line - 1].split(";")[3] == code
    page = check(client, content)["page"]
    assert (page.faults, page.unchanged) == ([], "")
    assert [(row.line, row.client, row.service, row.after) for row in page.changes] == [
        (2, "Astrid Provén", "Lunch", "12"),
        (3, "Astrid Provén", "Boservice", "150 minuter"),
        (4, "Birger Testlund", "Lunch", "3"),
    ]
    assert stored() == []
    client.post(URL, {"content": content, "file_name": "oktober.csv"})
    assert stored() == [("Astrid", "BOS", 150), ("Astrid", "LUN", 12), ("Birger", "LUN", 3)]
    event = Event.objects.get(action="care_fees.load_registrations", is_read=False)
    assert event.data["after"][f"4001 2024-10 {care_world.birger.number} LUN"] == 3
    page = check(client, content)["page"]
    assert page.changes == []
    assert page.unchanged.startswith("3 ")
    out = StringIO()
    call_command("load_registrations", str(EXAMPLE), "212000-9994", stdout=out)
    assert out.getvalue().startswith("0 ")
    assert Event.objects.filter(action="care_fees.load_registrations", is_read=False).count() == 1


def test_every_faulty_line_is_named_and_the_others_are_loaded_on_demand(care_world, sign_in):
    client, number = sign_in(care_world, "karla"), care_world.astrid.number
    content = "\n".join(
        (
            "period;unit;client;service;quantity",
            f"2024-10;4001;{number};LUN;12",
            f"2024-13;4001;{number};LUN;12",
            f"2024-10;4003;{number};LUN;12",
            f"2024-10;4001;{care_world.greta.number};LUN;1",
            "2024-10;4001;19121212-9801;LUN;1",
            f"2024-10;4001;{number};XYZ;1",
            f"2024-10;4001;{number};BOS;800:00",
            "2024-10;4001;19450312-9803;LUN;7",
            f"2024-12;4001;{number};LUN;1",
            f"2024-10;4001;{number};LUN",
        )
    )
    page = check(client, content)["page"]
    assert [row.line for row in page.changes] == [2]
    assert [fault.place for fault in page.faults] == [f"Rad {line}" for line in range(3, 12)]
    refused = client.post(URL, {"content": content, "file_name": "oktober.csv"})
    assert refused.status_code == 422
    assert stored() == []
    client.post(URL, {"content": content, "file_name": "oktober.csv", "faultless": "1"})
    assert stored() == [("Astrid", "LUN", 12)]


def test_file_names_a_client_of_others_by_the_whole_number(care_world, sign_in):
    heading, line = "period;unit;client;service;quantity", "2024-10;4001;19360605-9800;LUN;2"
    page = check(sign_in(care_world, "karla"), f"{heading}\n{line}")["page"]
    assert [(row.client, row.after) for row in page.changes] == [("Greta Demostrand", "2")]
    assert sign_in(care_world, "fia").get(URL).status_code == 403
