"""Signing in by an identity provider, against a real one in a process of its own on this machine."""

import os
import re
import socket
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Role
from tests.browser import DESKTOP, PHONE, accessibility_faults

pytestmark = pytest.mark.requirement("CO-7")
HSA_ID = "SE2321000040-ANNA"
START, ANSWER = "/sign-in/provider/", "/sign-in/provider/answer/"
QUICK = 5


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    """A provider that asks whom to be, with the persons that the tests tell it of."""
    port = free_port()
    log = (tmp_path_factory.mktemp("provider") / "log").open("w")
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with (
        log,
        subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "NO_COLOR": "1"}) as process,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{url}/.well-known/openid-configuration", process)
            yield url
        finally:
            process.terminate()


def wait_for(url, process):
    for _try in range(100):
        assert process.poll() is None, "the provider stopped"
        try:
            requests.get(url, timeout=QUICK).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the provider does not answer")


@pytest.fixture
def configured(settings, issuer):
    """The installation asks the provider, and knows its users by their HSA-id."""
    settings.OIDC = {
        **settings.OIDC,
        "issuer": issuer,
        "client_id": "kvitt",
        "client_secret": "hemligheten",
        "name": "SITHS",
    }
    return issuer


@pytest.fixture
def anna(world, make_user):
    user = make_user("annika", (Role.DENTAL_BASIC, world.ryd), name="Annika Testander")
    User.objects.filter(pk=user.pk).update(hsa_id=HSA_ID)
    user.refresh_from_db()
    return user


def tell(issuer, who, **claims):
    """Let the provider know a person."""
    requests.put(f"{issuer}/users/{who}", json=claims, timeout=QUICK).raise_for_status()


def choose(url, who):
    """Be somebody at the provider; return the address that it sends the browser to."""
    answer = requests.post(url, data={"sub": who}, timeout=QUICK, allow_redirects=False)
    return answer.headers["Location"]


def sign_in_as(client, issuer, who, *, start=START, change=lambda url: url, **claims):
    """Go the whole way: to the provider, be somebody there, and back with its answer."""
    tell(issuer, who, **claims)
    asked = client.get(start)
    back = urlsplit(change(choose(asked.url, who)))
    return client.get(f"{back.path}?{back.query}")


def refusals():
    return [event.data["after"] for event in Event.objects.filter(action="access.refuse_sign_in")]


def test_whole_way_signs_in_the_user_of_the_hsa_id(client, configured, anna):
    response = sign_in_as(client, configured, "k1", employeeHsaId=HSA_ID)

    assert (response.status_code, response.url) == (302, reverse("portal:start"))
    assert client.session["_auth_user_id"] == str(anna.pk)
    assert client.get("/").status_code == 200


def test_hsa_id_is_read_without_regard_to_case(client, configured, anna):
    sign_in_as(client, configured, "k1", employeeHsaId=HSA_ID.lower())

    assert client.session["_auth_user_id"] == str(anna.pk)


def test_another_claim_can_be_chosen(client, configured, settings, anna):
    settings.OIDC = {**settings.OIDC, "claim": "hsaid"}

    sign_in_as(client, configured, "k1", hsaid=[HSA_ID])

    assert client.session["_auth_user_id"] == str(anna.pk)


def test_addresses_can_be_written_down_instead_of_asked_for(client, configured, settings, anna):
    told = requests.get(f"{configured}/.well-known/openid-configuration", timeout=QUICK).json()
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
    settings.OIDC = {**settings.OIDC, **{name: told[name] for name in names}}

    sign_in_as(client, configured, "k1", employeeHsaId=HSA_ID)

    assert client.session["_auth_user_id"] == str(anna.pk)


@pytest.mark.requirement("QU-18")
def test_request_holds_state_nonce_and_proof_key_and_no_secret(client, configured, anna):
    asked = parse_qs(urlsplit(client.get(START).url).query)

    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 32
    assert "client_secret" not in asked


def test_where_the_user_was_going_is_kept(client, configured, anna):
    response = sign_in_as(client, configured, "k1", start=f"{START}?next=/support/", employeeHsaId=HSA_ID)

    assert response.url == "/support/"


@pytest.mark.requirement("QU-18")
def test_no_address_outside_is_followed(client, configured, anna):
    start = f"{START}?next=https://evil.example/"

    assert sign_in_as(client, configured, "k1", start=start, employeeHsaId=HSA_ID).url == "/"


@pytest.mark.requirement("CO-6")
def test_user_with_several_clinics_chooses_one(client, configured, cilla):
    User.objects.filter(pk=cilla.pk).update(hsa_id=HSA_ID)

    sign_in_as(client, configured, "k1", employeeHsaId=HSA_ID)

    assert client.get("/").url.startswith(reverse("access:choose_unit"))


@pytest.mark.requirement("CO-30")
def test_sign_in_is_logged(client, configured, anna):
    sign_in_as(client, configured, "k1", employeeHsaId=HSA_ID)

    event = Event.objects.get(action="access.sign_in_by_provider")
    assert (event.user_id, event.authority_id) == (anna.pk, anna.authority_id)
    assert event.data["after"] == {"address": "127.0.0.1", "hsa_id": HSA_ID}


@pytest.mark.requirement("QU-18")
def test_session_gets_a_new_key(client, configured, anna):
    client.get(START)
    old_key = client.session.session_key

    sign_in_as(client, configured, "k1", employeeHsaId=HSA_ID)

    assert client.session.session_key != old_key


def test_user_of_the_provider_gives_no_password_and_no_code_here(client, configured, anna):
    sign_in_as(client, configured, "k1", employeeHsaId=HSA_ID)

    assert reverse("access:change_password") not in client.get(reverse("access:settings")).content.decode()
    assert client.get(reverse("access:change_password")).status_code == 404
    assert client.get(reverse("access:turn_on_two_step")).status_code == 404


# Refused ------------------------------------------------------------------------------------------


def test_unknown_hsa_id_is_told_and_nobody_is_made_a_user(client, configured, anna):
    users = User.objects.count()

    response = sign_in_as(client, configured, "k2", employeeHsaId="SE2321000040-OKAND")

    text = response.content.decode()
    assert response.status_code == 403
    assert "SE2321000040-OKAND" in text
    assert "Tandvårdsenheten, 010-103 00 00" in text
    assert User.objects.count() == users
    assert "_auth_user_id" not in client.session
    [refusal] = refusals()
    assert (refusal["refused_because"], refusal["hsa_id"]) == ("unknown_identity", "SE2321000040-OKAND")


def test_inactive_user_is_refused(client, configured, anna):
    User.objects.filter(pk=anna.pk).update(is_active=False)

    response = sign_in_as(client, configured, "k1", employeeHsaId=HSA_ID)

    assert response.status_code == 403
    assert "_auth_user_id" not in client.session
    assert refusals()[0]["refused_because"] == "inactive"


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize("claim", ["", "201303102394", "annika", 7, None])
def test_what_is_no_hsa_id_finds_nobody_and_is_not_logged(client, configured, anna, claim):
    response = sign_in_as(client, configured, "k3", employeeHsaId=claim)

    assert response.status_code == 403
    assert refusals() == [{"address": "127.0.0.1", "refused_because": "no_identity", "is_known_user": False}]


def test_person_with_two_hsa_ids_of_two_users_is_not_guessed(client, configured, anna, make_user, world):
    other = make_user("annan", (Role.DENTAL_BASIC, world.ryd))
    User.objects.filter(pk=other.pk).update(hsa_id="SE2321000040-ANNAN")

    response = sign_in_as(client, configured, "k1", employeeHsaId=[HSA_ID, "SE2321000040-ANNAN"])

    assert response.status_code == 403


@pytest.mark.requirement("QU-18")
def test_answer_to_what_was_not_asked_is_refused(client, configured, anna):
    response = sign_in_as(
        client, configured, "k1", change=lambda url: url.replace("state=", "state=x"), employeeHsaId=HSA_ID
    )

    assert response.status_code == 403
    assert refusals()[0]["refused_because"] == "wrong_answer"


@pytest.mark.requirement("QU-18", "CO-30")
def test_answer_to_a_visitor_who_has_not_asked_is_not_logged(client, configured, anna):
    statuses = [client.get(f"{ANSWER}?state=x").status_code for _try in range(3)]

    assert statuses == [403, 403, 403]
    assert refusals() == []


@pytest.mark.requirement("QU-18")
def test_answer_counts_once_and_in_one_browser(client, configured, anna):
    tell(configured, "k1", employeeHsaId=HSA_ID)
    back = urlsplit(choose(client.get(START).url, "k1"))
    url = f"{back.path}?{back.query}"

    assert Client().get(url).status_code == 403
    assert client.get(url).status_code == 302
    client.post(reverse("access:sign_out"))
    assert client.get(url).status_code == 403


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize("name", ["nonce", "code_verifier"])
def test_token_of_another_request_is_refused(client, configured, anna, name):
    tell(configured, "k1", employeeHsaId=HSA_ID)
    back = urlsplit(choose(client.get(START).url, "k1"))
    session = client.session
    [asked] = session["oidc_states"].values()
    asked[name] = "x" * 64
    session.save()

    response = client.get(f"{back.path}?{back.query}")

    is_checked_by_us = name == "nonce"  # the proof key is the provider's to check, and this one does not
    assert (response.status_code == 403) is is_checked_by_us


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize(("name", "value"), [("client_id", "someone-else"), ("issuer", "http://127.0.0.1:1")])
def test_token_for_another_program_or_from_another_provider_is_refused(
    client, configured, settings, anna, name, value
):
    told = requests.get(f"{configured}/.well-known/openid-configuration", timeout=QUICK).json()
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
    settings.OIDC = {**settings.OIDC, **{name: told[name] for name in names}}
    tell(configured, "k1", employeeHsaId=HSA_ID)
    back = urlsplit(choose(client.get(START).url, "k1"))

    settings.OIDC = {**settings.OIDC, name: value}
    response = client.get(f"{back.path}?{back.query}")

    assert response.status_code == 403
    assert refusals()[0]["refused_because"] == "wrong_answer"


def test_who_stops_at_the_provider_is_told_so(client, configured, anna):
    asked = client.get(START)
    back = urlsplit(
        requests.post(asked.url, data={"action": "deny"}, timeout=QUICK, allow_redirects=False).headers[
            "Location"
        ]
    )
    state = parse_qs(urlsplit(asked.url).query)["state"][0]

    response = client.get(f"{back.path}?{back.query}&state={state}")

    assert response.status_code == 403
    assert refusals()[0]["refused_because"] == "refused_by_provider"


def test_provider_that_does_not_answer_is_told_about(client, settings, world):
    settings.OIDC = {**settings.OIDC, "issuer": f"http://127.0.0.1:{free_port()}", "client_id": "kvitt"}

    response = client.get(START)

    assert response.status_code == 502
    assert "SITHS" in response.content.decode()


# Without a provider, and without local accounts ------------------------------------------------------


@pytest.mark.parametrize("url", [START, ANSWER, f"{ANSWER}?code=x&state=y"])
def test_without_a_provider_there_is_nothing(client, world, url):
    assert client.get(url).status_code == 404
    assert START not in client.get("/sign-in/").content.decode()


def test_button_and_form_stand_beside_each_other(client, configured, world):
    text = client.get("/sign-in/?next=/support/").content.decode()

    assert f"{START}?next=%2Fsupport%2F" in text
    assert "SITHS" in text
    assert 'name="password"' in text


def test_without_local_accounts_there_is_only_the_button(client, configured, settings, anna):
    settings.KVITT_LOCAL_ACCOUNTS = False

    text = client.get("/sign-in/").content.decode()

    assert START in text
    assert 'name="password"' not in text
    posted = client.post("/sign-in/", {"username": "annika", "password": "x"})
    assert posted.status_code == 404


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"KVITT_LOCAL_ACCOUNTS": "0"}, "nobody can sign in"),
        ({"KVITT_OIDC_ISSUER": "http://idp.example.se", "KVITT_DEBUG": ""}, "https://"),
        ({"KVITT_SESSION_MINUTES": "5"}, "at least 10"),
        ({"KVITT_PROXIES": "-1"}, "KVITT_PROXIES"),
    ],
)
def test_senseless_settings_stop_the_program(variables, words):
    ours = {name: value for name, value in os.environ.items() if not name.startswith("KVITT_")}
    environment = {**ours, "KVITT_SECRET_KEY": "x" * 50, **variables}

    program = [sys.executable, "-c", "import kvitt.settings"]
    stopped = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)

    assert stopped.returncode == 1
    assert words in stopped.stderr


def test_without_local_accounts_no_password_is_shown(configured, settings, world, client_of):
    settings.KVITT_LOCAL_ACCOUNTS = False
    administrator = client_of(world.users["ivar"])

    made = administrator.post("/users/new/", {"name": "Ny Person", "username": "ny.person"})
    user = User.objects.get(username="ny.person")

    assert made.url == reverse("access:user", args=[user.pk])
    assert reverse("access:set_password", args=[user.pk]) not in administrator.get(made.url).content.decode()
    assert administrator.get(reverse("access:set_password", args=[user.pk])).status_code == 404


# Signing out ----------------------------------------------------------------------------------------


def test_sign_out_goes_on_to_the_provider_without_any_token(client, configured, anna):
    sign_in_as(client, configured, "k1", employeeHsaId=HSA_ID)

    response = client.post(reverse("access:sign_out"))

    seconds, _semicolon, address = response.headers["Refresh"].partition("; url=")
    assert seconds == "0"
    assert address.startswith(f"{configured}/oauth2/end_session?")
    assert set(parse_qs(urlsplit(address).query)) == {"client_id", "post_logout_redirect_uri"}
    assert "_auth_user_id" not in client.session


def test_sign_out_of_a_local_account_stays_here(client, configured, anna, client_of):
    assert client_of(anna).post(reverse("access:sign_out")).url == "/sign-in/"


# In a browser ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("QU-18", "QU-21")
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "telephone"])
def test_way_there_and_back_in_a_browser(open_browser, configured, anna, viewport):
    tell(configured, "k1", employeeHsaId=HSA_ID)
    page = open_browser(viewport=viewport)
    # The provider's own page asks for a stylesheet from the network, which the browser is kept off.
    page.route(re.compile(r"^(?!http://(127\.0\.0\.1|localhost)[:/])"), lambda route: route.fulfill(body=""))
    page.goto("/support/")
    faults = accessibility_faults(page)

    page.click(f"a[href^='{START}']")
    page.fill("[name=sub]", "k1")
    page.click("main [type=submit], form [type=submit]")
    page.wait_for_url("/support/")
    faults += accessibility_faults(page)
    if viewport == PHONE:
        page.click("details.kv-phone summary")
    page.locator("form[action='/sign-out/'] button:visible").first.click()
    page.wait_for_url(f"{configured}/**")

    assert faults == []
