"""`kvitt check_claims FILE`: everything that is wrong with a claims file, without anything being written."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kvitt.foundation import clock
from kvitt.foundation.forms import problem_text
from kvitt.modules.special_care.exchange import ClaimsReader
from kvitt.modules.special_care.queries import checking
from kvitt.modules.special_care.rules.faults import FAULTS, Fault, problem_of
from kvitt.modules.special_care.rules.files import Entry, FileCredit, FileRefused, Place, refusal_problem
from kvitt.modules.special_care.rules.tally import Tally
from kvitt.modules.special_care.tasks import ENTRIES_PER_PART
from kvitt.registers.price_lists.management.commands import load_catalogue


class Command(BaseCommand):
    """Exit code 0: faultless; 1: faults, one line each on standard error; 2: wrong use."""

    help = (
        "Check a claims file as it is checked when it is handed in, and write nothing. One line for each "
        "fault: line of the file, clinic, claim reference, code, message."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a claims file in XML or CSV")
        parser.add_argument(
            "--authority", metavar="NUMBER", help="its organisation number, where there are several"
        )
        parser.add_argument("--json", action="store_true", help="print counts and faults as JSON")

    def handle(self, *, file: Path, authority: str | None, json: bool, **_options: Any) -> None:
        owner = load_catalogue.authority_named(authority)
        told: list[dict[str, object]] = []
        counts = {"claims": 0, "credits": 0, "faulty": 0, "faults": 0}
        with opened(file) as content:
            try:
                for one in _checked(owner.pk, content, file.name):
                    counts["credits" if isinstance(one.entry, FileCredit) else "claims"] += 1
                    counts["faulty"] += not one.is_faultless
                    counts["faults"] += len(one.faults)
                    for fault in one.faults:
                        line = checking.line_of(one.entry, fault)
                        told.append(self.tell(one.entry.place, line, fault, is_quiet=json))
            except FileRefused as refused:
                self.refuse(file, refused, as_json=json)
        if json:
            self.stdout.write(dumped({**counts, "list": told}))
        else:
            text = _("%(claims)s claims and %(credits)s credits read, %(faulty)s with faults")
            self.stdout.write(text % counts)
        if counts["faulty"]:
            raise SystemExit(1)

    def tell(self, place: Place, line: int, fault: Fault, *, is_quiet: bool) -> dict[str, object]:
        """Write a fault to standard error unless it comes as JSON, and return it as that."""
        found = fault_told(place, line, fault)
        if not is_quiet:
            self.stderr.write(line_text(found))
        return found

    def refuse(self, file: Path, refused: FileRefused, *, as_json: bool) -> None:
        """Say why a file cannot be read, and end."""
        message = problem_text(refusal_problem(refused.code, refused.values))
        if as_json:
            self.stdout.write(dumped({"refusal": refused.code, "message": message}))
        else:
            self.stderr.write(f"{file.name}: {refused.code}: {message}")
        raise SystemExit(1)


def opened(path: Path) -> BinaryIO:
    """Return the open file. Raises CommandError."""
    try:
        return path.open("rb")
    except OSError as fault:
        message = _("%(path)s cannot be read: %(reason)s")
        values = {"path": path, "reason": fault.strerror}
        raise CommandError(message % values, returncode=load_catalogue.WRONG_USE) from fault


def fault_told(place: Place, line: int, fault: Fault) -> dict[str, object]:
    """Return what is told of a fault; the personal number stays in the file."""
    message = problem_text(problem_of(Fault(fault.code, values=fault.values)))
    if place.identity_number:
        message = message.replace(place.identity_number, "…")
    return {
        "line": line,
        "clinic": place.clinic_number,
        "reference": place.reference,
        "code": fault.code,
        "level": FAULTS[fault.code].level.value,
        "element": FAULTS[fault.code].element,
        "message": message,
    }


def line_text(told: dict[str, object]) -> str:
    """Return a fault as a line of text."""
    return "{line}: {clinic} {reference} {code}: {message}".format(**told)


def dumped(found: dict[str, object]) -> str:
    """Return what was found as JSON."""
    return json.dumps(found, ensure_ascii=False)


def _checked(authority_id: int, content: BinaryIO, name: str) -> Iterator[checking.CheckedEntry]:
    """Yield the entries of a file, checked on behalf of the clinics that it names."""
    entries: Iterator[Entry] = iter(ClaimsReader(content, name=name))
    tally, sender = Tally(), None
    while part := list(islice(entries, ENTRIES_PER_PART)):
        if sender is None or sender.provider_id is None:
            sender = checking.sender_in(authority_id, part)
        yield from checking.check_entries(sender, part, tally, today=clock.today())
