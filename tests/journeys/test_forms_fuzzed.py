"""Whatever is typed in a form or an address: never a broken page, and nothing is half saved."""

import re
import string
from collections.abc import Container, Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvitt.audit.models import Event, Subject
from kvitt.ledger import queries as ledger
from tests.journeys.pages import PAGES, Page
from tests.journeys.reading import Form, Reading

pytestmark = [pytest.mark.requirement("QU-16"), pytest.mark.production]

# The same tries every time: what breaks here breaks for everybody.
TRIES = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}
NASTY = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "-1",
    "0",
    "1",
    "999999999999999999999999999999",
    "1e400",
    "NaN",
    "٣",  # a digit, but not one of ours
    "½",
    "1,50",
    "2024-02-30",
    "99991231",
    "00010101",
    "9999-12-31",
    "0001-01-01",
    "idag",
    "2024-11-20",
    "20130205-2384",
    "130205-2384",
    "<script>alert(1)</script>",
    "'; DROP TABLE ledger_line; --",
    "%s %(x)s {x} %",
    "=1+1",
    "å" * 300,
    "x" * 5_000,
    "\u202e\u200b\ufeff",
    "İ" * 200,  # longer in small letters
    "ẞ" * 200,
    "needs_allowance",
    "815",
    "12",
    "clinic:1",
    "provider:99999999999999999999",
)
LETTERS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(string.digits + "-,. ")), max_size=40
)
TYPED = st.one_of(st.sampled_from(NASTY), LETTERS, st.integers().map(str), st.dates().map(str))
# PostgreSQL takes less than SQLite does, so that is where most is tried: one in so many strange texts in each
# field, and so many made-up ones.
STEP, SOME, MORE = (16, 2, 4) if connection.vendor == "postgresql" else (18, 1, 2)
MISSING = ("13", "99999999999999999999999", "å%FF", "a%00b", quote("x" * 3_000))
TOKENS = {"csrfmiddlewaretoken"}
QUESTIONS = {"first_on", "format", "item", "module", "next", "on", "page", "performed_on", "q", "reference"}
QUESTIONS |= {"removed", "sort"}
# Whose pages hold every form between them.
VIEWERS = ("anna", "ivar", "frida", "karla", "bodil")
# Of the grid every faultless figure is saved, whatever is wrong with the others (CF-11).
SAVES_THE_FAULTLESS = "/care-fees/registrations/"
POSTED = [
    page for page in PAGES if not page.is_list and page.name not in {"access:sign_out", "portal:healthz"}
]
ASKED = [page for page in PAGES if not page.posts_only]


def viewer_of(page: Page) -> str:
    allowed = page.may_post or page.ok
    return next((viewer for viewer in VIEWERS if viewer in allowed), "nobody")


def address(page: Page, sample) -> str:
    return reverse(page.name, kwargs={name: sample.ids[key] for name, key in page.args.items()})


KEPT = [
    model
    for model in apps.get_models()
    if model not in {Session, Event, Subject} and model._meta.app_label != "axes"
]


def content(tables: Container[str] | None = None) -> dict[str, str]:
    """Return the content of these tables, or of all; but for sessions and the log of reads and tries."""
    return {
        model._meta.label: repr(list(model.objects.order_by("pk").values_list()))
        for model in KEPT
        if tables is None or model._meta.db_table in tables
    }


def forms_on(client: Client, url: str) -> list[Form]:
    return read(client, url).main_forms


def read(client: Client, url: str) -> Reading:
    """Return what can be read at the address; in a file that is downloaded there is nothing to fill in."""
    response = client.get(url)
    return Reading("" if response.streaming else response.content.decode("utf-8", "replace"))


LOGGED = {"audit_event", "audit_subject"}
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(?P<table>\w+)"')


class Undone(Exception):  # noqa: N818 - reads as a sentence
    """What a try has done is taken back."""


@contextmanager
def written() -> Iterator[set[str]]:
    """Collect the tables that are written to, also where it is taken back; sessions do not count."""
    tables: set[str] = set()

    def note(execute, sql, params, many, context):
        found = WRITES.match(sql)
        if found and not found["table"].startswith(("django_session", "axes_")):
            tables.add(found["table"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables


@pytest.fixture
def send(sample):
    """Return a function that sends something and takes it back, and fails when it broke or was half done."""

    def send(client: Client, url: str, data: dict[str, str]) -> None:
        told = f"{url} { ({name: text[:40] for name, text in data.items()}) }"
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
        try:
            with transaction.atomic(), written() as tables:
                response = client.post(url, data)
                has_written = not tables <= LOGGED
                after = content(tables) if has_written else {}
                is_told = has_written and Event.objects.filter(pk__gt=last, is_read=False).exists()
                wrong = list(ledger.breaches()) if has_written and not is_of_fees_alone(tables) else []
                raise Undone  # noqa: TRY301 - undoes what was written
        except Undone:
            pass
        assert response.status_code in {200, 204, 302, 303, 400, 403, 404, 405, 422, 429}, told
        if response.status_code == 422:
            keeps_what_was_typed(response.content.decode(), url, data)
        before = content(tables) if has_written else {}
        if response.status_code >= 400 and not url.startswith(SAVES_THE_FAULTLESS):
            assert after == before, f"refused, and yet changed: {told}"
        assert is_told or after == before, f"changed without an event: {told}"
        assert wrong == [], told

    return send


def is_of_fees_alone(tables: set[str]) -> bool:
    """Tell whether nothing was written that the ledger knows of: care fees have their money to themselves."""
    return all(table.startswith("care_fees_") for table in tables - LOGGED)


def keeps_what_was_typed(html: str, url: str, data: dict[str, str]) -> None:
    """A refused form stands as it was filled in (CO-33), but for passwords, and where it was out of date."""
    for form in Reading(html).main_forms:
        hidden = [
            control for control in form.controls if control.kind == "hidden" and control.name not in TOKENS
        ]
        if any(control.value != data.get(control.name) for control in hidden):
            continue
        for control in form.controls:
            typed = data.get(control.name, "")
            if control.kind not in {"text", "textarea", "email", "search"} or "\0" in typed:
                continue
            kept = control.value.replace("\r\n", "\n").replace("\r", "\n")
            assert kept == typed.replace("\r\n", "\n").replace("\r", "\n"), (url, control.name)


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize("page", POSTED, ids=lambda page: page.id)
def test_form_takes_anything(page, sample, client_of, send):
    client, url = client_of(viewer_of(page)), address(page, sample)
    forms = forms_on(client, url)
    shown = {name: value for form in forms for name, value in form.values().items() if name not in TOKENS}
    names = sorted(shown) or ["answer", "q", "subject", "text"]
    if not forms and not page.posts_only:
        names = names[:1]

    @settings(max_examples=MORE, **TRIES)
    @given(st.data())
    def tries(data):
        kept = data.draw(st.sets(st.sampled_from(names)))
        filled = {name: shown.get(name, "") for name in kept}
        send(client, url, filled | {name: data.draw(TYPED) for name in names if name not in kept})

    # One field wrong among right ones, then all wrong; every field meets other faults than its neighbours.
    for number, name in enumerate(names):
        for text in NASTY[number % STEP :: STEP]:
            send(client, url, {**shown, name: text})
    for place in range(0, len(NASTY), STEP):
        send(client, url, {name: NASTY[(place + 7 * n) % len(NASTY)] for n, name in enumerate(names)})
    if forms:
        tries()


@pytest.mark.requirement("CO-25")
@pytest.mark.parametrize("page", ASKED, ids=lambda page: page.id)
def test_address_takes_any_question(page, sample, client_of):
    """Filters, sorting, paging and everything else that may stand after the question mark."""
    client, url = client_of(viewer_of(page)), address(page, sample)
    forms = read(client, url).forms
    filters = {name for form in forms if form.method == "get" for name in form.values()}
    names = sorted(QUESTIONS | filters)
    for name in sorted(filters):
        ask(client, url, {name: "\0"})
        ask(client, url, {name: "99999999999999999999", "format": "xlsx"})

    @settings(max_examples=MORE if page.is_list else SOME, **TRIES)
    @given(st.dictionaries(st.sampled_from(names), TYPED, max_size=len(names)))
    def tries(typed):
        ask(client, url, typed)

    for place in range(0, len(NASTY), STEP if page.is_list else 2 * STEP):
        ask(client, url, {name: NASTY[(place + 5 * n) % len(NASTY)] for n, name in enumerate(names)})
    tries()


def ask(client: Client, url: str, typed: dict[str, str]) -> None:
    response = client.get(url, typed)
    assert response.status_code < 500, url
    assert "\0" not in response.headers.get("Location", "")


@pytest.mark.parametrize("page", [page for page in PAGES if page.args], ids=lambda page: page.id)
def test_address_of_what_is_not_there(page, sample, client_of):
    client, real = client_of(viewer_of(page)), address(page, sample)
    for part in filter(None, real.split("/")):
        if part in {str(sample.ids[key]) for key in page.args.values()}:
            for other in MISSING:
                url = real.replace(f"/{part}/", f"/{other}/", 1)
                assert client.get(url).status_code in {200, 302, 303, 404, 405}, url
                assert client.post(url, {}).status_code in {200, 302, 303, 404, 405, 422}, url


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe=\xff", "application/x-www-form-urlencoded"),
        (b"a=1&" * 2_000, "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
        (b"{}", "multipart/form-data"),
        (b"{", "application/json"),
        (b"first_on=%ED%A0%80&code=%00", "application/x-www-form-urlencoded; charset=utf-8"),
    ],
    ids=["bytes", "thousands of fields", "half a part", "no boundary", "json", "half characters"],
)
def test_body_may_be_anything(body, kind, sample, client_of):
    client = client_of("anna")
    before = content()

    for name, args in (
        ("portal:search_patient", []),
        ("needs_allowance:create_case", [sample.ids["patient"]]),
    ):
        response = client.post(reverse(name, args=args), body, content_type=kind)

        assert response.status_code in {200, 400, 415, 422}
    assert content() == before


@pytest.mark.parametrize("value", ["x", "å" * 100, "\x01", "0" * 2_000, "sv; en", "../../etc"])
def test_cookies_and_headers_may_be_anything(value, sample, client_of):
    client = client_of("anna")
    client.cookies["kvitt_language"] = value
    client.cookies["csrftoken"] = value
    headers = {"HX-Request": value, "HX-Current-URL": value, "HX-Target": value, "Accept-Language": value}

    response = client.get(reverse("needs_allowance:case", args=[sample.ids["case"]]), headers=headers)

    assert response.status_code == 200
