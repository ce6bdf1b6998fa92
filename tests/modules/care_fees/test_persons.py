"""A coordinator keeps the addresses, relations and contact persons of his clients, and of nobody else."""

import datetime as dt
import threading

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Authority
from kvitt.registers.people import commands, queries
from kvitt.registers.people.models import Address, ContactPerson, Person, Relation
from tests.world import SINCE, TODAY

pytestmark = pytest.mark.django_db

STAY = {
    "kind": "staying",
    "first_on": "2024-11-01",
    "street": "Lindgården 4",
    "postcode": "582 22",
    "town": "Linköping",
}
RECIPIENT = {
    "kind": "invoice_recipient",
    "name": "Siv Hedin",
    "first_on": dt.date(2024, 11, 1),
    "street": "Gatan 3",
    "postcode": "58222",
    "town": "Linköping",
}


def stay(actor, person, **typed):
    values = {**STAY, "first_on": dt.date(2024, 11, 1), **typed}
    return commands.add_address(actor, today=TODAY, code=person.code, **values)


def relate(actor, person, other, kind="spouse", **typed):
    values = {"first_on": TODAY, "number": other.identity_number, **typed}
    return commands.add_relation(actor, today=TODAY, code=person.code, kind=kind, **values)


def problems_of(command, *args, **typed):
    with pytest.raises(Refused) as refused:
        command(*args, **typed)
    return [problem.code for problem in refused.value.problems]


# Whose ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4", "CO-9")
def test_person_is_kept_by_who_has_the_client_or_administers(care_world):
    world = care_world
    sister = world._person("194108239817", "Stina", "Provén", None)
    Relation.objects.create(person=sister, other=world.astrid.person, kind="sibling", first_on=SINCE)

    def reaches(name, person):
        return queries.keeps(world.actor(name), person, today=TODAY)

    assert [name for name in world.users if reaches(name, world.astrid.person)] == ["karla", "bodil", "mona"]
    assert reaches("karla", sister)
    assert not reaches("kurt", sister)
    assert not reaches("ulf", world.birger.person)
    Relation.objects.update(last_on=TODAY - dt.timedelta(days=1))
    assert not reaches("karla", sister)


@pytest.mark.requirement("CO-4", "CO-10")
def test_relation_opens_no_client_of_another_area(care_world):
    world, karla = care_world, care_world.actor("karla")
    relate(karla, world.astrid.person, world.greta.person, "sibling")

    assert not queries.keeps(karla, world.greta.person, today=TODAY)
    assert queries.may_share_with(karla, world.astrid.person, today=TODAY) == []


@pytest.mark.requirement("CO-4")
def test_forged_addresses_are_not_found(care_world, sign_in):
    world = care_world
    other = Authority.objects.create(
        name="Grannköping", kind="municipality", organisation_number="2120009986"
    )
    stranger = Person.objects.create(
        authority=other, identity_number="194108239817", identity_kind="personal", family_name="Granne"
    )
    relation = Relation.objects.get()
    contact = ContactPerson.objects.create(person=stranger, kind="relative", name="Siv", first_on=TODAY)
    address = stay(world.system, world.greta.person)
    own, client = world.astrid.person.code, sign_in(world, "karla")
    urls = [
        *(
            reverse(f"people:{name}", args=[code])
            for code in (world.greta.person.code, stranger.code)
            for name in ("add_address", "add_relation", "add_contact", "refresh_person")
        ),
        reverse("people:end_relation", args=[own, relation.pk]),
        reverse("people:end_contact", args=[own, contact.pk]),
        reverse("people:change_contact", args=[own, contact.pk]),
        reverse("people:end_address", args=[own, address.pk]),
        reverse("people:change_address", args=[own, address.pk]),
    ]
    for url in urls:
        assert client.get(url).status_code == 404, url
        assert client.post(url, STAY).status_code == 404, url
    url = reverse("people:add_address", args=[own])
    assert sign_in(world, "fia").get(url).status_code == 403
    with pytest.raises(Http404):
        stay(world.actor("kurt"), world.astrid.person)
    with pytest.raises(NotAllowed):
        stay(world.actor("fia"), world.astrid.person)


# Addresses ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-9", "CO-10", "CF-2", "QU-22")
def test_address_of_stay_is_added_for_the_spouse_where_the_answer_is_yes(care_world, sign_in):
    world, back = care_world, f"/care-fees/clients/{care_world.dagny.number}/"
    client = sign_in(world, "karla")
    url = f"{reverse('people:add_address', args=[world.dagny.person.code])}?next={back}"

    page = client.get(url).content.decode()
    assert "Vill du lägga till samma vistelseadress för personer med relation till Dagny Parsson?" in page
    assert client.post(url, STAY)["Location"] == back
    assert [row.person for row in Address.objects.filter(kind="staying")] == [world.dagny.person]

    moved = {**STAY, "first_on": "2024-12-01", "street": "Ekbacken 1"}
    answer = client.post(url, {**moved, "share_with": str(world.erik.person.code)}, follow=True)
    assert answer.status_code == 200
    assert {str(row.person_id) for row in Address.objects.filter(street="Ekbacken 1")} == {
        str(world.dagny.person_id),
        str(world.erik.person_id),
    }
    event = Event.objects.filter(action="people.add_address").latest("pk")
    assert event.data["after"]["shared_by"] == str(world.dagny.person.code)
    world.dagny.refresh_from_db()
    assert world.dagny.version == 3


@pytest.mark.requirement("CF-2")
def test_address_back_in_time_is_accepted_and_said(care_world, sign_in):
    world = care_world
    stay(world.system, world.astrid.person)
    url = reverse("people:add_address", args=[world.astrid.person.code])

    answer = sign_in(world, "bodil").post(url, {**STAY, "first_on": "2024-06-01"}, follow=True)

    text = answer.content.decode()
    assert "Den börjar gälla bakåt i tiden" in text
    assert "Den gäller till och med 2024-10-31" in text


@pytest.mark.requirement("CO-10", "QU-19")
def test_address_never_goes_from_or_to_a_protected_person(care_world):
    world, karla = care_world, care_world.actor("karla")
    dagny, erik = world.dagny.person, world.erik.person
    Person.objects.filter(pk=erik.pk).update(is_protected=True)
    assert queries.may_share_with(karla, dagny, today=TODAY) == []
    assert problems_of(stay, karla, dagny, share_with=[erik.code]) == ["may_not_share"]
    assert problems_of(stay, karla, erik, share_with=[dagny.code]) == ["may_not_share"]
    Person.objects.filter(pk=erik.pk).update(is_protected=False)
    assert problems_of(stay, karla, dagny, share_with=[erik.code], kind="registered") == ["may_not_share"]
    assert problems_of(stay, karla, dagny, share_with=[world.astrid.person.code]) == ["may_not_share"]
    with pytest.raises(Http404):
        stay(karla, dagny, share_with=[world.greta.person.code])
    assert not Address.objects.filter(kind="staying").exists()


@pytest.mark.requirement("CO-10")
def test_shared_address_leaves_out_the_others_own_name(care_world):
    world = care_world
    stay(
        world.actor("karla"), world.dagny.person, care_of="Erik Parsson", share_with=[world.erik.person.code]
    )

    rows = {row.person_id: row.care_of for row in Address.objects.filter(kind="staying")}
    assert rows == {world.dagny.person_id: "Erik Parsson", world.erik.person_id: ""}


@pytest.mark.requirement("CO-9", "CO-30")
def test_mistyped_address_is_corrected_and_the_log_keeps_both(care_world):
    world, karla = care_world, care_world.actor("karla")
    address = stay(karla, world.astrid.person)
    typed = {"street": "Lindgården 5", "postcode": "58222", "town": "Linköping"}

    commands.change_address(karla, today=TODAY, code=world.astrid.person.code, address_id=address.pk, **typed)

    event = Event.objects.get(action="people.change_address")
    assert event.data["before"]["text"] == "Lindgården 4, 58222 Linköping"
    assert event.data["after"]["text"] == "Lindgården 5, 58222 Linköping"


# Relations ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-10")
def test_relation_shows_from_both_sides_and_is_open_once(care_world):
    world, karla = care_world, care_world.actor("karla")
    astrid, birger = world.astrid.person, world.birger.person
    relation = relate(karla, astrid, birger, "parent", first_on=dt.date(1970, 1, 1))

    assert [(row.kind, row.person) for row in queries.related(birger, on=TODAY)] == [("child", astrid)]
    assert [(row.kind, row.person) for row in queries.related(astrid, on=TODAY)] == [("parent", birger)]
    assert problems_of(relate, karla, astrid, birger, "parent") == ["relation_exists"]
    assert problems_of(relate, karla, birger, astrid, "child") == ["relation_exists"]
    assert problems_of(relate, karla, astrid, astrid) == ["related_to_self"]
    relate(karla, birger, astrid, "parent")

    commands.end_relation(
        karla, today=TODAY, code=birger.code, relation_id=relation.pk, last_on=TODAY - dt.timedelta(days=1)
    )
    assert relate(karla, astrid, birger, "parent").pk != relation.pk
    assert Relation.objects.filter(pk=relation.pk, last_on=dt.date(2024, 11, 19)).exists()


@pytest.mark.requirement("CO-10")
def test_spouse_comes_before_cohabitant_and_only_while_it_lasts(care_world):
    world = care_world
    assert queries.spouse_of(world.erik.person, on=TODAY) == world.dagny.person
    relate(world.system, world.erik.person, world.greta.person, "cohabitant")
    assert queries.spouse_of(world.erik.person, on=TODAY) == world.dagny.person
    Relation.objects.filter(kind="spouse").update(last_on=dt.date(2024, 10, 31))
    assert queries.spouse_of(world.erik.person, on=TODAY) == world.greta.person
    assert queries.spouse_of(world.dagny.person, on=TODAY) is None


@pytest.mark.requirement("CO-10", "CO-12")
def test_unknown_relative_is_fetched_or_registered_by_name(care_world, sign_in, settings, tmp_path):
    world = care_world
    path = tmp_path / "register.csv"
    path.write_text("number,given_name,family_name,changed_on\n194108239817,Stina,Provén,2024-01-01\n")
    settings.KVITT_POPULATION_REGISTER = path
    client, url = sign_in(world, "karla"), reverse("people:add_relation", args=[world.astrid.person.code])
    typed = {"number": "19410823-9817", "kind": "sibling", "first_on": "idag"}

    assert client.post(url, typed).status_code == 303
    unknown = client.post(url, {**typed, "number": "194511029805"})
    assert unknown.status_code == 422
    assert unknown.context["page"].form.errors.keys() == {"number"}
    named = client.post(
        url, {**typed, "number": "194511029805", "given_name": "Rut", "family_name": "Provén"}
    )
    assert named.status_code == 303
    related = queries.related(world.astrid.person, on=TODAY)
    assert sorted(row.person.name for row in related) == ["Rut Provén", "Stina Provén"]


# Contact persons ------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-11", "CF-3")
def test_new_recipient_ends_the_present_one_and_both_are_kept(care_world, sign_in):
    world = care_world
    code, client = world.astrid.person.code, sign_in(world, "karla")
    first = commands.add_contact(
        world.system, today=TODAY, code=code, **{**RECIPIENT, "first_on": dt.date(2023, 1, 1)}
    )
    url = reverse("people:add_contact", args=[code])

    page = client.get(url)
    assert page.context["page"].form.initial["previous_last_on"] == dt.date(2024, 10, 31)
    typed = {**RECIPIENT, "name": "Dödsboet efter Astrid", "kind": "estate", "first_on": "2024-11-01"}
    assert client.post(url, {**typed, "previous_last_on": "2024-11-01"}).status_code == 422
    assert client.post(url, {**typed, "previous_last_on": "2024-10-31"}).status_code == 303
    first.refresh_from_db()
    assert first.last_on == dt.date(2024, 10, 31)

    commands.add_contact(world.system, today=TODAY, code=code, kind="relative", name="Rut", first_on=TODAY)
    assert ContactPerson.objects.filter(last_on=None).count() == 2
    contact = queries.open_recipient(world.astrid.person)
    assert (
        client.post(
            reverse("people:end_contact", args=[code, contact.pk]), {"last_on": "2024-10-31"}
        ).status_code
        == 422
    )
    changed = client.post(
        reverse("people:change_contact", args=[code, contact.pk]),
        {**RECIPIENT, "name": "Dödsboet efter Astrid Provén"},
    )
    assert changed.status_code == 303
    event = Event.objects.get(action="people.change_contact")
    assert event.data["after"]["name"] == "Dödsboet efter Astrid Provén"


# What is shown --------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-9", "CO-10", "CO-11", "QU-19")
def test_panel_hides_who_is_protected(care_world, django_assert_max_num_queries):
    world, session = care_world, SessionStore()
    karla, dagny = world.actor("karla"), world.dagny.person
    stay(karla, dagny)
    commands.add_contact(karla, today=TODAY, code=dagny.code, **RECIPIENT)
    Person.objects.filter(pk=world.erik.person_id).update(is_protected=True)

    with django_assert_max_num_queries(12):
        panel = queries.contacts.contacts_panel(karla, session, dagny, today=TODAY, back="/care-fees/")
    assert [row.text for row in panel.addresses] == [
        "Provgatan 9, 585 60 Linghem",
        "Lindgården 4, 58222 Linköping",
    ]
    assert [row.name for row in panel.relations] == [queries.hidden_text()]
    assert panel.links.add_address.endswith("?next=%2Fcare-fees%2F")

    fee_officer = queries.contacts.contacts_panel(world.actor("fia"), session, dagny, today=TODAY, back="/")
    assert (fee_officer.links, fee_officer.contacts[0].end_url) == (None, "")

    erik = Person.objects.get(pk=world.erik.person_id)
    hidden = queries.contacts.contacts_panel(karla, session, erik, today=TODAY, back="/")
    assert (hidden.is_hidden, hidden.links, hidden.addresses, hidden.relations) == (True, None, [], [])


@pytest.mark.requirement("QU-19")
def test_dialog_about_a_protected_person_asks_for_the_reason(care_world, sign_in):
    world, client = care_world, sign_in(care_world, "karla")
    Person.objects.filter(pk=world.astrid.person_id).update(is_protected=True)
    url = reverse("people:add_contact", args=[world.astrid.person.code])

    answer = client.get(url)
    assert answer["Location"].startswith(reverse("people:open_protected", args=[world.astrid.person.code]))
    client.post(answer["Location"], {"reason": "God man ska in"})
    assert client.get(url).status_code == 200


@pytest.mark.requirement("CO-10")
def test_way_back_is_a_page_of_this_system(care_world, sign_in):
    url = reverse("people:add_contact", args=[care_world.astrid.person.code])
    typed = {"kind": "relative", "name": "Rut", "first_on": "idag"}
    answer = sign_in(care_world, "karla").post(f"{url}?next=https://example.org/", typed)
    assert answer["Location"] == reverse("portal:start")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("CO-10", "CF-3")
def test_two_who_add_at_once_do_not_leave_two_open(care_world):
    world, faults = care_world, []
    dagny, erik = world.astrid.person, world.birger.person

    def run(first, second, name):
        try:
            relate(world.system, first, second, "spouse")
            commands.add_contact(world.system, today=TODAY, code=dagny.code, **{**RECIPIENT, "name": name})
        except Refused as refused:
            faults.append(refused.problems[0].code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=args) for args in ((dagny, erik, "Siv"), (erik, dagny, "Rut"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == ["relation_exists"]
    assert ContactPerson.objects.filter(last_on=None).count() == 1
