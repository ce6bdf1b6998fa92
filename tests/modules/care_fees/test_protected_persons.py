"""A protected client is nowhere by name, and a change of who a client is turns the month red."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.modules.care_fees.models import Client
from kvitt.registers.people import commands, exchange
from kvitt.registers.people.models import Person
from tests.modules.care_fees.letting import contract, dwelling
from tests.world import TODAY

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("QU-19")
def test_who_is_protected_after_two_records_became_one_is_hidden_in_grid_and_contract_list(
    care_world, sign_in
):
    world = care_world
    contract(world, world.astrid, dwelling(world))
    remaining = world._person("194603129802", "Astrid", "Provén", None)
    Person.objects.filter(pk=world.astrid.person_id).update(merged_into=remaining)
    Person.objects.filter(pk=remaining.pk).update(is_protected=True)
    client = sign_in(world, "karla")

    for url in (
        reverse("care_fees:register_services", args=[world.north_care.pk, "2024-10"]),
        reverse("care_fees:search_tenancies"),
    ):
        shown = client.get(url).content.decode()
        assert world.astrid.number in shown or "H2024-000001" in shown
        assert "Provén" not in shown


@pytest.mark.requirement("QU-19", "CF-10")
def test_where_a_protected_client_lives_is_told_when_the_reason_is_given(care_world, sign_in):
    world, client = care_world, sign_in(care_world, "karla")
    number = contract(world, world.astrid, dwelling(world)).number
    Person.objects.filter(pk=world.astrid.person_id).update(is_protected=True)
    listed, case = (
        reverse("care_fees:search_tenancies"),
        reverse("care_fees:case", args=[world.astrid.number]),
    )

    def shows(url):
        return "Lindgatan" in client.get(url).content.decode()

    assert number in client.get(listed).content.decode()
    assert not shows(listed)
    assert not shows(case)
    assert number not in client.get(listed, {"dwelling": "1204"}).content.decode()
    for name in ("tenancy", "change_tenancy", "change_rent", "end_tenancy", "grant_free_month"):
        url = reverse(f"care_fees:{name}", args=[number])
        asked = reverse("people:open_protected", args=[world.astrid.person.code])
        assert client.get(url)["Location"].startswith(asked)
    client.post(asked, {"reason": "Kontraktet ska skrivas ut"})
    assert shows(url)
    assert shows(case)


@pytest.mark.requirement("QU-19", "CO-30")
def test_log_holds_neither_name_nor_email_of_who_speaks_for_a_protected_person(care_world):
    mona, person = care_world.actor("mona"), care_world.astrid.person
    Person.objects.filter(pk=person.pk).update(is_protected=True)
    typed = {"kind": "relative", "name": "Rut Provén", "email": "rut@proven.example", "first_on": TODAY}
    contact = commands.add_contact(mona, today=TODAY, code=person.code, **typed)
    commands.change_contact(mona, today=TODAY, code=person.code, contact_id=contact.pk, name="Siv Provén")

    logged = str([*Event.objects.filter(action__contains="contact").values_list("data", flat=True)])
    assert "contact" in logged
    assert "rov" not in logged


@pytest.mark.requirement("QU-19", "CO-12")
def test_population_register_shows_no_name_or_address_of_a_protected_person(
    care_world, sign_in, settings, tmp_path
):
    person = care_world.greta.person
    settings.KVITT_POPULATION_REGISTER = tmp_path / "register.csv"
    settings.KVITT_POPULATION_REGISTER.write_text(
        f"{';'.join(exchange.COLUMNS)}\n"
        f"{person.identity_number};Greta;Demostrand;no;;Hemliga gatan 1;582 22;Linköping;;;;;;;2024-01-01\n",
        encoding="utf-8",
    )
    client, url = sign_in(care_world, "karla"), reverse("people:fetch_person")
    typed = {"number": person.identity_number}
    assert "Hemliga gatan" in client.post(url, typed).content.decode()

    Person.objects.filter(pk=person.pk).update(is_protected=True)
    shown = client.post(url, typed).content.decode()
    assert "Hemliga gatan" not in shown
    assert "Demostrand" not in shown


@pytest.mark.requirement("CF-26", "CF-4")
def test_date_of_death_and_merged_records_turn_the_clients_month_red(care_world):
    world, mona, person = care_world, care_world.actor("mona"), care_world.astrid.person
    remaining = world._person("194603129802", "Astrid", "Provén", None)

    def version():
        return Client.objects.get(pk=world.astrid.pk).version

    before = version()
    commands.merge_persons(mona, today=TODAY, code=remaining.code, other_code=person.code)
    assert version() == before + 1
    commands.change_person(
        mona,
        today=TODAY,
        code=remaining.code,
        given_name="Astrid",
        family_name="Provén",
        phone="",
        died_on=dt.date(2024, 11, 1),
        is_protected=False,
        area_clinic_id=None,
    )
    assert version() > before + 1
