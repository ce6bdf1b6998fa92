"""The administrator's list of persons, and the page of one."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.tables import Action, Crumb
from kvitt.foundation.values.identity import IdentityKind
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import rules
from kvitt.registers.people.models import Person, PersonNumber
from kvitt.registers.people.queries.contacts import ContactsPanel, contacts_panel
from kvitt.registers.people.queries.persons import person_of, record_ids, search_by_name

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class FormerNumber:
    """A number the person had, or a merged record's, and until when (None: merged)."""

    number: str
    last_on: date | None


@dataclass(frozen=True)
class PersonHead:
    """Whom a form is about."""

    title: str
    person: Person
    record_ids: list[int]


@dataclass(frozen=True)
class PersonPage(PersonHead):
    """Everything `person.html` shows."""

    kind: IdentityKind
    contacts: ContactsPanel
    former_numbers: list[FormerNumber]
    crumbs: list[Crumb]
    actions: list[Action]


def search_persons(actor: "Actor", *, name: str) -> QuerySet[Person]:
    """Return the authority's persons of that name; nobody before something is searched for."""
    actor.require(Permission.ADMINISTER)
    if not name.strip():
        return Person.objects.none()
    return search_by_name(actor, name, person_ids=None).select_related("area_clinic")


def person_head(actor: "Actor", code: UUID) -> PersonHead:
    """Return whom an administrator's form is about. Raises Http404."""
    actor.require(Permission.ADMINISTER)
    person = person_of(actor, code)
    return PersonHead(title=person.name, person=person, record_ids=record_ids(person))


def person_page(actor: "Actor", session: "SessionBase", code: UUID, *, today: date) -> PersonPage:
    """Return the person's page. Raises Http404."""
    actor.require(Permission.ADMINISTER)
    person = person_of(actor, code)
    merged = list(Person.objects.filter(merged_into=person).order_by("pk"))
    ids = [person.pk, *(row.pk for row in merged)]
    former = PersonNumber.objects.filter(person_id__in=ids).order_by("-last_on", "-pk")
    return PersonPage(
        title=person.name,
        person=person,
        record_ids=ids,
        kind=IdentityKind(person.identity_kind),
        contacts=contacts_panel(
            actor, session, person, today=today, back=reverse("people:person", args=[person.code])
        ),
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
