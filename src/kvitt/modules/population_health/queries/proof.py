"""What breaks the agreement of the activities with the ledger, over the whole database."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet

from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.population_health.models import Activity
from kvitt.modules.population_health.queries.activities import MODULE
from kvitt.registers.price_lists.lifecycle import Participants


def breaches() -> Iterator[str]:
    """Say, one line each, which lines of the module and activities do not agree.

    Every line belongs to an activity of its authority and clinic, with its code, day and participant; every
    activity has lines, and a removed one only removed lines. Source: spec CO-23, PH-3, PH-7.
    """
    of_line = Activity.objects.filter(authority=OuterRef("authority"), number=OuterRef("case_number"))
    lines = ledger.lines_of_module(MODULE)
    for line_id, number in lines.exclude(Exists(of_line)).order_by("pk").values_list("pk", "case_number"):
        yield f"line {line_id}: there is no activity {number}"
    alike = of_line.filter(
        clinic=OuterRef("clinic"), code=OuterRef("code"), performed_on=OuterRef("performed_on")
    )
    for line_id, number in (
        lines.filter(Exists(of_line)).exclude(Exists(alike)).order_by("pk").values_list("pk", "case_number")
    ):
        yield f"line {line_id}: differs from its activity {number} in clinic, code or date"
    named = Exists(of_line.filter(participants=Participants.NAMED))
    unnamed = Exists(of_line.exclude(participants=Participants.NAMED))
    wrong = lines.filter(Q(named, person__isnull=True) | Q(unnamed, person__isnull=False))
    for line_id, number in wrong.order_by("pk").values_list("pk", "case_number"):
        yield f"line {line_id}: whether it names a person differs from its activity {number}"
    of_activity = lines.filter(authority=OuterRef("authority"), case_number=OuterRef("number"))
    for number in _numbers(Activity.objects.exclude(Exists(of_activity))):
        yield f"activity {number}: has no lines"
    removed = Activity.objects.filter(deleted_at__isnull=False)
    for number in _numbers(removed.filter(Exists(of_activity.exclude(status=LineStatus.WITHDRAWN)))):
        yield f"activity {number}: is removed, but not all its lines are"


def _numbers(activities: QuerySet[Activity]) -> QuerySet[Activity, str]:
    return activities.order_by("pk").values_list("number", flat=True)
