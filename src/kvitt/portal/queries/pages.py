"""The pages about news, questions and support, as their templates show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.tables import Action, Crumb
from kvitt.portal.models import FaqEntry, NewsItem, Question, SupportContact
from kvitt.portal.queries import texts
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations import queries as organisations


@dataclass(frozen=True)
class NewsPage:
    """Everything the page of all news shows."""

    title: str
    items: Sequence[NewsItem]


@dataclass(frozen=True)
class NewsItemPage:
    """Everything the page of one piece of news shows; actions are the administrator's."""

    title: str
    lead: str
    text: str
    crumbs: Sequence[Crumb]
    actions: Sequence[Action]


@dataclass(frozen=True)
class FaqPage:
    """Everything the page of questions and answers shows."""

    title: str
    lead: str
    entries: Sequence[FaqEntry]


@dataclass(frozen=True)
class Guide:
    """How something is done, in a few lines."""

    title: str
    text: str


@dataclass(frozen=True)
class SupportPage:
    """Everything the support page shows beside its form."""

    title: str
    lead: str
    contact: str
    contacts: Sequence[SupportContact]
    guides: Sequence[Guide]
    questions: Sequence[Question]
    actions: Sequence[Action]


@dataclass(frozen=True)
class QuestionPage:
    """Everything the page of one question shows."""

    title: str
    lead: str
    question: Question
    crumbs: Sequence[Crumb]
    may_answer: bool
    may_mark_read: bool


def news_page(actor: Actor, *, today: date) -> NewsPage:
    """Return all news that holds on the day."""
    return NewsPage(gettext("News"), list(texts.news_of(actor, today=today)))


def news_item_page(actor: Actor, item_id: int, *, today: date) -> NewsItemPage:
    """Return one piece of news, with its period and buttons for administrators."""
    item = texts.news_item(actor, item_id, today=today)
    may_change = actor.may(Permission.ADMINISTER)
    is_ended = item.last_on is not None and item.last_on < today
    actions = [
        Action(gettext("Change news"), reverse("portal:change_news_item", args=[item_id]), icon="pencil")
    ]
    if not is_ended:
        url = reverse("portal:end_news_item", args=[item_id])
        actions.append(Action(gettext("End news"), url, is_dialog=True, icon="x"))
    back = reverse("portal:manage_news" if may_change else "portal:news")
    return NewsItemPage(
        title=item.title,
        lead=_period(item, is_ended=is_ended) if may_change else item.first_on.isoformat(),
        text=item.text,
        crumbs=[Crumb(gettext("News"), back), Crumb(item.title)],
        actions=actions if may_change else [],
    )


def _period(item: NewsItem, *, is_ended: bool) -> str:
    values = {"first": item.first_on, "last": item.last_on}
    if is_ended:
        return gettext("Shown until %(last)s, not any more") % values
    if item.last_on is None:
        return gettext("Shown from %(first)s until it is ended") % values
    return gettext("Shown from %(first)s until %(last)s") % values


def faq_page(actor: Actor) -> FaqPage:
    """Return the authority's questions and answers."""
    return FaqPage(
        gettext("Questions and answers"), gettext("What many have asked."), list(texts.faq_of(actor))
    )


def support_page(actor: Actor) -> SupportPage:
    """Return whom to ask, and the actor's own questions. Source: spec CO-26a."""
    actions = []
    if actor.may(Permission.ADMINISTER):
        url = reverse("portal:search_questions")
        actions.append(Action(gettext("Questions to support"), url, icon="message-circle-question-mark"))
    return SupportPage(
        title=gettext("Support"),
        lead=gettext("Ask whoever knows, or send a question."),
        contact=organisations.authority(actor.authority_id).contact,
        contacts=list(texts.contacts_of(actor)),
        guides=_guides(actor),
        questions=list(texts.questions_by(actor)[:50]),
        actions=actions,
    )


def _guides(actor: Actor) -> list[Guide]:
    """Return how to go about what the actor works with. Source: spec SC-25."""
    guides = []
    if actor.may(Permission.SEE_CLAIMS):
        claims = gettext(
            "A claim is for one patient, and begins with the personal number. What is sent in can be deleted "
            "until it is paid, and credited after that."
        )
        others = gettext(
            "A patient registered in another region: give the home region on the claim. Such claims gather "
            "on an invoice of their own."
        )
        guides = [
            Guide(gettext("Special care dentistry"), claims),
            Guide(gettext("Out-of-county care"), others),
        ]
    if actor.may(Permission.MANAGE_UNIT):
        unit = gettext(
            "Under Clinic administration you change contact details and users. Another account is asked for "
            "there, and approved by the region."
        )
        guides.append(Guide(gettext("Account and users"), unit))
    return guides


def question_page(actor: Actor, question_id: int) -> QuestionPage:
    """Return one question with its answer, and what the actor may do with it."""
    question = texts.question(actor, question_id)
    may_answer = actor.may(Permission.ADMINISTER)
    back = (
        Crumb(gettext("Questions to support"), reverse("portal:search_questions"))
        if may_answer
        else Crumb(gettext("Support"), reverse("portal:support"))
    )
    is_own = question.asked_by_id == actor.user_id
    return QuestionPage(
        title=question.subject,
        lead=f"{question.asked_by}, {question.unit}",
        question=question,
        crumbs=[back, Crumb(question.subject)],
        may_answer=may_answer,
        may_mark_read=is_own and question.answered_at is not None and question.read_at is None,
    )
