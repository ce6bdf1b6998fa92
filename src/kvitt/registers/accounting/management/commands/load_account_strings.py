"""`kvitt load_account_strings FILE`: the account strings of an authority from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kvitt.foundation import clock
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import system_actor
from kvitt.registers.accounting import commands, exchange
from kvitt.registers.price_lists.management.commands import load_catalogue


class Command(BaseCommand):
    """Exit code 0: loaded; 1: faults, one line each on standard error, nothing loaded; 2: wrong use."""

    help = (
        "Load account strings from a CSV file. One that books the same until now ends the day before; a "
        "faulty row is named, and nothing is loaded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        columns = ", ".join(exchange.COLUMNS)
        parser.add_argument("file", type=Path, metavar="FILE", help=f"a file with the columns {columns}")
        parser.add_argument(
            "--authority", metavar="NUMBER", help="its organisation number, where there are several"
        )

    def handle(self, *, file: Path, authority: str | None, **options: Any) -> None:  # noqa: ARG002
        owner = load_catalogue.authority_named(authority)
        try:
            content = file.read_bytes()
        except OSError as fault:
            message = _("%(path)s cannot be read: %(reason)s")
            values = {"path": file, "reason": fault.strerror}
            raise CommandError(message % values, returncode=load_catalogue.WRONG_USE) from fault
        try:
            count = commands.load_account_strings(
                system_actor(owner.pk, "kvitt load_account_strings"), today=clock.today(), content=content
            )
        except Refused as refused:
            for problem in refused.problems:
                self.stderr.write(load_catalogue.fault_line(problem), self.style.ERROR)
            raise SystemExit(1) from refused
        self.stdout.write(_("%(count)s account strings added or changed") % {"count": count})
