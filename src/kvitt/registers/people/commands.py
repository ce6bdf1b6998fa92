"""Write persons, their numbers and addresses."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values import dates, identity
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.identity import IdentityKind, IdentityNumber
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries, rules
from kvitt.registers.people.lifecycle import AddressKind
from kvitt.registers.people.models import Address, Person, PersonNumber


def create_person(
    actor: Actor,
    *,
    today: date,
    number: str,
    given_name: str,
    family_name: str,
    phone: str = "",
    born_on: date | None = None,
    died_on: date | None = None,
    is_protected: bool = False,
    area_clinic_id: int | None = None,
) -> Person:
    """Register a person of the actor's authority. Raises Refused."""
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        checked = _checked_number(actor, number, today=today)
        person = Person(authority_id=actor.authority_id)
        person.identity_number, person.identity_kind = checked.digits, checked.kind.value
        _fill(
            actor,
            person,
            today=today,
            given_name=given_name,
            family_name=family_name,
            phone=phone,
            born_on=born_on,
            died_on=died_on,
            is_protected=is_protected,
            area_clinic_id=area_clinic_id,
        )
        _save_number(person, checked)
        audit.record(
            "people.create_person",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            after={
                "identity_number": _masked(person.identity_number),
                **_for_log(_logged(person), hides=person.is_protected),
            },
        )
        return person


def change_person(
    actor: Actor,
    *,
    today: date,
    code: UUID,
    given_name: str,
    family_name: str,
    phone: str,
    died_on: date | None,
    is_protected: bool,
    area_clinic_id: int | None,
    born_on: date | None = None,
) -> Person:
    """Change what is known of a person, but for number and addresses. Raises Refused, Http404."""
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        person = _locked(actor, code)
        before, was_protected = _logged(person), person.is_protected
        _fill(
            actor,
            person,
            today=today,
            given_name=given_name,
            family_name=family_name,
            phone=phone,
            born_on=born_on,
            died_on=died_on,
            is_protected=is_protected,
            area_clinic_id=area_clinic_id,
        )
        person.save()
        hides = was_protected or person.is_protected
        after = _logged(person)
        changed = [name for name in after if before[name] != after[name]]
        audit.record(
            "people.change_person",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before=_for_log({name: before[name] for name in changed}, hides=hides),
            after=_for_log({name: after[name] for name in changed}, hides=hides),
        )
        return person


def change_identity_number(actor: Actor, *, today: date, code: UUID, number: str) -> Person:
    """Give the person another number; the old one is kept with its last day. Raises Refused, Http404."""
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        person = _locked(actor, code)
        checked = _checked_number(actor, number, today=today)
        old = person.identity_number
        former = PersonNumber.objects.create(
            person=person, identity_number=old, last_on=dates.day_before(today)
        )
        person.identity_number, person.identity_kind = checked.digits, checked.kind.value
        person.born_on = rules.calculate_born_on(
            checked.digits, checked.kind, given=person.born_on, today=today
        )
        _save_number(person, checked)
        audit.record(
            "people.change_identity_number",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before={"identity_number": _masked(old)},
            after={"identity_number": _masked(checked.digits), "former_number": former.pk},
        )
        return person


def merge_persons(actor: Actor, *, today: date, code: UUID, other_code: UUID) -> Person:
    """Let one record remain and the other point at it, for good. Raises Refused, Http404.

    Where persons are listed, `listings.commands.merge_persons` is what to call: it settles their
    listings in the same transaction.
    """
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        remaining, other = queries.person_of(actor, code), queries.person_of(actor, other_code)
        locked = Person.objects.select_for_update().order_by("pk").filter(pk__in={remaining.pk, other.pk})
        found = {person.pk: person for person in locked}
        remaining, other = found[remaining.pk], found[other.pk]
        is_merged = bool(remaining.merged_into_id or other.merged_into_id)
        refuse_if_any(rules.check_merge(is_same=remaining == other, is_merged=is_merged))
        before = {"remaining": _logged(remaining), "other": _logged(other)}
        plan = rules.plan_merge(_record(remaining), _record(other))
        Person.objects.filter(merged_into=other).update(merged_into=remaining)
        other.merged_into = remaining
        other.is_protected = other.is_protected or plan.is_protected
        _set_keys(other)
        other.save()
        _fill(
            actor,
            remaining,
            today=today,
            given_name=plan.given_name,
            family_name=plan.family_name,
            phone=plan.phone,
            born_on=plan.born_on,
            died_on=plan.died_on,
            is_protected=plan.is_protected,
            area_clinic_id=plan.area_clinic_id,
            needs_name=False,
        )
        remaining.save()
        hides = plan.is_protected
        audit.record(
            "people.merge_persons",
            actor,
            subject=("person", remaining.code),
            person_ids=[remaining.pk, other.pk],
            before={name: _for_log(values, hides=hides) for name, values in before.items()},
            after={"remaining": str(remaining.code), "merged": str(other.code)},
        )
        return remaining


def add_address(
    actor: Actor,
    *,
    today: date,
    code: UUID,
    kind: AddressKind,
    first_on: date,
    street: str,
    postcode: str,
    town: str,
    care_of: str = "",
    country: str = "",
    has_confirmed_care_of: bool = False,
) -> Address:
    """Add an address; the open one of its kind ends the day before. Raises Refused, Http404."""
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        person = _locked(actor, code)
        rows = list(Address.objects.filter(person_id__in=queries.record_ids(person), kind=kind))
        problems = rules.check_address(street=street, postcode=postcode, town=town, country=country)
        others = [Period(row.first_on, row.last_on) for row in rows]
        problems += rules.check_address_start(first_on, others=others, today=today)
        if not has_confirmed_care_of:
            problems += rules.check_care_of(
                care_of, given_name=person.given_name, family_name=person.family_name
            )
        refuse_if_any(problems)
        ended = [row for row in rows if row.last_on is None]
        for row in ended:
            row.last_on = dates.day_before(first_on)
            row.save(update_fields=["last_on"])
        address = Address.objects.create(
            person=person,
            kind=kind,
            first_on=first_on,
            care_of=care_of.strip(),
            street=street.strip(),
            postcode=rules.normalise_postcode(postcode, country),
            town=town.strip(),
            country=country.strip(),
        )
        audit.record(
            "people.add_address",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before={"ended": [{"address": row.pk, "last_on": None} for row in ended]} if ended else None,
            after={
                "address": address.pk,
                "kind": address.kind,
                "first_on": first_on.isoformat(),
                **_for_log({"text": str(address)}, hides=person.is_protected),
                **({"ended_on": dates.day_before(first_on).isoformat()} if ended else {}),
            },
        )
        return address


def end_address(actor: Actor, *, code: UUID, address_id: int, last_on: date) -> Address:
    """End an open address on a day, today, before or after. Raises Refused, Http404."""
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        person = _locked(actor, code)
        address = queries.address_of(person, address_id)
        refuse_if_any(rules.check_address_end(Period(address.first_on, address.last_on), last_on))
        address.last_on = last_on
        address.save(update_fields=["last_on"])
        audit.record(
            "people.end_address",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before={"address": address.pk, "last_on": None},
            after={"address": address.pk, "last_on": last_on.isoformat()},
        )
        return address


def open_protected(actor: Actor, *, session: SessionBase, person: Person, reason: str) -> None:
    """Let this session see a protected person, for a reason that is logged. Raises Refused."""
    with transaction.atomic():
        refuse_if_any(rules.check_reason(reason))
        audit.record_read(
            "people.open_protected",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            reason=reason.strip(),
        )
    queries.note_reason(session, person)


# Steps that several of them share -----------------------------------------------------------------


def ensure_persons(authority_id: int, numbers: Sequence[IdentityNumber], *, today: date) -> list[Person]:
    """Return the person of each number, in their order; who is not registered is, without a name.

    Needs an open transaction and few statements, however many they are; the command that calls it writes
    the event. Somebody else who adds the same persons meanwhile is waited for, in one order.
    Source: spec PH-2, CO-8.
    """
    digits = [number.digits for number in numbers]
    known = queries.persons_by_number(authority_id, digits)
    missing = {number.digits: number for number in numbers if number.digits not in known}
    if missing:
        Person.objects.bulk_create(
            (_unnamed(authority_id, missing[key], today=today) for key in sorted(missing)),
            ignore_conflicts=True,
        )
        known |= queries.persons_by_number(authority_id, missing)
    return [known[number] for number in digits]


def _unnamed(authority_id: int, number: IdentityNumber, *, today: date) -> Person:
    born_on = rules.calculate_born_on(number.digits, number.kind, given=None, today=today)
    person = Person(
        authority_id=authority_id,
        identity_number=number.digits,
        identity_kind=number.kind.value,
        born_on=born_on,
    )
    _set_keys(person)
    return person


def _locked(actor: Actor, code: UUID) -> Person:
    person = queries.person_of(actor, code)
    return Person.objects.select_for_update().get(pk=person.pk)


def _checked_number(actor: Actor, number: str, *, today: date) -> IdentityNumber:
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


def _save_number(person: Person, number: IdentityNumber) -> None:
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        message = _(
            "The number %(number)s is registered already. Search for it, "
            "and merge the records if they are one person."
        )
        refuse_if_any([Problem("number_taken", message, "number", {"number": str(number)})])


def _fill(
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
    _set_keys(person)


def _set_keys(person: Person) -> None:
    names = {"given_name": person.given_name, "family_name": person.family_name}
    person.sort_key = rules.calculate_sort_key(**names, is_protected=person.is_protected)
    person.search_key = rules.calculate_search_key(**names, is_protected=person.is_protected)


def _record(person: Person) -> rules.Record:
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

_HIDDEN_IN_LOG = {"given_name", "family_name", "phone", "area_clinic", "text"}


def _logged(person: Person) -> dict[str, object]:
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "phone": person.phone,
        "born_on": person.born_on.isoformat() if person.born_on else None,
        "died_on": person.died_on.isoformat() if person.died_on else None,
        "is_protected": person.is_protected,
        "area_clinic": person.area_clinic_id,
    }


def _for_log(values: Mapping[str, object], *, hides: bool) -> dict[str, object]:
    """Keep a protected person's name and address out of the log, which others than the clinic read."""
    return {
        name: "***" if hides and name in _HIDDEN_IN_LOG and value else value for name, value in values.items()
    }


def _masked(digits: str) -> str:
    """Return the date of a number only: the log is no place to look numbers up."""
    return f"{digits[:8]}-****"
