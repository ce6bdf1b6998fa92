"""The outbox: files are registered with what made them, and put in a folder afterwards, once.

A file is claimed (committed as being sent), written beside its place, and given its name in the transaction
that marks it as sent. Whoever is killed in between leaves a file that is being sent: where it lies in the
folder it was sent; where it does not, nobody here can know whether it was fetched, and a person decides
(decision 21).
"""

import os
from collections.abc import Collection
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.registers.access.rules import Actor
from kvitt.settlement.exchange import write_payments
from kvitt.settlement.lifecycle import FileKind, OutboxStatus
from kvitt.settlement.models import OutgoingFile, PaymentRun
from kvitt.settlement.queries import accounts
from kvitt.settlement.queries import outbox as queries
from kvitt.settlement.rules import outbox as rules

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class NoTransaction(Exception):  # noqa: N818 - reads as a sentence
    """A file was registered outside the transaction of what it orders."""


# Registering --------------------------------------------------------------------------------------


def register_payments(run: PaymentRun) -> OutgoingFile | None:
    """Write the payment file of an approved run; None when the run pays nothing. Raises Refused.

    A step of `approve_run`: needs an open transaction and opens none. The run's payments are there already.
    Source: spec SC-23, QU-14.
    """
    if not connection.in_atomic_block:
        raise NoTransaction
    account = accounts.paying_account(run.authority_id, run.pay_on)
    if account is None:
        values = {"day": run.pay_on.isoformat()}
        raise Refused([Problem("no_paying_account", rules.NO_PAYING_ACCOUNT, values=values)])
    order = queries.payment_order(run, account)
    if not order.payments:
        return None
    content = write_payments(order)
    return OutgoingFile.objects.create(
        authority_id=run.authority_id,
        kind=FileKind.PAYMENTS,
        name=rules.calculate_payment_file_name(order.organisation_number, run.number),
        content=content,
        sha256=rules.calculate_checksum(content),
        run=run,
        made_at=clock.now(),
    )


def hold_file(authority_id: int, *, kind: FileKind, name: str, content: bytes, subject: str) -> None:
    """Keep a file that a module has made until it says what becomes of it; one of the name is replaced.

    Source: spec CF-29, QU-14.
    """
    checksum = rules.calculate_checksum(content)
    made = OutgoingFile(
        authority_id=authority_id,
        kind=kind,
        name=name,
        content=content,
        sha256=checksum,
        subject=subject,
        made_at=clock.now(),
        status=OutboxStatus.HELD,
    )
    held = OutgoingFile.objects.filter(authority_id=authority_id, name=name, status=OutboxStatus.HELD)
    held.exclude(subject=subject).delete()
    # Of two who make the same one keeps it; whoever is stopped before this makes it again.
    OutgoingFile.objects.bulk_create([made], ignore_conflicts=True)


def release_files(authority_id: int, subjects: Collection[str], *, about: str, period: date) -> int:
    """Let files that are held be sent, and return how many there were; needs an open transaction.

    Others that are held of the same thing, whose subjects begin with `about`, are out of date and go away.
    `period` is the first of the month that they belong to. Source: spec CF-29, QU-14.
    """
    if not connection.in_atomic_block:
        raise NoTransaction
    held = OutgoingFile.objects.filter(
        authority_id=authority_id, subject__startswith=about, status=OutboxStatus.HELD
    )
    held.exclude(subject__in=subjects).delete()
    return held.update(status=OutboxStatus.WAITING, period=period, made_at=clock.now())


def register_file(
    authority_id: int,
    *,
    kind: FileKind,
    name: str,
    content: bytes,
    subject: str,
    period: date,
    voucher_count: int = 0,
) -> OutgoingFile:
    """Register a file of a module with what made it: needs an open transaction, and opens none.

    Source: spec CF-29, QU-14.
    """
    if not connection.in_atomic_block:
        raise NoTransaction
    return OutgoingFile.objects.create(
        authority_id=authority_id,
        kind=kind,
        name=name,
        content=content,
        sha256=rules.calculate_checksum(content),
        subject=subject,
        period=period,
        voucher_count=voucher_count,
        made_at=clock.now(),
    )


# Sending ------------------------------------------------------------------------------------------


def send_file(actor: Actor, *, file_id: int, folder: Path | None = None) -> bool:
    """Send a file that waits, or find that it was sent; tell whether it came to be sent by this call.

    One that is being sent and does not lie in the folder stays as it is. Raises Refused where the content is
    not what was registered, and OSError where the folder cannot be written: the file waits on then.
    Source: spec SC-23, QU-14.
    """
    place = folder or queries.folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with transaction.atomic():
        file = _locked(file_id)
        if is_claimed := file.status == OutboxStatus.WAITING:
            refuse_if_any(rules.check_content(bytes(file.content), sha256=file.sha256))
            file.status, file.sent_count = OutboxStatus.SENDING, file.sent_count + 1
            file.save(update_fields=["status", "sent_count"])
    if is_claimed:
        return _deliver(actor, file, place)
    if file.status == OutboxStatus.SENDING and _lies_in(place, file):
        return _finish(actor, file, place)
    return False


def resend_file(actor: Actor, *, file_id: int) -> OutgoingFile:
    """Let a file be sent once more, because somebody says so. Raises Refused, NotAllowed, Http404.

    One that still lies in the folder is not put there again, and one whose payments the bank has answered for
    is refused. Source: decision 0021; spec SC-23, QU-14.
    """
    with transaction.atomic():
        found = queries.file_of(actor, file_id)
        payments = queries.locked_statuses(found)
        file = _locked(found.pk)
        actor.require(queries.RESENDERS[FileKind(file.kind)])
        refuse_if_any(rules.check_content(bytes(file.content), sha256=file.sha256))
        refuse_if_any(rules.check_resending(OutboxStatus(file.status), payments))
        before = file.status
        file.status = OutboxStatus.WAITING
        file.save(update_fields=["status"])
        audit.record(
            "settlement.resend_file",
            actor,
            subject=("file", file.name),
            before={"status": before},
            after={"sha256": file.sha256, "sent_count": file.sent_count + 1},
        )
        return file


def _deliver(actor: Actor, file: OutgoingFile, folder: Path) -> bool:
    """Put a claimed file in the folder, and mark it. What surely is not there waits for another try."""
    temporary = _temporary(folder, file)
    try:
        _write(temporary, bytes(file.content))
        if not _lies_in(folder, file) and (folder / file.name).exists():
            raise FileExistsError(folder / file.name)
    except OSError:
        temporary.unlink(missing_ok=True)
        _let_wait(file)
        raise
    return _finish(actor, file, folder)


def _finish(actor: Actor, file: OutgoingFile, folder: Path) -> bool:
    """Give the file its name and mark it as sent, unless somebody has taken it over since it was claimed."""
    temporary = _temporary(folder, file)
    with transaction.atomic():
        held = _locked(file.pk)
        is_ours = (held.status, held.sent_count) == (OutboxStatus.SENDING, file.sent_count)
        if is_ours:
            if not _lies_in(folder, held):
                # Unlike a rename, a second name never takes the place of a file that is there.
                os.link(temporary, folder / held.name)
                _flush_folder(folder)
            held.status, held.sent_at = OutboxStatus.SENT, clock.now()
            held.save(update_fields=["status", "sent_at"])
            audit.record(
                "settlement.send_file",
                actor,
                subject=("file", held.name),
                after={"sha256": held.sha256, "sent_count": held.sent_count},
            )
    temporary.unlink(missing_ok=True)
    return is_ours


def _let_wait(file: OutgoingFile) -> None:
    """Give back a claim that came to nothing."""
    mine = OutgoingFile.objects.filter(pk=file.pk, status=OutboxStatus.SENDING, sent_count=file.sent_count)
    mine.update(status=OutboxStatus.WAITING, sent_count=file.sent_count - 1)


def _locked(file_id: int) -> OutgoingFile:
    return OutgoingFile.objects.select_for_update(no_key=True, of=("self",)).get(pk=file_id)


def _temporary(folder: Path, file: OutgoingFile) -> Path:
    """Return where a file is written first: hidden, and not where another try writes."""
    return folder / f".{file.name}.{file.sent_count}.part"


def _lies_in(folder: Path, file: OutgoingFile) -> bool:
    """Tell whether the file is in the folder under its name, with its content."""
    try:
        return rules.calculate_checksum((folder / file.name).read_bytes()) == file.sha256
    except FileNotFoundError:
        return False


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is there after a power cut."""
    with os.fdopen(os.open(path, _NEW_FILE, 0o640), "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _flush_folder(folder: Path) -> None:
    """Let the name be there after a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


# Downloading --------------------------------------------------------------------------------------


def download_file(actor: Actor, *, file_id: int) -> OutgoingFile:
    """Return a file with its content, and note who took it. Raises Refused, NotAllowed, Http404.

    Source: spec SC-23.
    """
    with transaction.atomic():
        file = OutgoingFile.objects.get(pk=queries.file_of(actor, file_id).pk)
        refuse_if_any(rules.check_content(bytes(file.content), sha256=file.sha256))
        audit.record(
            "settlement.download_file",
            actor,
            subject=("file", file.name),
            person_ids=queries.persons_of(file),
            after={"sha256": file.sha256},
        )
        return file
