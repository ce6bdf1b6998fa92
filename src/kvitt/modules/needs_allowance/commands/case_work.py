"""What the commands on a case end with: the approved line in the ledger, and who changed the case last."""

from datetime import date

from kvitt.foundation import clock
from kvitt.ledger import commands as ledger
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries import cases as queries
from kvitt.registers.access.rules import Actor


def approve(procedure: Procedure, *, today: date) -> None:
    """Put the procedure in the ledger and save it with its line."""
    case = procedure.case
    procedure.line = ledger.approve(
        case.authority_id,
        ledger.NewLine(
            module=queries.MODULE,
            clinic_id=case.clinic_id,
            person_id=case.person_id,
            case_number=case.number,
            code=procedure.code,
            text=procedure.text,
            performed_on=procedure.performed_on,
            price=procedure.price,
            created_on=today,
        ),
    )
    procedure.status = ProcedureStatus.APPROVED
    procedure.save()


def touch(case: Case, actor: Actor) -> None:
    """Note who changed the case last, and when."""
    case.changed_at = clock.now()
    case.changed_by = actor.name
    case.save()
