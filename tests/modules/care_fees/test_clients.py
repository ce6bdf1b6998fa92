"""The desktop, the list of clients, and who becomes one."""

import pytest
from django.urls import reverse

from kvitt.modules.care_fees.lifecycle import FeeType
from kvitt.modules.care_fees.rules.settings import SettingsValues

pytestmark = pytest.mark.requirement("CF-1", "CF-5")

NUMBER = "194011039803"
SINGLE = SettingsValues(FeeType.SINGLE, accepts_cap=True)


def test_desktop_lists_the_clients_of_an_opened_area_only(care_world, sign_in):
    client = sign_in(care_world, "karla")
    page = client.get("/care-fees/").context["page"]
    assert [(branch.name, branch.count, branch.is_open) for branch in page.branches] == [("Norr", 4, False)]
    page = client.get("/care-fees/", {"area": care_world.north.pk}).context["page"]
    assert [row.name for row in page.branches[0].clients] == [
        "Dagny Parsson",
        "Erik Parsson",
        "Astrid Provén",
        "Birger Testlund",
    ]
    for forged in (care_world.south.pk, "x", 10**20):
        assert client.get("/care-fees/", {"area": forged}).status_code == 404


def test_search_finds_by_name_number_area_unit_and_state(care_world, sign_in):
    karla, bodil, ulf = (sign_in(care_world, name) for name in ("karla", "bodil", "ulf"))
    url = reverse("care_fees:search_clients")

    def found(client, **wanted):
        return [row.cells[2].html for row in client.get(url, wanted).context["page"].rows]

    assert found(karla) == ["Dagny Parsson", "Erik Parsson", "Astrid Provén", "Birger Testlund"]
    assert found(karla, text="pars erik") == ["Erik Parsson"]
    assert found(bodil, text=care_world.greta.number.lower()) == ["Greta Demostrand"]
    assert found(bodil, area=care_world.south.pk) == ["Greta Demostrand"]
    assert found(bodil, unit=care_world.serviced.pk) == ["Dagny Parsson"]
    assert found(bodil, state="dead") == found(bodil, state="unplaced") == []
    assert found(ulf) == ["Birger Testlund"]
    assert karla.get(url, {"format": "xlsx"}).status_code == 200
