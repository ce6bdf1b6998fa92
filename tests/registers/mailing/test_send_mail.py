"""Every message arrives once; a mail server that is away delays it, and loses nothing."""

import datetime as dt
import logging
from contextlib import suppress

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend

from kvitt.audit.models import Event
from kvitt.registers.mailing import commands, rules
from kvitt.registers.mailing.models import OutgoingMail
from tests.registers.mailing.conftest import MailServer, choose, mails, send_everything, tell

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-29", "QU-14")]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def waiting(world):
    """One message that waits; return how it is now, and when it was due."""
    choose(world)
    tell(world)
    [mail] = mails()
    return mail


@pytest.fixture
def now(waiting):
    return waiting.created_at


def test_message_is_sent_and_marked(waiting, now):
    assert commands.send_mail(now=now) is True

    waiting.refresh_from_db()
    assert (waiting.status, waiting.tries, waiting.next_try_at) == ("sent", 1, None)
    assert waiting.sent_at is not None
    [sent] = django_mail.outbox
    assert (sent.to, sent.subject, sent.body) == ([waiting.to], waiting.subject, waiting.body)
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_what_is_sent_is_not_sent_again(waiting, now):
    assert send_everything(now) == 1
    assert send_everything(now + dt.timedelta(days=30)) == 0

    assert len(django_mail.outbox) == 1


@pytest.mark.requirement("CO-30")
def test_sending_is_logged(waiting, now):
    send_everything(now)

    event = Event.objects.get(action="mailing.send_mail")
    assert (event.subject_key, event.user_id, event.authority_id) == (
        "1111",
        None,
        waiting.clinic.authority_id,
    )
    assert event.data["after"] == {
        "event": "invoice_returned",
        "addresses": "ryd@example.org",
        "status": "sent",
    }


# A mail server that is away, or busy --------------------------------------------------------------


def test_mail_server_that_is_down_delays_and_loses_nothing(world, settings, waiting, now, mail_server):
    port = mail_server.port
    mail_server.stop()
    tell(world)

    assert send_everything(now + MINUTE) == 2
    assert [(m.status, m.tries, m.last_fault) for m in mails()] == [("waiting", 1, "no_answer")] * 2
    assert send_everything(now + MINUTE) == 0, "it is not tried before its time"

    again = MailServer(port)
    try:
        assert send_everything(now + 3 * MINUTE) == 2
        assert send_everything(now + 60 * MINUTE) == 0
    finally:
        again.stop()
    assert [(m.status, m.tries) for m in mails()] == [("sent", 2)] * 2
    assert len(again.messages) == 2


def test_message_arrives_as_it_was_written(waiting, now, mail_server):
    send_everything(now)

    [text] = mail_server.messages
    assert "To: ryd@example.org" in text
    assert "Auto-Submitted: auto-generated" in text
    assert "@localhost>" in text


def test_busy_mail_server_is_tried_again(waiting, now, mail_server):
    mail_server.is_busy = True
    send_everything(now)
    mail_server.is_busy = False
    send_everything(now + MINUTE)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.tries) == ("sent", 2)
    assert len(mail_server.messages) == 1


def test_one_bad_address_does_not_stop_the_others(world, mail_server):
    choose(world, addresses="fel@example.org, ryd@example.org")
    tell(world)
    mail_server.refused = "fel@example.org"

    send_everything(mails()[0].created_at)

    assert [(mail.to, mail.status, mail.last_fault) for mail in mails()] == [
        ("fel@example.org", "waiting", "bad_address"),
        ("ryd@example.org", "sent", ""),
    ]


def test_one_message_that_cannot_be_sent_does_not_stop_the_others(world):
    choose(world)
    tell(world)
    tell(world)
    bad, good = mails()
    OutgoingMail.objects.filter(pk=bad.pk).update(subject="Två\nrader")

    send_everything(good.created_at)

    assert [(mail.status, mail.last_fault) for mail in mails()] == [("waiting", "refused"), ("sent", "")]


def test_message_is_given_up_after_three_days_and_can_be_tried_again(world, waiting, mail_server):
    mail_server.is_busy = True
    now, tries = waiting.created_at, 0
    while mails(status="waiting"):
        now = mails()[0].next_try_at
        tries += send_everything(now)

    assert tries == rules.MOST_TRIES
    assert now - waiting.created_at >= dt.timedelta(days=3)
    assert [mail.status for mail in mails()] == ["given_up"]
    mail_server.is_busy = False
    commands.send_again(world.actor("anna"), mail_id=waiting.pk)
    send_everything(mails()[0].next_try_at)
    assert [(mail.status, mail.tries) for mail in mails()] == [("sent", 1)]
    actions = Event.objects.filter(action__startswith="mailing.send").order_by("pk")
    assert [(event.action, event.data["after"].get("status")) for event in actions] == [
        ("mailing.send_mail", "given_up"),
        ("mailing.send_again", None),
        ("mailing.send_mail", "sent"),
    ]


@pytest.mark.requirement("QU-18")
def test_log_names_neither_address_nor_text(waiting, now, mail_server, caplog):
    mail_server.refused = "ryd@example.org"

    with caplog.at_level(logging.WARNING):
        send_everything(now)

    assert "SMTPRecipientsRefused" in caplog.text
    assert "ryd@" not in caplog.text


# Killed -------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone: nothing after it is done."""


def test_worker_killed_before_it_sends_loses_nothing(waiting, now, monkeypatch):
    monkeypatch.setattr(EmailBackend, "send_messages", _killed_before)
    with suppress(Killed):
        commands.send_mail(now=now)
    monkeypatch.undo()

    assert send_everything(now + MINUTE) == 0, "its claim holds for a while"
    assert send_everything(now + rules.LEASE) == 1
    assert [mail.status for mail in mails()] == ["sent"]


def test_worker_killed_before_it_marks_sends_that_one_again_with_the_same_id(waiting, now, monkeypatch):
    sends = EmailBackend.send_messages

    def killed_after(backend, messages):
        sends(backend, messages)
        raise Killed

    monkeypatch.setattr(EmailBackend, "send_messages", killed_after)
    with suppress(Killed):
        commands.send_mail(now=now)
    monkeypatch.setattr(EmailBackend, "send_messages", sends)
    send_everything(now + rules.LEASE)
    send_everything(now + 10 * rules.LEASE)

    first, second = django_mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert [mail.status for mail in mails()] == ["sent"]


def test_mark_of_a_worker_that_was_overtaken_is_not_made(waiting, now, monkeypatch):
    """It slept longer than its claim held; what the other worker has written stands."""

    def overtaken(*_):
        OutgoingMail.objects.update(status="sent", next_try_at=None, sent_at=now, tries=2)
        raise TimeoutError

    monkeypatch.setattr(EmailBackend, "send_messages", overtaken)

    commands.send_mail(now=now)

    assert [(mail.status, mail.last_fault) for mail in mails()] == [("sent", "")]


def _killed_before(*_):
    raise Killed
