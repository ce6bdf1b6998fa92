"""The patient is searched for, the certificate is checked, and a claim is begun."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from kvitt.audit.models import Event
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import Certificate, Claim
from kvitt.modules.special_care.rules.choices import calculate_choices, calculate_period
from kvitt.modules.special_care.rules.facts import CertificateFacts
from tests.modules.conftest import Visitor

TODAY = dt.date(2024, 11, 20)


def certificate(support="n", first_on=dt.date(2023, 1, 1), last_on=None, revoked_on=None):
    return CertificateFacts("1", SupportType(support), "N1", first_on, last_on, revoked_on)


def offered(*certificates):
    choices = calculate_choices(certificates, today=TODAY, limit_months=6)
    return "".join(choice.support.name for choice in choices)


# Rules --------------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-1a", "SC-2", "SC-6")
def test_choices_follow_from_the_certificates():
    assert offered() == "S"
    assert offered(certificate()) == "NS"
    assert offered(certificate("f"), certificate("n")) == "NFS"
    # Care of six months can be claimed: a certificate that ended within them counts.
    assert offered(certificate(last_on=dt.date(2024, 5, 20))) == "NS"
    assert offered(certificate(last_on=dt.date(2024, 5, 19))) == "S"
    assert offered(certificate(revoked_on=dt.date(2024, 5, 21))) == "NS"
    assert offered(certificate(revoked_on=dt.date(2024, 5, 20))) == "S"
    assert offered(certificate(first_on=dt.date(2024, 11, 21))) == "S"


@pytest.mark.requirement("SC-1")
def test_certificate_that_is_revoked_before_it_begins_holds_on_no_day():
    assert calculate_period(certificate(revoked_on=dt.date(2023, 1, 1))) is None


# The page -----------------------------------------------------------------------------------------


@pytest.fixture
def world(special_world):
    return special_world


@pytest.fixture
def lisa(world, sign_in):
    with translation.override("en"):
        yield Visitor(sign_in(world, "lisa"))


def search(lisa, number):
    return lisa.post("special_care:register_claim", follow=True, number=number)


def choices(page):
    return list(page.ticks("support"))


@pytest.mark.requirement("SC-1", "SC-6", "QU-18", "CO-30")
def test_search_answers_with_certificate_and_choices_and_is_logged(world, lisa):
    page = search(lisa, "450312-9803")

    assert "Greta Provander" in page.text
    assert choices(page) == [
        "N dental care (Certificate valid: until further notice)",
        "S dental care (FHB is required)",
    ]
    assert "9803" not in page.response.request["PATH_INFO"]
    searched, shown = Event.objects.filter(is_read=True).order_by("id")
    for read in (searched, shown):
        assert read.action == "special_care.register_claim"
        assert [subject.person_id for subject in read.subjects.all()] == [world.greta.pk]


@pytest.mark.requirement("SC-1", "SC-2")
def test_revoked_certificate_and_none_are_said_in_words(world, lisa):
    revoked = {"revoked_on": TODAY, "revoked_reason": "Fel grund."}
    Certificate.objects.filter(pk=world.greta_certificate.pk).update(**revoked)

    assert "Revoked from 2024-11-20" in search(lisa, "19450312-9803").text
    without = search(lisa, "196006099805")

    assert choices(without) == ["S dental care (FHB is required)"]
    assert "the care is assumed to be S dental care" in without.text


@pytest.mark.requirement("SC-6", "CO-8")
def test_nobody_and_a_wrong_number_are_told_apart(lisa):
    nobody = search(lisa, "20130712-2398")
    assert "Nobody with the number 20130712-2398 is in the register." in nobody.text

    wrong = search(lisa, "19450312-9804")
    assert wrong.status == 422
    assert "number" in wrong.faults


@pytest.mark.requirement("SC-6")
def test_choice_begins_a_claim_that_can_be_gone_on_with(world, lisa):
    search(lisa, "19450312-9803")

    page = lisa.post("special_care:begin_claim", world.greta.code, follow=True, support="n")

    number = Claim.objects.get().number
    assert page.heading == "Register dental care claim"
    assert "Certificate number 764153" in page.text
    assert lisa.get("special_care:register_claim").rows()[0][:3] == [
        number,
        "19450312-9803",
        "Greta Provander",
    ]
    refused = lisa.post("special_care:begin_claim", world.greta.code, support="f")
    assert "The patient has no certificate for that." in refused.text


@pytest.mark.requirement("CO-8", "QU-18")
def test_person_who_was_not_searched_for_is_not_shown(world, lisa):
    assert lisa.get("special_care:begin_claim", world.greta.code).status == 404


@pytest.mark.requirement("QU-19")
def test_protected_identity_asks_for_a_reason_first(world, lisa):
    type(world.greta).objects.filter(pk=world.greta.pk).update(is_protected=True)

    answer = lisa.client.post(reverse("special_care:register_claim"), {"number": "194503129803"})
    asked = lisa.client.get(answer.headers["Location"])

    assert "/protected/" in asked.headers["Location"] or "open" in asked.headers["Location"]
