"""`kvitt check_population_register`: every fault in the population register's file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.csv_rows import Fault
from kvitt.foundation.values.problems import Refused
from kvitt.registers.people.queries.population import FileRegister

WRONG_USE = 2


class Command(BaseCommand):
    """Exit code 0: no fault; 1: faults, one line each on standard error; 2: wrong use."""

    help = "Read the population register's whole file and name every fault with line and reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", type=Path, nargs="?", metavar="PATH", help="KVITT_POPULATION_REGISTER unless given"
        )

    def handle(self, *, path: Path | None, **_options: Any) -> None:
        wanted = path or settings.KVITT_POPULATION_REGISTER
        if wanted is None:
            raise CommandError(_("Name a file, or set KVITT_POPULATION_REGISTER."), returncode=WRONG_USE)
        try:
            count, faults = FileRegister(wanted).check()
        except Refused as refused:
            raise CommandError(problem_text(refused.problems[0]), returncode=WRONG_USE) from refused
        for fault in faults:
            self.stderr.write(_fault_line(fault), self.style.ERROR)
        self.stdout.write(
            _("%(count)s lines can be used, %(faults)s cannot.")
            % {
                "count": count,
                "faults": len(faults),
            }
        )
        if faults:
            raise SystemExit(1)


def _fault_line(fault: Fault) -> str:
    column = f", {fault.field}" if fault.field else ""
    return _("Line %(line)s%(column)s: %(reason)s") % {
        "line": fault.line,
        "column": column,
        "reason": problem_text(fault),
    }
