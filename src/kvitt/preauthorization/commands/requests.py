"""Write requests and decisions: steps that a module's commands take in their own transaction.

A module locks its case, then its request (`queries.request(..., lock=True)`), takes one of these steps, does
what follows for its own procedures, and records the event. None of them opens a transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import connection

from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.preauthorization import queries, rules
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict, ensure_step
from kvitt.preauthorization.models import Preauthorization, RequestedProcedure, Submission
from kvitt.preauthorization.rules import Grant, ProcedureFacts, Validity
from kvitt.registers.access.rules import Actor

ALREADY_REQUESTED = _("%(procedure)s is already in another request. Choose other procedures.")


class NoTransaction(Exception):  # noqa: N818 - reads as a sentence
    """A step was taken outside a transaction."""


@dataclass(frozen=True)
class NewRequest:
    """Which case a request is about, whose it is and who asks."""

    module: str
    case_number: str
    clinic_id: int
    person_id: int


@dataclass(frozen=True)
class Attachment:
    """A document or a parcel that goes with a request: its id, and what it is called."""

    id: int
    label: str


# The clinic ---------------------------------------------------------------------------------------


def create(
    actor: Actor, new: NewRequest, *, motivation: str, procedures: Sequence[ProcedureFacts], today: date
) -> Preauthorization:
    """Save a request that is not sent (*Ej skickad*). Raises Refused with every fault.

    Source: behovspeng, chapter 6; spec NA-18, NA-19.
    """
    _require_transaction()
    _refuse_faults(motivation, procedures)
    request = Preauthorization.objects.create(
        authority_id=actor.authority_id,
        module=new.module,
        case_number=new.case_number,
        clinic_id=new.clinic_id,
        person_id=new.person_id,
        motivation=motivation.strip(),
        created_on=today,
    )
    _store(request, procedures)
    return request


def change(request: Preauthorization, *, motivation: str, procedures: Sequence[ProcedureFacts]) -> None:
    """Change the text and the procedures of a request that is not sent. Raises Refused.

    Source: spec NA-18.
    """
    _require_transaction()
    _refuse_unless_saved(request)
    _refuse_faults(motivation, procedures)
    request.motivation = motivation.strip()
    request.save()
    request.procedures.all().delete()
    _store(request, procedures)


def remove(request: Preauthorization) -> None:
    """Remove a request that is not sent; its procedures can be requested anew. Raises Refused.

    Source: spec NA-18.
    """
    _step(request, RequestStatus.REMOVED, command="remove")
    request.save()
    request.procedures.update(is_open=False)


def drop_procedure(module: str, key: int) -> None:
    """Take a procedure out of the request that is not sent and holds it, if one does.

    A request that holds nothing more stays, to be changed or removed.
    Source: spec NA-15, NA-19.
    """
    _require_transaction()
    held = RequestedProcedure.objects.filter(module=module, key=key, is_open=True)
    held.filter(preauthorization__status=RequestStatus.NOT_SENT).delete()


def send(
    actor: Actor,
    request: Preauthorization,
    *,
    procedures: Sequence[ProcedureFacts],
    documents: Sequence[Attachment],
    parcels: Sequence[Attachment],
    today: date,
) -> None:
    """Send a request (*Begär förhandsbedömning*), with the procedures as they are now. Raises Refused.

    Source: behovspeng, chapter 6; spec NA-18.
    """
    _step(request, RequestStatus.AWAITING_REVIEW, command="send")
    _refuse_faults(request.motivation, procedures)
    request.sent_on = today
    request.question = ""
    request.save()
    request.procedures.all().delete()
    _store(request, procedures)
    _submit(actor, request, documents=documents, parcels=parcels)


def withdraw(request: Preauthorization) -> None:
    """Take a waiting request back (*Återta*): it is not sent any more. Raises Refused.

    Source: spec NA-19.
    """
    _step(request, RequestStatus.NOT_SENT, command="withdraw")
    _clear_draft(request)
    request.save()


def answer(
    actor: Actor,
    request: Preauthorization,
    *,
    text: str,
    documents: Sequence[Attachment],
    parcels: Sequence[Attachment],
) -> None:
    """Answer what the assessor asked: the request returns to the queue, as old as it was. Raises Refused.

    Source: spec NA-20.
    """
    _step(request, RequestStatus.AWAITING_REVIEW, command="answer")
    refuse_if_any(rules.check_answer(text))
    request.question = ""
    request.save()
    _submit(actor, request, answer=text, documents=documents, parcels=parcels)


def mark_read(actor: Actor, request: Preauthorization) -> bool:
    """Note who read a decision, and when (*Markera som läst*); the first one stays. Raises Refused.

    Returns whether it was unread. Source: behovspeng, figure 20; spec NA-22.
    """
    _require_transaction()
    if not request.is_decided:
        raise Refused([Problem("not_decided", _("There is no decision to read yet."))])
    if not request.is_unread:
        return False
    request.read_at, request.read_by = clock.now(), actor.name
    request.save()
    return True


# The assessor -------------------------------------------------------------------------------------


def ensure_as_seen(request: Preauthorization, seen: str) -> None:
    """Raise Refused unless a locked request still waits, and is what the assessor had before him.

    `seen` is the mark of that; an empty one is not compared. Source: spec CO-24, NA-20.
    """
    _require_transaction()
    ensure_step(request.status, RequestStatus.DECIDED, command="decide")
    refuse_if_any(rules.check_unchanged(seen, queries.mark_of(request)))


def keep_draft(
    actor: Actor,
    request: Preauthorization,
    *,
    verdicts: Mapping[int, Verdict],
    reason: str,
    grants: Mapping[int, Grant] | None = None,
    validity: Validity | None = None,
) -> None:
    """Keep what the assessor has written so far; nothing is decided. Raises Refused when it is not waiting.

    Source: spec NA-20, SC-4.
    """
    _require_transaction()
    ensure_step(request.status, RequestStatus.DECIDED, command="decide")
    procedures = list(request.procedures.all())
    given = grants or {}
    problems = rules.check_grants([one.facts() for one in procedures], given)
    refuse_if_any([*rules.check_draft(reason), *problems])
    request.draft_reason = reason.strip()
    request.draft_by, request.draft_at = actor.name, clock.now()
    if validity is not None:
        request.draft_first_on, request.draft_last_on = validity.first_on, validity.last_on
    request.save()
    for procedure in procedures:
        procedure.draft_verdict = verdicts.get(procedure.key, "")
        grant = given.get(procedure.key)
        procedure.draft_count, procedure.draft_amount = (grant.count, grant.amount) if grant else (None, None)
        procedure.save()


def ask(actor: Actor, request: Preauthorization, *, question: str) -> None:
    """Ask the clinic for more (*Komplettering begärd*). Raises Refused.

    Source: spec NA-20.
    """
    _step(request, RequestStatus.COMPLETION_REQUESTED, command="ask")
    refuse_if_any(rules.check_question(question))
    request.question = question.strip()
    request.save()
    latest = request.submissions.first()
    if latest is not None:
        latest.question, latest.asked_by, latest.asked_at = request.question, actor.name, clock.now()
        latest.save()


def decide(
    actor: Actor,
    request: Preauthorization,
    *,
    verdicts: Mapping[int, Verdict],
    reason: str,
    today: date,
    grants: Mapping[int, Grant] | None = None,
    validity: Validity | None = None,
) -> None:
    """Decide about every procedure of a waiting request, all at once. Raises Refused with every fault.

    A module whose decisions may change count or amount passes `grants`, by key; one that is not there is
    approved as it was asked for. `validity` is checked where the module wants one.
    Source: behovspeng, chapter 6; spec NA-20, NA-21, SC-4.
    """
    _require_transaction()
    procedures = list(request.procedures.all())
    facts = [one.facts() for one in procedures]
    ensure_step(request.status, RequestStatus.DECIDED, command="decide")
    approved = {key: one for key, one in (grants or {}).items() if verdicts.get(key) is Verdict.APPROVED}
    refuse_if_any(
        [
            *rules.check_decision(facts, verdicts, reason=reason, grants=approved),
            *rules.check_grants(facts, approved),
            *rules.check_validity(validity, verdicts.values(), today=today),
        ]
    )
    outcome = rules.calculate_outcome(
        [verdicts[one.key] for one in procedures],
        is_any_changed=rules.is_changed(facts, verdicts, approved),
    )
    _step(request, outcome, command="decide")
    _clear_draft(request)
    request.decided_on, request.decided_by, request.reason = today, actor.name, reason.strip()
    request.save()
    for procedure in procedures:
        procedure.verdict, procedure.is_open = verdicts[procedure.key], False
        procedure.draft_verdict, procedure.draft_count, procedure.draft_amount = "", None, None
        if grants is not None and procedure.verdict == Verdict.APPROVED:
            grant = approved.get(procedure.key, Grant(procedure.count, procedure.amount))
            procedure.approved_count, procedure.approved_amount = grant.count, grant.amount
        procedure.save()


# Steps that they share ----------------------------------------------------------------------------


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise NoTransaction


def _step(request: Preauthorization, to: RequestStatus, *, command: str) -> None:
    """Take a locked request to a status; the caller saves it."""
    _require_transaction()
    ensure_step(request.status, to, command=command)
    request.status = to


def _refuse_unless_saved(request: Preauthorization) -> None:
    """Raise StepNotAllowed for a request that is sent or removed."""
    ensure_step(request.status, RequestStatus.AWAITING_REVIEW, command="send")


def _refuse_faults(motivation: str, procedures: Sequence[ProcedureFacts]) -> None:
    keys = [procedure.key for procedure in procedures]
    refuse_if_any([*rules.check_motivation(motivation), *rules.check_procedures(keys)])


def _store(request: Preauthorization, procedures: Sequence[ProcedureFacts]) -> None:
    """Store the procedures of a request. Raises Refused for one that another open request holds."""
    taken = queries.open_keys(request.module, [procedure.key for procedure in procedures])
    refuse_if_any(
        Problem("already_requested", ALREADY_REQUESTED, "procedures", {"procedure": procedure.name})
        for procedure in procedures
        if procedure.key in taken
    )
    RequestedProcedure.objects.bulk_create(
        RequestedProcedure(preauthorization=request, module=request.module, **asdict(procedure))
        for procedure in procedures
    )


def _submit(
    actor: Actor,
    request: Preauthorization,
    *,
    documents: Sequence[Attachment],
    parcels: Sequence[Attachment],
    answer: str = "",
) -> None:
    """Keep what is sent, exactly as it is."""
    Submission.objects.create(
        preauthorization=request,
        number=request.submissions.count() + 1,
        sent_at=clock.now(),
        sent_by=actor.name,
        motivation=request.motivation,
        answer=answer.strip(),
        procedures=[_kept(procedure.facts()) for procedure in request.procedures.order_by("id")],
        documents=[asdict(document) for document in documents],
        parcels=[asdict(parcel) for parcel in parcels],
    )


def _kept(facts: ProcedureFacts) -> dict[str, object]:
    """Return a procedure as a submission keeps it; its count where it is not one."""
    kept = asdict(facts)
    return {name: value for name, value in kept.items() if (name, value) != ("count", 1)}


def _clear_draft(request: Preauthorization) -> None:
    """Forget what an assessor had written and not decided."""
    request.draft_reason, request.draft_by, request.draft_at = "", "", None
    request.draft_first_on, request.draft_last_on = None, None
    request.question = ""
    request.procedures.update(draft_verdict="", draft_count=None, draft_amount=None)
