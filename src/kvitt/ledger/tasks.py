"""What the worker does by the calendar: one command per chunk of clinics, months in order."""

import logging
from collections.abc import Callable, Generator, Iterator
from datetime import date

from django.db import DatabaseError, InterfaceError, connection

from kvitt.foundation import clock
from kvitt.ledger import commands, queries
from kvitt.registers.organisations import queries as organisations

_log = logging.getLogger(__name__)


def make_due_invoices(
    *, on: date, goes_on: Callable[[], bool] = lambda: True, clinics: int = commands.CLINICS_PER_CHUNK
) -> int:
    """Make every invoice that the calendar owes on the day, and return how many were made here.

    Any number of workers do this at once. `goes_on` is asked between two chunks of so many clinics; what
    is left is taken up the next time. The database's trouble with one authority is raised when the others
    are done. Source: spec PH-8.
    """
    faults: list[Exception] = []

    def left(authority_id: int, fault: Exception) -> None:
        _log.error("Authority %s: its runs are left until the next look.", authority_id, exc_info=fault)
        faults.append(fault)

    made = sum(made for _run_id, made in _work(on, goes_on, clinics, left))
    if faults:
        raise faults[0]
    return made


def take_up_runs(*, on: date, left: Callable[[int, Exception], None]) -> Iterator[int]:
    """Do the same run after run: yields the id of each that was owed, once it is finished.

    `left` is told each authority whose runs the database's trouble has left for the next time.
    """
    return (run_id for run_id, _made in _work(on, lambda: True, commands.CLINICS_PER_CHUNK, left))


def _work(
    on: date, goes_on: Callable[[], bool], clinics: int, left: Callable[[int, Exception], None]
) -> Iterator[tuple[int, int]]:
    """Work for one authority after the other; the database's trouble with one stops none of the others."""
    for authority_id in organisations.authority_ids():
        try:
            if not (yield from _work_for(authority_id, on, goes_on, clinics)):
                return
        except (DatabaseError, InterfaceError) as fault:
            if not connection.is_usable():
                connection.close()
            left(authority_id, fault)


def _work_for(
    authority_id: int, on: date, goes_on: Callable[[], bool], clinics: int
) -> Generator[tuple[int, int], None, bool]:
    """Do an authority's runs; tell whether all are finished, or it was told to stop."""
    stopped = set()
    for owed in queries.owed_runs(on=on, authority_id=authority_id):
        if owed.module in stopped:
            continue
        # A month ahead of its time that has nothing would be finished before anybody reports in it.
        if owed.run_id is None and owed.due_on > clock.today() and not queries.has_lines_due(owed):
            stopped.add(owed.module)
            continue
        run_id = owed.run_id or commands.open_run(
            authority_id=authority_id, module=owed.module, due_on=owed.due_on
        )
        made, is_finished = _finish(run_id, goes_on, clinics)
        yield run_id, made
        if not is_finished:
            return False
    return True


def _finish(run_id: int, goes_on: Callable[[], bool], clinics: int) -> tuple[int, bool]:
    """Go on with a run until it is finished, or until told to stop; tell how many invoices came of it.

    A later month is opened only when this one is whole: else lines of this one would stand on its invoices.
    """
    made = 0
    while goes_on():
        chunk = commands.issue_due_invoices(run_id=run_id, clinics=clinics)
        if chunk is not None:
            made += chunk.invoices
        elif commands.finish_run(run_id=run_id):
            return made, True
    return made, False
