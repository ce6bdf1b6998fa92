"""Kills whoever proposes, approves and sends payments, again and again: each is made once (QU-14).

`python -m bench.kill_payments`, with the KVITT_DATABASE_URL of an empty database of its own. Every round has
three months of attested invoices: two processes set about paying them at once, one of them is killed at a
random moment and started anew. It ends the processes that it started, and nothing else.
"""

import argparse
import dataclasses
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from lxml import etree

from bench import data
from bench.kill_worker import LOOK, MONTHS, PATIENCE, Outage, tell, write_activities
from bench.measure import row
from kvitt.foundation.values import dates
from kvitt.foundation.values.money import format_count
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands as ledger_commands
from kvitt.ledger import tasks as ledger_tasks
from kvitt.ledger.models import Invoice
from kvitt.registers.access.rules import Actor, system_actor
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.accounting.models import AccountString
from kvitt.settlement import tasks
from kvitt.settlement.commands import outbox, paying_accounts, runs
from kvitt.settlement.exchange.pain001 import NAMESPACE
from kvitt.settlement.models import OutgoingFile, PaymentRun, SettledInvoice
from kvitt.settlement.rules import bank_days

BEGINNING = date(2020, 1, 1)
MAKER, APPROVER = 1, 2
WORK = "work"
READY = b"ready\n"
AT_ONCE = 0.002  # seconds between two looks for what lasts some thousandths


@dataclasses.dataclass(frozen=True)
class Kill:
    """When a process is killed: so many seconds after the beginning, or after the file is registered."""

    is_amid_sending: bool
    wait: float

    def happens(self, files: int) -> None:
        """Wait until it is to happen; there were so many files before."""
        until = time.monotonic() + PATIENCE
        while self.is_amid_sending and OutgoingFile.objects.count() == files and time.monotonic() < until:
            time.sleep(AT_ONCE)
        time.sleep(self.wait)


@dataclasses.dataclass
class Outcome:
    """What the rounds came to."""

    amid: int = 0
    undecided: int = 0


def actor(user_id: int) -> Actor:
    """Return somebody at the region who may do everything, and is not the other one."""
    return dataclasses.replace(system_actor(data.AUTHORITY), user_id=user_id, name=f"Bench {user_id}")


# What one process does ----------------------------------------------------------------------------


def work(today: date) -> None:
    """When told to, propose, approve and send until everything is paid, whatever others do meanwhile."""
    connection.ensure_connection()
    sys.stdout.buffer.write(READY)
    sys.stdout.flush()
    sys.stdin.readline()
    while not is_over():
        try:
            pay(today)
        except Refused:
            time.sleep(LOOK)  # the other one was faster


def pay(today: date) -> None:
    """Take the next step that there is to take."""
    waiting = PaymentRun.objects.filter(status="proposed").first()
    if waiting is not None:
        runs.approve_run(actor(APPROVER), today=today, number=waiting.number)
    elif OutgoingFile.objects.filter(status="waiting").exists():
        tasks.send_files()
    elif unpaid().exists():
        runs.propose_run(actor(MAKER), today=today, pay_on=bank_days.next_bank_day(today))


def unpaid() -> QuerySet[Invoice]:
    """Return the invoices that no run has taken up."""
    return Invoice.objects.filter(status="authorised", payout_reference="")


def is_over() -> bool:
    """Tell whether everything is ordered, and no file waits; one may be undecided."""
    waits = PaymentRun.objects.filter(status="proposed").exists()
    return not (waits or unpaid().exists() or OutgoingFile.objects.filter(status="waiting").exists())


# The rounds ---------------------------------------------------------------------------------------


def measure(*, rounds: int, clinics: int, seed: int) -> Iterator[str]:
    """Have a process killed in every round, and yield what that came to."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    outcome = Outcome()
    data.write_clinics(clinics)
    write_accounts()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KVITT_OUTBOX"] = folder
        undisturbed = survive(0, clinics, outcome)
        tell(
            f"seed {seed}: {MONTHS * clinics} invoices are paid in {undisturbed:.2f} s when nobody is killed"
        )
        for number in range(1, rounds + 1):
            is_amid_sending = number % 2 == 0
            longest = 10 * AT_ONCE if is_amid_sending else undisturbed
            kill = Kill(is_amid_sending, chance.uniform(0, longest))
            survive(number, clinics, outcome, kill)
            check(Path(folder), invoices=(number + 1) * MONTHS * clinics)
            what = "the file is registered" if is_amid_sending else "the beginning"
            tell(f"round {number}: killed {kill.wait:.3f} s after {what}, each payment once")
    call_command("verify", stdout=sys.stderr)
    sent = OutgoingFile.objects.aggregate(again=Count("id", filter=Q(sent_count__gt=1)), all=Count("id"))
    yield row(
        f"two processes propose, approve and send, one of them killed, {rounds} times over",
        f"{format_count(SettledInvoice.objects.count())} invoices, each in one payment, "
        f"{sent['all']} files, each in the outbox once; `kvitt verify` clean",
        requirement="QU-14",
        goal="nothing lost, nothing twice",
        beside=f"{outcome.amid} kills amid the work, {outcome.undecided} files for a person to decide",
    )


def survive(number: int, clinics: int, outcome: Outcome, kill: Kill | None = None) -> float:
    """Let two processes pay, one of them killed, and return how long it took."""
    files = OutgoingFile.objects.count()
    today = write_invoices(number, clinics)
    with tempfile.TemporaryFile() as errors:
        processes = [start(today, errors), start(today, errors)]
        try:
            begun = time.perf_counter()
            go(*processes)
            if kill is not None:
                kill.happens(files)
                processes[0].kill()
                processes[0].wait()
                outcome.amid += not is_over()
                processes[0] = start(today, errors)
                go(processes[0])
            while not is_over() and time.perf_counter() - begun < PATIENCE:
                time.sleep(AT_ONCE)
            took = time.perf_counter() - begun
            for process in processes:
                if process.wait(PATIENCE):
                    errors.seek(0)
                    sys.exit(f"a process ended with {process.returncode}:\n{errors.read().decode()}")
        finally:
            for process in processes:
                process.kill()
    decide(outcome)
    return took


def decide(outcome: Outcome) -> None:
    """Send again, as a person does, what was interrupted and is not in the folder."""
    tasks.send_files()
    for file in OutgoingFile.objects.filter(status="sending"):
        outcome.undecided += 1
        outbox.resend_file(actor(APPROVER), file_id=file.pk)
    tasks.send_files()


def start(today: date, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a process that pays, and return when it waits for the word to go."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.kill_payments", WORK, today.isoformat()],
        env={**os.environ, "KVITT_TODAY": today.isoformat()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
    )
    if process.stdout is None or process.stdout.readline() != READY:
        errors.seek(0)
        sys.exit(f"a process did not start:\n{errors.read().decode()}")
    return process


def go(*processes: subprocess.Popen[bytes]) -> None:
    """Let processes begin."""
    for process in processes:
        if process.stdin is not None:
            process.stdin.write(READY)
            process.stdin.flush()


# What is to be paid, and what must be true of it --------------------------------------------------


def write_accounts() -> None:
    """Write the account that pays, and what everything is booked on."""
    paying_accounts.save_paying_account(
        actor(MAKER), first_on=BEGINNING, iban="SE4550000000058398257466", bic="ESSESESS"
    )
    AccountString.objects.bulk_create(
        AccountString(authority_id=data.AUTHORITY, use=use, first_on=BEGINNING, account=f"{number}")
        for number, use in enumerate(AccountUse, start=2000)
    )


def write_invoices(number: int, clinics: int) -> date:
    """Write attested invoices of each clinic, and return the day on which they are paid."""
    outage = Outage(dates.add_months(BEGINNING, MONTHS * number), clinics, 1)
    today = outage.over_on
    write_activities(outage)
    ledger_tasks.make_due_invoices(on=today)
    ids = list(Invoice.objects.filter(status="issued").values_list("id", flat=True))
    ledger_commands.review_invoices(actor(MAKER), invoice_ids=ids)
    ledger_commands.attest_invoices(actor(APPROVER), today=today, invoice_ids=ids)
    return today


def check(folder: Path, *, invoices: int) -> None:
    """Stop unless every invoice is in one payment, and every payment in one file of the outbox."""
    settled = SettledInvoice.objects.filter(is_void=False, payment__isnull=False)
    found = settled.aggregate(count=Count("id"), once=Count("invoice", distinct=True), total=Sum("amount"))
    if (found["count"], found["once"]) != (invoices, invoices):
        sys.exit(f"{found['count']} invoices are paid, {found['once']} different ones, of {invoices}")
    files = {file.name: file.sha256 for file in OutgoingFile.objects.filter(status="sent")}
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    if names != set(files) or OutgoingFile.objects.exclude(status="sent").exists():
        sys.exit(f"the outbox has {len(names)} files, and {len(files)} were sent")
    ordered: list[str] = []
    total = Decimal(0)
    for name in names:
        for payment in etree.parse(folder / name).iter(f"{{{NAMESPACE}}}CdtTrfTxInf"):
            ordered.append(payment.findtext(f".//{{{NAMESPACE}}}EndToEndId") or "")
            total += Decimal(payment.findtext(f".//{{{NAMESPACE}}}InstdAmt") or 0)
    if len(set(ordered)) != len(ordered) or total * 100 != found["total"]:
        sys.exit(f"{len(ordered)} payments in files, {len(set(ordered))} different ones, {total} kr in all")


def main() -> None:
    """Make the tables, and play; or be one of the processes."""
    if sys.argv[1:2] == [WORK]:
        work(date.fromisoformat(sys.argv[2]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--clinics", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311 - moments, not secrets
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    print(*measure(**vars(options)), sep="\n")


if __name__ == "__main__":
    main()
