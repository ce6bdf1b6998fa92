"""What the worker does with the outbox: one command per message."""

from collections.abc import Callable

from django.conf import settings

from kvitt.foundation import clock
from kvitt.registers.mailing import commands


def send_due_mail(*, limit: int = 1_000, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Send what is due, one message after the other, and return how many were tried.

    Nothing is tried without a mail server; messages wait for one. `goes_on` is asked between two messages.
    """
    tried = 0
    while settings.KVITT_SENDS_EMAIL and tried < limit and goes_on() and commands.send_mail(now=clock.now()):
        tried += 1
    return tried
