"""Begin a claim, fill it in, split it, and throw it away; it is the clinic's own until it is sent in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.foundation.values import municipalities, teeth
from kvitt.foundation.values.case_numbers import complete_number
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import search_key
from kvitt.modules.special_care.commands import steps
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import Certificate, Claim, ClaimLine, TreatmentPlan
from kvitt.modules.special_care.queries import certificates, claims, known, plans
from kvitt.modules.special_care.rules import claim as rules
from kvitt.modules.special_care.rules import drafts as draft_rules
from kvitt.modules.special_care.rules.claim import FEE_CODE, LineFacts
from kvitt.modules.special_care.rules.faults import Fault, problem_of
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists.rules import normalise_code


@dataclass(frozen=True)
class ClaimHead:
    """What the user typed about the claim itself; the FHB number is empty where none is chosen.

    `has_card` is ticked before anything of the exemption card is typed.
    """

    category: str = ""
    care_model: str = ""
    plan_number: str = ""
    card_number: str = ""
    card_first_on: date | None = None
    card_last_on: date | None = None
    invoice_reference: str = ""
    reference: str = ""
    comment: str = ""
    county: str = ""
    has_card: bool = False


@dataclass(frozen=True)
class NewClaimLine:
    """What was typed about a procedure or fee; the code may be followed by its name, `price` is in öre."""

    performed_on: date
    code: str
    location: str = ""
    price: Ore | None = None
    comment: str = ""

    def facts(self) -> LineFacts:
        """Return it with code, tooth and jaw written as they are stored."""
        typed = self.code.split(maxsplit=1)[0] if self.code.strip() else ""
        place = teeth.parse_location(self.location)
        return LineFacts(
            performed_on=self.performed_on,
            code=FEE_CODE if typed.casefold() == FEE_CODE.casefold() else normalise_code(typed),
            location=str(place) if place else self.location.strip(),
            price=self.price,
            comment=self.comment.strip(),
        )


def begin_claim(actor: Actor, *, today: date, code: UUID, support: str) -> str:
    """Begin a claim for a patient (*Registrera räkning*) and return its number.

    It gets the certificate that holds today, for S dental care the preauthorization if there is only one,
    and the OCR number of the user's last claim while its invoice is open. Raises Refused.
    Source: fakturaportalen, pages 2-3; spec SC-2, SC-5, SC-6, SC-8.
    """
    clinic_id = claims.reporting_clinic(actor)
    with transaction.atomic():
        person = people.person_of(actor, code)
        found = certificates.certificates_of(person)
        wanted = _support(support)
        refuse_if_any(draft_rules.check_support(wanted, known.certificate_facts(found)))
        clinic = organisations.clinic_of(actor, clinic_id)
        mine = [one for one in found if one.support == wanted]
        holding = zip(mine, known.certificate_facts(mine), strict=True)
        certificate = next((one for one, facts in holding if facts.holds_on(today)), next(iter(mine), None))
        planned = [
            one
            for one in plans.valid_plans(person, on=today, provider_id=clinic.provider_id)
            if one.support == wanted
        ]
        plan = planned[0] if wanted is SupportType.S and len(planned) == 1 else None
        claim = steps.create_draft(
            actor,
            clinic,
            today=today,
            person=person,
            support=wanted,
            certificate=certificate,
            category=certificate.category if certificate else plan.category if plan else "",
            plan=plan,
            invoice_reference=known.open_reference(actor, clinic_id),
        )
        audit.record(
            "special_care.begin_claim",
            actor,
            subject=(claims.SUBJECT, claim.number),
            person_ids=[person.pk],
            after={"support": wanted.value},
        )
    return claim.number


def save_claim(actor: Actor, *, number: str, head: ClaimHead) -> None:
    """Save what was typed about a claim that is not sent in; it may lack much. Raises Refused.

    Source: spec SC-7, SC-8.
    """
    with transaction.atomic():
        claim = draft(actor, number)
        write_head(claim, head)
        steps.touch(claim, actor)
        claim.save()
        audit.record(
            "special_care.save_claim",
            actor,
            subject=(claims.SUBJECT, claim.number),
            person_ids=[claim.person_id],
        )


def add_line(actor: Actor, *, today: date, number: str, head: ClaimHead, line: NewClaimLine) -> int:
    """Add a procedure or patient fee (*Lägg till åtgärd*), save what was typed beside, and return its id.

    Its price and text are those of the price list on the treatment date. Raises Refused with every fault of
    the line; how it stands with the others is checked when the claim is sent in.
    Source: fakturaportalen, page 4; spec SC-9.
    """
    with transaction.atomic():
        claim = draft(actor, number)
        write_head(claim, head)
        facts, typed = line.facts(), known.facts_of(claim)
        around = known.known_of(
            claim.authority_id,
            claim.clinic,
            known.patient_of(claim),
            replace(typed, lines=[facts]),
            today=today,
        )
        faults = rules.check_line(facts, around, before=typed.lines)
        refuse_if_any(problem_of(fault) for fault in faults if fault.stops)
        added = ClaimLine(
            claim=claim,
            performed_on=facts.performed_on,
            code=facts.code,
            location=facts.location,
            comment=facts.comment,
        )
        steps.price_line(added, facts, around)
        added.save()
        steps.touch(claim, actor)
        claim.save()
        audit.record(
            "special_care.add_line",
            actor,
            subject=(claims.SUBJECT, claim.number),
            person_ids=[claim.person_id],
            after=described(added),
        )
    return added.pk


def remove_line(actor: Actor, *, number: str, line_id: int) -> None:
    """Take a line out of a claim that is not sent in. Raises Refused, Http404. Source: spec SC-9."""
    with transaction.atomic():
        claim = draft(actor, number)
        line = claim.lines.filter(pk=line_id).first()
        if line is None:
            raise Http404
        before = described(line)
        line.delete()
        steps.touch(claim, actor)
        claim.save()
        audit.record(
            "special_care.remove_line",
            actor,
            subject=(claims.SUBJECT, claim.number),
            person_ids=[claim.person_id],
            before=before,
        )


def split_claim(actor: Actor, *, today: date, number: str) -> str:
    """Move the care outside the preauthorization to a claim of its own (*Dela räkningen*); return its number.

    That of S dental care goes to the support that the patient has a certificate for. Raises Refused.
    Source: spec SC-10.
    """
    with transaction.atomic():
        claim = draft(actor, number)
        facts = known.facts_of(claim)
        person = known.patient_of(claim)
        around = known.known_of(claim.authority_id, claim.clinic, person, facts, today=today)
        places = rules.plan_split(facts, around)
        refuse_if_any(draft_rules.check_split(places))
        lines = list(claim.lines.all())
        support, certificate = _support_without_plan(claim, person, [lines[place] for place in places])
        other = steps.create_draft(
            actor,
            claim.clinic,
            today=today,
            person=person,
            support=support,
            certificate=certificate,
            category=certificate.category if certificate else claim.category,
            care_model=claim.care_model if support == claim.support else "",
            has_card=claim.has_card,
            card_number=claim.card_number,
            card_first_on=claim.card_first_on,
            card_last_on=claim.card_last_on,
            invoice_reference=claim.invoice_reference,
            county=claim.county,
            replaces=claim.replaces,
        )
        ClaimLine.objects.filter(pk__in=[lines[place].pk for place in places]).update(claim=other)
        steps.touch(claim, actor)
        claim.save()
        audit.record(
            "special_care.split_claim",
            actor,
            subject=(claims.SUBJECT, claim.number),
            person_ids=[claim.person_id],
            after={"split_off": other.number, "count": len(places)},
        )
    return other.number


def discard_claim(actor: Actor, *, number: str) -> None:
    """Throw a claim away that is not sent in; its number stays spent and leads nowhere. Raises Refused.

    Source: spec SC-6.
    """
    with transaction.atomic():
        claim = draft(actor, number)
        audit.record(
            "special_care.discard_claim",
            actor,
            subject=(claims.SUBJECT, claim.number),
            person_ids=[claim.person_id],
        )
        claim.lines.all().delete()
        claim.delete()


# What drafts are made of ---------------------------------------------------------------------------


def draft(actor: Actor, number: str) -> Claim:
    """Lock a claim of the actor's clinic that is not sent in. Raises Refused for any other."""
    claim = claims.claim_to_report(actor, number, lock=True)
    refuse_if_any(draft_rules.check_draft(claim.status))
    return claim


def write_head(claim: Claim, head: ClaimHead) -> None:
    """Write on the claim what was typed about it. Raises Refused for what is not possible at all."""
    claim.plan = _plan(claim, head.plan_number)
    if claim.support == SupportType.S:
        claim.category = head.category.strip()
    claim.care_model = head.care_model.strip()
    claim.has_card = head.has_card
    claim.card_number = head.card_number.strip()
    claim.card_first_on = head.card_first_on
    claim.card_last_on = head.card_last_on
    claim.invoice_reference = head.invoice_reference.strip()
    claim.reference = head.reference.strip()
    claim.reference_key = search_key(head.reference)
    claim.comment = head.comment.strip()
    claim.county = head.county.strip()
    facts = known.facts_of(claim)
    faults = rules.check_head(
        facts, counties=municipalities.counties(), own_county=claim.clinic.authority.county
    )
    refuse_if_any(map(problem_of, faults))


def described(line: ClaimLine) -> dict[str, object]:
    """Return what the event log tells of a line."""
    return {
        "code": f"{line.code} {line.text}",
        "performed_on": line.performed_on.isoformat(),
        **({"location": line.location} if line.location else {}),
        "amount": line.price,
    }


def _support(support: str) -> SupportType:
    """Return the part of the support that was chosen. Raises Refused."""
    try:
        return SupportType(support)
    except ValueError:
        refused = Problem("unknown_support", draft_rules.UNKNOWN_SUPPORT, "support")
        raise Refused([refused]) from None


def _plan(claim: Claim, number: str) -> TreatmentPlan | None:
    """Return the patient's preauthorization of that number at the care provider. Raises Refused."""
    if not number.strip():
        return None
    person = known.patient_of(claim)
    for plan in plans.approved_plans(person, provider_id=claim.provider_id):
        if plan.number == complete_number(number):
            return plan
    raise Refused([problem_of(Fault("unknown_plan", values={"number": number.strip()}))])


def _support_without_plan(
    claim: Claim, person: Person, lines: Sequence[ClaimLine]
) -> tuple[str, Certificate | None]:
    """Return what care outside a preauthorization is claimed under, with its certificate."""
    if claim.support != SupportType.S:
        return claim.support, claim.certificate
    last = max(line.performed_on for line in lines)
    found = certificates.certificates_of(person)
    for one, facts in zip(found, known.certificate_facts(found), strict=True):
        if facts.holds_on(last):
            return one.support, one
    return claim.support, None
