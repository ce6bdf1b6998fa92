"""Figures and work of needs allowance for the start page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries.cases import MODULE, cases_of, patient_of, search_cases
from kvitt.preauthorization import queries as preauthorization
from kvitt.registers.access.rules import Actor

if TYPE_CHECKING:
    from kvitt.preauthorization.models import Preauthorization

WARNING_DAYS = 30


@dataclass(frozen=True)
class WorkItem:
    """Something to do in a case; `task` and `detail` are msgids, `count` fills the detail."""

    task: str
    detail: str
    count: int
    name: str
    identity_number: str
    is_protected: bool
    person_id: int
    case_number: str
    due_on: date
    url: str


def waiting_sums(actor: Actor) -> ledger.WaitingSums:
    """Return what the actor's clinics could invoice now, and what they have to credit. Source: spec NA-25."""
    return ledger.waiting_sums(actor, MODULE)


def requiring_preauthorization(actor: Actor) -> int:
    """Return how many procedures in the actor's cases wait for a request for preauthorization."""
    requiring = Procedure.objects.filter(
        case__in=cases_of(actor), status=ProcedureStatus.REQUIRES_PREAUTHORIZATION
    )
    return requiring.count()


def unread_decisions(actor: Actor) -> int:
    """Return in how many cases there is a decision that nobody has marked as read.

    Source: behovspeng, figure 18; spec NA-22.
    """
    return search_cases(actor, is_unread=True).count()


def work_list(actor: Actor, *, today: date, limit: int = 6) -> Sequence[WorkItem]:
    """Return what waits in the actor's cases, the most urgent first.

    First what the assessing dentist asks and has decided, then what remains in cases with a running period.
    """
    items = _answers_and_decisions(actor, limit=limit)
    undone = Q(procedures__line__status=LineStatus.APPROVED, procedures__performed_on__isnull=True)
    requiring = Q(procedures__status=ProcedureStatus.REQUIRES_PREAUTHORIZATION)
    cases = (
        cases_of(actor)
        .filter(last_on__gte=today, first_on__lte=today)
        .annotate(undone=Count("procedures", filter=undone), requiring=Count("procedures", filter=requiring))
        .filter(Q(undone__gt=0) | Q(requiring__gt=0))
        .select_related("person__merged_into")
        .order_by("last_on", "id")[: limit - len(items)]
    )
    return [*items, *(_item(case, case.undone, case.requiring, today) for case in cases)]


def _answers_and_decisions(actor: Actor, *, limit: int) -> list[WorkItem]:
    """Return one item per request that is asked for more, or whose decision is unread."""
    waiting = preauthorization.waiting_for_clinic(actor, MODULE, limit=limit)
    if not waiting:
        return []
    numbers = {request.case_number for request in waiting}
    cases = {
        case.number: case
        for case in cases_of(actor).filter(number__in=numbers).select_related("person__merged_into")
    }
    return [
        _request_item(cases[request.case_number], request)
        for request in waiting
        if request.case_number in cases
    ]


def _request_item(case: Case, request: "Preauthorization") -> WorkItem:
    if request.is_decided:
        task, detail = _("Read the decision"), _("Preauthorization")
    else:
        task, detail = _("Answer the assessing dentist"), _("Completion requested")
    patient = patient_of(case)
    return WorkItem(
        task=task,
        detail=detail,
        count=1,
        name=patient.name,
        identity_number=patient.identity_number,
        is_protected=patient.is_protected,
        person_id=patient.pk,
        case_number=case.number,
        due_on=case.last_on,
        url=reverse("needs_allowance:request", args=[case.number, request.pk]),
    )


def _item(case: Case, undone: int, requiring: int, today: date) -> WorkItem:
    if case.last_on <= today + timedelta(days=WARNING_DAYS):
        task, detail, count = (
            _("The assessment period ends"),
            _("Not performed: %(count)s"),
            undone + requiring,
        )
    elif undone:
        task, detail, count = _("Give the treatment date"), _("Approved, not performed: %(count)s"), undone
    else:
        task, detail, count = _("Requires preauthorization"), _("Codes: %(count)s"), requiring
    patient = patient_of(case)
    return WorkItem(
        task=task,
        detail=detail,
        count=count,
        name=patient.name,
        identity_number=patient.identity_number,
        is_protected=patient.is_protected,
        person_id=patient.pk,
        case_number=case.number,
        due_on=case.last_on,
        url=reverse("needs_allowance:case", args=[case.number]),
    )
