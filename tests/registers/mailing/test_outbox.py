"""What a clinic is told is written with what it is told about, or not at all; it says nothing of a person."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.models import Case
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.mailing import commands, queries
from kvitt.registers.mailing.lifecycle import CHOSEN, MailEvent
from kvitt.registers.mailing.models import MailChoice, OutgoingMail
from kvitt.registers.people.models import Person
from tests.registers.mailing.conftest import choose, mails, tell

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-29")]


def test_clinic_is_told_what_it_has_chosen(world):
    choose(world, events=[MailEvent.INVOICE_RETURNED])

    tell(world, MailEvent.INVOICE_RETURNED)
    tell(world, MailEvent.DECISION_MADE)

    assert [(mail.event, mail.to, mail.status) for mail in mails()] == [
        ("invoice_returned", "ryd@example.org", "waiting")
    ]


def test_another_clinic_is_told_nothing(world):
    choose(world)

    tell(world, clinic=world.linghem)

    assert mails() == []


def test_each_address_has_a_message_of_its_own(world):
    choose(world, addresses="ryd@example.org\nchef@example.org")

    tell(world)

    assert [mail.to for mail in mails()] == ["ryd@example.org", "chef@example.org"]


@pytest.mark.requirement("QU-14")
def test_what_is_undone_has_told_nobody(world):
    choose(world)

    def decide():
        with transaction.atomic():
            commands.tell_clinic(world.ryd.pk, MailEvent.DECISION_MADE)
            Case.objects.create()

    with pytest.raises(IntegrityError):
        decide()
    assert mails() == []


@pytest.mark.requirement("QU-14")
@pytest.mark.django_db(transaction=True)
def test_telling_outside_a_transaction_is_a_fault_of_the_program(world):
    with pytest.raises(commands.NoTransaction):
        commands.tell_clinic(world.ryd.pk, MailEvent.DECISION_MADE)


# What it says -------------------------------------------------------------------------------------


def test_message_is_in_swedish_with_clinic_and_link(world, settings):
    settings.KVITT_BASE_URL = "https://kvitt.example.org"
    choose(world)

    tell(world, path="/invoicing/")

    [mail] = mails()
    assert mail.subject == "Kvitt: En faktura är avvisad"
    assert "1111 - Ekens Tandvård Ryd" in mail.body
    assert "Logga in: https://kvitt.example.org/invoicing/" in mail.body


def test_message_without_an_address_of_the_program_has_no_link(world, settings):
    settings.KVITT_BASE_URL = ""
    choose(world)

    tell(world)

    assert "http" not in mails()[0].body


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize("event", CHOSEN)
def test_no_message_names_a_person_or_a_number_of_one(world, settings, event):
    settings.KVITT_BASE_URL = "https://kvitt.example.org"
    choose(world)
    days = {"first": dt.date(2024, 11, 9), "last": dt.date(2024, 11, 25)}
    counts = {"received": 4312, "left_out": 17}

    tell(world, event, values={**days, **counts})

    [mail] = mails()
    text = f"{mail.subject}\n{mail.body}"
    assert not re.search(r"\d{6,}|B\d{4}-|\d{6}[-+]\d{4}|%\(", text)
    for person in Person.objects.all():
        assert person.family_name not in text
    assert "inga personuppgifter" in text


# Choosing -----------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-30")
def test_choices_are_logged_with_what_they_were(world):
    choose(world, events=[MailEvent.WINDOW_OPENS])

    choose(world, addresses="ny@example.org", events=[MailEvent.INVOICE_RETURNED])

    event = Event.objects.filter(action="mailing.change_mail_choices").latest("pk")
    assert (event.subject_kind, event.subject_key, event.user_name) == ("clinic", "1111", "Anna Testander")
    assert event.data == {
        "before": {"addresses": "ryd@example.org", "events": ["window_opens"]},
        "after": {"addresses": "ny@example.org", "events": ["invoice_returned"]},
    }


def test_choosing_the_same_again_changes_and_logs_nothing(world):
    choose(world, today=dt.date(2024, 1, 1))
    choose(world, today=dt.date(2024, 6, 1))

    assert Event.objects.filter(action="mailing.change_mail_choices").count() == 1
    assert set(MailChoice.objects.values_list("chosen_on", flat=True)) == {dt.date(2024, 1, 1)}


def test_choice_that_stays_keeps_its_day(world):
    choose(world, events=[MailEvent.WINDOW_OPENS], today=dt.date(2024, 1, 1))
    choose(world, events=CHOSEN, today=dt.date(2024, 6, 1))

    assert MailChoice.objects.get(event="window_opens").chosen_on == dt.date(2024, 1, 1)


def test_wrong_address_changes_nothing(world):
    choose(world)

    with pytest.raises(Refused):
        choose(world, addresses="ryd", events=[])

    assert queries.choices_of(world.ryd.pk).addresses == ["ryd@example.org"]


def test_what_waits_for_an_address_that_is_gone_is_given_up(world):
    choose(world, addresses="kvar@example.org bort@example.org")
    choose(world, clinic=world.linghem, by="bo", addresses="bort@example.org")
    tell(world)
    tell(world, clinic=world.linghem)

    choose(world, addresses="Kvar@example.org")

    assert [(mail.to, mail.status, mail.last_fault) for mail in mails()] == [
        ("kvar@example.org", "waiting", ""),
        ("bort@example.org", "given_up", "address_gone"),
        ("bort@example.org", "waiting", ""),
    ]


def test_what_was_sent_to_an_address_that_is_gone_stays_sent(world, letters):
    choose(world, addresses="ny@example.org")

    assert [mail.status for mail in mails()] == ["sent", "given_up", "given_up"]


@pytest.mark.requirement("CO-4")
def test_who_may_not_choose_is_refused(world):
    with pytest.raises(NotAllowed):
        choose(world, by="gustav")


@pytest.mark.parametrize("choice", ["test", "something"])
def test_database_holds_choices_to_the_events(world, choice):
    with pytest.raises(IntegrityError), transaction.atomic():
        MailChoice.objects.create(clinic=world.ryd, event=choice, chosen_on=world.today)


@pytest.mark.parametrize(
    "wrong", [{"status": "sent"}, {"next_try_at": None}, {"status": "gone"}, {"last_fault": "x"}]
)
def test_database_holds_messages_to_their_statuses(world, letters, wrong):
    waiting = letters[-1]

    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.filter(pk=waiting.pk).update(**wrong)
