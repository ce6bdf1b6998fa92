"""What an activity is reported with: who was responsible, the types, what it is checked against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kvitt.foundation.values import dates, municipalities
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.municipalities import Municipality
from kvitt.foundation.values.parameters import UnknownParameter
from kvitt.modules.population_health.queries import activities
from kvitt.modules.population_health.rules import activity as rules
from kvitt.modules.population_health.rules.activity import Entry, Participant, Post, Surroundings
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people
from kvitt.registers.people import rules as people_rules
from kvitt.registers.price_lists import queries as price_lists
from kvitt.registers.price_lists.lifecycle import Pricing
from kvitt.registers.price_lists.rules import Item

if TYPE_CHECKING:
    from kvitt.foundation.values.identity import IdentityNumber
    from kvitt.registers.organisations.models import Practitioner
    from kvitt.registers.people.models import Person

MOST_PARTICIPANTS = "population_health.most_participants"
MOST_TYPES = 200
LONGEST_ID = 18
LONGEST_CODE = 10


@dataclass(frozen=True)
class CreationDialog:
    """What the form of a new activity offers, on the day that was typed.

    `kept_practitioner` and `kept_type` are what was chosen already though the day does not offer it: it
    stays in the form, and the rules say what is wrong with it.
    """

    on: date
    practitioners: Sequence["Practitioner"]
    types: Sequence[Item]
    municipalities: Sequence[Municipality]
    most: int
    kept_practitioner: "Practitioner | None" = None
    kept_type: Item | None = None


def creation(
    actor: Actor, *, performed_on: str, today: date, practitioner: str = "", code: str = ""
) -> CreationDialog:
    """Return what *Skapa aktivitet* offers, with what was chosen before the date was changed.

    Raises NotAllowed where the actor does not report.
    """
    clinic_id = activities.reporting_clinic(actor)
    authority = organisations.authority(actor.authority_id)
    day = _day_typed(performed_on, today=today)
    types = price_lists.search_items(authority.pk, activities.MODULE, "", on=day, limit=MOST_TYPES)
    offered = [item for item in types if item.pricing is Pricing.FIXED and item.price is not None]
    practitioners = organisations.practitioners_at(clinic_id, on=day)
    return CreationDialog(
        on=day,
        practitioners=practitioners,
        types=offered,
        municipalities=municipalities.in_county(authority.county),
        most=_most_participants(authority.pk, day, today=today),
        kept_practitioner=None
        if practitioner in {"", *(str(one.pk) for one in practitioners)}
        else _practitioner_typed(clinic_id, practitioner),
        kept_type=None if code in {"", *(item.code for item in offered)} else _type_typed(authority.pk, code),
    )


def _practitioner_typed(clinic_id: int, practitioner: str) -> "Practitioner | None":
    """Return whom the form named, whenever he works at the clinic."""
    if not practitioner.isdecimal() or len(practitioner) > LONGEST_ID:
        return None
    return organisations.practitioner_of(clinic_id, int(practitioner))


def _type_typed(authority_id: int, code: str) -> Item | None:
    """Return the type that the form named, whenever it is valid."""
    if not code.isprintable() or len(code) > LONGEST_CODE:
        return None
    return price_lists.item_of_any_day(authority_id, activities.MODULE, code)


def surroundings(
    actor: Actor, entry: Entry, *, practitioner_id: int, today: date
) -> tuple[Item | None, Surroundings, list["IdentityNumber"]]:
    """Return the type on the governing day (None: there is none), what is checked, and who took part."""
    clinic_id = activities.reporting_clinic(actor)
    authority = organisations.authority(actor.authority_id)
    day = rules.calculate_governing_date(entry.performed_on, today=today)
    most = _most_participants(authority.pk, day, today=today)
    practitioner = organisations.practitioner_of(clinic_id, practitioner_id)
    patterns = people.reserve_patterns(authority.pk)
    # What is too many is not looked up at all.
    written = entry.numbers if len(entry.numbers) <= most else ()
    numbers = rules.calculate_participants(written, today=today, patterns=patterns)
    known = people.persons_by_number(authority.pk, [number.digits for _, number in numbers])
    return (
        price_lists.item_on(authority.pk, activities.MODULE, entry.code, on=day),
        Surroundings(
            today=today,
            governing_on=day,
            post=_post(practitioner),
            most=most,
            participants=[(place, _participant(number, known, today)) for place, number in numbers],
            patterns=patterns,
            county=authority.county,
            contact=authority.contact,
        ),
        [number for _, number in numbers],
    )


def _most_participants(authority_id: int, day: date, *, today: date) -> int:
    """Return the highest number on the day; today's for a day before all regulation."""
    try:
        return price_lists.parameter(authority_id, MOST_PARTICIPANTS, on=day)
    except UnknownParameter:
        return price_lists.parameter(authority_id, MOST_PARTICIPANTS, on=today)


def _day_typed(performed_on: str, *, today: date) -> date:
    """Return the day that governs what is offered while somebody types the date of the activity."""
    try:
        day = dates.parse_date(performed_on, today=today)
    except ValueError:
        return today
    return rules.calculate_governing_date(day, today=today)


def _post(practitioner: "Practitioner | None") -> Post | None:
    if practitioner is None:
        return None
    return Post(practitioner.name, Period(practitioner.first_on, practitioner.last_on))


def _participant(number: "IdentityNumber", known: "Mapping[str, Person]", today: date) -> Participant:
    """Return whose number it is: a person of the register, else who the number says."""
    person = known.get(number.digits)
    if person is not None:
        return Participant(person.pk, person.born_on, person.died_on, person.pk)
    born_on = people_rules.calculate_born_on(number.digits, number.kind, given=None, today=today)
    return Participant(number.digits, born_on, None)
