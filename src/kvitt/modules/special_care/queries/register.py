"""What *Registrera tandvårdsräkning* shows: who was found, certificates, choices, and what was begun."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404
from django.utils.translation import gettext

from kvitt.foundation.values.identity import format_identity_number
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.special_care.lifecycle import SUPPORT_MEANINGS, ClaimStatus, SupportType
from kvitt.modules.special_care.models import Certificate, Claim
from kvitt.modules.special_care.queries import categories, certificates, claims, known
from kvitt.modules.special_care.rules import choices
from kvitt.modules.special_care.rules.facts import CertificateFacts
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists import queries as price_lists

MOST_DRAFTS = 50
NOT_FOUND = _(
    "Nobody with the number %(number)s is in the register. Check the number, or contact %(contact)s, "
    "who can register the person."
)


@dataclass(frozen=True)
class CertificateRow:
    """A certificate as a page lists it; `is_valid` is about today."""

    number: str
    support: SupportType
    category: str
    validity: str
    is_valid: bool


@dataclass(frozen=True)
class SupportChoice:
    """A part of the support that can be chosen for the patient, in words."""

    value: str
    label: str
    detail: str
    meaning: str


@dataclass(frozen=True)
class FoundPatient:
    """Who was found, with certificates and choices; `lead` says what follows from them."""

    person: people.ShownPerson
    person_id: int
    certificates: Sequence[CertificateRow]
    choices: Sequence[SupportChoice]
    lead: str


@dataclass(frozen=True)
class DraftRow:
    """A claim that was begun and not sent in."""

    number: str
    identity: str
    name: str
    support: SupportType
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class RegisterPage:
    """Everything `register.html` shows beside its search form."""

    title: str
    lead: str
    drafts: Sequence[DraftRow]
    person_ids: Sequence[int]
    patient: FoundPatient | None = None
    nobody: str = ""


def register_page(actor: Actor) -> RegisterPage:
    """Return the page before anybody is searched for. Raises NotAllowed for who sends in no claims.

    Source: fakturaportalen, page 2; spec SC-6.
    """
    clinic_id = claims.reporting_clinic(actor)
    begun = claims.claims_of(actor).filter(status=ClaimStatus.DRAFT, clinic_id=clinic_id)
    rows = list(begun.select_related("person").order_by("-created_on", "-id")[:MOST_DRAFTS])
    return RegisterPage(
        title=gettext("Register dental care claim"),
        lead=gettext("Search for the patient to check the certificate and register a claim."),
        drafts=[_draft_row(claim) for claim in rows],
        person_ids=[claim.person_id for claim in rows],
    )


def nobody_page(actor: Actor, digits: str) -> RegisterPage:
    """Return the page of a search that found nobody, with what to do. Raises as `register_page`."""
    values = {
        "number": format_identity_number(digits),
        "contact": organisations.authority(actor.authority_id).contact,
    }
    return replace(register_page(actor), nobody=gettext(NOT_FOUND) % values)


def find_person(actor: Actor, session: SessionBase, digits: str) -> Person | None:
    """Return who has the number, and let this session open the answer; None where nobody has.

    Source: spec SC-1, SC-6.
    """
    claims.reporting_clinic(actor)
    person = people.find_by_number(actor, digits)
    if person is not None:
        people.remember_patient(session, person)
    return person


def person_to_claim_for(actor: Actor, session: SessionBase, code: UUID) -> Person:
    """Return a person searched for in this session, or with a claim of the actor's clinic. Raises Http404."""
    clinic_id = claims.reporting_clinic(actor)
    person = people.person_of(actor, code)
    if person.pk in people.opened_patients(session):
        return person
    own = claims.claims_of(actor).filter(clinic_id=clinic_id, person_id__in=people.record_ids(person))
    if not own.exists():
        raise Http404
    return person


def patient_page(actor: Actor, session: SessionBase, person: Person, *, today: date) -> RegisterPage:
    """Return the page with its answer: certificates with validity, and what can be chosen.

    Source: fakturaportalen, page 2; spec SC-1, SC-2, SC-6.
    """
    held = certificates.certificates_of(person)
    facts = known.certificate_facts(held)
    offered = choices.calculate_choices(
        facts,
        today=today,
        limit_months=price_lists.parameter(actor.authority_id, "special_care.claim_limit_months", on=today),
    )
    found = FoundPatient(
        person=people.shown_person(session, person, day=today),
        person_id=person.pk,
        certificates=certificate_rows(held, today=today),
        choices=[_support_choice(choice, today=today) for choice in offered],
        lead=_lead(facts, offered, today=today),
    )
    page = register_page(actor)
    return replace(page, patient=found, person_ids=[*page.person_ids, person.pk])


def certificate_rows(held: Sequence[Certificate], *, today: date) -> list[CertificateRow]:
    """Return certificates as pages list them, each with its category's name and its validity in words."""
    names = categories.category_names(held[0].authority_id) if held else {}
    return [
        CertificateRow(
            number=one.number,
            support=SupportType(one.support),
            category=names.get(one.category, one.category),
            validity=validity_text(facts, today=today),
            is_valid=facts.holds_on(today),
        )
        for one, facts in zip(held, known.certificate_facts(held), strict=True)
    ]


def validity_text(certificate: CertificateFacts, *, today: date) -> str:
    """Return how long a certificate holds, in words."""
    period = choices.calculate_period(certificate)
    if certificate.revoked_on is not None and certificate.revoked_on <= today:
        return gettext("Revoked from %(day)s") % {"day": certificate.revoked_on}
    if period is None:
        return gettext("Revoked before it began")
    if period.last is not None and period.last < today:
        return gettext("Ended %(day)s") % {"day": period.last}
    if period.first > today:
        return gettext("Valid from %(day)s") % {"day": period.first}
    if period.last is None:
        return gettext("Certificate valid: until further notice")
    return gettext("Certificate valid: to and including %(day)s") % {"day": period.last}


def _support_choice(choice: choices.Choice, *, today: date) -> SupportChoice:
    detail = gettext("FHB is required") if choice.certificate is None else ""
    if choice.certificate is not None:
        detail = validity_text(choice.certificate, today=today)
    return SupportChoice(
        value=choice.support.value,
        label=gettext(choice.support.label),
        detail=detail,
        meaning=gettext(SUPPORT_MEANINGS[choice.support]),
    )


def _lead(
    certificates_held: Sequence[CertificateFacts], offered: Sequence[choices.Choice], *, today: date
) -> str:
    held = [choice.certificate for choice in offered if choice.certificate is not None]
    if any(certificate.holds_on(today) for certificate in held):
        return gettext(
            "Choose the right part of the support. Patients with a certificate may also be treated within S "
            "dental care."
        )
    if held:
        return gettext(
            "No certificate is valid today. Care on days when one was valid can still be claimed: the day of "
            "treatment decides."
        )
    ended = [day for one in certificates_held if (day := _ended_on(one, today=today)) is not None]
    if ended:
        text = gettext(
            "The patient's certificate no longer holds (ended %(day)s). The care is assumed to be S dental "
            "care. It must be preauthorized before it is claimed."
        )
        return text % {"day": max(ended)}
    return gettext(
        "The patient has no certificate, so the care is assumed to be S dental care. It must be "
        "preauthorized before it is claimed."
    )


def _ended_on(certificate: CertificateFacts, *, today: date) -> date | None:
    """Return the last day of a certificate that has ended; None for one that holds, or never held."""
    period = choices.calculate_period(certificate)
    return period.last if period is not None and period.last is not None and period.last < today else None


def _draft_row(claim: Claim) -> DraftRow:
    return DraftRow(
        number=claim.number,
        identity=claim.person.identity_number,
        name=people.listed_name(claim.person),
        support=SupportType(claim.support),
        changed_at=claim.changed_at,
        changed_by=claim.changed_by,
    )
