"""News, questions with answers, and contacts: written by the administrator, read by everybody."""

import contextlib
import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.portal.models import FaqEntry, NewsItem, SupportContact
from tests.portal.conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-28")]

NEWS = {"title": "Ny period", "text": "Öppet 9–23 april.", "first_on": "2025-03-20", "last_on": ""}
FAQ = {"question": "Varför 0 kr?", "answer": "Självrisken är inte nådd.", "position": "1"}
CONTACT = {"subject": "Fakturor", "phone": "010-103 00 00", "hours": "", "email": "", "position": "1"}


@pytest.fixture
def item(region):
    return NewsItem.objects.create(
        authority=region, title="Ny period", text="Text", first_on=dt.date(2025, 3, 1)
    )


@pytest.fixture
def entry(region):
    return FaqEntry.objects.create(
        authority=region, question="Varför 0 kr?", answer="Självrisken.", position=1
    )


@pytest.fixture
def contact(region):
    return SupportContact.objects.create(
        authority=region, subject="Fakturor", phone="010-103 00 00", position=1
    )


def event(action):
    return Event.objects.get(action=action)


# News -------------------------------------------------------------------------------------------------


def test_published_news_is_on_everybody_start_page(administrator, anna, sign_in):
    answer = sign_in(administrator).post("/news/new/", NEWS, follow=True)

    assert answer.status_code == 200
    assert "Öppet 9–23 april." in sign_in(anna).get("/").content.decode()
    assert event("portal.create_news_item").data["after"]["first_on"] == "2025-03-20"


def test_change_of_news_is_logged_before_and_after(administrator, item, sign_in):
    sign_in(administrator).post(f"/news/{item.pk}/change/", {**NEWS, "title": "Ändrad period"})

    item.refresh_from_db()
    data = event("portal.change_news_item").data
    assert (item.title, item.first_on) == ("Ändrad period", TODAY)
    assert (data["before"]["title"], data["after"]["title"]) == ("Ny period", "Ändrad period")


def test_ended_news_is_gone_at_once_and_stays_with_the_administrator(administrator, anna, item, sign_in):
    client = sign_in(administrator)

    assert client.get(f"/news/{item.pk}/end/").status_code == 200
    client.post(f"/news/{item.pk}/end/")

    item.refresh_from_db()
    assert item.last_on == dt.date(2025, 3, 19)
    assert sign_in(anna).get("/").context["page"].news == []
    assert sign_in(anna).get(f"/news/{item.pk}/").status_code == 404
    assert client.get(f"/news/{item.pk}/").status_code == 200
    assert event("portal.end_news_item").data["before"]["last_on"] is None


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"last_on": "2025-03-19"}, "last_on"),
        ({"text": "Gäller 20130205-2384"}, "text"),
        ({"title": "20130205-2384"}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"first_on": "2025-02-30"}, "first_on"),
    ],
)
def test_faulty_news_is_refused_at_the_field_and_kept(changed, field, administrator, sign_in):
    answer = sign_in(administrator).post("/news/new/", {**NEWS, **changed})

    form = answer.context["page"].form
    assert answer.status_code == 422
    assert list(form.errors) == [field]
    assert form["text"].value() == {**NEWS, **changed}["text"]
    assert not NewsItem.objects.exists()


def test_coming_news_is_seen_by_the_administrator_alone(administrator, anna, region, sign_in):
    coming = NewsItem.objects.create(
        authority=region, title="I april", text="Text", first_on=dt.date(2025, 4, 1)
    )

    assert sign_in(anna).get(f"/news/{coming.pk}/").status_code == 404
    assert sign_in(anna).get("/news/").context["page"].items == []
    assert "I april" in sign_in(administrator).get("/news/all/").content.decode()


def test_text_of_news_is_shown_as_text(anna, region, sign_in):
    NewsItem.objects.create(authority=region, title="<b>x</b>", text="<script>1</script>", first_on=TODAY)

    text = sign_in(anna).get("/news/").content.decode()

    assert "&lt;script&gt;1&lt;/script&gt;" in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text


# Questions and answers --------------------------------------------------------------------------------


def test_published_question_is_on_everybody_start_page(administrator, anna, sign_in):
    sign_in(administrator).post("/faq/new/", FAQ)

    assert "Självrisken är inte nådd." in sign_in(anna).get("/faq/").content.decode()
    assert event("portal.create_faq_entry").subject_kind == "faq_entry"


def test_questions_stand_in_the_order_the_administrator_gives(administrator, entry, sign_in):
    client = sign_in(administrator)
    client.post("/faq/new/", {**FAQ, "question": "Först?", "position": "0"})

    client.post(f"/faq/{entry.pk}/change/", {**FAQ, "question": "Sist?", "position": "9"})

    assert [one.question for one in client.get("/faq/").context["page"].entries] == ["Först?", "Sist?"]
    assert event("portal.change_faq_entry").data["before"]["question"] == "Varför 0 kr?"


def test_removed_question_is_asked_about_first_and_stays_in_the_log(administrator, entry, sign_in):
    client = sign_in(administrator)

    question = client.get(f"/faq/{entry.pk}/remove/")
    assert FaqEntry.objects.exists()
    client.post(f"/faq/{entry.pk}/remove/")

    assert question.context["page"].is_danger
    assert not FaqEntry.objects.exists()
    assert event("portal.remove_faq_entry").data["before"]["answer"] == "Självrisken."


def test_question_with_a_personal_number_is_refused(administrator, sign_in):
    answer = sign_in(administrator).post("/faq/new/", {**FAQ, "answer": "Se 130205-2384."})

    assert answer.status_code == 422
    assert list(answer.context["page"].form.errors) == ["answer"]


# Contacts ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-26a")
def test_contact_is_added_changed_and_removed(administrator, anna, sign_in):
    client = sign_in(administrator)

    client.post("/support/contacts/new/", CONTACT)
    contact = SupportContact.objects.get()
    client.post(f"/support/contacts/{contact.pk}/change/", {**CONTACT, "email": "faktura@example.com"})
    shown = sign_in(anna).get("/support/").content.decode()
    client.post(f"/support/contacts/{contact.pk}/remove/")

    assert "010-103 00 00" in shown
    assert "mailto:faktura@example.com" in shown
    assert not SupportContact.objects.exists()
    assert event("portal.create_support_contact").data["after"]["phone"] == "010-103 00 00"
    assert event("portal.change_support_contact").data["before"]["email"] == ""
    assert event("portal.remove_support_contact").data["before"]["email"] == "faktura@example.com"


@pytest.mark.requirement("CO-26a")
def test_contact_that_cannot_be_reached_is_refused(administrator, sign_in):
    answer = sign_in(administrator).post("/support/contacts/new/", {**CONTACT, "phone": ""})

    assert answer.status_code == 422
    assert list(answer.context["page"].form.errors) == ["phone"]


# Who may ----------------------------------------------------------------------------------------------

PAGES = [
    "manage_news",
    "create_news_item",
    "change_news_item",
    "end_news_item",
    "manage_faq",
    "create_faq_entry",
    "change_faq_entry",
    "remove_faq_entry",
    "manage_contacts",
    "create_support_contact",
    "change_support_contact",
    "remove_support_contact",
    "search_questions",
]


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("who", ["anna", "reviewer", "clinic_administrator"])
@pytest.mark.parametrize("name", PAGES)
def test_only_the_administrator_writes(name, who, request, item, entry, contact, sign_in):
    keys = {"news_item": item.pk, "faq_entry": entry.pk, "support_contact": contact.pk}
    key = [pk for kind, pk in keys.items() if name.endswith(kind) and not name.startswith("create")]
    client = sign_in(request.getfixturevalue(who))

    assert client.get(reverse(f"portal:{name}", args=key)).status_code == 403
    assert client.post(reverse(f"portal:{name}", args=key), {**NEWS, **FAQ, **CONTACT}).status_code in {
        403,
        405,
    }
    assert not Event.objects.filter(action__startswith="portal.").exclude(is_read=True).exists()


@pytest.mark.requirement("CO-1")
@pytest.mark.parametrize("name", ["change_news_item", "end_news_item", "news_item", "change_faq_entry"])
def test_texts_of_another_authority_are_not_found(name, administrator, neighbour, sign_in):
    theirs = (
        FaqEntry.objects.create(authority=neighbour, question="?", answer="!")
        if "faq" in name
        else NewsItem.objects.create(authority=neighbour, title="Deras", text="Text", first_on=TODAY)
    )

    assert sign_in(administrator).get(reverse(f"portal:{name}", args=[theirs.pk])).status_code == 404


@pytest.mark.requirement("CO-25", "CO-26")
@pytest.mark.parametrize("url", ["/news/all/", "/faq/all/", "/support/contacts/", "/support/questions/"])
def test_administrator_lists_sort_and_export(url, administrator, item, entry, contact, sign_in):
    client = sign_in(administrator)
    page = client.get(url).context["page"]

    for heading in page.headings:
        if heading.sort_url:
            assert client.get(url + heading.sort_url).status_code == 200
    with contextlib.closing(client.get(url + page.excel_url)) as answer:
        assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
        assert b"".join(answer.streaming_content).startswith(b"PK")
