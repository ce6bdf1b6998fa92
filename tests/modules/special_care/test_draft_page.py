"""A claim is filled in on one page: lines with and without a page load, sum, what is left to do."""

import datetime as dt

import pytest
from django.utils import translation

from kvitt.modules.special_care.models import Claim, ClaimLine
from tests.modules.conftest import Visitor
from tests.modules.page import Page

URLS = {
    "draft": "",
    "save_draft": "save/",
    "add_claim_line": "lines/add/",
    "split_claim": "split/",
    "send_claim": "send/",
    "discard_claim": "discard/",
}
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


@pytest.mark.requirement("SC-8", "SC-9", "QU-21")
def test_what_is_typed_stays_when_the_line_is_refused(lisa, number):
    page = add(lisa, number, "protes", price="abc", reference="Räkning 7")

    assert page.status == 422
    assert "is not an amount" in page.faults["line-price"]
    assert page.fields["reference"].value == "Räkning 7"

    page = add(lisa, number, "protes")

    assert "Codes that match: 825 " in page.faults["line-code"]


@pytest.mark.requirement("SC-9")
def test_jaw_is_asked_for_at_its_field(lisa, number):
    page = add(lisa, number, "825")

    assert page.faults["line-location"] == "Code 825 needs a jaw. Give ÖK or UK."
    assert page.fields["line-code"].value == "825"
    assert page.fields["line-code"].attributes["data-jaw"] == "must"


@pytest.mark.requirement("SC-8")
def test_enter_above_the_procedures_keeps_what_is_typed(world, lisa, number):
    page = lisa.post("special_care:add_claim_line", number, follow=True, enter="1", **head(), **line(""))

    assert page.fields["invoice_reference"].value == "1234"
    other = world.begin_claim(world.holger, support="f")
    assert lisa.get("special_care:draft", other).fields["invoice_reference"].value == "1234"


@pytest.mark.requirement("SC-9")
def test_line_is_removed(world, lisa, number):
    line_id = world.add_line(number, "101")

    page = lisa.post("special_care:remove_claim_line", number, line_id, follow=True, **head(), **line(""))

    assert not ClaimLine.objects.exists()
    assert page.fields["care_model"].value == "K"
    again = lisa.post("special_care:remove_claim_line", number, line_id, **head(), **line(""))
    assert again.status == 404


# With a script ------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-9")
def test_script_gets_the_page_with_the_next_procedure_in_focus(lisa, number):
    data = {**head(), **line("101", day="2024-11-18")}
    page = Page(lisa.client.post(f"/special-care/drafts/{number}/lines/add/", data, **HTMX))

    assert page.status == 200
    assert page.fields["line-performed_on"].value == "2024-11-18"
    assert page.fields["line-code"].value == ""
    assert "autofocus" in page.fields["line-code"].attributes


@pytest.mark.requirement("SC-3", "SC-11")
def test_what_is_left_to_do_follows_what_is_typed_and_nothing_is_saved(world, lisa, number):
    world.add_line(number, "101")
    world.add_line(number, "patAvg", price=20_000)
    card = {
        "has_card": "on",
        "card_number": "F1",
        "card_first_on": "2024-01-01",
        "card_last_on": "2024-12-31",
    }

    page = lisa.post("special_care:draft", number, **head(**card), **line(""))

    assert page.status == 200
    assert "patAvg 2024-11-20 Correct as the list says." in page.text
    assert "The exemption card is valid on 2024-11-20" in page.rows()[1][1]
    assert Claim.objects.get(number=number).card_number == ""


@pytest.mark.requirement("SC-9")
def test_patient_fee_stands_first_in_the_list_and_asks_for_its_price(lisa):
    answer = lisa.client.get("/special-care/register/codes/?q=&line-performed_on=2024-11-20").content.decode()

    assert answer.index('data-value="patAvg"') < answer.index('data-value="101"')
    assert 'data-value="patAvg" data-tooth="no" data-jaw="no" data-surface="no" data-price="must"' in answer
    assert 'data-value="890" data-tooth="no" data-jaw="no" data-surface="no" data-price="must"' in answer


# Sending in, splitting, taking away ---------------------------------------------------------------


@pytest.mark.requirement("SC-11")
def test_faults_stand_first_and_at_their_fields_and_rows(world, lisa, number):
    world.add_line(number, "101")
    card = {
        "has_card": "on",
        "card_number": "F1",
        "card_first_on": "2024-01-01",
        "card_last_on": "2024-12-31",
    }
    world.add_line(number, "patAvg", price=20_000)

    page = lisa.post(
        "special_care:send_claim", number, invoice_reference="", care_model="", **card, **line("")
    )

    assert page.status == 422
    assert "3 entries must be corrected" in page.summary
    assert "care model is missing" in page.faults["care_model"]
    assert "OCR or invoice number is missing" in page.faults["invoice_reference"]
    assert "Remove the fee" in page.rows()[1][1]
    assert "line-code" not in page.faults


@pytest.mark.requirement("SC-11")
def test_procedure_that_is_typed_and_not_added_is_not_forgotten(world, lisa, number):
    world.add_line(number, "101")

    page = lisa.post("special_care:send_claim", number, **head(), **line("825", "UK"))

    assert page.status == 422
    assert page.faults["line-code"] == "This procedure is not added yet. Add it, or empty the fields."


@pytest.mark.requirement("SC-3", "QU-21")
def test_card_without_its_tick_is_asked_about(lisa, number):
    page = lisa.post("special_care:save_draft", number, card_number="F1", **head(), **line(""))

    assert page.faults["has_card"] == "Tick that the patient has a card, or empty its fields."


@pytest.mark.requirement("SC-3", "SC-11")
def test_tick_of_a_card_without_its_number_and_dates_stops_the_claim(world, lisa, number):
    world.add_line(number, "101")
    missing = "number of the exemption card is missing"

    live = lisa.post("special_care:draft", number, has_card="on", **head(), **line(""))
    saved = lisa.post("special_care:save_draft", number, follow=True, has_card="on", **head(), **line(""))
    sent = lisa.post("special_care:send_claim", number, has_card="on", **head(), **line(""))

    assert missing in live.text
    assert missing in saved.text
    assert sent.status == 422
    assert missing in sent.faults["card_number"]
    assert "dates of the exemption card are missing" in sent.faults["card_first_on"]


@pytest.mark.requirement("SC-6")
def test_draft_is_removed_after_a_question(lisa, number):
    asked = lisa.get("special_care:discard_claim", number)
    done = lisa.post("special_care:discard_claim", number, follow=True)

    assert "This cannot be undone." in asked.text
    assert done.notices == [f"The draft {number} is removed."]
    assert not Claim.objects.exists()


@pytest.mark.requirement("SC-11")
def test_claim_that_is_sent_in_has_no_draft_any_more(world, lisa):
    sent = world.send_claim()

    for name in ("draft", "save_draft", "add_claim_line", "split_claim", "send_claim", "discard_claim"):
        answer = lisa.client.get(f"/special-care/drafts/{sent}/" + URLS[name])
        assert answer.headers["Location"] == f"/special-care/claims/{sent}/"


@pytest.mark.requirement("SC-6", "CO-3")
def test_draft_is_its_clinics_own(world, sign_in, number):
    for name, status in (("mats", 404), ("nora", 404), ("gustav", 404), ("petra", 403)):
        assert sign_in(world, name).get(f"/special-care/drafts/{number}/").status_code == status


@pytest.mark.requirement("QU-9")
def test_page_of_a_draft_takes_few_statements(world, lisa, number, django_assert_max_num_queries):
    for day in range(1, 9):
        world.add_line(number, "101", performed_on=dt.date(2024, 11, day))

    with django_assert_max_num_queries(34):
        lisa.get("special_care:draft", number)


@pytest.mark.requirement("SC-5", "SC-7", "SC-10")
def test_preauthorization_is_chosen_and_mixed_care_is_split(world, lisa):
    world.plan_for(world.greta, ("825", "UK", 2, 3_000_000), first_on=dt.date(2024, 1, 1))
    mixed = world.begin_claim(support="s")
    world.add_line(mixed, "825", "UK")
    world.add_line(mixed, "101")
    page = lisa.get("special_care:draft", mixed)
    assert list(page.ticks("plan_number").values()) == [False, True]
    assert "F2024-000901" in list(page.ticks("plan_number"))[1]
    assert "care_model" not in page.fields
    assert "Split the claim" in page.buttons

    typed = {"invoice_reference": "77", "category": "S2", "plan_number": "F2024-000901"}
    done = lisa.post("special_care:split_claim", mixed, follow=True, **typed, **line(""))

    [notice] = done.notices
    assert notice.startswith("The claim is split.")
    assert [row[1].split()[0] for row in done.rows()] == ["825"]
    assert [row[1].split()[0] for row in lisa.follow(done.links["Open it"]).rows()] == ["101"]
