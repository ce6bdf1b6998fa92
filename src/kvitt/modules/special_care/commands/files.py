"""Hand in a claims file, have its faultless claims taken in, or let it be."""

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.special_care.lifecycle import FileStatus, ensure_file_step
from kvitt.modules.special_care.models import ClaimsFile
from kvitt.modules.special_care.queries import claims
from kvitt.modules.special_care.queries import files as queries
from kvitt.modules.special_care.rules import loading as rules
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents import commands as documents
from kvitt.registers.documents.commands import Upload


def receive_file(actor: Actor, *, upload: Upload, is_check_only: bool) -> int:
    """Hand in a claims file (*Ladda upp fakturafil*) and return its id; the worker takes it from there.

    The same content may be handed in again: its claims are then told as claimed already. What it holds is
    looked at later. Raises NotAllowed. Source: fakturaportalen, page 6; spec SC-12a, SC-13.
    """
    clinic_id = claims.reporting_clinic(actor)
    with documents.stored(upload, is_named=queries.is_stored) as file, transaction.atomic():
        received = ClaimsFile.objects.create(
            authority_id=actor.authority_id,
            clinic_id=clinic_id,
            name=file.name,
            size=file.size,
            sha256=file.sha256,
            stored_name=file.stored_name,
            is_check_only=is_check_only,
            uploaded_at=clock.now(),
            uploaded_by=actor.name,
            uploaded_by_id=actor.user_id,
            uploaded_as=actor.role_words,
        )
        audit.record(
            "special_care.receive_file",
            actor,
            subject=(queries.SUBJECT, received.pk),
            after={"file_name": received.name, "is_check_only": is_check_only},
        )
    return received.pk


def load_file(actor: Actor, *, file_id: int) -> None:
    """Have the faultless claims of a checked file taken in (*Ladda upp*); the others are left.

    Raises Http404, NotAllowed, Refused. Source: fakturaportalen, page 6; spec SC-15.
    """
    with transaction.atomic():
        found = queries.file_of(actor, file_id, lock=True)
        refuse_if_any(rules.check_load(is_check_only=found.is_check_only))
        ensure_file_step(found.status, FileStatus.LOADING, command="load_file")
        # Free from now on: the page tells when no worker has taken it for a while.
        found.status, found.held_until = FileStatus.LOADING, clock.now()
        found.save(update_fields=["status", "held_until"])
        audit.record(
            "special_care.load_file",
            actor,
            subject=(queries.SUBJECT, found.pk),
            after={"file_name": found.name, "count": found.checked_count - found.faulty_count},
        )


def discard_file(actor: Actor, *, file_id: int) -> None:
    """Take nothing of a checked file in (*Tillbaka till filuppladdningen*); its faults stay to be read.

    Raises Http404, NotAllowed, Refused. Source: fakturaportalen, page 6; spec SC-15.
    """
    with transaction.atomic():
        found = queries.file_of(actor, file_id, lock=True)
        ensure_file_step(found.status, FileStatus.DISCARDED, command="discard_file")
        found.status, found.finished_at = FileStatus.DISCARDED, clock.now()
        found.save(update_fields=["status", "finished_at"])
        audit.record(
            "special_care.discard_file",
            actor,
            subject=(queries.SUBJECT, found.pk),
            after={"file_name": found.name},
        )
