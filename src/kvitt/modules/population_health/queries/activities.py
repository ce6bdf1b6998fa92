"""Find activities: those the actor may see, one of them, by search, and who reports for which clinic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from kvitt.foundation.values import municipalities
from kvitt.foundation.values.case_numbers import complete_number
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.text import search_key
from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.population_health.models import Activity
from kvitt.registers.access.rules import Actor, NotAllowed, Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import Clinic, Practitioner
from kvitt.registers.price_lists import queries as price_lists

MODULE = "population_health"
# The log names an activity by its number.
SUBJECT = "population_health.case"


def activities_of(actor: Actor) -> QuerySet[Activity]:
    """Return the activities the actor may see, removed ones not. Raises NotAllowed without the permission."""
    actor.require(Permission.SEE_ACTIVITIES)
    activities = Activity.objects.filter(authority_id=actor.authority_id, deleted_at__isnull=True)
    if actor.clinic_ids is not None:
        activities = activities.filter(clinic_id__in=actor.clinic_ids)
    return activities


def activity(actor: Actor, number: str, *, lock: bool = False) -> Activity:
    """Return one activity the actor may see, locked where it is about to change. Raises Http404 else."""
    activities = activities_of(actor)
    if lock:
        activities = activities.select_for_update(no_key=True)
    else:
        activities = activities.select_related("clinic__provider", "practitioner")
    found = activities.filter(number=complete_number(number)).first()
    if found is None:
        raise Http404
    return found


def reporting_clinic(actor: Actor) -> int:
    """Return the clinic the actor reports for. Raises NotAllowed at provider and authority level (PH-1)."""
    return _own_clinic(actor, Permission.REPORT_ACTIVITIES)


def activity_to_report(actor: Actor, number: str, *, lock: bool = False) -> Activity:
    """Return an activity of the actor's own clinic. Raises Http404 where he sees none, else NotAllowed."""
    return _own_activity(actor, number, Permission.REPORT_ACTIVITIES, lock=lock)


def activity_to_credit(actor: Actor, number: str, *, lock: bool = False) -> Activity:
    """Return an activity of the actor's own clinic, a closed one too. Raises as `activity_to_report`."""
    return _own_activity(actor, number, Permission.CREDIT_ACTIVITIES, lock=lock)


def may_report(actor: Actor, found: Activity) -> bool:
    """Tell whether the actor may report in the activity."""
    return actor.may(Permission.REPORT_ACTIVITIES) and actor.clinic_id == found.clinic_id


def may_credit(actor: Actor, found: Activity) -> bool:
    """Tell whether the actor may credit in the activity."""
    return actor.may(Permission.CREDIT_ACTIVITIES) and actor.clinic_id == found.clinic_id


def _own_clinic(actor: Actor, permission: Permission) -> int:
    actor.require(permission)
    if actor.clinic_id is None:
        raise NotAllowed(permission.value)
    return actor.clinic_id


def _own_activity(actor: Actor, number: str, permission: Permission, *, lock: bool) -> Activity:
    found = activity(actor, number, lock=lock)
    if found.clinic_id != _own_clinic(actor, permission):
        raise NotAllowed(permission.value)
    return found


# Search -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActivityRow:
    """An activity as the search shows it, with what its procedures come to; `amount` in öre.

    `count` and `amount` are those of its page: credited procedures too.
    """

    pk: int
    activity: Activity
    count: int
    amount: Ore
    statuses: Sequence[tuple[LineStatus, int]]
    may_remove: bool

    @property
    def status(self) -> Labelled | None:
        """The one status of all its procedures, the removed ones left out; None unless there is one."""
        return self.statuses[0][0] if len(self.statuses) == 1 else None


@dataclass(frozen=True)
class OfferedFilters:
    """What the search offers to choose among.

    `practitioners` is None where a clinic is chosen first: those of a whole authority are too many.
    """

    codes: Sequence[tuple[str, str]]
    municipalities: Sequence[tuple[str, str]]
    practitioners: Sequence[Practitioner] | None
    clinics: Sequence[Clinic]
    may_report: bool


def offered_filters(actor: Actor, *, clinic: str) -> OfferedFilters:
    """Return what the actor's search offers; `clinic` is the one chosen now, as the address says it."""
    actor.require(Permission.SEE_ACTIVITIES)
    clinics = list(organisations.clinics_of(actor))
    chosen = [one.pk for one in clinics if str(one.pk) == clinic]
    searched = chosen or actor.clinic_ids
    county = organisations.authority(actor.authority_id).county
    return OfferedFilters(
        codes=[(code, f"{code} {name}") for code, name in price_lists.code_names(actor.authority_id, MODULE)],
        municipalities=[(one.code, one.name) for one in municipalities.in_county(county)],
        practitioners=None if searched is None else organisations.practitioners_of(searched),
        clinics=clinics,
        may_report=actor.may(Permission.REPORT_ACTIVITIES) and actor.clinic_id is not None,
    )


def search_activities(
    actor: Actor,
    *,
    first_on: date | None = None,
    last_on: date | None = None,
    code: str = "",
    municipality: str = "",
    practitioner_id: int | None = None,
    place: str = "",
    clinic_id: int | None = None,
    status: str = "",
) -> QuerySet[Activity]:
    """Return the actor's activities that every given filter lets through.

    `status` keeps those with at least one procedure of that status. Among its own activities a clinic finds
    any part of a place; over a whole authority, where reading every place would take too long, its beginning.

    Source: befolkningsansvar, chapter 3; spec PH-4, CO-25.
    """
    activities = activities_of(actor).select_related("clinic", "practitioner")
    if first_on:
        activities = activities.filter(performed_on__gte=first_on)
    if last_on:
        activities = activities.filter(performed_on__lte=last_on)
    if code:
        activities = activities.filter(code=code)
    if municipality:
        activities = activities.filter(municipality=municipality)
    if practitioner_id:
        activities = activities.filter(practitioner_id=practitioner_id)
    if place:
        how = "contains" if finds_parts(actor) else "startswith"
        activities = activities.filter(**{f"place_search_key__{how}": search_key(place)})
    if clinic_id:
        activities = activities.filter(clinic_id=clinic_id)
    if status:
        numbers = ledger.case_numbers_with(actor, MODULE, LineStatus(status))
        activities = activities.filter(number__in=numbers)
    return activities


def finds_parts(actor: Actor) -> bool:
    """Tell whether the actor finds any part of a place, or only its beginning."""
    return actor.clinic_ids is not None


def with_sums(actor: Actor, activities: Sequence[Activity]) -> list[ActivityRow]:
    """Return a page of activities with the count, sum and statuses of their procedures, removed ones not."""
    counts = ledger.counts_by_status(actor.authority_id, MODULE, [found.number for found in activities])
    rows = []
    for found in activities:
        live = [one for one in counts.get(found.number, ()) if one.status is not LineStatus.WITHDRAWN]
        rows.append(
            ActivityRow(
                pk=found.pk,
                activity=found,
                count=sum(one.count for one in live),
                amount=sum(one.amount for one in live),
                statuses=[(one.status, one.count) for one in live],
                may_remove=not live and may_report(actor, found),
            )
        )
    return rows
