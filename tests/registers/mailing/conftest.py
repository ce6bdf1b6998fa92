"""A clinic that has chosen, messages in its outbox, and a mail server that can be down."""

import datetime as dt
import socketserver
import threading

import pytest
from django.db import transaction

from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import Role
from kvitt.registers.mailing import commands
from kvitt.registers.mailing.lifecycle import CHOSEN, MailEvent
from kvitt.registers.mailing.models import OutgoingMail

NOW = dt.datetime(2024, 11, 20, 9, 0, tzinfo=dt.UTC)


def choose(world, *, addresses="ryd@example.org", events=CHOSEN, clinic=None, by="anna", today=None):
    """Let a clinic choose, a month ago unless told."""
    commands.change_mail_choices(
        world.actor(by),
        today=today or world.today - dt.timedelta(days=30),
        clinic_id=(clinic or world.ryd).pk,
        addresses=addresses,
        events=events,
    )


def tell(world, event=MailEvent.INVOICE_RETURNED, *, clinic=None, **facts):
    """Tell a clinic something, as a command does in its transaction."""
    with transaction.atomic():
        commands.tell_clinic((clinic or world.ryd).pk, event, **facts)


def mails(**filters):
    """Return the messages, oldest first."""
    return list(OutgoingMail.objects.filter(**filters).order_by("id"))


def send_everything(now):
    """Send until nothing is due, as a worker does; return how many were tried."""
    tried = 0
    while commands.send_mail(now=now):
        tried += 1
    return tried


@pytest.fixture
def letters(world):
    """One message of each status at the clinic in Ryd."""
    choose(world, addresses="ryd@example.org")
    for _ in range(3):
        tell(world)
    sent, given_up, tried = mails()
    OutgoingMail.objects.filter(pk=sent.pk).update(status="sent", sent_at=NOW, next_try_at=None, tries=1)
    OutgoingMail.objects.filter(pk=given_up.pk).update(
        status="given_up", next_try_at=None, tries=78, last_fault="bad_address"
    )
    OutgoingMail.objects.filter(pk=tried.pk).update(tries=2, last_fault="no_answer")
    return mails()


@pytest.fixture
def provider_administrator(world):
    """Looks after all clinics of Eken."""
    world._user("petra", "Petra Provsson", world.eken, (Role.CARE_RESPONSIBLE, Role.CLINIC_ADMINISTRATOR))
    assert RoleGrant.objects.filter(user=world.users["petra"]).count() == 2
    return world.actor("petra")


class MailServer(socketserver.ThreadingTCPServer):
    """Just enough of SMTP on this machine: takes messages, or answers 451 while it `is_busy`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), _Conversation)
        self.messages = []
        self.refused = ""
        self.is_busy = False
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def stop(self):
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.partition(" ")[0].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            if verb == "DATA":
                self.take()
            elif verb == "MAIL" and self.server.is_busy:
                self.say("451 try later")
            elif verb == "RCPT" and self.server.refused and self.server.refused in line:
                self.say("550 no such mailbox")
            else:
                self.say("250 ok")

    def take(self):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        self.server.messages.append("\n".join(lines))
        self.say("250 taken")

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail_server(settings):
    """A mail server that the program's settings name."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
    yield server
    server.stop()
