"""How fast a month of care fees is calculated, approved and invoiced (QU-4), and looked at again (QU-5).

`python -m bench.fees --clients 100000`, with the KVITT_DATABASE_URL of an empty database of its own. The
floor is COPY of the very rows that came of it, explanation and log among them. Two workers are two processes
that share one run, as `kvitt worker` does it. mvj of the City of Helsinki makes 15 to 22 invoices a second.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.db.models import F

from bench import databases, fees_data
from bench.claims import copied, dump, last_ids
from bench.fees_data import AUTHORITY, MONTH, TODAY
from bench.measure import Cost, measured, row, user
from kvitt.audit.models import Event, Subject
from kvitt.foundation.values.money import format_count
from kvitt.modules.care_fees.commands import approval, invoices, runs
from kvitt.modules.care_fees.models import (
    Absence,
    ClientMonth,
    ConcernedArea,
    FeeInvoice,
    FeeLine,
    InvoiceBatch,
    PerformedService,
    Rent,
    Tenant,
)
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Actor, Role
from kvitt.registers.organisations.models import Authority

SMALL, PEER_CLIENTS = 1_000, 2_000
PEER = "15 to 22 invoices/s"
# What came of a run, each after what it points at.
ROWS: tuple[type[models.Model], ...] = (
    ClientMonth,
    FeeLine,
    ConcernedArea,
    InvoiceBatch,
    FeeInvoice,
    Event,
    Subject,
)


@dataclass
class Run:
    """What a month took: to calculate, to approve, to invoice, and to look again when nothing had changed.

    `processor` are the seconds of all processors, of the database too: what others do on the machine is not
    among them.
    """

    calculate: Cost = field(default_factory=Cost)
    again: Cost = field(default_factory=Cost)
    approve: Cost = field(default_factory=Cost)
    invoice: Cost = field(default_factory=Cost)
    chunk_statements: int = 0
    mebibytes: float = 0.0
    processor: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Calculation, approval and invoices together."""
        return self.calculate.seconds + self.approve.seconds + self.invoice.seconds

    def parts(self) -> str:
        """Tell what each part took."""
        named = zip(
            ("calculate", "approve", "invoices"),
            (self.calculate, self.approve, self.invoice),
            self.processor,
            strict=True,
        )
        return ", ".join(f"{name} {cost.seconds:.1f} s ({used:.1f})" for name, cost, used in named)


def measure(count: int) -> Iterator[str]:
    """Yield the rows for so many clients, for a thousand, and for the peer's shape."""
    settings.KVITT_TODAY = TODAY
    fees_data.fill(SMALL)
    officer = user(Authority.objects.get(pk=AUTHORITY), Role.BILLING_OFFICE)
    with databases.copy("warm"):
        run_month(officer, workers=1)
    with databases.copy("small"):
        small = run_month(officer, workers=1)
    fees_data.fill(PEER_CLIENTS, after=SMALL)
    with databases.copy("peer"):
        yield peer_row(officer)
    count = max(count, PEER_CLIENTS)
    if count > PEER_CLIENTS:
        fees_data.fill(count, after=PEER_CLIENTS)
    dumped = list[tuple[str, Path]]()
    floor = floor_processor = 0.0
    with tempfile.TemporaryDirectory() as folder:
        with databases.copy("one"):
            before = last_ids(ROWS)
            one = run_month(officer, workers=1)
            lines = FeeLine.objects.count() / count
            if connection.vendor == "postgresql":
                dumped = dump(Path(folder), before)
        if dumped:
            with databases.copy("floor"):
                used = processor()
                floor = copied(dumped)
                floor_processor = processor() - used
            with databases.copy("two"):
                yield fees_row(
                    run_month(officer, workers=2), count, lines, (floor, floor_processor), workers=2
                )
    yield fees_row(one, count, lines, (floor, floor_processor), workers=1)
    yield row(
        "the same with a thousand clients, one worker",
        f"{1_000_000 * sum(small.processor) / SMALL:.0f} µs of all processors a client",
        requirement="QU-4",
        goal="the same per client",
        beside=f"{1_000_000 * sum(one.processor) / count:.0f} µs with {format_count(count)}",
    )
    yield row(
        f"the run again with nothing changed, {format_count(count)} clients",
        f"{one.again.seconds * 1000:.0f} ms",
        requirement="QU-5",
        goal="≤ 1/20 of the first, nothing written",
        beside=f"1/{one.calculate.seconds / one.again.seconds:.0f} of the calculation",
    )


# What is measured ---------------------------------------------------------------------------------


def run_month(officer: User, *, workers: int) -> Run:
    """Calculate, look again, approve and invoice a month of all areas."""
    actor, run = acting(officer), Run()
    with at_work(workers) as work:
        with measured() as run.calculate:
            used = processor()
            started = runs.start_run(actor, rule_id=1, month=MONTH, today=TODAY)
            worked = work("calculate", started.pk)
            runs.finish_run(run_id=started.pk)
            run.processor.append(processor() - used + worked.processor)
        run.chunk_statements = worked.statements
        written = ClientMonth.objects.count()
        with measured() as run.again:
            again = runs.start_run(actor, rule_id=1, month=MONTH, today=TODAY)
        if again.client_count or ClientMonth.objects.count() != written:
            sys.exit(f"{again.client_count} clients were calculated again")
        with measured() as run.approve:
            used = processor()
            approval.approve_areas(actor, rule_id=1, month=MONTH, today=TODAY, confirmed=True)
            run.processor.append(processor() - used)
        with measured() as run.invoice:
            used = processor()
            batch = invoices.open_batch(actor, month=MONTH, invoice_date=TODAY, today=TODAY)
            invoiced = work("invoice", batch.pk)
            invoices.finish_batch(batch_id=batch.pk)
        run.processor.append(processor() - used + invoiced.processor)
    here = (run.calculate.mebibytes, run.approve.mebibytes, run.invoice.mebibytes)
    run.mebibytes = max(*here, worked.mebibytes, invoiced.mebibytes)
    owed = ClientMonth.objects.exclude(total=F("carried_amount")).count()
    if FeeInvoice.objects.count() != owed:
        sys.exit(f"{FeeInvoice.objects.count()} invoices of {owed} months")
    return run


@dataclass
class Worked:
    """What a worker needed: memory, statements for a chunk, and processor where it is not this process."""

    mebibytes: float = 0.0
    statements: int = 0
    processor: float = 0.0


def do(task: str, pk: int) -> Worked:
    """Do all chunks of a task here, where memory and processor are counted already."""
    cost = Cost()
    with connection.execute_wrapper(cost.note_statement):
        chunks = TASKS[task](pk)
    return Worked(statements=cost.statements // max(chunks, 1))


def _done(task: str, pk: int) -> Worked:
    with measured() as cost:
        used = processor()
        chunks = TASKS[task](pk)
        used = processor() - used
    return Worked(cost.mebibytes, cost.statements // max(chunks, 1), used)


def processor() -> float:
    """Return the seconds of the processor of this process, and of the database's that serves it."""
    if connection.vendor != "postgresql":
        return time.process_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [number] = cursor.fetchone()
    schedule = Path(f"/proc/{number}/schedstat")
    served = int(schedule.read_text(encoding="ascii").split()[0]) if schedule.exists() else 0
    return time.process_time() + served / 1_000_000_000


def _calculate(pk: int) -> int:
    chunks = 0
    while runs.calculate_chunk(run_id=pk) is not None:
        chunks += 1
    return chunks


def _invoice(pk: int) -> int:
    chunks, last = 0, 0
    while (issued := invoices.issue_invoices(batch_id=pk, after=last)) is not None:
        last = issued.last_id
        chunks += 1
    return chunks


TASKS = {"calculate": _calculate, "invoice": _invoice}


# Workers ------------------------------------------------------------------------------------------


@contextmanager
def at_work(count: int) -> Iterator[Callable[[str, int], Worked]]:
    """Have so many workers ready: one is this process, two are processes of their own."""
    if count == 1:
        yield do
        return
    name = f"/{connection.settings_dict['NAME']}"
    address = urlsplit(os.environ["KVITT_DATABASE_URL"])._replace(path=name).geturl()
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.fees", "--worker"],
            env={**os.environ, "KVITT_DATABASE_URL": address},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]

    def share(task: str, pk: int) -> Worked:
        for worker in started:
            _tell(worker, f"{task} {pk}")
        told = [json.loads(_heard(worker)) for worker in started]
        memory, statements, used = zip(*told, strict=True)
        return Worked(max(memory), max(statements), sum(used))

    try:
        for worker in started:
            _heard(worker)
        yield share
    finally:
        for worker in started:
            worker.communicate("")


def _tell(worker: "subprocess.Popen[str]", line: str) -> None:
    if worker.stdin is not None:
        worker.stdin.write(f"{line}\n")
        worker.stdin.flush()


def _heard(worker: "subprocess.Popen[str]") -> str:
    return worker.stdout.readline() if worker.stdout is not None else ""


def serve() -> None:
    """Do what is told, line by line, and answer what it took."""
    settings.KVITT_TODAY = TODAY
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    print("ready", flush=True)
    for line in sys.stdin:
        task, pk = line.split()
        worked = _done(task, int(pk))
        print(json.dumps([worked.mebibytes, worked.statements, worked.processor]), flush=True)


# Rows ---------------------------------------------------------------------------------------------


def fees_row(run: Run, count: int, lines: float, floor: tuple[float, float], *, workers: int) -> str:
    """Return the row of a month with so many workers; SQLite has no floor."""
    seconds, of_processor = floor
    return row(
        f"calculate, approve and invoice {format_count(count)} clients with {lines:.1f} lines each, "
        f"{workers} worker{'s' if workers > 1 else ''}",
        f"{format_count(round(count / run.seconds))} clients/s",
        requirement="QU-4",
        goal="≥ 2 000 clients/s, ≤ 3 times, ≤ 300 MiB",
        floor=f"{format_count(round(count / seconds))} clients/s" if seconds else "",
        times=run.seconds / seconds if seconds else 0,
        beside=f"{run.parts()}, of all processors {sum(run.processor) * 1_000_000 / count:.0f} µs a client "
        f"(floor {of_processor * 1_000_000 / count:.0f}); {run.mebibytes:.0f} MiB above idle; "
        f"{run.chunk_statements} statements to calculate a chunk",
    )


def peer_row(officer: User) -> str:
    """Take everything from clients but two services, and measure as the peer does."""
    for model in (Absence, PerformedService, Tenant, Rent):
        rows = model._base_manager.all()  # noqa: SLF001 - documented
        rows._raw_delete(rows.db)  # noqa: SLF001 - as above
    run = run_month(officer, workers=1)
    return row(
        f"{format_count(PEER_CLIENTS)} persons with one invoice of two rows each, one worker",
        f"{format_count(round(PEER_CLIENTS / run.seconds))} invoices/s",
        beside=f"mvj on such a machine: {PEER}",
    )


def acting(who: User) -> Actor:
    """Return somebody at the first unit where he works."""
    unit = access.units_of(who)[0]
    return cast("Actor", access.actor(who, unit.key, today=TODAY))


def main() -> None:
    """Make the tables and measure, or work for who measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=100_000, help="in the municipality (100 000)")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        serve()
        return
    call_command("migrate", verbosity=0)
    for line in measure(options.clients):
        print(line, flush=True)


if __name__ == "__main__":
    main()
