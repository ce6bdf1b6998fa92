"""Add, change and end where a person is registered or stays."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.rules import Actor
from kvitt.registers.people import queries, rules
from kvitt.registers.people.commands.steps import for_log, hold_kept_persons
from kvitt.registers.people.lifecycle import AddressKind
from kvitt.registers.people.models import Address, Person


@dataclass(frozen=True)
class NewAddress:
    """An address as it was typed."""

    kind: AddressKind
    first_on: date
    street: str
    postcode: str
    town: str
    care_of: str = ""
    country: str = ""
    has_confirmed_care_of: bool = False


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
    share_with: Collection[UUID] = (),
) -> Address:
    """Add an address, from any day; of its kind, what holds on that day ends the day before.

    It holds until the next one begins. An address of stay is added for related persons too, where the user
    answered so: never for or from a protected person. Raises Refused, NotAllowed, Http404.
    """
    new = NewAddress(kind, first_on, street, postcode, town, care_of, country, has_confirmed_care_of)
    with transaction.atomic():
        held = hold_kept_persons(actor, [code, *share_with], today=today)
        person = held[code]
        others = [held[other] for other in dict.fromkeys(share_with) if held[other] != person]
        refuse_if_any(_sharing_problems(actor, person, kind, others, today=today))
        address, ended = store_address(person, new, today=today)
        _record_added(actor, person, address, ended)
        for other in others:
            _record_added(actor, other, *_store_shared(other, new, today=today), shared_by=person)
        return address


def change_address(
    actor: Actor,
    *,
    today: date,
    code: UUID,
    address_id: int,
    street: str,
    postcode: str,
    town: str,
    care_of: str = "",
    country: str = "",
    has_confirmed_care_of: bool = False,
) -> Address:
    """Correct what was mistyped in an address; its days stay. Raises Refused, NotAllowed, Http404."""
    with transaction.atomic():
        person = hold_kept_persons(actor, [code], today=today)[code]
        address = queries.address_of(person, address_id)
        before = str(address)
        new = NewAddress(
            AddressKind(address.kind),
            address.first_on,
            street,
            postcode,
            town,
            care_of,
            country,
            has_confirmed_care_of,
        )
        correct_address(person, address, new)
        hides = person.is_protected
        audit.record(
            "people.change_address",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before={"address": address.pk, **for_log({"text": before}, hides=hides)},
            after={"address": address.pk, **for_log({"text": str(address)}, hides=hides)},
        )
        return address


def end_address(actor: Actor, *, today: date, code: UUID, address_id: int, last_on: date) -> Address:
    """End an open address on a day, today, before or after. Raises Refused, NotAllowed, Http404."""
    with transaction.atomic():
        person = hold_kept_persons(actor, [code], today=today)[code]
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


# Steps --------------------------------------------------------------------------------------------


def store_address(person: Person, new: NewAddress, *, today: date) -> tuple[Address, list[Address]]:
    """Store an address of a person who is held, and end what holds on its first day; return both.

    The ended ones are returned as they were. Needs an open transaction; the command writes the event.
    Raises Refused.
    """
    rows = list(Address.objects.filter(person_id__in=queries.record_ids(person), kind=new.kind))
    others = [Period(row.first_on, row.last_on) for row in rows]
    problems = _writing_problems(person, new)
    problems += rules.check_address_start(new.first_on, others=others, today=today)
    refuse_if_any(problems)
    plan = rules.plan_address(new.first_on, others=others)
    ended = [rows[place] for place in plan.ends]
    Address.objects.filter(pk__in=[row.pk for row in ended]).update(last_on=dates.day_before(new.first_on))
    address = Address.objects.create(
        person=person, kind=new.kind, first_on=new.first_on, last_on=plan.last_on, **_columns(new)
    )
    return address, ended


def correct_address(person: Person, address: Address, new: NewAddress) -> Address:
    """Write an address anew, its days unchanged. Raises Refused."""
    refuse_if_any(_writing_problems(person, new))
    for name, value in _columns(new).items():
        setattr(address, name, value)
    address.save()
    return address


def is_written_as(address: Address, new: NewAddress) -> bool:
    """Tell whether the address says the same as the new one."""
    return all(getattr(address, name) == value for name, value in _columns(new).items())


def _store_shared(other: Person, new: NewAddress, *, today: date) -> tuple[Address, list[Address]]:
    """Store the same address for a related person, without c/o where that is the person's own name."""
    own = rules.check_care_of(new.care_of, given_name=other.given_name, family_name=other.family_name)
    shared = replace(new, care_of="" if own else new.care_of)
    try:
        return store_address(other, shared, today=today)
    except Refused as refused:
        message = _("The address cannot be added for %(name)s: %(reason)s")
        values = {"name": other.name, "reason": refused.problems[0]}
        raise Refused([Problem("not_shared", message, "share_with", values)]) from refused


def _writing_problems(person: Person, new: NewAddress) -> list[Problem]:
    problems = rules.check_address(
        street=new.street, postcode=new.postcode, town=new.town, country=new.country
    )
    if not new.has_confirmed_care_of:
        problems += rules.check_care_of(
            new.care_of, given_name=person.given_name, family_name=person.family_name
        )
    return problems


def _sharing_problems(
    actor: Actor, person: Person, kind: AddressKind, others: list[Person], *, today: date
) -> list[Problem]:
    if not others:
        return []
    allowed = {row.person.pk for row in queries.may_share_with(actor, person, today=today)}
    if kind == AddressKind.STAYING and all(other.pk in allowed for other in others):
        return []
    message = _(
        "Only an address of stay is added for related persons, and never for or from a protected person. "
        "Answer No, or choose the address of stay."
    )
    return [Problem("may_not_share", message, "share_with")]


def _columns(new: NewAddress) -> dict[str, str]:
    return {
        "care_of": new.care_of.strip(),
        "street": new.street.strip(),
        "postcode": rules.normalise_postcode(new.postcode, new.country),
        "town": new.town.strip(),
        "country": new.country.strip(),
    }


def _record_added(
    actor: Actor, person: Person, address: Address, ended: list[Address], *, shared_by: Person | None = None
) -> None:
    last_on = {"last_on": address.last_on.isoformat()} if address.last_on else {}
    before = [
        {"address": row.pk, "last_on": row.last_on.isoformat() if row.last_on else None} for row in ended
    ]
    audit.record(
        "people.add_address",
        actor,
        subject=("person", person.code),
        person_ids=[person.pk],
        before={"ended": before} if ended else None,
        after={
            "address": address.pk,
            "kind": address.kind,
            "first_on": address.first_on.isoformat(),
            **last_on,
            **for_log({"text": str(address)}, hides=person.is_protected),
            **({"ended_on": dates.day_before(address.first_on).isoformat()} if ended else {}),
            **({"shared_by": str(shared_by.code)} if shared_by else {}),
        },
    )
