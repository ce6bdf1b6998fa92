"""Find claims files: those of the actor's clinic, one of them, and those that the worker has to do."""

from collections.abc import Sequence
from typing import BinaryIO
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import Http404

from kvitt.audit.rules import ROLES_JOINED_BY
from kvitt.modules.special_care.lifecycle import FileStatus
from kvitt.modules.special_care.models import ClaimsFile, FileFault
from kvitt.modules.special_care.queries import claims
from kvitt.modules.special_care.rules.faults import Level
from kvitt.registers.access.rules import Actor, Role, ScopeKind
from kvitt.registers.documents import queries as documents

# The log names a file by its id.
SUBJECT = "special_care.file"
TO_DO = (FileStatus.WAITING, FileStatus.CHECKING, FileStatus.LOADING)


def files_of(actor: Actor) -> QuerySet[ClaimsFile]:
    """Return the files that the actor's clinic has handed in, the newest first. Raises NotAllowed.

    Source: spec SC-12a, SC-13.
    """
    clinic_id = claims.reporting_clinic(actor)
    files = ClaimsFile.objects.filter(authority_id=actor.authority_id, clinic_id=clinic_id)
    return files.order_by("-uploaded_at", "-pk")


def undecided_count(actor: Actor) -> int:
    """Return how many of them wait for the clinic to choose whether what is faultless is taken in.

    Source: spec SC-14, CO-28.
    """
    waiting = files_of(actor).filter(status=FileStatus.CHECKED, is_check_only=False)
    return waiting.filter(checked_count__gt=F("faulty_count")).count()


def file_of(actor: Actor, file_id: int, *, lock: bool = False) -> ClaimsFile:
    """Return one file of the actor's clinic, locked where it is to change. Raises NotAllowed, Http404."""
    files = files_of(actor)
    found = (files.select_for_update(no_key=True) if lock else files).filter(pk=file_id).first()
    if found is None:
        raise Http404
    return found


def same_before(found: ClaimsFile) -> ClaimsFile | None:
    """Return the last file of the same clinic with the very same content that was handed in before this one.

    Source: spec SC-15.
    """
    same = ClaimsFile.objects.filter(clinic_id=found.clinic_id, sha256=found.sha256, pk__lt=found.pk)
    return same.order_by("-pk").first()


def is_stored(stored_name: UUID) -> bool:
    """Tell whether a stored file is the content of a claims file."""
    return ClaimsFile.objects.filter(stored_name=stored_name).exists()


def open_content(found: ClaimsFile) -> BinaryIO:
    """Return the open content of a file. Raises OSError where it is gone, which `kvitt verify` names."""
    return documents.path_of(found.stored_name).open("rb")


def uploader(found: ClaimsFile) -> Actor:
    """Return who handed a file in as he was then, for the log and the claims; he may do nothing by it."""
    words = found.uploaded_as.split(ROLES_JOINED_BY)
    return Actor(
        user_id=found.uploaded_by_id,
        name=found.uploaded_by,
        authority_id=found.authority_id,
        scope=ScopeKind.CLINIC,
        unit_id=found.clinic_id,
        unit_text=str(found.clinic),
        role_text="",
        roles=frozenset(role for role in Role if role.label in words),
        permissions=frozenset(),
        clinic_ids=frozenset({found.clinic_id}),
    )


def told_places(found: ClaimsFile, numbers: Sequence[int]) -> set[int]:
    """Return which of the claims of a file, by number, have a fault that was told and stops them."""
    if not numbers:
        return set()
    told = FileFault.objects.filter(file=found, place__range=(numbers[0], numbers[-1]), level=Level.STOPS)
    return set(told.values_list("place", flat=True))


def files_to_do() -> list[int]:
    """Return the files that are to be worked on, the oldest first, held by somebody or not."""
    return list(ClaimsFile.objects.filter(status__in=[*TO_DO]).order_by("pk").values_list("pk", flat=True))
