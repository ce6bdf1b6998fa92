"""What the worker does with claims files: one command per part of a file."""

import logging
from collections.abc import Callable, Iterator
from itertools import islice
from time import sleep
from uuid import uuid4

from django.db import DatabaseError, IntegrityError, InterfaceError

from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.commands import file_work
from kvitt.modules.special_care.commands.file_work import ChangedMeanwhile, NotHeld, Part
from kvitt.modules.special_care.exchange import ClaimsReader
from kvitt.modules.special_care.lifecycle import FileStatus
from kvitt.modules.special_care.models import ClaimsFile
from kvitt.modules.special_care.queries import files as queries
from kvitt.modules.special_care.rules.files import FileRefused
from kvitt.modules.special_care.rules.tally import Tally

ENTRIES_PER_PART = 1_000
_MOST_TRIES = 5
_log = logging.getLogger(__name__)


def work_on_files(*, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Check and take in the files that wait, and return how many were worked on.

    Any number of workers do this at once, each with a file of its own. `goes_on` is asked between two parts
    of a file; what is left is taken up the next time. Trouble with one file stops none of the others.
    Source: spec SC-13, SC-15.
    """
    holder = uuid4().hex
    worked_on = 0
    for file_id in queries.files_to_do():
        if not goes_on():
            break
        if file_work.take_hold(file_id, holder):
            worked_on += 1
            work_on(file_id, holder, goes_on)
    return worked_on


def finish_file(file_id: int) -> None:
    """Check a file, and take it in where it is to be, until nothing is left to be done with it."""
    holder = uuid4().hex
    while ClaimsFile.objects.filter(pk=file_id, status__in=[*queries.TO_DO]).exists():
        if file_work.take_hold(file_id, holder):
            work_on(file_id, holder, lambda: True)
        else:
            sleep(0.2)  # a worker was faster


def work_on(file_id: int, holder: str, goes_on: Callable[[], bool]) -> None:
    """Check and take in a file that the worker has taken, part by part."""
    found = ClaimsFile.objects.get(pk=file_id)
    try:
        if found.status == FileStatus.LOADING or _check(found, holder, goes_on):
            _take_in(found, holder, goes_on)
    except NotHeld:
        _log.info("claims file %s: somebody else works on it", file_id)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 - one file stops neither the others nor the worker; it is tried again
        _log.exception("claims file %s: left until the next look", file_id)
    else:
        file_work.let_go(file_id, holder)


def _check(found: ClaimsFile, holder: str, goes_on: Callable[[], bool]) -> bool:
    """Check a file from its beginning; tell whether it was read to its end."""
    tally = Tally()
    try:
        with queries.open_content(found) as content:
            reader = ClaimsReader(content, name=found.name)
            for part in _parts(reader, 0):
                if not goes_on():
                    return False
                file_work.check_file(
                    file_id=found.pk, holder=holder, part=part, tally=tally, written_as=reader.format
                )
    except FileRefused as refusal:
        file_work.refuse_file(file_id=found.pk, holder=holder, refusal=refusal)
        return False
    return True


def _take_in(found: ClaimsFile, holder: str, goes_on: Callable[[], bool]) -> None:
    """Take in what is left of a checked file; a file that waits for its clinic is left."""
    found.refresh_from_db(fields=["status", "loaded_count"])
    if found.status != FileStatus.LOADING:
        return
    with queries.open_content(found) as content:
        for part in _parts(ClaimsReader(content, name=found.name), found.loaded_count):
            if not goes_on():
                return
            _take_in_part(found.pk, holder, part)


def _take_in_part(file_id: int, holder: str, part: Part) -> None:
    """Take a part in; what somebody else has just changed is looked at again."""
    for tries_left in reversed(range(_MOST_TRIES)):
        try:
            file_work.take_in_claims(file_id=file_id, holder=holder, part=part)
        except (ChangedMeanwhile, IntegrityError, Refused):
            # Another clinic used a reference, an invoice was closing: the next look sees it.
            if not tries_left:
                raise
            sleep(0.1)
        else:
            return


def _parts(reader: ClaimsReader, before: int) -> Iterator[Part]:
    """Yield the entries in parts, but for those that come before; the last one says so, an empty one too."""
    entries = islice(reader, before, None)
    part = list(islice(entries, ENTRIES_PER_PART))
    while True:
        following = list(islice(entries, ENTRIES_PER_PART))
        yield Part(before, part, is_last=not following, bytes_read=reader.bytes_read)
        if not following:
            return
        before += len(part)
        part = following
