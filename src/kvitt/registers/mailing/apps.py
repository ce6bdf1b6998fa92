"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.mailing.lifecycle import MailEvent, MailStatus


class MailingConfig(AppConfig):
    """E-mail to clinics: what each has chosen, and the outbox."""

    name = "kvitt.registers.mailing"
    label = "mailing"
    events: ClassVar[dict[str, str]] = {
        "change_mail_choices": _("Changed e-mail settings"),
        "queue_test_mail": _("Asked for a test message"),
        "send_again": _("Had an e-mail tried again"),
        "tell_of_windows": _("Told clinics of the invoicing period"),
        "send_mail": _("Sent e-mail, or gave it up"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "addresses": _("E-mail addresses"),
        "events": _("Events that give an e-mail"),
        "event": _("What it was about"),
        "status": _("Status"),
        **{member.value: member.label for kind in (MailEvent, MailStatus) for member in kind},
    }
