"""The addresses of the start page, the patient search, news and support."""

from django.urls import path

from kvitt.portal.views import patients, start, support, texts

app_name = "portal"

urlpatterns = [
    path("", start.start, name="start"),
    path("to-do/", start.work, name="work"),
    path("healthz", start.healthz, name="healthz"),
    path("accessibility/", start.accessibility, name="accessibility"),
    path("shortcuts/", start.shortcuts, name="shortcuts"),
    path("patients/search/", patients.search_patient, name="search_patient"),
    path("patients/found/", patients.found_patients, name="found_patients"),
    path("news/", texts.news, name="news"),
    path("news/all/", texts.manage_news, name="manage_news"),
    path("news/new/", texts.create_news_item, name="create_news_item"),
    path("news/<int:item_id>/", texts.news_item, name="news_item"),
    path("news/<int:item_id>/change/", texts.change_news_item, name="change_news_item"),
    path("news/<int:item_id>/end/", texts.end_news_item, name="end_news_item"),
    path("faq/", texts.faq, name="faq"),
    path("faq/all/", texts.manage_faq, name="manage_faq"),
    path("faq/new/", texts.create_faq_entry, name="create_faq_entry"),
    path("faq/<int:entry_id>/change/", texts.change_faq_entry, name="change_faq_entry"),
    path("faq/<int:entry_id>/remove/", texts.remove_faq_entry, name="remove_faq_entry"),
    path("support/", support.support, name="support"),
    path("support/ask/", support.ask_question, name="ask_question"),
    path("support/questions/", support.search_questions, name="search_questions"),
    path("support/questions/<int:question_id>/", support.question, name="question"),
    path("support/questions/<int:question_id>/answer/", support.answer_question, name="answer_question"),
    path("support/questions/<int:question_id>/read/", support.mark_answer_read, name="mark_answer_read"),
    path("support/contacts/", support.manage_contacts, name="manage_contacts"),
    path("support/contacts/new/", support.create_support_contact, name="create_support_contact"),
    path(
        "support/contacts/<int:contact_id>/change/",
        support.change_support_contact,
        name="change_support_contact",
    ),
    path(
        "support/contacts/<int:contact_id>/remove/",
        support.remove_support_contact,
        name="remove_support_contact",
    ),
]
