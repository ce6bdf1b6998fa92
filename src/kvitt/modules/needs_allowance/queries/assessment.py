"""The assessor's desk: a request with the whole case that it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404

from kvitt.foundation.forms import Form
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.needs_allowance.models import Case
from kvitt.modules.needs_allowance.queries import cases
from kvitt.modules.needs_allowance.queries.case_page import CasePage, ProcedureRow, case_page
from kvitt.modules.needs_allowance.queries.documents import key_of
from kvitt.preauthorization import queries as preauthorization
from kvitt.preauthorization.lifecycle import RequestStatus
from kvitt.preauthorization.models import Preauthorization
from kvitt.preauthorization.queries import documents
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.documents.queries import ShownParcel, Viewer

TAKEN_BACK = _("The clinic has taken the request back. It waits for no decision now.")


class TakenBack(Refused):
    """The clinic has taken the request back: there is nothing to assess until it is sent again."""


@dataclass(frozen=True)
class AssessmentPage:
    """What the desk shows: the request, its case, and the lines of the case that it does not ask about."""

    case: CasePage
    desk: preauthorization.Desk
    other_rows: Sequence[ProcedureRow]
    viewer: Viewer
    parcels: Sequence[ShownParcel]
    form: Form | None = None


def request_to_assess(
    actor: Actor, number: str, request_id: int, *, lock: bool = False
) -> tuple[Case, Preauthorization]:
    """Return a request that was sent, with its case, both locked where they are about to change.

    Raises Http404 where the actor sees no such thing, NotAllowed where he does not assess.
    """
    case = cases.case(actor, number, lock=lock)
    actor.require(Permission.ASSESS_REQUESTS)
    found = preauthorization.request(case.authority_id, cases.MODULE, number, request_id, lock=lock)
    if found.sent_on is None:
        raise Http404
    return case, found


def assessment_page(
    actor: Actor, number: str, request_id: int, *, chosen: str, today: date, session: SessionBase
) -> AssessmentPage:
    """Return the desk of a request, with the document named by `?document=`, else the first.

    Raises as `request_to_assess`, and TakenBack for one that does not wait.

    Source: spec NA-20.
    """
    case, found = request_to_assess(actor, number, request_id)
    if found.status == RequestStatus.NOT_SENT:
        raise TakenBack([Problem("taken_back", TAKEN_BACK)])
    key = key_of(case)
    page = case_page(actor, number, today=today, session=session)
    now = {row.id: preauthorization.ProcedureNow(row.amount, row.performed_on) for row in page.rows}
    desk = preauthorization.desk(found, now, today=today)
    asked = {procedure.key for procedure in desk.procedures}
    return AssessmentPage(
        case=page,
        desk=desk,
        other_rows=[row for row in page.rows if row.id not in asked],
        viewer=documents.viewer(key, chosen=chosen, page_url=preauthorization.assess_url(found)),
        parcels=documents.parcels_of(actor, key),
    )
