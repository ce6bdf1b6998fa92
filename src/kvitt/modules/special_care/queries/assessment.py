"""The assessor's desk: a request with its plan and the patient's other preauthorizations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.sessions.backends.base import SessionBase

from kvitt.foundation.forms import Form
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.queries import plans
from kvitt.modules.special_care.queries.documents import key_of
from kvitt.modules.special_care.queries.plan_page import category_text, certificate_text, validity_text
from kvitt.modules.special_care.rules import plan as rules
from kvitt.preauthorization import queries as preauthorization
from kvitt.preauthorization.lifecycle import RequestStatus
from kvitt.preauthorization.queries import documents
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents.queries import ShownParcel, Viewer
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people import queries as people
from kvitt.registers.price_lists import queries as price_lists

PLAN_MONTHS = "special_care.plan_months"
TAKEN_BACK = _("The clinic has taken the request back. It waits for no decision now.")


class TakenBack(Refused):
    """The clinic has taken the request back: there is nothing to assess until it is sent again."""


@dataclass(frozen=True)
class AssessmentPage:
    """What the desk shows: the request with its plan and the patient's other preauthorizations."""

    number: str
    patient: people.ShownPerson
    person_id: int
    clinic: Clinic
    support: SupportType
    category: str
    certificate: str
    desk: preauthorization.Desk
    initial: Mapping[str, object]
    validity: str
    viewer: Viewer
    parcels: Sequence[ShownParcel]
    others: Sequence[tuple[str, str]]
    form: Form | None = None


def assessment_page(
    actor: Actor, number: str, request_id: int, *, chosen: str, today: date, session: SessionBase
) -> AssessmentPage:
    """Return the desk of a request, with the document named by `?document=`, else the first.

    Raises as `plans.request_to_assess`, and TakenBack for one that does not wait. Source: spec SC-4, NA-20.
    """
    plan, found = plans.request_to_assess(actor, number, request_id)
    if found.status == RequestStatus.NOT_SENT:
        raise TakenBack([Problem("taken_back", TAKEN_BACK)])
    desk = preauthorization.desk(found, {}, today=today, may_change=True)
    months = price_lists.parameter(plan.authority_id, PLAN_MONTHS, on=today)
    proposed = rules.calculate_validity(today, months=months)
    key = key_of(plan)
    patient = plans.patient_of(plan)
    return AssessmentPage(
        number=plan.number,
        patient=people.shown_person(session, plan.person, day=today),
        person_id=plan.person_id,
        clinic=plan.clinic,
        support=SupportType(plan.support),
        category=category_text(plan),
        certificate=certificate_text(plan, today=today),
        desk=desk,
        initial={"first_on": proposed.first, "last_on": proposed.last, **desk.draft},
        validity=validity_text(plan),
        viewer=documents.viewer(key, chosen=chosen, page_url=preauthorization.assess_url(found)),
        parcels=documents.parcels_of(actor, key),
        others=[
            (one.number, validity_text(one)) for one in plans.approved_plans(patient) if one.pk != plan.pk
        ],
    )
