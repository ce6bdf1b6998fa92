"""Make, change, settle, correct and remove care reports."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.registers.access.rules import Actor
from kvitt.registers.dental_records import rules
from kvitt.registers.dental_records.lifecycle import ReportStatus, ensure_step
from kvitt.registers.dental_records.models import CareReport, CareReportSeries, CariesFinding
from kvitt.registers.dental_records.queries import own
from kvitt.registers.dental_records.queries import reports as queries
from kvitt.registers.dental_records.rules import ToothFinding
from kvitt.registers.listings import commands as listings_commands
from kvitt.registers.listings import queries as listings
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person


@dataclass(frozen=True)
class Entry:
    """What the user typed in a care report; caries as text, an entry a line."""

    examined_on: date | None = None
    practitioner_id: int | None = None
    findings: str = ""
    caries_risk: str = ""
    periodontal_risk: str = ""
    next_revision_on: date | None = None


class ChangedMeanwhile(Refused):
    """Somebody else changed the report after it was opened; show what it is now."""


def create_report(actor: Actor, *, today: date, code: UUID, entry: Entry) -> int:
    """Make an incomplete care report of a patient listed at the actor's clinic; return its number.

    The page has made sure that the actor reaches the patient. Raises Refused with every fault.
    Source: behovspeng, figure 1; spec NA-4, NA-6.
    """
    clinic_id = own.reporting_clinic(actor)
    with transaction.atomic():
        person = _locked(people.person_of(actor, code))
        listing = listings.listing_on(person, today)
        is_listed_here = listing is not None and listing.clinic_id == clinic_id
        refuse_if_any(queries.problems_of_making(actor, is_listed_here=is_listed_here, today=today))
        clinic = organisations.clinic_of(actor, clinic_id)
        report = CareReport(
            authority_id=actor.authority_id,
            provider_id=clinic.provider_id,
            clinic=clinic,
            person=person,
            created_on=today,
            created_by=actor.name,
            changed_by=actor.name,
        )
        findings = _fill(report, entry, today=today)
        _number_and_save(report, findings)
        audit.record(
            "dental_records.create_report",
            actor,
            subject=(queries.SUBJECT, report.number),
            person_ids=people.record_ids(person),
            after=queries.described(report.facts(), report.practitioner),
        )
    return report.number


def change_report(actor: Actor, *, today: date, number: int, entry: Entry, seen: int | None) -> None:
    """Change an incomplete report. `seen` is the version the user had before him.

    Raises ChangedMeanwhile when it is another one now, Refused with every other fault.
    Source: spec NA-4, CO-24.
    """
    with transaction.atomic():
        report = queries.report_to_change(actor, number, lock=True)
        refuse_if_any(rules.check_open(number, report.status))
        _refuse_unseen(report, seen)
        before, clinical = queries.described(report.facts(), report.practitioner), _clinical(report)
        findings = _fill(report, entry, today=today)
        report.version += 1
        report.changed_by = actor.name
        report.save()
        report.findings.all().delete()
        _save_findings(report, findings)
        audit.record(
            "dental_records.change_report",
            actor,
            subject=(queries.SUBJECT, number),
            person_ids=people.record_ids(queries.patient_of(report)),
            before=before,
            after={
                **queries.described(report.facts(), report.practitioner),
                "not_shown": [name for name, value in _clinical(report).items() if value != clinical[name]],
            },
        )


def settle_report(actor: Actor, *, today: date, number: int, seen: int | None) -> date | None:
    """Settle a report for good and set the revision end of the patient's listing at its clinic.

    Returns the new revision end, None where the patient is listed elsewhere by now; raises as
    `change_report`.
    Source: behovspeng, figure 1; spec NA-4.
    """
    with transaction.atomic():
        person = _locked(queries.patient_of(queries.report_to_change(actor, number)))
        report = queries.report_to_change(actor, number, lock=True)
        refuse_if_any(rules.check_open(number, report.status))
        _refuse_unseen(report, seen)
        facts = report.facts()
        refuse_if_any(queries.reporting_problems(report.authority_id, report.clinic_id, today=today))
        around = queries.surroundings(facts, person, report.clinic_id, report.practitioner_id, today=today)
        refuse_if_any(rules.check_settling(facts, around))
        ensure_step(report.status, ReportStatus.SETTLED, command="settle_report")
        report.status = ReportStatus.SETTLED
        report.settled_on = today
        report.settled_by = report.changed_by = actor.name
        report.version += 1
        report.save()
        revision_ends_on = _set_revision_end(report, person, today=today)
        audit.record(
            "dental_records.settle_report",
            actor,
            subject=(queries.SUBJECT, number),
            person_ids=people.record_ids(person),
            before={"status": ReportStatus.INCOMPLETE.value},
            after={
                "status": ReportStatus.SETTLED.value,
                **queries.described(facts, report.practitioner),
                "revision_ends_on": revision_ends_on.isoformat() if revision_ends_on else "",
            },
        )
    return revision_ends_on


def correct_report(actor: Actor, *, today: date, number: int) -> int:
    """Make an incomplete report that corrects a settled one and begins as it; return its number.

    The patient may be listed elsewhere by now: the clinic puts its own record right. Raises Refused.
    Source: spec NA-4.
    """
    with transaction.atomic():
        old = queries.report_to_change(actor, number, lock=True)
        refuse_if_any(queries.problems_of_correction(old, today=today))
        report = CareReport(
            authority_id=old.authority_id,
            provider_id=old.provider_id,
            clinic_id=old.clinic_id,
            person_id=old.person_id,
            corrects=old,
            created_on=today,
            created_by=actor.name,
            changed_by=actor.name,
            examined_on=old.examined_on,
            practitioner_id=old.practitioner_id,
            caries_risk=old.caries_risk,
            periodontal_risk=old.periodontal_risk,
            next_revision_on=old.next_revision_on,
        )
        _number_and_save(report, queries.findings_of(old))
        audit.record(
            "dental_records.correct_report",
            actor,
            subject=(queries.SUBJECT, report.number),
            person_ids=people.record_ids(queries.patient_of(old)),
            after={"corrects": number},
        )
    return report.number


def remove_report(actor: Actor, *, number: int) -> None:
    """Remove an incomplete report; its number stays spent. Raises Refused for a settled one.

    Source: spec NA-4.
    """
    with transaction.atomic():
        report = queries.report_to_change(actor, number, lock=True)
        refuse_if_any(rules.check_open(number, report.status))
        report.removed_at = clock.now()
        report.changed_by = actor.name
        report.save()
        audit.record(
            "dental_records.remove_report",
            actor,
            subject=(queries.SUBJECT, number),
            person_ids=people.record_ids(queries.patient_of(report)),
            before=queries.described(report.facts(), report.practitioner),
        )


def _locked(person: Person) -> Person:
    """Return the patient, locked: a listing that moves at the same moment waits, or is seen."""
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _refuse_unseen(report: CareReport, seen: int | None) -> None:
    if seen != report.version:
        values = {"who": report.changed_by}
        raise ChangedMeanwhile([Problem("changed_meanwhile", rules.CHANGED_MEANWHILE, values=values)])


def _fill(report: CareReport, entry: Entry, *, today: date) -> tuple[ToothFinding, ...]:
    """Put what was typed in the report and return its findings. Raises Refused with every fault."""
    report.examined_on = entry.examined_on
    report.practitioner_id = entry.practitioner_id
    report.caries_risk = entry.caries_risk
    report.periodontal_risk = entry.periodontal_risk
    report.next_revision_on = entry.next_revision_on
    facts, person = report.facts(), queries.patient_of(report)
    around = queries.surroundings(facts, person, report.clinic_id, entry.practitioner_id, today=today)
    registration = rules.parse_findings(entry.findings)
    refuse_if_any([*rules.check_report(facts, around), *registration.problems])
    return registration.findings


def _number_and_save(report: CareReport, findings: tuple[ToothFinding, ...] | list[ToothFinding]) -> None:
    """Draw the next number and save; the counter is locked until the report stands."""
    CareReportSeries.objects.get_or_create(authority_id=report.authority_id)
    series = CareReportSeries.objects.select_for_update().get(authority_id=report.authority_id)
    CareReportSeries.objects.filter(pk=series.pk).update(last_number=F("last_number") + 1)
    report.number = series.last_number + 1
    report.save()
    _save_findings(report, findings)


def _save_findings(report: CareReport, findings: tuple[ToothFinding, ...] | list[ToothFinding]) -> None:
    CariesFinding.objects.bulk_create(
        CariesFinding(report=report, tooth=one.tooth, surface=one.surface, finding=one.finding)
        for one in findings
    )


def _clinical(report: CareReport) -> dict[str, str]:
    """Return what only the care provider sees: the log tells that it changed, and not to what."""
    return {
        "findings": rules.format_findings(one.facts() for one in CariesFinding.objects.filter(report=report)),
        "caries_risk": report.caries_risk,
        "periodontal_risk": report.periodontal_risk,
    }


def _set_revision_end(report: CareReport, person: Person, *, today: date) -> date | None:
    ends_on = rules.calculate_revision_end(queries.settled_reports(report))
    if ends_on is None:
        return None
    is_set = listings_commands.set_revision_end(
        person, clinic_id=report.clinic_id, revision_ends_on=ends_on, today=today
    )
    return ends_on if is_set else None
