"""The support page: whom to ask, and a question on its way to an answer."""

import pytest

from kvitt.audit.models import Event
from kvitt.foundation import clock
from kvitt.portal.models import Question, SupportContact
from kvitt.registers.access.rules import Role
from tests.portal.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-26a")]

ASKED = {"subject": "Ny behandlare", "text": "Hur lägger vi till henne? Ärende B2024-000014."}


def ask(client, **changed):
    return client.post("/support/ask/", {**ASKED, **changed})


def unread(client):
    return client.get("/").context["page"].notices[-1].count


def test_question_reaches_the_authority_and_the_answer_the_one_who_asked(anna, administrator, sign_in):
    asker, desk = sign_in(anna), sign_in(administrator)

    assert ask(asker).status_code == 303
    question = Question.objects.get()
    assert desk.get("/").context["page"].notices[0].count == 1
    assert (
        desk.get("/support/questions/?status=issued").context["page"].rows[0].url
        == f"/support/questions/{question.pk}/"
    )
    desk.post(f"/support/questions/{question.pk}/answer/", {"answer": "Skriv till oss.\n\nVi ordnar det."})

    assert unread(asker) == 1
    assert "Vi ordnar det." in asker.get(f"/support/questions/{question.pk}/").content.decode()
    asker.post(f"/support/questions/{question.pk}/read/")
    assert unread(asker) == 0
    assert desk.get("/").context["page"].notices[0].count == 0


@pytest.mark.requirement("CO-30")
def test_every_step_of_a_question_is_logged(anna, administrator, sign_in):
    ask(sign_in(anna))
    question = Question.objects.get()
    sign_in(administrator).post(f"/support/questions/{question.pk}/answer/", {"answer": "Ja."})
    sign_in(administrator).post(f"/support/questions/{question.pk}/answer/", {"answer": "Nej."})
    sign_in(anna).post(f"/support/questions/{question.pk}/read/")

    events = Event.objects.filter(subject_kind="question", subject_key=str(question.pk)).order_by("id")
    assert [event.action for event in events] == [
        "portal.ask_question",
        "portal.answer_question",
        "portal.answer_question",
        "portal.mark_answer_read",
    ]
    assert events[2].data == {"before": {"answer": "Ja."}, "after": {"answer": "Nej."}}


def test_corrected_answer_is_new_again(anna, administrator, sign_in):
    ask(sign_in(anna))
    question = Question.objects.get()
    sign_in(administrator).post(f"/support/questions/{question.pk}/answer/", {"answer": "Ja."})
    sign_in(anna).post(f"/support/questions/{question.pk}/read/")

    sign_in(administrator).post(f"/support/questions/{question.pk}/answer/", {"answer": "Nej."})

    assert unread(sign_in(anna)) == 1


def test_question_keeps_who_asked_where_and_when(anna, ryd, sign_in):
    ask(sign_in(anna))

    question = Question.objects.get()
    assert (question.asked_by, question.unit, question.clinic) == (
        "Anna Testander",
        "1111 - Ekens Tandvård Ryd",
        ryd,
    )


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": ""}, "text"),
        ({"subject": ""}, "subject"),
        ({"text": "Gäller 20130205-2384"}, "text"),
        ({"subject": "Om 130205-2384"}, "subject"),
        ({"text": "x" * 10_001}, "text"),
    ],
)
def test_faulty_question_is_refused_at_the_field_and_kept(changed, field, anna, sign_in):
    answer = ask(sign_in(anna), **changed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["subject"].value() == {**ASKED, **changed}["subject"]
    assert not Question.objects.exists()


def test_answer_needs_a_text_and_keeps_personal_numbers_out(anna, administrator, sign_in):
    ask(sign_in(anna))
    question = Question.objects.get()
    desk = sign_in(administrator)

    for answer in ("", "Se 20130205-2384."):
        assert desk.post(f"/support/questions/{question.pk}/answer/", {"answer": answer}).status_code == 422

    question.refresh_from_db()
    assert question.answered_at is None


@pytest.mark.requirement("CO-4")
def test_question_of_a_colleague_is_not_found(anna, basic, sign_in):
    ask(sign_in(anna))
    question = Question.objects.get()
    colleague = sign_in(basic)

    assert colleague.get(f"/support/questions/{question.pk}/").status_code == 404
    assert colleague.post(f"/support/questions/{question.pk}/read/").status_code == 404
    assert colleague.post(f"/support/questions/{question.pk}/answer/", {"answer": "Ja."}).status_code == 403
    assert ASKED["subject"] not in colleague.get("/support/").content.decode()


@pytest.mark.requirement("CO-1")
def test_question_to_another_authority_is_not_found(anna, neighbour, sign_in):
    ask(sign_in(anna))
    question = Question.objects.get()
    stranger = sign_in(make_user("stranger", (Role.ADMINISTRATOR, neighbour)))

    assert stranger.get(f"/support/questions/{question.pk}/").status_code == 404
    assert stranger.post(f"/support/questions/{question.pk}/answer/", {"answer": "Ja."}).status_code == 404
    assert stranger.get("/support/questions/").context["page"].rows == []


def test_only_the_one_who_asked_marks_the_answer_as_read(anna, administrator, sign_in):
    ask(sign_in(anna))
    question = Question.objects.get()
    client = sign_in(administrator)
    client.post(f"/support/questions/{question.pk}/answer/", {"answer": "Ja."})

    client.post(f"/support/questions/{question.pk}/read/")

    assert unread(sign_in(anna)) == 1


@pytest.mark.requirement("CO-25")
def test_questions_are_found_by_subject_user_unit_and_status(anna, basic, administrator, sign_in):
    ask(sign_in(anna), subject="Åtgärdskod saknas")
    ask(sign_in(basic), subject="Inloggning")
    desk = sign_in(administrator)

    def found(query):
        rows = desk.get(f"/support/questions/?{query}").context["page"].rows
        return [str(row.cells[0].html) for row in rows]

    assert found("text=åtgärds") == ["Åtgärdskod saknas"]
    assert found("text=RYD") == ["Inloggning", "Åtgärdskod saknas"]
    assert found("status=settled") == []
    assert found("status=nonsense") == ["Inloggning", "Åtgärdskod saknas"]


def test_contacts_of_the_authority_are_shown(anna, region, neighbour, sign_in):
    SupportContact.objects.create(
        authority=region,
        subject="Fakturor",
        phone="010-103 00 01",
        hours="vardagar 9-11",
        email="f@example.com",
    )
    SupportContact.objects.create(authority=neighbour, subject="Grannen", phone="010-999 00 00")

    text = sign_in(anna).get("/support/").content.decode()

    for part in ("Fakturor", "010-103 00 01", "vardagar 9-11", "mailto:f@example.com"):
        assert part in text
    assert "Grannen" not in text


def test_without_contacts_the_authority_own_contact_is_shown(anna, sign_in):
    assert "Tandvårdsenheten, 010-103 00 00" in sign_in(anna).get("/support/").content.decode()


@pytest.mark.requirement("CO-7")
@pytest.mark.parametrize("step", ["answer", "read"])
def test_who_had_to_sign_in_again_arrives_at_the_question(step, anna, administrator, sign_in):
    ask(sign_in(anna))
    shown = f"/support/questions/{Question.objects.get().pk}/"

    assert sign_in(administrator).get(f"{shown}{step}/")["Location"] == shown
    assert sign_in(anna).get("/support/ask/")["Location"] == "/support/"


def test_question_without_answer_cannot_be_marked_as_read(anna, sign_in):
    ask(sign_in(anna))
    question = Question.objects.get()

    sign_in(anna).post(f"/support/questions/{question.pk}/read/")

    question.refresh_from_db()
    assert question.read_at is None
    assert question.asked_at <= clock.now()


@pytest.mark.requirement("SC-25")
def test_guides_are_about_what_one_works_with(special_world, sign_in):
    def titles(name):
        page = sign_in(special_world.users[name]).get("/support/").context["page"]
        return [guide.title for guide in page.guides]

    assert titles("lisa") == ["Särskilt tandvårdsstöd", "Utomlänstandvård"]
    assert titles("petra") == ["Konto och användare"]
    assert titles("anna") == []
