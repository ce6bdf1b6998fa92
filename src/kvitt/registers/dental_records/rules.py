"""How caries is written, what a care report must hold to be settled, and what a contact must hold."""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import dates, teeth
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.dental_records.lifecycle import Finding, ReportStatus

# `16 MO D3`, `16mod3` and `55 M` are read alike: tooth, surfaces, finding.
_ENTRY = re.compile(r"(?P<tooth>\d\d)(?P<surfaces>[^\W\d_]*?)(?P<finding>D[123]|F|M)")
_BETWEEN = re.compile(r"[\n\r,;]+")
_TEETH = (*teeth.PERMANENT_TEETH, *teeth.PRIMARY_TEETH)

UNREADABLE = _("%(entry)s cannot be read. Write tooth, surface and finding, for example 16 O D3.")
NOT_A_TOOTH = _("%(entry)s: there is no tooth %(tooth)s. Give a tooth from 11 to 48, or from 51 to 85.")
NO_SURFACE = _("%(entry)s has no surface. Write the surface before the finding, for example %(tooth)s O D3.")
MISSING_HAS_SURFACE = _("%(entry)s: a missing tooth has no surfaces. Write %(tooth)s M.")
TWO_FINDINGS = _(
    "Tooth %(tooth)s has two findings on surface %(surface)s. Give one; caries goes before filling."
)
MISSING_HAS_FINDINGS = _("Tooth %(tooth)s is written as missing and has findings too. Remove one of them.")

NOT_LISTED_HERE = _(
    "The patient is not listed at your clinic today. List the patient here before you make a care report."
)
IS_SETTLED = _("Care report %(number)s is settled and cannot change. Use Correct to make a new one.")
NOT_SETTLED = _("Care report %(number)s is incomplete. Change it instead.")
CORRECTED_ALREADY = _("Care report %(number)s is corrected by no. %(other)s already. Go on in that one.")
CHANGED_MEANWHILE = _(
    "%(who)s changed the care report after you opened it. What you see is updated. Check and try again."
)

NO_EXAMINATION = _("The examination date is missing. Give the day of the examination.")
NO_PRACTITIONER = _("The practitioner is missing. Choose who made the examination.")
NO_CARIES_RISK = _("The risk of caries is missing. Choose one.")
NO_PERIODONTAL_RISK = _("The risk of periodontitis is missing. Choose one.")
NO_REVISION = _("The next revision is missing. Give the last day for it.")
EXAMINED_IN_FUTURE = _("%(day)s is in the future. Give today's date, %(today)s, or an earlier one.")
EXAMINED_BEFORE_BIRTH = _("%(day)s is before the patient was born, %(born)s. Check the date.")
EXAMINED_AFTER_DEATH = _("%(day)s is after the patient's death, %(died)s. Check the date.")
PRACTITIONER_NOT_ACTIVE = _(
    "The practitioner was not active at the clinic on %(day)s. Choose another, or check the date."
)
REVISION_NOT_AFTER = _(
    "The next revision, %(day)s, is not after the examination, %(examined)s. Give a later day."
)
REVISION_TOO_LATE = _(
    "The next revision is at most %(months)s months after the examination. Give %(last)s or earlier."
)
CONTACT_IN_FUTURE = _("%(day)s is in the future. Give the day of the contact, today at the latest.")
CONTACT_CHANGED = _(
    "%(who)s changed the patient contact after you opened it. What you see is updated. Check and try again."
)
CONTACT_BEFORE_BIRTH = _("%(day)s is before the patient was born, %(born)s. Check the date.")


# Caries -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToothFinding:
    """What was found on one surface of a tooth, or that the tooth is missing."""

    tooth: str
    surface: str
    finding: Finding


@dataclass(frozen=True)
class Registration:
    """What was read from a text: findings in the order of the teeth, or what could not be read."""

    findings: tuple[ToothFinding, ...]
    problems: tuple[Problem, ...]


def parse_findings(text: str) -> Registration:
    """Caries is registered per tooth and surface, an entry a line or between commas: `16 MO D3`, `55 M`.

    Lingual and palatal are one surface in the upper jaw and are kept as P.
    Source: fdi; spec NA-4.
    """
    found: list[ToothFinding] = []
    problems: list[Problem] = []
    for entry in filter(None, map(str.strip, _BETWEEN.split(text))):
        findings, faults = _parse_entry(entry)
        found += findings
        problems += faults
    unique = sorted(set(found), key=_place)
    problems += _contradictions(unique)
    return Registration(() if problems else tuple(unique), tuple(problems))


def _parse_entry(entry: str) -> tuple[list[ToothFinding], list[Problem]]:
    match = _ENTRY.fullmatch("".join(entry.split()).upper())
    if match is None:
        return [], [_at_findings("unreadable", UNREADABLE, entry=entry)]
    tooth, surfaces, finding = match["tooth"], match["surfaces"], Finding(match["finding"])
    faults = _faults_of(entry, tooth, surfaces, finding)
    if faults:
        return [], faults
    return [
        ToothFinding(tooth, letter, finding) for letter in teeth.surface_key(surfaces, tooth) or ("",)
    ], []


def _faults_of(entry: str, tooth: str, surfaces: str, finding: Finding) -> list[Problem]:
    """Say whether there is such a tooth, and whether it has what is found on these surfaces."""
    if not teeth.is_tooth(tooth):
        return [_at_findings("not_a_tooth", NOT_A_TOOTH, entry=entry, tooth=tooth)]
    if finding is Finding.MISSING and surfaces:
        return [_at_findings("missing_has_surface", MISSING_HAS_SURFACE, entry=entry, tooth=tooth)]
    if finding is not Finding.MISSING and not surfaces:
        return [_at_findings("no_surface", NO_SURFACE, entry=entry, tooth=tooth)]
    return [dataclasses.replace(one, field="findings") for one in teeth.check_surface(surfaces, tooth)]


def _contradictions(findings: Sequence[ToothFinding]) -> list[Problem]:
    """Say once which surfaces have two findings, and which missing teeth have any."""
    missing = {one.tooth for one in findings if one.finding is Finding.MISSING}
    places = [(one.tooth, one.surface) for one in findings]
    problems = []
    for tooth, surface in dict.fromkeys(places):
        if surface and tooth in missing:
            problems.append(_at_findings("missing_has_findings", MISSING_HAS_FINDINGS, tooth=tooth))
            missing.remove(tooth)
        elif places.count((tooth, surface)) > 1:
            problems.append(_at_findings("two_findings", TWO_FINDINGS, tooth=tooth, surface=surface))
    return problems


def _at_findings(code: str, message: str, **values: object) -> Problem:
    return Problem(code, message, "findings", values)


def _place(one: ToothFinding) -> tuple[int, int, str]:
    return _TEETH.index(one.tooth), teeth.SURFACES.find(one.surface), one.finding.value


def group_findings(findings: Iterable[ToothFinding]) -> list[ToothFinding]:
    """Surfaces of a tooth with the same finding are shown together: `16 MO D3`, in the order of the teeth.

    Source: fdi; spec NA-4.
    """
    together: dict[tuple[str, Finding], str] = {}
    for one in sorted(findings, key=_place):
        key = (one.tooth, one.finding)
        together[key] = together.get(key, "") + one.surface
    return [ToothFinding(tooth, surfaces, finding) for (tooth, finding), surfaces in together.items()]


def format_findings(findings: Iterable[ToothFinding]) -> str:
    """Findings are written as they are read, a line for each tooth and finding.

    Source: spec NA-4.
    """
    return "\n".join(
        " ".join(filter(None, (one.tooth, one.surface, one.finding.value)))
        for one in group_findings(findings)
    )


# Care reports -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportFacts:
    """What a care report holds so far, as the rules see it."""

    examined_on: date | None
    has_practitioner: bool
    caries_risk: str
    periodontal_risk: str
    next_revision_on: date | None


@dataclass(frozen=True)
class Surroundings:
    """What a care report is checked against."""

    today: date
    is_practitioner_active: bool
    longest_months: int
    born_on: date | None = None
    died_on: date | None = None


@dataclass(frozen=True)
class SettledReport:
    """A settled report that no other corrects, as the revision end is found from it."""

    number: int
    examined_on: date
    next_revision_on: date


def check_listed_here(*, is_listed_here: bool) -> list[Problem]:
    """A care report is made for a patient who is listed at the user's clinic.

    Source: spec NA-4.
    """
    return [] if is_listed_here else [Problem("not_listed_here", NOT_LISTED_HERE)]


def check_report(report: ReportFacts, around: Surroundings) -> list[Problem]:
    """What is given in a report is right also before it is settled: dates in order, practitioner active.

    Source: spec NA-4.
    """
    if problems := _check_examination(report, around):
        return problems
    return _check_practitioner(report, around) + _check_revision(report, around)


def check_settling(report: ReportFacts, around: Surroundings) -> list[Problem]:
    """A report is settled with examination date, practitioner, both risks and the next revision.

    Source: spec NA-4.
    """
    demands = (
        (report.examined_on is not None, "examined_on", NO_EXAMINATION),
        (report.has_practitioner, "practitioner", NO_PRACTITIONER),
        (bool(report.caries_risk), "caries_risk", NO_CARIES_RISK),
        (bool(report.periodontal_risk), "periodontal_risk", NO_PERIODONTAL_RISK),
        (report.next_revision_on is not None, "next_revision_on", NO_REVISION),
    )
    missing = [Problem("missing", message, field) for is_there, field, message in demands if not is_there]
    return missing + check_report(report, around)


def _check_examination(report: ReportFacts, around: Surroundings) -> list[Problem]:
    day = report.examined_on
    if day is None:
        return []
    if day > around.today:
        values = {"day": day, "today": around.today}
        return [Problem("examined_in_future", EXAMINED_IN_FUTURE, "examined_on", values)]
    if around.born_on is not None and day < around.born_on:
        values = {"day": day, "born": around.born_on}
        return [Problem("examined_before_birth", EXAMINED_BEFORE_BIRTH, "examined_on", values)]
    if around.died_on is not None and day > around.died_on:
        values = {"day": day, "died": around.died_on}
        return [Problem("examined_after_death", EXAMINED_AFTER_DEATH, "examined_on", values)]
    return []


def _check_practitioner(report: ReportFacts, around: Surroundings) -> list[Problem]:
    if not report.has_practitioner or around.is_practitioner_active:
        return []
    values = {"day": report.examined_on or around.today}
    return [Problem("practitioner_not_active", PRACTITIONER_NOT_ACTIVE, "practitioner", values)]


def _check_revision(report: ReportFacts, around: Surroundings) -> list[Problem]:
    examined_on, day = report.examined_on, report.next_revision_on
    if examined_on is None or day is None:
        return []
    if day <= examined_on:
        values: dict[str, object] = {"day": day, "examined": examined_on}
        return [Problem("revision_not_after", REVISION_NOT_AFTER, "next_revision_on", values)]
    last = dates.add_months(examined_on, around.longest_months)
    if day > last:
        values = {"months": around.longest_months, "last": last}
        return [Problem("revision_too_late", REVISION_TOO_LATE, "next_revision_on", values)]
    return []


def check_open(number: int, status: str) -> list[Problem]:
    """A settled report cannot change or be removed; it is corrected by a new one.

    Source: spec NA-4.
    """
    if status != ReportStatus.SETTLED:
        return []
    return [Problem("is_settled", IS_SETTLED, values={"number": number})]


def check_correction(number: int, status: str, *, corrected_by: int | None) -> list[Problem]:
    """A settled report is corrected once; what is wrong in the new one is corrected from there.

    Source: spec NA-4.
    """
    if status != ReportStatus.SETTLED:
        return [Problem("not_settled", NOT_SETTLED, values={"number": number})]
    if corrected_by is not None:
        values = {"number": number, "other": corrected_by}
        return [Problem("corrected_already", CORRECTED_ALREADY, values=values)]
    return []


def calculate_revision_end(reports: Iterable[SettledReport]) -> date | None:
    """The revision end (*Revisionslut*) is the next revision of the latest examination.

    Of two reports of one day the later number counts. Corrected reports are not among them.
    Source: spec NA-4.
    """
    latest = max(reports, key=lambda report: (report.examined_on, report.number), default=None)
    return None if latest is None else latest.next_revision_on


# Contacts -----------------------------------------------------------------------------------------


def check_contact(contacted_on: date, *, today: date, born_on: date | None) -> list[Problem]:
    """A contact has been: it is dated today or earlier, and after the patient was born.

    Source: spec NA-5.
    """
    if contacted_on > today:
        return [Problem("contact_in_future", CONTACT_IN_FUTURE, "contacted_on", {"day": contacted_on})]
    if born_on is not None and contacted_on < born_on:
        values = {"day": contacted_on, "born": born_on}
        return [Problem("contact_before_birth", CONTACT_BEFORE_BIRTH, "contacted_on", values)]
    return []
