"""Every address, opened as every role and as nobody: who gets what, and what every page must be."""

import io
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from kvitt.audit.models import Event, Subject
from kvitt.ledger.models import Invoice
from kvitt.modules.needs_allowance.models import Case
from kvitt.portal.models import FaqEntry, NewsItem, Question, SupportContact
from kvitt.portal.views import start
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Actor
from kvitt.registers.dental_records.models import CareReport, PatientContact
from kvitt.registers.listings.models import Listing
from kvitt.registers.organisations.models import CareProvider, Clinic, ClinicRight, Practitioner
from kvitt.registers.people.models import Address, Person, PersonNumber
from tests.journeys.pages import EVERYBODY, PAGES, STRANGERS, Page
from tests.journeys.reading import Reading
from tests.journeys.sample import Sample

pytestmark = [pytest.mark.requirement("QU-17", "CO-4"), pytest.mark.looks]

LOCAL = ("DJANGO", "KVITT", "PYTEST")  # settings of this run of the tests
# Who is like another of the cast in all but name opens nothing that the other does not.
ALIKE = {"clinic_administrator": "petra", "special_care_claims": "lisa"}
VIEWERS = ["nobody", *sorted(EVERYBODY - ALIKE.keys())]
# Whose pages hold every link between them.
FOLLOWERS = {"anna", "bo", "eva", "frida", "gustav", "ivar", "ulla", "karla", "bodil", "mona"}
PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:19|20)\d{6}[-+]?\d{4}(?!\d)")
NUMBER_IN_ADDRESS = re.compile(r"(?<!\d)(?:(?:19|20)?\d{6}(?:[-+]|%2B)\d{4}|(?:19|20)\d{10})(?!\d)")
# A patient's code may by chance hold six digits, a dash and four.
CODE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Answer:
    """What somebody got at an address, how many statements it took, and whom it was recorded that he saw."""

    page: Page
    url: str
    status: int
    headers: dict[str, str]
    content: bytes
    queries: int
    seen: set[int] = field(default_factory=set)

    @property
    def is_html(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")

    @property
    def is_file(self) -> bool:
        return self.status == 200 and not self.headers["Content-Type"].startswith(
            ("text/html", "application/json")
        )

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.text if self.is_html else "")

    @cached_property
    def text(self) -> str:
        """Everything that can be read in it: HTML, or the cells of a workbook."""
        if self.is_html:
            return self.content.decode()
        if "spreadsheet" in self.headers.get("Content-Type", ""):
            book = openpyxl.load_workbook(io.BytesIO(self.content), read_only=True)
            return "\n".join(str(value) for row in book.active.values for value in row if value is not None)
        return ""


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are executed, without the savepoints of transactions."""
    statements: list[str] = []

    def note(execute, sql, params, many, context):
        if not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")):
            statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def address(page: Page, sample: Sample) -> str:
    return reverse(page.name, kwargs={name: sample.ids[key] for name, key in page.args.items()})


def get(client: Client, page: Page, url: str) -> Answer:
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with counted() as statements:
        response = client.get(url)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    seen = Subject.objects.filter(event_id__gt=last, event__is_read=True)
    return Answer(
        page,
        url,
        response.status_code,
        dict(response.headers),
        content,
        len(statements),
        set(seen.values_list("person_id", flat=True)),
    )


def addresses(page: Page, sample: Sample, viewer: str) -> list[str]:
    """Return the page's address, and of a list those of its export and, for who opens it, its sorting."""
    url = address(page, sample)
    also = (*page.try_also, *(["?format=xlsx"] if page.is_list else []))
    also += ("?page=2&sort=name",) if page.is_list and viewer in page.ok else ()
    return [url, *(f"{url}{query}" for query in also)]


def right_statuses(page: Page, viewer: str) -> set[int]:
    """Return what the address may answer the viewer."""
    if page.name in {"access:ask_provider", "access:sign_in_by_provider"}:
        return {404}
    if viewer == "nobody":
        return {405, 200} if page.signed_out else {302}
    if page.posts_only:
        return {303, 403, 404, 405}
    if page.name in {"access:sign_in", "access:sign_in_with_code", "access:choose_unit"}:
        return {302}
    status = page.status(viewer)
    # At another authority, what one has no work with and what is not there are one and the same.
    return {403, 404} if status != 200 and page.args and viewer in page.strangers else {status}


# What every answer is held to ---------------------------------------------------------------------


def faults_of_safety(answer: Answer) -> Iterator[str]:
    """The content security policy is strict, and the page keeps to it. Source: spec QU-18."""
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield f"policy {policy!r}"
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        yield "no X-Content-Type-Options"
    is_of_a_user = not answer.page.signed_out and answer.status != 302
    if is_of_a_user and "no-store" not in answer.headers.get("Cache-Control", ""):
        yield "an answer that the browser keeps"
    disposition = answer.headers.get("Content-Disposition", "")
    if answer.is_file and not disposition.startswith("attachment"):
        yield "a file that is not an attachment"
    if answer.is_html and answer.content:
        reading = answer.reading
        yield from reading.forbidden
        yield from (
            f"form {form.action} without a CSRF token"
            for form in reading.forms
            if form.method == "post" and "csrfmiddlewaretoken" not in form.values()
        )
        yield from (f"form {form.action} by GET" for form in reading.forms if secret_by_get(form))
        yield from (f"address from elsewhere: {link}" for link in reading.fetched if is_foreign(link))


def secret_by_get(form) -> bool:
    return form.method != "post" and any(control.kind == "password" for control in form.controls)


def is_foreign(link: str) -> bool:
    parts = urlsplit(link)
    return parts.scheme not in {"", "mailto"} or bool(parts.netloc)


def faults_of_reading(answer: Answer, persons: dict[str, set[int]]) -> Iterator[str]:
    """Who sees a patient's number or name leaves a read event with that patient. Source: spec CO-30."""
    if answer.status != 200:
        return
    text = answer.text
    for number in set(PERSONAL_NUMBER.findall(text)):
        if not persons.get(number.replace("-", ""), set()) & answer.seen:
            yield f"{number} was shown, and no read recorded"
    for name, owners in persons.items():
        if not name.isdigit() and name in text and not owners & answer.seen:
            yield f"{name} was shown, and no read recorded"


def faults_of_addresses(answer: Answer) -> Iterator[str]:
    """No personal number stands in an address, where logs and histories keep it. Source: spec QU-18."""
    links = [answer.headers.get("Location", ""), *answer.reading.links]
    yield from (
        f"number in the address {link}" for link in links if NUMBER_IN_ADDRESS.search(CODE.sub("code", link))
    )


def faults_of_protection(answer: Answer) -> Iterator[str]:
    """A protected person's name, address and telephone stand nowhere. Source: spec QU-19."""
    yield from (f"shows {word}" for word in ("Vera", "Okända stigen", "070-000 00 09") if word in answer.text)


@pytest.fixture
def persons(sample):
    """Return a function: whose numbers and names are whose, in the authority of a viewer."""

    def persons(viewer: str) -> dict[str, set[int]]:
        authority = sample.users[viewer].authority if viewer != "nobody" else sample.world.region
        known: dict[str, set[int]] = {}
        for person in Person.objects.filter(authority=authority):
            known.setdefault(person.identity_number, set()).add(person.pk)
            known.setdefault(person.name, set()).add(person.pk)
        for former in PersonNumber.objects.filter(person__authority=authority):
            known.setdefault(former.identity_number, set()).add(former.person_id)
        return known

    return persons


# The crawl ----------------------------------------------------------------------------------------


def named_addresses(patterns, namespace: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_addresses(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", frozenset(pattern.pattern.converters)


def test_every_address_is_in_the_table():
    addresses = set(named_addresses(get_resolver().url_patterns))
    table = {page.key for page in PAGES}

    assert sorted(name for name, _ in addresses - table) == [], "say in pages/ who gets what there"
    assert sorted(name for name, _ in table - addresses) == [], "these addresses are gone: take them away"
    assert len(table) == len(PAGES), "an address stands twice in the table"


@pytest.mark.requirement("QU-18", "QU-19", "CO-30")
@pytest.mark.parametrize("viewer", VIEWERS)
def test_viewer_gets_what_his_role_allows_and_no_more(viewer, sample, client_of, persons):
    """Every address, and of those whose pages are followed, where every link on them leads."""
    client, known = client_of(viewer), persons(viewer)

    faults = []
    statuses: dict[str, int] = {}
    links: dict[str, str] = {}
    for page in PAGES:
        for url in addresses(page, sample, viewer):
            answer = get(client, page, url)
            right = right_statuses(page, viewer)
            found = [] if answer.status in right else [f"{answer.status} instead of {right}"]
            found += faults_of_safety(answer)
            found += faults_of_addresses(answer)
            found += faults_of_reading(answer, known)
            found += faults_of_protection(answer)
            if answer.queries > page.queries:
                found.append(f"{answer.queries} statements, {page.queries} are allowed")
            faults += [f"{url}: {fault}" for fault in found]
            statuses[url] = answer.status
            if viewer in page.ok and url == address(page, sample):
                links |= dict.fromkeys(links_on(answer), url) | links
    if viewer in FOLLOWERS:
        for link, url in links.items():
            status = statuses.get(link) or get(client, PAGES[0], link).status
            if status not in {200, 302, 303, 405}:
                faults.append(f"{url} leads to {link}, which answers {status}")
    assert not faults, "\n".join(faults)


def links_on(answer: Answer) -> Iterator[str]:
    """Yield the addresses of ours that the page leads to."""
    path = urlsplit(answer.url).path
    for link in answer.reading.links:
        target = urlsplit(link)._replace(fragment="").geturl()
        target = f"{path}{target}" if target.startswith("?") else target
        if target.startswith("/") and not target.startswith("/static/"):
            yield target


def test_who_is_like_another_may_do_the_same(sample):
    def rights(viewer: str) -> Actor:
        actor = access.actor(sample.users[viewer], "", today=sample.world.today)
        return replace(actor, user_id=0, name="")

    assert {viewer for viewer, other in ALIKE.items() if rights(viewer) != rights(other)} == set()


def copies(rows, count: int = 20, **changes) -> None:
    """Put copies of the first row in the table; `changes` makes unique columns unique, from a number."""
    row = rows.earliest("pk")
    fields = [each for each in row._meta.concrete_fields if not each.primary_key and not each.generated]
    values = {each.attname: getattr(row, each.attname) for each in fields}
    rows.model.objects.bulk_create(
        rows.model(**values | {name: make(number) for name, make in changes.items()})
        for number in range(count)
    )


@pytest.mark.requirement("CO-25")
@pytest.mark.parametrize("viewer", ["anna", "eva", "gustav", "ivar"])
def test_longer_lists_take_no_more_statements(viewer, sample, client_of):
    client = client_of(viewer)
    pages = [page for page in PAGES if viewer in page.ok and page.name != "ledger:invoice_pdf"]
    before = {page.id: get(client, page, address(page, sample)).queries for page in pages}

    world = sample.world
    copies(Person.objects.all(), code=lambda _: uuid.uuid4(), identity_number=lambda n: f"2013010100{n:02}")
    new = list(Person.objects.filter(identity_number__startswith="2013010100"))
    copies(Listing.objects.filter(clinic=world.ryd), person_id=lambda n: new[n].pk)
    copies(
        Case.objects.filter(clinic=world.ryd),
        person_id=lambda n: new[n].pk,
        number=lambda n: f"B2024-9999{n:02}",
    )
    copies(Invoice.objects.filter(pk=sample.ids["invoice"]))
    copies(CareReport.objects.filter(number=sample.ids["settled report"]), number=lambda n: 900 + n)
    copies(PatientContact.objects.all())
    copies(User.objects.filter(username="bo"), username=lambda n: f"bo{n}")
    copies(CareProvider.objects.all(), organisation_number=lambda n: f"55600001{n:02}")
    copies(Clinic.objects.filter(pk=world.linghem.pk), number=lambda n: f"9{n}")
    for model in (NewsItem, FaqEntry, SupportContact, Question, Event, Address, ClinicRight, Practitioner):
        copies(model.objects.all(), **{"last_on": lambda _: world.today} if model is Address else {})

    after = {page.id: get(client, page, address(page, sample)).queries for page in pages}
    assert {name: (before[name], count) for name, count in after.items() if count > before[name]} == {}


# What may not be done -----------------------------------------------------------------------------


def everything() -> dict[str, int]:
    """Return a fingerprint of every table but the sessions."""
    models = [model for model in apps.get_models() if model is not Session]
    return {
        model._meta.label: hash(repr(list(model.objects.order_by("pk").values_list()))) for model in models
    }


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize("viewer", VIEWERS)
def test_who_may_not_do_a_thing_is_refused_and_nothing_changes(viewer, sample, client_of):
    client = client_of(viewer)
    before = everything()

    faults = []
    for page in PAGES:
        allowed = page.ok if page.may_post is None else page.may_post
        if viewer in allowed or (page.signed_out and viewer == "nobody") or page.name == "access:sign_in":
            continue
        status = client.post(address(page, sample), {"answer": "x", "q": "201303102394"}).status_code
        if status not in ({302} if viewer == "nobody" else {403, 404, 405}):
            faults.append(f"{page.id} answers {status}")
    assert not faults, "\n".join(faults)
    assert everything() == before


@pytest.mark.requirement("QU-18")
def test_nothing_is_done_for_a_page_from_elsewhere(sample):
    """Without the token of our own page every form is refused (CSRF)."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(sample.world.users["ivar"])
    before = everything()

    statuses = {page.id: client.post(address(page, sample), {}).status_code for page in PAGES}

    assert {name: status for name, status in statuses.items() if status not in {403, 405}} == {}
    assert everything() == before


@pytest.mark.parametrize("viewer", sorted(STRANGERS))
def test_what_belongs_to_another_unit_is_as_if_it_were_not_there(viewer, sample, client_of):
    client, ids = client_of(viewer), sample.ids
    theirs = [
        ("needs_allowance:case", ids["invoiced case"], "B2024-999999", ""),
        ("needs_allowance:patient_cases", ids["patient"], "00000000-0000-4000-8000-000000000000", ""),
        ("listings:patient", ids["patient"], "00000000-0000-4000-8000-000000000000", ""),
        ("ledger:invoice", ids["invoice"], 999_999, ""),
        ("ledger:invoice", ids["invoice"], 999_999, "?format=xlsx"),
        ("ledger:invoice_pdf", ids["invoice"], 999_999, ""),
    ]

    faults = []
    for name, real, made_up, query in theirs:
        answers = [client.get(f"{reverse(name, args=[one])}{query}") for one in (real, made_up)]
        there, missing = (without_tokens(answer.content.decode()) for answer in answers)
        if [answer.status_code for answer in answers] != [404, 404]:
            faults.append(f"{name}{query}: {[answer.status_code for answer in answers]}")
        elif there.replace(f"/{real}/", "/x/") != missing.replace(f"/{made_up}/", "/x/"):
            faults.append(f"{name}{query} can be told from one that is not there")
    assert not faults, "\n".join(faults)


def without_tokens(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", html)


def test_lists_and_exports_hold_nothing_of_another_unit(sample, client_of):
    ours = [sample.ids[key] for key in ("case", "invoiced case", "ready case")]
    ours += [Invoice.objects.get(pk=sample.ids["invoice"]).external_reference, "20130205-2384"]
    lists = [reverse(page.name) for page in PAGES if page.is_list and not page.args]

    faults = []
    for viewer in sorted(STRANGERS):
        client = client_of(viewer)
        for url in [*lists, *(f"{url}?format=xlsx" for url in lists)]:
            answer = get(client, PAGES[0], url)
            faults += [
                f"{viewer} {url}: {word}" for word in ours if answer.status == 200 and word in answer.text
            ]
    assert not faults, "\n".join(faults)


# What is recorded ---------------------------------------------------------------------------------


@pytest.mark.requirement("CO-30")
def test_invoice_as_a_document_records_everybody_on_it(sample, client_of):
    invoice = Invoice.objects.get(pk=sample.ids["invoice"])
    page = next(page for page in PAGES if page.name == "ledger:invoice_pdf")

    answer = get(client_of("anna"), page, address(page, sample))

    assert answer.content.startswith(b"%PDF")
    assert answer.seen == set(invoice.rows.values_list("line__person_id", flat=True))


@pytest.mark.requirement("CO-13", "CO-30")
@pytest.mark.parametrize("typed", ["20130205-2384", "Prov", "tova"])
def test_search_records_whom_it_found(typed, sample, client_of):
    client = client_of("anna")
    last = Event.objects.latest("pk").pk

    answer = client.post(reverse("portal:search_patient"), {"q": typed}, follow=True)

    assert answer.status_code == 200
    seen = Subject.objects.filter(event_id__gt=last, event__is_read=True).values_list("person_id", flat=True)
    assert sample.world.tova.pk in seen
    assert not any(NUMBER_IN_ADDRESS.search(CODE.sub("code", url)) for url, _ in answer.redirect_chain)


@pytest.mark.requirement("QU-19", "CO-8", "CO-30")
def test_protected_patient_opens_with_a_reason_that_is_recorded(sample, client_of):
    client, hidden = client_of("anna"), sample.hidden
    url = reverse("needs_allowance:case", args=[sample.ids["protected case"]])
    before = client.get(url)
    patient = client.get(reverse("listings:patient", args=[hidden.code]))
    asked = next(link for link in Reading(patient.content.decode()).links if "/protected/" in link)

    refused = client.post(asked, {"reason": ""})
    opened = client.post(asked, {"reason": "Patienten är på besök"}, follow=True)

    assert "Vera" not in before.content.decode() + patient.content.decode()
    assert refused.status_code == 422
    assert "Vera Hemlig" in opened.content.decode()
    event = Event.objects.filter(action="people.open_protected").latest("pk")
    assert (event.user_name, event.data) == ("Anna Testander", {"reason": "Patienten är på besök"})
    lists = [
        reverse("listings:listed_patients"),
        reverse("needs_allowance:search_cases"),
        reverse("portal:start"),
    ]
    assert not any("Vera" in client.get(url).content.decode() for url in lists)


# When something breaks ----------------------------------------------------------------------------


@pytest.mark.requirement("QU-18")
def test_page_of_a_broken_program_is_as_safe_as_any(sample, client_of, monkeypatch):
    monkeypatch.setattr(start.statements, "ShortcutsPage", lambda **_: 1 / 0)
    client = client_of("anna")
    client.raise_request_exception = False

    response = client.get(reverse("portal:shortcuts"))

    answer = Answer(PAGES[0], "", response.status_code, dict(response.headers), response.content, 0)
    assert answer.status == 500
    assert "Något gick fel" in answer.text
    assert list(faults_of_safety(answer)) == []


@pytest.mark.requirement("QU-18")
def test_production_settings_pass_the_deployment_check(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(LOCAL)}
    environment |= {
        "KVITT_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzåäö-0123456789-ABCDEFGHIJKLM",
        "KVITT_ALLOWED_HOSTS": "kvitt.example.org",
        "KVITT_DATA": str(tmp_path),
    }

    result = subprocess.run(
        [sys.executable, "-W", "error", "-m", "kvitt", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_table_names_only_addresses_that_can_be_made(sample):
    faults = []
    for page in PAGES:
        try:
            address(page, sample)
        except (KeyError, NoReverseMatch) as fault:
            faults.append(f"{page.id}: {fault}")
    assert not faults, "\n".join(faults)
