"""Signing in and out."""

import datetime as dt
import re

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation import clock
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Role
from tests.registers.access.conftest import PASSWORD

pytestmark = pytest.mark.requirement("CO-7")
SIGN_IN = "/sign-in/"


@pytest.fixture
def stina(world, make_user):
    return make_user("stina", (Role.DENTAL_BASIC, world.ryd), name="Stina Testlund")


def post(client, username, password=PASSWORD, url=SIGN_IN, **extra):
    return client.post(url, {"username": username, "password": password}, **extra)


def events(action):
    return list(Event.objects.filter(action=f"access.{action}").order_by("id"))


def test_right_password_signs_in_and_lands_on_the_start_page(client, stina):
    response = post(client, "stina")

    assert (response.status_code, response.url) == (303, reverse("portal:start"))
    assert client.session["_auth_user_id"] == str(stina.pk)


@pytest.mark.parametrize("typed", ["STINA", " stina ", "Stina"])
def test_user_name_is_read_without_regard_to_case(client, stina, typed):
    assert post(client, typed).status_code == 303


@pytest.mark.requirement("CO-30")
def test_sign_in_and_sign_out_are_logged(client, stina):
    post(client, "stina")
    client.post(reverse("access:sign_out"))

    [signed_in], [signed_out] = events("sign_in"), events("sign_out")
    assert (signed_in.user_id, signed_in.authority_id) == (stina.pk, stina.authority_id)
    assert signed_in.data["after"] == {"address": "127.0.0.1"}
    assert signed_out.user_name == "Stina Testlund"


@pytest.mark.requirement("CO-30")
@pytest.mark.parametrize(
    ("username", "expected"),
    [("stina", ("user", "wrong_credentials", True)), ("hemligtlösenord", ("", "wrong_credentials", False))],
)
def test_refused_try_is_logged_without_what_was_typed(client, stina, username, expected):
    post(client, username, "fel lösenord 12345")

    [event] = events("refuse_sign_in")
    after = event.data["after"]
    assert (event.subject_kind, after["refused_because"], after["is_known_user"]) == expected
    assert event.authority_id == stina.authority_id
    assert "hemligt" not in f"{event.user_name}{event.subject_key}{event.data}"


def test_answer_is_the_same_whether_the_user_exists_or_not(client, stina):
    User.objects.filter(pk=stina.pk).update(is_active=False)

    pages = [
        re.sub(r'value="[^"]*"', "", post(client, *tried).content.decode())
        for tried in (("stina", PASSWORD), ("stina", "fel lösenord"), ("ingen", "fel lösenord"))
    ]

    assert pages[0] == pages[1] == pages[2]


def test_deactivated_user_cannot_sign_in(client, stina):
    User.objects.filter(pk=stina.pk).update(is_active=False)

    assert post(client, "stina").status_code == 422
    assert events("refuse_sign_in")[0].data["after"]["refused_because"] == "inactive"


@pytest.mark.requirement("QU-18")
def test_session_gets_a_new_key(client, stina):
    client.get(SIGN_IN)
    session = client.session
    session["before"] = "x"
    session.save()
    old_key = session.session_key

    post(client, "stina")

    assert client.session.session_key != old_key


def test_sign_out_ends_the_session_and_takes_a_post(client, stina):
    post(client, "stina")

    assert client.get(reverse("access:sign_out")).url == reverse("portal:start")
    assert "_auth_user_id" in client.session
    assert client.post(reverse("access:sign_out")).url == SIGN_IN
    assert "_auth_user_id" not in client.session


def test_where_the_user_was_going_is_kept(client, stina):
    wanted = reverse("access:settings")
    sent = client.get(wanted)

    response = post(client, "stina", url=sent.url)

    assert response.url == wanted


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_no_address_outside_is_followed(client, stina, evil):
    response = client.post(f"{SIGN_IN}?next={evil}", {"username": "stina", "password": PASSWORD})

    assert response.url == reverse("portal:start")


def test_signed_in_user_is_sent_on(client, stina):
    post(client, "stina")

    assert client.get(SIGN_IN).url == reverse("portal:start")


@pytest.mark.requirement("CO-33")
def test_empty_fields_are_named(client, world):
    response = post(client, "", "")

    assert response.status_code == 422
    assert set(response.context["page"].form.errors) == {"username", "password"}


@pytest.mark.requirement("CO-33")
def test_user_name_is_kept_and_the_password_is_not(client, stina):
    text = post(client, "stina", "fel lösenord").content.decode()

    assert 'value="stina"' in text
    assert "fel lösenord" not in text


def test_part_of_a_page_asked_for_signed_out_fetches_the_whole_page(client, world):
    response = client.get(reverse("access:search_users"), headers={"HX-Request": "true"}, follow=True)

    assert response.headers["HX-Refresh"] == "true"


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize("url", ["/", "/settings/", "/users/", "/choose-unit/", "/nowhere/"])
def test_no_page_of_a_user_is_kept_by_the_browser(client, stina, url):
    post(client, "stina")

    assert "no-store" in client.get(url).headers["Cache-Control"]


def test_pages_of_the_sign_in_are_not_kept_by_the_browser(client, world):
    assert "no-store" in client.get(SIGN_IN).headers["Cache-Control"]


# Throttling ---------------------------------------------------------------------------------------


def try_wrong(client, times, username="stina", **extra):
    return [post(client, username, "fel lösenord", **extra).status_code for _try in range(times)]


def test_fifth_wrong_password_locks_and_says_when_to_try_again(client, stina):
    statuses = try_wrong(client, 5)

    response = post(client, "stina")

    assert statuses == [422, 422, 422, 422, 429]
    assert response.status_code == 429
    in_a_quarter = (clock.now() + dt.timedelta(minutes=15)).astimezone(clock.STOCKHOLM)
    shown = re.search(r"\b(\d\d)\.(\d\d)\b", response.content.decode())
    minutes = int(shown[1]) * 60 + int(shown[2]) - (in_a_quarter.hour * 60 + in_a_quarter.minute)
    assert abs(minutes) <= 1 or abs(minutes) >= 24 * 60 - 1


def test_lock_is_of_one_user_at_one_address(client, stina, make_user):
    make_user("sten")
    try_wrong(client, 5)

    assert post(client, "sten").status_code == 303
    assert post(Client(REMOTE_ADDR="10.0.0.9"), "stina").status_code == 303


def test_lock_is_not_got_round_by_capitals_or_another_browser(client, stina):
    try_wrong(client, 3)
    try_wrong(client, 2, username="STINA", headers={"User-Agent": "another"})

    assert post(Client(), "stina").status_code == 429


def test_lock_says_nothing_about_whether_the_user_exists(client, world):
    assert try_wrong(client, 5, username="ingen")[-1] == 429


def test_lock_opens_after_a_quarter_of_an_hour(client, stina):
    try_wrong(client, 5)
    AccessAttempt.objects.update(attempt_time=clock.now() - dt.timedelta(minutes=16))

    assert post(client, "stina").status_code == 303


def test_right_password_forgets_the_wrong_ones(client, stina):
    try_wrong(client, 4)
    post(client, "stina")
    client.post(reverse("access:sign_out"))

    assert try_wrong(client, 4)[-1] == 422


@pytest.mark.requirement("CO-30")
def test_locked_try_is_logged_as_such(client, stina):
    try_wrong(client, 6)

    assert events("refuse_sign_in")[-1].data["after"]["refused_because"] == "throttled"


@pytest.mark.requirement("CO-30")
def test_lock_is_logged_once(client, stina):
    try_wrong(client, 8)

    reasons = [event.data["after"]["refused_because"] for event in events("refuse_sign_in")]
    assert reasons == ["wrong_credentials"] * 4 + ["throttled"]


@pytest.mark.requirement("QU-18")
def test_no_password_is_stored_by_the_throttle(client, stina):
    post(client, "stina", "hemligt fel lösenord")

    attempt = AccessAttempt.objects.get()
    assert "hemligt" not in f"{attempt.post_data}{attempt.get_data}"
