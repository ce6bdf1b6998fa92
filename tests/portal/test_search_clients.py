"""The header finds a municipality's clients: any by number, one's own by name."""

import pytest
from django.test import Client
from django.urls import reverse

from kvitt.audit.models import Event

pytestmark = pytest.mark.requirement("CO-13", "CF-1")
# In the order of the specification's labels; who decides fees does not calculate them.
RUN = "Beräkna och sammanställ"
MENU = ["Hem", "Brukare", "Boende", "Utförda insatser", "Debiteringsunderlag", RUN, "Uppföljning", "Support"]


@pytest.fixture
def signed_in(care_world, settings):
    settings.KVITT_TODAY = care_world.today

    def client_of(name: str) -> Client:
        client = Client()
        client.force_login(care_world.users[name])
        return client

    return client_of


def search(client, text):
    return client.post(reverse("portal:search_patient"), {"q": text}, follow=True)


def test_coordinator_finds_his_own_by_name_and_anybody_by_number(care_world, signed_in):
    karla = signed_in("karla")
    astrid, greta = care_world.astrid, care_world.greta

    by_name = search(karla, "provén")
    by_our_number = search(karla, astrid.number)
    by_number = search(karla, astrid.person.identity_number)
    several = search(karla, "pars")
    of_others = search(karla, "Demostrand")
    other_number = search(karla, greta.person.identity_number)

    page = reverse("care_fees:case", args=[astrid.number])
    for found in (by_name, by_our_number, by_number):
        assert found.redirect_chain[-1][0] == page
    assert Event.objects.filter(action="portal.search_client").count() == 3
    assert "2 brukare hittade" in several.content.decode()
    assert "Ingen av dina brukare heter" in of_others.content.decode()
    # Of another area's client he learns where the client is, and that is logged; the page stays closed.
    text = other_number.content.decode()
    assert "Söder" in text
    assert greta.number in text
    assert reverse("care_fees:case", args=[greta.number]) not in text
    assert karla.get(reverse("care_fees:case", args=[greta.number])).status_code == 404
    event = Event.objects.filter(action="portal.found_clients").latest("pk")
    assert list(event.subjects.values_list("person_id", flat=True)) == [greta.person_id]


def test_who_is_no_client_is_answered_in_words_and_nobody_else_searches(care_world, signed_in):
    bodil = signed_in("bodil")

    for typed, status in (("", 422), ("194503129804", 422), ("193102239807", 200), ("x" * 101, 422)):
        assert bodil.post(reverse("portal:search_patient"), {"q": typed}).status_code == status, typed
    assert "Sök brukare" in bodil.get(reverse("portal:start")).content.decode()
    assert bodil.get(reverse("portal:found_patients")).status_code == 200
    mona = signed_in("mona")
    assert mona.post(reverse("portal:search_patient"), {"q": "provén"}).status_code == 403
    assert "Sök" not in mona.get(reverse("portal:shortcuts")).content.decode()


@pytest.mark.requirement("CO-28", "CO-4")
def test_start_page_and_menu_hold_what_one_has(care_world, signed_in):
    start = {
        name: signed_in(name).get(reverse("portal:start")).content.decode()
        for name in ("karla", "bodil", "fia", "mona")
    }

    for name in ("karla", "bodil", "fia"):
        frame = signed_in(name).get(reverse("portal:start")).context["frame"]
        shown = [label for label in MENU if name != "fia" or label != RUN]
        assert [item.label for item in frame.menu] == shown
        assert "Register" not in start[name]
    assert "Nya ärenden" in start["bodil"]
    assert "Debiteringsområden" in start["mona"]
    for word in ("Åtgärdskoder", "Listade patienter", "Patientkategorier", "Fakturakörningar"):
        assert not any(word in page for page in start.values()), word
