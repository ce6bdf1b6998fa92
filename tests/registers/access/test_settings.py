"""One's own settings: colours, density, short cuts, password, language."""

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.registers.access.rules import Role
from tests.registers.access.conftest import PASSWORD

NEW = "Fem blå hästar dansar 2024"


@pytest.fixture
def stina(world, make_user):
    user = make_user("stina", (Role.DENTAL_BASIC, world.ryd), name="Stina Testlund")
    user.email = "stina@example.org"
    user.save()
    return user


def test_settings_are_saved_and_colour_the_page(stina, client_of):
    client = client_of(stina)

    client.post(reverse("access:settings"), {"theme": "dark", "density": "compact"})

    stina.refresh_from_db()
    assert (stina.theme, stina.density, stina.has_shortcuts) == ("dark", "compact", False)
    text = client.get(reverse("access:settings")).content.decode()
    assert 'data-bs-theme="dark"' in text
    assert 'data-density="compact"' in text
    assert 'data-shortcuts="off"' in text


@pytest.mark.requirement("CO-30")
def test_change_of_settings_is_logged(stina, client_of):
    client_of(stina).post(
        reverse("access:settings"), {"theme": "dark", "density": "normal", "has_shortcuts": "on"}
    )

    event = Event.objects.get(action="access.change_settings")
    assert event.data == {"before": {"theme": "auto"}, "after": {"theme": "dark"}}


@pytest.mark.parametrize("typed", [{"theme": "pink", "density": "normal"}, {}])
def test_senseless_settings_are_refused(stina, client_of, typed):
    assert client_of(stina).post(reverse("access:settings"), typed).status_code == 422


@pytest.mark.requirement("CO-7")
def test_password_is_changed_and_other_sessions_end(stina, client_of):
    here, elsewhere = client_of(stina), client_of(stina)
    typed = {"current": PASSWORD, "new": NEW, "again": NEW}

    response = here.post(reverse("access:change_password"), typed)

    stina.refresh_from_db()
    assert response.url == reverse("access:settings")
    assert stina.check_password(NEW)
    assert here.get(reverse("portal:start")).status_code == 200
    assert elsewhere.get(reverse("portal:start")).url.startswith("/sign-in/")
    assert Event.objects.get(action="access.change_password").data == {}


@pytest.mark.requirement("CO-7", "CO-33")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"current": "fel lösenord"}, "current"),
        ({"new": "kort", "again": "kort"}, "new"),
        ({"new": "stina@example.org", "again": "stina@example.org"}, "new"),
        ({"again": "något annat 2024"}, "again"),
        ({"again": ""}, "again"),
    ],
)
def test_password_that_will_not_do_is_refused_at_its_field(stina, client_of, changes, field):
    typed = {"current": PASSWORD, "new": NEW, "again": NEW} | changes

    response = client_of(stina).post(reverse("access:change_password"), typed)

    assert list(response.context["page"].form.errors) == [field]


# Guessing the password in somebody's session -----------------------------------------------------


def guess(client, times, **typed):
    typed = {"current": "fel lösenord", "new": NEW, "again": NEW} | typed
    return [client.post(reverse("access:change_password"), typed) for _try in range(times)]


def words(response):
    return [str(text) for texts in response.context["page"].form.errors.values() for text in texts]


@pytest.mark.requirement("CO-7", "QU-18")
def test_wrong_current_passwords_lock_in_words_and_for_the_right_one_too(stina, client_of):
    client = client_of(stina)
    guesses = guess(client, 5)

    [right] = guess(client, 1, current=PASSWORD)

    stina.refresh_from_db()
    assert stina.check_password(PASSWORD)
    assert [response.status_code for response in [*guesses, right]] == [422] * 6
    assert ["för många gånger" in words(response)[0] for response in [*guesses, right]] == [
        *[False] * 4,
        *[True] * 2,
    ]


@pytest.mark.requirement("CO-7", "QU-18")
def test_wrong_current_passwords_count_with_those_at_signing_in(stina, client_of, client):
    guess(client_of(stina), 5)

    assert client.post("/sign-in/", {"username": "stina", "password": PASSWORD}).status_code == 429


@pytest.mark.requirement("CO-30")
def test_wrong_current_passwords_are_logged_until_the_lock(stina, client_of):
    guess(client_of(stina), 7)

    events = Event.objects.filter(action="access.refuse_password").order_by("id")
    reasons = [event.data["after"]["refused_because"] for event in events]
    assert reasons == ["wrong_password"] * 4 + ["throttled"]
    assert {(event.user_id, event.data["after"]["address"]) for event in events} == {(stina.pk, "127.0.0.1")}


@pytest.mark.requirement("QU-18")
def test_nothing_typed_for_a_new_password_is_stored_by_the_throttle(stina, client_of):
    guess(client_of(stina), 1, current="hemligt gammalt", new="hemligt nytt 2024", again="hemligt nytt 2024")

    attempt = AccessAttempt.objects.get()
    assert "hemligt" not in f"{attempt.post_data}{attempt.get_data}"


@pytest.mark.requirement("CO-32")
def test_language_is_one_click_away_signed_out_too(world):
    client = Client()

    response = client.post(reverse("access:set_language"), {"language": "en", "next": "/sign-in/"})

    assert response.url == "/sign-in/"
    assert response.cookies["kvitt_language"].value == "en"
    assert '<html lang="en"' in client.get("/sign-in/").content.decode()


@pytest.mark.requirement("CO-32")
def test_swedish_is_the_default(world):
    assert '<html lang="sv"' in Client().get("/sign-in/").content.decode()


@pytest.mark.requirement("CO-32", "QU-18")
def test_language_takes_no_other_language_and_no_other_host(world):
    response = Client().post(
        reverse("access:set_language"), {"language": "xx", "next": "https://evil.example/"}
    )

    assert response.url == reverse("portal:start")
    assert "kvitt_language" not in response.cookies


def test_language_is_not_changed_by_a_link(world):
    assert Client().get(reverse("access:set_language")).status_code == 405
