"""`kvitt worker`: what the calendar owes and the outboxes hold, any number of times against one database."""

import logging
import os
import signal
import threading
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections

from kvitt.foundation import clock
from kvitt.ledger import tasks as ledger
from kvitt.portal import tasks
from kvitt.registers.mailing import tasks as mailing
from kvitt.settlement import tasks as settlement

# An administrator may set other days on any day.
LOOK_AGAIN = timedelta(hours=1)
_log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Works until it is told to stop; what it was doing is finished first."""

    help = (
        "Make the invoices that the calendar owes, send waiting e-mail and files, and tell clinics of the "
        "invoicing period. Several may run at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now and stop (for cron)")
        parser.add_argument("--seconds", type=float, default=5.0, help="how long to rest between looks (5)")
        parser.add_argument(
            "--with-parent", action="store_true", help="stop with the program that started it"
        )

    def handle(self, *_args: Any, once: bool, seconds: float, with_parent: bool, **_options: Any) -> None:
        if not settings.KVITT_SENDS_EMAIL:
            self.stderr.write("KVITT_EMAIL_URL is not set: messages wait until it is.")
        if once:
            tasks.tell_of_windows(today=clock.today())
            self.stdout.write(f"{ledger.make_due_invoices(on=clock.today())} invoices made.")
            self.stdout.write(f"{mailing.send_due_mail()} messages tried.")
            self.stdout.write(f"{settlement.send_files()} files sent.")
            return
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        work(stopped, seconds=seconds, parent=os.getppid() if with_parent else None)


def work(stopped: threading.Event, *, seconds: float, parent: int | None = None) -> None:
    """Look for work again and again until told to stop, or until the program that started it is gone."""

    def goes_on() -> bool:
        return not stopped.is_set() and parent in (None, os.getppid())

    told_at = None
    while goes_on():
        close_old_connections()
        try:
            mailing.send_due_mail(goes_on=goes_on)
            settlement.send_files(goes_on=goes_on)
            now = clock.now()
            if told_at is None or now - told_at >= LOOK_AGAIN:
                tasks.tell_of_windows(today=clock.today())
                told_at = now
            ledger.make_due_invoices(on=clock.today(), goes_on=goes_on)
        except (DatabaseError, InterfaceError):
            # The database is away, or being migrated: nothing is lost by looking again.
            _log.exception("the worker looks again in %s seconds", seconds)
            close_old_connections()
        stopped.wait(seconds)
