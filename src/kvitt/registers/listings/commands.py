"""Move patients between clinics, and settle the listings of records that are one person."""

from datetime import date
from uuid import UUID

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.listings import queries, rules
from kvitt.registers.listings.models import Listing
from kvitt.registers.people import commands as people_commands
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person


def list_patient(actor: Actor, *, today: date, code: UUID) -> Listing:
    """List the patient at the actor's clinic from today; the old listing ends the day before.

    Raises Refused, NotAllowed, Http404. The page has made sure that the actor reaches the patient.
    """
    with transaction.atomic():
        clinic = queries.clinic_to_list_at(actor)
        # Whoever moves the same patient waits here, and then sees this move.
        person = Person.objects.select_for_update(no_key=True).get(pk=people.person_of(actor, code).pk)
        refuse_if_any(queries.problems_of(person, clinic, today=today))
        record_ids = people.record_ids(person)
        old = queries.listing_on(person, today)
        _end(rules.plan_listing(queries.facts_of(person), today=today))
        listing = Listing.objects.create(person=person, clinic=clinic, first_on=today)
        audit.record(
            "listings.list_patient",
            actor,
            subject=("person", person.code),
            person_ids=record_ids,
            before=None if old is None else {"listing": old.pk, "clinic": str(old.clinic), "last_on": None},
            after={"listing": listing.pk, "clinic": str(clinic), "first_on": today.isoformat()},
        )
        return listing


def merge_persons(actor: Actor, *, today: date, code: UUID, other_code: UUID) -> Person:
    """Merge two records, and let one listing of the two go on. Raises Refused, Http404."""
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        remaining = people_commands.merge_persons(actor, today=today, code=code, other_code=other_code)
        plan = queries.joined_listings(remaining, today=today)
        _end(plan.endings)
        if plan.kept is not None:
            Listing.objects.filter(pk=plan.kept.id).update(person=remaining)
        audit.record(
            "listings.merge_persons",
            actor,
            subject=("person", remaining.code),
            person_ids=people.record_ids(remaining),
            after={
                "kept": plan.kept.id if plan.kept else None,
                "ended": {str(ending.id): ending.last_on.isoformat() for ending in plan.endings},
            },
        )
        return remaining


def set_revision_end(person: Person, *, clinic_id: int, revision_ends_on: date, today: date) -> bool:
    """Set the revision end of the listing that holds today, if it is at the clinic; tell whether it is.

    A step of a command that has locked the person and writes the event.
    """
    listing = queries.listing_on(person, today)
    if listing is None or listing.clinic_id != clinic_id:
        return False
    Listing.objects.filter(pk=listing.pk).update(revision_ends_on=revision_ends_on)
    return True


def _end(endings: tuple[rules.Ending, ...]) -> None:
    for ending in endings:
        Listing.objects.filter(pk=ending.id).update(last_on=ending.last_on)
