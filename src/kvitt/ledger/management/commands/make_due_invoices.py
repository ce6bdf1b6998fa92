"""`kvitt make_due_invoices`: what the calendar owes, once, for whoever prefers cron to a worker."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kvitt.foundation import clock
from kvitt.foundation.values.money import format_kronor
from kvitt.ledger import queries, rules, tasks


class Command(BaseCommand):
    """Prints one line per run; exits 1 when a clinic or an authority got no invoices, with one line each."""

    help = (
        "Make the invoices that are due on the day, in the order of their months. It can be run any number "
        "of times, on any number of machines. Exits 1 when a clinic got none, or the database failed for an "
        "authority, with one line each on stderr."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=_day, metavar="DATE", help="the day, as 2025-01-01 (today)")
        parser.add_argument("--json", action="store_true", help="print the runs as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        today = clock.today()
        on: date = options["on"] or today
        for problem in rules.check_run_day(on, today=today):
            raise CommandError(problem.message % problem.values, returncode=2)
        outcomes: list[queries.RunOutcome] = []
        left: dict[int, Exception] = {}
        for run_id in tasks.take_up_runs(on=on, left=left.__setitem__):
            outcomes.append(queries.run_outcome(run_id))
            if not options["json"]:
                self._print(outcomes[-1])
        if options["json"]:
            self.stdout.write(
                json.dumps({"runs": [_described(each) for each in outcomes]}, ensure_ascii=False)
            )
        elif not outcomes and not left:
            self.stdout.write(f"Nothing is due on {on}.")
        for authority_id, fault in left.items():  # the database's own words may hold what is secret
            self.stderr.write(f"Authority {authority_id}: {type(fault).__name__}; its runs are left.")
        if left or any(outcome.faults for outcome in outcomes):
            raise SystemExit(1)

    def _print(self, outcome: queries.RunOutcome) -> None:
        name = f"{outcome.authority}, {outcome.module} {outcome.month}"
        self.stdout.write(
            f"{name}: {outcome.invoices} invoices, {format_kronor(outcome.total)}, "
            f"{len(outcome.faults)} clinics without"
        )
        for clinic, fault in outcome.faults:
            self.stderr.write(f"{name}: {clinic}: {fault.label}")


def _described(outcome: queries.RunOutcome) -> dict[str, object]:
    return {
        "authority": outcome.authority,
        "module": outcome.module,
        "month": outcome.month,
        "due_on": str(outcome.due_on),
        "invoices": outcome.invoices,
        "total": outcome.total,
        "faults": [{"clinic": clinic, "fault": fault.value} for clinic, fault in outcome.faults],
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise ArgumentTypeError(f"{text!r} is not a date such as 2025-01-01") from fault
