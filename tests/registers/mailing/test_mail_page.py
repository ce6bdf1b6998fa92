"""The page E-postinställningar: what a clinic has chosen, and what has become of its messages."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.foundation import clock
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import Role
from kvitt.registers.mailing import queries
from kvitt.registers.mailing.models import OutgoingMail
from kvitt.registers.organisations.models import ClinicRight
from tests.registers.mailing.conftest import NOW, choose, mails, tell

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-29")]


@pytest.fixture
def anna(world, sign_in):
    return sign_in(world, "anna")


def settings_of(clinic):
    return reverse("mailing:change_mail_choices", args=[clinic.pk])


def test_of(clinic):
    return reverse("mailing:queue_test_mail", args=[clinic.pk])


test_of.__test__ = False


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_clinic_saves_its_choices(world, anna):
    answer = anna.post(
        settings_of(world.ryd),
        {"events": ["window_opens", "decision_made"], "addresses": "ryd@example.org\r\nchef@example.org"},
        follow=True,
    )

    assert said(answer) == ["E-postinställningarna är sparade."]
    chosen = queries.choices_of(world.ryd.pk)
    assert chosen.addresses == ["ryd@example.org", "chef@example.org"]
    assert chosen.events == ["decision_made", "window_opens"]
    assert "ryd@example.org\nchef@example.org</textarea>" in answer.content.decode()


def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(world, anna):
    answer = anna.post(settings_of(world.ryd), {"events": ["window_opens"], "addresses": "ryd(at)example"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["addresses"] == [
        "ryd(at)example är inte en e-postadress. Skriv den som namn@exempel.se."
    ]
    assert "ryd(at)example</textarea>" in answer.content.decode()
    assert queries.choices_of(world.ryd.pk).events == []


def test_event_that_does_not_exist_is_refused(world, anna):
    answer = anna.post(settings_of(world.ryd), {"events": ["test"], "addresses": "ryd@example.org"})

    assert answer.status_code == 422


@pytest.mark.requirement("SC-16")
def test_clinic_without_special_care_is_not_offered_its_events(world, anna):
    assert "Fakturafil mottagen" not in anna.get("/mail/").content.decode()

    ClinicRight.objects.create(clinic=world.ryd, scheme="special_care", first_on=world.today)

    page = anna.get("/mail/").content.decode()
    assert all(event in page for event in ("Fakturafil mottagen", "Fråga om räkning", "Räkning makulerad"))


def test_page_says_that_no_personal_data_is_sent(anna):
    assert "Det innehåller inga personuppgifter" in anna.get("/mail/").content.decode()


def test_page_shows_what_became_of_the_messages(world, anna, letters):
    rows = anna.get("/mail/").context["page"].rows

    waiting, given_up, sent = rows
    assert [row.status for row in rows] == ["waiting", "given_up", "sent"]
    assert waiting.detail.startswith("E-postservern svarar inte. Nytt försök ")
    assert given_up.detail == "E-postservern tar inte emot adressen. Kontrollera den."
    assert sent.detail == ""
    assert sent.at == dt.datetime(2024, 11, 20, 9, 0, tzinfo=dt.UTC)
    assert [bool(row.again_url) for row in rows] == [False, True, False]


def test_page_does_not_offer_to_send_to_an_address_that_is_gone(world, anna, letters):
    choose(world, addresses="ny@example.org")

    gone = anna.get("/mail/").context["page"].rows[0]

    assert (gone.status, gone.detail) == ("given_up", "Adressen är borttagen ur inställningarna.")
    assert gone.again_url == ""


def test_page_shows_at_most_twenty_messages(world, anna):
    choose(world)
    for _ in range(25):
        tell(world)

    assert len(anna.get("/mail/").context["page"].rows) == 20


# A test message -----------------------------------------------------------------------------------


def test_test_message_is_queued_for_every_address(world, anna):
    choose(world, addresses="ryd@example.org, chef@example.org", events=[])

    answer = anna.post(test_of(world.ryd), follow=True)

    assert said(answer) == ["Ett provmeddelande är på väg. Listan nedan visar när det är skickat."]
    assert [(mail.event, mail.to) for mail in mails()] == [
        ("test", "ryd@example.org"),
        ("test", "chef@example.org"),
    ]


def test_test_message_is_not_queued_twice(world, anna):
    choose(world)
    anna.post(test_of(world.ryd), follow=True)

    answer = anna.post(test_of(world.ryd), follow=True)

    assert said(answer) == ["Ett provmeddelande är redan på väg. Vänta tills det har kommit fram."]
    assert len(mails()) == 1


def test_mistyped_address_does_not_hold_back_the_test_of_the_right_one(world, anna):
    choose(world, addresses="tyd@example.org")
    anna.post(test_of(world.ryd))
    OutgoingMail.objects.update(tries=1, last_fault="bad_address")

    choose(world, addresses="ryd@example.org")
    anna.post(test_of(world.ryd))

    assert [(mail.to, mail.status) for mail in mails()] == [
        ("tyd@example.org", "given_up"),
        ("ryd@example.org", "waiting"),
    ]


def test_message_that_failed_does_not_hold_back_the_next_one(world, anna):
    choose(world)
    anna.post(test_of(world.ryd))
    OutgoingMail.objects.update(tries=1, last_fault="no_answer", created_at=NOW)

    anna.post(test_of(world.ryd))

    assert len(mails()) == 2


def test_address_that_is_new_is_tested_although_another_waits(world, anna):
    choose(world)
    anna.post(test_of(world.ryd))
    choose(world, addresses="ryd@example.org chef@example.org")

    anna.post(test_of(world.ryd))

    assert [mail.to for mail in mails()] == ["ryd@example.org", "chef@example.org"]


@pytest.mark.requirement("QU-18")
def test_nobody_floods_a_stranger_with_test_messages(world, anna):
    choose(world)
    anna.post(test_of(world.ryd), follow=True)
    OutgoingMail.objects.update(status="sent", next_try_at=None, sent_at=NOW)
    choose(world, addresses="RYD@example.org")

    answer = anna.post(test_of(world.ryd), follow=True)

    assert said(answer) == [
        "Ett provmeddelande skickades nyss till adressen. Vänta tio minuter innan du skickar nästa."
    ]
    assert len(mails()) == 1


def test_after_ten_minutes_there_is_another_test_message(world, anna):
    choose(world)
    anna.post(test_of(world.ryd))
    long_ago = clock.now() - dt.timedelta(minutes=10, seconds=1)
    OutgoingMail.objects.update(status="sent", next_try_at=None, sent_at=NOW, created_at=long_ago)

    anna.post(test_of(world.ryd))

    assert len(mails()) == 2


def test_test_message_needs_an_address(world, anna):
    answer = anna.post(test_of(world.ryd), follow=True)

    assert said(answer) == ["Det finns ingen adress att skicka till. Spara en först."]
    assert mails() == []


def test_message_that_was_given_up_is_tried_again(world, anna, letters):
    given_up = letters[1]

    answer = anna.post(reverse("mailing:send_again", args=[given_up.pk]), follow=True)

    assert said(answer) == ["Meddelandet skickas igen."]
    given_up.refresh_from_db()
    assert (given_up.status, given_up.tries) == ("waiting", 0)


def test_message_that_was_sent_is_not_sent_again(world, anna, letters):
    answer = anna.post(reverse("mailing:send_again", args=[letters[0].pk]), follow=True)

    assert said(answer) == ["Meddelandet är redan skickat, eller på väg. Du behöver inte göra något."]
    assert [mail.status for mail in mails()] == ["sent", "given_up", "waiting"]


# When there is no mail server ---------------------------------------------------------------------


@pytest.mark.requirement("QU-14")
def test_no_page_waits_for_the_mail_server(world, anna, monkeypatch):
    def asked(*_):
        pytest.fail("a page asked the mail server")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", asked)

    anna.post(settings_of(world.ryd), {"events": ["window_opens"], "addresses": "ryd@example.org"})
    anna.post(test_of(world.ryd))
    tell(world)
    assert anna.get("/mail/").status_code == 200


def test_page_says_when_no_mail_server_is_set_up(anna, settings):
    assert "Ingen e-postserver" not in anna.get("/mail/").content.decode()

    settings.KVITT_SENDS_EMAIL = False

    assert "Ingen e-postserver är inställd" in anna.get("/mail/").content.decode()


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4", "QU-17")
def test_another_clinic_is_as_if_it_were_not_there(world, sign_in, letters):
    bo = sign_in(world, "bo")

    assert bo.post(settings_of(world.ryd), {"addresses": "bo@example.org"}).status_code == 404
    assert bo.post(test_of(world.ryd)).status_code == 404
    assert bo.post(reverse("mailing:send_again", args=[letters[1].pk])).status_code == 404
    assert queries.choices_of(world.ryd.pk).addresses == ["ryd@example.org"]


@pytest.mark.requirement("CO-3", "CO-4")
def test_who_looks_after_all_clinics_chooses_among_them(world, sign_in, provider_administrator):
    choose(world)
    petra = sign_in(world, "petra")

    rows = petra.get("/mail/").context["page"].rows
    page = petra.get(settings_of(world.linghem)).context["page"]

    assert [row.url for row in rows] == [settings_of(world.linghem), settings_of(world.ryd)]
    assert [cell.html for cell in rows[1].cells] == ["1111 - Ekens Tandvård Ryd", "10", "1"]
    assert page.lead == "1112 - Ekens Tandvård Linghem"
    assert petra.get(settings_of(world.bjork)).status_code == 404
    assert petra.get("/mail/?format=xlsx").status_code == 200


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CLINIC_ADMINISTRATOR, 200),
        (Role.DENTAL_BASIC, 200),
        (Role.DENTAL_INVOICES, 200),
        (Role.POPULATION_BASIC, 200),
        (Role.POPULATION_INVOICES, 200),
        (Role.SPECIAL_CARE_CLAIMS, 200),
        (Role.COORDINATOR, 403),
    ],
)
def test_role_decides_who_chooses(world, sign_in, role, status):
    RoleGrant.objects.filter(user=world.users["anna"]).delete()
    RoleGrant.objects.create(user=world.users["anna"], role=role, clinic=world.ryd)

    assert sign_in(world, "anna").get("/mail/").status_code == status


def test_page_takes_as_many_statements_with_many_messages(world, anna, django_assert_max_num_queries):
    choose(world)
    for _ in range(20):
        tell(world)
    assert OutgoingMail.objects.count() == 20

    with django_assert_max_num_queries(10):
        anna.get("/mail/")
