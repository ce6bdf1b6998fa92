"""What a procedure is reported with: codes to choose from, who performed it, what it is checked against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext

from kvitt.foundation import clock
from kvitt.foundation.forms import problem_text
from kvitt.foundation.values import dates
from kvitt.foundation.values.problems import Problem
from kvitt.ledger import queries as ledger
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries import cases
from kvitt.modules.needs_allowance.rules import case as case_rules
from kvitt.modules.needs_allowance.rules import entry as entry_rules
from kvitt.modules.needs_allowance.rules import procedure as procedure_rules
from kvitt.modules.needs_allowance.rules.entry import Entry, Surroundings
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts
from kvitt.preauthorization import queries as preauthorization
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people
from kvitt.registers.price_lists import queries as price_lists
from kvitt.registers.price_lists.lifecycle import Pricing
from kvitt.registers.price_lists.rules import Item

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import Authority, Practitioner

MOST_SIMILAR = 8


# What is checked ----------------------------------------------------------------------------------


def reporting_problems(authority: "Authority", clinic_id: int, *, today: date) -> list[Problem]:
    """Tell why the clinic cannot report care today, or nothing."""
    return organisations.reporting_problems(clinic_id, on=today, contact=authority.contact)


def surroundings(
    case: Case,
    entry: Entry,
    *,
    others: Sequence[ProcedureFacts],
    practitioner_id: int,
    typed_code: str,
    today: date,
) -> tuple[Item | None, Surroundings]:
    """Return the code on the governing day (None: there is none), and what the entry is checked against."""
    day = entry_rules.calculate_governing_date(entry.performed_on, today=today, period=case.period)
    item = price_lists.item_on(case.authority_id, cases.MODULE, entry.code, on=day)
    similar = [] if item else _similar_codes(case, typed_code, on=day)
    active = {practitioner.pk for practitioner in organisations.practitioners_at(case.clinic_id, on=day)}
    patient = cases.patient_of(case)
    return item, Surroundings(
        today=today,
        period=case.period,
        governing_on=day,
        others=others,
        born_on=patient.born_on,
        died_on=patient.died_on,
        is_practitioner_active=practitioner_id in active,
        combinations=price_lists.combinations_of(case.authority_id, cases.MODULE, entry.code, on=day),
        typed_code=typed_code.strip(),
        similar_codes=similar,
        contact=case.authority.contact,
    )


def change_problems(case: Case, procedure: Procedure, *, today: date) -> list[Problem]:
    """Tell why the procedure cannot be changed any more, or nothing."""
    was_invoiced = procedure.line_id is not None and ledger.has_been_invoiced(procedure.line_id)
    return [
        *case_rules.check_open(case.period, today=today),
        *procedure_rules.check_change(procedure.facts(), was_invoiced=was_invoiced),
    ]


def decided_place_problems(procedure: Procedure, location: str) -> list[Problem]:
    """Tell why the procedure cannot be moved to the tooth or jaw, or nothing."""
    return procedure_rules.check_decided_place(
        procedure.facts(), location, is_preauthorized=_is_preauthorized(procedure)
    )


def _is_preauthorized(procedure: Procedure) -> bool:
    """Tell whether a request decided about the procedure."""
    key = procedure.request_key
    return key in preauthorization.decided_requests(cases.MODULE, [key])


def changes_meanwhile(case: Case, procedure: Procedure, seen: str) -> list[Problem]:
    """Tell who has changed the procedure since somebody saw it with this mark, or nothing."""
    mark = procedure_rules.calculate_mark(procedure.facts(), practitioner_id=procedure.practitioner_id)
    at = case.changed_at.astimezone(clock.STOCKHOLM)
    return procedure_rules.check_unchanged(seen, mark, who=case.changed_by, time=f"{at:%Y-%m-%d %H.%M}")


def _similar_codes(case: Case, typed: str, *, on: date) -> list[str]:
    """Return the codes that begin with what was typed, or whose names hold it."""
    if not typed.strip():
        return []
    found = price_lists.search_items(case.authority_id, cases.MODULE, typed, on=on, limit=MOST_SIMILAR)
    return [f"{item.code} {item.name}" for item in found]


# What can be chosen -------------------------------------------------------------------------------


def find_codes(
    actor: Actor, number: str, *, text: str, performed_on: str, today: date
) -> list[price_lists.CodeHit]:
    """Return the codes that begin with the digits, or whose names hold the letters, on the treatment date.

    Source: behovspeng, chapter 5.2; spec NA-12.
    """
    case = cases.case_to_report(actor, number)
    day = _day_typed(case, performed_on, today=today)
    items = price_lists.search_items(case.authority_id, cases.MODULE, text, on=day)
    others = [procedure.facts() for procedure in cases.procedures_of(case)]
    return [price_lists.code_hit(item, note=" ".join(_notes(item, others))) for item in items]


def _day_typed(case: Case, performed_on: str, *, today: date) -> date:
    """Return the day that governs the codes while somebody types a treatment date."""
    try:
        day = dates.parse_date(performed_on, today=today)
    except ValueError:
        return today
    return entry_rules.calculate_governing_date(day, today=today, period=case.period)


def _notes(item: Item, others: Sequence[ProcedureFacts]) -> list[str]:
    notes = []
    if item.pricing == Pricing.ACTUAL:
        notes.append(gettext("Paid at actual cost, cannot be reported here."))
    if procedure_rules.calculate_status(item, others) is ProcedureStatus.REQUIRES_PREAUTHORIZATION:
        notes.append(gettext("Requires preauthorization."))
    notes += filter(None, [price_lists.place_note(item)])
    same_code = [other for other in others if other.code == item.code and other.counts]
    days = sorted({str(other.performed_on) for other in same_code if other.performed_on})
    if days:
        notes.append(gettext("Already in the case %(days)s.") % {"days": ", ".join(days)})
    elif same_code:
        notes.append(gettext("Already in the case, not performed."))
    return notes


# The dialogs --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProcedureDialog:
    """What the form of a procedure needs beside what the user types.

    `problems` are why nothing can be saved at all. `demands` are what the code demands of tooth, jaw and
    surface, where the code is known. A change has the procedure's name, its code and what it is now, and says
    why its tooth or jaw stays, where it does.
    """

    patient_name: str
    person_id: int
    practitioners: Sequence["Practitioner"]
    problems: Sequence[Problem]
    no_practitioner: str = ""
    demands: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    procedure_name: str = ""
    fixed_place: str = ""
    initial: Mapping[str, object] = field(default_factory=dict)


def addition(
    actor: Actor,
    number: str,
    *,
    today: date,
    session: SessionBase,
    typed_code: str = "",
    performed_on: str = "",
) -> ProcedureDialog:
    """Return what *Lägg till åtgärdskod* needs; the code that was typed tells which fields it takes.

    Raises Http404 for a case out of sight, NotAllowed where the actor cannot report.
    """
    case = cases.case_to_report(actor, number)
    day = _day_typed(case, performed_on, today=today)
    code = typed_code.split(maxsplit=1)[0] if typed_code.strip() else ""
    item = price_lists.item_on(case.authority_id, cases.MODULE, code, on=day) if code else None
    reporting = reporting_problems(case.clinic.authority, case.clinic_id, today=today)
    return ProcedureDialog(
        patient_name=people.shown_person(session, case.person, day=today).name,
        person_id=case.person_id,
        practitioners=organisations.practitioners_between(case.clinic_id, case.first_on, today),
        problems=[*case_rules.check_open(case.period, today=today), *reporting],
        no_practitioner=" ".join(map(problem_text, reporting)),
        demands=price_lists.demands_of(item) if item else {},
    )


def change(
    actor: Actor, number: str, procedure_id: int, *, today: date, session: SessionBase
) -> ProcedureDialog:
    """Return what *Ändra* needs, and what the procedure is now. Raises as `addition`."""
    case = cases.case_to_report(actor, number)
    procedure = cases.procedure_of(case, procedure_id)
    day = procedure.performed_on or today
    item = price_lists.item_on(case.authority_id, cases.MODULE, procedure.code, on=day)
    return ProcedureDialog(
        patient_name=people.shown_person(session, case.person, day=today).name,
        person_id=case.person_id,
        practitioners=organisations.practitioners_between(case.clinic_id, case.first_on, today),
        problems=change_problems(case, procedure, today=today),
        demands=price_lists.demands_of(item) if item else {},
        code=procedure.code,
        procedure_name=str(procedure),
        fixed_place=gettext(procedure_rules.TOOTH_IS_DECIDED) if _is_preauthorized(procedure) else "",
        initial={
            "performed_on": procedure.performed_on,
            "practitioner": procedure.practitioner_id,
            "location": procedure.location,
            "surface": procedure.surface,
            "seen": procedure_rules.calculate_mark(
                procedure.facts(), practitioner_id=procedure.practitioner_id
            ),
        },
    )


def removal(
    actor: Actor, number: str, procedure_id: int, *, today: date, session: SessionBase
) -> ProcedureDialog:
    """Return what the question before *Ta bort* needs. Raises as `addition`."""
    case = cases.case_to_report(actor, number)
    procedure = cases.procedure_of(case, procedure_id)
    return ProcedureDialog(
        patient_name=people.shown_person(session, case.person, day=today).name,
        person_id=case.person_id,
        practitioners=(),
        problems=procedure_rules.check_removal(procedure.facts()),
        code=procedure.code,
        procedure_name=str(procedure),
    )
