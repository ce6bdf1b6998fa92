"""Kills a worker amid its invoices, again and again, and proves that nothing is lost or doubled (QU-14).

`python -m bench.kill_worker`, with the KVITT_DATABASE_URL of an empty database of its own. Every round is an
outage of three months: two workers start at the same second, one of them is killed at a random moment and
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
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import IO

from django.core.management import call_command
from django.db.models import Count, Max, Min

from bench import data, databases
from bench.measure import row
from kvitt.foundation.values import dates
from kvitt.foundation.values.money import format_count
from kvitt.ledger import queries as ledger
from kvitt.ledger.models import Invoice, InvoiceRow, InvoiceRun, Line
from kvitt.modules.population_health.models import Activity

MODULE = "population_health"
BEGINNING = date(2020, 1, 1)
MONTHS = 3
PATIENCE = 120.0  # seconds until a round has failed
LOOK = 0.05  # seconds between two looks at what the workers have done


@dataclass(frozen=True)
class Outage:
    """Three months of lines that nobody invoiced; `lines` of each clinic and month."""

    first: date
    clinics: int
    lines: int

    @property
    def months(self) -> list[date]:
        """The first of each month."""
        return [dates.add_months(self.first, number) for number in range(MONTHS)]

    @property
    def over_on(self) -> date:
        """The day on which the workers start, when the last month is due."""
        return dates.add_months(self.first, MONTHS)

    @property
    def invoices(self) -> int:
        """How many invoices there are to be."""
        return MONTHS * self.clinics

    @property
    def made(self) -> int:
        """How many of them there are now."""
        return Invoice.objects.filter(module=MODULE, invoice_date__gte=self.first).count()


@dataclass
class Kill:
    """Which worker is killed, and when: so many invoices are made, and a moment has gone by."""

    worker: int
    made: int
    wait: float


def measure(*, rounds: int, clinics: int, lines: int, seed: int) -> Iterator[str]:
    """Have a worker killed in every round, and yield what that came to."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    outages = [Outage(dates.add_months(BEGINNING, MONTHS * n), clinics, lines) for n in range(rounds + 1)]
    data.write_clinics(clinics)
    undisturbed = survive(outages[0])
    tell(f"seed {seed}: {outages[0].invoices} invoices take {undisturbed:.1f} s when nobody is killed")
    amid = 0
    for number, outage in enumerate(outages[1:], start=1):
        kill = Kill(chance.randrange(2), made=chance.randrange(outage.invoices), wait=chance.uniform(0, LOOK))
        seconds = survive(outage, kill)
        amid += kill.made < outage.invoices
        tell(
            f"round {number}: worker {kill.worker + 1} killed when {kill.made} invoices were made, "
            f"all {outage.invoices} after {seconds:.1f} s"
        )
    call_command("verify", stdout=sys.stderr)
    yield row(
        f"two workers after {MONTHS} months' outage, one of them killed, {rounds} times over",
        f"{format_count(InvoiceRow.objects.count())} lines, each on one invoice, months in order; "
        "`kvitt verify` clean",
        requirement="QU-14",
        goal="nothing lost, nothing twice",
        beside=f"{amid} kills amid the work, {format_count(Invoice.objects.count())} invoices",
    )


def survive(outage: Outage, kill: Kill | None = None) -> float:
    """Let two workers make up for an outage, and return the seconds; `kill` is told how far they had come."""
    write_activities(outage)
    with tempfile.TemporaryFile() as errors, workers(outage, errors) as running:
        wait_until(lambda: InvoiceRun.objects.filter(due_on__gt=outage.first).exists(), errors)
        begun = time.perf_counter()
        if kill:
            wait_until(lambda: outage.made >= kill.made, errors)
            time.sleep(kill.wait)
            running[kill.worker].kill()
            running[kill.worker].wait()
            kill.made = outage.made
            running[kill.worker] = start_worker(outage, errors)
        wait_until(lambda: not ledger.owed_runs(on=outage.over_on), errors)
        seconds = time.perf_counter() - begun
    check(outage)
    return seconds


# What is to be invoiced, and what must be true of it ----------------------------------------------


def write_activities(outage: Outage) -> None:
    """Write an activity of every clinic in each of the three months, and its lines."""
    databases.write(
        Activity,
        (
            of_clinic(clinic, month)
            | {
                "number": f"A{month:%Y%m}-{clinic:06}",
                "practitioner_id": clinic,
                "participants": "counted",
                "created_by": "Bench",
            }
            for month in outage.months
            for clinic in range(1, outage.clinics + 1)
        ),
    )
    databases.write(
        Line,
        (
            of_clinic(clinic, month)
            | {
                "module": MODULE,
                "case_number": f"A{month:%Y%m}-{clinic:06}",
                "price": 45_000,
                "amount": 45_000,
                "status": "approved",
            }
            for month in outage.months
            for clinic in range(1, outage.clinics + 1)
            for _ in range(outage.lines)
        ),
    )


def of_clinic(clinic: int, month: date) -> dict[str, object]:
    """Return what an activity and its lines share."""
    return {
        "authority_id": data.AUTHORITY,
        "clinic_id": clinic,
        "performed_on": f"{month}",
        "created_on": f"{month}",
        "code": "901",
        "text": "Activity 901",
    }


def check(outage: Outage) -> None:
    """Stop unless every line is on exactly one invoice, its month's, and the months came in order."""
    lines = Line.objects.filter(performed_on__gte=outage.first)
    if wrong := lines.annotate(times=Count("rows")).exclude(times=1, status="invoiced").count():
        sys.exit(f"{wrong} lines are not on exactly one invoice")
    latest = 0
    for month in outage.months:
        invoices = Invoice.objects.filter(module=MODULE, invoice_date=dates.last_day_of_month(month))
        found = invoices.aggregate(count=Count("id"), first=Min("id"), last=Max("id"))
        if found["count"] != outage.clinics or found["first"] < latest:
            sys.exit(f"{month:%Y-%m}: {found['count']} invoices, or some before those of an earlier month")
        if lines.filter(performed_on=month).exclude(rows__invoice__in=invoices).exists():
            sys.exit(f"{month:%Y-%m}: a line is on the invoice of another month")
        latest = found["last"]


# The workers --------------------------------------------------------------------------------------


@contextmanager
def workers(outage: Outage, errors: IO[bytes]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Have two workers run in the block."""
    running = [start_worker(outage, errors), start_worker(outage, errors)]
    try:
        yield running
    finally:
        for worker in running:
            worker.terminate()
        for worker in running:
            worker.wait(PATIENCE)


def start_worker(outage: Outage, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a worker of its own process, for which the outage is just over; it ends with this one."""
    return subprocess.Popen(
        [sys.executable, "-m", "kvitt", "worker", "--seconds", "0.1", "--with-parent"],
        env={**os.environ, "KVITT_TODAY": outage.over_on.isoformat()},
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
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--clinics", type=int, default=200)
    parser.add_argument("--lines", type=int, default=40, help="of each clinic and month (40)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311 - moments, not secrets
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    print(*measure(**vars(options)), sep="\n")


if __name__ == "__main__":
    main()
