"""What the commands on persons share: the person held, the number read, and what the log may hold."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from kvitt.foundation.values import identity
from kvitt.foundation.values.identity import IdentityKind, IdentityNumber
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries, rules
from kvitt.registers.people.models import Person


def hold_person(actor: Actor, code: UUID) -> Person:
    """Return the person held until the transaction ends, for a change of the number too. Raises Http404.

    What apps keep of the person is told first, and so locked first.
    """
    person = queries.person_of(actor, code)
    queries.tell_of_change([person.pk])
    return Person.objects.select_for_update().get(pk=person.pk)


def hold_kept_persons(actor: Actor, codes: Iterable[UUID], *, today: date) -> dict[UUID, Person]:
    """Return persons whose data the actor keeps by their codes, held in one order until the transaction ends.

    What apps keep of them is told first, and so locked first. Raises NotAllowed, Http404.
    """
    wanted = {code: queries.person_to_keep(actor, code, today=today).pk for code in codes}
    held = hold_persons(wanted.values())
    return {code: held[person_id] for code, person_id in wanted.items()}


def hold_persons(person_ids: Iterable[int]) -> dict[int, Person]:
    """Return these persons, held in one order until the transaction ends, while their number stays."""
    wanted = set(person_ids)
    queries.tell_of_change(wanted)
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return {person.pk: person for person in rows}


def tell_of_death(person: Person, *, was: date | None) -> None:
    """Tell apps from when on it matters that a date of death is another; the person is held and saved."""
    days = [day for day in (was, person.died_on) if day is not None]
    if person.died_on != was:
        queries.tell_of_change([person.pk], since=min(days))


def checked_number(actor: Actor, number: str, *, today: date) -> IdentityNumber:
    """Return the one number that was meant. Raises Refused."""
    patterns = queries.reserve_patterns(actor.authority_id)
    found = identity.parse_identity_number(number, today, patterns)
    if len(found) == 1:
        return found[0]
    if found:
        message = _("The number fits two persons, %(first)s and %(second)s. Choose which one is meant.")
        values = {"first": str(found[0]), "second": str(found[1])}
        refuse_if_any([Problem("two_persons", message, "number", values)])
    problems = identity.check_identity_number(number, today, patterns)
    refuse_if_any(Problem(found.code, found.message, "number", found.values) for found in problems)
    raise AssertionError  # a number that means nobody always has a problem


def fill(
    actor: Actor,
    person: Person,
    *,
    today: date,
    given_name: str,
    family_name: str,
    phone: str,
    born_on: date | None,
    died_on: date | None,
    is_protected: bool,
    area_clinic_id: int | None,
    needs_name: bool = True,
) -> None:
    """Fill the person with what is known, checked. Raises Refused."""
    kind = IdentityKind(person.identity_kind)
    person.born_on = rules.calculate_born_on(person.identity_number, kind, given=born_on, today=today)
    problems = rules.check_person(
        given_name=given_name,
        family_name=family_name,
        born_on=person.born_on,
        died_on=died_on,
        today=today,
        needs_name=needs_name,
    )
    refuse_if_any(problems)
    if area_clinic_id is not None and area_clinic_id != person.area_clinic_id:
        organisations.clinic_of(actor, area_clinic_id)
    person.given_name, person.family_name = " ".join(given_name.split()), " ".join(family_name.split())
    person.phone, person.died_on = phone.strip(), died_on
    person.is_protected, person.area_clinic_id = is_protected, area_clinic_id
    set_keys(person)


def set_keys(person: Person) -> None:
    """Set what the person is sorted and found by."""
    names = {"given_name": person.given_name, "family_name": person.family_name}
    person.sort_key = rules.calculate_sort_key(**names, is_protected=person.is_protected)
    person.search_key = rules.calculate_search_key(**names, is_protected=person.is_protected)


def record_of(person: Person) -> rules.Record:
    """Return what is weighed when two records are one person."""
    return rules.Record(
        given_name=person.given_name,
        family_name=person.family_name,
        phone=person.phone,
        born_on=person.born_on,
        died_on=person.died_on,
        is_protected=person.is_protected,
        area_clinic_id=person.area_clinic_id,
    )


# The log ------------------------------------------------------------------------------------------

_HIDDEN_IN_LOG = {"given_name", "family_name", "name", "phone", "email", "area_clinic", "text"}


def for_event(person: Person) -> dict[str, object]:
    """Return what the log keeps of a person, as values that JSON knows."""
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "phone": person.phone,
        "born_on": person.born_on.isoformat() if person.born_on else None,
        "died_on": person.died_on.isoformat() if person.died_on else None,
        "is_protected": person.is_protected,
        "area_clinic": person.area_clinic_id,
    }


def for_log(values: Mapping[str, object], *, hides: bool) -> dict[str, object]:
    """Keep a protected person's name and address out of the log, which others than the clinic read."""
    return {
        name: "***" if hides and name in _HIDDEN_IN_LOG and value else value for name, value in values.items()
    }


def masked(digits: str) -> str:
    """Return the date of a number only: the log is no place to look numbers up."""
    return f"{digits[:8]}-****"
