"""`kvitt run_fees`: the billing run of a month, for whoever prefers cron to a button."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Collection, Sequence
from datetime import date
from time import sleep
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kvitt.foundation import clock
from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees import tasks
from kvitt.modules.care_fees.commands import approval, runs
from kvitt.modules.care_fees.queries import area_months, billing_rules
from kvitt.modules.care_fees.queries import runs as queries
from kvitt.registers.access.rules import Actor, system_actor
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import BillingArea

WRONG_USE = 2
# How long to wait for the chunks that others calculate, before the next look (seconds).
LOOK_AGAIN = 0.2


class Command(BaseCommand):
    """Exit code 0: calculated; 1: faults or a refusal, one line each on standard error; 2: wrong use."""

    help = (
        "Calculate what is red of a month's care fees, of some billing areas or of all, and approve it where "
        "asked for. Several may run at once: they share the work. Faults are named by client number. Exits 1 "
        "with faults, or when the month was not approved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--period", type=_month, required=True, metavar="YYYY-MM", help="the month")
        parser.add_argument(
            "--area",
            action="append",
            default=[],
            metavar="CODE",
            help="a billing area by its name or number; may be given several times (all areas)",
        )
        parser.add_argument("--approve", action="store_true", help="approve and lock the month afterwards")
        parser.add_argument(
            "--authority",
            metavar="NUMBER",
            help="the municipality's organisation number, where there are several",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        actor = system_actor(_authority_id(options["authority"]), "kvitt run_fees")
        areas = _areas(actor, options["area"])
        month: date = options["period"]
        faults = self._run(actor, areas, month)
        if options["approve"]:
            faults += self._approve(actor, areas, month)
        if faults:
            raise SystemExit(1)

    def _run(self, actor: Actor, areas: Sequence[BillingArea], month: date) -> int:
        """Calculate, tell how the areas stand, and return how many faults there are."""
        area_ids = [area.pk for area in areas]
        try:
            calculate(actor, area_ids, month)
        except Refused as refused:
            return self._refuse(refused)
        counted = queries.counts_of(actor.authority_id, area_ids, month)
        for area in areas:
            tally = counted[area.pk].tally
            self.stdout.write(
                _("%(area)s %(month)s: %(yellow)s calculated, %(green)s approved, %(red)s red")
                % {
                    "area": area.name,
                    "month": f"{month:%Y-%m}",
                    "yellow": tally.yellow,
                    "green": tally.green,
                    "red": tally.red,
                }
            )
        faults = queries.faults_in(actor.authority_id, area_ids, month)
        for fault in faults:
            self.stderr.write(f"{fault.about.number}: {fault.text}", self.style.ERROR)
        return sum(count.tally.red for count in counted.values())

    def _approve(self, actor: Actor, areas: Sequence[BillingArea], month: date) -> int:
        """Approve the areas, and return how many hindrances there were."""
        try:
            approved = approval.approve_areas(
                actor, area_ids=[area.pk for area in areas], month=month, today=clock.today(), confirmed=True
            )
        except Refused as refused:
            return self._refuse(refused)
        self.stdout.write(_("%(count)s months of clients approved") % {"count": approved.clients})
        return 0

    def _refuse(self, refused: Refused) -> int:
        for problem in refused.problems:
            self.stderr.write(problem_text(problem), self.style.ERROR)
        return len(refused.problems)


def calculate(actor: Actor, area_ids: Collection[int], month: date) -> None:
    """Calculate what is red, together with whoever does so already, until nothing is left.

    Raises Refused.
    """
    while True:
        try:
            run = runs.start_run(actor, area_ids=area_ids, month=month, today=clock.today())
        except Refused as refused:
            if [problem.code for problem in refused.problems] != ["busy"]:
                raise
            # Somebody was first: his run is shared, and then what it left is looked for.
            for run_id in area_months.running(area_ids, month):
                finish(run_id)
        else:
            finish(run.pk)
            return


def finish(run_id: int) -> None:
    """Work on a run until it is finished, waiting for the chunks that others have taken."""
    while not runs.finish_run(run_id=run_id):
        if not tasks.work_on(run_id, lambda: True):
            sleep(LOOK_AGAIN)


def _authority_id(number: str | None) -> int:
    found = organisations.only_authority_id() if number is None else organisations.authority_id_of(number)
    if found is None:
        message = _("Which municipality? Give its organisation number with --authority.")
        if number is not None:
            message = _("There is no authority with the organisation number %(number)s.") % {"number": number}
        raise CommandError(message, returncode=WRONG_USE)
    return found


def _areas(actor: Actor, wanted: Sequence[str]) -> list[BillingArea]:
    """Return the areas that are named, by name or number; all where none is."""
    areas = billing_rules.areas_to_choose(actor)
    if not wanted:
        if not areas:
            raise CommandError(_("There is no billing area."), returncode=WRONG_USE)
        return areas
    known = {name: area for area in areas for name in (str(area.pk), area.name)}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        message = _("There is no billing area %(name)s.") % {"name": ", ".join(unknown)}
        raise CommandError(message, returncode=WRONG_USE)
    return list({known[name].pk: known[name] for name in wanted}.values())


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as fault:
        message = _("%(text)s is not a month. Write it as 2026-01.") % {"text": text}
        raise ArgumentTypeError(message) from fault
