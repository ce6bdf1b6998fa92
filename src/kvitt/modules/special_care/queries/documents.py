"""The documents and physical attachments of a plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Problem
from kvitt.modules.special_care.models import TreatmentPlan
from kvitt.modules.special_care.queries import plans
from kvitt.modules.special_care.rules import plan as rules
from kvitt.preauthorization.queries import documents as case_documents
from kvitt.preauthorization.queries.documents import (
    CaseDocument,
    CaseKey,
    CaseToReport,
    DocumentDialog,
    DocumentSection,
)
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents import queries as documents
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people import queries as people


def key_of(plan: TreatmentPlan) -> CaseKey:
    """Return what the registers know the plan by."""
    return CaseKey(plan.authority_id, plans.MODULE, plan.number)


def section(actor: Actor, plan: TreatmentPlan, *, is_decided: bool) -> DocumentSection:
    """Return the documents and parcels of a plan that the actor sees. Source: spec SC-4, NA-10, NA-11."""
    may_report = plans.may_report(actor, plan)
    problems = rules.check_documents_open(is_decided=is_decided) if may_report else []
    return case_documents.section(actor, key_of(plan), may_report=may_report, addition_problems=problems)


def addition_problems(plan: TreatmentPlan) -> list[Problem]:
    """Tell why nothing can be added to the plan now, or nothing; a waiting request lets more come."""
    request = plans.request_of(plan)
    return rules.check_documents_open(is_decided=request is not None and request.is_decided)


def document(actor: Actor, number: str, document_id: int) -> CaseDocument:
    """Return a document of a plan that the actor sees. Raises Http404 for a removed one, another plan's."""
    plan = plans.plan(actor, number)
    found = documents.document(*key_of(plan).parts, document_id)
    return CaseDocument(found, plans.patient_of(plan), plan.person_id)


def addition(actor: Actor, number: str, *, today: date, session: SessionBase) -> DocumentDialog:
    """Return what *Lägg till dokument* says. Raises as `case_to_report`."""
    plan = plans.plan_to_report(actor, number)
    return DocumentDialog(_named(plan, today=today, session=session), addition_problems(plan))


def case_to_report(actor: Actor, number: str, *, today: date, session: SessionBase) -> CaseToReport:
    """Return a plan as the dialogs of its documents name it.

    Raises Http404 for a plan out of sight, NotAllowed where the actor cannot report.
    """
    return _named(plans.plan_to_report(actor, number), today=today, session=session)


def _named(plan: TreatmentPlan, *, today: date, session: SessionBase) -> CaseToReport:
    name = people.shown_person(session, plan.person, day=today).name
    return CaseToReport(key_of(plan), name, plan.person_id)


@dataclass(frozen=True)
class ViewerPage:
    """A plan's documents one by one."""

    title: str
    crumbs: Sequence[Crumb]
    number: str
    plan_url: str
    patient: people.ShownPerson
    person_id: int
    clinic: Clinic
    viewer: documents.Viewer
    parcels: Sequence[documents.ShownParcel]


def viewer_page(actor: Actor, number: str, *, chosen: str, today: date, session: SessionBase) -> ViewerPage:
    """Return the viewer with the chosen document. Raises Http404 for a plan or document out of sight.

    Source: spec SC-4, NA-11.
    """
    plan = plans.plan(actor, number)
    key = key_of(plan)
    plan_url = reverse("special_care:plan", args=[plan.number])
    return ViewerPage(
        title=gettext("Documents"),
        crumbs=[
            Crumb(gettext("Preauthorizations"), reverse("special_care:search_plans")),
            Crumb(plan.number, plan_url),
            Crumb(gettext("Documents")),
        ],
        number=plan.number,
        plan_url=plan_url,
        patient=people.shown_person(session, plan.person, day=today),
        person_id=plan.person_id,
        clinic=plan.clinic,
        viewer=case_documents.viewer(key, chosen=chosen, page_url=key.url("view_documents")),
        parcels=case_documents.parcels_of(actor, key),
    )
