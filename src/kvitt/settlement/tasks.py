"""What the worker does with the outbox: one command per file."""

import logging
from collections.abc import Callable

from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import system_actor
from kvitt.settlement.commands import outbox as commands
from kvitt.settlement.queries import outbox as queries

_log = logging.getLogger(__name__)


def send_files(*, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Send the files that wait, the oldest first, and return how many. Source: spec QU-14.

    One that cannot be sent stops none of the others. `goes_on` is asked between two files.
    """
    sent = 0
    for file in queries.unsent_files():
        if not goes_on():
            break
        try:
            sent += commands.send_file(system_actor(file.authority_id), file_id=file.pk)
        except (OSError, Refused):
            _log.exception("the file %s cannot be sent", file.name)
    return sent
