"""What may not be done is refused, changes nothing, and tells nothing of what belongs to others."""

import os
import re
import subprocess
import sys

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from kvitt.ledger.models import Invoice
from kvitt.portal.views import start
from tests.journeys.answers import Answer, address, faults_of_safety, get
from tests.journeys.pages import EVERYBODY, PAGES, STRANGERS

pytestmark = pytest.mark.requirement("QU-17", "CO-4")

LOCAL = ("DJANGO", "KVITT", "PYTEST")  # settings of this run of the tests
VIEWERS = ["nobody", *sorted(EVERYBODY)]


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


# When something breaks, and in production ---------------------------------------------------------


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
