"""Make and delete cases."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.parameters import UnknownParameter, shipped_parameters
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import commands as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.commands.case_work import approve, touch
from kvitt.modules.needs_allowance.models import Case, CaseNumberSeries, Procedure
from kvitt.modules.needs_allowance.queries import cases as queries
from kvitt.modules.needs_allowance.queries import reporting
from kvitt.modules.needs_allowance.rules import case as case_rules
from kvitt.registers.access.rules import Actor
from kvitt.registers.listings import queries as listings
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists import queries as price_lists

DEDUCTIBLE = "needs_allowance.deductible"
DEDUCTIBLE_CODE = "100"
PERIOD_MONTHS = "needs_allowance.period_months"


def create_case(actor: Actor, *, today: date, code: UUID, first_on: date, number: str = "") -> str:
    """Make a case for a patient and return its number; it begins with the deductible.

    `number` is given only for cases brought from an older system. Raises Refused.
    Source: behovspeng, chapter 5; spec NA-7, NA-8, NA-9.
    """
    clinic_id = queries.reporting_clinic(actor)
    with transaction.atomic():
        # Whoever makes a case for this patient at the same moment, at any clinic, waits here.
        person = Person.objects.select_for_update(no_key=True).get(pk=people.person_of(actor, code).pk)
        authority = organisations.authority(actor.authority_id)
        refuse_if_any(reporting.reporting_problems(authority, clinic_id, today=today))
        months = _period_months(actor.authority_id, first_on, today=today)
        listing = listings.listing_on(person, first_on)
        was_listed = listing is not None and listing.clinic_id == clinic_id
        refuse_if_any(case_rules.check_start(first_on, today=today, months=months, was_listed=was_listed))
        period = case_rules.calculate_period(first_on, months=months)
        refuse_if_any(case_rules.check_overlap(period, queries.other_cases(actor, person)))
        case = Case.objects.create(
            authority_id=actor.authority_id,
            number=number or case_rules.calculate_case_number(today.year, _next_number(actor.authority_id)),
            clinic_id=clinic_id,
            person=person,
            first_on=period.first,
            last_on=period.last or first_on,
            created_on=today,
            changed_at=clock.now(),
            changed_by=actor.name,
        )
        amount = -price_lists.parameter(actor.authority_id, DEDUCTIBLE, on=first_on)
        approve(
            Procedure(
                case=case,
                is_deductible=True,
                code=DEDUCTIBLE_CODE,
                text=shipped_parameters()[DEDUCTIBLE].swedish.capitalize(),
                performed_on=first_on,
                price=amount,
            ),
            today=today,
        )
        audit.record(
            "needs_allowance.create_case",
            actor,
            subject=(queries.SUBJECT, case.number),
            person_ids=[person.pk],
            after={"period": str(period), "amount": amount},
        )
    return case.number


def delete_case(actor: Actor, *, number: str) -> None:
    """Delete a case without reported codes; its number stays spent and it blocks no period.

    Raises Refused when codes are reported. Source: behovspeng, chapter 5.3; spec NA-16.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        procedures = queries.procedures_of(case)
        facts = [procedure.facts() for procedure in procedures]
        refuse_if_any(case_rules.check_deletion(facts))
        for procedure in procedures:
            if procedure.line is not None and procedure.shown_status is not LineStatus.WITHDRAWN:
                ledger.withdraw(procedure.line.pk)
        case.deleted_at = clock.now()
        touch(case, actor)
        audit.record(
            "needs_allowance.delete_case",
            actor,
            **queries.about(case),
            before={"period": str(case.period)},
        )


def _period_months(authority_id: int, first_on: date, *, today: date) -> int:
    """Return the length of a period that starts on the day; today's for a day before all regulation."""
    try:
        return price_lists.parameter(authority_id, PERIOD_MONTHS, on=first_on)
    except UnknownParameter:
        return price_lists.parameter(authority_id, PERIOD_MONTHS, on=today)


def _next_number(authority_id: int) -> int:
    """Draw the next running number; the counter is locked until the case stands, so none is given twice."""
    CaseNumberSeries.objects.get_or_create(authority_id=authority_id)
    series = CaseNumberSeries.objects.select_for_update().get(authority_id=authority_id)
    CaseNumberSeries.objects.filter(pk=series.pk).update(last_number=F("last_number") + 1)
    return series.last_number + 1
