"""Everything the case page shows, in one object."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext

from kvitt.audit import queries as audit
from kvitt.audit.models import Event
from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.lifecycle import EVENT_FIELDS, ProcedureStatus
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries import cases, documents, reporting
from kvitt.modules.needs_allowance.queries import credits as credit_queries
from kvitt.modules.needs_allowance.queries import requests as request_queries
from kvitt.modules.needs_allowance.rules import case as case_rules
from kvitt.modules.needs_allowance.rules import credit as credit_rules
from kvitt.modules.needs_allowance.rules import money as money_rules
from kvitt.modules.needs_allowance.rules import procedure as procedure_rules
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts
from kvitt.preauthorization import queries as preauthorization
from kvitt.preauthorization.lifecycle import RequestStatus
from kvitt.preauthorization.queries.documents import DocumentSection
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people import queries as people
from kvitt.registers.price_lists import queries as price_lists

_STATUSES: Mapping[str, Labelled] = {
    status.value: status for status in (*RequestStatus, *LineStatus, *ProcedureStatus)
}


@dataclass(frozen=True)
class ProcedureRow:
    """A procedure as the table shows it; amounts in öre."""

    id: int
    location: str
    surface: str
    code: str
    text: str
    quantity: int
    price: Ore
    amount: Ore
    performed_on: date | None
    status: Labelled
    is_off: bool
    is_removed: bool
    may_remove: bool
    may_change: bool
    request_id: int | None
    may_credit: bool
    may_withdraw_credit: bool

    @property
    def object_name(self) -> str:
        """What a row's button acts on, for those who hear the page: `705 Fyllning, två ytor`."""
        return f"{self.code} {self.text}"


@dataclass(frozen=True)
class EventRow:
    """One line of the event log."""

    at: datetime
    who: str
    role: str
    text: str
    details: Sequence[str]


@dataclass(frozen=True)
class CasePage:
    """What the case page shows."""

    case: Case
    patient: people.ShownPerson
    clinic: Clinic
    period: Period
    days_left: int
    elapsed: int
    rows: Sequence[ProcedureRow]
    requests: request_queries.RequestsPanel
    removed_count: int
    shows_removed: bool
    totals: money_rules.Totals
    explanation: str
    events: Sequence[EventRow]
    may_report: bool
    add_problem: str
    documents: DocumentSection


def case_page(
    actor: Actor, number: str, *, today: date, session: SessionBase, shows_removed: bool = False
) -> CasePage:
    """Return the case as the actor sees it in this session. Raises Http404 when he may not.

    Source: behovspeng, figures 3, 5 and 9; spec NA-10.
    """
    case = cases.case(actor, number)
    procedures = cases.procedures_of(case)
    facts = [procedure.facts() for procedure in procedures]
    may_report = cases.may_report(actor, case)
    rows = _rows(
        case, procedures, facts, today=today, may_report=may_report, may_credit=cases.may_credit(actor, case)
    )
    return CasePage(
        case=case,
        patient=people.shown_person(session, case.person, day=today),
        clinic=case.clinic,
        period=case.period,
        days_left=case_rules.calculate_days_left(case.period, today=today),
        elapsed=case_rules.calculate_elapsed(case.period, today=today),
        rows=[row for row in rows if shows_removed or not row.is_removed],
        requests=request_queries.requests_panel(actor, case, facts, today=today),
        removed_count=sum(row.is_removed for row in rows),
        shows_removed=shows_removed,
        totals=money_rules.calculate_totals(facts),
        explanation=_explanation(facts, has_ended=bool(case_rules.check_open(case.period, today=today))),
        events=_events(case),
        may_report=may_report,
        add_problem=_add_problem(case, today=today) if may_report else "",
        documents=documents.section(actor, case, today=today),
    )


def _rows(
    case: Case,
    procedures: Sequence[Procedure],
    facts: Sequence[ProcedureFacts],
    *,
    today: date,
    may_report: bool,
    may_credit: bool,
) -> list[ProcedureRow]:
    invoiced = ledger.invoiced_line_ids(one.line_id for one in procedures if one.line_id is not None)
    planned = {fact.code for fact in facts if procedure_rules.is_planned(fact)}
    prices = price_lists.prices_on(case.authority_id, cases.MODULE, planned, on=today)
    decided = preauthorization.decided_requests(cases.MODULE, [one.request_key for one in procedures])
    basis = credit_queries.credit_basis(case, procedures)
    rows = []
    for procedure, fact in zip(procedures, facts, strict=True):
        # What is still to be done shows today's price (NA-15); everything else the price it was given.
        is_planned = procedure_rules.is_planned(fact)
        price = prices.get(fact.code, procedure.price) if is_planned else procedure.price
        was_invoiced = procedure.line_id in invoiced
        may_change = procedure_rules.may_change(
            fact, was_invoiced=was_invoiced, period=case.period, today=today
        )
        rows.append(
            ProcedureRow(
                id=procedure.pk,
                location=procedure.location,
                surface=procedure.surface,
                code=procedure.code,
                text=procedure.text,
                quantity=procedure.quantity,
                price=price,
                amount=price * procedure.quantity,
                performed_on=procedure.performed_on,
                status=procedure.shown_status,
                is_off=procedure_rules.is_over(fact),
                is_removed=procedure_rules.is_removed(fact),
                may_remove=may_report and procedure_rules.may_remove(fact),
                may_change=may_report and may_change,
                request_id=decided.get(procedure.request_key),
                may_credit=may_credit and credit_rules.may_credit(fact, basis.invoices.get(fact.id)),
                may_withdraw_credit=may_credit and basis.may_withdraw(procedure),
            )
        )
    return rows


def _explanation(facts: Sequence[ProcedureFacts], *, has_ended: bool) -> str:
    """Say in one sentence how the billable amount comes about."""
    parts = money_rules.calculate_parts(facts)
    if not parts.deductible:
        return gettext("The deductible has been reached and invoiced.")
    values = {
        "performed": format_kronor(parts.performed),
        "deductible": format_kronor(parts.deductible),
        "missing": format_kronor(parts.missing),
    }
    if parts.missing > 0 and has_ended:
        message = gettext("%(performed)s approved and performed. The deductible was not reached.")
    elif parts.missing > 0:
        message = gettext(
            "%(performed)s approved and performed. %(missing)s more is needed to reach the deductible."
        )
    elif parts.missing == 0:
        message = gettext("%(performed)s approved and performed is exactly the deductible.")
    else:
        message = gettext("%(performed)s approved and performed, less the deductible of %(deductible)s.")
    return message % values


def _add_problem(case: Case, *, today: date) -> str:
    """Return why no code can be added now, in words, or nothing."""
    problems = case_rules.check_open(case.period, today=today) or reporting.reporting_problems(
        case.clinic.authority, case.clinic_id, today=today
    )
    return " ".join(map(problem_text, problems))


# The event log ------------------------------------------------------------------------------------


def _events(case: Case) -> list[EventRow]:
    """Return the case's log, newest first; another authority may have a case of the same number."""
    events = audit.events_of(cases.SUBJECT, case.number)
    return [_event_row(event) for event in events if event.authority_id == case.authority_id]


def _event_row(event: Event) -> EventRow:
    before: Mapping[str, Any] = event.data.get("before", {})
    after: Mapping[str, Any] = event.data.get("after", {})
    return EventRow(
        at=event.at,
        who=event.user_name,
        role=audit.role_text(event),
        text=audit.action_text(event.action),
        details=list(_details(before, after)),
    )


def _details(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Say field by field from what to what it was changed, or what was given; the code is always said."""
    for name, label in EVENT_FIELDS.items():
        old, new = _value(name, before.get(name)), _value(name, after.get(name))
        if name not in before or name not in after:
            if old or new:
                yield f"{gettext(label)}: {new or old}"
        elif old != new:
            yield f"{gettext(label)}: {old or _none()} → {new or _none()}"
        elif name == "code":
            yield f"{gettext(label)}: {new}"


def _none() -> str:
    """Return what stands for a value that was or became empty."""
    return gettext("empty")


def _value(name: str, value: object) -> str:
    if name == "performed_on" and value == "":
        return gettext("Not performed")
    if name == "amount" and isinstance(value, int):
        return format_kronor(value)
    if name == "status" and isinstance(value, str) and value in _STATUSES:
        return gettext(_STATUSES[value].label)
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if name == "document" and isinstance(value, str) and value:
        return gettext(DocumentKind(value).label)
    return "" if value is None else str(value)
