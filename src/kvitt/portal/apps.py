"""Django's name for this app, and the words of its events for the audit log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _


class PortalConfig(AppConfig):
    """Start page, menu, notices, patient search; the only one who knows all modules."""

    name = "kvitt.portal"
    label = "portal"
    events: ClassVar[dict[str, str]] = {
        "start": _("Opened the start page"),
        "work": _("Opened the list of what is to do"),
        "search_patient": _("Searched for a patient"),
        "found_patients": _("Opened the result of a patient search"),
        "search_client": _("Searched for a client"),
        "found_clients": _("Opened the result of a client search"),
        "create_news_item": _("Published news"),
        "change_news_item": _("Changed news"),
        "end_news_item": _("Ended news"),
        "create_faq_entry": _("Published a question with its answer"),
        "change_faq_entry": _("Changed a question with its answer"),
        "remove_faq_entry": _("Removed a question with its answer"),
        "create_support_contact": _("Added a support contact"),
        "change_support_contact": _("Changed a support contact"),
        "remove_support_contact": _("Removed a support contact"),
        "ask_question": _("Asked a question"),
        "answer_question": _("Answered a question"),
        "mark_answer_read": _("Marked an answer as read"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "news_item": _("News item"),
        "faq_entry": _("Question with answer"),
        "support_contact": _("Support contact"),
        "question": _("Question"),
        "title": _("Heading"),
        "text": _("Text"),
        "first_on": _("First day"),
        "last_on": _("Last day"),
        "answer": _("Answer"),
        "position": _("Place in the list"),
        "subject": _("Subject"),
        "phone": _("Telephone"),
        "hours": _("Telephone hours"),
        "email": _("E-mail"),
    }
