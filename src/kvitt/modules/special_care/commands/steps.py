"""What the commands on claims share: locks, the ledger, and what claims take of preauthorizations."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import F

from kvitt.foundation import clock
from kvitt.foundation.values.case_numbers import write_number
from kvitt.ledger import commands as ledger
from kvitt.modules.special_care.commands import numbers
from kvitt.modules.special_care.lifecycle import ClaimStatus
from kvitt.modules.special_care.models import Claim, ClaimLine, PlannedProcedure
from kvitt.modules.special_care.queries.claims import MODULE
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people.models import Person


def create_draft(actor: Actor, clinic: Clinic, *, today: date, person: Person, **values: object) -> Claim:
    """Make a claim that is not sent in, with a number of its own; needs a transaction."""
    claim = Claim(
        authority_id=actor.authority_id,
        clinic=clinic,
        provider_id=clinic.provider_id,
        person=person,
        created_on=today,
        **values,
    )
    touch(claim, actor)
    claim.number = write_number("T", today.year, numbers.next_number(actor.authority_id, "claim"))
    claim.save()
    return claim


def release(claim: Claim, lines: Sequence[ClaimLine], *, today: date) -> None:
    """Put the lines of a claim in the ledger and note that it is released; the step is the caller's to check.

    Saves the lines, and the status and day of the claim. Source: spec SC-19a.
    """
    approved = ledger.approve_many(
        claim.authority_id,
        [
            ledger.NewLine(
                module=MODULE,
                clinic_id=claim.clinic_id,
                person_id=claim.person_id,
                case_number=claim.number,
                code=line.code,
                text=line.text,
                performed_on=line.performed_on,
                price=line.price,
                created_on=today,
            )
            for line in lines
        ],
    )
    for line, in_ledger in zip(lines, approved, strict=True):
        line.line = in_ledger
    ClaimLine.objects.bulk_update(lines, ["line"])
    claim.status = ClaimStatus.RELEASED
    claim.released_on = today
    claim.save(update_fields=["status", "released_on"])


def lock_planned(plan_id: int) -> None:
    """Let nobody else take of a preauthorization until the transaction ends."""
    rows = PlannedProcedure.objects.select_for_update(no_key=True).filter(plan_id=plan_id)
    list(rows.order_by("pk").values_list("pk"))


def take_of_plan(lines: Iterable[ClaimLine]) -> None:
    """Use up what the lines take of their preauthorized procedures. Source: spec SC-5."""
    _move(lines, 1)


def give_back_to_plan(lines: Iterable[ClaimLine]) -> None:
    """Return what the lines took of their preauthorized procedures: they are deleted, voided or credited.

    The lines keep saying of which they took. Source: spec SC-5.
    """
    _move(lines, -1)


def touch(claim: Claim, actor: Actor) -> None:
    """Note who changed the claim last, and when; the caller saves it."""
    claim.changed_at = clock.now()
    claim.changed_by = actor.name


def _move(lines: Iterable[ClaimLine], sign: int) -> None:
    """Add to what is used, in the order of the ids so that two commands never wait for each other."""
    counts: Counter[int] = Counter()
    amounts: Counter[int] = Counter()
    for line in lines:
        if line.planned_id is not None:
            counts[line.planned_id] += sign
            amounts[line.planned_id] += sign * line.price
    locked = PlannedProcedure.objects.select_for_update(no_key=True).filter(pk__in=counts)
    for planned_id in list(locked.order_by("pk").values_list("pk", flat=True)):
        PlannedProcedure.objects.filter(pk=planned_id).update(
            used_count=F("used_count") + counts[planned_id],
            used_amount=F("used_amount") + amounts[planned_id],
        )
