"""Read persons of the actor's authority, and what this session may see of them."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.tables import Action, Crumb
from kvitt.foundation.values import identity, text
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.identity import IdentityKind, IdentityNumber
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.middleware import UNIT_IN_SESSION
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import rules
from kvitt.registers.people.lifecycle import AddressKind
from kvitt.registers.people.models import Address, Person, PersonNumber

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from kvitt.registers.access.rules import Actor

_OPENED, _ASKED, _REASONS = "people.opened", "people.asked", "people.reasons"
_KEPT_IN_SESSION = 500


# Persons ------------------------------------------------------------------------------------------


def person_of(actor: "Actor", code: UUID) -> Person:
    """Return the person of that code, or the one a merged record points at. Raises Http404."""
    found = Person.objects.select_related("merged_into", "area_clinic", "merged_into__area_clinic")
    person = found.filter(authority_id=actor.authority_id, code=code).first()
    if person is None:
        raise Http404
    return person.merged_into or person


def record_ids(person: Person) -> list[int]:
    """Return the person's record and every record merged into it."""
    return [person.pk, *Person.objects.filter(merged_into=person).order_by("pk").values_list("pk", flat=True)]


def records_by_id(person_ids: "Collection[int]") -> dict[int, int]:
    """Return the record that remains by every record of many persons: their own, and those merged into it."""
    merged = Person.objects.filter(merged_into_id__among=person_ids).order_by("pk")
    own = {person_id: person_id for person_id in person_ids}
    return own | dict(merged.values_list("pk", "merged_into_id"))


def reserve_patterns(authority_id: int) -> tuple[str, ...]:
    """Return the forms of reserve numbers of the authority, the usual ones when it has none of its own."""
    patterns = organisations.authority(authority_id).reserve_number_patterns.splitlines()
    return tuple(pattern for pattern in patterns if pattern.strip()) or identity.DEFAULT_RESERVE_PATTERNS


def numbers_in(actor: "Actor", written: str, *, today: date) -> tuple[IdentityNumber, ...]:
    """Return the numbers that what was written may mean: none, one, or two to ask about."""
    return identity.parse_identity_number(written, today, reserve_patterns(actor.authority_id))


def find_by_number(actor: "Actor", digits: str) -> Person | None:
    """Return who has the number, or had it before; nobody of another authority."""
    persons = Person.objects.select_related("merged_into").filter(authority_id=actor.authority_id)
    person = persons.filter(identity_number=digits).first()
    if person is None:
        former = PersonNumber.objects.filter(identity_number=digits, person__authority_id=actor.authority_id)
        person = persons.filter(pk__in=former.values("person_id")).order_by("-pk").first()
    return None if person is None else person.merged_into or person


def persons_by_number(authority_id: int, numbers: "Iterable[str]") -> dict[str, Person]:
    """Return who has each number, or had it before; a number that nobody has is left out.

    Two numbers of one person, and those of records that are merged, lead to the same one.
    """
    wanted = set(numbers)
    if not wanted:
        return {}
    persons = Person.objects.filter(authority_id=authority_id, identity_number__among=wanted)
    found = {person.identity_number: person for person in persons}
    if missing := wanted - found.keys():
        former = PersonNumber.objects.filter(
            identity_number__among=missing, person__authority_id=authority_id
        )
        earlier = former.select_related("person").order_by("person_id")
        found |= {row.identity_number: row.person for row in earlier}
    merged = {person.merged_into_id for person in found.values()} - {None}
    kept = Person.objects.in_bulk(merged) if merged else {}
    return {number: kept.get(person.merged_into_id or 0, person) for number, person in found.items()}


def search_by_name(actor: "Actor", name: str, *, person_ids: "Iterable[int] | None") -> QuerySet[Person]:
    """Return the persons among these (None: of the authority) whose name holds every word of the text.

    Protected persons are found by number only (spec QU-19).
    """
    persons = Person.objects.filter(authority_id=actor.authority_id, merged_into__isnull=True)
    if person_ids is not None:
        persons = persons.filter(pk__in=person_ids)
    return persons.filter(named(name)).order_by("sort_key", "pk")


def named(name: str, *, path: str = "") -> Q:
    """Return the condition that a person's name holds every word of the text; `path` leads to the person."""
    condition = Q(**{f"{path}is_protected": False})
    for word in text.search_key(name).split():
        condition &= Q(**{f"{path}search_key__contains": word})
    return condition


def address_on(person: Person, day: date) -> Address | None:
    """Return where the person is reached on the day: the address of stay before the registered one.

    The person's own record wins over a merged one, then the latest.
    """
    rows = Address.objects.filter(_holding(day), person_id__in=record_ids(person))

    def rank(row: Address) -> tuple[bool, bool, date]:
        return row.kind == AddressKind.STAYING, row.person_id == person.pk, row.first_on

    return max(rows, key=rank, default=None)


def address_of(person: Person, address_id: int) -> Address:
    """Return one of the person's addresses. Raises Http404 for any other."""
    found = Address.objects.filter(pk=address_id, person_id__in=record_ids(person)).first()
    if found is None:
        raise Http404
    return found


def _holding(day: date) -> Q:
    return Q(first_on__lte=day) & (Q(last_on__isnull=True) | Q(last_on__gte=day))


# What this session may see ------------------------------------------------------------------------


def opened_patients(session: SessionBase) -> frozenset[int]:
    """Return the persons searched for at this unit in this session, whose pages it may therefore open."""
    return frozenset(_noted(session, _OPENED))


def remember_patient(session: SessionBase, person: Person) -> None:
    """Let this session open the person's pages; the page that shows the person logs the read."""
    _note(session, _OPENED, person)


def needs_reason(session: SessionBase, person: Person) -> bool:
    """Tell whether the person is protected and no reason was given at this unit in this session.

    Call it where the actor is known to reach the person: that he was asked is what lets him answer.
    """
    if not person.is_protected or person.pk in _noted(session, _REASONS):
        return False
    _note(session, _ASKED, person)
    return True


def was_asked(session: SessionBase, person: Person) -> bool:
    """Tell whether a page of this session has asked for the reason to open this person."""
    return person.pk in _noted(session, _ASKED)


def note_reason(session: SessionBase, person: Person) -> None:
    """Let this session see the protected person; `commands.open_protected` logs it."""
    _note(session, _REASONS, person)


def _noted(session: SessionBase, name: str) -> list[int]:
    """Return what was noted at the unit chosen now: what holds at one holds at no other."""
    noted: list[int] = session.get(f"{name}:{session.get(UNIT_IN_SESSION, '')}", [])
    return noted


def _note(session: SessionBase, name: str, person: Person) -> None:
    known = _noted(session, name)
    if person.pk not in known:
        session[f"{name}:{session.get(UNIT_IN_SESSION, '')}"] = [*known, person.pk][-_KEPT_IN_SESSION:]


# What is shown ------------------------------------------------------------------------------------


def hidden_text() -> str:
    """Return what stands in place of a protected person's name and address."""
    return gettext("Protected identity")


def listed_name(person: Person) -> str:
    """Return the name for lists and exports, where a protected person is always hidden (spec QU-19)."""
    return hidden_text() if person.is_protected else person.name


@dataclass(frozen=True)
class ShownPerson:
    """A person as a page shows him or her: name, address and telephone only where they may be seen."""

    code: UUID
    number: str
    name: str
    address: str
    phone: str
    area_clinic: str
    is_hidden: bool
    is_protected: bool
    born_on: date | None
    died_on: date | None


def shown_person(session: SessionBase, person: Person, *, day: date) -> ShownPerson:
    """Return what this session may see of the person on the day; of a merged record, of the one that remains.

    Source: spec CO-8, QU-19.
    """
    person = person.merged_into or person
    is_hidden = needs_reason(session, person)
    address = None if is_hidden else address_on(person, day)
    area_clinic = person.area_clinic
    return ShownPerson(
        code=person.code,
        number=person.identity_number,
        name=hidden_text() if is_hidden else person.name,
        address=hidden_text() if is_hidden else str(address or ""),
        phone="" if is_hidden else person.phone,
        area_clinic="" if is_hidden or area_clinic is None else area_clinic.name,
        is_hidden=is_hidden,
        is_protected=person.is_protected,
        born_on=person.born_on,
        died_on=person.died_on,
    )


# The administrator's pages ------------------------------------------------------------------------


@dataclass(frozen=True)
class AddressRow:
    """An address as the person's page shows it."""

    id: int
    kind: AddressKind
    text: str
    period: Period
    may_end: bool


@dataclass(frozen=True)
class FormerNumber:
    """A number the person had, or a merged record's, and until when (None: merged)."""

    number: str
    last_on: date | None


@dataclass(frozen=True)
class PersonPage:
    """Everything `person.html` shows."""

    title: str
    person: Person
    kind: IdentityKind
    record_ids: list[int]
    addresses: list[AddressRow]
    former_numbers: list[FormerNumber]
    crumbs: list[Crumb]
    actions: list[Action]


def search_persons(actor: "Actor", *, name: str) -> QuerySet[Person]:
    """Return the authority's persons of that name; nobody before something is searched for."""
    actor.require(Permission.ADMINISTER)
    if not name.strip():
        return Person.objects.none()
    return search_by_name(actor, name, person_ids=None).select_related("area_clinic")


def person_page(actor: "Actor", code: UUID) -> PersonPage:
    """Return the person's page. Raises Http404."""
    actor.require(Permission.ADMINISTER)
    person = person_of(actor, code)
    ids = record_ids(person)
    addresses = Address.objects.filter(person_id__in=ids).order_by("kind", "-first_on", "-pk")
    former = PersonNumber.objects.filter(person_id__in=ids).order_by("-last_on", "-pk")
    merged = Person.objects.filter(merged_into=person).order_by("pk")
    return PersonPage(
        title=person.name,
        person=person,
        kind=IdentityKind(person.identity_kind),
        record_ids=ids,
        addresses=[
            AddressRow(
                id=row.pk,
                kind=AddressKind(row.kind),
                text=str(row),
                period=Period(row.first_on, row.last_on),
                may_end=row.last_on is None,
            )
            for row in addresses
        ],
        former_numbers=[
            *(FormerNumber(row.identity_number, row.last_on) for row in former),
            *(FormerNumber(row.identity_number, None) for row in merged),
        ],
        crumbs=[Crumb(gettext("Persons"), reverse("people:search_persons")), Crumb(person.name)],
        actions=[
            Action(gettext(label), reverse(name, args=[code]), icon=icon)
            for label, name, icon in (
                (_("Change person"), "people:change_person", "pencil"),
                (_("Change number"), "people:change_identity_number", "pencil"),
                (_("Merge records"), "listings:choose_record", "merge"),
            )
        ],
    )


def values_of(person: Person) -> dict[str, object]:
    """Return what a form about the person begins with."""
    names = ("given_name", "family_name", "phone", "born_on", "died_on", "is_protected", "area_clinic_id")
    return {name: getattr(person, name) for name in names}


def tells_birth_date(person: Person, *, today: date) -> bool:
    """Tell whether the number says when the person was born, so that nobody is asked."""
    kind = IdentityKind(person.identity_kind)
    return rules.calculate_born_on(person.identity_number, kind, given=None, today=today) is not None


def area_clinic_choices(actor: "Actor") -> list[tuple[str, str]]:
    """Return the clinics that can be responsible for a person's area, for a form's field."""
    return [(str(clinic.pk), str(clinic)) for clinic in organisations.clinics_of(actor)]
