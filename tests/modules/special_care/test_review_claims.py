"""Held claims are released, asked about, voided; released ones are held by hand until they are proposed."""

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries as ledger
from kvitt.ledger.models import Line
from kvitt.modules.special_care.commands import review
from kvitt.modules.special_care.lifecycle import ClaimStatus, HoldReason
from kvitt.modules.special_care.models import Claim
from kvitt.modules.special_care.queries.review import hold_reasons
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.mailing.models import MailAddress, MailChoice, OutgoingMail
from kvitt.registers.organisations.models import ClinicRight
from kvitt.registers.price_lists.models import ParameterValue
from tests.modules.special_care import reviewing

pytestmark = [pytest.mark.requirement("SC-22"), pytest.mark.django_db]


@pytest.fixture
def held(special_world):
    return reviewing.send(special_world)


@pytest.fixture
def told(special_world):
    """Let the clinic in Ryd have e-mail of everything that concerns claims."""
    MailAddress.objects.create(clinic=special_world.ryd, address="ryd@example.se")
    for event in ("claim_question", "claim_voided", "invoice_returned"):
        MailChoice.objects.create(clinic=special_world.ryd, event=event, chosen_on=special_world.today)


def now(claim):
    return Claim.objects.get(pk=claim.pk)


def amounts(claim):
    lines = Line.objects.filter(case_number=claim.number).order_by("pk")
    return [(line.status, line.amount) for line in lines]


def refusal(command, *args, **facts):
    with pytest.raises(Refused) as refused:
        command(*args, **facts)
    return [problem.code for problem in refused.value.problems]


# What holds -------------------------------------------------------------------------------------------


def test_reasons_are_found_by_the_authoritys_own_limits(special_world, django_assert_num_queries):
    claim = reviewing.send(special_world, lines=[("101", "Basundersökning", 980_00)])
    reviewing.send(special_world)
    ParameterValue.objects.create(
        authority=special_world.region,
        name="special_care.review_claims_of_patient",
        first_on=special_world.today,
        value=1,
        source="beslut",
        entered_by="Ivar",
    )
    ClinicRight.objects.filter(clinic=special_world.ryd, scheme="special_care").update(
        first_on=special_world.today
    )

    with django_assert_num_queries(7):
        reasons = hold_reasons(claim, today=special_world.today)

    assert reasons == [HoldReason.NEW_CLINIC, HoldReason.MANY_CLAIMS]


# Releasing --------------------------------------------------------------------------------------------


def test_released_claim_is_in_the_ledger(special_world, held):
    plan = reviewing.release(special_world, held)

    assert plan.released == (held.number,)
    assert (now(held).status, now(held).released_on) == (ClaimStatus.RELEASED, special_world.today)
    assert amounts(held) == [("approved", 980_00), ("approved", 12_705_00), ("approved", -200_00)]
    assert Event.objects.filter(action="special_care.release_claims", subject_key=held.number).count() == 1


def test_claim_that_somebody_has_released_already_is_told(special_world, held):
    other = reviewing.send(special_world, is_held=False)

    plan = reviewing.release(special_world, held, other)

    assert (plan.released, plan.refused) == ((held.number,), (other.number,))


@pytest.mark.parametrize("name", ["frida", "hanna", "lisa"])
def test_only_the_reviewer_releases(special_world, held, name):
    with pytest.raises(NotAllowed):
        reviewing.release(special_world, held, by=name)


# Holding ----------------------------------------------------------------------------------------------


def test_claim_held_by_hand_leaves_the_ledger_and_comes_back_anew(special_world):
    claim = reviewing.send(special_world, is_held=False)

    review.hold_claim(special_world.actor("gustav"), number=claim.number)

    assert (now(claim).status, now(claim).hold_reasons) == (ClaimStatus.HELD, ["by_hand"])
    assert {status for status, _amount in amounts(claim)} == {"withdrawn"}
    reviewing.release(special_world, claim)
    assert [status for status, _amount in amounts(claim)] == ["withdrawn"] * 3 + ["approved"] * 3
    assert set(claim.lines.values_list("line__status", flat=True)) == {"approved"}
    assert not list(ledger.breaches())


def test_claim_held_anew_has_no_old_question(special_world, held):
    gustav = special_world.actor("gustav")
    review.ask_clinic(gustav, number=held.number, question="Varför?")
    review.answer_question(special_world.actor("lisa"), number=held.number, answer="Därför.")
    reviewing.release(special_world, held)

    review.hold_claim(gustav, number=held.number)

    assert (now(held).question, now(held).answer) == ("", "")


def test_claim_in_a_proposal_is_not_held(special_world):
    claim = reviewing.send(special_world, is_held=False)
    reviewing.propose(special_world, claim)

    assert refusal(review.hold_claim, special_world.actor("gustav"), number=claim.number) == ["in_proposal"]


# Asking -----------------------------------------------------------------------------------------------


def test_question_is_answered_once_and_asked_again(special_world, held, told):
    gustav, lisa = special_world.actor("gustav"), special_world.actor("lisa")

    review.ask_clinic(gustav, number=held.number, question=" Vilken käke? ")
    review.answer_question(lisa, number=held.number, answer="Överkäken.")

    assert (now(held).question, now(held).answer) == ("Vilken käke?", "Överkäken.")
    assert now(held).status == ClaimStatus.HELD
    again = refusal(review.answer_question, lisa, number=held.number, answer="Underkäken.")
    assert again == ["no_question_waits"]
    review.ask_clinic(gustav, number=held.number, question="Säkert?")
    assert now(held).answer == ""
    [mail, _second] = OutgoingMail.objects.all()
    assert "Vilken" not in mail.body
    assert "Greta" not in mail.body


def test_nobody_asks_without_words_or_about_what_is_not_held(special_world, held):
    gustav, released = special_world.actor("gustav"), reviewing.send(special_world, is_held=False)

    assert refusal(review.ask_clinic, gustav, number=held.number, question=" ") == ["no_question"]
    assert refusal(review.ask_clinic, gustav, number=released.number, question="Varför?") == ["not_held"]


def test_another_clinic_neither_sees_nor_answers(special_world, held):
    review.ask_clinic(special_world.actor("gustav"), number=held.number, question="Varför?")

    for name in ("mats", "nora"):
        with pytest.raises(Http404):
            review.answer_question(special_world.actor(name), number=held.number, answer="Därför.")
    with pytest.raises(NotAllowed):
        review.answer_question(special_world.actor("gustav"), number=held.number, answer="Därför.")


# Voiding ----------------------------------------------------------------------------------------------


def test_voided_claim_says_why_and_the_clinic_is_told(special_world, held, told):
    review.void_claim(special_world.actor("gustav"), number=held.number, reason="Fel patient.")

    assert (now(held).status, now(held).void_reason) == (ClaimStatus.VOIDED, "Fel patient.")
    assert amounts(held) == []
    [mail] = OutgoingMail.objects.all()
    assert mail.event == "claim_voided"
    assert "Fel patient" not in mail.body


def test_only_a_held_claim_is_voided_and_with_a_reason(special_world, held):
    gustav, released = special_world.actor("gustav"), reviewing.send(special_world, is_held=False)

    assert refusal(review.void_claim, gustav, number=held.number, reason=" ") == ["no_reason"]
    assert refusal(review.void_claim, gustav, number=released.number, reason="Nej.") == ["step_not_allowed"]
