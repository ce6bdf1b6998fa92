"""The page of a claim that was sent in: everything of it, for its clinic and the region."""

import pytest
from django.apps import apps
from django.utils import translation

from kvitt.modules.special_care.commands import review
from tests.modules.conftest import Visitor
from tests.special_world import SEED_LINES


@pytest.fixture
def world(special_world):
    return special_world


@pytest.fixture
def visit(world, sign_in):
    with translation.override("en"):
        yield lambda name: Visitor(sign_in(world, name))


@pytest.fixture
def held(world):
    """The seed's claim, which is held for its amount."""
    return world.send_claim(lines=SEED_LINES, invoice_reference="4711", reference="980890")


@pytest.mark.requirement("PH-11", "SC-11")
def test_draft_has_no_page_that_the_ledger_leads_to(world):
    sent, begun = world.send_claim(), world.begin_claim()

    open_cases = apps.get_app_config("special_care").open_cases
    assert open_cases(world.region.pk, [sent, begun]) == {sent}


@pytest.mark.requirement("SC-11", "SC-18", "SC-19")
def test_clinic_sees_everything_of_its_claim(held, visit):
    page = visit("lisa").get("special_care:case", held)

    terms = page.terms()
    assert terms["Claim reference"] == "980890"
    assert terms["Certificate number"].startswith("764153")
    assert terms["Care model"] == "Conventional care at the clinic"
    assert terms["Patient category"] == "N1, Särskilt boende"
    assert terms["OCR/Invoice number"] == "4711"
    assert "Held because of" not in terms
    assert "Sum: 28 680 kr" in page.text
    assert "The claim is under review" in page.text
    assert "Delete" in page.links
    assert "Release the claim" not in page.links


@pytest.mark.requirement("SC-22")
def test_reviewer_sees_why_it_is_held_and_can_act(held, visit):
    page = visit("gustav").get("special_care:case", held)

    assert page.terms()["Held because of"] == "High amount"
    assert {"Release the claim", "Ask the clinic", "Void the claim"} <= page.links.keys()
    assert "Delete" not in page.links
    assert (
        not {"Release the claim", "Void the claim"}
        & visit("frida").get("special_care:case", held).links.keys()
    )


@pytest.mark.requirement("SC-22")
def test_question_of_the_region_stands_there_until_it_is_answered(world, held, visit):
    review.ask_clinic(world.actor("gustav"), number=held, question="Varför båda käkarna?")

    page = visit("lisa").get("special_care:case", held)
    assert page.terms()["Question"] == "Varför båda käkarna?"
    assert "Answer" in page.links
    review.answer_question(world.actor("lisa"), number=held, answer="Samma visit.")

    after = visit("lisa").get("special_care:case", held)
    assert after.terms()["Answer"] == "Samma visit."
    assert "Answer" not in after.links


@pytest.mark.requirement("SC-22")
def test_reason_of_a_voided_claim_is_told(world, held, visit):
    review.void_claim(world.actor("gustav"), number=held, reason="Fel patient.")

    page = visit("lisa").get("special_care:case", held)

    assert page.notices == ["The claim is voided by the region: Fel patient."]
    assert "Delete" not in page.links


@pytest.mark.requirement("CO-3", "SC-18")
def test_others_may_not_know_of_it(held, visit):
    for name, status in (("hanna", 200), ("frida", 200), ("mats", 404), ("nora", 404), ("anna", 403)):
        assert visit(name).get("special_care:case", held).status == status
    assert visit("gustav").get("special_care:claim_sent", held).status == 403


@pytest.mark.requirement("SC-6")
def test_claim_that_is_not_sent_in_is_gone_on_with(world, visit):
    number = world.begin_claim()

    answer = visit("lisa").client.get(f"/special-care/claims/{number}/")

    assert answer.headers["Location"] == f"/special-care/drafts/{number}/"


@pytest.mark.requirement("QU-19")
def test_protected_name_is_hidden_until_a_reason_is_given(world, held, visit):
    type(world.greta).objects.filter(pk=world.greta.pk).update(is_protected=True)

    page = visit("lisa").get("special_care:case", held)

    assert "Greta" not in page.text
    assert page.notices[0].startswith("Protected identity.")


@pytest.mark.requirement("QU-9")
def test_page_takes_few_statements(held, visit, django_assert_max_num_queries):
    lisa = visit("lisa")
    with django_assert_max_num_queries(20):
        lisa.get("special_care:case", held)
