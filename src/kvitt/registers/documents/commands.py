"""Write documents and parcels: steps that a module's commands take in their own transaction.

A module asks `file_problems` first, then opens `stored` around its transaction: the file is written before
its row, and taken away again when the row does not come to stand. What is left after a crash in between is a
file without a row, never a row without a file.
"""

import hashlib
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.db import DatabaseError, connection
from django.db.transaction import TransactionManagementError

from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents import queries, rules
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.documents.models import Document, Parcel
from kvitt.registers.price_lists import queries as price_lists

LARGEST_FILE = "documents.largest_file"
CHUNK = 64 * 1024
HEAD_BYTES = 512
TAIL_BYTES = 2_048
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
# The list of contents of an archive is read whole: a letter's is some kilobytes.
_MOST_BYTES_OF_CONTENTS = 1_000_000
_END_OF_ARCHIVE, _SIZE_AT, _LARGE_ARCHIVE = b"PK\x05\x06", 12, b"PK\x06\x07"
_END_LENGTH, _NO_COMMENT = 22, b"\0\0"
_NOT_AN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


class NoTransaction(Exception):  # noqa: N818 - reads as a sentence
    """A step was taken outside a transaction."""


@dataclass(frozen=True)
class Upload:
    """A file that somebody wants to add: the name he gave it, its size in bytes, and the open file."""

    name: str
    size: int
    content: BinaryIO


@dataclass(frozen=True)
class StoredFile:
    """A file that is written and has no row yet."""

    stored_name: UUID
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class NewDocument:
    """A document to add: to which case, of which kind."""

    authority_id: int
    module: str
    case_number: str
    kind: DocumentKind


@dataclass(frozen=True)
class NewParcel:
    """A physical attachment to announce: to which case, what it is and how many."""

    authority_id: int
    module: str
    case_number: str
    description: str
    quantity: int
    file_type: str


# Files --------------------------------------------------------------------------------------------


def file_problems(authority_id: int, upload: Upload, today: date) -> list[Problem]:
    """Tell why the file cannot be added, or nothing; one too large is not read. Source: spec NA-11."""
    most = price_lists.parameter(authority_id, LARGEST_FILE, on=today)
    is_large = upload.size > most * rules.MEGABYTE
    facts = rules.FileFacts(upload.name, upload.size) if is_large else _facts_of(upload)
    return rules.check_file(facts, most_megabytes=most)


@contextmanager
def stored(upload: Upload, *, is_named: Callable[[UUID], bool] = queries.is_document) -> Iterator[StoredFile]:
    """Write the file, and take it away again when what is done with it fails and no row names it."""
    file = _write(upload)
    try:
        yield file
    except BaseException:
        _discard(file.stored_name, is_named)
        raise


def _write(upload: Upload) -> StoredFile:
    """Write a file under a random name: whole, on the disk, or not at all."""
    stored_name = uuid4()
    path = queries.path_of(stored_name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    upload.content.seek(0)
    try:
        with os.fdopen(os.open(unfinished, _NEW_FILE, 0o600), "wb") as target:
            while chunk := upload.content.read(CHUNK):
                digest.update(chunk)
                size += target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        unfinished.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return StoredFile(stored_name, rules.calculate_file_name(upload.name), size, digest.hexdigest())


def _sync_folder(folder: Path) -> None:
    """Let the new name survive a loss of power too, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _discard(stored_name: UUID, is_named: Callable[[UUID], bool]) -> None:
    """Take a file away that no row names; one that the database cannot answer for is left lying."""
    try:
        is_kept = is_named(stored_name)
    except (DatabaseError, TransactionManagementError):
        return
    if not is_kept:
        queries.path_of(stored_name).unlink(missing_ok=True)


def _facts_of(upload: Upload) -> rules.FileFacts:
    """Return what is checked of a file; its content is not read whole."""
    content = upload.content
    content.seek(0)
    head = content.read(HEAD_BYTES)
    length = content.seek(0, os.SEEK_END)
    content.seek(max(0, length - TAIL_BYTES))
    tail = content.read(TAIL_BYTES)
    parts, content_types = _archive(content, tail) if head.startswith(b"PK") else (frozenset(), b"")
    return rules.FileFacts(upload.name, upload.size, head, tail, parts, content_types)


def _archive(content: BinaryIO, tail: bytes) -> tuple[frozenset[str], bytes]:
    """Return the names in an archive and what it says they are; nothing where it is none, or is no letter.

    How long its contents are is believed of one record alone, the one that is opened: the last bytes, without
    a comment. Further records might say something else.
    """
    end = tail[-_END_LENGTH:]
    contents = int.from_bytes(end[_SIZE_AT : _SIZE_AT + 4], "little")
    is_whole = end.startswith(_END_OF_ARCHIVE) and end.endswith(_NO_COMMENT)
    if not is_whole or contents > _MOST_BYTES_OF_CONTENTS or _LARGE_ARCHIVE in tail:
        return frozenset(), b""
    try:
        with zipfile.ZipFile(content) as archive:
            names = frozenset(archive.namelist())
            with archive.open("[Content_Types].xml") as part:
                types = part.read(_MOST_BYTES_OF_CONTENTS + 1)
    except (KeyError, *_NOT_AN_ARCHIVE):
        return frozenset(), b""
    is_read_whole = len(types) <= _MOST_BYTES_OF_CONTENTS
    return (names, types) if is_read_whole else (frozenset(), b"")


# Documents and parcels ----------------------------------------------------------------------------


def add_document(actor: Actor, new: NewDocument, file: StoredFile) -> Document:
    """Make the row of a file that is written.

    Source: behovspeng, chapter 5.1; spec NA-11.
    """
    _require_transaction()
    found = rules.calculate_format(file.name)
    if found is None:
        raise Refused(rules.check_file(rules.FileFacts(file.name, file.size), most_megabytes=1))
    return Document.objects.create(
        authority_id=new.authority_id,
        module=new.module,
        case_number=new.case_number,
        kind=new.kind,
        file_name=file.name,
        media_type=found.media_type,
        size=file.size,
        sha256=file.sha256,
        stored_name=file.stored_name,
        added_at=clock.now(),
        added_by=actor.name,
    )


def remove_document(actor: Actor, document: Document, is_held: bool) -> None:  # noqa: FBT001 - a fact of the module
    """Remove a document: nobody opens it any more, and its file stays. Raises Refused.

    Source: behovspeng, chapter 5.1; spec NA-11, NA-19.
    """
    _require_transaction()
    is_removed = document.removed_at is not None
    refuse_if_any(rules.check_document_removal(is_removed=is_removed, is_held=is_held))
    document.removed_at, document.removed_by = clock.now(), actor.name
    document.save()


def add_parcel(actor: Actor, new: NewParcel, today: date) -> Parcel:
    """Announce a physical attachment, to be waited for. Raises Refused with every fault.

    Source: behovspeng, figure 7; spec NA-11.
    """
    _require_transaction()
    refuse_if_any(
        rules.check_parcel(description=new.description, quantity=new.quantity, file_type=new.file_type)
    )
    return Parcel.objects.create(
        authority_id=new.authority_id,
        module=new.module,
        case_number=new.case_number,
        description=new.description.strip(),
        quantity=new.quantity,
        file_type=new.file_type.strip(),
        added_on=today,
        added_by=actor.name,
    )


def remove_parcel(actor: Actor, parcel: Parcel, is_held: bool) -> None:  # noqa: FBT001 - a fact of the module
    """Remove a physical attachment: it is not waited for any more. Raises Refused.

    Source: spec NA-11, NA-19.
    """
    _require_transaction()
    refuse_if_any(rules.check_parcel_removal(is_removed=parcel.removed_at is not None, is_held=is_held))
    parcel.removed_at, parcel.removed_by = clock.now(), actor.name
    parcel.save()


def mark_parcel_arrived(actor: Actor, parcel: Parcel, today: date) -> None:
    """Note that a physical attachment has come, and who says so. Raises Refused.

    Source: spec NA-11.
    """
    _require_transaction()
    refuse_if_any(
        rules.check_arrival(
            is_removed=parcel.removed_at is not None, has_arrived=parcel.arrived_on is not None
        )
    )
    parcel.arrived_on, parcel.arrived_by = today, actor.name
    parcel.save()


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise NoTransaction
