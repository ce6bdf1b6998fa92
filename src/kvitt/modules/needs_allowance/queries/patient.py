"""The tab *Behovspeng* of the patient page, and the questions it asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.problems import Problem
from kvitt.modules.needs_allowance.queries import cases, reporting
from kvitt.modules.needs_allowance.rules import case as case_rules
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.listings import queries as listings
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people


@dataclass(frozen=True)
class CaseRow:
    """A case of the patient."""

    number: str
    url: str
    first_on: date
    last_on: date
    may_delete: bool


@dataclass(frozen=True)
class PatientCasesPage:
    """The patient page with the patient's cases."""

    title: str
    patient: listings.PatientPage
    tabs: Sequence[object]
    person_id: int
    rows: Sequence[CaseRow]
    may_report: bool
    create_problem: str


def patient_cases(actor: Actor, code: UUID, *, today: date, session: SessionBase) -> PatientCasesPage:
    """Return the patient's cases that the actor may see. Raises Http404 for a patient out of reach.

    Source: behovspeng, figures 2, 4 and 11; spec NA-2, NA-16.
    """
    person = people.person_of(actor, code)
    found = cases.cases_of_patient(actor, person)
    if found:  # a case at one's own unit opens the patient, listed there or not
        people.remember_patient(session, person)
    patient = listings.patient_page(actor, code, today=today, session=session)
    clinic_id = actor.clinic_id if actor.may(Permission.REPORT_CASES) else None
    return PatientCasesPage(
        title=gettext("Manage patient"),
        patient=patient,
        tabs=listings.patient_tabs(actor, code, current=cases.MODULE),
        person_id=person.pk,
        rows=[
            CaseRow(
                number=case.number,
                url=reverse("needs_allowance:case", args=[case.number]),
                first_on=case.first_on,
                last_on=case.last_on,
                may_delete=clinic_id is not None and case.clinic_id == clinic_id and not reported_codes,
            )
            for case, reported_codes in found
        ],
        may_report=clinic_id is not None,
        create_problem=_create_problem(actor.authority_id, clinic_id, today=today) if clinic_id else "",
    )


def _create_problem(authority_id: int, clinic_id: int, *, today: date) -> str:
    """Return why the clinic can make no case now, in words, or nothing."""
    authority = organisations.authority(authority_id)
    problems = reporting.reporting_problems(authority, clinic_id, today=today)
    return " ".join(map(problem_text, problems))


@dataclass(frozen=True)
class CreationDialog:
    """What *Skapa behovspengsärende* says of the patient."""

    patient_name: str
    person_id: int


def creation(actor: Actor, code: UUID, *, today: date, session: SessionBase) -> CreationDialog:
    """Return for whom a case is to be made.

    Raises Http404 for a patient out of reach, NotAllowed where the actor cannot report.
    """
    page = patient_cases(actor, code, today=today, session=session)
    cases.reporting_clinic(actor)
    return CreationDialog(page.patient.shown.name, page.person_id)


@dataclass(frozen=True)
class DeletionDialog:
    """What the question before a case is deleted says; `problems` are why it cannot be."""

    patient_name: str
    person_id: int
    back_url: str
    problems: Sequence[Problem]


def deletion(actor: Actor, number: str, *, today: date, session: SessionBase) -> DeletionDialog:
    """Return the question. Raises Http404 for a case out of sight, NotAllowed for who cannot report."""
    case = cases.case_to_report(actor, number)
    shown = people.shown_person(session, case.person, day=today)
    return DeletionDialog(
        patient_name=shown.name,
        person_id=case.person_id,
        back_url=reverse("needs_allowance:patient_cases", args=[shown.code]),
        problems=case_rules.check_deletion([one.facts() for one in cases.procedures_of(case)]),
    )
