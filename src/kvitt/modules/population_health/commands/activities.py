"""Make activities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from kvitt.audit import commands as audit
from kvitt.foundation.values import municipalities
from kvitt.foundation.values.problems import Refused
from kvitt.foundation.values.text import search_key
from kvitt.ledger import commands as ledger
from kvitt.modules.population_health.models import Activity, ActivityNumberSeries
from kvitt.modules.population_health.queries import activities as queries
from kvitt.modules.population_health.queries import reporting
from kvitt.modules.population_health.rules import activity as rules
from kvitt.modules.population_health.rules.activity import Entry, Surroundings
from kvitt.registers.access.rules import Actor
from kvitt.registers.people import commands as people

if TYPE_CHECKING:
    from kvitt.foundation.values.identity import IdentityNumber
    from kvitt.registers.price_lists.rules import Item


@dataclass(frozen=True)
class NewActivity:
    """What the user typed: `count` participants or their personal `numbers`, as the type has it."""

    performed_on: date
    practitioner_id: int
    code: str
    place: str
    municipality: str
    count: int | None = None
    numbers: Sequence[str] = ()

    def entry(self) -> Entry:
        """Return it with the code and the place as they are stored."""
        return Entry(
            performed_on=self.performed_on,
            code=self.code.strip().upper(),
            place=rules.calculate_place(self.place),
            municipality=self.municipality,
            count=self.count,
            numbers=tuple(self.numbers),
        )


def create_activity(actor: Actor, *, today: date, new: NewActivity) -> str:
    """Make an activity and return its number; its procedures stand in the ledger, one per participant.

    Raises Refused with every fault. Source: befolkningsansvar, chapter 2; spec PH-2, PH-3.
    """
    clinic_id = queries.reporting_clinic(actor)
    entry = new.entry()
    # Before the transaction: what a refusal tells of persons is logged although nothing is made.
    item, around, numbers = _checked(actor, entry, practitioner_id=new.practitioner_id, today=today)
    with transaction.atomic():
        persons = people.ensure_persons(actor.authority_id, numbers, today=today)
        activity = Activity.objects.create(
            authority_id=actor.authority_id,
            number=rules.calculate_activity_number(today.year, _next_number(actor.authority_id)),
            clinic_id=clinic_id,
            practitioner_id=new.practitioner_id,
            performed_on=entry.performed_on,
            code=item.code,
            text=item.name,
            participants=item.participants.value,
            place=entry.place,
            place_search_key=search_key(entry.place),
            municipality=entry.municipality,
            created_on=today,
            created_by=actor.name,
        )
        line_count = rules.calculate_line_count(item.participants, entry)
        person_ids = [person.pk for person in persons]
        participants: Sequence[int | None] = person_ids or [None] * line_count
        price = item.price or 0
        ledger.approve_many(
            actor.authority_id,
            [
                ledger.NewLine(
                    module=queries.MODULE,
                    clinic_id=clinic_id,
                    person_id=person_id,
                    case_number=activity.number,
                    code=item.code,
                    text=item.name,
                    performed_on=entry.performed_on,
                    price=price,
                    created_on=today,
                )
                for person_id in participants
            ],
        )
        audit.record(
            "population_health.create_activity",
            actor,
            subject=(queries.SUBJECT, activity.number),
            person_ids=person_ids,
            after={
                "code": f"{item.code} {item.name}",
                "performed_on": entry.performed_on.isoformat(),
                "practitioner": around.post.name if around.post else "",
                "place": entry.place,
                "municipality": municipalities.name_of(entry.municipality),
                "count": line_count,
                "amount": price * line_count,
            },
        )
    return activity.number


def _checked(
    actor: Actor, entry: Entry, *, practitioner_id: int, today: date
) -> tuple["Item", Surroundings, list["IdentityNumber"]]:
    """Return what the activity is made with. Raises Refused; what the register says is told last."""
    item, around, numbers = reporting.surroundings(actor, entry, practitioner_id=practitioner_id, today=today)
    problems = rules.check_activity(entry, item, around)
    if item is None or problems:
        raise Refused(problems)
    problems = rules.check_participants(around)
    if problems:
        persons = [person.person_id for _, person in around.participants if person.person_id is not None]
        audit.record_read("population_health.check_participants", actor, person_ids=persons)
        raise Refused(problems)
    return item, around, numbers


def _next_number(authority_id: int) -> int:
    """Draw the next number; the counter is locked until the activity stands, so none is given twice."""
    ActivityNumberSeries.objects.get_or_create(authority_id=authority_id)
    series = ActivityNumberSeries.objects.select_for_update().get(authority_id=authority_id)
    ActivityNumberSeries.objects.filter(pk=series.pk).update(last_number=F("last_number") + 1)
    return series.last_number + 1
