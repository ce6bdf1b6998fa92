"""Kills a worker amid claims files, again and again, and proves that nothing is lost or doubled (QU-14).

`python -m bench.kill_claims`, with the KVITT_DATABASE_URL of an empty database of its own. Every round is a
file of new claims and two workers, which are killed at a random moment of the check or of the taking in and
started anew. It ends the workers that it started, and nothing else.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db.models import Sum

from bench import claims, claims_file
from bench.measure import row
from kvitt.foundation import clock
from kvitt.foundation.values.money import format_count
from kvitt.modules.special_care.lifecycle import FileStatus
from kvitt.modules.special_care.models import Claim, ClaimLine, ClaimsFile
from kvitt.registers.access.models import User

PATIENCE = 120.0  # seconds until a round has failed
LOOK = 0.02  # seconds between two looks at what the workers have done


def measure(*, rounds: int, count: int, seed: int) -> Iterator[str]:
    """Have a worker killed amid a file in every round, and yield what that came to."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    settings.KVITT_TODAY = claims.TODAY
    claims.fill(count)
    sender = User.objects.get(username__startswith="bench-")
    amid = dict.fromkeys((FileStatus.WAITING, FileStatus.CHECKING, FileStatus.LOADING), 0)
    with tempfile.TemporaryDirectory() as folder:
        settings.KVITT_DOCUMENTS = Path(folder)
        for number in range(1, rounds + 1):
            path = Path(folder) / "claims.xml"
            on = date(2024, 11, 19) - timedelta(days=number)
            claims_file.write_claims(
                path, claims.patients(count), on=on, codes=claims.CODES, location="", prefix=f"R{number}x"
            )
            found = claims.hand_in(sender, path)
            status = survive(found, chance, folder)
            amid[status] = amid.get(status, 0) + 1
            check(found, count)
            tell(f"seed {seed}, round {number}: killed while the file was {status}")
        call_command("verify", stdout=sys.stderr)
    kills = ", ".join(f"{times} {FileStatus(status).value}" for status, times in amid.items() if times)
    yield row(
        f"a claims file of {format_count(count)} claims, its workers killed, {rounds} times over",
        f"{format_count(Claim.objects.count())} claims, each taken in once; `kvitt verify` clean",
        requirement="QU-14",
        goal="nothing lost, nothing twice",
        beside=f"killed while the file was {kills}",
    )


def survive(found: ClaimsFile, chance: random.Random, folder: str) -> FileStatus:
    """Let two workers take a file in, which are killed amid it; return how far the file was then."""
    part = chance.choice((FileStatus.CHECKING, FileStatus.LOADING))
    with tempfile.TemporaryFile() as errors:
        running = [start_worker(folder, errors), start_worker(folder, errors)]
        try:
            wait_until(lambda: state(found) in {part, FileStatus.LOADING, FileStatus.LOADED}, errors)
            time.sleep(chance.uniform(0, 0.5))
            # Which of the two holds it is not known: both are killed.
            status = FileStatus(state(found))
            for place in (0, 1):
                running[place].kill()
                running[place].wait()
                running[place] = start_worker(folder, errors)
            ClaimsFile.objects.filter(pk=found.pk, held_until__isnull=False).update(held_until=clock.now())
            wait_until(lambda: state(found) == FileStatus.LOADED, errors)
        finally:
            for worker in running:
                worker.terminate()
            for worker in running:
                worker.wait(PATIENCE)
    return status


def state(found: ClaimsFile) -> str:
    """Return how far the file has come."""
    return ClaimsFile.objects.values_list("status", flat=True).get(pk=found.pk)


def check(found: ClaimsFile, count: int) -> None:
    """Stop unless every claim of the file was taken in once, with its lines."""
    found.refresh_from_db()
    made = Claim.objects.filter(file=found).aggregate(amount=Sum("total"))["amount"]
    # Patients of many rounds have many claims, which are held: not every claim is in the ledger.
    summed = ClaimLine.objects.filter(claim__file=found).aggregate(amount=Sum("price"))["amount"]
    if found.taken_count != count or not found.taken_amount == made == summed:
        sys.exit(f"{found.taken_count} of {count} claims: {found.taken_amount}, {made} and {summed} öre")


def start_worker(folder: str, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a worker of its own process; it ends with this one."""
    return subprocess.Popen(
        [sys.executable, "-m", "kvitt", "worker", "--seconds", "0.1", "--with-parent"],
        env={**os.environ, "KVITT_TODAY": claims.TODAY.isoformat(), "KVITT_DOCUMENTS": folder},
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )


def wait_until(is_so: Callable[[], bool], errors: IO[bytes]) -> None:
    """Wait for what the workers do, and tell what they said when it takes too long."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > until:
            errors.seek(0)
            sys.exit(f"the workers did nothing for {PATIENCE:.0f} s and said:\n{errors.read().decode()}")
        time.sleep(LOOK)


def tell(text: str) -> None:
    """Say how far it has come."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Make the tables, and play."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--claims", type=int, default=3_000, dest="count", help="in each file (3 000)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311 - moments, not secrets
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    print(*measure(**vars(options)), sep="\n")


if __name__ == "__main__":
    main()
