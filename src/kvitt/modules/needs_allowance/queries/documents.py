"""The documents and physical attachments of a case: what its page, its dialogs and its viewer show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.modules.needs_allowance.models import Case
from kvitt.modules.needs_allowance.queries import cases
from kvitt.modules.needs_allowance.rules import case as case_rules
from kvitt.preauthorization import queries as preauthorization
from kvitt.preauthorization.queries import documents as case_documents
from kvitt.preauthorization.queries.documents import CaseDocument, CaseToReport, DocumentDialog
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents import queries as documents
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people import queries as people


def section(actor: Actor, case: Case, *, today: date) -> case_documents.DocumentSection:
    """Return the documents and parcels of a case that the actor sees.

    Source: behovspeng, figures 5-7; spec NA-10, NA-11, NA-19.
    """
    may_report = cases.may_report(actor, case)
    problems = addition_problems(case, today=today) if may_report else []
    return case_documents.section(actor, key_of(case), may_report=may_report, addition_problems=problems)


def addition_problems(case: Case, *, today: date) -> list[Problem]:
    """Tell why nothing can be added to the case now, or nothing; a waiting request lets more come."""
    has_ended = bool(case_rules.check_open(case.period, today=today))
    requests = preauthorization.requests_of(*key_of(case).parts) if has_ended else []
    is_waiting = any(request.is_sent for request in requests)
    return case_rules.check_documents_open(case.period, today=today, is_waiting=is_waiting)


def document(actor: Actor, number: str, document_id: int) -> CaseDocument:
    """Return a document of a case that the actor sees. Raises Http404 for a removed one, another case's."""
    case = cases.case(actor, number)
    found = documents.document(*key_of(case).parts, document_id)
    return CaseDocument(found, cases.patient_of(case), case.person_id)


def key_of(case: Case) -> case_documents.CaseKey:
    """Return what the registers know the case by."""
    return case_documents.CaseKey(case.authority_id, cases.MODULE, case.number)


# Dialogs and viewer -------------------------------------------------------------------------------


def addition(actor: Actor, number: str, *, today: date, session: SessionBase) -> DocumentDialog:
    """Return what *Lägg till dokument* says. Raises as `case_to_report`."""
    case = cases.case_to_report(actor, number)
    return DocumentDialog(_named(case, today=today, session=session), addition_problems(case, today=today))


def case_to_report(actor: Actor, number: str, *, today: date, session: SessionBase) -> CaseToReport:
    """Return a case as the dialogs of its documents name it.

    Raises Http404 for a case out of sight, NotAllowed where the actor cannot report.
    """
    return _named(cases.case_to_report(actor, number), today=today, session=session)


def _named(case: Case, *, today: date, session: SessionBase) -> CaseToReport:
    name = people.shown_person(session, case.person, day=today).name
    return CaseToReport(key_of(case), name, case.person_id)


@dataclass(frozen=True)
class ViewerPage:
    """A case's documents one by one, beside what the case is about."""

    title: str
    crumbs: Sequence[Crumb]
    number: str
    case_url: str
    patient: people.ShownPerson
    person_id: int
    clinic: Clinic
    period: Period
    viewer: documents.Viewer
    parcels: Sequence[documents.ShownParcel]


def viewer_page(actor: Actor, number: str, *, chosen: str, today: date, session: SessionBase) -> ViewerPage:
    """Return the viewer with the chosen document. Raises Http404 for a case or document out of sight.

    Source: spec NA-11, NA-20.
    """
    case = cases.case(actor, number)
    case_url = reverse("needs_allowance:case", args=[number])
    page_url = reverse("needs_allowance:view_documents", args=[number])
    return ViewerPage(
        title=gettext("Documents"),
        crumbs=[
            Crumb(gettext("Needs-allowance cases"), reverse("needs_allowance:search_cases")),
            Crumb(number, case_url),
            Crumb(gettext("Documents")),
        ],
        number=number,
        case_url=case_url,
        patient=people.shown_person(session, case.person, day=today),
        person_id=case.person_id,
        clinic=case.clinic,
        period=case.period,
        viewer=case_documents.viewer(key_of(case), chosen=chosen, page_url=page_url),
        parcels=case_documents.parcels_of(actor, key_of(case)),
    )
