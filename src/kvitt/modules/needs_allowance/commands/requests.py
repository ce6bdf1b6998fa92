"""Request preauthorization: save, send, take back and answer a request, and mark its decision as read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.needs_allowance.commands.case_work import touch
from kvitt.modules.needs_allowance.commands.procedures import ChangedMeanwhile
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus, ensure_step
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries import cases as queries
from kvitt.modules.needs_allowance.queries import requests
from kvitt.modules.needs_allowance.queries.documents import key_of
from kvitt.modules.needs_allowance.rules import request as request_rules
from kvitt.preauthorization.commands import requests as preauthorization
from kvitt.preauthorization.commands.requests import Attachment
from kvitt.preauthorization.lifecycle import RequestStatus
from kvitt.preauthorization.lifecycle import ensure_step as ensure_request_step
from kvitt.preauthorization.models import Preauthorization
from kvitt.preauthorization.queries import documents
from kvitt.preauthorization.rules import ProcedureFacts
from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class Draft:
    """What the user typed about a request: why the treatment is needed, and for which procedures."""

    motivation: str
    procedure_ids: Collection[int]


def save_request(
    actor: Actor, *, today: date, number: str, draft: Draft, request_id: int | None = None, seen: str = ""
) -> int:
    """Save a request without sending it (*Spara förhandsbedömning*), new or changed, and return its id.

    `seen` is the mark of what the user had before him; another one now raises ChangedMeanwhile. Raises
    Refused with every other fault.
    Source: behovspeng, chapter 6; spec NA-17, NA-18, NA-19, CO-24.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        saved = _save(actor, case, draft, request_id, seen, today=today)
        touch(case, actor)
        audit.record(
            "needs_allowance.save_request",
            actor,
            **queries.about(case),
            before=saved.before,
            after=_described(saved.request, saved.facts),
        )
    return saved.request.pk


def send_request(
    actor: Actor,
    *,
    today: date,
    number: str,
    draft: Draft | None = None,
    request_id: int | None = None,
    seen: str = "",
) -> int:
    """Request preauthorization (*Begär förhandsbedömning*) and return the request's id; its lines are locked.

    Without a request it is a new one; without a draft the request is sent as it was saved. Raises as
    save_request.
    Source: behovspeng, chapter 6; spec NA-17, NA-18, NA-19, CO-24.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        saved = _save(actor, case, draft, request_id, seen, today=today)
        files, parcels = _attachments(actor, case)
        preauthorization.send(
            actor, saved.request, procedures=saved.facts, documents=files, parcels=parcels, today=today
        )
        _step(saved.procedures, ProcedureStatus.AWAITING_REVIEW, command="send_request")
        touch(case, actor)
        audit.record(
            "needs_allowance.send_request",
            actor,
            **queries.about(case),
            before=saved.before,
            after=_described(saved.request, saved.facts),
        )
    return saved.request.pk


def remove_request(actor: Actor, *, number: str, request_id: int) -> None:
    """Remove a request that is not sent; its procedures can be requested anew. Raises Refused.

    Source: spec NA-18.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        request = requests.request_of(case, request_id, lock=True)
        before = _described(request, requests.facts_of(request))
        preauthorization.remove(request)
        touch(case, actor)
        audit.record(
            "needs_allowance.remove_request",
            actor,
            **queries.about(case),
            before=before,
            after={"status": request.status},
        )


def withdraw_request(actor: Actor, *, number: str, request_id: int) -> None:
    """Take a waiting request back (*Återta*); its procedures require preauthorization again. Raises Refused.

    Source: spec NA-19.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        request = requests.request_of(case, request_id, lock=True)
        facts = requests.facts_of(request)
        before = _described(request, facts)
        preauthorization.withdraw(request)
        procedures = requests.procedures_in(case, facts)
        _step(procedures, ProcedureStatus.REQUIRES_PREAUTHORIZATION, command="withdraw_request")
        touch(case, actor)
        audit.record(
            "needs_allowance.withdraw_request",
            actor,
            **queries.about(case),
            before=before,
            after=_described(request, facts),
        )


def answer_request(actor: Actor, *, number: str, request_id: int, text: str) -> None:
    """Answer what the assessor asked; documents added meanwhile go along. Raises Refused.

    Source: spec NA-20.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        request = requests.request_of(case, request_id, lock=True)
        facts = requests.facts_of(request)
        before = _described(request, facts)
        files, parcels = _attachments(actor, case)
        preauthorization.answer(actor, request, text=text, documents=files, parcels=parcels)
        touch(case, actor)
        audit.record(
            "needs_allowance.answer_request",
            actor,
            **queries.about(case),
            before=before,
            after=_described(request, facts),
        )


def mark_decision_read(actor: Actor, *, number: str, request_id: int) -> None:
    """Take a decision off the count of unread ones (*Markera som läst*), with who and when. Raises Refused.

    Who marks it a second time changes nothing. A closed clinic reads its decisions too.
    Source: behovspeng, figure 20; spec NA-22.
    """
    with transaction.atomic():
        case = queries.case_to_credit(actor, number, lock=True)
        request = requests.request_of(case, request_id, lock=True)
        if preauthorization.mark_read(actor, request):
            audit.record(
                "needs_allowance.mark_decision_read",
                actor,
                **queries.about(case),
                after=_described(request, requests.facts_of(request)),
            )


# Steps that they share ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Saved:
    """A request as it is saved now, the procedures in it, and what it was before."""

    request: Preauthorization
    procedures: list[Procedure]
    facts: list[ProcedureFacts]
    before: dict[str, object]


def _save(
    actor: Actor, case: Case, draft: Draft | None, request_id: int | None, seen: str, *, today: date
) -> _Saved:
    """Make a request of a locked case, or change one that is not sent. Raises Refused with every fault."""
    refuse_if_any(request_rules.check_period(case.period, today=today))
    request = None if request_id is None else requests.request_of(case, request_id, lock=True)
    if request is not None:
        ensure_request_step(request.status, RequestStatus.AWAITING_REVIEW, command="send")
    own = requests.saved_keys(request)
    changes = requests.changes_meanwhile(case, request, seen)
    if changes:
        raise ChangedMeanwhile(changes)
    if draft is None:
        draft = Draft(request.motivation if request else "", own)
    offered = requests.offered(case, own)
    refuse_if_any(request_rules.check_choice(draft.procedure_ids, [one.pk for one in offered]))
    chosen = [procedure for procedure in offered if procedure.pk in set(draft.procedure_ids)]
    facts = requests.facts_to_request(case, chosen, today=today)
    if request is None:
        new = preauthorization.NewRequest(queries.MODULE, case.number, case.clinic_id, case.person_id)
        request = preauthorization.create(
            actor, new, motivation=draft.motivation, procedures=facts, today=today
        )
        return _Saved(request, chosen, facts, {})
    before = _described(request, requests.facts_of(request))
    preauthorization.change(request, motivation=draft.motivation, procedures=facts)
    return _Saved(request, chosen, facts, before)


def _step(procedures: Iterable[Procedure], to: ProcedureStatus, *, command: str) -> None:
    """Take the procedures of a request to a status and save them."""
    for procedure in procedures:
        ensure_step(procedure.status, to, command=command)
        procedure.status = to
        procedure.save()


def _attachments(actor: Actor, case: Case) -> tuple[list[Attachment], list[Attachment]]:
    """Return the documents and the parcels that go with a request of the case: all that it has."""
    key = key_of(case)
    return (
        [Attachment(one.id, one.file_name) for one in documents.documents_of(key)],
        [Attachment(one.id, one.object_name) for one in documents.parcels_of(actor, key)],
    )


def _described(request: Preauthorization, facts: Iterable[ProcedureFacts]) -> dict[str, object]:
    """Return what the event log tells of a request."""
    return {"codes": ", ".join(one.name for one in facts), "status": RequestStatus(request.status).value}
