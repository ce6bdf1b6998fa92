"""Put lines in the ledger, change them before they are invoiced, credit them and bill them anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation import bulk
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import queries, rules
from kvitt.ledger.commands import steps
from kvitt.ledger.lifecycle import LineStatus
from kvitt.ledger.models import Line


@dataclass(frozen=True)
class NewLine:
    """What a module puts in the ledger; `price` in öre."""

    module: str
    clinic_id: int
    person_id: int | None
    case_number: str
    code: str
    text: str
    performed_on: date | None
    price: Ore
    created_on: date
    quantity: int = 1


def approve(authority_id: int, line: NewLine) -> Line:
    """Put an approved line in the ledger.

    Source: spec CO-19.
    """
    [approved] = approve_many(authority_id, [line])
    return approved


def approve_many(authority_id: int, lines: Sequence[NewLine]) -> list[Line]:
    """Put approved lines in the ledger, in their order and in few statements.

    Source: spec CO-19, PH-3.
    """
    steps.require_transaction()
    approved = [
        Line(
            authority_id=authority_id,
            module=line.module,
            clinic_id=line.clinic_id,
            person_id=line.person_id,
            case_number=line.case_number,
            code=line.code,
            text=line.text,
            performed_on=line.performed_on,
            created_on=line.created_on,
            quantity=line.quantity,
            price=line.price,
            amount=line.price * line.quantity,
            status=LineStatus.APPROVED,
        )
        for line in lines
    ]
    bulk.insert(approved)
    return approved


def withdraw(*line_ids: int) -> None:
    """Take approved lines out before they are invoiced; they stay findable as removed (*Raderad*)."""
    steps.step_lines(steps.locked_lines(line_ids), LineStatus.WITHDRAWN, command="withdraw")


def revise(line_id: int, *, performed_on: date | None, text: str, price: Ore) -> None:
    """Change the date, text and price (öre) of an approved line that has never been invoiced.

    Raises Refused for any other: from its first invoice on a line is frozen, also when that is returned.
    Source: spec CO-19, NA-15.
    """
    [line] = steps.locked_lines([line_id])
    was_invoiced = queries.has_been_invoiced(line_id)
    refuse_if_any(rules.check_revision(LineStatus(line.status), was_invoiced=was_invoiced))
    Line.objects.filter(pk=line_id).update(
        performed_on=performed_on, text=text, price=price, amount=price * line.quantity
    )


def request_credit(line_ids: Sequence[int]) -> None:
    """Mark invoiced lines to be credited on the clinic's next invoice.

    Raises Refused before the attest of their invoice. Source: spec CO-22.
    """
    lines = steps.locked_lines(line_ids)
    charged_by = queries.charging_statuses(line_ids)
    for line in lines:
        refuse_if_any(rules.check_credit(LineStatus(line.status), charged_by.get(line.pk)))
    steps.step_lines(lines, LineStatus.AWAITING_CREDIT, command="request_credit")


def withdraw_credit(line_ids: Sequence[int]) -> None:
    """Undo a credit that is not on an invoice yet (*Ångra kreditering*).

    Raises Refused while the line that bills the same anew is not removed.
    """
    lines = steps.locked_lines(line_ids)
    refuse_if_any(rules.check_credit_withdrawal(is_replaced=bool(queries.replaced_line_ids(line_ids))))
    steps.step_lines(lines, LineStatus.INVOICED, command="withdraw_credit")


def reissue(line_ids: Sequence[int], *, today: date) -> list[Line]:
    """Put a fresh approved copy of each credited line in the ledger, to be invoiced again.

    The copies come in the order of the lines' ids. Source: spec NA-30.
    """
    lines = steps.locked_lines(line_ids)
    replaced = queries.replaced_line_ids(line_ids)
    for line in lines:
        refuse_if_any(rules.check_reissue(LineStatus(line.status), is_replaced=line.pk in replaced))
    copies = [
        Line(
            authority_id=line.authority_id,
            module=line.module,
            clinic_id=line.clinic_id,
            person_id=line.person_id,
            case_number=line.case_number,
            code=line.code,
            text=line.text,
            performed_on=line.performed_on,
            created_on=today,
            quantity=line.quantity,
            price=line.price,
            amount=line.amount,
            status=LineStatus.APPROVED,
            replaces=line,
        )
        for line in lines
    ]
    return Line.objects.bulk_create(copies, batch_size=steps.ROWS_PER_STATEMENT)
