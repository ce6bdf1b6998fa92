"""Clinics are told once that the invoicing period opens, and once that it closes in two days."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kvitt.audit.models import Event
from kvitt.ledger import commands as ledger
from kvitt.portal import tasks
from kvitt.registers.access.rules import system_actor
from kvitt.registers.mailing.lifecycle import MailEvent
from kvitt.registers.organisations.models import Authority, Clinic
from tests.registers.mailing.conftest import choose, mails

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-29", "CO-18")]
OCTOBER = dt.date(2024, 10, 1)


def told(*days, month=11):
    """Let the worker look on these days; return what was told, in order."""
    for day in days:
        tasks.tell_of_windows(today=dt.date(2024, month, day))
    return [(mail.event, mail.day.day) for mail in mails()]


def test_each_is_told_once_however_often_the_worker_looks(world):
    choose(world, today=OCTOBER)

    assert told(8, 9, 9, 10, 22, 23, 23, 24, 25, 26) == [("window_opens", 9), ("window_closes", 25)]


def test_message_says_the_days(world):
    choose(world, today=OCTOBER)

    told(9, 23)

    opens, closes = mails()
    assert opens.subject == "Kvitt: Faktureringsperioden öppnar 2024-11-09"
    assert "från och med 2024-11-09 till och med 2024-11-25" in opens.body
    assert closes.subject == "Kvitt: Faktureringsperioden stänger 2024-11-25"


def test_days_of_the_administrator_count(world):
    choose(world, today=OCTOBER)
    month, first, last = (dt.date(2024, 12, day) for day in (1, 9, 18))
    ledger.set_window(world.system, month=month, first_on=first, last_on=last)

    assert told(15, 16, 23, month=12) == [("window_opens", 9), ("window_closes", 18)]


def test_worker_that_was_down_on_the_day_tells_later(world):
    choose(world, today=OCTOBER)

    assert told(12) == [("window_opens", 9)]


def test_who_chooses_when_the_period_is_open_is_not_told_that_it_opened(world):
    choose(world, today=dt.date(2024, 11, 9))

    assert told(9, 10) == []


def test_who_chooses_in_the_period_is_told_that_it_closes(world):
    choose(world, today=dt.date(2024, 11, 20))

    assert told(23) == [("window_closes", 25)]


def test_only_what_was_chosen_is_told(world):
    choose(world, events=[MailEvent.WINDOW_CLOSES], today=OCTOBER)
    choose(world, clinic=world.linghem, by="bo", events=[MailEvent.INVOICE_RETURNED], today=OCTOBER)

    assert told(9, 23) == [("window_closes", 25)]


def test_new_address_is_not_told_again(world):
    choose(world, today=OCTOBER)
    told(9)
    choose(world, addresses="ryd@example.org ny@example.org", today=dt.date(2024, 11, 9))

    assert told(10) == [("window_opens", 9)]


@pytest.mark.parametrize(("closed_on", "expected"), [(8, []), (9, [("window_opens", 9)])])
def test_closed_clinic_is_told_nothing(world, closed_on, expected):
    choose(world, today=OCTOBER)
    Clinic.objects.filter(pk=world.ryd.pk).update(closed_on=dt.date(2024, 11, closed_on))

    assert told(9) == expected


@pytest.mark.requirement("CO-30")
def test_telling_is_logged_as_the_programs_own_act(world):
    choose(world, today=OCTOBER)
    told(9, 10)

    event = Event.objects.get(action="mailing.tell_of_windows")
    assert (event.user_id, event.user_name) == (None, "Kvitt")
    assert event.data["after"] == {"window_opens": "1111"}


@pytest.mark.requirement("CO-1")
def test_period_of_one_authority_says_nothing_to_another(world):
    choose(world, today=OCTOBER)
    neighbour = Authority.objects.create(name="Grann", kind="region", organisation_number="2321000057")
    ledger.set_window(
        system_actor(neighbour.pk),
        month=dt.date(2024, 11, 1),
        first_on=dt.date(2024, 11, 2),
        last_on=dt.date(2024, 11, 5),
    )

    assert told(2, 3, 4, 5) == []


def test_many_clinics_take_no_more_statements_than_one(world, django_assert_max_num_queries):
    choose(world, today=OCTOBER)
    with CaptureQueriesContext(connection) as one:
        told(9)

    choose(world, clinic=world.linghem, by="bo", today=OCTOBER)
    choose(world, clinic=world.bjork, by="david", today=OCTOBER)

    with django_assert_max_num_queries(len(one)):
        told(10)
    assert len(mails()) == 3
