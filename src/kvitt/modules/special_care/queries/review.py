"""What quality review goes by: why a claim is held, the work list, and what may be done with a claim."""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Count, Min, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import Http404
from django.utils.translation import gettext

from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus, HoldReason, QuestionState
from kvitt.modules.special_care.models import Claim, ClaimLine
from kvitt.modules.special_care.queries.claims import MODULE, claims_of
from kvitt.modules.special_care.rules import review as rules
from kvitt.modules.special_care.rules.review import CHANCES, HoldFacts, HoldLimits, calculate_hold
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import ClinicRight
from kvitt.registers.people import queries as people
from kvitt.registers.price_lists import queries as price_lists

COUNTED_DAYS = 30


# Holding ------------------------------------------------------------------------------------------


def hold_reasons(claim: Claim, *, today: date) -> list[HoldReason]:
    """Return why a claim that is sent in today is held; none releases it. Source: spec SC-22."""
    [reasons] = hold_reasons_of(claim.authority_id, [claim], today=today)
    return reasons


def hold_reasons_of(authority_id: int, claims: Sequence[Claim], *, today: date) -> list[list[HoldReason]]:
    """Return why each of the claims that are sent in today, one after the other, is held.

    Their `total` is what their lines sum to. Chance is drawn here, in a constant number of statements.
    Source: spec SC-13, SC-22.
    """
    limits = _hold_limits(authority_id, on=today)
    connected = ClinicRight.objects.filter(clinic_id__in={claim.clinic_id for claim in claims}, scheme=MODULE)
    since = dict(connected.order_by().values_list("clinic_id").annotate(since=Min("first_on")))
    counts = _claims_of_patients(authority_id, claims, today=today)
    reasons = []
    for claim in claims:
        counts[claim.person_id] += 1
        first_on = since.get(claim.clinic_id)
        facts = HoldFacts(
            total=claim.total,
            connected_days=(today - first_on).days if first_on else None,
            claims_of_patient=counts[claim.person_id],
        )
        reasons.append(calculate_hold(facts, limits, chance=secrets.randbelow(CHANCES)))
    return reasons


def _claims_of_patients(authority_id: int, claims: Sequence[Claim], *, today: date) -> Counter[int]:
    """Count by patient the other claims of the last 30 days, today among them, that are still claimed."""
    records = people.records_by_id({claim.person_id for claim in claims})
    others = Claim.objects.filter(
        authority_id=authority_id,
        person_id__among=records,
        status__in=list(LIVE),
        sent_on__gte=today - timedelta(days=COUNTED_DAYS - 1),
        credit_invoice__isnull=True,
    )
    if known := [claim.pk for claim in claims if claim.pk]:
        others = others.exclude(pk__in=known)
    counts: Counter[int] = Counter()
    for person_id, count in others.order_by().values_list("person_id").annotate(count=Count("pk")):
        counts[records[person_id]] += count
    return counts


def _hold_limits(authority_id: int, *, on: date) -> HoldLimits:
    def limit(name: str) -> int:
        return price_lists.parameter(authority_id, f"{MODULE}.{name}", on=on)

    return HoldLimits(
        amount=limit("review_amount"),
        new_clinic_days=limit("review_new_clinic_days"),
        share=limit("review_share"),
        claims_of_patient=limit("review_claims_of_patient"),
    )


# The work list ------------------------------------------------------------------------------------


def claims_to_review(
    actor: Actor, *, reason: str = "", clinic_id: int | None = None, question: str = ""
) -> QuerySet[Claim]:
    """Return the held claims that every given filter lets through. Raises NotAllowed but for reviewers.

    Source: spec SC-22.
    """
    actor.require(Permission.REVIEW_CLAIMS)
    claims = claims_of(actor).filter(status=ClaimStatus.HELD)
    if reason:
        # Both databases know text; a list in JSON they ask in ways of their own.
        claims = claims.annotate(reasons_text=Cast("hold_reasons", TextField()))
        claims = claims.filter(reasons_text__contains=f'"{HoldReason(reason).value}"')
    if clinic_id:
        claims = claims.filter(clinic_id=clinic_id)
    if question:
        claims = claims.filter(_QUESTIONS[QuestionState(question)])
    return claims.select_related("clinic", "person__merged_into")


_QUESTIONS = {
    QuestionState.NOT_ASKED: Q(question=""),
    QuestionState.ASKED: ~Q(question="") & Q(answer=""),
    QuestionState.ANSWERED: ~Q(question="") & ~Q(answer=""),
}


def next_to_review(actor: Actor) -> Claim | None:
    """Return the held claim that has waited longest and does not wait for the clinic's answer."""
    return claims_to_review(actor).exclude(_QUESTIONS[QuestionState.ASKED]).order_by("sent_on", "pk").first()


def held_since(actor: Actor) -> Mapping[date, int]:
    """Return how many claims are held, by the day they were sent in, the oldest first."""
    rows = claims_to_review(actor).order_by("sent_on").values("sent_on").annotate(count=Count("pk"))
    return {day: count for day, count in rows.values_list("sent_on", "count") if day is not None}


def questions_of(actor: Actor) -> QuerySet[Claim]:
    """Return the claims of the actor's own clinic that the region asks about and waits for an answer to.

    Raises NotAllowed but for those who send in claims. Source: spec SC-22.
    """
    actor.require(Permission.REPORT_CLAIMS)
    claims = claims_of(actor).filter(_QUESTIONS[QuestionState.ASKED], status=ClaimStatus.HELD)
    return claims.select_related("clinic", "person__merged_into")


def chosen_claims(actor: Actor, claim_ids: Collection[int], *, lock: bool = False) -> list[Claim]:
    """Return the ticked claims by id, locked where they are to change. Raises Http404 if one is hidden."""
    claims = claims_of(actor).filter(pk__in=claim_ids).order_by("pk")
    found = list(claims.select_for_update(no_key=True) if lock else claims)
    if len(found) != len(set(claim_ids)):
        raise Http404
    return found


# One claim ----------------------------------------------------------------------------------------


def review_facts(claim: Claim) -> rules.ReviewFacts:
    """Return what the rules of the review need of a claim."""
    [facts] = facts_of_claims([claim])
    return facts


def facts_of_claims(claims: Sequence[Claim]) -> list[rules.ReviewFacts]:
    """Return what the rules of the review need of many claims, in their order and in one statement."""
    invoiced = ClaimLine.objects.filter(claim__in=claims, line__isnull=False)
    held = set(invoiced.exclude(line__status=LineStatus.APPROVED).values_list("claim_id", flat=True))
    return [
        rules.ReviewFacts(
            number=claim.number,
            status=ClaimStatus(claim.status),
            is_proposed=claim.pk in held,
            question=claim.question,
            answer=claim.answer,
            sent_by_id=claim.sent_by_id,
        )
        for claim in claims
    ]


def question_state(claim: Claim) -> QuestionState:
    """Return how far a question about a claim has come."""
    facts = rules.ReviewFacts(
        claim.number, ClaimStatus(claim.status), question=claim.question, answer=claim.answer
    )
    return facts.question_state


def reasons_text(claim: Claim) -> str:
    """Return why a claim is held, in words."""
    return ", ".join(gettext(HoldReason(reason).label) for reason in claim.hold_reasons)
