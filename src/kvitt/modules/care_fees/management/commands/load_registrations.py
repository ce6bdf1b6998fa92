"""`kvitt load_registrations FILE AUTHORITY`: what was done for a municipality's clients, from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kvitt.foundation import clock
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import registrations
from kvitt.modules.care_fees.exchange.registrations import COLUMNS
from kvitt.registers.access.rules import system_actor
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.price_lists.management.commands import load_catalogue


class Command(BaseCommand):
    """Exit code 0: loaded; 1: faults, one line each on standard error, nothing loaded; 2: wrong use."""

    help = (
        "Load performed services from a CSV file: time in minutes, or count, by period, unit, client and "
        "service. The same file again changes nothing; a faulty row is named, and nothing is loaded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help=f"a file with the columns {', '.join(COLUMNS)}"
        )
        parser.add_argument("authority", metavar="AUTHORITY", help="the municipality's organisation number")

    def handle(self, *, file: Path, authority: str, **options: Any) -> None:  # noqa: ARG002
        owner_id = organisations.authority_id_of(authority)
        if owner_id is None:
            message = _("There is no authority with the organisation number %(number)s.")
            raise CommandError(message % {"number": authority}, returncode=load_catalogue.WRONG_USE)
        try:
            content = file.read_bytes()
        except OSError as fault:
            message = _("%(path)s cannot be read: %(reason)s")
            values = {"path": file, "reason": fault.strerror}
            raise CommandError(message % values, returncode=load_catalogue.WRONG_USE) from fault
        actor = system_actor(owner_id, "kvitt load_registrations")
        try:
            count = registrations.load_registrations(
                actor, today=clock.today(), file=file.name, content=content
            )
        except Refused as refused:
            for problem in refused.problems:
                self.stderr.write(load_catalogue.fault_line(problem), self.style.ERROR)
            raise SystemExit(1) from refused
        self.stdout.write(_("%(count)s figures added or changed") % {"count": count})
