"""What the worker does for care fees: billing runs and batches of invoices, one command per chunk."""

import logging
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection

from kvitt.modules.care_fees.commands import batch_files, invoices, runs
from kvitt.modules.care_fees.queries import batch_files as batch_file_queries
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
    return sum(invoices.make_batch(batch_id, goes_on=goes_on) for batch_id in batches.unfinished())


def make_batch_files(*, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Make the files for print of the batches that are finished and not sent; return how many.

    Whoever sends a batch finds them made, however large it is. A batch that cannot be printed stops none of
    the others. Source: spec CF-29, QU-11.
    """
    made = 0
    for batch in batch_file_queries.unsent_batches():
        try:
            made += batch_files.make_files(batch, goes_on=goes_on)
        except RuntimeError:
            _log.exception("the files of batch %s cannot be made", batch.number)
    return made
