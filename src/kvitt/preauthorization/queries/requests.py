"""Find requests: of a case, of a procedure, in the assessor's queue, and those with an unread decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.values.case_numbers import complete_number
from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.preauthorization import rules
from kvitt.preauthorization.lifecycle import DECIDED, SENT, RequestStatus, Verdict
from kvitt.preauthorization.models import Preauthorization, RequestedProcedure, Submission
from kvitt.preauthorization.rules import Grant, ProcedureFacts
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.documents.lifecycle import ParcelStatus
from kvitt.registers.documents.models import Parcel


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


def decided_procedures(module: str) -> QuerySet[RequestedProcedure]:
    """Return what a module's requests ask about that is decided, newest first."""
    return RequestedProcedure.objects.filter(module=module).exclude(verdict="").order_by("-pk")


def waiting_procedures(module: str) -> QuerySet[RequestedProcedure]:
    """Return what a module's requests ask about that are sent and not decided."""
    return RequestedProcedure.objects.filter(module=module, preauthorization__status__in=sorted(SENT))


def refused_procedures(module: str) -> QuerySet[RequestedProcedure]:
    """Return what a module's requests asked about and did not get."""
    return RequestedProcedure.objects.filter(module=module, verdict=Verdict.REFUSED)


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


def case_numbers(
    authority_id: int, module: str, statuses: Iterable[RequestStatus]
) -> QuerySet[Preauthorization, str]:
    """Return the numbers of the cases of a module that have a request in one of the statuses."""
    requests = Preauthorization.objects.filter(authority_id=authority_id, module=module)
    return requests.filter(status__in=sorted(statuses)).values_list("case_number", flat=True)


def status_of_case(module: str, number: str) -> Subquery:
    """Return, for a list of cases, the status of the newest request of each; `number` is its column."""
    requests = Preauthorization.objects.filter(
        authority_id=OuterRef("authority_id"), module=module, case_number=OuterRef(number)
    )
    newest = requests.exclude(status=RequestStatus.REMOVED).order_by("-id")
    return Subquery(newest.values("status")[:1])


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
    number: str = "",
) -> QuerySet[Preauthorization]:
    """Return the requests that are sent and not decided, each with what its row in the queue counts.

    `procedure_count` is how many procedures it asks about; `parcel` and `expected_parcel` are a physical
    attachment of the case, and one that has not arrived. Raises NotAllowed for others than
    assessors. Source: spec NA-20.
    """
    waiting = _waiting(actor, [status] if status in SENT else SENT).select_related(
        "clinic__provider", "person__merged_into"
    )
    if first_on:
        waiting = waiting.filter(sent_on__gte=first_on)
    if last_on:
        waiting = waiting.filter(sent_on__lte=last_on)
    if clinic_id:
        waiting = waiting.filter(clinic_id=clinic_id)
    if number.strip():
        waiting = waiting.filter(case_number__startswith=complete_number(number))
    asked = RequestedProcedure.objects.filter(preauthorization=OuterRef("pk")).order_by()
    counted = asked.values("preauthorization").annotate(count=Count("pk")).values("count")
    parcels = Parcel.objects.filter(
        authority_id=OuterRef("authority_id"),
        module=OuterRef("module"),
        case_number=OuterRef("case_number"),
        removed_at__isnull=True,
    ).order_by()
    # An EXISTS would be answered by reading every parcel there is.
    return waiting.annotate(
        procedure_count=Subquery(counted),
        parcel=Subquery(parcels.values("pk")[:1]),
        expected_parcel=Subquery(parcels.filter(arrived_on__isnull=True).values("pk")[:1]),
    )


def parcel_status(row: Preauthorization) -> ParcelStatus | None:
    """Return where the physical attachments of a row of the queue are, None where there are none."""
    if getattr(row, "expected_parcel", None):
        return ParcelStatus.EXPECTED
    return ParcelStatus.ARRIVED if getattr(row, "parcel", None) else None


def assess_url(found: Preauthorization) -> str:
    """Return the desk of a request. Every module has a URL named `<module>:assess_request` for it."""
    return reverse(f"{found.module}:assess_request", args=[found.case_number, found.pk])


def next_waiting(actor: Actor) -> Preauthorization | None:
    """Return the request that has awaited review longest."""
    return _waiting(actor, [RequestStatus.AWAITING_REVIEW]).order_by("sent_on", "id").first()


def waiting_count(actor: Actor, status: RequestStatus) -> int:
    """Return how many requests are sent, not decided, and stand in the status."""
    return _waiting(actor, [status]).count()


def waiting_since(actor: Actor) -> Mapping[date, int]:
    """Return how many requests await review, by the day they were sent, the oldest first."""
    by_day = _waiting(actor, [RequestStatus.AWAITING_REVIEW]).values("sent_on").annotate(count=Count("pk"))
    rows = by_day.order_by("sent_on").values_list("sent_on", "count")
    return {sent_on: count for sent_on, count in rows if sent_on is not None}


def _waiting(actor: Actor, statuses: Iterable[RequestStatus | str]) -> QuerySet[Preauthorization]:
    actor.require(Permission.ASSESS_REQUESTS)
    return Preauthorization.objects.filter(authority_id=actor.authority_id, status__in=sorted(statuses))


@dataclass(frozen=True)
class ProcedureNow:
    """What a module knows of a requested procedure today: its amount in öre, and when it was performed."""

    amount: Ore
    performed_on: date | None


@dataclass(frozen=True)
class DeskProcedure:
    """A procedure that a request asks about, as the desk shows it."""

    key: int
    name: str
    amount: Ore
    performed_on: date | None
    verdict: Verdict | None
    draft: str
    asked: Grant
    approved: Grant | None = None
    drafted: Grant | None = None
    may_change: bool = False

    @property
    def facts(self) -> str:
        """`8 550 kr, not performed`; where count and amount may be changed, `Asked for: 2 for 17 100 kr`."""
        if self.may_change:
            return gettext("Asked for: %(count)s for %(amount)s") % {
                "count": self.asked.count,
                "amount": format_kronor(self.asked.amount),
            }
        done = gettext("performed %(day)s") % {"day": self.performed_on} if self.performed_on else ""
        return ", ".join((format_kronor(self.amount), done or gettext("not performed")))


@dataclass(frozen=True)
class Version:
    """A version of a request that was sent, with the question that was asked about it."""

    number: int
    sent_at: datetime
    sent_by: str
    motivation: str
    answer: str
    procedures: Sequence[str]
    attachments: Sequence[str]
    question: str
    asked_at: datetime | None
    asked_by: str


@dataclass(frozen=True)
class Desk:
    """Everything the assessor's desk shows of a request; the module adds its case."""

    request: Preauthorization
    status: RequestStatus
    age: int
    procedures: Sequence[DeskProcedure]
    versions: Sequence[Version]
    mark: str
    may_change: bool = False

    @property
    def may_decide(self) -> bool:
        """Whether the request is sent and not decided, asked about or not."""
        return self.status in SENT

    @property
    def awaits_clinic(self) -> bool:
        """Whether the clinic has been asked for more and has not answered."""
        return self.status is RequestStatus.COMPLETION_REQUESTED

    @property
    def latest(self) -> Version | None:
        """The version that is to be decided."""
        return self.versions[0] if self.versions else None

    @property
    def draft(self) -> dict[str, object]:
        """What an assessor has kept, by field of the form; what he has not changed is as it was asked for."""
        draft: dict[str, object] = {f"verdict_{one.key}": one.draft for one in self.procedures}
        for one in self.procedures if self.may_change else ():
            grant = one.drafted or one.asked
            draft |= {f"count_{one.key}": grant.count, f"amount_{one.key}": grant.amount}
        days = {"first_on": self.request.draft_first_on, "last_on": self.request.draft_last_on}
        return {
            **draft,
            **{name: day for name, day in days.items() if day},
            "reason": self.request.draft_reason,
        }


def mark_of(found: Preauthorization) -> str:
    """Return what tells whether a request is the same as when it was opened."""
    return rules.calculate_mark(sent_count=found.submissions.count(), draft_at=found.draft_at)


def desk(
    found: Preauthorization, now: Mapping[int, ProcedureNow], *, today: date, may_change: bool = False
) -> Desk:
    """Return the assessor's desk of a request; `now` is what the module knows of its procedures by key.

    With `may_change` a decision may approve fewer or less than what is asked for. Source: spec NA-20, SC-4.
    """
    submissions = submissions_of(found)
    return Desk(
        request=found,
        status=RequestStatus(found.status),
        age=rules.calculate_age(found.sent_on or today, today=found.decided_on or today),
        procedures=[_desk_procedure(one, now, may_change=may_change) for one in procedures_of(found)],
        versions=[_version(one) for one in submissions],
        mark=rules.calculate_mark(sent_count=len(submissions), draft_at=found.draft_at),
        may_change=may_change,
    )


def _desk_procedure(
    one: RequestedProcedure, now: Mapping[int, ProcedureNow], *, may_change: bool
) -> DeskProcedure:
    known = now.get(one.key, ProcedureNow(one.amount, None))
    return DeskProcedure(
        key=one.key,
        name=one.facts().name,
        amount=known.amount,
        performed_on=known.performed_on,
        verdict=Verdict(one.verdict) if one.verdict else None,
        draft=one.draft_verdict,
        asked=Grant(one.count, one.amount),
        approved=_grant(one.approved_count, one.approved_amount),
        drafted=_grant(one.draft_count, one.draft_amount),
        may_change=may_change,
    )


def _grant(count: int | None, amount: Ore | None) -> Grant | None:
    return None if count is None or amount is None else Grant(count, amount)


def _version(sent: Submission) -> Version:
    return Version(
        number=sent.number,
        sent_at=sent.sent_at,
        sent_by=sent.sent_by,
        motivation=sent.motivation,
        answer=sent.answer,
        procedures=[ProcedureFacts(**one).counted_name for one in sent.procedures],
        attachments=[one["label"] for one in (*sent.documents, *sent.parcels)],
        question=sent.question,
        asked_at=sent.asked_at,
        asked_by=sent.asked_by,
    )
