"""A claim is filled in on one page: lines with and without a page load, sum, what is left to do, sending in."""

import pytest
from django.utils import translation

from kvitt.modules.special_care.models import Claim
from tests.modules.conftest import Visitor

HTMX = {"HTTP_HX_REQUEST": "true"}
TODAY = "2024-11-20"


@pytest.fixture
def world(special_world):
    return special_world


@pytest.fixture
def lisa(world, sign_in):
    with translation.override("en"):
        yield Visitor(sign_in(world, "lisa"))


@pytest.fixture
def number(world):
    return world.begin_claim()


def head(**typed):
    return {"care_model": "K", "invoice_reference": "1234", **typed}


def line(code, location="", price="", *, day=TODAY, comment=""):
    return {
        "line-performed_on": day,
        "line-code": code,
        "line-location": location,
        "line-price": price,
        "line-comment": comment,
    }


def add(lisa, number, code, location="", price="", follow=True, **typed):
    data = {**head(), **line(code, location, price), **typed}
    return lisa.post("special_care:add_claim_line", number, follow=follow, **data)


# Without a script ---------------------------------------------------------------------------------


@pytest.mark.requirement("SC-7", "SC-8", "SC-9", "SC-11", "QU-21")
def test_seed_claim_comes_to_28_680_kronor_and_is_sent_in(world, lisa, number):
    add(lisa, number, "101")
    add(lisa, number, "825", "uk")
    add(lisa, number, "825S", "ÖK")
    page = add(lisa, number, "patAvg", price="200")

    assert [row[:1] + row[2:4] for row in page.rows()] == [
        [TODAY, "", "980 kr"],
        [TODAY, "UK", "12 705 kr"],
        [TODAY, "ÖK", "15 195 kr"],
        [TODAY, "", "−200 kr"],
    ]
    assert "patAvg Patientavgift" in page.rows()[3][1]
    assert "Sum 28 680 kr" in page.text
    assert "Nothing stops the claim." in page.text

    sent = lisa.post("special_care:send_claim", number, follow=True, **head(), **line(""))

    claim = Claim.objects.get(number=number)
    assert claim.total == 2_868_000
    assert sent.heading == "The claim is sent in"
    assert f"Our reference {claim.invoice.our_reference}" in sent.text
    assert "The claim is under review." in sent.text
    assert sent.links["Register the next claim"] == "/special-care/register/"


def test_case(world, lisa):
    number = world.send_claim()
    page = lisa.get("special_care:case", number)
    assert page.status == 200
