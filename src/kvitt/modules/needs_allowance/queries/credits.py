"""What can be credited in a case, what it would come to, and which credits can be undone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.sessions.backends.base import SessionBase

from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.ledger.rules import InvoiceFacts
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries import cases
from kvitt.modules.needs_allowance.rules import credit as credit_rules
from kvitt.modules.needs_allowance.rules.credit import CreditPlan
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts
from kvitt.registers.access.rules import Actor
from kvitt.registers.people import queries as people


@dataclass(frozen=True)
class CreditBasis:
    """A case as the rules of crediting see it; `invoices` charge the procedures, by procedure."""

    procedures: Sequence[Procedure]
    facts: Sequence[ProcedureFacts]
    invoices: Mapping[int, InvoiceFacts]

    def check(self, wrong_ids: Collection[int]) -> list[Problem]:
        """Tell why these cannot be credited now, or nothing."""
        return credit_rules.check_credit(self.facts, wrong_ids, self.invoices)

    def plan(self, wrong_ids: Collection[int]) -> CreditPlan:
        """Return what crediting these would do."""
        return credit_rules.plan_credit(self.facts, wrong_ids, self.invoices)

    def check_withdrawal(self, procedure: Procedure) -> list[Problem]:
        """Tell why what the procedure was credited in cannot be undone, or nothing."""
        credit = procedure.credit
        return credit_rules.check_withdrawal(
            [one.facts() for one in self.credited_with(procedure)],
            mark=credit.mark if credit else "",
            procedures=self.facts,
        )

    def may_withdraw(self, procedure: Procedure) -> bool:
        """Tell whether the procedure's credit can be undone; the deductible follows the others."""
        return (
            procedure.shown_status is LineStatus.AWAITING_CREDIT
            and not procedure.is_deductible
            and not self.check_withdrawal(procedure)
        )

    def credited_with(self, procedure: Procedure) -> list[Procedure]:
        """Return what was credited together with the procedure, itself included."""
        return [
            one
            for one in self.procedures
            if one.credit_id is not None and one.credit_id == procedure.credit_id
        ]

    def copies_of(self, credited: Collection[Procedure]) -> list[Procedure]:
        """Return what was entered anew for credited procedures and is not removed."""
        replaced = {one.line_id for one in credited}
        return [
            one
            for one in self.procedures
            if one.line is not None
            and one.line.replaces_id in replaced
            and one.line.status != LineStatus.WITHDRAWN
        ]


def credit_basis(case: Case, procedures: Sequence[Procedure] | None = None) -> CreditBasis:
    """Return the case as the rules of crediting see it; `procedures` where they are read already."""
    found = cases.procedures_of(case) if procedures is None else procedures
    invoiced = {
        one.line_id: one.pk
        for one in found
        if one.line_id is not None and one.shown_status is LineStatus.INVOICED
    }
    charging = ledger.charging_invoices(invoiced)
    return CreditBasis(
        procedures=found,
        facts=[one.facts() for one in found],
        invoices={invoiced[line_id]: invoice for line_id, invoice in charging.items()},
    )


@dataclass(frozen=True)
class AmountRow:
    """A sum at the foot of the case before the crediting and after it, in öre."""

    label: str
    before: Ore
    after: Ore


@dataclass(frozen=True)
class CreditDialog:
    """What *Kreditera* asks; `problems` are why nothing can be credited.

    Where the case must be recalculated it asks which codes are wrong: `choices` are those that can be.
    `amounts`, `copies` (what is entered anew beside the deductible) and `seen` are of what is ticked now, and
    empty while that cannot be credited.
    """

    patient_name: str
    person_id: int
    code: str
    procedure_name: str
    problems: Sequence[Problem]
    asks_which: bool = False
    choices: Sequence[tuple[int, str]] = ()
    amounts: Sequence[AmountRow] = ()
    copies: Sequence[str] = ()
    seen: str = ""


def crediting(
    actor: Actor,
    number: str,
    procedure_id: int,
    *,
    wrong_ids: Collection[int] | None,
    today: date,
    session: SessionBase,
) -> CreditDialog:
    """Return what *Kreditera* on a procedure asks, with what else is ticked (None: only this one).

    Raises Http404 for a case out of sight, NotAllowed where the actor cannot credit.
    Source: behovspeng, figure 28; spec NA-29, NA-30.
    """
    case = cases.case_to_credit(actor, number)
    procedure = cases.procedure_of(case, procedure_id)
    basis = credit_basis(case)
    problems = basis.check({procedure_id})
    ticked = {procedure_id} if wrong_ids is None else set(wrong_ids)
    plan = None if problems or basis.check(ticked) else basis.plan(ticked)
    return CreditDialog(
        patient_name=people.shown_person(session, case.person, day=today).name,
        person_id=case.person_id,
        code=procedure.code,
        procedure_name=str(procedure),
        problems=problems,
        asks_which=not problems and basis.plan({procedure_id}).is_recalculation,
        choices=[
            (fact.id, _described(one))
            for one, fact in zip(basis.procedures, basis.facts, strict=True)
            if credit_rules.may_credit(fact, basis.invoices.get(fact.id))
        ],
        amounts=_amounts(plan) if plan else (),
        copies=[
            str(one)
            for one in basis.procedures
            if plan and one.pk in plan.copied_ids and not one.is_deductible
        ],
        seen=credit_rules.calculate_fingerprint(plan) if plan else "",
    )


@dataclass(frozen=True)
class CreditWithdrawalDialog:
    """What *Ångra kreditering* asks; `codes` are what goes back to invoiced, `copies` what is removed."""

    patient_name: str
    person_id: int
    code: str
    codes: Sequence[str]
    copies: Sequence[str]
    problems: Sequence[Problem]


def credit_withdrawal(
    actor: Actor, number: str, procedure_id: int, *, today: date, session: SessionBase
) -> CreditWithdrawalDialog:
    """Return what *Ångra kreditering* asks. Raises as `crediting`."""
    case = cases.case_to_credit(actor, number)
    procedure = cases.procedure_of(case, procedure_id)
    basis = credit_basis(case)
    credited = basis.credited_with(procedure)
    return CreditWithdrawalDialog(
        patient_name=people.shown_person(session, case.person, day=today).name,
        person_id=case.person_id,
        code=procedure.code,
        codes=[str(one) for one in credited],
        copies=[str(one) for one in basis.copies_of(credited)],
        problems=basis.check_withdrawal(procedure),
    )


def _amounts(plan: CreditPlan) -> list[AmountRow]:
    before, after = plan.before, plan.after
    return [
        AmountRow(_("Invoiced amount"), before.invoiced, after.invoiced),
        AmountRow(_("Awaiting credit"), before.awaiting_credit, after.awaiting_credit),
        AmountRow(_("Billable amount"), before.billable, after.billable),
    ]


def _described(procedure: Procedure) -> str:
    """Return `815 Sadelkrona, 12, 2024-11-26, 6 900 kr`."""
    day = procedure.performed_on.isoformat() if procedure.performed_on else ""
    place = " ".join(filter(None, (procedure.location, procedure.surface)))
    amount = format_kronor(procedure.price * procedure.quantity)
    return ", ".join(filter(None, (str(procedure), place, day, amount)))
