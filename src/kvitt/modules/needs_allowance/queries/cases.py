"""Find cases: by number, by patient, by search; and what stands in one."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404

from kvitt.foundation.values.case_numbers import complete_number
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.rules.case import OtherCase
from kvitt.preauthorization import queries as preauthorization
from kvitt.registers.access.rules import Actor, NotAllowed, Permission
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person

if TYPE_CHECKING:
    from kvitt.audit.commands import About

MODULE = "needs_allowance"
# The log names a case by its number.
SUBJECT = "needs_allowance.case"


def cases_of(actor: Actor) -> QuerySet[Case]:
    """Return the cases the actor may see, deleted ones not. Raises NotAllowed without the permission."""
    actor.require(Permission.SEE_CASES)
    cases = Case.objects.filter(authority_id=actor.authority_id, deleted_at__isnull=True)
    if actor.clinic_ids is not None:
        cases = cases.filter(clinic_id__in=actor.clinic_ids)
    return cases


def case(actor: Actor, number: str, *, lock: bool = False) -> Case:
    """Return one case the actor may see, locked where it is about to change. Raises Http404 for any other."""
    cases = cases_of(actor)
    if lock:
        cases = cases.select_for_update(no_key=True)
    else:
        cases = cases.select_related("person__merged_into", "clinic__provider", "clinic__authority")
    found = cases.filter(number=number).first()
    if found is None:
        raise Http404
    return found


def reporting_clinic(actor: Actor) -> int:
    """Return the clinic the actor reports for. Raises NotAllowed at provider and authority level (CO-5)."""
    return _own_clinic(actor, Permission.REPORT_CASES)


def case_to_report(actor: Actor, number: str, *, lock: bool = False) -> Case:
    """Return a case of the actor's own clinic. Raises Http404 where he sees none, NotAllowed for another."""
    return _own_case(actor, number, Permission.REPORT_CASES, lock=lock)


def case_to_credit(actor: Actor, number: str, *, lock: bool = False) -> Case:
    """Return a case of the actor's own clinic, a closed one too. Raises as `case_to_report`.

    Beside crediting, a closed clinic still reads what is decided about its requests.
    """
    return _own_case(actor, number, Permission.CREDIT_CASES, lock=lock)


def about(found: Case) -> "About":
    """Return what every event of a case says it is about."""
    return {"subject": (SUBJECT, found.number), "person_ids": [found.person_id]}


def may_report(actor: Actor, found: Case) -> bool:
    """Tell whether the actor may report in the case."""
    return actor.may(Permission.REPORT_CASES) and actor.clinic_id == found.clinic_id


def may_credit(actor: Actor, found: Case) -> bool:
    """Tell whether the actor may credit in the case, and mark its decisions as read."""
    return actor.may(Permission.CREDIT_CASES) and actor.clinic_id == found.clinic_id


def _own_clinic(actor: Actor, permission: Permission) -> int:
    actor.require(permission)
    if actor.clinic_id is None:
        raise NotAllowed(permission.value)
    return actor.clinic_id


def _own_case(actor: Actor, number: str, permission: Permission, *, lock: bool) -> Case:
    found = case(actor, number, lock=lock)
    if found.clinic_id != _own_clinic(actor, permission):
        raise NotAllowed(permission.value)
    return found


def procedures_of(found: Case) -> list[Procedure]:
    """Return the case's procedures with their ledger lines: the deductible first, then as registered."""
    return list(
        found.procedures.select_related("line", "practitioner", "credit").order_by("-is_deductible", "id")
    )


def procedure_of(found: Case, procedure_id: int) -> Procedure:
    """Return one of the case's procedures. Raises Http404 for that of another case."""
    procedures = found.procedures.select_related("line", "practitioner")
    procedure = procedures.filter(pk=procedure_id).first()
    if procedure is None:
        raise Http404
    return procedure


# Search -------------------------------------------------------------------------------------------


def search_cases(
    actor: Actor,
    *,
    first_on: date | None = None,
    last_on: date | None = None,
    number: str = "",
    provider_id: int | None = None,
    clinic_id: int | None = None,
    is_unread: bool = False,
) -> QuerySet[Case]:
    """Return the actor's cases by day of creation, number (whole or its beginning), provider and clinic.

    `is_unread` keeps those with a decision about a request that nobody has marked as read.

    Source: behovspeng, chapter 10; spec NA-33.
    """
    cases = cases_of(actor).select_related("person__merged_into", "clinic__provider")
    if first_on:
        cases = cases.filter(created_on__gte=first_on)
    if last_on:
        cases = cases.filter(created_on__lte=last_on)
    if number:
        cases = cases.filter(number__startswith=complete_number(number))
    if provider_id:
        cases = cases.filter(clinic__provider_id=provider_id)
    if clinic_id:
        cases = cases.filter(clinic_id=clinic_id)
    if is_unread:
        cases = cases.filter(number__in=preauthorization.unread_case_numbers(actor, MODULE))
    return cases


# A patient's cases --------------------------------------------------------------------------------


def patient_of(found: Case) -> Person:
    """Return whose case it is: the person, or the one a merged record points at."""
    return found.person.merged_into or found.person


def other_cases(actor: Actor, person: Person) -> list[OtherCase]:
    """Return the patient's cases at any clinic, with numbers only of those the actor may see."""
    cases = Case.objects.filter(person_id__in=people.record_ids(person), deleted_at__isnull=True)
    return [
        OtherCase(other.number if actor.sees_clinic(other.clinic_id) else "", other.period)
        for other in cases.order_by("first_on")
    ]


def person_ids_with_cases(actor: Actor) -> QuerySet[Case, int]:
    """Return the ids of persons with a case the actor may see, merged records as one.

    None without the permission to see cases.
    """
    cases = cases_of(actor) if actor.may(Permission.SEE_CASES) else Case.objects.none()
    patients = cases.annotate(patient=Coalesce("person__merged_into_id", "person_id"))
    return patients.values_list("patient", flat=True)


def cases_of_patient(actor: Actor, person: Person) -> list[tuple[Case, int]]:
    """Return the patient's cases the actor may see, newest first, each with its count of reported codes."""
    removed = Q(procedures__status=ProcedureStatus.WITHDRAWN) | Q(
        procedures__line__status=LineStatus.WITHDRAWN
    )
    reported = Q(procedures__is_deductible=False) & ~removed
    cases = cases_of(actor).filter(person_id__in=people.record_ids(person))
    counted = cases.annotate(reported_codes=Count("procedures", filter=reported))
    return [(case, case.reported_codes) for case in counted.order_by("-first_on", "-id")]
