"""A session ends, and what was typed into it comes back to the same user."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from kvitt.foundation import clock
from kvitt.portal.models import NewsItem
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Role, has_session_ended
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.registers.access.conftest import PASSWORD

pytestmark = pytest.mark.requirement("CO-7")
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
NEWS = "/news/new/"
TYPED = {"title": "Stängt på fredag", "text": "Vi har stängt.", "first_on": "inte en dag"}


class Watch:
    """A clock that the test sets."""

    def __init__(self):
        self.moment = START

    def now(self):
        return self.moment

    def wait(self, **time):
        self.moment += dt.timedelta(**time)


@pytest.fixture
def watch(monkeypatch):
    found = Watch()
    monkeypatch.setattr(clock, "now", found.now)
    return found


@pytest.fixture
def karin(world, make_user) -> User:
    return make_user("karin", (Role.ADMINISTRATOR, world.region), name="Karin Förvaltare")


@pytest.fixture
def kalle(world, make_user) -> User:
    return make_user("kalle", (Role.ADMINISTRATOR, world.region), name="Kalle Förvaltare")


@pytest.fixture
def here(client, karin, kalle, watch) -> Client:
    """The window of a computer at which Karin has signed in."""
    sign_in(client, "karin")
    return client


def sign_in(client, username, url="/sign-in/"):
    return client.post(url, {"username": username, "password": PASSWORD})


def values(response):
    """Return what the fields of the page's form show."""
    form = response.context["page"].form
    return {name: form[name].value() for name in form.fields}


# Ending -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("idle", "age", "ended"), [(60, 60, False), (61, 61, True), (1, 720, False), (1, 721, True)]
)
def test_session_ends_unused_or_old(idle, age, ended):
    minutes = {name: dt.timedelta(minutes=value) for name, value in (("idle", idle), ("age", age))}
    limits = {"longest_idle": dt.timedelta(minutes=60), "longest": dt.timedelta(hours=12)}

    assert has_session_ended(**minutes, **limits) is ended


def test_session_that_is_not_used_for_an_hour_ends(here, watch):
    watch.wait(minutes=61)

    assert here.get("/settings/").url == "/sign-in/?next=/settings/"
    assert "_auth_user_id" not in here.session


def test_session_that_is_used_goes_on(here, watch):
    for _time in range(4):
        watch.wait(minutes=55)
        assert here.get("/settings/").status_code == 200


def test_session_ends_after_twelve_hours_however_used(here, watch):
    for _half_hour in range(24):
        watch.wait(minutes=30)
        here.get("/settings/")
    watch.wait(minutes=1)

    assert here.get("/settings/").status_code == 302


@pytest.mark.requirement("QU-18")
def test_session_that_ended_at_one_server_has_ended_at_all(here, watch):
    here.get("/settings/")
    Session.objects.all().delete()  # as another server does when the user signs out there

    assert here.get("/settings/").status_code == 302


def test_idle_time_is_a_setting(here, watch, settings):
    settings.KVITT_SESSION_IDLE = dt.timedelta(minutes=10)
    watch.wait(minutes=11)

    assert here.get("/settings/").status_code == 302


@pytest.mark.requirement("QU-1")
def test_reading_pages_seldom_writes_the_session(here, watch, django_assert_num_queries):
    here.get("/settings/")
    watch.wait(minutes=4)
    with_session = {"writes": 0}

    def count(execute, sql, params, many, context):
        if "django_session" in sql and not sql.startswith("SELECT"):
            with_session["writes"] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        here.get("/settings/")
        assert with_session["writes"] == 0
        watch.wait(minutes=2)
        here.get("/settings/")
        assert with_session["writes"] == 1


# What was typed -----------------------------------------------------------------------------------


def test_what_was_typed_comes_back_after_signing_in_again(here, watch):
    watch.wait(minutes=61)
    sent = here.post(NEWS, TYPED)

    told = here.get(sent.url).content.decode()
    back = sign_in(here, "karin", sent.url)
    page = here.get(back.url)

    assert (sent.status_code, sent.url) == (302, "/sign-in/?next=%2Fnews%2Fnew%2F")
    assert "kommer tillbaka" in told
    assert back.url == NEWS
    assert {name: values(page)[name] for name in TYPED} == TYPED
    assert "inte sparat" in page.content.decode()
    assert not page.context["page"].form.is_bound
    assert not NewsItem.objects.exists()


def test_it_comes_back_once(here, watch):
    watch.wait(minutes=61)
    sign_in(here, "karin", here.post(NEWS, TYPED).url)
    here.get(NEWS)

    assert not values(here.get(NEWS))["title"]


def test_form_that_came_back_is_saved_as_any_other(here, watch):
    watch.wait(minutes=61)
    sign_in(here, "karin", here.post(NEWS, TYPED).url)
    shown = values(here.get(NEWS))

    response = here.post(NEWS, {**shown, "first_on": "2024-11-20", "last_on": ""})

    assert response.status_code == 303
    assert NewsItem.objects.get().title == "Stängt på fredag"


def test_dialog_goes_to_the_sign_in_and_comes_back_as_a_page(here, watch):
    watch.wait(minutes=61)
    htmx = {"HX-Request": "true", "HX-Target": "dialog", "HX-Current-URL": "http://testserver/users/"}

    sent = here.post("/users/new/", {"name": "Ny Person", "username": "ny"}, headers=htmx)
    back = sign_in(here, "karin", sent.headers["HX-Redirect"])

    assert sent.status_code == 204
    assert back.url == "/users/new/"
    assert values(here.get(back.url)) == {
        "name": "Ny Person",
        "username": "ny",
        "email": None,
        "hsa_id": None,
    }


def test_small_form_on_another_page_comes_back_there(here, watch):
    watch.wait(minutes=61)
    page = "http://testserver/support/"

    sent = here.post(reverse("portal:ask_question"), {"text": "Hur gör jag?"}, headers={"Referer": page})

    assert sent.url == "/sign-in/?next=%2Fsupport%2F"


@pytest.mark.requirement("QU-19")
def test_another_user_never_sees_it(here, watch):
    watch.wait(minutes=61)
    sent = here.post(NEWS, TYPED)

    back = sign_in(here, "kalle", sent.url)
    page = here.get(back.url)

    assert page.status_code == 200
    assert "Stängt" not in page.content.decode()
    assert "kept" not in here.session


@pytest.mark.requirement("QU-19")
def test_nobody_sees_it_without_signing_in(here, watch):
    watch.wait(minutes=61)
    sent = here.post(NEWS, TYPED)

    assert "Stängt" not in here.get(sent.url).content.decode()
    assert "Stängt" not in here.get(NEWS, follow=True).content.decode()


@pytest.mark.requirement("QU-19")
def test_it_is_kept_for_a_quarter_of_an_hour(here, watch):
    watch.wait(minutes=61)
    sent = here.post(NEWS, TYPED)
    sign_in(here, "karin", sent.url)
    watch.wait(minutes=16)

    assert not values(here.get(NEWS))["title"]
    assert "kept" not in here.session


def test_it_comes_back_on_its_own_page_only(here, watch):
    watch.wait(minutes=61)
    sign_in(here, "karin", here.post(NEWS, TYPED).url)

    assert "Stängt" not in here.get("/support/").content.decode()
    assert values(here.get(NEWS))["title"] == TYPED["title"]


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize("url", ["/settings/password/", "/settings/two-step/on/", "/settings/two-step/off/"])
def test_passwords_and_codes_are_not_kept(here, watch, url):
    watch.wait(minutes=61)
    here.post(url, {"current": "hemligt", "password": "hemligt", "code": "123456"})

    assert "kept" not in here.session


@pytest.mark.requirement("QU-18")
def test_forged_form_is_refused_and_nothing_kept(karin, watch):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(karin)
    strict.get("/settings/")
    watch.wait(minutes=61)

    assert strict.post(NEWS, TYPED).status_code == 403
    assert "kept" not in strict.session


def test_what_was_typed_after_signing_out_is_not_kept(here, watch):
    here.post("/sign-out/")
    here.post(NEWS, TYPED)

    assert "kept" not in here.session


def test_question_without_an_answer_keeps_nothing(here, watch, kalle):
    watch.wait(minutes=61)

    response = here.post(reverse("access:deactivate_user", args=[kalle.pk]))

    assert response.status_code == 302
    assert "kept" not in here.session
    kalle.refresh_from_db()
    assert kalle.is_active


@pytest.mark.requirement("NA-12")
def test_reported_code_comes_back_with_all_its_fields(client, dental_world, watch):
    number = dental_world.create_case(dental_world.elsa)
    anna = dental_world.users["anna"]
    anna.set_password(PASSWORD)
    anna.save()
    typed = {
        "performed_on": "idag",
        "practitioner": str(dental_world.karin.pk),
        "code": "815",
        "location": "12",
        "surface": "",
        "quantity": "2",
    }
    sign_in(client, "anna")
    watch.wait(minutes=61)

    sent = client.post(reverse("needs_allowance:add_procedure", args=[number]), typed)
    page = client.get(sign_in(client, "anna", sent.url).url)

    assert page.status_code == 200
    assert {name: values(page)[name] for name in typed} == typed


# In a browser -------------------------------------------------------------------------------------


def type_password(page):
    page.fill("[name=username]", "karin")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("QU-21")
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "telephone"])
def test_dialog_sent_too_late_in_a_browser(open_browser, karin, watch, viewport):
    page = open_browser(viewport=viewport)
    page.goto("/users/")
    type_password(page)
    page.wait_for_url("/users/")
    page.locator("main a[data-dialog]").first.click()
    page.wait_for_selector("dialog[open] [name=name]")
    page.fill("dialog [name=name]", "Ny Person")

    watch.wait(minutes=61)
    page.click("dialog [type=submit]")
    page.wait_for_url("/sign-in/**")
    faults = accessibility_faults(page)
    type_password(page)
    page.wait_for_url("/users/new/")

    assert page.input_value("main [name=name]") == "Ny Person"
    assert faults + accessibility_faults(page) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("QU-21")
@pytest.mark.parametrize("place", ["page", "dialog"])
def test_page_left_alone_warns_and_a_button_keeps_the_session(open_browser, karin, watch, place):
    page = open_browser()
    page.clock.install()
    page.goto("/users/")
    type_password(page)
    page.wait_for_url("/users/")
    if place == "dialog":
        page.locator("main a[data-dialog]").first.click()
        page.wait_for_selector("dialog[open] [name=name]")
    alone = int(page.get_attribute("#ending-notice", "data-seconds"))

    watch.wait(seconds=alone)
    page.clock.fast_forward((alone - 5) * 1000)
    before = page.locator("[data-ending]").count()
    page.clock.fast_forward(10_000)
    page.wait_for_selector("[data-ending]")
    faults = accessibility_faults(page)
    page.click("[data-stay-signed-in]")
    page.wait_for_selector("[data-ending]", state="detached")
    watch.wait(minutes=30)

    assert (before, faults) == (0, [])
    page.goto("/users/")
    assert page.url.endswith("/users/")
