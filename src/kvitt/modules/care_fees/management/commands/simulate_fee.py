"""`kvitt simulate_fee`: what made-up months would cost, from a file; no database is asked."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kvitt.modules.care_fees.queries import simulation


class Command(BaseCommand):
    """Prints the answer as JSON; exits 1 when a month is refused, 2 when the file cannot be read."""

    help = (
        "Calculate the fee of one client-month, or of an array of them, from a JSON file, by the shipped "
        "parameters. Nothing is stored and no database is asked. Exits 1 when a month has faults."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the file, in UTF-8")

    def handle(self, *_args: Any, **options: Any) -> None:
        written = _read(options["file"])
        cases = written if isinstance(written, list) else [written]
        answers = [simulation.simulate_fee(case) for case in cases]
        answer = answers if isinstance(written, list) else answers[0]
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        if any(each["faults"] for each in answers):
            raise SystemExit(1)


def _read(path: Path) -> object:
    try:
        content = path.read_bytes()
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_each_key_once)
    except OSError as fault:
        message = f"{path} cannot be read: {fault.strerror}."
        raise CommandError(message, returncode=2) from fault
    except (ValueError, RecursionError) as fault:
        message = f"{path} is not JSON in UTF-8: {fault}."
        raise CommandError(message, returncode=2) from fault


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object's values by key; of a key that stands twice nobody knows which value is meant."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        message = f"the key {twice} stands twice"
        raise ValueError(message)
    return found
