"""Report, change and remove the procedures of a case."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values import teeth
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.ledger import commands as ledger
from kvitt.modules.needs_allowance.commands.case_work import approve, touch
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus, ensure_step
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries import cases as queries
from kvitt.modules.needs_allowance.queries import reporting
from kvitt.modules.needs_allowance.rules import case as case_rules
from kvitt.modules.needs_allowance.rules import entry as entry_rules
from kvitt.modules.needs_allowance.rules import procedure as procedure_rules
from kvitt.modules.needs_allowance.rules.entry import Entry
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts
from kvitt.preauthorization.commands import requests as preauthorization
from kvitt.registers.access.rules import Actor
from kvitt.registers.price_lists.rules import Item


@dataclass(frozen=True)
class Report:
    """What the user typed about a procedure; the code may be followed by its name."""

    code: str
    practitioner_id: int
    performed_on: date | None = None
    location: str = ""
    surface: str = ""
    quantity: int = 1

    def entry(self) -> Entry:
        """Return it with code, tooth, jaw and surface written as they are stored."""
        place = teeth.parse_location(self.location)
        return Entry(
            code=self.code.split(maxsplit=1)[0].upper() if self.code.strip() else "",
            performed_on=self.performed_on,
            location=(place.tooth or place.jaw) if place else self.location.strip(),
            surface=teeth.normalise_surface(self.surface),
            quantity=self.quantity,
        )


class ChangedMeanwhile(Refused):
    """Somebody else changed the procedure after it was opened; show what it is now."""


def add_procedure(actor: Actor, *, today: date, number: str, report: Report) -> int:
    """Report a procedure in a case and return its id. Raises Refused with every fault.

    Source: behovspeng, chapter 5.2; spec NA-12, NA-13, NA-14.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        refuse_if_any(case_rules.check_open(case.period, today=today))
        refuse_if_any(reporting.reporting_problems(case.authority, case.clinic_id, today=today))
        others = [procedure.facts() for procedure in queries.procedures_of(case)]
        entry = report.entry()
        item = _checked_item(case, report, entry, others, today=today)
        status = procedure_rules.calculate_status(item, others)
        procedure = Procedure(
            case=case,
            code=item.code,
            text=item.name,
            location=entry.location,
            surface=entry.surface,
            price=item.price or 0,
            performed_on=entry.performed_on,
            practitioner_id=report.practitioner_id,
            status=status,
        )
        if status is ProcedureStatus.APPROVED:
            approve(procedure, today=today)
        else:
            procedure.save()
        touch(case, actor)
        audit.record(
            "needs_allowance.add_procedure",
            actor,
            **queries.about(case),
            after={**_described(procedure), "status": status.value},
        )
    return procedure.pk


def change_procedure(
    actor: Actor, *, today: date, number: str, procedure_id: int, report: Report, seen: str = ""
) -> None:
    """Change date, practitioner, tooth and surface of a procedure; the price becomes that of the new date.

    `seen` is the mark of what the user had before him; another one now raises ChangedMeanwhile. Raises
    Refused with every other fault.
    Source: behovspeng, chapter 5.2; spec NA-15, CO-24.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        procedure = queries.procedure_of(case, procedure_id)
        refuse_if_any(reporting.change_problems(case, procedure, today=today))
        changes = reporting.changes_meanwhile(case, procedure, seen)
        if changes:
            raise ChangedMeanwhile(changes)
        refuse_if_any(reporting.reporting_problems(case.authority, case.clinic_id, today=today))
        others = [other.facts() for other in queries.procedures_of(case) if other.pk != procedure.pk]
        report = replace(report, code=procedure.code, quantity=procedure.quantity)
        entry = report.entry()
        refuse_if_any(reporting.decided_place_problems(procedure, entry.location))
        item = _checked_item(case, report, entry, others, today=today)
        before = _described(procedure)
        procedure.text = item.name
        procedure.price = item.price or 0
        procedure.performed_on = entry.performed_on
        procedure.location = entry.location
        procedure.surface = entry.surface
        procedure.practitioner_id = report.practitioner_id
        procedure.save()
        if procedure.line_id is not None:
            ledger.revise(
                procedure.line_id, performed_on=entry.performed_on, text=item.name, price=procedure.price
            )
        touch(case, actor)
        audit.record(
            "needs_allowance.change_procedure",
            actor,
            **queries.about(case),
            before=before,
            after=_described(procedure),
        )


def remove_procedure(actor: Actor, *, number: str, procedure_id: int) -> None:
    """Remove a procedure that is approved or needs preauthorization; it stays findable as removed.

    Raises Refused. Source: behovspeng, chapter 5.2; spec NA-15.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        procedure = queries.procedure_of(case, procedure_id)
        refuse_if_any(procedure_rules.check_removal(procedure.facts()))
        before = {**_described(procedure), "status": procedure.shown_status.value}
        if procedure.line is not None:
            ledger.withdraw(procedure.line.pk)
        else:
            ensure_step(procedure.status, ProcedureStatus.WITHDRAWN, command="remove_procedure")
            procedure.status = ProcedureStatus.WITHDRAWN
            procedure.save()
            preauthorization.drop_procedure(queries.MODULE, procedure.pk)
        touch(case, actor)
        audit.record(
            "needs_allowance.remove_procedure",
            actor,
            **queries.about(case),
            before=before,
            after={"code": before["code"], "status": ProcedureStatus.WITHDRAWN.value},
        )


def _checked_item(
    case: Case, report: Report, entry: Entry, others: list[ProcedureFacts], *, today: date
) -> Item:
    """Return the price list item of an entry that may be reported. Raises Refused with every fault."""
    item, around = reporting.surroundings(
        case,
        entry,
        others=others,
        practitioner_id=report.practitioner_id,
        typed_code=report.code,
        today=today,
    )
    problems: list[Problem] = entry_rules.check_procedure(entry, item, around)
    if item is None or problems:
        raise Refused(problems)
    return item


def _described(procedure: Procedure) -> dict[str, object]:
    """Return what the event log tells of a procedure."""
    practitioner = procedure.practitioner
    return {
        "code": f"{procedure.code} {procedure.text}",
        "performed_on": procedure.performed_on.isoformat() if procedure.performed_on else "",
        "location": procedure.location,
        "surface": procedure.surface,
        "practitioner": practitioner.name if practitioner else "",
        "amount": procedure.price * procedure.quantity,
    }
