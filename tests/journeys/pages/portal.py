"""The portal: start, news, questions and support."""

from tests.journeys.pages.cast import (
    ABROAD,
    ADMINISTRATORS,
    ALL_ADMINISTRATORS,
    CARE,
    EVERYBODY,
    NOBODY,
    OUR_ADMINISTRATOR,
    READERS,
    REPORTERS,
)
from tests.journeys.pages.page import Page, pages_about

_news, _ended = pages_about(item_id="news"), pages_about(item_id="ended news")
_faq, _contact = pages_about(entry_id="faq entry"), pages_about(contact_id="contact")
_question = pages_about(question_id="question")
PAGES = [
    Page("portal:start", queries=22),
    Page("portal:work", ok=REPORTERS),
    Page("portal:healthz", signed_out=True),
    Page("portal:accessibility", signed_out=True),
    Page("portal:shortcuts"),
    Page("portal:search_patient", ok=NOBODY, posts_only=True, may_post=READERS | CARE),
    Page("portal:found_patients", ok=READERS | CARE),
    Page("portal:news"),
    Page("portal:manage_news", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("portal:create_news_item", ok=ALL_ADMINISTRATORS),
    _news("portal:news_item", ok=EVERYBODY - ABROAD, hidden=ABROAD),
    _news("portal:change_news_item", **OUR_ADMINISTRATOR),
    _news("portal:end_news_item", **OUR_ADMINISTRATOR),
    Page("portal:faq"),
    Page("portal:manage_faq", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("portal:create_faq_entry", ok=ALL_ADMINISTRATORS),
    _faq("portal:change_faq_entry", **OUR_ADMINISTRATOR),
    _faq("portal:remove_faq_entry", **OUR_ADMINISTRATOR),
    Page("portal:support"),
    Page("portal:ask_question", ok=NOBODY, posts_only=True, may_post=EVERYBODY),
    Page("portal:search_questions", ok=ALL_ADMINISTRATORS, is_list=True),
    _question("portal:question", ok={"anna", "ivar"}, hidden=EVERYBODY - {"anna", "ivar"}),
    _question("portal:answer_question", ok=NOBODY, posts_only=True, may_post=ADMINISTRATORS),
    _question("portal:mark_answer_read", ok=NOBODY, posts_only=True, may_post={"anna", "ivar"}),
    Page("portal:manage_contacts", ok=ALL_ADMINISTRATORS, is_list=True),
    Page("portal:create_support_contact", ok=ALL_ADMINISTRATORS),
    _contact("portal:change_support_contact", **OUR_ADMINISTRATOR),
    _contact("portal:remove_support_contact", **OUR_ADMINISTRATOR),
]
