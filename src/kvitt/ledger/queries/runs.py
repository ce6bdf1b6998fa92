"""Read the runs of the calendar: how far each has come, what it made, and what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404

from kvitt.foundation import clock
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.ledger import rules
from kvitt.ledger.lifecycle import LASTING_FAULTS, RunFault, RunStatus
from kvitt.ledger.models import InvoiceRun, InvoiceRunClinic
from kvitt.ledger.queries.due_invoices import count_runs_with_faults, owed_runs, pending_clinic_count
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.lifecycle import Scheme

# What a panel takes in at a glance; every fault stands in the list of clinics.
FAULTS_SHOWN = 100


@dataclass(frozen=True)
class RunRow:
    """A run with what it came to, as its list and its page show it; one not begun has no `run_id`."""

    run_id: int | None
    scheme: Scheme
    due_on: date
    status: RunStatus
    started_at: datetime | None = None
    finished_at: datetime | None = None
    clinics: int = 0
    invoices: int = 0
    faults: int = 0
    total: Ore = 0


@dataclass(frozen=True)
class RunsAbout:
    """What stands above the list of runs: what is to be made now, and when the next one is due."""

    owed: Sequence[RunRow]
    next_on: date

    @property
    def is_overdue(self) -> bool:
        """Whether something is late and nobody seems to be working; a month waits for the one before it."""
        return bool(self.overdue) and not any(row.status is RunStatus.RUNNING for row in self.owed)

    @property
    def overdue(self) -> Sequence[RunRow]:
        """What is late."""
        return [row for row in self.owed if row.status is RunStatus.OVERDUE]


@dataclass(frozen=True)
class FaultRow:
    """A clinic that got no invoice, and why."""

    clinic_id: int
    clinic: str
    reason: RunFault


@dataclass(frozen=True)
class RunAbout:
    """What stands above the clinics of a run."""

    row: RunRow
    progress: rules.RunProgress
    faults: Sequence[FaultRow]

    @property
    def is_running(self) -> bool:
        """Whether there is more to come in a moment, so that the page asks again."""
        return self.row.status is RunStatus.RUNNING

    @property
    def is_overdue(self) -> bool:
        """Whether nobody seems to be working at it."""
        return self.row.status is RunStatus.OVERDUE

    @property
    def may_repeat(self) -> bool:
        """Whether it can be run again."""
        return self.row.status is RunStatus.DONE_WITH_FAULTS

    @property
    def unshown_faults(self) -> int:
        """How many faults stand in the list only."""
        return self.row.faults - len(self.faults)


def runs(actor: Actor) -> QuerySet[InvoiceRun]:
    """Return the runs of the actor's authority. Raises NotAllowed for others than administrators."""
    actor.require(Permission.ADMINISTER)
    return InvoiceRun.objects.filter(authority_id=actor.authority_id)


def run(actor: Actor, run_id: int) -> InvoiceRun:
    """Return one run of the actor's authority. Raises NotAllowed, and Http404 for any other."""
    found = runs(actor).filter(pk=run_id).first()
    if found is None:
        raise Http404
    return found


def run_state(run: InvoiceRun, *, faults: int) -> rules.RunState:
    """Return what the rules need of a run."""
    return rules.RunState(run.due_on, run.started_at, run.finished_at, faults)


def repeat_problems(run: InvoiceRun) -> list[Problem]:
    """Return why a run cannot be run again, or nothing."""
    faults = run.clinics.exclude(fault="").count()
    return rules.check_repeat(run_state(run, faults=faults))


def with_figures(listed: Iterable[InvoiceRun], *, today: date) -> list[RunRow]:
    """Return runs with their status, counts and sums, in one statement for all of them."""
    runs = list(listed)
    rows = (
        InvoiceRunClinic.objects.filter(run__in=runs)
        .values_list("run_id")
        .annotate(
            clinics=Count("pk", filter=~Q(fault=RunFault.WAITING)),
            invoices=Count("invoice"),
            faults=Count("pk", filter=Q(fault__in=LASTING_FAULTS)),
            total=Coalesce(Sum("invoice__total"), 0),
        )
        .order_by()
    )
    figures = {
        run_id: (clinics, invoices, faults, total) for run_id, clinics, invoices, faults, total in rows
    }
    return [_row(run, *figures.get(run.pk, (0, 0, 0, 0)), today=today) for run in runs]


def _row(run: InvoiceRun, clinics: int, invoices: int, faults: int, total: Ore, *, today: date) -> RunRow:
    return RunRow(
        run_id=run.pk,
        scheme=Scheme(run.module),
        due_on=run.due_on,
        status=rules.calculate_run_status(run_state(run, faults=faults), today=today, now=clock.now()),
        started_at=run.started_at,
        finished_at=run.finished_at,
        clinics=clinics,
        invoices=invoices,
        faults=faults,
        total=total,
    )


def runs_about(actor: Actor, *, today: date) -> RunsAbout:
    """Return what is to be made now and when the next run is due. Raises NotAllowed."""
    return RunsAbout(_owed(actor, today=today), rules.calculate_next_run(today))


def _owed(actor: Actor, *, today: date) -> list[RunRow]:
    """Return what is due and not finished, in order."""
    begun = {run.pk: run for run in runs(actor).filter(finished_at=None)}
    rows = {row.run_id: row for row in with_figures(begun.values(), today=today)} if begun else {}
    return [
        rows.get(owed.run_id)
        or RunRow(
            run_id=None,
            scheme=Scheme(owed.module),
            due_on=owed.due_on,
            status=rules.calculate_run_status(
                rules.RunState(owed.due_on, None, None, 0), today=today, now=clock.now()
            ),
        )
        for owed in owed_runs(on=today, authority_id=actor.authority_id)
    ]


def runs_to_look_at(actor: Actor, *, today: date) -> int:
    """Return how many runs are overdue, or have faults that can still be mended. Raises NotAllowed."""
    about = runs_about(actor, today=today)
    overdue = len(about.overdue) if about.is_overdue else 0
    return count_runs_with_faults(actor.authority_id) + overdue


def run_about(found: InvoiceRun, *, today: date) -> RunAbout:
    """Return how far a run has come, what it made, and its first faults."""
    [row] = with_figures([found], today=today)
    is_finished = found.finished_at is not None
    faulty = (
        run_clinics(found).filter(fault__in=LASTING_FAULTS).order_by("clinic__sort_key", "pk")[:FAULTS_SHOWN]
    )
    return RunAbout(
        row=row,
        progress=rules.calculate_run_progress(
            done=row.clinics,
            waiting=0 if is_finished else pending_clinic_count(found),
            is_finished=is_finished,
        ),
        faults=[FaultRow(each.clinic_id, str(each.clinic), RunFault(each.fault)) for each in faulty]
        if row.faults
        else [],
    )


def run_clinics(found: InvoiceRun) -> QuerySet[InvoiceRunClinic]:
    """Return the clinics of a run with their invoices; `is_done` sorts those with a fault first."""
    is_done = Case(When(fault="", then=Value(1)), default=Value(0))
    return found.clinics.select_related("clinic", "invoice").annotate(is_done=is_done)
