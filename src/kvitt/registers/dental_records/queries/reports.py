"""Find care reports: one by its number, a patient's; and what stands in one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.tables import Action, Crumb
from kvitt.foundation.values import dates, identity
from kvitt.foundation.values.problems import Problem
from kvitt.registers.access.rules import Actor, NotAllowed, Permission
from kvitt.registers.dental_records import rules
from kvitt.registers.dental_records.lifecycle import ReportStatus, Risk
from kvitt.registers.dental_records.models import CareReport
from kvitt.registers.dental_records.queries import own
from kvitt.registers.dental_records.rules import ReportFacts, ToothFinding
from kvitt.registers.listings import queries as listings
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists import queries as price_lists

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import Practitioner

# The log names a report by its number.
SUBJECT = "dental_records.report"
TAB = "dental_records"
LONGEST_INTERVAL = "dental_records.longest_revision_interval"
# Examinations of the last two years are reported; an older one keeps the practitioner it has.
_MONTHS_BACK = 24


# Reports ------------------------------------------------------------------------------------------


def reports_of(actor: Actor) -> QuerySet[CareReport]:
    """Return the reports the actor may see, removed ones not. Raises NotAllowed without the permission."""
    reports = CareReport.objects.filter(authority_id=actor.authority_id, removed_at__isnull=True)
    return reports.filter(own.made_by(actor))


def report_of(actor: Actor, number: int, *, lock: bool = False) -> CareReport:
    """Return a report the actor may see, locked where it is about to change. Raises Http404 for any other."""
    reports = reports_of(actor)
    if lock:
        reports = reports.select_for_update(no_key=True, of=("self",))
    else:
        corrections = CareReport.objects.filter(removed_at__isnull=True)
        reports = reports.select_related(
            "person__merged_into", "clinic__provider", "practitioner", "corrects"
        )
        reports = reports.prefetch_related("findings", Prefetch("corrections", corrections))
    found = reports.filter(number=number).first()
    if found is None:
        raise Http404
    return found


def report_to_change(actor: Actor, number: int, *, lock: bool = False) -> CareReport:
    """Return a report of the actor's clinic. Raises Http404 where he sees none, NotAllowed for another."""
    found = report_of(actor, number, lock=lock)
    if found.clinic_id != own.reporting_clinic(actor):
        raise NotAllowed(Permission.REPORT_CARE.value)
    return found


def patient_of(report: CareReport) -> Person:
    """Return whose report it is: the person, or the one a merged record points at."""
    return report.person.merged_into or report.person


def findings_of(report: CareReport) -> list[ToothFinding]:
    """Return what the report holds of caries."""
    return [finding.facts() for finding in report.findings.all()]


def correction_of(report: CareReport) -> CareReport | None:
    """Return the report that corrects this one, or is begun to."""
    return next((one for one in report.corrections.all() if one.removed_at is None), None)


def problems_of_making(actor: Actor, *, is_listed_here: bool, today: date) -> list[Problem]:
    """Tell why the actor's clinic can make no report of a patient, or nothing."""
    clinic_id = own.reporting_clinic(actor)
    return reporting_problems(actor.authority_id, clinic_id, today=today) or rules.check_listed_here(
        is_listed_here=is_listed_here
    )


def reporting_problems(authority_id: int, clinic_id: int, *, today: date) -> list[Problem]:
    """Tell why the clinic cannot report care today, or nothing. Source: spec NA-6."""
    contact = organisations.authority(authority_id).contact
    return organisations.reporting_problems(clinic_id, on=today, contact=contact)


def surroundings(
    facts: ReportFacts, person: Person, clinic_id: int, practitioner_id: int | None, *, today: date
) -> rules.Surroundings:
    """Return what a report is checked against: of the patient, the clinic and the day of the examination."""
    day = min(facts.examined_on or today, today)
    active = {practitioner.pk for practitioner in organisations.practitioners_at(clinic_id, on=day)}
    return rules.Surroundings(
        today=today,
        is_practitioner_active=practitioner_id in active,
        longest_months=price_lists.parameter(person.authority_id, LONGEST_INTERVAL, on=_governing(day)),
        born_on=person.born_on,
        died_on=person.died_on,
    )


def _governing(day: date) -> date:
    """Return the day, no earlier than the first parameter: what is older is refused for other reasons."""
    return max(day, date(1985, 1, 1))


def settled_reports(report: CareReport) -> list[rules.SettledReport]:
    """Return the settled reports of the report's patient at its clinic that no settled one corrects."""
    settled = CareReport.objects.filter(
        person_id__in=people.record_ids(patient_of(report)),
        clinic_id=report.clinic_id,
        status=ReportStatus.SETTLED,
    )
    return [
        rules.SettledReport(one.number, one.examined_on, one.next_revision_on)
        for one in settled.exclude(corrections__status=ReportStatus.SETTLED)
        if one.examined_on is not None and one.next_revision_on is not None
    ]


# The tab ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportRow:
    """A report in the tab."""

    number: int
    url: str
    created_on: date
    status: ReportStatus
    note: str
    is_off: bool
    may_remove: bool


@dataclass(frozen=True)
class PatientReportsPage:
    """The patient's page with the tab *Vårdrapport*."""

    title: str
    patient: listings.PatientPage
    tabs: Sequence[listings.Tab]
    rows: Sequence[ReportRow]
    may_report: bool
    create_problem: str


def patient_reports(actor: Actor, code: UUID, *, today: date, session: SessionBase) -> PatientReportsPage:
    """Return the patient's reports that the actor's care provider made, newest first.

    Raises Http404 for a patient out of reach. Source: behovspeng, figure 1; spec NA-2, NA-4, NA-5.
    """
    reports = reports_of(actor)
    patient = listings.patient_page(actor, code, today=today, session=session)
    corrections = CareReport.objects.filter(removed_at__isnull=True)
    found = reports.filter(person_id__in=patient.record_ids).select_related("corrects")
    found = found.prefetch_related(Prefetch("corrections", corrections)).order_by("-number")
    may_report = own.may_report(actor)
    problems = _problems_of_making(actor, patient, today=today) if may_report else []
    return PatientReportsPage(
        title=gettext("Manage patient"),
        patient=patient,
        tabs=listings.patient_tabs(actor, patient.code, TAB),
        rows=[_row(actor, report) for report in found],
        may_report=may_report,
        create_problem=" ".join(map(problem_text, problems)),
    )


def _row(actor: Actor, report: CareReport) -> ReportRow:
    is_open = report.status == ReportStatus.INCOMPLETE
    is_own = own.may_report(actor) and report.clinic_id == actor.clinic_id
    correction = correction_of(report)
    return ReportRow(
        number=report.number,
        url=reverse(
            f"dental_records:{'change_report' if is_open and is_own else 'report'}", args=[report.number]
        ),
        created_on=report.created_on,
        status=ReportStatus(report.status),
        note=_note(report, correction),
        is_off=correction is not None and correction.status == ReportStatus.SETTLED,
        may_remove=is_open and is_own,
    )


def _note(report: CareReport, correction: CareReport | None) -> str:
    """Return how the report belongs to another: what corrects it comes before what it corrects."""
    if correction is not None and correction.status == ReportStatus.SETTLED:
        return gettext("Corrected by no. %(number)s") % {"number": correction.number}
    if correction is not None:
        return gettext("Is being corrected by no. %(number)s") % {"number": correction.number}
    if report.corrects is not None:
        return gettext("Corrects no. %(number)s") % {"number": report.corrects.number}
    return ""


def _problems_of_making(actor: Actor, patient: listings.PatientPage, *, today: date) -> list[Problem]:
    is_listed_here = patient.listing is not None and patient.listing.clinic_id == actor.clinic_id
    return problems_of_making(actor, is_listed_here=is_listed_here, today=today)


# One report ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportPage:
    """Everything `report.html` shows: a report as it is, and what may be done with it."""

    title: str
    number: int
    lead: str
    crumbs: Sequence[Crumb]
    actions: Sequence[Action]
    record_ids: Sequence[int]
    status: ReportStatus
    note: str
    note_url: str
    clinic: str
    created: str
    settled: str
    examined_on: date | None
    practitioner: str
    next_revision_on: date | None
    risks: Sequence[tuple[str, str]]
    findings: Sequence[ToothFinding]


def report_page(actor: Actor, number: int, *, today: date, session: SessionBase) -> ReportPage:
    """Return one report. Raises Http404 for one of another care provider or of a patient out of reach."""
    report = report_of(actor, number)
    patient = _patient_page(actor, report, today=today, session=session)
    correction = correction_of(report)
    other = correction or report.corrects
    title = gettext("Care report %(number)s") % {"number": number}
    return ReportPage(
        title=title,
        number=number,
        lead=_named(patient.shown),
        crumbs=[*_way_to(patient), Crumb(title)],
        actions=_actions(actor, report, has_correction=correction is not None),
        record_ids=patient.record_ids,
        status=ReportStatus(report.status),
        note=_note(report, correction),
        note_url=reverse("dental_records:report", args=[other.number]) if other else "",
        clinic=str(report.clinic),
        created=f"{report.created_on}, {report.created_by}",
        settled=f"{report.settled_on}, {report.settled_by}" if report.settled_on else "",
        examined_on=report.examined_on,
        practitioner=str(report.practitioner or ""),
        next_revision_on=report.next_revision_on,
        risks=[
            (gettext("Risk of caries"), _risk(report.caries_risk)),
            (gettext("Risk of periodontitis"), _risk(report.periodontal_risk)),
        ],
        findings=rules.group_findings(findings_of(report)),
    )


def _patient_page(
    actor: Actor, report: CareReport, *, today: date, session: SessionBase
) -> listings.PatientPage:
    return listings.patient_page(actor, patient_of(report).code, today=today, session=session)


def _risk(value: str) -> str:
    return gettext(Risk(value).label) if value else ""


def _named(shown: people.ShownPerson) -> str:
    return f"{shown.name}, {identity.format_identity_number(shown.number)}"


def _way_to(patient: listings.PatientPage) -> list[Crumb]:
    return [
        Crumb(gettext("Listed patients"), reverse("listings:listed_patients")),
        Crumb(patient.shown.name, reverse("dental_records:patient_reports", args=[patient.code])),
    ]


def _actions(actor: Actor, report: CareReport, *, has_correction: bool) -> list[Action]:
    """Return what the actor may do: change, settle and remove while it is incomplete, then correct once."""
    if not own.may_report(actor) or report.clinic_id != actor.clinic_id:
        return []

    def address(name: str) -> str:
        return reverse(f"dental_records:{name}", args=[report.number])

    if report.status == ReportStatus.INCOMPLETE:
        return [
            Action(gettext("Remove"), address("remove_report"), is_dialog=True, icon=""),
            Action(gettext("Change"), address("change_report"), icon="pencil"),
            Action(gettext("Settle"), address("settle_report"), is_dialog=True, is_primary=True, icon=""),
        ]
    if has_correction:
        return []
    return [Action(gettext("Correct"), address("correct_report"), is_dialog=True, icon="pencil")]


# The forms ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportWork:
    """What the form of a report, or a question about one, needs beside what the user types."""

    title: str
    lead: str
    crumbs: Sequence[Crumb]
    record_ids: Sequence[int]
    back_url: str
    practitioners: Sequence["Practitioner"]
    problems: Sequence[Problem]
    initial: Mapping[str, object] = field(default_factory=dict)
    missing: Sequence[Problem] = ()
    question: str = ""


def creation(actor: Actor, code: UUID, *, today: date, session: SessionBase) -> ReportWork:
    """Return what a new report needs. Raises Http404 for a patient out of reach, NotAllowed as `own`."""
    actor.require(Permission.SEE_REPORTS)
    patient = listings.patient_page(actor, code, today=today, session=session)
    clinic_id = own.reporting_clinic(actor)
    title = gettext("New care report")
    practitioners = _practitioners(clinic_id, today, today=today)
    return ReportWork(
        title=title,
        lead=_named(patient.shown),
        crumbs=[*_way_to(patient), Crumb(title)],
        record_ids=patient.record_ids,
        back_url=reverse("dental_records:patient_reports", args=[patient.code]),
        practitioners=practitioners,
        problems=_problems_of_making(actor, patient, today=today),
        initial={
            "examined_on": today,
            "practitioner": practitioners[0].pk if len(practitioners) == 1 else None,
        },
    )


def work(actor: Actor, number: int, *, today: date, session: SessionBase) -> ReportWork:
    """Return what changing, settling or removing a report needs, and what is in it.

    `problems` are why it can no longer change, `missing` what must be right before it is settled. Raises
    Http404 as `report_page`, NotAllowed for who cannot write at its clinic.
    """
    report = report_of(actor, number)
    patient = _patient_page(actor, report, today=today, session=session)
    _require_own(actor, report)
    title = gettext("Care report %(number)s") % {"number": number}
    facts = report.facts()
    around = surroundings(facts, patient.person, report.clinic_id, report.practitioner_id, today=today)
    return ReportWork(
        title=title,
        lead=_named(patient.shown),
        crumbs=[*_way_to(patient), Crumb(title)],
        record_ids=patient.record_ids,
        back_url=reverse("dental_records:patient_reports", args=[patient.code]),
        practitioners=_practitioners(report.clinic_id, report.examined_on or today, today=today),
        problems=rules.check_open(number, report.status),
        missing=rules.check_settling(facts, around),
        initial={
            "examined_on": report.examined_on,
            "practitioner": report.practitioner_id,
            "findings": rules.format_findings(findings_of(report)),
            "caries_risk": report.caries_risk,
            "periodontal_risk": report.periodontal_risk,
            "next_revision_on": report.next_revision_on,
            "seen": report.version,
        },
        question=_settling_question(report),
    )


def _require_own(actor: Actor, report: CareReport) -> None:
    """Raise NotAllowed unless the actor writes at the clinic that made the report."""
    if report.clinic_id != own.reporting_clinic(actor):
        raise NotAllowed(Permission.REPORT_CARE.value)


def correction(actor: Actor, number: int, *, today: date, session: SessionBase) -> ReportWork:
    """Return the question before a report is corrected. Raises as `work`."""
    report = report_of(actor, number)
    patient = _patient_page(actor, report, today=today, session=session)
    _require_own(actor, report)
    return ReportWork(
        title=gettext("Correct care report %(number)s") % {"number": number},
        lead=_named(patient.shown),
        crumbs=[*_way_to(patient), Crumb(gettext("Correct care report %(number)s") % {"number": number})],
        record_ids=patient.record_ids,
        back_url=reverse("dental_records:report", args=[number]),
        practitioners=(),
        problems=problems_of_correction(report, today=today),
    )


def problems_of_correction(report: CareReport, *, today: date) -> list[Problem]:
    """Tell why a report cannot be corrected now, or nothing."""
    other = correction_of(report)
    corrected_by = other.number if other else None
    return rules.check_correction(
        report.number, report.status, corrected_by=corrected_by
    ) or reporting_problems(report.authority_id, report.clinic_id, today=today)


def _practitioners(clinic_id: int, examined_on: date, *, today: date) -> list["Practitioner"]:
    since = min(examined_on, dates.add_months(today, -_MONTHS_BACK))
    return organisations.practitioners_between(clinic_id, since, today)


def _settling_question(report: CareReport) -> str:
    count = report.findings.count()
    findings = ngettext("%(count)s finding is registered.", "%(count)s findings are registered.", count)
    if not count:
        findings = gettext("No caries, fillings or missing teeth are registered.")
    for_good = gettext("A settled care report cannot change, but it can be corrected by a new one.")
    return f"{findings % {'count': count}} {for_good}"


def described(facts: ReportFacts, practitioner: "Practitioner | None") -> dict[str, object]:
    """Return what the log tells of a report: not what was found, which only its care provider sees."""
    return {
        "examined_on": facts.examined_on.isoformat() if facts.examined_on else "",
        "practitioner": practitioner.name if practitioner else "",
        "next_revision_on": facts.next_revision_on.isoformat() if facts.next_revision_on else "",
    }
