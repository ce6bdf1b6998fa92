"""`kvitt worker`: what the calendar owes, care fees, what was handed in and what the outboxes hold.

Any number of them run against one database.
"""

import logging
import os
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections

from kvitt.foundation import clock
from kvitt.ledger import tasks as ledger
from kvitt.modules.care_fees import tasks as care_fees
from kvitt.modules.special_care import tasks as special_care
from kvitt.portal import tasks
from kvitt.registers.mailing import tasks as mailing
from kvitt.settlement import tasks as settlement

# An administrator may set other days on any day.
LOOK_AGAIN = timedelta(hours=1)
_log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Works until it is told to stop; what it was doing is finished first."""

    help = (
        "Make the invoices that the calendar owes, go on with billing runs and batches of invoices, check "
        "and take in claims files, send waiting e-mail and files, and tell clinics of the invoicing period. "
        "Several may run at once."
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
            self.stdout.write(f"{special_care.work_on_files()} claims files worked on.")
            self.stdout.write(f"{care_fees.work_on_runs()} parts of billing runs calculated.")
            self.stdout.write(f"{care_fees.work_on_batches()} invoices to clients made.")
            care_fees.make_batch_files()
            self.stdout.write(f"{mailing.send_due_mail()} messages tried.")
            self.stdout.write(f"{settlement.send_files()} files sent.")
            return
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        work(stopped, seconds=seconds, parent=os.getppid() if with_parent else None)


class _Rest:
    """What is done at every look besides files and runs: what leaves, notices, invoices."""

    def __init__(self, goes_on: Callable[[], bool], seconds: float) -> None:
        self._goes_on, self._seconds = goes_on, seconds
        self._looked_at = 0.0
        self._told_at: datetime | None = None

    def look(self) -> None:
        """Do what is due."""
        mailing.send_due_mail(goes_on=self._goes_on)
        settlement.send_files(goes_on=self._goes_on)
        now = clock.now()
        if self._told_at is None or now - self._told_at >= LOOK_AGAIN:
            tasks.tell_of_windows(today=clock.today())
            self._told_at = now
        ledger.make_due_invoices(on=clock.today(), goes_on=self._goes_on)
        self._looked_at = monotonic()

    def look_if_due(self) -> None:
        """Do what is due, if the last look is so long ago as two looks are apart."""
        if monotonic() - self._looked_at >= self._seconds:
            self.look()


def work(stopped: threading.Event, *, seconds: float, parent: int | None = None) -> None:
    """Look for work again and again until told to stop, or until the program that started it is gone."""

    def goes_on() -> bool:
        return not stopped.is_set() and parent in (None, os.getppid())

    rest = _Rest(goes_on, seconds)

    def goes_on_fairly() -> bool:
        """A long file or run waits between two of its parts for what else is due: it starves nothing."""
        rest.look_if_due()
        return goes_on()

    while goes_on():
        close_old_connections()
        try:
            rest.look()
            care_fees.work_on_runs(goes_on=goes_on_fairly)
            care_fees.work_on_batches(goes_on=goes_on_fairly)
            care_fees.make_batch_files(goes_on=goes_on_fairly)
            special_care.work_on_files(goes_on=goes_on_fairly)
        except (DatabaseError, InterfaceError):
            # The database is away, or being migrated: nothing is lost by looking again.
            _log.exception("the worker looks again in %s seconds", seconds)
            close_old_connections()
        stopped.wait(seconds)
