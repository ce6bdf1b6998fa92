"""Find certificates: a person's, one of them, by search; and their validity in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext

from kvitt.audit import queries as audit
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import Certificate
from kvitt.modules.special_care.queries import categories
from kvitt.modules.special_care.rules.certificate import CertificateContent, normalise_number
from kvitt.modules.special_care.rules.claim import CertificateFacts
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

# The log names a certificate by its number.
SUBJECT = "special_care.certificate"


def certificates_of(person: Person) -> list[Certificate]:
    """Return a person's certificates, those of merged records too, the newest first.

    Who may see them is the caller's to check. Source: spec SC-1, SC-6.
    """
    found = Certificate.objects.filter(person_id__in=people.record_ids(person))
    return list(found.order_by("-first_on", "-id"))


def certificates_by_person(authority_id: int, person_ids: Iterable[int]) -> dict[int, list[Certificate]]:
    """Return the certificates of many persons, by person."""
    found: dict[int, list[Certificate]] = {}
    rows = Certificate.objects.filter(authority_id=authority_id, person_id__among=person_ids)
    for certificate in rows.order_by("-first_on", "-id"):
        found.setdefault(certificate.person_id, []).append(certificate)
    return found


def certificate_words(certificate: Certificate | CertificateFacts, today: date) -> str:
    """Return the validity as it is said of a certificate: *tills vidare*, *upphörde 2025-03-31*.

    It does not tell on which days of treatment the certificate counts: `CertificateFacts.holds_on` does.
    Source: fakturaportalen, page 2; spec SC-1, SC-6.
    """
    days = {
        "first": certificate.first_on.isoformat(),
        "last": certificate.last_on.isoformat() if certificate.last_on else "",
        "revoked": certificate.revoked_on.isoformat() if certificate.revoked_on else "",
    }
    if certificate.revoked_on is not None:
        return gettext("revoked from %(revoked)s") % days
    if certificate.last_on is not None and certificate.last_on < today:
        return gettext("ended %(last)s") % days
    if certificate.last_on is not None:
        return gettext("valid %(first)s–%(last)s") % days
    if certificate.first_on > today:
        return gettext("valid from %(first)s until further notice") % days
    return gettext("until further notice")


# The region's pages ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CertificatePage:
    """Everything `certificate.html` shows."""

    number: str
    patient: people.ShownPerson
    person_ids: Sequence[int]
    facts: Sequence[tuple[str, str]]
    words: str
    is_revoked: bool
    revoked_reason: str
    events: Sequence[audit.LogRow]


def search_certificates(
    actor: Actor,
    *,
    number: str = "",
    support: str = "",
    category: str = "",
    on: date | None = None,
    state: str = "",
) -> QuerySet[Certificate]:
    """Return the authority's certificates that the filters let through; `on` finds those that hold that day.

    `state` is `revoked`, `kept` (not revoked) or nothing. Source: spec SC-1.
    """
    actor.require(Permission.HANDLE_CERTIFICATES)
    found = Certificate.objects.filter(authority_id=actor.authority_id)
    if number:
        found = found.filter(number=normalise_number(number))
    if support:
        found = found.filter(support=support)
    if category:
        found = found.filter(category=category)
    if on is not None:
        found = found.filter(
            Q(last_on__isnull=True) | Q(last_on__gte=on),
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=on),
            first_on__lte=on,
        )
    if state:
        found = found.filter(revoked_on__isnull=state != "revoked")
    return found.select_related("person__merged_into")


def patient_to_certify(actor: Actor, code: UUID) -> Person:
    """Return a person of the authority. Raises NotAllowed without the permission, Http404 for any other."""
    actor.require(Permission.HANDLE_CERTIFICATES)
    return people.person_of(actor, code)


def patient_certificates(actor: Actor, person: Person) -> QuerySet[Certificate]:
    """Return the certificates of a person, those of merged records too."""
    return search_certificates(actor).filter(person_id__in=people.record_ids(person))


def certificate(actor: Actor, number: str) -> Certificate:
    """Return one certificate of the actor's authority. Raises NotAllowed, Http404."""
    found = search_certificates(actor, number=number).first()
    if found is None:
        raise Http404
    return found


def certificate_content(actor: Actor, number: str) -> CertificateContent:
    """Return a certificate for the form that changes it. Raises NotAllowed, Http404."""
    found = certificate(actor, number)
    return CertificateContent(
        number=found.number,
        support=SupportType(found.support),
        category=found.category,
        first_on=found.first_on,
        last_on=found.last_on,
        issued_by=found.issued_by,
    )


def certificate_page(actor: Actor, number: str, *, today: date, session: "SessionBase") -> CertificatePage:
    """Return one certificate with its event log. Raises NotAllowed, Http404."""
    found = certificate(actor, number)
    names = categories.category_names(actor.authority_id)
    rows = [
        (gettext("Support type"), gettext(SupportType(found.support).label)),
        (gettext("Patient category"), names.get(found.category, found.category)),
        (gettext("First day"), found.first_on.isoformat()),
        (
            gettext("Last day"),
            found.last_on.isoformat() if found.last_on else gettext("Until further notice"),
        ),
        (gettext("Issued by"), found.issued_by),
        (gettext("Registered on"), found.created_on.isoformat()),
    ]
    return CertificatePage(
        number=found.number,
        patient=people.shown_person(session, found.person, day=today),
        person_ids=sorted({found.person_id, found.person.merged_into_id or found.person_id}),
        facts=rows,
        words=certificate_words(found, today),
        is_revoked=found.revoked_on is not None,
        revoked_reason=found.revoked_reason,
        events=audit.event_log(actor, SUBJECT, found.number),
    )


def patient_of(certificate: Certificate) -> Person:
    """Return whose certificate it is: of a merged record, the person who remains."""
    return certificate.person.merged_into or certificate.person
