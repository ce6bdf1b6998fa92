"""`kvitt worker`: does what is due, goes on while the database is away, stops when it is told to."""

import datetime as dt
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from io import StringIO

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, transaction

from kvitt import settings as kvitt_settings
from kvitt.foundation import clock
from kvitt.ledger import commands as ledger
from kvitt.ledger.models import Invoice
from kvitt.portal.management.commands.worker import work
from kvitt.registers.mailing import commands
from kvitt.registers.mailing.lifecycle import MailEvent
from kvitt.registers.mailing.models import MailAddress, MailChoice, OutgoingMail

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-29", "QU-14")]
CONSOLE = "django.core.mail.backends.console.EmailBackend"
# A worker closes its connection between two looks; inside a test's own transaction that would undo the test.
LOOKS = pytest.mark.django_db(transaction=True)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def told(ryd, today):
    """A clinic that has chosen everything about the invoicing period, and a test message that waits."""
    MailAddress.objects.create(clinic=ryd, address="ryd@example.org")
    for event in (MailEvent.WINDOW_OPENS, MailEvent.INVOICE_RETURNED):
        MailChoice.objects.create(clinic=ryd, event=event, chosen_on=today.replace(day=1))
    with transaction.atomic():
        for _ in range(3):
            commands.tell_clinic(ryd.pk, MailEvent.INVOICE_RETURNED)


def statuses():
    return list(OutgoingMail.objects.order_by("id").values_list("status", flat=True))


def run_once():
    out, err = StringIO(), StringIO()
    call_command("worker", "--once", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def said(*, invoices=0, messages=0):
    """Return what the worker says it has done."""
    return (
        f"{invoices} invoices made.\n0 claims files worked on.\n0 parts of billing runs calculated.\n"
        f"0 invoices to clients made.\n{messages} messages tried.\n0 files sent.\n"
    )


def test_once_does_what_is_due_and_stops(told):
    assert run_once() == (said(messages=4), "")
    assert run_once() == (said(), "")

    assert statuses() == ["sent"] * 4
    assert django_mail.outbox[-1].subject == "Kvitt: Faktureringsperioden öppnar 2025-03-09"


def test_without_a_mail_server_messages_wait(told, settings):
    settings.KVITT_SENDS_EMAIL = False

    out, err = run_once()

    assert out.endswith("0 messages tried.\n0 files sent.\n")
    assert err == "KVITT_EMAIL_URL is not set: messages wait until it is.\n"
    assert statuses() == ["waiting"] * 4
    assert set(OutgoingMail.objects.values_list("tries", flat=True)) == {0}


@LOOKS
def test_worker_that_is_told_to_stop_finishes_the_message_it_sends(told, monkeypatch):
    stopped, sends = threading.Event(), EmailBackend.send_messages

    def told_to_stop(backend, messages):
        stopped.set()
        return sends(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", told_to_stop)

    work(stopped, seconds=60)

    assert statuses()[:3] == ["sent", "waiting", "waiting"]


@LOOKS
def test_worker_stops_with_the_program_that_started_it(told):
    work(threading.Event(), seconds=60, parent=-1)

    assert statuses() == ["waiting"] * 3


@LOOKS
@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_worker_goes_on_when_the_database_comes_back(told, monkeypatch, fault):
    stopped, sends, failures = threading.Event(), commands.send_mail, [fault("away")]

    def away_at_first(*, now):
        if failures:
            raise failures.pop()
        if not sends(now=now):
            stopped.set()
            return False
        return True

    monkeypatch.setattr(commands, "send_mail", away_at_first)

    work(stopped, seconds=0)

    assert statuses()[:3] == ["sent"] * 3


@LOOKS
@pytest.mark.parametrize(("minutes", "looks"), [(19, 1), (20, 2), (60, 4)])
def test_period_is_looked_at_every_hour(told, monkeypatch, minutes, looks):
    """Four rounds, with so many minutes between two of them."""
    stopped, days = threading.Event(), []
    moments = itertools.count()
    began = dt.datetime(2025, 3, 20, 9, 0, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: began + next(moments) * dt.timedelta(minutes=minutes))

    def look(*, today):
        days.append(today)

    def rest(*, goes_on):
        if len(rests) == 3:
            stopped.set()
        rests.append(goes_on())

    rests = []
    monkeypatch.setattr("kvitt.portal.tasks.tell_of_windows", look)
    monkeypatch.setattr("kvitt.registers.mailing.tasks.send_due_mail", rest)

    work(stopped, seconds=0)

    assert len(rests) == 4
    assert [day.isoformat() for day in days] == ["2025-03-20"] * looks


# The calendar -------------------------------------------------------------------------------------


@pytest.fixture
def activity_line(world):
    """A line of population responsibility of 2024-11-20."""
    new = ledger.NewLine(
        module="population_health",
        clinic_id=world.ryd.pk,
        person_id=None,
        case_number="A2024-000001",
        code="901",
        text="MVC",
        performed_on=world.today,
        price=650_00,
        created_on=world.today,
    )
    with transaction.atomic():
        return ledger.approve(world.region.pk, new)


@pytest.mark.requirement("PH-8")
def test_once_makes_what_the_calendar_owes(activity_line, settings):
    settings.KVITT_TODAY = dt.date(2024, 12, 1)

    assert run_once()[0] == said(invoices=1)
    assert run_once()[0] == said()


@LOOKS
@pytest.mark.requirement("PH-8")
def test_worker_makes_invoices_when_their_day_has_come(activity_line, settings, monkeypatch):
    """It looks at the day each time: nobody starts it anew on the first of a month."""
    stopped, seen = threading.Event(), []

    def rest(*, goes_on):
        seen.append(Invoice.objects.count())
        settings.KVITT_TODAY = dt.date(2024, 11, 30) + len(seen) * dt.timedelta(days=1)
        if len(seen) == 3:
            stopped.set()

    settings.KVITT_TODAY = dt.date(2024, 11, 30)
    monkeypatch.setattr("kvitt.registers.mailing.tasks.send_due_mail", rest)

    work(stopped, seconds=0)

    assert seen == [0, 1, 1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_stops_cleanly_on_a_signal(number, tmp_path):
    """Its database has no tables at all, which it takes for one that is being migrated."""
    names = ("KVITT_DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment |= {"KVITT_DATA": str(tmp_path), "KVITT_DEBUG": "1", "KVITT_EMAIL_URL": "console:"}
    process = subprocess.Popen(
        [sys.executable, "-m", "kvitt", "worker", "--seconds", "0.2"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        for line in process.stderr:
            if "the worker looks again" in line:
                break
        process.send_signal(number)
        began = time.monotonic()
        _, rest = process.communicate(timeout=20)

    assert process.returncode == 0
    assert "KeyboardInterrupt" not in rest
    assert time.monotonic() - began < 10


# Settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("console:", {"EMAIL_BACKEND": CONSOLE}),
        (
            "file:///var/mail/out",
            {
                "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
                "EMAIL_FILE_PATH": "/var/mail/out",
            },
        ),
        (
            "smtp://mail.example.org",
            {"EMAIL_HOST": "mail.example.org", "EMAIL_PORT": 25, "EMAIL_USE_TLS": False},
        ),
        (
            "smtp://kvitt:p%40ss@mail.example.org:2525?tls=1",
            {
                "EMAIL_HOST_USER": "kvitt",
                "EMAIL_HOST_PASSWORD": "p@ss",
                "EMAIL_PORT": 2525,
                "EMAIL_USE_TLS": True,
                "EMAIL_USE_SSL": False,
            },
        ),
        ("smtp://mail.example.org?tls=1", {"EMAIL_PORT": 587}),
        (
            "smtps://mail.example.org",
            {"EMAIL_BACKEND": SMTP, "EMAIL_PORT": 465, "EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False},
        ),
    ],
)
def test_address_of_the_mail_server_becomes_settings(url, expected):
    assert expected.items() <= kvitt_settings._email(url).items()


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp:"])
def test_address_that_is_none_is_refused_at_the_start(url):
    with pytest.raises(ImproperlyConfigured):
        kvitt_settings._email(url)
