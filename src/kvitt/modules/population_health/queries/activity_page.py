"""Everything the page of an activity shows, and what is asked before its procedures are changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext

from kvitt.audit import queries as audit
from kvitt.foundation.values import municipalities
from kvitt.foundation.values.identity import format_identity_number
from kvitt.foundation.values.money import Ore, format_count, format_kronor
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.ledger.rules import InvoiceFacts, LineFacts
from kvitt.modules.population_health.models import Activity
from kvitt.modules.population_health.queries import activities
from kvitt.modules.population_health.rules import procedures as rules
from kvitt.modules.population_health.rules.procedures import StepPlan, Sums
from kvitt.registers.access.rules import Actor, system_actor
from kvitt.registers.price_lists.lifecycle import Participants

if TYPE_CHECKING:
    from kvitt.ledger.models import Line
    from kvitt.ledger.queries import CaseIssue, LineInvoice
    from kvitt.registers.people.models import Person


@dataclass(frozen=True)
class Participant:
    """Who took part, where they are named: the number, and whether the person is protected."""

    number: str
    is_protected: bool


@dataclass(frozen=True)
class ProcedureRow:
    """A procedure as the table shows it; `price` in öre, `place` counts the rows from 1, removed ones not."""

    id: int
    place: int
    code: str
    text: str
    participant: Participant | None
    price: Ore
    status: LineStatus
    invoices: "Sequence[LineInvoice]"
    may_remove: bool
    may_credit: bool
    may_withdraw_credit: bool
    unattested: str

    @property
    def object_name(self) -> str:
        """What a row's button acts on, for those who hear the page: `901 MVC, 3`."""
        return f"{self.code} {self.text}, {self.place}"

    @property
    def is_removed(self) -> bool:
        """Whether the row is shown only when asked for, with its price struck through."""
        return self.status is LineStatus.WITHDRAWN

    @property
    def is_off(self) -> bool:
        """Whether the row is out of play."""
        return self.status in {LineStatus.WITHDRAWN, LineStatus.CREDITED}

    @property
    def may_choose(self) -> bool:
        """Whether anything can be done with the row, alone or with others."""
        return self.may_remove or self.may_credit or self.may_withdraw_credit


@dataclass(frozen=True)
class StepButton:
    """A button under the table: what is done with the ticked rows, and the name of its address."""

    key: str
    label: str
    name: str


_REMOVE = StepButton("remove-chosen", _("Remove chosen"), "population_health:remove_procedures")
_CREDIT = StepButton("credit-chosen", _("Credit chosen"), "population_health:credit_procedures")
_WITHDRAW = StepButton("withdraw-chosen", _("Undo crediting of chosen"), "population_health:withdraw_credits")


@dataclass(frozen=True)
class ActivityPage:
    """What the page of an activity shows; `awaiting_credit` and `credited` in öre, below zero."""

    activity: Activity
    municipality: str
    participants: Sequence[Participant]
    is_named: bool
    rows: Sequence[ProcedureRow]
    removed_count: int
    shows_removed: bool
    sums: Sums
    awaiting_credit: Ore
    credited: Ore
    events: Sequence[audit.LogRow]
    person_ids: Sequence[int]
    may_remove_activity: bool
    is_all: bool

    @property
    def has_actions(self) -> bool:
        """Whether anything can be done with any row."""
        return any(row.may_choose for row in self.rows)

    @property
    def may_choose(self) -> bool:
        """Whether there are rows to tick: one alone has its own button."""
        return sum(row.may_choose for row in self.rows) > 1

    @property
    def unattested(self) -> list[str]:
        """The invoices that must be attested before procedures on them can be credited."""
        return sorted({row.unattested for row in self.rows if row.unattested})

    @property
    def buttons(self) -> list[StepButton]:
        """What can be done with ticked rows."""
        return [
            button
            for button, is_offered in (
                (_REMOVE, any(row.may_remove for row in self.rows)),
                (_CREDIT, any(row.may_credit for row in self.rows)),
                (_WITHDRAW, any(row.may_withdraw_credit for row in self.rows)),
            )
            if is_offered
        ]


def activity_page(
    actor: Actor, number: str, *, shows_removed: bool = False, is_all: bool = False
) -> ActivityPage:
    """Return the activity as the actor sees it. Raises Http404 when he may not.

    Source: befolkningsansvar, chapter 3.1, figures 3 to 5; spec PH-5.
    """
    activity = activities.activity(actor, number)
    lines = _lines(activity)
    facts = ledger.line_facts(lines)
    may_report, may_credit = activities.may_report(actor, activity), activities.may_credit(actor, activity)
    invoices = ledger.invoices_of_case(actor, activities.MODULE, activity.number)
    places = _places(lines)
    rows = []
    for line in lines:
        status = LineStatus(line.status)
        invoice = next((one for one in invoices.get(line.pk, ()) if not one.is_credit), None)
        is_creditable = rules.may_credit(status, invoice.status if invoice else None)
        is_early = may_credit and invoice is not None and status is LineStatus.INVOICED and not is_creditable
        rows.append(
            ProcedureRow(
                id=line.pk,
                place=places.get(line.pk, 0),
                code=line.code,
                text=line.text,
                participant=_participant(line.person) if line.person else None,
                price=line.amount,
                status=status,
                invoices=invoices.get(line.pk, ()),
                may_remove=may_report and status is LineStatus.APPROVED,
                may_credit=may_credit and is_creditable,
                may_withdraw_credit=may_credit and status is LineStatus.AWAITING_CREDIT,
                unattested=invoice.reference if invoice and is_early else "",
            )
        )
    sums = rules.calculate_sums(facts)
    return ActivityPage(
        activity=activity,
        municipality=municipalities.name_of(activity.municipality),
        participants=[row.participant for row in rows if row.participant and not row.is_removed],
        is_named=activity.participants == Participants.NAMED,
        rows=[row for row in rows if shows_removed or not row.is_removed],
        removed_count=sum(row.is_removed for row in rows),
        shows_removed=shows_removed,
        sums=sums,
        awaiting_credit=_sum(facts, LineStatus.AWAITING_CREDIT),
        credited=_sum(facts, LineStatus.CREDITED),
        events=_event_log(actor, activity),
        person_ids=[line.person_id for line in lines if line.person_id is not None],
        may_remove_activity=may_report and not sums.count,
        is_all=is_all,
    )


def _lines(activity: Activity) -> "list[Line]":
    return list(ledger.lines_of_case(activity.authority_id, activities.MODULE, activity.number))


def _places(lines: "Sequence[Line]") -> dict[int, int]:
    """Return which of an activity's procedures each is, counted from 1; removed ones have no place."""
    live = [line.pk for line in lines if line.status != LineStatus.WITHDRAWN]
    return {line_id: place for place, line_id in enumerate(live, start=1)}


def _event_log(actor: Actor, activity: Activity) -> list[audit.LogRow]:
    """Return what was done with the activity, newest first, and the invoices that the calendar made of it.

    Those are read from the ledger: a run makes invoices of hundreds of thousands of activities at once.
    """
    issues = ledger.issues_of_case(activity.authority_id, activities.MODULE, activity.number)
    name = system_actor(activity.authority_id).name
    rows = [_issue_row(issue, name) for issue in reversed(issues)]
    rows += audit.event_log(actor, activities.SUBJECT, activity.number)
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _issue_row(issue: "CaseIssue", name: str) -> audit.LogRow:
    before, after = (
        (LineStatus.AWAITING_CREDIT, LineStatus.CREDITED)
        if issue.is_credit
        else (LineStatus.APPROVED, LineStatus.INVOICED)
    )
    return audit.LogRow(
        at=issue.at,
        who=name,
        role="",
        text=gettext("Invoiced credits") if issue.is_credit else gettext("Invoiced procedures"),
        details=[
            f"{gettext('Invoice')}: {issue.reference}",
            f"{gettext('Number of procedures')}: {format_count(issue.count)}",
            f"{gettext('Amount')}: {format_kronor(issue.amount)}",
            f"{gettext('Status')}: {gettext(before.label)} → {gettext(after.label)}",
        ],
    )


def _participant(person: "Person") -> Participant:
    """Return the participant, of a merged record the one that remains."""
    person = person.merged_into or person
    return Participant(person.identity_number, person.is_protected)


def _sum(lines: Sequence[LineFacts], status: LineStatus) -> Ore:
    return -sum(line.amount for line in lines if line.status is status)


# What is asked ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProcedureQuestion:
    """What is asked about chosen procedures; `problems` are why nothing can be done with any of them.

    `left_out` are those among the chosen that stay as they are, and why. `person_ids` are those whom the
    question names.
    """

    number: str
    lead: str
    ids: Sequence[int]
    amount: Ore
    problems: Sequence[Problem]
    left_out: Sequence[Problem]
    person_ids: Sequence[int]


def removal(actor: Actor, number: str, chosen: Collection[int]) -> ProcedureQuestion:
    """Return what *Ta bort* asks. Raises Http404 out of sight, NotAllowed where the actor does not report."""
    activity = activities.activity_to_report(actor, number)
    lines = _lines(activity)
    return _question(activity, lines, chosen, rules.plan_removal(chosen_facts(lines, chosen), chosen))


def crediting(actor: Actor, number: str, chosen: Collection[int]) -> ProcedureQuestion:
    """Return what *Kreditera* asks. Raises Http404 out of sight, NotAllowed where the actor cannot credit."""
    activity = activities.activity_to_credit(actor, number)
    lines = _lines(activity)
    facts = chosen_facts(lines, chosen)
    plan = rules.plan_credit(facts, chosen, charging_invoices(facts))
    return _question(activity, lines, chosen, plan)


def credit_withdrawal(actor: Actor, number: str, chosen: Collection[int]) -> ProcedureQuestion:
    """Return what *Ångra kreditering* asks. Raises as `crediting`."""
    activity = activities.activity_to_credit(actor, number)
    lines = _lines(activity)
    plan = rules.plan_credit_withdrawal(chosen_facts(lines, chosen), chosen)
    return _question(activity, lines, chosen, plan)


def chosen_facts(lines: "Sequence[Line]", chosen: Collection[int]) -> list[LineFacts]:
    """Return the chosen lines of an activity as facts. Raises Http404 for one that is not the activity's."""
    facts = [fact for fact in ledger.line_facts(lines) if fact.id in chosen]
    if len(facts) != len(set(chosen)):
        raise Http404
    return facts


def charging_invoices(lines: Sequence[LineFacts]) -> dict[int, InvoiceFacts]:
    """Return the invoices that charge those of the lines that are invoiced, by line."""
    return ledger.charging_invoices(line.id for line in lines if line.status is LineStatus.INVOICED)


def _question(
    activity: Activity, lines: "Sequence[Line]", chosen: Collection[int], plan: StepPlan
) -> ProcedureQuestion:
    asked = [line for line in lines if line.pk in plan.ids]
    lead = f"{activity.number}, {activity.code} {activity.text}, {activity.performed_on}"
    is_one = len(asked) == 1
    return ProcedureQuestion(
        number=activity.number,
        lead=f"{lead}, {_which(asked[0], lines)}" if is_one else lead,
        ids=plan.ids,
        amount=plan.amount,
        problems=[] if plan.ids else rules.check_step(plan, chosen),
        left_out=plan.left_out,
        person_ids=[line.person_id for line in asked if is_one and line.person_id is not None],
    )


def _which(line: "Line", lines: "Sequence[Line]") -> str:
    """Return what tells a procedure from the others of its activity: who took part, else its place."""
    if line.person:
        return format_identity_number(_participant(line.person).number)
    places = _places(lines)
    return gettext("procedure %(place)s of %(count)s") % {"place": places[line.pk], "count": len(places)}


@dataclass(frozen=True)
class ActivityQuestion:
    """What is asked before an activity is removed; `problems` are why it cannot be."""

    number: str
    lead: str
    problems: Sequence[Problem]


def activity_removal(actor: Actor, number: str) -> ActivityQuestion:
    """Return what *Ta bort* on an activity asks. Raises as `removal`."""
    activity = activities.activity_to_report(actor, number)
    return ActivityQuestion(
        number=activity.number,
        lead=f"{activity.code} {activity.text}, {activity.place}, {activity.performed_on}",
        problems=rules.check_activity_removal(ledger.line_facts(_lines(activity))),
    )
