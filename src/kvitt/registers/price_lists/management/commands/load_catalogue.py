"""`kvitt load_catalogue PATH`: codes, prices, combinations and parameters from CSV files."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.csv_rows import Fault
from kvitt.foundation.values.identity import format_organisation_number
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.registers.access.rules import system_actor
from kvitt.registers.organisations.models import Authority
from kvitt.registers.price_lists import commands, exchange

WRONG_USE = 2


class Command(BaseCommand):
    """Exit code 0: loaded; 1: faults, one line each on standard error, nothing loaded; 2: wrong use."""

    help = (
        "Load codes, prices, combinations and parameters of an authority from CSV files. "
        "Rows are added or changed, never removed; a faulty row is named, and nothing is loaded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = ", ".join(exchange.COLUMNS)
        parser.add_argument("path", type=Path, metavar="PATH", help=f"a folder with {names}, or one of them")
        parser.add_argument(
            "--authority", metavar="NUMBER", help="its organisation number, where there are several"
        )
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *, path: Path, authority: str | None, **options: Any) -> None:
        owner = authority_named(authority)
        try:
            counts = commands.load_catalogue(
                system_actor(owner.pk, "kvitt load_catalogue"), files=_files(path)
            )
        except Refused as refused:
            for problem in refused.problems:
                self.stderr.write(fault_line(problem), self.style.ERROR)
            raise SystemExit(1) from refused
        if options["json"]:
            self.stdout.write(json.dumps({name: asdict(count) for name, count in counts.items()}))
            return
        for name, count in counts.items():
            text = _("%(file)s: %(read)s rows read, %(added)s added, %(changed)s changed")
            self.stdout.write(text % {"file": name, **asdict(count)})


def authority_named(number: str | None) -> Authority:
    """Return the authority of that organisation number, or the only one there is."""
    authorities = list(Authority.objects.order_by("name"))
    digits = "".join(filter(str.isdigit, number or ""))
    found = [each for each in authorities if number is None or each.organisation_number == digits]
    if len(found) == 1:
        return found[0]
    if not authorities:
        raise CommandError(_("There is no authority to load for."), returncode=WRONG_USE)
    known = ", ".join(
        f"{format_organisation_number(each.organisation_number)} {each.name}" for each in authorities
    )
    message = _("Name the authority with --authority NUMBER. There are: %(known)s.")
    raise CommandError(message % {"known": known}, returncode=WRONG_USE)


def _files(path: Path) -> dict[str, bytes]:
    """Return the CSV files of a folder, or the one file, by name."""
    paths = sorted(path.glob("*.[cC][sS][vV]")) if path.is_dir() else [path]
    if not paths:
        message = _("There is no CSV file in %(path)s. The files are called %(names)s.")
        names = ", ".join(exchange.COLUMNS)
        raise CommandError(message % {"path": path, "names": names}, returncode=WRONG_USE)
    try:
        return {each.name: each.read_bytes() for each in paths}
    except OSError as fault:
        message = _("%(path)s cannot be read: %(reason)s")
        values = {"path": fault.filename or path, "reason": fault.strerror}
        raise CommandError(message % values, returncode=WRONG_USE) from fault


def fault_line(problem: Problem) -> str:
    """Return one line: the file, the line and the column, and what is wrong there."""
    reason = problem_text(problem)
    if not isinstance(problem, Fault):
        return reason
    if not problem.line:
        return f"{problem.file}: {reason}"
    place = {"file": problem.file, "line": problem.line, "column": problem.field, "reason": reason}
    if not problem.field:
        return _("%(file)s, line %(line)s: %(reason)s") % place
    return _("%(file)s, line %(line)s, %(column)s: %(reason)s") % place
