"""The region registers, changes and revokes certificates, and finds them again."""

import copy
import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.commands import certificates as commands
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import Certificate, PatientCategory
from kvitt.modules.special_care.rules.certificate import CertificateContent
from kvitt.registers.access.rules import NotAllowed
from tests.modules.conftest import Visitor
from tests.modules.page import Page
from tests.special_world import SpecialWorld

GRETA, INGRID = "19450312-9803", "19600609-9805"
TYPED = {
    "number": INGRID,
    "certificate_number": "764155",
    "category": "F1",
    "first_on": "2024-01-16",
    "validity": "usual",
    "last_on": "",
    "issued_by": "Leg. läkare",
}


@pytest.fixture(scope="module")
def shared_stage(django_db_setup, django_db_blocker):
    """The cast of special care dentistry without a catalogue, made once for the file."""
    with django_db_blocker.unblock(), override_settings(KVITT_TODAY=SpecialWorld.today), transaction.atomic():
        stage = SpecialWorld()
        PatientCategory.objects.create(
            authority=stage.region,
            support="f",
            code="F1",
            name="svår psykisk funktionsnedsättning",
            valid_years=4,
            first_on=dt.date(2020, 1, 1),
        )
        yield stage
        transaction.set_rollback(True)


@pytest.fixture
def world(shared_stage, db, settings):
    settings.KVITT_TODAY = SpecialWorld.today
    return copy.deepcopy(shared_stage)


@pytest.fixture
def visit(sign_in, world):
    return lambda name: Visitor(sign_in(world, name))


@pytest.fixture
def frida(visit):
    return visit("frida")


def content(**changes):
    values = {
        "number": "764155",
        "support": SupportType.N,
        "category": "N1",
        "first_on": dt.date(2024, 1, 16),
        "last_on": None,
        "issued_by": "Biståndshandläggare",
    }
    return CertificateContent(**{**values, **changes})


def events(action):
    return Event.objects.filter(action=f"special_care.{action}").order_by("pk")


def persons_of(event):
    return set(event.subjects.values_list("person_id", flat=True))


@pytest.mark.requirement("SC-1", "SC-1a")
def test_certificate_is_registered_with_the_validity_of_its_category(frida, world):
    page = frida.post("special_care:create_certificate", follow=True, **TYPED)

    assert "Certificate 764155 is registered: valid 2024-01-16–2028-01-15." in page.text
    made = Certificate.objects.get(number="764155")
    assert (made.person, made.support, made.last_on) == (world.ingrid, "f", dt.date(2028, 1, 15))
    (event,) = events("register_certificate")
    assert (event.subject_key, persons_of(event)) == ("764155", {world.ingrid.pk})
    assert event.data["after"]["last_on"] == "2028-01-15"
    (read,) = events("certificate")
    assert read.is_read
    assert persons_of(read) == {world.ingrid.pk}


@pytest.mark.requirement("SC-1")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": "20130820-2389"}, "Nobody with this number is registered. Check the number, or ask"),
        ({"certificate_number": "764153"}, "Number 764153 belongs to another certificate."),
        ({"category": "S2"}, "Select a valid choice"),
        ({"validity": "until"}, "The last day is missing."),
        ({"last_on": "2025-01-01"}, "Choose to and including a day, or leave the last day empty."),
        ({"validity": "until", "last_on": "2023-01-01"}, "The last day is before the first, 2024-01-16."),
        (
            {"number": GRETA, "category": "N2"},
            "certificate 764153 of the same support type, from 2023-01-01 until further notice.",
        ),
    ],
)
def test_what_cannot_be_registered_is_told_at_its_field(frida, changes, words):
    page = frida.post("special_care:create_certificate", **{**TYPED, **changes})

    assert page.status == 422
    assert words in page.text
    assert Certificate.objects.count() == 2


def test_what_a_refusal_tells_of_a_person_is_logged_as_a_read(frida, world):
    frida.post("special_care:create_certificate", **{**TYPED, "number": GRETA, "category": "N2"})

    (read,) = events("create_certificate")
    assert read.is_read
    assert persons_of(read) == {world.greta.pk}


@pytest.mark.requirement("SC-1")
def test_change_is_one_event_and_nothing_changed_is_none(world):
    actor, certificate = world.actor("gustav"), world.holger_certificate
    kept = content(
        number="764154",
        support=SupportType.F,
        category="F2",
        first_on=certificate.first_on,
        last_on=dt.date(2025, 3, 31),
    )

    commands.change_certificate(actor, today=world.today, number="764154", content=kept)
    commands.change_certificate(
        actor,
        today=world.today,
        number="764154",
        content=content(
            number="764154", support=SupportType.F, category="F2", first_on=certificate.first_on, last_on=None
        ),
    )

    (event,) = events("change_certificate")
    assert event.data == {"before": {"last_on": "2025-03-31"}, "after": {"last_on": None}}
    assert persons_of(event) == {world.holger.pk}


@pytest.mark.requirement("SC-1")
def test_certificate_is_changed_and_revoked_on_its_page(frida, world):
    changed = frida.post(
        "special_care:change_certificate",
        "764154",
        follow=True,
        **{**TYPED, "category": "F2", "first_on": "2023-01-01", "validity": "open"},
    )
    nowhy = frida.post("special_care:revoke_certificate", "764154", revoked_on="2024-11-20", reason=" ")
    revoked = frida.post(
        "special_care:revoke_certificate", "764154", follow=True, revoked_on="2024-11-20", reason="Fel grund"
    )
    again = frida.post("special_care:revoke_certificate", "764154", revoked_on="2024-11-20", reason="Igen")

    assert "764154 is changed: until further notice. Claims already sent in are not changed." in changed.text
    assert "The reason is missing." in nowhy.text
    assert "is revoked from 2024-11-20. Claims already sent in are not changed" in revoked.text
    assert "Fel grund" in revoked.text
    assert "Change certificate" not in revoked.text
    assert "is revoked and cannot be changed" in again.text
    (event,) = events("revoke_certificate")
    assert event.data["after"] == {"revoked_on": "2024-11-20", "revoked_reason": "Fel grund"}


@pytest.mark.requirement("SC-1")
def test_search_finds_by_number_support_category_day_and_revocation(frida, world):
    world.certify(world.ingrid, "A-1", "f", "F1", last_on=dt.date(2023, 6, 30))
    commands.revoke_certificate(
        world.actor("frida"), number="764153", revoked_on=dt.date(2024, 6, 1), reason="Fel"
    )

    def numbers(**filters):
        page = frida.get("special_care:search_certificates", **filters)
        return {number for number in ("764153", "764154", "A-1") if number in page.text}

    assert numbers() == {"764153", "764154", "A-1"}
    assert numbers(number=" a-1") == {"A-1"}
    assert numbers(support="n") == {"764153"}
    assert numbers(category="F1") == {"A-1"}
    assert numbers(on="2024-05-31") == {"764153", "764154"}
    assert numbers(on="2024-06-01") == {"764154"}
    assert numbers(state="revoked") == {"764153"}
    assert numbers(state="kept", on="2023-02-01") == {"764154", "A-1"}
    read = events("search_certificates").first()
    assert persons_of(read) == {world.greta.pk, world.holger.pk, world.ingrid.pk}


@pytest.mark.requirement("SC-1")
def test_patient_is_found_by_a_number_that_enters_no_address(frida, world):
    found = frida.post("special_care:find_certificates", number=GRETA, follow=True)
    nobody = frida.post("special_care:find_certificates", number="20130820-2389")
    without = frida.get("special_care:patient_certificates", world.ingrid.code)

    assert "764153" in found.text
    assert str(world.greta.code) in urlsplit(found.response.redirect_chain[-1][0]).path
    assert "Nobody with this number is registered." in nobody.text
    assert "The patient has no certificate." in without.text
    # The search that found the patient, and the page that it led to.
    assert [persons_of(event) for event in events("patient_certificates")] == [
        {world.greta.pk},
        {world.greta.pk},
        {world.ingrid.pk},
    ]


@pytest.mark.requirement("SC-1")
def test_name_of_a_protected_patient_is_hidden(frida, world):
    world.greta.is_protected = True
    world.greta.save()

    page = frida.get("special_care:certificate", "764153")
    rows = frida.get("special_care:search_certificates")

    assert "Provander" not in page.text + rows.text
    assert "Show the details" in page.text


def test_only_the_region_handles_certificates_and_only_its_own(world, visit):
    assert visit("lisa").get("special_care:certificate", "764153").status == 403
    assert visit("hanna").get("special_care:search_certificates").status == 403
    with pytest.raises(NotAllowed):
        commands.register_certificate(
            world.actor("lisa"), today=world.today, code=world.ingrid.code, content=content()
        )


def test_refused_certificate_leaves_nothing_behind(world):
    with pytest.raises(Refused):
        commands.register_certificate(
            world.actor("frida"), today=world.today, code=world.greta.code, content=content()
        )

    assert not Certificate.objects.filter(number="764155").exists()
    assert not events("register_certificate").exists()


# Categories ---------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-1a")
def test_categories_are_listed_in_their_order_on_a_day(visit, world):
    PatientCategory.objects.filter(code="N2").update(last_on=dt.date(2024, 6, 30))

    today = visit("lisa").get("special_care:categories")
    before = visit("ivar").get("special_care:categories", on="2024-06-30")

    assert today.text.index("F1") < today.text.index("F2") < today.text.index("S2")
    assert "N2" not in today.text
    assert "N2" in before.text
    assert "4 years" in today.text
    assert "Add category" in before.text
    assert "Add category" not in today.text


@pytest.mark.requirement("SC-1a")
def test_administrator_adds_and_ends_a_category(visit, world):
    ivar = visit("ivar")
    typed = {
        "support": "f",
        "code": "f12",
        "name": "ny grupp",
        "valid_years": "2",
        "first_on": "2024-01-01",
        "last_on": "",
    }

    def save(*code, **changes):
        url = reverse("special_care:save_category", args=code)
        return Page(ivar.client.post(url, {**typed, **changes}, follow=True))

    added, twice, ended = save(), save(), save("F12", last_on="2024-12-31")
    alone = visit("frida").get("special_care:save_category", "F12")

    assert "Category F12 is saved." in added.text
    assert "Category F12 exists already." in twice.text
    assert "Category F12 is saved." in ended.text
    assert alone.status == 403
    assert [event.data["after"].get("last_on") for event in events("save_category")] == [None, "2024-12-31"]
