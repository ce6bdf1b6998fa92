"""Questions to the authority: asked at a unit, answered by an administrator, read by the one who asked."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.foundation.values.text import search_key
from kvitt.portal.models import Question
from kvitt.portal.queries import texts
from kvitt.portal.rules.texts import check_text
from kvitt.registers.access.rules import Actor, Permission


def ask_question(actor: Actor, *, today: date, subject: str, text: str) -> Question:
    """Send a question to the authority's list; whoever is signed in may ask.

    Source: spec CO-26a.
    """
    refuse_if_any(
        [*check_text(subject, field="subject", today=today), *check_text(text, field="text", today=today)]
    )
    with transaction.atomic():
        question = Question.objects.create(
            authority_id=actor.authority_id,
            clinic_id=actor.clinic_id,
            asked_by_id=actor.user_id or 0,
            asked_by=actor.name,
            unit=actor.unit_text,
            asked_at=clock.now(),
            subject=subject,
            search_key=search_key(f"{subject} {actor.name} {actor.unit_text}"),
            text=text,
        )
        audit.record(
            "portal.ask_question",
            actor,
            subject=("question", question.id),
            after={"subject": subject, "text": text},
        )
    return question


def answer_question(actor: Actor, *, today: date, question_id: int, answer: str) -> Question:
    """Answer a question, or correct the answer; the one who asked then has a new answer to read."""
    actor.require(Permission.ADMINISTER)
    refuse_if_any(check_text(answer, field="answer", today=today))
    with transaction.atomic():
        question = texts.question(actor, question_id)
        before = {"answer": question.answer} if question.answer else None
        question.answer, question.answered_by = answer, actor.name
        question.answered_at, question.read_at = clock.now(), None
        question.save()
        audit.record(
            "portal.answer_question",
            actor,
            subject=("question", question.id),
            before=before,
            after={"answer": answer},
        )
    return question


def mark_answer_read(actor: Actor, *, question_id: int) -> Question:
    """Take an answer off the count of new answers; only the one who asked does that."""
    with transaction.atomic():
        question = texts.question(actor, question_id)
        if question.asked_by_id != actor.user_id or question.answered_at is None:
            message = _("Only the one who asked can mark an answer as read, and only once there is one.")
            raise Refused([Problem("not_yours_to_mark", message)])
        question.read_at = clock.now()
        question.save()
        audit.record("portal.mark_answer_read", actor, subject=("question", question.id))
    return question
