"""What the commands on claims share: locks, the ledger, and what claims take of preauthorizations."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from kvitt.foundation import clock
from kvitt.foundation.values.case_numbers import write_number
from kvitt.ledger import commands as ledger
from kvitt.modules.special_care.commands import numbers
from kvitt.modules.special_care.lifecycle import ClaimStatus, HoldReason, SupportType
from kvitt.modules.special_care.models import Claim, ClaimLine, PlannedProcedure
from kvitt.modules.special_care.queries.claims import MODULE
from kvitt.modules.special_care.queries.known import Around
from kvitt.modules.special_care.rules import money
from kvitt.modules.special_care.rules.claim import (
    FEE_TEXT,
    ClaimFacts,
    Known,
    LineFacts,
    calculate_certificate,
)
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


def price_line(line: ClaimLine, facts: LineFacts, known: Known) -> None:
    """Copy text and price of the treatment date to the line."""
    item = known.item_of(facts)
    if facts.is_fee:
        line.text = FEE_TEXT
    elif item is not None:
        line.text = item.name
    line.price = money.calculate_price(facts, known)


def complete(
    claim: Claim, lines: Sequence[ClaimLine], facts: ClaimFacts, around: Around, *, taken: Mapping[int, int]
) -> None:
    """Write what follows from the lines: sum, certificate, what they take of the preauthorization."""
    claim.total = sum(line.price for line in lines)
    claim.fee = money.calculate_fee(facts)
    chosen = calculate_certificate(facts, around.known)
    claim.certificate = None
    if claim.support != SupportType.S and chosen is not None:
        claim.certificate = next(one for one in around.certificates if one.number == chosen.number)
        claim.category = chosen.category
    for place, line in enumerate(lines):
        line.planned_id = taken.get(place)


def hold(claim: Claim, reasons: Sequence[HoldReason], actor: Actor, *, today: date) -> None:
    """Note on a claim who sent it in, and why it is held; without a reason it is released next."""
    claim.hold_reasons = [reason.value for reason in reasons]
    claim.status = ClaimStatus.HELD
    claim.sent_on = today
    claim.sent_by, claim.sent_by_id = actor.name, actor.user_id
    touch(claim, actor)


def told(claim: Claim) -> dict[str, object]:
    """Return what the event log tells of a claim that is sent in."""
    return {
        "invoice": claim.invoice.reference if claim.invoice else "",
        "reference": claim.reference,
        "amount": claim.total,
        "status": claim.status,
    }


def release(claim: Claim, lines: Sequence[ClaimLine], *, today: date) -> None:
    """Put the lines of a claim in the ledger and note that it is released; the step is the caller's to check.

    Saves the lines, and the status and day of the claim. Source: spec SC-19a.
    """
    put_in_ledger(claim.authority_id, [(claim, lines)], today=today)
    ClaimLine.objects.bulk_update(lines, ["line"])
    claim.save(update_fields=["status", "released_on"])


def put_in_ledger(
    authority_id: int, released: Sequence[tuple[Claim, Sequence[ClaimLine]]], *, today: date
) -> None:
    """Put the lines of many claims in the ledger and note on both that they are released; the caller saves.

    Source: spec SC-13, SC-19a.
    """
    approved = ledger.approve_many(
        authority_id,
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
            for claim, lines in released
            for line in lines
        ],
    )
    in_ledger = iter(approved)
    for claim, lines in released:
        claim.status, claim.released_on = ClaimStatus.RELEASED, today
        for line in lines:
            line.line_id = next(in_ledger).pk


def lock_planned(plan_ids: Collection[int]) -> None:
    """Let nobody else take of these preauthorizations until the transaction ends."""
    rows = PlannedProcedure.objects.select_for_update(no_key=True).filter(plan_id__in=plan_ids)
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
    """Add to what is used, in two statements; locked in the order of the ids: two commands never collide."""
    counts: Counter[int] = Counter()
    amounts: Counter[int] = Counter()
    for line in lines:
        if line.planned_id is not None:
            counts[line.planned_id] += sign
            amounts[line.planned_id] += sign * line.price
    if not counts:
        return
    locked = PlannedProcedure.objects.select_for_update(no_key=True).filter(pk__in=counts).order_by("pk")
    procedures = list(locked)
    for one in procedures:
        one.used_count += counts[one.pk]
        one.used_amount += amounts[one.pk]
    PlannedProcedure.objects.bulk_update(procedures, ["used_count", "used_amount"])
