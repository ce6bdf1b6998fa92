"""`kvitt export_einvoices`: the e-invoices of a batch, for whoever prefers cron to the outbox."""

import io
import json
import zipfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kvitt.modules.care_fees.queries import batch_files as queries
from kvitt.registers.access.rules import system_actor
from kvitt.registers.organisations import queries as organisations
from kvitt.settlement.commands import outbox


class Command(BaseCommand):
    """Prints the names of the files; exits 1 where the batch has none, with one line why."""

    help = (
        "Print the e-invoices (Peppol BIS Billing 3) of a batch that is sent, one file each, and write them "
        "in a folder where one is given. It can be run any number of times: the files stay the same. Exits 1 "
        "when there are none, with the reason on stderr, and 2 at a wrong argument."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, required=True, metavar="NUMBER", help="the batch")
        parser.add_argument(
            "--authority", metavar="NUMBER", help="organisation number, where there are several authorities"
        )
        parser.add_argument("--to", type=Path, metavar="DIR", help="write the files in this folder")
        parser.add_argument("--json", action="store_true", help="print the names as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        authority_id = _authority_id(options["authority"])
        actor = system_actor(authority_id, "kvitt export_einvoices")
        file = queries.einvoices_of(authority_id, options["batch"])
        if file is None:
            self.stderr.write(f"Batch {options['batch']} is not sent, or has no e-invoices.")
            raise SystemExit(1)
        content = bytes(outbox.download_file(actor, file_id=file.pk).content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if options["to"] is not None:
                for name in names:
                    _write(options["to"] / name, archive.read(name))
        if options["json"]:
            self.stdout.write(json.dumps({"batch": options["batch"], "files": names}))
        else:
            self.stdout.write("\n".join(names))


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
