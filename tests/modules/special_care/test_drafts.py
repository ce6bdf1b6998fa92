"""A claim is begun, filled in, split and thrown away before it is sent in."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.commands import drafts
from kvitt.modules.special_care.commands.drafts import NewClaimLine
from kvitt.modules.special_care.models import Claim, ClaimLine

SINCE = dt.date(2024, 1, 1)


@pytest.fixture
def world(own_special_world):
    return own_special_world


@pytest.fixture
def lisa(world):
    return world.actor("lisa")


@pytest.fixture
def number(world):
    """A claim of Greta's for N dental care, just begun."""
    return world.begin_claim()


def codes_of(act):
    with pytest.raises(Refused) as refused:
        act()
    return [problem.code for problem in refused.value.problems]


def draft(number):
    return Claim.objects.get(number=number)


def lines(number):
    return [(one.code, one.location, one.price) for one in draft(number).lines.order_by("pk")]


# Beginning -----------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-6", "SC-7")
def test_claim_begins_with_the_certificate_of_today(world, number):
    found = draft(number)

    assert (found.certificate, found.category, found.status) == (world.greta_certificate, "N1", "draft")
    assert Event.objects.get(action="special_care.begin_claim").subject_key == number


@pytest.mark.requirement("SC-2", "SC-6")
def test_support_without_any_certificate_is_refused_but_one_that_ended_will_do(world):
    ended = world.certify(world.ingrid, "1", "f", "F2", last_on=dt.date(2024, 10, 31))

    assert draft(world.begin_claim(world.ingrid, support="f")).certificate == ended
    assert codes_of(lambda: world.begin_claim(world.ingrid, support="n")) == ["no_such_support"]
    assert codes_of(lambda: world.begin_claim(world.ingrid, support="x")) == ["unknown_support"]


@pytest.mark.requirement("SC-5", "SC-6")
def test_only_preauthorization_of_s_dental_care_is_chosen_by_itself(world):
    plan = world.plan_for(world.greta, ("101", "", 1, 98_000))

    found = draft(world.begin_claim(world.greta, support="s"))
    assert (found.plan, found.category, found.certificate) == (plan, "S2", None)
    assert draft(world.begin_claim(world.greta, support="n")).plan is None

    world.plan_for(world.greta, ("101", "", 1, 98_000), number="F2024-000902")
    assert draft(world.begin_claim(world.greta, support="s")).plan is None


@pytest.mark.requirement("SC-8")
def test_ocr_number_stays_for_the_users_next_claim(world):
    world.send_claim(invoice_reference="98765")

    assert draft(world.begin_claim()).invoice_reference == "98765"
    assert draft(world.begin_claim(by="mats")).invoice_reference == ""


# Lines ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-9")
def test_line_gets_text_and_price_of_the_list_and_a_fee_is_subtracted(world, number):
    world.add_line(number, "825 Komplexerad partiell protes", " uk ")
    world.add_line(number, "patavg Patientavgift", price=20_000)
    world.add_line(number, "890", price=123_400)

    assert lines(number) == [("825", "UK", 1_270_500), ("patAvg", "", -20_000), ("890", "", 123_400)]
    assert ClaimLine.objects.get(code="825").text.startswith("Komplexerad partiell protes")
    assert ClaimLine.objects.get(code="patAvg").text == "Patientavgift"


@pytest.mark.requirement("SC-9", "SC-11")
def test_line_with_faults_is_not_added(world, number):
    def add():
        world.add_line(number, "825", "13", price=100, performed_on=dt.date(2024, 4, 20))

    assert codes_of(add) == ["too_old", "price_typed", "needs_jaw"]
    assert lines(number) == []


@pytest.mark.requirement("SC-9")
def test_what_was_typed_beside_is_saved_with_the_line(world, lisa, number):
    head = world.head_of(number, invoice_reference=" 4321 ", comment="Ring först", care_model="M1")
    line = NewClaimLine(world.today, "101", comment="Se bilaga")

    drafts.add_line(lisa, today=world.today, number=number, head=head, line=line)

    found = draft(number)
    assert (found.invoice_reference, found.comment, found.care_model) == ("4321", "Ring först", "M1")
    assert found.lines.get().comment == "Se bilaga"


@pytest.mark.requirement("SC-9")
def test_line_is_removed_from_its_own_claim_only(world, lisa, number):
    line_id = world.add_line(number, "101")
    other = world.begin_claim()

    with pytest.raises(Http404):
        drafts.remove_line(lisa, number=other, line_id=line_id)
    drafts.remove_line(lisa, number=number, line_id=line_id)

    assert lines(number) == []


@pytest.mark.requirement("SC-7", "SC-8", "SC-25")
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"reference": "9" * 41}, "reference_long"),
        ({"invoice_reference": "9" * 41}, "invoice_reference_long"),
        ({"care_model": "X"}, "care_model_unknown"),
        ({"plan_number": "F2024-1"}, "unknown_plan"),
        ({"county": "99"}, "unknown_county"),
        ({"card_number": "9" * 31}, "card_number_long"),
    ],
)
def test_what_is_not_possible_is_not_saved_but_what_is_missing_may_be(world, lisa, number, typed, code):
    save = {"number": number, "head": world.head_of(number, **typed)}
    assert codes_of(lambda: drafts.save_claim(lisa, **save)) == [code]

    empty = world.head_of(number, care_model="", invoice_reference="", card_first_on=SINCE)
    drafts.save_claim(lisa, number=number, head=empty)
    assert draft(number).card_first_on == SINCE


# Splitting and throwing away -----------------------------------------------------------------------


@pytest.mark.requirement("SC-10")
def test_other_care_goes_to_a_claim_of_its_own_under_the_patients_certificate(world, lisa):
    world.plan_for(world.greta, ("825", "UK", 1, 1_270_500))
    number = world.begin_claim(world.greta, support="s")
    for code, location, price in (("825", "UK", None), ("101", "", None), ("patAvg", "", 20_000)):
        world.add_line(number, code, location, price=price)
    assert codes_of(lambda: world.send_draft(number)) == ["mixed_care"]

    other = drafts.split_claim(lisa, today=world.today, number=number)

    assert lines(number) == [("825", "UK", 1_270_500), ("patAvg", "", -20_000)]
    assert lines(other) == [("101", "", 98_000)]
    assert (draft(other).support, draft(other).category) == ("n", "N1")
    assert (draft(other).certificate, draft(other).plan) == (world.greta_certificate, None)
    world.send_draft(number)
    world.send_draft(other)


@pytest.mark.requirement("SC-10")
def test_claim_with_nothing_to_split_stays_whole(world, lisa, number):
    world.add_line(number, "101")

    assert codes_of(lambda: drafts.split_claim(lisa, today=world.today, number=number)) == [
        "nothing_to_split"
    ]


@pytest.mark.requirement("SC-6")
def test_claim_that_is_thrown_away_leads_nowhere_and_its_number_is_spent(world, lisa, number):
    world.add_line(number, "101")

    drafts.discard_claim(lisa, number=number)

    assert not Claim.objects.exists()
    assert world.begin_claim() == "T2024-000002"


@pytest.mark.requirement("SC-8", "CO-24")
def test_claim_that_is_sent_in_is_changed_no_more(world, lisa):
    number = world.send_claim()
    head, line_id = world.head_of(number), draft(number).lines.first().pk

    for act in (
        lambda: drafts.save_claim(lisa, number=number, head=head),
        lambda: world.add_line(number, "103"),
        lambda: drafts.remove_line(lisa, number=number, line_id=line_id),
        lambda: drafts.split_claim(lisa, today=world.today, number=number),
        lambda: drafts.discard_claim(lisa, number=number),
    ):
        assert codes_of(act) == ["not_a_draft"]


@pytest.mark.requirement("CO-5", "SC-6")
def test_draft_is_seen_by_its_clinic_alone(world, number):
    for by in ("mats", "nora", "gustav"):
        with pytest.raises(Http404):
            drafts.discard_claim(world.actor(by), number=number)
