"""Credit what was invoiced, and undo it."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.ledger import commands as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.commands.case_work import touch
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Case, Credit, Procedure
from kvitt.modules.needs_allowance.queries import cases as queries
from kvitt.modules.needs_allowance.queries import credits as credit_queries
from kvitt.modules.needs_allowance.rules import credit as credit_rules
from kvitt.registers.access.rules import Actor


class PreviewChanged(Refused):
    """What would be done is not what the user saw; show what it is now."""


def credit_procedure(actor: Actor, *, number: str, wrong_ids: Collection[int], seen: str) -> None:
    """Credit invoiced procedures; the case is recalculated where less than the deductible would remain.

    `seen` is the fingerprint of the plan that the user saw; another one now raises PreviewChanged. Raises
    Refused with every other fault. Possible after the assessment period too.
    Source: behovspeng, chapter 9; spec NA-29, NA-30, CO-22, CO-24.
    """
    with transaction.atomic():
        case = _held_case(actor, number)
        basis = credit_queries.credit_basis(case)
        if not set(wrong_ids) <= {one.pk for one in basis.procedures}:
            raise Http404
        refuse_if_any(basis.check(wrong_ids))
        plan = basis.plan(wrong_ids)
        if credit_rules.calculate_fingerprint(plan) != seen:
            raise PreviewChanged([Problem("preview_changed", credit_rules.CHANGED_PREVIEW)])
        credited = [one for one in basis.procedures if one.pk in plan.credited_ids]
        copied = [one for one in credited if one.pk in plan.copied_ids]
        ledger.request_credit(_line_ids(credited))
        copies = _enter_anew(copied)
        _remember(case, credited)
        touch(case, actor)
        audit.record(
            "needs_allowance.credit_procedure",
            actor,
            **queries.about(case),
            before={"status": LineStatus.INVOICED.value},
            after={
                "code": _codes(credited),
                "amount": -_sum(credited),
                "status": LineStatus.AWAITING_CREDIT.value,
                "copies": _codes(copies),
            },
        )


def withdraw_credit(actor: Actor, *, number: str, procedure_id: int) -> None:
    """Undo what the procedure was credited in (*Ångra kreditering*): all of it is invoiced again.

    What was entered anew is removed. Raises Refused once the credit is on an invoice or the case has changed.
    Source: spec NA-32.
    """
    with transaction.atomic():
        case = _held_case(actor, number)
        procedure = queries.procedure_of(case, procedure_id)
        basis = credit_queries.credit_basis(case)
        refuse_if_any(basis.check_withdrawal(procedure))
        credited = basis.credited_with(procedure)
        copies = basis.copies_of(credited)
        ledger.withdraw(*_line_ids(copies))
        ledger.withdraw_credit(_line_ids(credited))
        Procedure.objects.filter(credit=procedure.credit_id).update(credit=None)
        case.credits.filter(procedures=None).delete()
        touch(case, actor)
        audit.record(
            "needs_allowance.withdraw_credit",
            actor,
            **queries.about(case),
            before={"status": LineStatus.AWAITING_CREDIT.value},
            after={
                "code": _codes(credited),
                "amount": _sum(credited),
                "status": LineStatus.INVOICED.value,
            },
        )


def _held_case(actor: Actor, number: str) -> Case:
    """Lock the case after its clinic, in the order of invoicing: no invoice comes or goes meanwhile."""
    ledger.hold_clinics([queries.case_to_credit(actor, number).clinic_id])
    return queries.case_to_credit(actor, number, lock=True)


def _enter_anew(procedures: Sequence[Procedure]) -> list[Procedure]:
    """Make fresh approved copies of credited procedures, with lines of their own; decisions go along."""
    fresh = {line.replaces_id: line for line in ledger.reissue(_line_ids(procedures), today=clock.today())}
    return Procedure.objects.bulk_create(
        Procedure(
            case_id=one.case_id,
            line=fresh[one.line_id],
            is_deductible=one.is_deductible,
            code=one.code,
            text=one.text,
            location=one.location,
            surface=one.surface,
            quantity=one.quantity,
            price=one.price,
            performed_on=one.performed_on,
            practitioner_id=one.practitioner_id,
            status=ProcedureStatus.APPROVED,
            origin_id=one.request_key,
        )
        for one in procedures
    )


def _remember(case: Case, credited: Sequence[Procedure]) -> None:
    """Keep together what was credited together, and how the case stood afterwards."""
    facts = [one.facts() for one in queries.procedures_of(case)]
    credit = Credit.objects.create(case=case, mark=credit_rules.calculate_case_mark(facts))
    Procedure.objects.filter(pk__in=[one.pk for one in credited]).update(credit=credit)


def _line_ids(procedures: Sequence[Procedure]) -> list[int]:
    return [one.line_id for one in procedures if one.line_id is not None]


def _codes(procedures: Sequence[Procedure]) -> str:
    return ", ".join(map(str, procedures))


def _sum(procedures: Sequence[Procedure]) -> Ore:
    return sum(one.price * one.quantity for one in procedures)
