"""Workers beside one another on PostgreSQL: each message leaves once, each clinic is told once."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from kvitt.audit.models import Event
from kvitt.foundation import clock
from kvitt.foundation.values.dates import Period
from kvitt.registers.mailing import commands
from tests.registers.mailing.conftest import choose, mails, send_everything, tell

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("CO-29", "QU-13", "QU-14"),
]
WORKERS = 4
MESSAGES = 40


def at_once(act):
    """Do the same from the same moment on, each in a thread with a connection of its own."""
    start = threading.Barrier(WORKERS)

    def run(_):
        try:
            start.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as threads:
        return list(threads.map(run, range(WORKERS)))


def test_no_message_is_sent_twice(world, monkeypatch):
    choose(world)
    for _ in range(MESSAGES):
        tell(world)
    sends = EmailBackend.send_messages

    def slowly(backend, messages):
        time.sleep(0.002)
        return sends(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    now = clock.now()

    tried = at_once(lambda: send_everything(now))

    assert sum(tried) == MESSAGES
    assert [mail.status for mail in mails()] == ["sent"] * MESSAGES
    sent = Counter(message.extra_headers["Message-ID"] for message in django_mail.outbox)
    assert set(sent.values()) == {1}
    assert len(sent) == MESSAGES


def test_no_clinic_is_told_twice_of_a_period(world):
    choose(world)
    window = Period(world.today, world.today.replace(day=25))

    at_once(
        lambda: commands.tell_of_windows(
            today=world.today, authority_id=world.region.pk, window=window, path="/"
        )
    )

    assert [mail.event for mail in mails()] == ["window_opens"]
    assert Event.objects.filter(action="mailing.tell_of_windows").count() == 1
