"""Quality review: which claims are held, and what may be done with those that are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.special_care.lifecycle import ClaimStatus, HoldReason, QuestionState

# What the random share is counted in: chance is a number from 0 up to, but not including, this.
CHANCES = 1_000


@dataclass(frozen=True)
class HoldFacts:
    """What is known of a claim that is sent in.

    `total` is in öre, `connected_days` how long its clinic has been connected, None where it never was;
    `claims_of_patient` counts the patient's claims of 30 days, this one with them.
    """

    total: Ore
    connected_days: int | None
    claims_of_patient: int


@dataclass(frozen=True)
class HoldLimits:
    """The authority's limits on the day; 0 turns a rule off. The share is of a thousand claims."""

    amount: Ore
    new_clinic_days: int
    share: int
    claims_of_patient: int


def calculate_hold(facts: HoldFacts, limits: HoldLimits, *, chance: int) -> list[HoldReason]:
    """A claim is held for every rule that it meets, and released at once when it meets none.

    It is above the amount, of a clinic in its first days, drawn by chance, or one more than a patient may
    have in 30 days. A limit of 0 holds nothing. Source: decision 0017; spec SC-22.
    """
    is_new = facts.connected_days is None or facts.connected_days < limits.new_clinic_days
    meets = {
        HoldReason.HIGH_AMOUNT: limits.amount > 0 and facts.total > limits.amount,
        HoldReason.NEW_CLINIC: limits.new_clinic_days > 0 and is_new,
        HoldReason.RANDOM: chance < limits.share,
        HoldReason.MANY_CLAIMS: limits.claims_of_patient > 0
        and facts.claims_of_patient > limits.claims_of_patient,
    }
    return [reason for reason, is_met in meets.items() if is_met]


# What is done with held claims ------------------------------------------------------------------------


@dataclass(frozen=True)
class ReviewFacts:
    """What the steps of a review go by; `is_proposed` tells that an invoice of the ledger holds its lines."""

    number: str
    status: ClaimStatus
    is_proposed: bool = False
    question: str = ""
    answer: str = ""
    sent_by_id: int | None = None

    @property
    def question_state(self) -> QuestionState:
        """Whether the clinic is asked, and has answered."""
        if not self.question:
            return QuestionState.NOT_ASKED
        return QuestionState.ANSWERED if self.answer else QuestionState.ASKED


@dataclass(frozen=True)
class ReleasePlan:
    """Which of many claims are released, which are no longer held, and which are the actor's own."""

    released: tuple[str, ...]
    refused: tuple[str, ...]
    own: tuple[str, ...] = ()


def calculate_days_waiting(sent_on: date | None, *, today: date) -> int:
    """A claim has waited since the day it was sent in.

    Source: spec SC-22.
    """
    return 0 if sent_on is None else max((today - sent_on).days, 0)


def check_chosen(ids: Collection[int]) -> list[Problem]:
    """Something is done with at least one claim.

    Source: spec SC-22.
    """
    return [] if ids else [Problem("none_chosen", _("No claim is chosen. Tick at least one."))]


def plan_release(claims: Sequence[ReviewFacts], *, by_id: int | None) -> ReleasePlan:
    """Of many claims those are released that are held; somebody was faster with the others.

    Whoever sent a claim in does not release it. An unanswered question hinders nobody: the reviewer may know
    by now. Source: spec SC-22.
    """
    held = [claim for claim in claims if claim.status is ClaimStatus.HELD]
    own = tuple(claim.number for claim in held if by_id is not None and claim.sent_by_id == by_id)
    return ReleasePlan(
        released=tuple(claim.number for claim in held if claim.number not in own),
        refused=tuple(claim.number for claim in claims if claim not in held),
        own=own,
    )


def check_released(plan: ReleasePlan) -> list[Problem]:
    """Who releases one claim is told when it is his own, or somebody else has decided about it.

    Source: spec SC-22.
    """
    if plan.own:
        return [Problem("own_claim", OWN_CLAIM)]
    return [Problem("not_held", NOT_HELD)] if plan.refused else []


def may_hold(claim: ReviewFacts) -> bool:
    """A released claim can be held until a payment proposal holds it.

    Source: spec SC-19a, SC-22.
    """
    return claim.status is ClaimStatus.RELEASED and not claim.is_proposed


def check_hold(claim: ReviewFacts) -> list[Problem]:
    """A claim in a payment proposal is not held any more: its invoice is returned first.

    Source: spec SC-19a, SC-22.
    """
    if not claim.is_proposed:
        return []
    message = _("The claim is in a payment proposal. Return the invoice of the proposal first.")
    return [Problem("in_proposal", message)]


def may_ask(claim: ReviewFacts) -> bool:
    """The clinic is asked about a claim that is held.

    Source: spec SC-22.
    """
    return claim.status is ClaimStatus.HELD


def check_question(claim: ReviewFacts, question: str) -> list[Problem]:
    """A question has words, and is about a claim that is still held.

    Source: spec SC-22.
    """
    if not may_ask(claim):
        return [Problem("not_held", NOT_HELD)]
    return [] if question.strip() else [Problem("no_question", _("Write the question."), "question")]


def may_answer(claim: ReviewFacts) -> bool:
    """A question is answered once, while its claim is held; the region may ask again.

    Source: spec SC-22.
    """
    return claim.status is ClaimStatus.HELD and claim.question_state is QuestionState.ASKED


def check_answer(claim: ReviewFacts, answer: str) -> list[Problem]:
    """An answer has words, and there is a question that waits for it.

    Source: spec SC-22.
    """
    if claim.status is not ClaimStatus.HELD:
        return [Problem("not_held", NOT_HELD)]
    if not may_answer(claim):
        message = _("No question waits for an answer: somebody has answered it already.")
        return [Problem("no_question_waits", message)]
    return [] if answer.strip() else [Problem("no_answer", _("Write the answer."), "answer")]


def check_void(reason: str) -> list[Problem]:
    """Who voids a claim says why: the clinic reads it.

    Source: spec SC-22.
    """
    message = _("Say why the claim is voided: the clinic reads it.")
    return [] if reason.strip() else [Problem("no_reason", message, "reason")]


OWN_CLAIM = _("You sent in the claim yourself. Another reviewer decides.")
NOT_HELD = _("The claim is not under review any more. Look at its status.")
