"""What the worker does for care fees: billing runs and batches of invoices, one command per chunk."""

import logging
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection

from kvitt.modules.care_fees.commands import invoices, runs
from kvitt.modules.care_fees.queries import batches
from kvitt.modules.care_fees.queries import runs as queries

_log = logging.getLogger(__name__)


def work_on_runs(*, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Go on with every unfinished run, and return how many chunks were calculated here.

    Any number of workers do this at once: they share a run, chunk by chunk. `goes_on` is asked between two
    chunks; what is left is taken up the next time. The database's trouble with one run is raised when the
    others are done. Source: spec CF-24, QU-14.
    """
    done, faults = 0, []
    for run_id in queries.unfinished_runs():
        try:
            done += work_on(run_id, goes_on)
        except (DatabaseError, InterfaceError) as fault:
            if not connection.is_usable():
                connection.close()
            _log.error("Run %s: left until the next look.", run_id, exc_info=fault)
            faults.append(fault)
    if faults:
        raise faults[0]
    return done


def work_on(run_id: int, goes_on: Callable[[], bool]) -> int:
    """Calculate chunks of a run while some are free; the run is finished where none is left."""
    done = 0
    while goes_on():
        if runs.calculate_chunk(run_id=run_id) is None:
            # Chunks that others calculate now are theirs, and the last of them finishes the run.
            runs.finish_run(run_id=run_id)
            break
        done += 1
    return done


def work_on_batches(*, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Make what is left of every batch that is not finished; return how many invoices were made here.

    Any number of workers do this at once. `goes_on` is asked between two chunks; what is left is taken up
    the next time. Source: spec CF-29, QU-14.
    """
    return sum(work_on_batch(batch_id, goes_on=goes_on) for batch_id in batches.unfinished())


def work_on_batch(batch_id: int, *, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Make what is left of a batch, and finish it where nobody else holds any of it.

    Source: spec CF-29.
    """
    made = after = 0
    while goes_on():
        issued = invoices.issue_invoices(batch_id, after=after)
        if issued is not None:
            made, after = made + issued.count, issued.last_id
        elif invoices.finish_batch(batch_id) or after == 0:
            break
        else:
            # Somebody else held months that were passed by; if he was stopped, they are there again.
            after = 0
    return made
