"""Find activities: those the actor may see, one of them, and who reports for which clinic."""

from django.db.models import QuerySet
from django.http import Http404

from kvitt.foundation.values.case_numbers import complete_number
from kvitt.modules.population_health.models import Activity
from kvitt.registers.access.rules import Actor, NotAllowed, Permission

MODULE = "population_health"
# The log names an activity by its number.
SUBJECT = "population_health.activity"


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
