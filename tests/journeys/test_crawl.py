"""Every address, opened as every role and as nobody: who gets what, and what every page must be."""

import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from kvitt.audit.models import Event, Subject
from kvitt.ledger.models import Invoice
from kvitt.modules.needs_allowance.models import Case
from kvitt.portal.models import FaqEntry, NewsItem, Question, SupportContact
from kvitt.registers.access.models import User
from kvitt.registers.listings.models import Listing
from kvitt.registers.organisations.models import CareProvider, Clinic, ClinicRight, Practitioner
from kvitt.registers.people.models import Address, Person, PersonNumber
from tests.journeys.answers import (
    NUMBER_IN_ADDRESS,
    address,
    addresses,
    faults_of_addresses,
    faults_of_protection,
    faults_of_reading,
    faults_of_safety,
    get,
)
from tests.journeys.pages import ABROAD, EVERYBODY, PAGES, Page
from tests.journeys.reading import Reading

pytestmark = pytest.mark.requirement("QU-17", "CO-4")

VIEWERS = ["nobody", *sorted(EVERYBODY)]


def right_statuses(page: Page, viewer: str) -> set[int]:
    """Return what the address may answer the viewer."""
    if viewer == "nobody":
        return {405, 200} if page.signed_out else {302}
    if page.posts_only:
        return {303, 403, 404, 405}
    if page.name in {"access:sign_in", "access:choose_unit"}:
        return {302}
    status = page.status(viewer)
    # At another authority, what one has no work with and what is not there are one and the same.
    return {403, 404} if status != 200 and page.args and viewer in ABROAD else {status}


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


# Who gets what ------------------------------------------------------------------------------------


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

    assert sorted(name for name, _ in addresses - table) == [], "say in pages.py who gets what there"
    assert sorted(name for name, _ in table - addresses) == [], "these addresses are gone: take them away"
    assert len(table) == len(PAGES), "an address stands twice in the table"


@pytest.mark.requirement("QU-18", "QU-19", "CO-30")
@pytest.mark.parametrize("viewer", VIEWERS)
def test_viewer_gets_what_his_role_allows_and_no_more(viewer, sample, client_of, persons):
    client, known = client_of(viewer), persons(viewer)

    faults = []
    for page in PAGES:
        for url in addresses(page, sample):
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
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("viewer", ["anna", "bo", "eva", "frida", "gustav", "ivar", "ulla", "fee_officer"])
def test_every_link_on_a_page_leads_where_its_reader_may_go(viewer, sample, client_of):
    client = client_of(viewer)
    pages = [page for page in PAGES if viewer in page.ok]

    links: dict[str, str] = {}
    for page in pages:
        url = address(page, sample)
        answer = get(client, page, url)
        for link in answer.reading.links:
            target = urlsplit(link)._replace(fragment="").geturl()
            target = f"{urlsplit(url).path}{target}" if target.startswith("?") else target
            if target.startswith("/") and not target.startswith("/static/"):
                links.setdefault(target, url)
    faults = []
    for link, url in links.items():
        answer = get(client, PAGES[0], link)
        if answer.status not in {200, 302, 303, 405}:
            faults.append(f"{url} leads to {link}, which answers {answer.status}")
    assert not faults, "\n".join(faults)


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
    copies(User.objects.filter(username="bo"), username=lambda n: f"bo{n}")
    copies(CareProvider.objects.all(), organisation_number=lambda n: f"55600001{n:02}")
    copies(Clinic.objects.filter(pk=world.linghem.pk), number=lambda n: f"9{n}")
    for model in (NewsItem, FaqEntry, SupportContact, Question, Event, Address, ClinicRight, Practitioner):
        copies(model.objects.all(), **{"last_on": lambda _: world.today} if model is Address else {})

    after = {page.id: get(client, page, address(page, sample)).queries for page in pages}
    assert {name: (before[name], count) for name, count in after.items() if count > before[name]} == {}


def test_table_names_only_addresses_that_can_be_made(sample):
    faults = []
    for page in PAGES:
        try:
            address(page, sample)
        except (KeyError, NoReverseMatch) as fault:
            faults.append(f"{page.id}: {fault}")
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
    assert not any(NUMBER_IN_ADDRESS.search(url) for url, _ in answer.redirect_chain)


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
