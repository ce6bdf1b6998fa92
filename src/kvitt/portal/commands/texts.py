"""The administrator's news, questions and answers, and contacts."""

from datetime import date

from django.db import transaction
from django.forms.models import model_to_dict

from kvitt.audit import commands as audit
from kvitt.foundation.values import dates
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.portal.models import FaqEntry, NewsItem, SupportContact
from kvitt.portal.queries import texts
from kvitt.portal.rules import texts as rules
from kvitt.registers.access.rules import Actor, Permission

# News -------------------------------------------------------------------------------------------------


def create_news_item(
    actor: Actor, *, today: date, title: str, text: str, first_on: date, last_on: date | None
) -> NewsItem:
    """Put a piece of news on the start page from a day on, until another or until it is ended."""
    actor.require(Permission.ADMINISTER)
    _check_news(today=today, title=title, text=text, first_on=first_on, last_on=last_on)
    with transaction.atomic():
        item = NewsItem.objects.create(
            authority_id=actor.authority_id, title=title, text=text, first_on=first_on, last_on=last_on
        )
        audit.record("portal.create_news_item", actor, subject=("news_item", item.id), after=_facts(item))
    return item


def change_news_item(
    actor: Actor, *, today: date, item_id: int, title: str, text: str, first_on: date, last_on: date | None
) -> NewsItem:
    """Change a piece of news, or the days it is shown."""
    actor.require(Permission.ADMINISTER)
    _check_news(today=today, title=title, text=text, first_on=first_on, last_on=last_on)
    with transaction.atomic():
        item = texts.news_item(actor, item_id, today=today)
        before = _facts(item)
        item.title, item.text, item.first_on, item.last_on = title, text, first_on, last_on
        item.save()
        audit.record(
            "portal.change_news_item",
            actor,
            subject=("news_item", item.id),
            before=before,
            after=_facts(item),
        )
    return item


def end_news_item(actor: Actor, *, today: date, item_id: int) -> NewsItem:
    """Take a piece of news off the start page at once; its last day becomes yesterday."""
    actor.require(Permission.ADMINISTER)
    with transaction.atomic():
        item = texts.news_item(actor, item_id, today=today)
        before = _facts(item)
        item.last_on = dates.day_before(today)
        item.save()
        audit.record(
            "portal.end_news_item", actor, subject=("news_item", item.id), before=before, after=_facts(item)
        )
    return item


def _check_news(*, today: date, title: str, text: str, first_on: date, last_on: date | None) -> None:
    refuse_if_any(
        [
            *rules.check_text(title, field="title", today=today),
            *rules.check_text(text, field="text", today=today),
            *rules.check_news_period(first_on, last_on),
        ]
    )


# Questions and answers --------------------------------------------------------------------------------


def create_faq_entry(actor: Actor, *, today: date, question: str, answer: str, position: int) -> FaqEntry:
    """Put a question with its answer on the start page."""
    actor.require(Permission.ADMINISTER)
    _check_faq(today=today, question=question, answer=answer)
    with transaction.atomic():
        entry = FaqEntry.objects.create(
            authority_id=actor.authority_id, question=question, answer=answer, position=position
        )
        audit.record("portal.create_faq_entry", actor, subject=("faq_entry", entry.id), after=_facts(entry))
    return entry


def change_faq_entry(
    actor: Actor, *, today: date, entry_id: int, question: str, answer: str, position: int
) -> FaqEntry:
    """Change a question, its answer or its place."""
    actor.require(Permission.ADMINISTER)
    _check_faq(today=today, question=question, answer=answer)
    with transaction.atomic():
        entry = texts.faq_entry(actor, entry_id)
        before = _facts(entry)
        entry.question, entry.answer, entry.position = question, answer, position
        entry.save()
        audit.record(
            "portal.change_faq_entry",
            actor,
            subject=("faq_entry", entry.id),
            before=before,
            after=_facts(entry),
        )
    return entry


def remove_faq_entry(actor: Actor, *, entry_id: int) -> None:
    """Take a question with its answer away; the log keeps what it said."""
    actor.require(Permission.ADMINISTER)
    with transaction.atomic():
        entry = texts.faq_entry(actor, entry_id)
        audit.record("portal.remove_faq_entry", actor, subject=("faq_entry", entry.id), before=_facts(entry))
        entry.delete()


def _check_faq(*, today: date, question: str, answer: str) -> None:
    refuse_if_any(
        [
            *rules.check_text(question, field="question", today=today),
            *rules.check_text(answer, field="answer", today=today),
        ]
    )


# Contacts ---------------------------------------------------------------------------------------------


def create_support_contact(
    actor: Actor, *, subject: str, phone: str, hours: str, email: str, position: int
) -> SupportContact:
    """Put whom to ask about a subject on the support page."""
    actor.require(Permission.ADMINISTER)
    refuse_if_any(rules.check_contact(phone=phone, email=email))
    with transaction.atomic():
        contact = SupportContact.objects.create(
            authority_id=actor.authority_id,
            subject=subject,
            phone=phone,
            hours=hours,
            email=email,
            position=position,
        )
        audit.record(
            "portal.create_support_contact",
            actor,
            subject=("support_contact", contact.id),
            after=_facts(contact),
        )
    return contact


def change_support_contact(
    actor: Actor, *, contact_id: int, subject: str, phone: str, hours: str, email: str, position: int
) -> SupportContact:
    """Change whom to ask about a subject, or how."""
    actor.require(Permission.ADMINISTER)
    refuse_if_any(rules.check_contact(phone=phone, email=email))
    with transaction.atomic():
        contact = texts.contact(actor, contact_id)
        before = _facts(contact)
        contact.subject, contact.phone, contact.hours = subject, phone, hours
        contact.email, contact.position = email, position
        contact.save()
        audit.record(
            "portal.change_support_contact",
            actor,
            subject=("support_contact", contact.id),
            before=before,
            after=_facts(contact),
        )
    return contact


def remove_support_contact(actor: Actor, *, contact_id: int) -> None:
    """Take a contact away from the support page; the log keeps what it said."""
    actor.require(Permission.ADMINISTER)
    with transaction.atomic():
        contact = texts.contact(actor, contact_id)
        audit.record(
            "portal.remove_support_contact",
            actor,
            subject=("support_contact", contact.id),
            before=_facts(contact),
        )
        contact.delete()


def _facts(row: NewsItem | FaqEntry | SupportContact) -> dict[str, object]:
    """Return what the log copies: every field that says something, dates as text."""
    told = model_to_dict(row, exclude=["id", "authority"])
    return {name: str(value) if isinstance(value, date) else value for name, value in told.items()}
