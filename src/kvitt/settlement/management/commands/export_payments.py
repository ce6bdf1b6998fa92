"""`kvitt export_payments`: sends the payment files that wait, for whoever prefers cron to a worker."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import system_actor
from kvitt.registers.organisations import queries as organisations
from kvitt.settlement.commands import outbox as commands
from kvitt.settlement.lifecycle import FileKind, OutboxStatus
from kvitt.settlement.models import OutgoingFile
from kvitt.settlement.queries import outbox as queries


class Command(BaseCommand):
    """Prints name and checksum of each file it sent; exits 1 when one is not sent, with one line each."""

    help = (
        "Put the payment files that wait in the outbox folder, each once, and print name and SHA-256. It "
        "can be run any number of times. Exits 1 when a file was not sent, or may have been, with one line "
        "each on stderr."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--run", type=int, metavar="NUMBER", help="of this payment run only")
        parser.add_argument(
            "--authority", metavar="NUMBER", help="of the authority with this organisation number only"
        )
        parser.add_argument("--to", type=Path, metavar="DIR", help="the folder (KVITT_OUTBOX)")
        parser.add_argument("--json", action="store_true", help="print the files as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        authority_id = self._authority_id(options["authority"], options["run"])
        files = queries.unsent_files(
            kind=FileKind.PAYMENTS, authority_id=authority_id, run_number=options["run"]
        )
        sent, faults = [], []
        for file in files:
            fault = self._fault_of(file, options["to"])
            if fault:
                faults.append(f"{file.name}: {fault}")
            else:
                sent.append(file)
        if options["json"]:
            described = {"files": [_described(file) for file in sent], "faults": faults}
            self.stdout.write(json.dumps(described, ensure_ascii=False))
        else:
            for file in sent:
                self.stdout.write(f"{file.name} {file.sha256}")
            if not files:
                self.stdout.write("No payment file waits.")
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise SystemExit(1)

    def _authority_id(self, number: str | None, run: int | None) -> int | None:
        """Return which authority is meant; None means all of them."""
        if number is not None:
            found = organisations.authority_id_of(number)
            if found is None:
                msg = f"There is no authority with the organisation number {number}."
                raise CommandError(msg, returncode=2)
            return found
        if run is not None and organisations.only_authority_id() is None:
            msg = "There are several authorities: say which one with --authority."
            raise CommandError(msg, returncode=2)
        return None

    def _fault_of(self, file: OutgoingFile, folder: Path | None) -> str:
        """Send a file, and return why it is not sent; empty when it is."""
        try:
            commands.send_file(system_actor(file.authority_id), file_id=file.pk, folder=folder)
        except Refused as refused:
            return "; ".join(str(problem) for problem in refused.problems)
        except OSError as fault:
            return f"the folder cannot be written: {fault.strerror or fault}"
        file.refresh_from_db(fields=["status"])
        if file.status == OutboxStatus.SENT:
            return ""
        return (
            "sending it was interrupted, and it is not in the folder. Ask the bank whether it has it; if "
            "not, send it again in Kvitt."
        )


def _described(file: OutgoingFile) -> dict[str, object]:
    return {
        "authority": file.authority.organisation_number,
        "run": file.run.number if file.run else None,
        "name": file.name,
        "sha256": file.sha256,
    }
