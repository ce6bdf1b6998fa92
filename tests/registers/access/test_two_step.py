"""Two-step sign-in: a code from an authenticator app after the password."""

import base64
import datetime as dt
import re

import pytest
from axes.models import AccessAttempt
from django.urls import reverse
from django_otp.oath import hotp

from kvitt.audit.models import Event
from kvitt.foundation import clock
from kvitt.registers.access.commands import two_step
from kvitt.registers.access.models import RecoveryCode, TwoStep
from kvitt.registers.access.rules import Role, may_try_code
from tests.registers.access.conftest import PASSWORD

pytestmark = pytest.mark.requirement("CO-7")
KEY = b"12345678901234567890"
# RFC 6238, appendix B: the last six digits at these moments, of this key.
KNOWN = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
CODE_PAGE = "/sign-in/code/"


class Watch:
    """A clock that the test sets."""

    def __init__(self, moment):
        self.moment = moment

    def now(self):
        return self.moment

    def wait(self, **time):
        self.moment += dt.timedelta(**time)


@pytest.fixture
def watch(monkeypatch):
    found = Watch(START)
    monkeypatch.setattr(clock, "now", found.now)
    return found


@pytest.fixture
def stina(world, make_user):
    return make_user("stina", (Role.DENTAL_BASIC, world.ryd), name="Stina Testlund")


@pytest.fixture
def with_app(stina, watch):
    """Stina, whose authenticator app shares the key."""
    TwoStep.objects.create(user=stina, secret=two_step._encrypt(KEY), last_step=-1)
    return stina


def code_at(moment, key=KEY):
    return f"{hotp(key, int(moment.timestamp()) // 30):06d}"


def give_password(client, url="/sign-in/"):
    return client.post(url, {"username": "stina", "password": PASSWORD})


def give_code(client, code, url=CODE_PAGE):
    return client.post(url, {"code": code})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def refusals():
    return [
        event.data["after"]["refused_because"]
        for event in Event.objects.filter(action="access.refuse_sign_in")
    ]


# Codes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "code"), KNOWN.items())
def test_codes_are_those_of_the_standard(watch, second, code):
    watch.moment = dt.datetime.fromtimestamp(second, tz=dt.UTC)

    assert two_step._step_of(KEY, code, after=-1) == second // 30


@pytest.mark.parametrize("apart", [-60, -30, 0, 30, 60])
def test_telephone_may_be_half_a_minute_wrong(watch, apart):
    shown = code_at(START + dt.timedelta(seconds=apart))

    assert (two_step._step_of(KEY, shown, after=-1) is not None) is (abs(apart) <= 30)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "²³¹²³¹", "-12345"])
def test_what_is_no_code_is_refused(watch, typed):
    assert two_step._step_of(KEY, typed, after=-1) is None


def test_ten_wrong_codes_in_a_row_make_everybody_wait():
    quarter, moment = dt.timedelta(minutes=15), dt.timedelta(seconds=1)

    assert may_try_code(wrong_in_a_row=9, waited=moment)
    assert not may_try_code(wrong_in_a_row=10, waited=quarter - moment)
    assert may_try_code(wrong_in_a_row=10, waited=quarter)


# Signing in ---------------------------------------------------------------------------------------


def test_password_alone_does_not_sign_in(client, with_app):
    response = give_password(client)

    assert (response.status_code, response.url) == (303, CODE_PAGE)
    assert not is_signed_in(client)
    assert client.get("/").url.startswith("/sign-in/")


def test_code_signs_in_and_goes_where_the_user_was_going(client, with_app, watch):
    asked = give_password(client, "/sign-in/?next=/support/")

    response = give_code(client, code_at(watch.now()), asked.url)

    assert (response.status_code, response.url) == (303, "/support/")
    assert is_signed_in(client)
    assert client.get("/support/").status_code == 200


def test_code_may_be_typed_with_a_space(client, with_app, watch):
    give_password(client)
    code = code_at(watch.now())

    assert give_code(client, f"{code[:3]} {code[3:]}").status_code == 303


@pytest.mark.requirement("QU-18")
def test_code_is_used_once(client, with_app, watch):
    give_password(client)
    give_code(client, code_at(watch.now()))
    client.post("/sign-out/")

    give_password(client)
    again = give_code(client, code_at(watch.now()))
    watch.wait(seconds=30)
    next_one = give_code(client, code_at(watch.now()))

    assert (again.status_code, next_one.status_code) == (422, 303)


@pytest.mark.requirement("CO-30")
def test_sign_in_with_a_code_is_logged(client, with_app, watch):
    give_password(client)
    give_code(client, "000000")
    give_code(client, code_at(watch.now()))

    assert refusals() == ["wrong_code"]
    event = Event.objects.get(action="access.sign_in_with_code")
    assert (event.user_id, event.data["after"]) == (with_app.pk, {"address": "127.0.0.1"})
    assert not Event.objects.filter(action="access.sign_in").exists()


def test_code_without_a_password_leads_back(client, with_app, watch):
    assert give_code(client, code_at(watch.now())).url == "/sign-in/"
    assert not is_signed_in(client)


def test_password_is_forgotten_after_five_minutes(client, with_app, watch):
    give_password(client)
    watch.wait(minutes=5, seconds=1)

    assert give_code(client, code_at(watch.now())).url == "/sign-in/"


def test_user_deactivated_in_between_is_not_let_in(client, with_app, watch):
    give_password(client)
    with_app.is_active = False
    with_app.save()

    assert give_code(client, code_at(watch.now())).url == "/sign-in/"


def test_wrong_codes_lock_as_wrong_passwords_do(client, with_app, watch):
    give_password(client)
    statuses = [give_code(client, "000000").status_code for _try in range(5)]

    locked = give_code(client, code_at(watch.now()))

    assert statuses == [422, 422, 422, 422, 429]
    assert locked.status_code == 429
    assert not is_signed_in(client)
    assert refusals()[-1] == "throttled"


def test_password_given_again_does_not_forget_wrong_codes(client, with_app, watch):
    give_password(client)
    for _try in range(4):
        give_code(client, "000000")
    give_password(client)

    assert give_code(client, "000000").status_code == 429
    assert give_password(client).status_code == 429


def test_wrong_codes_from_many_addresses_lock_too(client, with_app, watch):
    for number in range(10):
        address = f"10.0.0.{number}"
        client.post("/sign-in/", {"username": "stina", "password": PASSWORD}, REMOTE_ADDR=address)
        client.post(CODE_PAGE, {"code": "000000"}, REMOTE_ADDR=address)

    early = give_code(client, code_at(watch.now()))
    watch.wait(minutes=15)
    give_password(client)
    late = give_code(client, code_at(watch.now()))

    assert (early.status_code, late.status_code) == (422, 303)


@pytest.mark.requirement("QU-18")
def test_no_code_is_stored_by_the_throttle(client, with_app):
    give_password(client)
    give_code(client, "123123")

    assert "123123" not in AccessAttempt.objects.get().post_data


# Turning on and off -------------------------------------------------------------------------------


def shared_key(client):
    """Read the key from the page, as an app would."""
    text = client.get("/settings/two-step/on/").content.decode()
    shown = re.search(r'<dd class="user-select-all">([A-Z2-7 ]+)</dd>', text)[1]
    return base64.b32decode(shown.replace(" ", ""))


@pytest.fixture
def here(stina, client_of, watch):
    return client_of(stina)


def turn_on(client, watch):
    """Turn two-step sign-in on and return the recovery codes of the page."""
    key = shared_key(client)
    page = client.post("/settings/two-step/on/", {"code": code_at(watch.now(), key)})
    return key, re.findall(r"<li>([a-z0-9]{5}-[a-z0-9]{5})</li>", page.content.decode())


def test_first_code_turns_it_on_and_shows_ten_recovery_codes(here, stina, watch):
    _key, codes = turn_on(here, watch)

    assert len(set(codes)) == 10
    assert RecoveryCode.objects.filter(two_step__user=stina).count() == 10
    assert "10" in here.get("/settings/").content.decode()


def test_wrong_first_code_turns_nothing_on_and_keeps_the_key(here, stina):
    key = shared_key(here)

    response = here.post("/settings/two-step/on/", {"code": "000000"})

    assert response.status_code == 422
    assert shared_key(here) == key
    assert not TwoStep.objects.exists()


def test_first_code_does_not_sign_in_as_well(here, client, watch):
    key, _codes = turn_on(here, watch)
    give_password(client)

    assert give_code(client, code_at(watch.now(), key)).status_code == 422


@pytest.mark.requirement("QU-18")
def test_neither_key_nor_recovery_codes_are_stored_as_they_are(here, stina, watch):
    key, codes = turn_on(here, watch)

    stored = TwoStep.objects.get(user=stina)
    kept = " ".join(stored.recovery_codes.values_list("fingerprint", flat=True))
    assert key.hex() not in stored.secret
    assert two_step._decrypt(stored.secret) == key
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


@pytest.mark.requirement("QU-18")
def test_key_is_of_no_use_with_another_secret_key_of_the_program(with_app, settings):
    settings.SECRET_KEY = "another" * 8

    assert two_step._decrypt(TwoStep.objects.get().secret) == b""


def test_recovery_code_signs_in_once(here, client, watch):
    _key, codes = turn_on(here, watch)
    give_password(client)
    first = give_code(client, codes[3].upper().replace("-", " "))
    client.post("/sign-out/")
    give_password(client)

    second = give_code(client, codes[3])

    assert (first.status_code, second.status_code) == (303, 422)
    assert RecoveryCode.objects.count() == 9


def test_recovery_code_is_its_users(here, client, watch, make_user, world):
    _key, codes = turn_on(here, watch)
    other = make_user("sten", (Role.DENTAL_BASIC, world.ryd))
    TwoStep.objects.create(user=other, secret=two_step._encrypt(KEY), last_step=-1)
    client.post("/sign-in/", {"username": "sten", "password": PASSWORD})

    assert give_code(client, codes[0]).status_code == 422


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize(("password", "is_off"), [(PASSWORD, True), ("fel lösenord", False)])
def test_password_turns_it_off(here, watch, password, is_off):
    turn_on(here, watch)

    here.post("/settings/two-step/off/", {"password": password})

    assert TwoStep.objects.exists() is not is_off
    assert RecoveryCode.objects.exists() is not is_off


@pytest.mark.requirement("QU-18")
def test_password_that_turns_it_off_is_not_guessed(here, watch):
    turn_on(here, watch)
    guesses = [here.post("/settings/two-step/off/", {"password": "fel lösenord"}) for _try in range(5)]

    right = here.post("/settings/two-step/off/", {"password": PASSWORD})

    assert TwoStep.objects.exists()
    assert [response.status_code for response in [*guesses, right]] == [422] * 6
    assert "för många gånger" in right.content.decode()
    assert Event.objects.filter(action="access.refuse_password").count() == 5


@pytest.mark.requirement("CO-30")
def test_turning_on_and_off_is_logged_without_secrets(here, stina, watch):
    turn_on(here, watch)
    here.post("/settings/two-step/off/", {"password": PASSWORD})

    events = Event.objects.filter(action__endswith="two_step").order_by("id")
    assert [event.action for event in events] == ["access.turn_on_two_step", "access.turn_off_two_step"]
    assert [event.data for event in events] == [{}, {}]


@pytest.mark.requirement("CO-30")
def test_administrator_resets_it(here, client, client_of, stina, watch, world):
    turn_on(here, watch)
    administrator = client_of(world.users["ivar"])

    administrator.post(reverse("access:reset_two_step", args=[stina.pk]))

    assert not TwoStep.objects.exists()
    event = Event.objects.get(action="access.reset_two_step")
    assert (event.user_name, event.subject_key) == ("Ivar Förvaltare", "stina")
    assert give_password(client).url == "/"


def test_administrator_sees_who_has_it(here, client_of, stina, watch, world):
    url = reverse("access:user", args=[stina.pk])
    reset = reverse("access:reset_two_step", args=[stina.pk])
    administrator = client_of(world.users["ivar"])
    before = administrator.get(url).content.decode()

    turn_on(here, watch)

    assert reset not in before
    assert reset in administrator.get(url).content.decode()


def test_picture_holds_no_style(here):
    text = here.get("/settings/two-step/on/").content.decode()

    assert "<svg" in text
    assert "style=" not in text


def test_address_of_the_picture_names_program_and_user(settings):
    settings.KVITT_ENVIRONMENT = "PROV"

    address = two_step.address_to_share("stina", "ABCD")

    assert address == "otpauth://totp/Kvitt%20PROV%3Astina?secret=ABCD&issuer=Kvitt%20PROV"
