"""`kvitt export_vouchers`: makes the voucher file of a month, for whoever prefers cron to a page."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kvitt.foundation import clock
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import system_actor
from kvitt.registers.organisations import queries as organisations
from kvitt.settlement.commands import outbox
from kvitt.settlement.commands import vouchers as commands
from kvitt.settlement.queries import vouchers as queries
from kvitt.settlement.rules.vouchers import NOT_A_MONTH, parse_period


class Command(BaseCommand):
    """Prints name and checksum of the file; exits 1 when it cannot be made, with one line each why."""

    help = (
        "Make the voucher file (SIE 4I) of a month that has ended, once, and print name and SHA-256; of a "
        "municipality those that are made already, one for each batch of invoices dated in the month. It can "
        "be run any number of times: the file stays the same. Exits 1 when it cannot be made, with the "
        "reasons on stderr, and 2 at a wrong argument."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--period", required=True, metavar="YYYY-MM", help="the month")
        parser.add_argument(
            "--authority", metavar="NUMBER", help="organisation number, where there are several authorities"
        )
        parser.add_argument("--to", type=Path, metavar="DIR", help="write the file in this folder too")
        parser.add_argument("--json", action="store_true", help="print the file as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        month = parse_period(options["period"])
        if month is None:
            raise CommandError(NOT_A_MONTH, returncode=2)
        actor = system_actor(_authority_id(options["authority"]), "kvitt export_vouchers")
        try:
            made = queries.module_vouchers(actor.authority_id, month)
            files = [outbox.download_file(actor, file_id=file_id) for file_id in made]
            files = files or [commands.export_vouchers(actor, today=clock.today(), period=month)]
        except Refused as refused:
            for problem in refused.problems:
                self.stderr.write(str(problem))
            raise SystemExit(1) from refused
        for file in files:
            if options["to"] is not None:
                _write(options["to"] / file.name, bytes(file.content))
            if options["json"]:
                described = {
                    "file": file.name,
                    "sha256": file.sha256,
                    "period": options["period"],
                    "vouchers": file.voucher_count,
                }
                self.stdout.write(json.dumps(described, ensure_ascii=False))
            else:
                self.stdout.write(f"{file.name} {file.sha256}")


def _authority_id(number: str | None) -> int:
    """Return which authority is meant: that of the number, or the only one."""
    found = organisations.only_authority_id() if number is None else organisations.authority_id_of(number)
    if found is None:
        raise CommandError(
            "There are several authorities, or none: say which one with --authority."
            if number is None
            else f"There is no authority with the organisation number {number}.",
            returncode=2,
        )
    return found


def _write(path: Path, content: bytes) -> None:
    """Write the file, but never over another."""
    try:
        if path.exists() and path.read_bytes() == content:
            return
        with path.open("xb") as out:
            out.write(content)
    except OSError as fault:
        msg = f"{path} cannot be written: {fault.strerror or fault}"
        raise CommandError(msg) from fault
