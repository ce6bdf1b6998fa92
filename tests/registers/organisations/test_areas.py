"""The administrator of a municipality keeps its billing areas and care units, with words of its own."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.organisations import commands, queries, rules
from kvitt.registers.organisations.commands import areas
from kvitt.registers.organisations.lifecycle import AuthorityKind
from kvitt.registers.organisations.models import Authority, BillingArea, Clinic
from tests.world import TODAY

pytestmark = pytest.mark.requirement("CO-1", "CO-4", "CF-1")


def codes(problems):
    return [problem.code for problem in problems]


def refused(command, *args, **facts):
    with pytest.raises(Refused) as found:
        command(*args, **facts)
    return codes(found.value.problems)


@pytest.fixture
def mona(care_world, sign_in) -> Client:
    return sign_in(care_world, "mona")


# Rules --------------------------------------------------------------------------------------------


def test_care_unit_has_a_kind_and_an_area_and_a_clinic_neither():
    municipality, region = AuthorityKind.MUNICIPALITY, AuthorityKind.REGION

    assert rules.check_care_unit(of=municipality, unit_kind="care_home", has_area=True) == []
    assert codes(rules.check_care_unit(of=municipality, unit_kind="", has_area=False)) == [
        "no_unit_kind",
        "no_unit_area",
    ]
    assert rules.check_care_unit(of=region, unit_kind="", has_area=False) == []
    assert codes(rules.check_care_unit(of=region, unit_kind="care_home", has_area=False)) == [
        "not_a_care_unit"
    ]


def test_new_clients_always_have_an_area_to_come_to():
    last = dt.date(2024, 12, 31)

    assert rules.check_intake(was_intake=True, is_intake=True, closed_on=None) == []
    assert codes(rules.check_intake(was_intake=True, is_intake=False, closed_on=None)) == ["no_other_intake"]
    assert codes(rules.check_intake(was_intake=False, is_intake=True, closed_on=last)) == ["intake_is_closed"]


def test_area_closes_when_units_and_clients_have_left():
    last = dt.date(2024, 12, 31)

    assert rules.check_area_closing(None, units=["4001"], clients=3) == []
    assert codes(rules.check_area_closing(last, units=["4001"], clients=3)) == ["area_has_units"]
    assert codes(rules.check_area_closing(last, units=[], clients=3)) == ["area_has_clients"]
    assert rules.check_area_closing(last, units=[], clients=0) == []


@pytest.mark.requirement("CF-5")
@pytest.mark.parametrize(
    ("code", "parish", "expected"),
    [
        ("0580", "058001", []),
        ("0580", "", []),
        ("0580", "048001", ["bad_parish_code"]),
        ("0580", "05801", ["bad_parish_code"]),
        ("0000", "", ["unknown_municipality"]),
    ],
)
def test_codes_of_a_municipality_are_its_own(code, parish, expected):
    problems = rules.check_authority(
        name="Exempelköpings kommun",
        organisation_number="212000-9994",
        bankgiro="",
        reserve_patterns="",
        municipality_code=code,
        parish_code=parish,
    )

    assert codes(problems) == expected


# Areas --------------------------------------------------------------------------------------------


def test_administrator_adds_an_area_and_lets_it_take_over_intake(care_world, mona):
    mona.post(reverse("organisations:create_area"), {"name": "Öster", "is_intake": "on"})

    east = BillingArea.objects.get(name="Öster")
    assert list(BillingArea.objects.filter(is_intake=True)) == [east]
    assert "Öster" in mona.get(reverse("organisations:search_areas")).content.decode()
    again = mona.post(reverse("organisations:create_area"), {"name": "Öster"})
    assert again.status_code == 422
    assert "Det finns redan" in again.content.decode()


def test_area_is_renamed_and_closes_only_when_it_is_empty(care_world):
    actor, north = care_world.actor("mona"), care_world.north
    renamed = areas.change_area(actor, area_id=north.pk, name="Norra")
    empty = areas.create_area(actor, name="Väster")
    closed = areas.change_area(actor, area_id=empty.pk, name="Väster", closed_on=TODAY)

    assert (renamed.name, closed.closed_on) == ("Norra", TODAY)
    Clinic.objects.filter(area=care_world.south).update(closed_on=TODAY)
    for area, code in ((north, "area_has_units"), (care_world.south, "area_has_clients")):
        assert refused(areas.change_area, actor, area_id=area.pk, name=area.name, closed_on=TODAY) == [code]
    intake = care_world.intake
    assert refused(areas.change_area, actor, area_id=intake.pk, name=intake.name) == ["no_other_intake"]


def test_areas_are_a_municipalitys_administrators_alone(care_world, sign_in):
    region = Authority.objects.create(name="Region", kind="region", organisation_number="2321000057")
    care_world.region = region
    care_world._user("ivar", "Ivar Förvaltare", region, ("administrator",))
    for name, status in (("ivar", 404), ("karla", 403), ("bodil", 403)):
        client = sign_in(care_world, name)
        assert client.get(reverse("organisations:search_areas")).status_code == status
        assert client.post(reverse("organisations:create_area"), {"name": "X"}).status_code == status
    url = reverse("organisations:change_area", args=[care_world.north.pk])
    assert sign_in(care_world, "ivar").post(url, {"name": "X"}).status_code == 404
    assert sign_in(care_world, "kurt").post(url, {"name": "X"}).status_code == 404
    assert sign_in(care_world, "karla").post(url, {"name": "X"}).status_code == 403


# Units, roles and words ---------------------------------------------------------------------------


def test_unit_is_made_with_kind_and_area_and_no_dental_words(care_world, mona):
    facts = {
        "provider_id": care_world.provider.pk,
        "number": "4010",
        "name": "Ekens korttids",
        "unit_kind": "short_stay",
        "area_id": care_world.south.pk,
    }

    refusal = mona.post(reverse("organisations:create_clinic"), {**facts, "unit_kind": ""})
    made = mona.post(reverse("organisations:create_clinic"), facts, follow=True).content.decode()

    assert refusal.status_code == 422
    unit = Clinic.objects.get(number="4010")
    assert (unit.unit_kind, unit.area) == ("short_stay", care_world.south)
    assert "Korttidsboende" in made
    assert "Söder" in made
    listed = mona.get(reverse("organisations:search_clinics"), {"kind": "short_stay"}).content.decode()
    assert "Ekens korttids" in listed
    assert "Norrs hemtjänst" not in listed
    changed = mona.post(
        reverse("organisations:change_clinic", args=[unit.pk]), {**facts, "area_id": care_world.north.pk}
    )
    assert changed.status_code == 303
    assert Clinic.objects.get(number="4010").area == care_world.north
    for page in (made, listed):
        for word in ("mottagning", "Patientkategorier", "Listade patienter", "Åtgärdskoder"):
            assert word.lower() not in page.lower(), word


def test_role_is_given_at_an_area_and_no_dental_role_is_offered(care_world, mona):
    ulf = care_world.users["ulf"]
    url = reverse("access:grant_role", args=[ulf.pk])
    form = mona.get(url).content.decode()
    mona.post(url, {"role": "coordinator", "scope": f"area:{care_world.north.pk}"})

    assert "Samordnare" in form
    assert "Granskare" not in form
    assert RoleGrant.objects.filter(user=ulf, area=care_world.north, role="coordinator").exists()
    refusal = mona.post(url, {"role": "reviewer", "scope": f"authority:{care_world.municipality.pk}"})
    assert refusal.status_code == 422


def test_settings_of_a_municipality_hold_its_codes(care_world, mona):
    url = reverse("organisations:change_authority")
    form = mona.get(url).content.decode()
    facts = {"name": "Exempelköpings kommun", "organisation_number": "212000-9994"}
    refusal = mona.post(url, {**facts, "municipality_code": "0580", "parish_code": "018001"})
    mona.post(url, {**facts, "municipality_code": "0580", "parish_code": "058002"})

    assert "058001" in form
    assert refusal.status_code == 422
    assert Authority.objects.get(pk=care_world.municipality.pk).parish_code == "058002"


def test_units_and_areas_are_those_of_the_actor(care_world):
    units = {name: list(queries.care_units_of(care_world.actor(name))) for name in ("karla", "ulf", "bodil")}
    seen = {name: list(queries.areas_of(care_world.actor(name))) for name in ("karla", "ulf", "bodil")}

    assert (len(units["karla"]), len(units["ulf"]), len(units["bodil"])) == (2, 1, 4)
    assert seen["karla"] == [care_world.north]
    assert seen["ulf"] == []
    assert len(seen["bodil"]) == 3
    with pytest.raises(Refused):
        commands.create_clinic(
            care_world.actor("mona"), provider_id=care_world.provider.pk, number="4", name="Utan sort"
        )
