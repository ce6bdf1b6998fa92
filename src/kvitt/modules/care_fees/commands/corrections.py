"""Write corrections of fees: in the month that is billed, removed while it is not approved."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.models import Client, FeeCorrection, Service
from kvitt.modules.care_fees.queries import corrections as queries
from kvitt.modules.care_fees.queries import month as months
from kvitt.modules.care_fees.rules.corrections import NewCorrection, check_correction, check_removal
from kvitt.modules.care_fees.rules.month import check_month_open
from kvitt.registers.access.rules import Actor, Permission


def add_correction(actor: Actor, *, today: date, number: str, new: NewCorrection) -> FeeCorrection:
    """Correct a client's fee in the month that is billed (*korrigera avgift*).

    Raises Refused, Http404, NotAllowed. Source: debitering-ao, page 21; spec CF-13.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        month = months.open_month(client, today)
        unit = queries.unit_to_correct(actor, new.unit_id)
        service = None
        if new.service_id is not None:
            service = queries.service_to_correct(client, new.service_id, month=month)
        problems = check_correction(
            queries.facts_of(service),
            amount=new.amount,
            text=new.text,
            manages_billing=actor.may(Permission.MANAGE_BILLING),
            left_of_cap=queries.left_of_cap(client, month=month),
            contact=client.authority.contact,
        )
        refuse_if_any(problems)
        correction = store_correction(
            actor, client, month=month, service=service, unit_id=unit.pk, amount=new.amount, text=new.text
        )
        audit.record("care_fees.add_correction", actor, after=_logged(correction), **steps.about(client))
        return correction


def remove_correction(actor: Actor, *, today: date, number: str, correction_id: int) -> FeeCorrection:
    """Take a correction away while its month is not approved; it stays, and is in the log.

    Raises Refused, Http404, NotAllowed. Source: spec CF-13, CF-28.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        correction = queries.correction_to_remove(client, correction_id)
        problems = check_month_open(correction.month, months.month_status(client, correction.month))
        service = queries.facts_of(correction.service)
        problems += check_removal(
            service,
            is_free_month=correction.is_of_free_month,
            manages_billing=actor.may(Permission.MANAGE_BILLING),
            contact=client.authority.contact,
        )
        refuse_if_any(problems)
        correction.removed_at = clock.now()
        correction.save(update_fields=["removed_at"])
        steps.touch(client, since=correction.month)
        audit.record("care_fees.remove_correction", actor, before=_logged(correction), **steps.about(client))
        return correction


def store_correction(
    actor: Actor,
    client: Client,
    *,
    month: date,
    service: Service | None,
    unit_id: int,
    amount: Ore,
    text: str,
) -> FeeCorrection:
    """Store a correction (öre with its sign) of a held client; the caller has checked it and logs it."""
    steps.touch(client, since=month)
    return FeeCorrection.objects.create(
        client=client,
        service=service,
        unit_id=unit_id,
        month=month,
        amount=amount,
        text=text.strip(),
        created_by=actor.name,
    )


def _logged(correction: FeeCorrection) -> dict[str, object]:
    return {
        "month": f"{correction.month:%Y-%m}",
        "service": "" if correction.service is None else correction.service.name,
        "amount": correction.amount,
        "invoice_text": correction.text,
    }
