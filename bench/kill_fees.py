"""Kills whoever calculates, approves and invoices care fees, again and again: each month once (QU-14).

`python -m bench.kill_fees`, with the KVITT_DATABASE_URL of an empty database of its own. Every round is a
month: two processes set about it at once while fees are corrected; one of them is killed at a random moment
and started anew. It ends the processes that it started, and nothing else.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from bench.kill_payments import READY, go
from bench.kill_worker import PATIENCE, tell
from bench.measure import row
from kvitt.foundation.values import dates
from kvitt.foundation.values.money import format_count
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import approval, corrections, invoices, runs
from kvitt.modules.care_fees.management.commands import run_fees
from kvitt.modules.care_fees.models import (
    AreaMonth,
    BillingRun,
    Client,
    ClientMonth,
    ClientSettings,
    FeeCorrection,
    FeeInvoice,
    FeeLine,
    GrantedService,
    InvoiceBatch,
    Placement,
    Service,
    ServicePrice,
)
from kvitt.modules.care_fees.rules.corrections import NewCorrection
from kvitt.registers.access.rules import Actor, system_actor
from kvitt.registers.accounting.models import AccountString
from kvitt.registers.organisations.models import Authority, BillingArea, CareProvider, Clinic
from kvitt.registers.people.models import Address, Person

BEGINNING = date(2023, 1, 1)
AREAS = 2
CHUNKS_PER_MONTH = 10
WORK = "work"
LOOK = 0.01  # seconds between two looks
CORRECTED = -100  # öre


@dataclass
class Outcome:
    """What the rounds came to."""

    amid: int = 0
    corrected: int = 0


# What one process does ----------------------------------------------------------------------------


def work(month: date, clients: int) -> None:
    """When told to, calculate, approve and invoice until the month is done, whatever others do meanwhile."""
    runs.CLIENTS_PER_CHUNK = size = max(1, clients // CHUNKS_PER_MONTH)
    connection.ensure_connection()
    sys.stdout.buffer.write(READY)
    sys.stdout.flush()
    sys.stdin.readline()
    until = time.monotonic() + PATIENCE / 4
    while not is_over(month) and time.monotonic() < until:
        try:
            step(actor(), month, size)
        except Refused as refused:
            # The other one was faster, or something was corrected meanwhile; told where it comes to nothing.
            print(*refused.problems, sep="\n", file=sys.stderr, flush=True)
            time.sleep(LOOK)


def step(actor: Actor, month: date, size: int) -> None:
    """Take the next step that there is to take; so many clients are calculated or invoiced in one."""
    today = dates.add_months(month, 1)
    area_ids = list(BillingArea.objects.order_by("pk").values_list("pk", flat=True))
    batch = InvoiceBatch.objects.filter(finished_at__isnull=True).first()
    if batch is not None:
        if invoices.issue_invoices(batch_id=batch.pk, size=size) is None:
            invoices.finish_batch(batch_id=batch.pk)
    elif AreaMonth.objects.filter(month=month, approved_at__isnull=False).count() == AREAS:
        invoices.open_batch(actor, month=month, invoice_date=today, today=today)
    else:
        run_fees.calculate(actor, area_ids, month)
        if ClientMonth.objects.filter(status="faulty").exists():
            sys.exit("there are faults")
        approval.approve_areas(actor, area_ids=area_ids, month=month, today=today, confirmed=True)


def is_over(month: date) -> bool:
    """Tell whether every client's month is invoiced, and nothing is unfinished."""
    open_batches = InvoiceBatch.objects.filter(finished_at__isnull=True)
    return not open_batches.exists() and not is_left(month).exists() and made(month) > 0


def is_left(month: date) -> QuerySet[Client]:
    """Return the clients who have no invoice of the month."""
    done = FeeInvoice.objects.filter(client_month__month=month).values("client_month__client_id")
    return Client.objects.exclude(pk__in=done)


def made(month: date) -> int:
    """Return how many invoices of the month there are."""
    return FeeInvoice.objects.filter(client_month__month=month).count()


def actor() -> Actor:
    """Return the program, which may do everything in the municipality."""
    return system_actor(Authority.objects.values_list("pk", flat=True).get(), "bench.kill_fees")


# The rounds ---------------------------------------------------------------------------------------


def measure(*, rounds: int, clients: int, seed: int) -> Iterator[str]:
    """Have a process killed in every round, and yield what that came to."""
    fill(clients)
    yield from play(rounds=rounds, clients=clients, seed=seed)


def play(*, rounds: int, clients: int, seed: int, longest: float | None = None) -> Iterator[str]:
    """Do the same in a database that is filled.

    `longest` is how late somebody is killed (seconds); where it is given, the other process goes on alone.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    outcome = Outcome()
    undisturbed = longest or survive(BEGINNING, clients, outcome, chance)
    tell(f"seed {seed}: {clients} months and invoices take {undisturbed:.2f} s when nobody is killed")
    for number in range(1, rounds + 1):
        month = dates.add_months(BEGINNING, number)
        wait = chance.uniform(0, undisturbed)
        survive(month, clients, outcome, chance, wait, is_restarted=longest is None)
        check(month, clients)
        tell(f"round {number}: killed {wait:.3f} s after the beginning, each month and invoice once")
    call_command("verify", stdout=sys.stderr)
    yield row(
        f"two processes calculate, approve and invoice, one of them killed, {rounds} times over",
        f"{format_count(ClientMonth.objects.count())} months, each approved and invoiced once, in numbers "
        "without gaps; `kvitt verify` clean",
        requirement="QU-14",
        goal="nothing lost, nothing twice",
        beside=f"{outcome.amid} kills amid the work, {outcome.corrected} corrections while it went on",
    )


def survive(
    month: date,
    clients: int,
    outcome: Outcome,
    chance: random.Random,
    wait: float | None = None,
    *,
    is_restarted: bool = True,
) -> float:
    """Let two processes do a month, one of them killed, and return how long it took."""
    with tempfile.TemporaryFile() as errors:
        processes = [start(month, clients, errors), start(month, clients, errors)]
        wait_for(processes, errors)
        try:
            begun = time.perf_counter()
            go(*processes)
            if wait is not None:
                while time.perf_counter() - begun < wait:
                    outcome.corrected += correct(month, chance)
                    time.sleep(min(wait, 0.05))
                processes[0].kill()
                processes[0].wait()
                outcome.amid += not is_over(month)
                del processes[0]
                if is_restarted:
                    processes.append(start(month, clients, errors))
                    wait_for(processes[1:], errors)
                    go(processes[1])
            is_working = [process.poll for process in processes]
            while not is_over(month) and all(ended() is None for ended in is_working):
                time.sleep(LOOK)
            took = time.perf_counter() - begun
            for process in processes:
                if process.wait(PATIENCE) or not is_over(month):
                    errors.seek(0)
                    sys.exit(f"{month:%Y-%m} is not done after {took:.0f} s:\n{errors.read().decode()}")
        finally:
            for process in processes:
                process.kill()
    return took


def correct(month: date, chance: random.Random) -> bool:
    """Correct the fee of a client, which may be at the moment when his month is approved."""
    number = chance.choice(list(Client.objects.order_by("pk").values_list("number", flat=True)))
    new = NewCorrection(
        service_id=None, unit_id=Clinic.objects.earliest("pk").pk, amount=CORRECTED, text="Bench"
    )
    corrections.add_correction(actor(), today=dates.add_months(month, 1), number=number, new=new)
    return True


def start(month: date, clients: int, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a process, which waits for the word to go."""
    return subprocess.Popen(
        [sys.executable, "-m", "bench.kill_fees", WORK, month.isoformat(), str(clients)],
        env={
            **os.environ,
            "KVITT_TODAY": dates.add_months(month, 1).isoformat(),
            "KVITT_DATABASE_URL": address(),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
    )


def wait_for(processes: Sequence[subprocess.Popen[bytes]], errors: IO[bytes]) -> None:
    """Return when the processes wait for the word to go."""
    for process in processes:
        if process.stdout is None or process.stdout.readline() != READY:
            errors.seek(0)
            sys.exit(f"a process did not start:\n{errors.read().decode()}")


def address() -> str:
    """Return the address of the database that this process uses: the tests have one of their own."""
    used = connection.settings_dict
    if connection.vendor == "sqlite":
        return os.environ.get("KVITT_DATABASE_URL", "")
    return f"postgresql://{used['USER']}@{used['HOST']}:{used['PORT']}/{used['NAME']}"


# What there is, and what must be true of it -------------------------------------------------------


def fill(clients: int) -> None:
    """Write a municipality with clients in two areas, who get home care and accept the fee cap."""
    authority = Authority.objects.create(
        name="Bench", kind="municipality", organisation_number="2120000000", parish_code="058001"
    )
    areas = [
        BillingArea.objects.create(authority=authority, name=f"Area {n}", sort_key=f"area {n}")
        for n in range(AREAS)
    ]
    provider = CareProvider.objects.create(
        authority=authority, organisation_number="2120000000", name="Care", sort_key="care"
    )
    units = [
        Clinic.objects.create(
            authority=authority,
            provider=provider,
            number=f"{4000 + n}",
            name=f"Home care {n}",
            sort_key=f"home care {n}",
            unit_kind="home_care",
            area=area,
        )
        for n, area in enumerate(areas)
    ]
    service = Service.objects.create(
        authority=authority,
        code="OMV",
        name="Personlig omvårdnad",
        sort_key="personlig omvårdnad",
        kind="granted",
        care="personal_care",
        measure="month",
        is_capped=True,
        place=0,
        first_on=BEGINNING,
    )
    ServicePrice.objects.create(service=service, first_on=BEGINNING, amount=182_300)
    for use, account in (("revenue", "3111"), ("receivable", "1510"), ("vat", "2611")):
        AccountString.objects.create(authority=authority, use=use, account=account, first_on=date(2000, 1, 1))
    for n in range(clients):
        person = Person.objects.create(
            authority=authority,
            identity_number=f"99{n:010}",
            identity_kind="reserve",
            code=uuid.UUID(int=n).hex,
            given_name=f"Given{n}",
            family_name=f"Family{n}",
            sort_key=f"family{n:06}",
            search_key=f"given{n} family{n}",
        )
        Address.objects.create(
            person=person,
            kind="registered",
            street="Road 1",
            postcode="58222",
            town="Town",
            first_on=BEGINNING,
        )
        client = Client.objects.create(
            authority=authority, number=f"D2023-{n + 1:06}", person=person, created_on=BEGINNING
        )
        Placement.objects.create(client=client, area=areas[n % AREAS], first_on=BEGINNING)
        ClientSettings.objects.create(
            client=client, first_on=BEGINNING, fee_type="single", accepts_cap=True, parish_code="058001"
        )
        # Every fifth is served by the other area's unit: both must have approved.
        unit = units[(n + (n % 5 == 0)) % AREAS]
        GrantedService.objects.create(client=client, service=service, unit=unit, first_on=BEGINNING)


def check(month: date, clients: int) -> None:
    """Stop unless every client has one month, with every correction of it, and one invoice of its total."""
    months = ClientMonth.objects.filter(month=month)
    states = dict(months.values_list("status").annotate(count=Count("pk")))
    if states != {"approved": clients}:
        sys.exit(f"{month:%Y-%m}: {states} months of {clients} clients")
    summed = months.annotate(sum=Sum("lines__amount")).exclude(sum=F("total"))
    if summed.exists():
        sys.exit(f"{month:%Y-%m}: {summed.count()} months are not the sum of their lines")
    corrected = FeeCorrection.objects.filter(month=month).aggregate(sum=Sum("amount"))["sum"] or 0
    in_lines = FeeLine.objects.filter(client_month__month=month, kind="correction")
    billed = in_lines.aggregate(sum=Sum("amount"))["sum"] or 0
    if corrected != billed:
        sys.exit(f"{month:%Y-%m}: {corrected} öre of corrections, {billed} of them billed")
    found = FeeInvoice.objects.filter(client_month__month=month)
    if found.count() != clients or found.exclude(total=F("client_month__total")).exists():
        sys.exit(f"{month:%Y-%m}: {found.count()} invoices of {clients} clients, or wrong totals")
    numbers = FeeInvoice.objects.aggregate(first=Min("number"), last=Max("number"), count=Count("number"))
    if numbers["last"] - numbers["first"] + 1 != numbers["count"]:
        sys.exit(f"the numbers of {numbers['count']} invoices are {numbers['first']} to {numbers['last']}")
    is_open = Q(finished_at__isnull=True)
    if BillingRun.objects.filter(is_open).exists() or AreaMonth.objects.filter(run__isnull=False).exists():
        sys.exit(f"{month:%Y-%m}: a run is not finished")


def main() -> None:
    """Make the tables, and play; or be one of the processes."""
    if sys.argv[1:2] == [WORK]:
        work(date.fromisoformat(sys.argv[2]), int(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--clients", type=int, default=400)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311 - moments, not secrets
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    print(*measure(**vars(options)), sep="\n")


if __name__ == "__main__":
    main()
