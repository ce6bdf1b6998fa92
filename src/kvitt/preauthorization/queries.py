"""Find requests: of a case, of a procedure, in the assessor's queue, and those with an unread decision."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import F, QuerySet
from django.http import Http404

from kvitt.preauthorization.lifecycle import DECIDED, SENT, RequestStatus
from kvitt.preauthorization.models import Preauthorization, RequestedProcedure, Submission
from kvitt.registers.access.rules import Actor, Permission


def requests_of(authority_id: int, module: str, case_number: str) -> list[Preauthorization]:
    """Return the requests of a case, newest first; removed ones not. The module says who may see the case."""
    requests = Preauthorization.objects.filter(
        authority_id=authority_id, module=module, case_number=case_number
    )
    return list(requests.exclude(status=RequestStatus.REMOVED).order_by("-id"))


def request(
    authority_id: int, module: str, case_number: str, request_id: int, *, lock: bool = False
) -> Preauthorization:
    """Return one request of a case, locked where it is about to change. Raises Http404 for any other."""
    requests = Preauthorization.objects.filter(
        authority_id=authority_id, module=module, case_number=case_number
    )
    if lock:
        requests = requests.select_for_update(no_key=True)
    found = requests.filter(pk=request_id).exclude(status=RequestStatus.REMOVED).first()
    if found is None:
        raise Http404
    return found


def procedures_of(found: Preauthorization) -> list[RequestedProcedure]:
    """Return the procedures of a request in the order they were reported."""
    return list(found.procedures.order_by("key"))


def submissions_of(found: Preauthorization) -> list[Submission]:
    """Return every version that was sent, newest first."""
    return list(found.submissions.all())


def open_keys(module: str, keys: Iterable[int]) -> set[int]:
    """Return which of a module's procedures an open request holds."""
    held = RequestedProcedure.objects.filter(module=module, key__in=list(keys), is_open=True)
    return set(held.values_list("key", flat=True))


def decided_requests(module: str, keys: Iterable[int]) -> Mapping[int, int]:
    """Return the id of the request that decided each of a module's procedures, where one did."""
    decided = RequestedProcedure.objects.filter(module=module, key__in=list(keys)).exclude(verdict="")
    return dict(decided.order_by("id").values_list("key", "preauthorization_id"))


def held_document_ids(authority_id: int, module: str, case_number: str) -> set[int]:
    """Return the documents that were sent with a request which waits or is decided: they stay.

    Source: spec NA-19.
    """
    return _held(authority_id, module, case_number, "documents")


def held_parcel_ids(authority_id: int, module: str, case_number: str) -> set[int]:
    """Return the physical attachments that were announced with a request which waits or is decided."""
    return _held(authority_id, module, case_number, "parcels")


def _held(authority_id: int, module: str, case_number: str, kind: str) -> set[int]:
    sent = Submission.objects.filter(
        preauthorization__authority_id=authority_id,
        preauthorization__module=module,
        preauthorization__case_number=case_number,
        preauthorization__status__in=[*SENT, *DECIDED],
    )
    return {one["id"] for attachments in sent.values_list(kind, flat=True) for one in attachments}


def unread_case_numbers(actor: Actor, module: str) -> QuerySet[Preauthorization, str]:
    """Return the numbers of the cases of the actor's clinics with a decision that nobody has marked as read.

    Source: behovspeng, chapter 7; spec NA-22.
    """
    return _unread(actor, module).values_list("case_number", flat=True).distinct()


def waiting_for_clinic(actor: Actor, module: str, *, limit: int) -> list[Preauthorization]:
    """Return what the actor's clinics should act on: who is asked for more first, then unread decisions.

    Source: spec NA-20, NA-22.
    """
    asked = _at_clinics(actor, module).filter(status=RequestStatus.COMPLETION_REQUESTED)
    waiting = asked.union(_unread(actor, module), all=True)
    # What is asked for has no decision, and comes first.
    return list(waiting.order_by(F("decided_on").asc(nulls_first=True), "id")[:limit])


def _unread(actor: Actor, module: str) -> QuerySet[Preauthorization]:
    return _at_clinics(actor, module).filter(decided_on__isnull=False, read_at__isnull=True)


def _at_clinics(actor: Actor, module: str) -> QuerySet[Preauthorization]:
    requests = Preauthorization.objects.filter(authority_id=actor.authority_id, module=module)
    return requests if actor.clinic_ids is None else requests.filter(clinic_id__in=actor.clinic_ids)


# The assessor's desk ------------------------------------------------------------------------------


def queue(
    actor: Actor,
    *,
    first_on: date | None = None,
    last_on: date | None = None,
    status: str = "",
    clinic_id: int | None = None,
) -> QuerySet[Preauthorization]:
    """Return the requests that are sent and not decided. Raises NotAllowed for others than assessors.

    Source: spec NA-20.
    """
    actor.require(Permission.ASSESS_REQUESTS)
    waiting = Preauthorization.objects.filter(
        authority_id=actor.authority_id, status__in=[status] if status in SENT else list(SENT)
    ).select_related("clinic__provider", "person__merged_into")
    if first_on:
        waiting = waiting.filter(sent_on__gte=first_on)
    if last_on:
        waiting = waiting.filter(sent_on__lte=last_on)
    if clinic_id:
        waiting = waiting.filter(clinic_id=clinic_id)
    return waiting
