"""Find patients: anybody by number, one's own by name."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext

from kvitt.foundation.values import identity
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.needs_allowance.queries import cases
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.listings import queries as listings
from kvitt.registers.listings import rules as listing_rules
from kvitt.registers.listings.models import Listing
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person

MOST_SHOWN = 50
LONGEST = 100
_FOUND = "portal.found"

TOO_LONG = _("A name or number has at most %(count)s characters. Write a part of it.")
_HINT = _("A number finds anybody in the register, a name your own patients.")
NOTHING_TYPED = _("Write a name, a part of one, or a personal identity number.")
NUMBER_NOT_FOUND = _(
    "Nobody with the number %(number)s is in the register. Check the number, or contact %(contact)s."
)
NAME_NOT_FOUND = _(
    "No patient's name holds %(text)s. Names are searched among those who are listed at your unit or have "
    "a case there. Search by personal identity number to find anybody else."
)


@dataclass(frozen=True)
class FoundPatients:
    """What a search found; `fault` says what is wrong with what was typed, `nobody` that none matches.

    `only_code` leads to the one person found; several are kept in the session for the results page.
    """

    person_ids: Sequence[int] = ()
    only_code: UUID | None = None
    fault: Problem | None = None
    nobody: Problem | None = None


@dataclass(frozen=True)
class PatientRow:
    """A found patient as the results page lists him or her; a protected name is hidden."""

    person_id: int
    code: UUID
    number: str
    name: str
    birth_year: int | None
    clinic: str


@dataclass(frozen=True)
class FoundPage:
    """Everything the results page shows; the search form stands above it."""

    title: str
    lead: str
    rows: Sequence[PatientRow]
    typed: str
    empty: str
    more: str


def find_patients(actor: Actor, session: SessionBase, text: str, *, today: date) -> FoundPatients:
    """Return whom the text means: a full number anybody, a name those of the actor's own units.

    The session remembers them, so their pages open. Raises NotAllowed for who may not see patients.
    Source: spec CO-8, CO-13.
    """
    actor.require(Permission.SEE_PATIENTS)
    typed = " ".join(text.replace("\0", " ").split())
    if not typed:
        return FoundPatients(fault=Problem("nothing_typed", NOTHING_TYPED, field="q"))
    if len(typed) > LONGEST:
        return FoundPatients(fault=Problem("too_long", TOO_LONG, field="q", values={"count": LONGEST}))
    if re.search(r"[0-9]", typed):
        return _by_number(actor, session, typed, today=today)
    return _by_name(actor, session, typed)


def found_page(actor: Actor, session: SessionBase, *, today: date) -> FoundPage:
    """Return the session's last result, for the unit it was searched at. Raises as `find_patients` does."""
    actor.require(Permission.SEE_PATIENTS)
    kept = session.get(_FOUND, {})
    is_own = kept.get("unit") == _unit(actor)
    rows = _rows(actor, kept["persons"], today=today) if is_own else []
    lead = ngettext("%(count)s patient found", "%(count)s patients found", len(rows))
    return FoundPage(
        title=gettext("Search patient"),
        lead=lead % {"count": len(rows)} if rows else gettext(_HINT),
        rows=rows,
        typed=kept["typed"] if is_own else "",
        empty=gettext("There is no search result. Search by name or number."),
        more=gettext("Only the first %(count)s are shown. Write more of the name.") % {"count": MOST_SHOWN}
        if is_own and kept["has_more"]
        else "",
    )


def nobody_page(found: FoundPatients) -> FoundPage:
    """Return the results page of a search that found nobody, with the reason in words."""
    problem = found.nobody
    empty = gettext(problem.message) % problem.values if problem else ""
    return FoundPage(
        title=gettext("Search patient"), lead=gettext(_HINT), rows=[], typed="", empty=empty, more=""
    )


def _rows(actor: Actor, person_ids: Iterable[int], *, today: date) -> list[PatientRow]:
    """Return persons as rows, by name, each with the clinic where he or she is listed that day."""
    persons = Person.objects.filter(authority_id=actor.authority_id, id__in=list(person_ids))
    clinics = _clinics(persons, today=today)
    return [
        PatientRow(
            person_id=person.pk,
            code=person.code,
            number=person.identity_number,
            name=people.listed_name(person),
            birth_year=person.born_on.year if person.born_on else None,
            clinic=clinics.get(person.pk, ""),
        )
        for person in persons.order_by("sort_key", "id")
    ]


def _clinics(persons: QuerySet[Person], *, today: date) -> dict[int, str]:
    """Return the clinic at which each is listed that day, in one statement."""
    rows = Listing.objects.filter(
        Q(person__in=persons) | Q(person__merged_into__in=persons), first_on__lte=today
    )
    held: dict[int, str] = {}
    for row in rows.select_related("person__merged_into", "clinic").order_by("first_on", "id"):
        patient = listings.patient_of(row)
        period = listing_rules.calculate_period(
            row.first_on, row.last_on, died_on=patient.died_on, closed_on=row.clinic.closed_on
        )
        if period.contains(today):
            held[patient.pk] = str(row.clinic)
    return held


def _by_number(actor: Actor, session: SessionBase, typed: str, *, today: date) -> FoundPatients:
    numbers = people.numbers_in(actor, typed, today=today)
    if not numbers:
        patterns = people.reserve_patterns(actor.authority_id)
        [problem, *_others] = identity.check_identity_number(typed, today, patterns)
        return FoundPatients(fault=replace(problem, field="q"))
    owners = [people.find_by_number(actor, number.digits) for number in numbers]
    found = list({owner.pk: owner for owner in owners if owner is not None}.values())
    if not found:
        contact = organisations.authority(actor.authority_id).contact
        values = {"number": " / ".join(map(str, numbers)), "contact": contact}
        return FoundPatients(nobody=Problem("number_not_found", NUMBER_NOT_FOUND, values=values))
    return _found(actor, session, found, strangers=found)


def _by_name(actor: Actor, session: SessionBase, typed: str) -> FoundPatients:
    listed = listings.listed_person_ids(actor)
    own = people.search_by_name(actor, typed, person_ids=listed)
    own |= people.search_by_name(actor, typed, person_ids=cases.person_ids_with_cases(actor))
    found = list(own[: MOST_SHOWN + 1])
    if not found:
        return FoundPatients(nobody=Problem("name_not_found", NAME_NOT_FOUND, values={"text": typed}))
    ids = [person.pk for person in found]
    known = set(listed.filter(Q(person_id__in=ids) | Q(person__merged_into_id__in=ids)))
    strangers = [person for person in found if person.pk not in known]
    return _found(actor, session, found, strangers=strangers, typed=typed)


def _found(
    actor: Actor,
    session: SessionBase,
    found: Sequence[Person],
    *,
    strangers: Sequence[Person],
    typed: str = "",
) -> FoundPatients:
    """Let the session open those who are not the clinic's own, and keep several for the results page."""
    for person in strangers:
        people.remember_patient(session, person)
    person_ids = [person.pk for person in found]
    if len(found) == 1:
        return FoundPatients(person_ids=person_ids, only_code=found[0].code)
    session[_FOUND] = {
        "unit": _unit(actor),
        "persons": person_ids[:MOST_SHOWN],
        "has_more": len(found) > MOST_SHOWN,
        "typed": typed,
    }
    return FoundPatients(person_ids=person_ids[:MOST_SHOWN])


def _unit(actor: Actor) -> str:
    return f"{actor.user_id} {actor.scope.value}:{actor.unit_id}"
