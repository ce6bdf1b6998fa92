"""Register what a client states of income and housing, and changes of his reserved amount."""

from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.dates import Period, day_after, day_before
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.lifecycle import HomeKind
from kvitt.modules.care_fees.models import Client, Income, IncomeStatement, ReservedAdjustment
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.queries import incomes as queries
from kvitt.modules.care_fees.rules import statements as rules
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.documents import commands as documents
from kvitt.registers.documents.commands import NewDocument, StoredFile, Upload
from kvitt.registers.documents.lifecycle import DocumentKind


def save_income(
    actor: Actor, *, today: date, number: str, new: rules.NewStatement, proof: Upload | None = None
) -> IncomeStatement:
    """Let what is stated hold from a day on; what held before ends the day before.

    One that begins the same day is mended. Raises Refused, NotAllowed, Http404.
    Source: spec CF-20.
    """
    if proof is not None:
        refuse_if_any(documents.file_problems(actor.authority_id, proof, today))
    with documents.stored(proof) if proof else nullcontext() as file, transaction.atomic():
        client = _held(actor, number, today)
        has_spouse = queries.spouse_on(client, new.first_on) is not None
        refuse_if_any(rules.check_statement(new, has_spouse=has_spouse, today=today))
        stated = list(client.incomes.order_by("first_on"))
        mended = next((row for row in stated if row.first_on == new.first_on), None)
        before = queries.logged(mended) if mended else None
        _end_earlier(stated, new.first_on)
        values = {
            **_housing_values(new),
            "received_on": new.received_on,
            "note": new.note.strip(),
            "registered_by": actor.name,
        }
        if file is not None:
            values["proof_id"] = _document_id(actor, client, file)
        if mended is None:
            last_on = rules.calculate_end(new.first_on, [row.first_on for row in stated])
            saved = IncomeStatement.objects.create(
                client=client, first_on=new.first_on, last_on=last_on, **values
            )
        else:
            saved = mended
            for name, value in values.items():
                setattr(saved, name, value)
            saved.save()
            saved.rows.all().delete()
        Income.objects.bulk_create(
            Income(statement=saved, kind=row.kind, is_of_spouse=row.is_of_spouse, **asdict(row.income))
            for row in new.rows
        )
        steps.touch(client, since=new.first_on)
        audit.record(
            "care_fees.save_income",
            actor,
            **steps.about(client),
            before=before,
            after=queries.logged(saved) | {"file_name": file.name if file else ""},
        )
    return saved


def adjust_reserved(
    actor: Actor, *, today: date, number: str, new: rules.NewAdjustment
) -> ReservedAdjustment:
    """Raise or cut what a client keeps of the income, in a period, with the reason.

    Raises Refused, NotAllowed, Http404. Source: spec CF-20.
    """
    with transaction.atomic():
        client = _held(actor, number, today)
        new = replace(new, reason=new.reason.strip())
        others = client.adjustments.values_list("first_on", "last_on", "amount", "reason")
        known = [rules.NewAdjustment(*other) for other in others]
        refuse_if_any(rules.check_adjustment(new, today=today, others=known))
        saved = ReservedAdjustment.objects.create(
            client=client,
            first_on=new.first_on,
            last_on=new.last_on,
            amount=new.amount,
            reason=new.reason,
            decided_by=actor.name,
        )
        steps.touch(client, since=new.first_on)
        audit.record("care_fees.adjust_reserved", actor, **steps.about(client), after=_logged(saved))
    return saved


def end_adjustment(
    actor: Actor, *, today: date, number: str, adjustment_id: int, last_on: date
) -> ReservedAdjustment:
    """End a raise or a cut of the reserved amount, or move its end.

    Raises Refused, NotAllowed, Http404. Source: spec CF-20.
    """
    with transaction.atomic():
        client = _held(actor, number, today)
        saved = queries.adjustment_of(client, adjustment_id)
        refuse_if_any(rules.check_end(saved.first_on, last_on))
        before, since = _logged(saved), day_after(min(saved.last_on or last_on, last_on))
        saved.last_on = last_on
        saved.save(update_fields=["last_on"])
        steps.touch(client, since=since)
        audit.record(
            "care_fees.end_adjustment", actor, **steps.about(client), before=before, after=_logged(saved)
        )
    return saved


def _held(actor: Actor, number: str, today: date) -> Client:
    return steps.hold_client(actor, number, today=today, needs=Permission.DECIDE_FEES)


def _end_earlier(stated: list[IncomeStatement], first_on: date) -> None:
    for row in stated:
        if rules.is_held(Period(row.first_on, row.last_on), first_on):
            row.last_on = day_before(first_on)
            row.save(update_fields=["last_on"])


def _housing_values(new: rules.NewStatement) -> dict[str, object]:
    """Return what is kept of the home: nothing of the other kind of home."""
    housing = new.housing
    if housing.home is HomeKind.RENTED:
        return {"home": housing.home, "rent": housing.rent, "interest": 0, "operating": None} | {
            "square_metres": 0
        }
    return asdict(housing) | {"rent": 0}


def _document_id(actor: Actor, client: Client, file: StoredFile) -> int:
    new = NewDocument(client.authority_id, clients.MODULE, client.number, DocumentKind.OTHER_DOCUMENT)
    return documents.add_document(actor, new, file).pk


def _logged(row: ReservedAdjustment) -> dict[str, object]:
    return {
        "first_on": row.first_on.isoformat(),
        "last_on": row.last_on.isoformat() if row.last_on else "",
        "amount": row.amount,
        "reason": row.reason,
    }
