"""Read news, questions and answers, contacts, and the questions that users have sent in."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from kvitt.foundation.values.text import search_key
from kvitt.portal.lifecycle import QuestionStatus
from kvitt.portal.models import FaqEntry, NewsItem, Question, SupportContact
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Authority

_Row = TypeVar("_Row", bound=Model)

# News -------------------------------------------------------------------------------------------------


def news_of(actor: Actor, *, today: date) -> QuerySet[NewsItem]:
    """Return the news of the actor's authority that is shown on the day, newest first."""
    shown = Q(last_on__isnull=True) | Q(last_on__gte=today)
    return NewsItem.objects.filter(shown, authority_id=actor.authority_id, first_on__lte=today).order_by(
        "-first_on", "-id"
    )


def all_news_of(actor: Actor) -> QuerySet[NewsItem]:
    """Return all news of the authority, also coming and ended; for administrators only."""
    actor.require(Permission.ADMINISTER)
    return NewsItem.objects.filter(authority_id=actor.authority_id)


def news_item(actor: Actor, item_id: int, *, today: date) -> NewsItem:
    """Return one piece of news; what is not shown today only to administrators. Raises Http404."""
    news = all_news_of(actor) if actor.may(Permission.ADMINISTER) else news_of(actor, today=today)
    return _one(news, item_id)


# Questions and answers --------------------------------------------------------------------------------


def faq_of(actor: Actor) -> QuerySet[FaqEntry]:
    """Return the authority's questions and answers, in its order."""
    return FaqEntry.objects.filter(authority_id=actor.authority_id).order_by("position", "id")


def faq_entry(actor: Actor, entry_id: int) -> FaqEntry:
    """Return one question with its answer. Raises Http404 for others' ones."""
    return _one(faq_of(actor), entry_id)


# Contacts ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AuthorityContact:
    """An authority's name, and how it is reached."""

    name: str
    phone: str
    email: str


def contacts_of(actor: Actor) -> QuerySet[SupportContact]:
    """Return whom to ask at the authority, in its order."""
    return SupportContact.objects.filter(authority_id=actor.authority_id).order_by("position", "id")


def contact(actor: Actor, contact_id: int) -> SupportContact:
    """Return one contact. Raises Http404 for others' ones."""
    return _one(contacts_of(actor), contact_id)


def authority_contacts(authority_id: int | None) -> list[AuthorityContact]:
    """Return how the reader's authority is reached; every authority's for a reader who is signed out."""
    authorities = Authority.objects.order_by("name")
    if authority_id is not None:
        authorities = authorities.filter(id=authority_id)
    return [
        AuthorityContact(authority.name, authority.contact_phone, authority.contact_email)
        for authority in authorities
    ]


# Questions to the authority ---------------------------------------------------------------------------


def questions_by(actor: Actor) -> QuerySet[Question]:
    """Return the questions that the actor has sent in, newest first."""
    return Question.objects.filter(authority_id=actor.authority_id, asked_by_id=actor.user_id or 0).order_by(
        "-id"
    )


def unread_answers_of(actor: Actor) -> QuerySet[Question]:
    """Return the actor's answered questions whose answers are not marked as read."""
    return questions_by(actor).filter(answered_at__isnull=False, read_at__isnull=True)


def question(actor: Actor, question_id: int) -> Question:
    """Return a question of the actor's own, or any for administrators. Raises Http404 for others."""
    if actor.may(Permission.ADMINISTER):
        return _one(Question.objects.filter(authority_id=actor.authority_id), question_id)
    return _one(questions_by(actor), question_id)


def search_questions(actor: Actor, *, text: str = "", status: str = "") -> QuerySet[Question]:
    """Return the authority's questions that the filters let through; for administrators only."""
    actor.require(Permission.ADMINISTER)
    questions = Question.objects.filter(authority_id=actor.authority_id)
    if text:
        questions = questions.filter(search_key__contains=search_key(text))
    if status:
        questions = questions.filter(answered_at__isnull=status != QuestionStatus.ANSWERED)
    return questions


def _one(rows: QuerySet[_Row], row_id: int) -> _Row:
    found = rows.filter(id=row_id).first()
    if found is None:
        raise Http404
    return found
