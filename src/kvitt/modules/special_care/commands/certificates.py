"""Register, change and revoke certificates at the region."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from kvitt.audit import commands as audit
from kvitt.audit.rules import calculate_difference
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.modules.special_care.models import Certificate
from kvitt.modules.special_care.queries import categories, certificates
from kvitt.modules.special_care.rules import certificate as rules
from kvitt.modules.special_care.rules.certificate import CertificateContent
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person

_VALUES = ("number", "support", "category", "first_on", "last_on", "issued_by")


@transaction.atomic
def register_certificate(
    actor: Actor, *, today: date, code: UUID, content: CertificateContent
) -> Certificate:
    """Give a person a certificate. Raises Refused, NotAllowed, Http404 for a person of another authority."""
    actor.require(Permission.HANDLE_CERTIFICATES)
    person = _locked(people.person_of(actor, code))
    taken = Certificate.objects.filter(authority_id=actor.authority_id, number=content.number).exists()
    refuse_if_any(_problems(actor, person, content, today=today, is_number_taken=taken))
    certificate = _saved(
        Certificate(authority_id=actor.authority_id, person=person, created_on=today, **_values(content))
    )
    audit.record(
        "special_care.register_certificate",
        actor,
        subject=(certificates.SUBJECT, certificate.number),
        person_ids=[person.pk],
        after=calculate_difference({}, _values(content)).after,
    )
    return certificate


@transaction.atomic
def change_certificate(actor: Actor, *, today: date, number: str, content: CertificateContent) -> Certificate:
    """Change the category, the days or the issuer. Claims that are sent in stay as they are.

    Raises Refused, NotAllowed, Http404.
    """
    certificate = _certificate(actor, number)
    person = certificate.person.merged_into or certificate.person
    refuse_if_any(rules.check_change(certificate.facts(), content))
    refuse_if_any(_problems(actor, person, content, today=today, but=certificate))
    old = {name: getattr(certificate, name) for name in _VALUES}
    if difference := calculate_difference(old, _values(content)):
        for name, value in _values(content).items():
            setattr(certificate, name, value)
        certificate.save()
        audit.record(
            "special_care.change_certificate",
            actor,
            subject=(certificates.SUBJECT, certificate.number),
            person_ids=[certificate.person_id],
            before=difference.before,
            after=difference.after,
        )
    return certificate


@transaction.atomic
def revoke_certificate(actor: Actor, *, number: str, revoked_on: date, reason: str) -> Certificate:
    """Let a certificate hold no longer from a day on (*dra in*). Raises Refused, NotAllowed, Http404."""
    certificate = _certificate(actor, number)
    reason = reason.strip()
    refuse_if_any(rules.check_revocation(certificate.facts(), revoked_on=revoked_on, reason=reason))
    certificate.revoked_on, certificate.revoked_reason = revoked_on, reason
    certificate.save(update_fields=["revoked_on", "revoked_reason"])
    audit.record(
        "special_care.revoke_certificate",
        actor,
        subject=(certificates.SUBJECT, certificate.number),
        person_ids=[certificate.person_id],
        after={"revoked_on": revoked_on.isoformat(), "revoked_reason": reason},
    )
    return certificate


def _locked(person: Person) -> Person:
    """Return the person, with whom one at a time works; whoever waited sees what was done."""
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if locked.merged_into_id is not None:
        raise Refused([Problem("merged", rules.MERGED)])
    return locked


def _saved(certificate: Certificate) -> Certificate:
    """Save a new certificate; somebody else may have taken its number, for another person, just now."""
    try:
        with transaction.atomic():
            certificate.save()
    except IntegrityError as fault:
        values = {"number": certificate.number}
        raise Refused([Problem("number_taken", rules.NUMBER_TAKEN, "certificate_number", values)]) from fault
    return certificate


def _certificate(actor: Actor, number: str) -> Certificate:
    """Return the certificate as it is now that its person is locked."""
    person = certificates.certificate(actor, number).person
    Person.objects.select_for_update(no_key=True).get(pk=person.merged_into_id or person.pk)
    return certificates.certificate(actor, number)


def _problems(
    actor: Actor,
    person: Person,
    content: CertificateContent,
    *,
    today: date,
    is_number_taken: bool = False,
    but: Certificate | None = None,
) -> list[Problem]:
    others = [other.facts() for other in certificates.certificates_of(person) if other != but]
    return rules.check_certificate(
        content,
        category=categories.category_facts(actor.authority_id, content.category),
        others=others,
        today=today,
        is_number_taken=is_number_taken,
    )


def _values(content: CertificateContent) -> dict[str, object]:
    values = {name: getattr(content, name) for name in _VALUES}
    return values | {"support": content.support.value}
