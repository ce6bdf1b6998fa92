"""Write the claims of a file, many at once, through the steps of one that is typed."""

from collections.abc import Collection, Sequence
from datetime import date

from kvitt.foundation import bulk
from kvitt.foundation.values.case_numbers import write_number
from kvitt.foundation.values.text import search_key
from kvitt.modules.special_care.commands import gathering, numbers, steps
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import Claim, ClaimLine, ClaimsFile
from kvitt.modules.special_care.queries import review
from kvitt.modules.special_care.queries.checking import CheckedEntry
from kvitt.modules.special_care.queries.known import Around
from kvitt.modules.special_care.rules.files import FileClaim
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people.models import Person


def write_claims(
    actor: Actor,
    file: ClaimsFile,
    faultless: Sequence[CheckedEntry],
    locked: Collection[int],
    *,
    today: date,
) -> list[Claim]:
    """Write faultless claims with their lines, held or in the ledger, and what they take; needs their locks.

    `locked` are the invoices that are locked. Source: spec SC-11, SC-13, SC-19a.
    """
    if not faultless:
        return []
    first = numbers.next_number(file.authority_id, "claim", count=len(faultless))
    written = [
        _claim_of(one, file, write_number("T", today.year, number), today=today)
        for number, one in enumerate(faultless, start=first)
    ]
    _gather(file, [claim for claim, _ in written], locked, today=today)
    claims = [claim for claim, _ in written]
    reasons = review.hold_reasons_of(file.authority_id, claims, today=today)
    for claim, why in zip(claims, reasons, strict=True):
        steps.hold(claim, why, actor, today=today)
    released = [one for one, why in zip(written, reasons, strict=True) if not why]
    steps.put_in_ledger(file.authority_id, released, today=today)
    bulk.insert(claims)
    lines = []
    for claim, of_claim in written:
        for line in of_claim:
            line.claim_id = claim.pk
        lines += of_claim
    bulk.insert(lines)
    steps.take_of_plan(lines)
    return claims


def _gather(file: ClaimsFile, claims: Sequence[Claim], locked: Collection[int], *, today: date) -> None:
    """Let the claims gather in their invoices."""
    keys = [gathering.key_of(one.clinic_id, one.invoice_reference, one.county) for one in claims]
    references: dict[gathering.Key, str] = {}
    for key, claim in zip(keys, claims, strict=True):
        references.setdefault(key, claim.invoice_reference)
    invoices = gathering.gather(file.authority_id, references, locked, today=today)
    for key, claim in zip(keys, claims, strict=True):
        claim.invoice = invoices[key]


def _claim_of(
    checked: CheckedEntry, file: ClaimsFile, number: str, *, today: date
) -> tuple[Claim, list[ClaimLine]]:
    """Make a claim and its lines of what stands in the file, priced and complete, and not written yet."""
    entry, clinic, person, around = checked.entry, checked.clinic, checked.person, checked.around
    if not isinstance(entry, FileClaim) or clinic is None or person is None or around is None:
        raise TypeError(entry)  # nobody asks: such an entry has a fault
    facts = entry.facts
    claim = _head(entry, clinic, person, around)
    claim.number, claim.file_id, claim.created_on = number, file.pk, today
    lines = []
    for line_facts in facts.lines:
        line = ClaimLine(
            performed_on=line_facts.performed_on,
            code=line_facts.code,
            location=line_facts.location,
            comment=line_facts.comment,
        )
        steps.price_line(line, line_facts, around.known)
        lines.append(line)
    steps.complete(claim, lines, facts, around, taken=checked.taken or {})
    return claim, lines


def _head(entry: FileClaim, clinic: Clinic, person: Person, around: Around) -> Claim:
    facts, card = entry.facts, entry.facts.card
    return Claim(
        authority_id=clinic.authority_id,
        clinic_id=clinic.pk,
        provider_id=clinic.provider_id,
        person_id=person.pk,
        invoice_reference=facts.invoice_reference.strip(),
        reference=facts.reference.strip(),
        reference_key=search_key(facts.reference),
        comment=entry.comment.strip(),
        support=facts.support,
        category=facts.category if facts.support is SupportType.S else "",
        care_model=facts.care_model,
        plan=next((plan for plan in around.plans if plan.number == facts.plan_number), None),
        has_card=card is not None,
        card_number=card.number.strip() if card else "",
        card_first_on=card.first_on if card else None,
        card_last_on=card.last_on if card else None,
        county=facts.county.strip(),
    )
