"""What the worker does by the calendar: one command per chunk of clinics, months in order."""

from collections.abc import Callable
from datetime import date

from kvitt.ledger import commands, queries
from kvitt.registers.organisations import queries as organisations


def make_due_invoices(*, on: date, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Make every invoice that the calendar owes on the day, and return how many were made here.

    Any number of workers do this at once. `goes_on` is asked between two chunks; what is left is taken up
    the next time. Source: spec PH-8.
    """
    made = 0
    for authority_id in organisations.authority_ids():
        for owed in queries.owed_runs(on=on, authority_id=authority_id):
            run_id = owed.run_id or commands.open_run(
                authority_id=authority_id, module=owed.module, due_on=owed.due_on
            )
            # A later month waits until this one is whole: else lines of it would stand on its invoices.
            while goes_on():
                chunk = commands.issue_due_invoices(run_id=run_id)
                if chunk:
                    made += chunk.invoices
                elif commands.finish_run(run_id=run_id):
                    break
            else:
                return made
    return made
