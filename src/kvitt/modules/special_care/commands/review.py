"""Quality review: hold and release claims, ask the clinic, void."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import commands as ledger
from kvitt.modules.special_care.commands import steps
from kvitt.modules.special_care.lifecycle import ClaimStatus, HoldReason, ensure_step
from kvitt.modules.special_care.models import Claim, ClaimInvoice, ClaimLine
from kvitt.modules.special_care.queries import claims as queries
from kvitt.modules.special_care.queries import review
from kvitt.modules.special_care.rules import review as rules
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.mailing import commands as mailing
from kvitt.registers.mailing.lifecycle import MailEvent


def hold_claim(actor: Actor, *, number: str) -> None:
    """Hold a released claim by hand: its lines leave the ledger, and come back anew when it is released.

    Raises Http404, NotAllowed, Refused once a payment proposal holds it. Source: spec SC-19a, SC-22.
    """
    with transaction.atomic():
        claim = _locked_claim(actor, number)
        refuse_if_any(rules.check_hold(review.review_facts(claim)))
        ensure_step(claim.status, ClaimStatus.HELD, command="hold_claim")
        lines = ClaimLine.objects.filter(claim=claim)
        ledger.withdraw(*lines.filter(line__isnull=False).values_list("line_id", flat=True))
        lines.update(line=None)
        before = {"status": claim.status}
        claim.released_on = None
        claim.hold_reasons = [HoldReason.BY_HAND.value]
        _step(actor, claim, ClaimStatus.HELD, "released_on", "hold_reasons")
        audit.record(
            "special_care.hold_claim",
            actor,
            subject=(queries.SUBJECT, claim.number),
            person_ids=[claim.person_id],
            before=before,
            after={"status": claim.status},
        )


def release_claims(actor: Actor, *, today: date, claim_ids: Collection[int]) -> rules.ReleasePlan:
    """Release held claims (*Frisläpp*): their lines enter the ledger; what is no longer held is told.

    Raises NotAllowed, Refused when none is chosen, and Http404 for what the actor may not see.
    Source: spec SC-19a, SC-22.
    """
    actor.require(Permission.REVIEW_CLAIMS)
    refuse_if_any(rules.check_chosen(claim_ids))
    with transaction.atomic():
        claims = _locked_claims(actor, claim_ids)
        plan = rules.plan_release(review.facts_of_claims(claims), by_id=actor.user_id)
        released = [claim for claim in claims if claim.number in plan.released]
        lines: dict[int, list[ClaimLine]] = {claim.pk: [] for claim in released}
        for line in ClaimLine.objects.filter(claim__in=released):
            lines[line.claim_id].append(line)
        for claim in released:
            ensure_step(claim.status, ClaimStatus.RELEASED, command="release_claims")
            steps.release(claim, lines[claim.pk], today=today)
            steps.touch(claim, actor)
        Claim.objects.bulk_update(released, ["changed_at", "changed_by"])
        audit.record_many(
            "special_care.release_claims",
            actor,
            [
                audit.Entry(
                    subject=(queries.SUBJECT, claim.number),
                    person_ids=(claim.person_id,),
                    before={"status": ClaimStatus.HELD.value},
                    after={"status": claim.status, "amount": claim.total},
                )
                for claim in released
            ],
        )
    return plan


def ask_clinic(actor: Actor, *, number: str, question: str) -> None:
    """Ask the clinic about a held claim (*Fråga mottagningen*); it stays held, and the clinic gets an e-mail.

    Raises Http404, NotAllowed, Refused. Source: spec SC-22.
    """
    with transaction.atomic():
        claim = _locked_claim(actor, number)
        refuse_if_any(rules.check_question(review.review_facts(claim), question))
        claim.question, claim.answer = question.strip(), ""
        _save(actor, claim, "question", "answer")
        mailing.tell_clinic(claim.clinic_id, MailEvent.CLAIM_QUESTION)
        audit.record(
            "special_care.ask_clinic",
            actor,
            subject=(queries.SUBJECT, claim.number),
            person_ids=[claim.person_id],
            after={"question": claim.question},
        )


def answer_question(actor: Actor, *, number: str, answer: str) -> None:
    """Answer the region's question about a claim of one's own clinic.

    Raises Http404, NotAllowed, Refused. Source: spec SC-22.
    """
    with transaction.atomic():
        claim = queries.claim_to_report(actor, number, lock=True)
        refuse_if_any(rules.check_answer(review.review_facts(claim), answer))
        claim.answer = answer.strip()
        _save(actor, claim, "answer")
        audit.record(
            "special_care.answer_question",
            actor,
            subject=(queries.SUBJECT, claim.number),
            person_ids=[claim.person_id],
            after={"answer": claim.answer},
        )


def void_claim(actor: Actor, *, number: str, reason: str) -> None:
    """Void a held claim (*Makulera*) with a reason that the clinic reads; its reference stays used.

    What it took of a preauthorization is given back. Raises Http404, NotAllowed, Refused.
    Source: spec SC-5, SC-22.
    """
    with transaction.atomic():
        claim = _locked_claim(actor, number)
        refuse_if_any(rules.check_void(reason))
        before = {"status": claim.status}
        ensure_step(claim.status, ClaimStatus.VOIDED, command="void_claim")
        steps.give_back_to_plan(list(claim.lines.all()))
        claim.void_reason = reason.strip()
        _step(actor, claim, ClaimStatus.VOIDED, "void_reason")
        mailing.tell_clinic(claim.clinic_id, MailEvent.CLAIM_VOIDED)
        audit.record(
            "special_care.void_claim",
            actor,
            subject=(queries.SUBJECT, claim.number),
            person_ids=[claim.person_id],
            before=before,
            after={"status": claim.status, "reason": claim.void_reason, "amount": claim.total},
        )


# What they share ----------------------------------------------------------------------------------


def _locked_claim(actor: Actor, number: str) -> Claim:
    """Lock a claim that the actor reviews, after the invoice that it gathers in."""
    found = queries.claim(actor, number)
    actor.require(Permission.REVIEW_CLAIMS)
    _lock_invoices([found])
    return queries.claim(actor, number, lock=True)


def _locked_claims(actor: Actor, claim_ids: Collection[int]) -> list[Claim]:
    _lock_invoices(review.chosen_claims(actor, claim_ids))
    return review.chosen_claims(actor, claim_ids, lock=True)


def _lock_invoices(claims: Sequence[Claim]) -> None:
    """Let no payment proposal take the invoices of these claims until the transaction ends."""
    wanted = {claim.invoice_id for claim in claims if claim.invoice_id is not None}
    locked = ClaimInvoice.objects.select_for_update(no_key=True).filter(pk__in=wanted)
    list(locked.order_by("pk").values_list("pk"))


def _step(actor: Actor, claim: Claim, to: ClaimStatus, *changed: str) -> None:
    claim.status = to
    _save(actor, claim, "status", *changed)


def _save(actor: Actor, claim: Claim, *changed: str) -> None:
    steps.touch(claim, actor)
    claim.save(update_fields=[*changed, "changed_at", "changed_by"])
