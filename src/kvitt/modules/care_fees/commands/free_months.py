"""Grant a month without rent: a deduction in the month that is billed next."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.care_fees.commands import corrections, housing
from kvitt.modules.care_fees.lifecycle import Household
from kvitt.modules.care_fees.models import Client, FeeCorrection, FreeMonth, Tenancy
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.queries import free_months as queries
from kvitt.modules.care_fees.queries import month as months
from kvitt.modules.care_fees.rules import free_month as rules
from kvitt.modules.care_fees.rules.tenancy import calculate_shares
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents import commands as documents
from kvitt.registers.documents.commands import NewDocument, StoredFile, Upload
from kvitt.registers.documents.lifecycle import DocumentKind


def grant_free_month(
    actor: Actor, *, today: date, number: str, asked: rules.FreeMonthAnswers, receipt: Upload | None = None
) -> FreeMonth:
    """Deduct one full month's rent of a contract, once for a move (*hyresfri månad*).

    Two tenants get half of it each. Raises Refused with every criterion that is not met, NotAllowed, Http404.
    Source: debitering-ao, page 16; spec CF-9.
    """
    if receipt is not None:
        refuse_if_any(documents.file_problems(actor.authority_id, receipt, today))
    with documents.stored(receipt) if receipt else nullcontext() as file, transaction.atomic():
        queries.hold_movers(actor, number, on=today)
        tenancy, held = housing.hold_tenancy(actor, number, today=today)
        facts = queries.facts_of(
            tenancy,
            former_housing=asked.former_housing,
            household=asked.household,
            cost=asked.cost,
            has_proof=asked.is_seen or file is not None,
        )
        refuse_if_any(rules.check_free_month(facts) + rules.check_text(asked.text))
        made = _deductions(actor, tenancy, held, -facts.rent, text=asked.text, today=today)
        granted = FreeMonth.objects.create(
            tenancy=tenancy,
            correction=made[0],
            partner_correction=made[1] if len(made) > 1 else None,
            former_housing=asked.former_housing,
            receipt_id=_document_id(actor, tenancy, file),
            is_couple=asked.household is Household.COUPLE,
            cost=asked.cost,
            decided_on=today,
            decided_by=actor.name,
        )
        entries = [
            audit.Entry(
                subject=(clients.SUBJECT, correction.client.number),
                person_ids=(correction.client.person_id,),
                after={
                    "tenancy": tenancy.number,
                    "former_housing": asked.former_housing.value,
                    "household": asked.household.value,
                    "cost": asked.cost,
                    "file_name": file.name if file else "",
                    "month": f"{correction.month:%Y-%m}",
                    "amount": correction.amount,
                },
            )
            for correction in made
        ]
        audit.record_many("care_fees.grant_free_month", actor, entries)
    return granted


def _deductions(
    actor: Actor, tenancy: Tenancy, held: Sequence[Client], amount: Ore, *, text: str, today: date
) -> list[FeeCorrection]:
    """Store the deduction at each tenant, in the month that is billed next of that one."""
    shares = calculate_shares(amount, [client.pk for client in held])
    made = []
    for client in held:
        billed = months.open_month(client, today)
        month = rules.calculate_deduction_month(billed=billed, first_on=tenancy.first_on)
        unit_id, share = tenancy.dwelling.unit_id, shares[client.pk]
        made.append(
            corrections.store_correction(
                actor, client, month=month, service=None, unit_id=unit_id, amount=share, text=text
            )
        )
    return made


def _document_id(actor: Actor, tenancy: Tenancy, file: StoredFile | None) -> int | None:
    if file is None:
        return None
    new = NewDocument(*queries.case_of(tenancy), DocumentKind.OTHER_DOCUMENT)
    return documents.add_document(actor, new, file).pk
