"""The requests for preauthorization of a case: what can be requested, and what the pages about them show."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404

from kvitt.foundation import clock
from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries import cases
from kvitt.modules.needs_allowance.rules import procedure as procedure_rules
from kvitt.modules.needs_allowance.rules import request as request_rules
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts as CaseFacts
from kvitt.preauthorization import lifecycle
from kvitt.preauthorization import queries as preauthorization
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.preauthorization.models import Preauthorization, Submission
from kvitt.preauthorization.rules import ProcedureFacts
from kvitt.registers.access.rules import Actor
from kvitt.registers.people import queries as people
from kvitt.registers.price_lists import queries as price_lists


def request_of(found: Case, request_id: int, *, lock: bool = False) -> Preauthorization:
    """Return one request of the case, locked where it is about to change. Raises Http404 for any other."""
    return preauthorization.request(found.authority_id, cases.MODULE, found.number, request_id, lock=lock)


# What can be requested ----------------------------------------------------------------------------


def saved_keys(request: Preauthorization | None) -> set[int]:
    """Return which procedures a request holds; none for one that is to be made."""
    return {fact.key for fact in facts_of(request)} if request is not None else set()


def facts_of(request: Preauthorization) -> list[ProcedureFacts]:
    """Return the procedures of a request, as they were when they were put there."""
    return [procedure.facts() for procedure in preauthorization.procedures_of(request)]


def procedures_in(found: Case, facts: Iterable[ProcedureFacts]) -> list[Procedure]:
    """Return the case's procedures that a request is about."""
    keys = {fact.key for fact in facts}
    return [procedure for procedure in cases.procedures_of(found) if procedure.pk in keys]


def offered(found: Case, own: Collection[int] = ()) -> list[Procedure]:
    """Return what a request of the case can be about; `own` is what it is about already."""
    procedures = cases.procedures_of(found)
    facts = [procedure.facts() for procedure in procedures]
    keys = set(request_rules.calculate_offered(facts, _held(facts) - set(own)))
    return [procedure for procedure in procedures if procedure.pk in keys]


def _held(procedures: Iterable[CaseFacts]) -> set[int]:
    """Return which of the procedures that could be requested an open request holds."""
    keys = [one.id for one in procedures if request_rules.may_request(one)]
    return preauthorization.open_keys(cases.MODULE, keys) if keys else set()


def facts_to_request(found: Case, procedures: Sequence[Procedure], *, today: date) -> list[ProcedureFacts]:
    """Return the procedures as a request holds them; what is not performed has today's price (NA-15)."""
    planned = {one.code for one in procedures if procedure_rules.is_planned(one.facts())}
    prices = price_lists.prices_on(found.authority_id, cases.MODULE, planned, on=today)
    return [
        ProcedureFacts(
            key=one.pk,
            code=one.code,
            text=one.text,
            location=one.location,
            surface=one.surface,
            amount=one.quantity * (one.price if one.performed_on else prices.get(one.code, one.price)),
        )
        for one in procedures
    ]


def mark_of(request: Preauthorization, procedures: Iterable[Procedure]) -> str:
    """Return what tells whether a saved request is the same as when it was opened."""
    return request_rules.calculate_mark(request.motivation, [one.facts() for one in procedures])


def changes_meanwhile(found: Case, request: Preauthorization | None, seen: str) -> list[Problem]:
    """Tell who has changed a saved request, or a line in it, since somebody saw it with this mark."""
    if request is None:
        return []
    mark = mark_of(request, procedures_in(found, facts_of(request)))
    at = found.changed_at.astimezone(clock.STOCKHOLM)
    return procedure_rules.check_unchanged(seen, mark, who=found.changed_by, time=f"{at:%Y-%m-%d %H.%M}")


# The section of the case page ---------------------------------------------------------------------


@dataclass(frozen=True)
class RequestRow:
    """A request as the case page lists it."""

    id: int
    status: Labelled
    sent_on: date | None
    decided_on: date | None
    is_unread: bool


@dataclass(frozen=True)
class RequestsPanel:
    """The requests of a case, newest first; `problem` is why none can be made, for who makes them."""

    rows: Sequence[RequestRow]
    may_request: bool
    problem: str


def requests_panel(
    actor: Actor, found: Case, procedures: Sequence[CaseFacts], *, today: date
) -> RequestsPanel:
    """Return what the section *Förhandsbedömningar* shows.

    Source: behovspeng, figures 9 and 14; spec NA-10, NA-18.
    """
    may_report = cases.may_report(actor, found)
    requests = preauthorization.requests_of(found.authority_id, cases.MODULE, found.number)
    problems = (
        request_rules.check_new_request(procedures, _held(procedures), period=found.period, today=today)
        if may_report
        else []
    )
    return RequestsPanel(
        rows=[
            RequestRow(one.pk, RequestStatus(one.status), one.sent_on, one.decided_on, one.is_unread)
            for one in requests
            if _sees(actor, one)
        ],
        may_request=may_report,
        problem=" ".join(map(problem_text, problems)),
    )


def _sees(actor: Actor, request: Preauthorization) -> bool:
    """Tell whether a request of a case that the actor sees is his to read: one not sent is the clinic's own.

    Source: spec NA-18.
    """
    return actor.clinic_ids is not None or request.status != RequestStatus.NOT_SENT


# One request --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RequestedRow:
    """A procedure of a request as its table shows it; the verdict is empty until it is decided."""

    code: str
    text: str
    location: str
    surface: str
    amount: Ore
    verdict: Labelled | None = None


@dataclass(frozen=True)
class Version:
    """What was sent at one time, and what the assessor asked about it."""

    number: int
    sent_at: datetime
    sent_by: str
    motivation: str
    answer: str
    procedures: Sequence[RequestedRow]
    documents: Sequence[str]
    parcels: Sequence[str]
    question: str
    asked_at: datetime | None
    asked_by: str


@dataclass(frozen=True)
class RequestPage:
    """A request with everything that was sent and decided, and what the actor may do with it."""

    id: int
    case_number: str
    patient_name: str
    person_id: int
    status: Labelled
    motivation: str
    sent_on: date | None
    decided_on: date | None
    reason: str
    procedures: Sequence[RequestedRow]
    latest: Version | None
    earlier: Sequence[Version]
    is_decided: bool
    is_unread: bool
    read_at: datetime | None
    read_by: str
    mark: str
    problem: str
    may_send: bool
    may_change: bool
    may_remove: bool
    may_withdraw: bool
    may_answer: bool
    may_mark_read: bool


def request_page(
    actor: Actor, number: str, request_id: int, *, today: date, session: SessionBase
) -> RequestPage:
    """Return a request as the actor sees it in this session. Raises Http404 when he may not.

    Source: behovspeng, figures 17 and 20; spec NA-18, NA-21, NA-22.
    """
    found = cases.case(actor, number)
    request = request_of(found, request_id)
    if not _sees(actor, request):
        raise Http404
    may_report = cases.may_report(actor, found)
    versions = [_version(one) for one in preauthorization.submissions_of(request)]
    is_saved = request.status == RequestStatus.NOT_SENT
    latest = None if is_saved or not versions else versions[0]
    problems = request_rules.check_period(found.period, today=today) if is_saved and may_report else []
    procedures = procedures_in(found, facts_of(request)) if is_saved else []
    rows = _current_rows(found, procedures, today=today) if is_saved else _stored_rows(request)
    return RequestPage(
        id=request.pk,
        case_number=found.number,
        patient_name=people.shown_person(session, found.person, day=today).name,
        person_id=found.person_id,
        status=RequestStatus(request.status),
        motivation=request.motivation,
        sent_on=request.sent_on if not is_saved else None,
        decided_on=request.decided_on,
        reason=request.reason,
        procedures=rows,
        latest=latest,
        earlier=versions[1:] if latest else versions,
        is_decided=request.is_decided,
        is_unread=request.is_unread,
        read_at=request.read_at,
        read_by=request.read_by,
        mark=mark_of(request, procedures) if is_saved else "",
        problem=" ".join(map(problem_text, problems)),
        may_send=may_report and is_saved and not problems and bool(rows),
        may_change=may_report and is_saved and not problems,
        may_remove=may_report and is_saved,
        may_withdraw=may_report and request.is_sent,
        may_answer=may_report and request.status == RequestStatus.COMPLETION_REQUESTED,
        may_mark_read=cases.may_credit(actor, found) and request.is_unread,
    )


def _stored_rows(request: Preauthorization) -> list[RequestedRow]:
    """Return the procedures as they were sent, with what was decided."""
    return [
        RequestedRow(
            one.code,
            one.text,
            one.location,
            one.surface,
            one.amount,
            Verdict(one.verdict) if one.verdict else None,
        )
        for one in preauthorization.procedures_of(request)
    ]


def _current_rows(found: Case, procedures: Sequence[Procedure], *, today: date) -> list[RequestedRow]:
    """Return the procedures of a request that is not sent as they are in the case now: so they are sent."""
    facts = facts_to_request(found, procedures, today=today)
    return [RequestedRow(one.code, one.text, one.location, one.surface, one.amount) for one in facts]


def _version(sent: Submission) -> Version:
    return Version(
        number=sent.number,
        sent_at=sent.sent_at,
        sent_by=sent.sent_by,
        motivation=sent.motivation,
        answer=sent.answer,
        procedures=[_sent_row(one) for one in sent.procedures],
        documents=[one["label"] for one in sent.documents],
        parcels=[one["label"] for one in sent.parcels],
        question=sent.question,
        asked_at=sent.asked_at,
        asked_by=sent.asked_by,
    )


def _sent_row(procedure: Mapping[str, Any]) -> RequestedRow:
    fact = ProcedureFacts(**procedure)
    return RequestedRow(fact.code, fact.text, fact.location, fact.surface, fact.amount)


# The dialogs --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RequestDialog:
    """What a form or question about a request needs beside what the user types.

    `problems` are why nothing can be done at all; `offered` are the procedures to choose among.
    """

    patient_name: str
    person_id: int
    problems: Sequence[Problem]
    offered: Sequence[tuple[int, str]] = ()
    question: str = ""
    initial: Mapping[str, object] = field(default_factory=dict)


def creation(actor: Actor, number: str, *, today: date, session: SessionBase) -> RequestDialog:
    """Return what *Skapa begäran om förhandsbedömning* needs; every procedure is chosen from the start.

    Raises Http404 for a case out of sight, NotAllowed where the actor cannot report.
    """
    found = cases.case_to_report(actor, number)
    facts = [procedure.facts() for procedure in cases.procedures_of(found)]
    problems = request_rules.check_new_request(facts, _held(facts), period=found.period, today=today)
    choices = [] if problems else _choices(found, offered(found), today=today)
    return RequestDialog(
        patient_name=people.shown_person(session, found.person, day=today).name,
        person_id=found.person_id,
        problems=problems,
        offered=choices,
        initial={"procedures": [key for key, _name in choices]},
    )


def change(actor: Actor, number: str, request_id: int, *, today: date, session: SessionBase) -> RequestDialog:
    """Return what changing a request that is not sent needs, and what it is now. Raises as `creation`."""
    found = cases.case_to_report(actor, number)
    request = request_of(found, request_id)
    facts = facts_of(request)
    own = {fact.key for fact in facts}
    choices = _choices(found, offered(found, own), today=today)
    problems = [
        *request_rules.check_period(found.period, today=today),
        *_step_problems(request, RequestStatus.AWAITING_REVIEW, command="send"),
    ]
    if not problems and not choices:
        problems.append(Problem("nothing_to_request", request_rules.NONE_REQUIRES))
    return RequestDialog(
        patient_name=people.shown_person(session, found.person, day=today).name,
        person_id=found.person_id,
        problems=problems,
        offered=choices,
        initial={
            "motivation": request.motivation,
            "procedures": sorted(own),
            "seen": mark_of(request, procedures_in(found, facts)),
        },
    )


def question(
    actor: Actor, number: str, request_id: int, *, command: str, today: date, session: SessionBase
) -> RequestDialog:
    """Return what the questions before *Ta bort* and *Återta*, and the answer, need. Raises as `creation`."""
    found = cases.case_to_report(actor, number)
    request = request_of(found, request_id)
    return RequestDialog(
        patient_name=people.shown_person(session, found.person, day=today).name,
        person_id=found.person_id,
        problems=_step_problems(request, _OUTCOMES[command], command=command),
        question=request.question,
    )


_OUTCOMES = {
    "remove": RequestStatus.REMOVED,
    "withdraw": RequestStatus.NOT_SENT,
    "answer": RequestStatus.AWAITING_REVIEW,
}


def _step_problems(request: Preauthorization, to: RequestStatus, *, command: str) -> Sequence[Problem]:
    """Tell why a request cannot take the step any more, or nothing."""
    try:
        lifecycle.ensure_step(request.status, to, command=command)
    except Refused as refused:
        return refused.problems
    return []


def _choices(found: Case, procedures: Sequence[Procedure], *, today: date) -> list[tuple[int, str]]:
    """Return the procedures as boxes to tick: `852 Tandersättning, en tand (13), 8 550 kr`."""
    return [(one.key, _choice(one)) for one in facts_to_request(found, procedures, today=today)]


def _choice(fact: ProcedureFacts) -> str:
    place = " ".join(filter(None, (fact.location, fact.surface)))
    name = f"{fact.code} {fact.text} ({place})" if place else f"{fact.code} {fact.text}"
    return f"{name}, {format_kronor(fact.amount)}"
