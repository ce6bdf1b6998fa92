"""The grid's page: without a script, for whom it opens, and what it tells of others."""

import json

import pytest
from django.template.loader import render_to_string

from kvitt.audit.models import Event
from kvitt.modules.care_fees.models import ClientMonth, PerformedService
from kvitt.modules.care_fees.queries import registrations as queries
from kvitt.registers.access import queries as access
from tests.world import TODAY

pytestmark = pytest.mark.requirement("CF-11", "CF-12")


@pytest.fixture
def grid(care_world):
    return f"/care-fees/registrations/{care_world.north_care.pk}/2024-10/"


def test_without_a_script_faultless_figures_are_saved_and_faults_stand_at_their_cells(
    care_world, sign_in, grid
):
    client = sign_in(care_world, "karla")
    chosen = {"month": "2024-10", "unit": care_world.north_care.pk}
    assert client.get("/care-fees/registrations/", chosen)["Location"] == grid
    lunch, time = (f"{care_world.astrid.number}.{care_world.services[code].pk}" for code in ("LUN", "BOS"))
    answer = client.post(grid, {"seen": "{}", lunch: "12", time: "tolv"})
    assert answer.status_code == 422
    row = answer.context["page"].rows[0]
    assert [(cell.text, cell.note) for cell in row.cells[:2]] == [("tolv", f"note-{time}"), ("12", "")]
    assert (row.count_total, row.minutes_total) == (12, 0)
    assert "Astrid Provén, Boservice" in answer.content.decode()
    seen = answer.context["page"].seen
    assert json.loads(seen) == {lunch: [12, 1]}
    PerformedService.objects.update(quantity=9, version=2)
    answer = client.post(grid, {"seen": seen, lunch: "13", time: ""})
    assert "Någon annan har skrivit 9 under tiden, och du har skrivit 13" in answer.content.decode()
    assert client.post(grid, {"seen": answer.context["page"].seen, lunch: "13"}).status_code == 303
    assert PerformedService.objects.get().quantity == 13
    assert Event.objects.filter(action="care_fees.registrations", is_read=True).exists()


@pytest.mark.requirement("CO-4", "CF-28", "QU-19")
def test_grid_is_for_who_registers_at_the_unit(care_world, sign_in, grid):
    answers = {name: sign_in(care_world, name).get(grid).status_code for name in care_world.users}
    assert answers == {"karla": 200, "bodil": 200, "kurt": 404, "ulf": 404, "fia": 403, "mona": 403}
    client = sign_in(care_world, "karla")
    assert client.get(grid.replace("2024-10", "2024-13")).status_code == 404
    # Greta is of others: she comes into the grid by her number alone.
    forged = f"{grid}?client={care_world.greta.number}"
    assert [row.name for row in client.get(forged).context["page"].rows] == [
        "Astrid Provén",
        "Birger Testlund",
    ]
    name = f"{care_world.greta.number}.{care_world.services['LUN'].pk}"
    told = client.post(grid, json.dumps([[name, "1", None, 0]]), content_type="application/json").json()
    assert "fault" in told["cells"][name]
    added = client.post(f"{grid}add-client/", {"number": "19360605-9800"})
    assert added["Location"] == forged
    rows = client.get(forged).context["page"].rows
    assert (rows[0].name, rows[0].url) == ("Greta Demostrand", "")
    told = client.post(grid, json.dumps([[name, "1", None, 0]]), content_type="application/json").json()
    assert told["cells"] == {name: {"seen": [1, 1]}}
    care_world.astrid.person.is_protected = True
    care_world.astrid.person.save()
    assert client.get(grid).context["page"].rows[-1].name == "Skyddade personuppgifter"


def test_locked_rows_and_months_to_come_say_why(care_world, sign_in, grid):
    client = sign_in(care_world, "karla")
    ClientMonth.objects.create(client=care_world.astrid, month="2024-10-01", status="approved")
    rows = client.get(grid).context["page"].rows
    assert [bool(row.locked) for row in rows] == [True, False]
    assert "har inte börjat" in client.get(grid.replace("2024-10", "2024-12")).content.decode()
    late = grid.replace("2024-10", "2024-12")
    assert client.post(late, "[]", content_type="application/json").status_code == 400
    name = f"{care_world.birger.number}.{care_world.services['LUN'].pk}"
    told = client.post(late, json.dumps([[name, "1", None, 0]]), content_type="application/json")
    assert (told.status_code, "har inte börjat" in told.json()["stop"]) == (422, True)
    for bad in (b"{", b'[["x.1","1",null,0]]', b'[["D2023-1.1","1",-1,0]]', b'[["D2023-1.1",1,null,true]]'):
        assert client.post(grid, bad, content_type="application/json").status_code == 400


@pytest.mark.requirement("CF-28")
def test_panel_shows_the_latest_months_of_units_in_sight(care_world):
    world = care_world
    for month, unit, quantity in (("2024-10", world.north_care, 3), ("2024-08", world.north_care, 4)):
        PerformedService.objects.create(
            client=world.birger,
            service=world.services["LUN"],
            unit=unit,
            month=f"{month}-01",
            quantity=quantity,
        )
    karla, ulf = (access.actor(world.users[name], "", today=TODAY) for name in ("karla", "ulf"))
    panel = queries.registrations_panel(karla, world.birger, today=TODAY, is_whole=True)
    assert [(row.month, row.quantity) for row in panel.rows] == [("2024-10", "3")]
    assert panel.rows[0].url.endswith("/2024-10/")
    shown = render_to_string("care_fees/panels/registrations.html", {"panel": panel})
    assert f'<a href="{panel.rows[0].url}">2024-10</a>' in shown
    assert queries.registrations_panel(ulf, world.birger, today=TODAY, is_whole=False).rows == []
