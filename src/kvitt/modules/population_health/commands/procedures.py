"""Remove procedures and empty activities; credit what was invoiced, and undo it."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.population_health.models import Activity
from kvitt.modules.population_health.queries import activities as queries
from kvitt.modules.population_health.queries import activity_page
from kvitt.modules.population_health.rules import procedures as rules
from kvitt.modules.population_health.rules.procedures import StepPlan
from kvitt.registers.access.rules import Actor

if TYPE_CHECKING:
    from kvitt.ledger.models import Line


def remove_procedures(actor: Actor, *, number: str, line_ids: Collection[int]) -> None:
    """Remove approved procedures (*Ta bort*), all of them or none; they stay findable as removed.

    Raises Refused, Http404 for a procedure of another activity.
    Source: befolkningsansvar, chapter 4; spec PH-6, CO-24.
    """
    with transaction.atomic():
        ledger.hold_clinics([queries.activity_to_report(actor, number).clinic_id])
        activity = queries.activity_to_report(actor, number, lock=True)
        lines = _lines(activity)
        plan = rules.plan_removal(activity_page.chosen_facts(lines, line_ids), line_ids)
        refuse_if_any(rules.check_step(plan, line_ids))
        ledger.withdraw(*plan.ids)
        audit.record(
            "population_health.remove_procedures",
            actor,
            subject=(queries.SUBJECT, activity.number),
            person_ids=_person_ids(lines, plan),
            before={"status": LineStatus.APPROVED.value},
            after=_told(activity, plan, LineStatus.WITHDRAWN),
        )


def remove_activity(actor: Actor, *, number: str) -> None:
    """Remove an activity without procedures; its number stays spent and leads nowhere.

    Raises Refused while procedures are left. Source: befolkningsansvar, chapter 4.1; spec PH-7.
    """
    with transaction.atomic():
        activity = queries.activity_to_report(actor, number, lock=True)
        refuse_if_any(rules.check_activity_removal(ledger_queries.line_facts(_lines(activity))))
        activity.deleted_at = clock.now()
        activity.save()
        audit.record(
            "population_health.remove_activity",
            actor,
            subject=(queries.SUBJECT, activity.number),
            before={
                "code": f"{activity.code} {activity.text}",
                "performed_on": activity.performed_on.isoformat(),
                "place": activity.place,
            },
        )


def credit_procedures(actor: Actor, *, number: str, line_ids: Collection[int]) -> None:
    """Credit invoiced procedures (*Kreditera*), all of them or none: they wait for the clinic's next invoice.

    Possible at a closed clinic too. Raises Refused, Http404 for a procedure of another activity.
    Source: befolkningsansvar, chapter 6; spec PH-10, CO-22, CO-24.
    """
    with transaction.atomic():
        activity = _held_to_credit(actor, number)
        lines = _lines(activity)
        facts = activity_page.chosen_facts(lines, line_ids)
        plan = rules.plan_credit(facts, line_ids, activity_page.charging_invoices(facts))
        refuse_if_any(rules.check_step(plan, line_ids))
        ledger.request_credit(plan.ids)
        audit.record(
            "population_health.credit_procedures",
            actor,
            subject=(queries.SUBJECT, activity.number),
            person_ids=_person_ids(lines, plan),
            before={"status": LineStatus.INVOICED.value},
            after=_told(activity, plan, LineStatus.AWAITING_CREDIT),
        )


def withdraw_credits(actor: Actor, *, number: str, line_ids: Collection[int]) -> None:
    """Undo credits that are not on an invoice yet (*Ångra kreditering*), all of them or none.

    Raises as `credit_procedures`. Source: spec CO-19, PH-10.
    """
    with transaction.atomic():
        activity = _held_to_credit(actor, number)
        lines = _lines(activity)
        plan = rules.plan_credit_withdrawal(activity_page.chosen_facts(lines, line_ids), line_ids)
        refuse_if_any(rules.check_step(plan, line_ids))
        ledger.withdraw_credit(plan.ids)
        audit.record(
            "population_health.withdraw_credits",
            actor,
            subject=(queries.SUBJECT, activity.number),
            person_ids=_person_ids(lines, plan),
            before={"status": LineStatus.AWAITING_CREDIT.value},
            after=_told(activity, plan, LineStatus.INVOICED),
        )


def _held_to_credit(actor: Actor, number: str) -> Activity:
    """Lock the activity after its clinic, in the order of invoicing: no invoice comes or goes meanwhile."""
    ledger.hold_clinics([queries.activity_to_credit(actor, number).clinic_id])
    return queries.activity_to_credit(actor, number, lock=True)


def _lines(activity: Activity) -> "list[Line]":
    return list(ledger_queries.lines_of_case(activity.authority_id, queries.MODULE, activity.number))


def _person_ids(lines: "Sequence[Line]", plan: StepPlan) -> list[int]:
    taken = set(plan.ids)
    return [line.person_id for line in lines if line.pk in taken and line.person_id is not None]


def _told(activity: Activity, plan: StepPlan, status: LineStatus) -> dict[str, object]:
    """Return what the event log tells of procedures that took a step."""
    return {
        "code": f"{activity.code} {activity.text}",
        "count": len(plan.ids),
        "amount": plan.amount,
        "status": status.value,
    }
