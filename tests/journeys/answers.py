"""What somebody got at an address, and what every answer is held to."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

import openpyxl
from django.db import connection
from django.test import Client
from django.urls import reverse

from kvitt.audit.models import Event, Subject
from tests.journeys.pages import Page
from tests.journeys.reading import Form, Reading
from tests.journeys.sample import Sample

PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:19|20)\d{6}[-+]?\d{4}(?!\d)")
NUMBER_IN_ADDRESS = re.compile(r"(?<!\d)(?:(?:19|20)?\d{6}(?:[-+]|%2B)\d{4}|(?:19|20)\d{10})(?!\d)")


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


def addresses(page: Page, sample: Sample) -> list[str]:
    """Return the page's address, and with a list's: what its sorting and its export lead to."""
    url = address(page, sample)
    also = (*page.try_also, "?format=xlsx", "?page=2&sort=name") if page.is_list else page.try_also
    return [url, *(f"{url}{query}" for query in also)]


# Faults -------------------------------------------------------------------------------------------


def faults_of_safety(answer: Answer) -> Iterator[str]:
    """The content security policy is strict, and the page keeps to it. Source: spec QU-18."""
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield f"policy {policy!r}"
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        yield "no X-Content-Type-Options"
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


def secret_by_get(form: Form) -> bool:
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
    yield from (f"number in the address {link}" for link in links if NUMBER_IN_ADDRESS.search(link))


def faults_of_protection(answer: Answer) -> Iterator[str]:
    """A protected person's name, address and telephone stand nowhere. Source: spec QU-19."""
    yield from (f"shows {word}" for word in ("Vera", "Okända stigen", "070-000 00 09") if word in answer.text)
