"""The desktop, the list of clients, the page of one, and who becomes one."""

import datetime as dt
from uuid import uuid4

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import clients as commands
from kvitt.modules.care_fees.lifecycle import FeeType
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import clients as queries
from kvitt.modules.care_fees.queries import work
from kvitt.modules.care_fees.rules.settings import SettingsValues
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people.models import Relation
from tests.world import TODAY

pytestmark = pytest.mark.requirement("CF-1", "CF-5")

SINGLE = SettingsValues(FeeType.SINGLE, accepts_cap=True, parish_code="058001")


def create(world, who, person, **facts):
    wanted = {"first_on": TODAY, "values": SINGLE, "person_code": person.code} | facts
    return commands.create_client(world.actor(who), today=TODAY, **wanted)


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


def test_desktop_shows_a_page_of_an_area_at_a_time(care_world, sign_in, monkeypatch):
    monkeypatch.setattr("kvitt.modules.care_fees.queries.desktop.CLIENTS_PER_PAGE", 3)
    client = sign_in(care_world, "karla")
    first, last = (
        client.get("/care-fees/", {"area": care_world.north.pk, "page": page}).context["page"].branches[0]
        for page in (1, 99)
    )
    assert (len(first.clients), first.previous_page, first.next_page) == (3, None, 2)
    assert (len(last.clients), last.previous_page, last.next_page) == (1, 1, None)


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
    find = reverse("care_fees:find_client")
    own = karla.post(find, {"number": care_world.astrid.person.identity_number})
    assert own.headers["Location"].endswith(f"/{care_world.astrid.number}/")
    assert karla.post(find, {"number": care_world.greta.person.identity_number}).status_code == 422


def test_who_sees_a_client_in_part_sees_his_units_services_alone(care_world, sign_in):
    url = reverse("care_fees:case", args=[care_world.birger.number])
    part = sign_in(care_world, "ulf").get(url).context["page"]
    whole = sign_in(care_world, "karla").get(url).context["page"]
    assert (part.area, part.unit, part.events) == ("", "", [])
    assert not {"care_fees/panels/settings.html", "care_fees/panels/contacts.html"} & {
        panel.template for panel in part.panels
    }
    assert (whole.area, whole.unit, whole.age) == ("Norr", "Norrs hemtjänst, Söders hemtjänst", 86)
    assert "care_fees/panels/settings.html" in {panel.template for panel in whole.panels}


def test_clients_of_a_unit_are_those_it_serves_in_the_month(care_world):
    november = dt.date(2024, 11, 1)
    ulf, karla = care_world.actor("ulf"), care_world.actor("karla")
    assert queries.clients_by_unit(ulf, care_world.south_care.pk, month=november) == [care_world.birger]
    with pytest.raises(Http404):
        queries.clients_by_unit(karla, care_world.south_care.pk, month=november)


def test_new_client_comes_to_the_intake_area_and_to_the_area_that_asks(care_world):
    person = care_world._person("194011039809", "Nils", "Nyström", None)
    client = create(care_world, "karla", person, area_id=care_world.north.pk)
    assert client.number.startswith("D2024-")
    assert queries.placement_on(client, TODAY).area == care_world.intake
    settings = queries.settings_on(client, TODAY)
    assert (settings.fee_type, settings.accepts_cap, settings.parish_code) == ("single", True, "058001")
    assert queries.settings_on(client, TODAY - dt.timedelta(1)) is None
    assert queries.client_of(care_world.actor("karla"), client.number, on=TODAY) == client
    for other in ("kurt", "ulf"):
        with pytest.raises(Http404):
            queries.reached_client(care_world.actor(other), client.number, on=TODAY)
    assert {notice.label: notice.count for notice in work.notices(care_world.actor("bodil"), today=TODAY)}[
        "New cases, not placed"
    ] == 1
    event = Event.objects.get(action="care_fees.create_client")
    assert event.subject_key == client.number
    assert "194011039809" not in str(event.data)


def test_client_is_made_once_by_who_registers_care_with_a_known_day_and_code(care_world):
    person = care_world._person("194011039809", "Nils", "Nyström", None)
    foreign = SettingsValues(FeeType.SINGLE, accepts_cap=True, parish_code="038001")
    for wrong, code in (
        ({"person_code": care_world.astrid.person.code}, "already_client"),
        ({"first_on": dt.date(2026, 1, 1)}, "too_far_ahead"),
        ({"values": foreign}, "other_municipality"),
    ):
        with pytest.raises(Refused) as refused:
            create(care_world, "karla", person, **wrong)
        assert [problem.code for problem in refused.value.problems] == [code]
    for forged in ({"person_code": uuid4()}, {"area_id": care_world.intake.pk}, {"area_id": 10**9}):
        with pytest.raises(Http404):
            create(care_world, "karla", person, **forged)
    for other in ("fia", "mona"):
        with pytest.raises(NotAllowed):
            create(care_world, other, person)
    assert Client.objects.count() == 5
    create(care_world, "bodil", person, values=foreign, has_confirmed_parish=True)


def test_new_client_is_asked_for_by_number_and_proposed_by_civil_status(care_world, sign_in, settings):
    person = care_world._person("194011039809", "Nils", "Nyström", None)
    other = care_world._person("194404139802", "Nora", "Nyström", None)
    Relation.objects.create(person=person, other=other, kind="spouse", first_on=dt.date(2000, 1, 1))
    client = sign_in(care_world, "karla")
    form_url = reverse("care_fees:create_client", args=[person.code])
    assert client.get(form_url).status_code == 404
    for care, fee_type, accepts in (("home_care", "couple", True), ("care_home", "single", False)):
        sent = client.post(reverse("care_fees:new_client"), {"number": "19401103-9809", "care": care})
        assert sent.headers["Location"] == f"{form_url}?care={care}"
        form = client.get(sent.headers["Location"]).context["page"].form
        assert (form.initial["fee_type"], form.initial["accepts_cap"]) == (fee_type, accepts)
        assert form.initial["area"] == care_world.north.pk
    known = client.post(
        reverse("care_fees:new_client"),
        {"number": care_world.astrid.person.identity_number, "care": "home_care"},
    )
    assert known.headers["Location"].endswith(f"/{care_world.astrid.number}/")
    typed = {"first_on": "2024-11-20", "fee_type": "couple", "accepts_cap": "on", "parish_code": "05800"}
    refused = client.post(form_url, typed | {"area": care_world.north.pk})
    assert refused.status_code == 422
    made = client.post(form_url, typed | {"parish_code": "058001", "area": care_world.north.pk})
    number = Client.objects.latest("pk").number
    assert made.headers["Location"] == reverse("care_fees:case", args=[number])
    assert client.get(made.headers["Location"]).status_code == 200


def test_who_is_not_registered_is_fetched_from_the_population_register(
    care_world, sign_in, settings, tmp_path
):
    client = sign_in(care_world, "bodil")
    typed = {"number": "19401103-9809", "care": "home_care"}
    assert client.post(reverse("care_fees:new_client"), typed).status_code == 422
    settings.KVITT_POPULATION_REGISTER = tmp_path / "register.csv"
    settings.KVITT_POPULATION_REGISTER.write_text(
        "number;given_name;family_name;parish_code;civil_status;changed_on\n"
        "194011039809;Nils;Nyström;058014;married;2024-01-01\n",
        encoding="utf-8",
    )
    sent = client.post(reverse("care_fees:new_client"), typed)
    form = client.get(sent.headers["Location"]).context["page"].form
    assert (form.initial["fee_type"], form.initial["parish_code"]) == ("couple", "058014")
    assert "area" not in form.fields
