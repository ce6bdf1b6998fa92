"""What the pages of claims files show: how far a file has come, its counts, and its faults."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from kvitt.foundation import clock
from kvitt.foundation.forms import problem_text
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values import identity
from kvitt.foundation.values.money import format_count, format_kronor
from kvitt.foundation.values.text import format_size
from kvitt.modules.special_care.lifecycle import FileFormat, FileStatus
from kvitt.modules.special_care.models import ClaimsFile, FileFault
from kvitt.modules.special_care.queries import files
from kvitt.modules.special_care.rules import faults as rules
from kvitt.modules.special_care.rules.faults import FAULTS, Fault, Level
from kvitt.modules.special_care.rules.files import refusal_problem
from kvitt.registers.access.rules import Actor
from kvitt.registers.people import queries as people

# A file that nobody has worked on for so long waits for a worker that is not there.
LEFT_ALONE = timedelta(minutes=1)
# A list with more faults than this is printed in part; a workbook holds all.
MOST_PRINTED = 5_000
_AT_WORK = frozenset(files.TO_DO)
_PLACEHOLDER = re.compile(r"%\(\w+\)s")


@dataclass(frozen=True)
class Progress:
    """How far a pass through the file has come; `said` is read aloud, and changes every quarter."""

    done: int
    total: int
    text: str
    detail: str
    said: str


@dataclass(frozen=True)
class FileState:
    """What the page of a file tells above its faults."""

    file_id: int
    status: FileStatus
    facts: Sequence[tuple[str, object]]
    progress: Progress | None
    is_left_alone: bool
    refusal: str
    heading: str
    outcome: str
    repeats: str
    may_decide: bool
    may_load: bool
    load_text: str
    is_received: bool
    has_faults: bool

    @property
    def is_at_work(self) -> bool:
        """Whether the worker has not come to an end with it."""
        return self.status in _AT_WORK


@dataclass(frozen=True)
class FilePage:
    """The page of a file that has no fault list to show."""

    title: str
    lead: str
    crumbs: Sequence[Crumb]
    about: FileState


@dataclass(frozen=True)
class FaultRow:
    """A fault in the list, in words; `is_first` of its claim. `person_id` is whose claim it is, if known."""

    fault: FileFault
    identity: str
    text: str
    level: Level
    person_id: int | None
    is_first: bool


# One file -----------------------------------------------------------------------------------------


def crumbs(found: ClaimsFile) -> list[Crumb]:
    """Return the way to a file."""
    return [
        Crumb(gettext("Upload claims file"), reverse("special_care:upload_claims_file")),
        Crumb(found.name),
    ]


def file_page(found: ClaimsFile) -> FilePage:
    """Return the page of a file without its faults. Source: spec SC-13 - SC-15."""
    return FilePage(found.name, lead(found), crumbs(found), file_state(found, now=clock.now()))


def lead(found: ClaimsFile) -> str:
    """Return the line under the name of a file."""
    at = found.uploaded_at.astimezone(clock.STOCKHOLM)
    text = gettext("Handed in %(at)s by %(who)s")
    return text % {"at": f"{at:%Y-%m-%d %H.%M}", "who": found.uploaded_by}


def file_state(found: ClaimsFile, *, now: datetime) -> FileState:
    """Return how far a file has come and what can be done with it. Source: spec SC-13 - SC-15."""
    status = FileStatus(found.status)
    faultless = found.checked_count - found.faulty_count
    may_decide = status is FileStatus.CHECKED and not found.is_check_only
    return FileState(
        file_id=found.pk,
        status=status,
        facts=_facts(found, status),
        progress=_progress(found, status),
        is_left_alone=status in _AT_WORK and is_left_alone(found, now=now),
        refusal=_refusal(found),
        heading=_heading(found, status),
        outcome=_outcome(found, status),
        repeats=_repeats(found) if status is FileStatus.CHECKED else "",
        may_decide=may_decide,
        may_load=may_decide and faultless > 0,
        load_text=_load_text(found, faultless) if may_decide else "",
        is_received=status is FileStatus.LOADED,
        has_faults=status not in _AT_WORK and found.fault_count > 0,
    )


def is_left_alone(found: ClaimsFile, *, now: datetime) -> bool:
    """Tell whether a file that is to be worked on has waited for a worker longer than it should.

    Source: spec SC-13, QU-14.
    """
    since = found.held_until or found.finished_at or found.uploaded_at
    return now - since > LEFT_ALONE


def _facts(found: ClaimsFile, status: FileStatus) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [(gettext("Size"), format_size(found.size))]
    if found.format:
        facts.append((gettext("File format"), gettext(FileFormat(found.format).label)))
    if found.is_check_only:
        facts.append((gettext("Only check"), gettext("Yes")))
    if status in _AT_WORK or status is FileStatus.REFUSED:
        return facts
    counts = [
        (gettext("Read"), found.checked_count),
        (gettext("Faultless"), found.checked_count - found.faulty_count),
        (gettext("With faults"), found.faulty_count),
    ]
    if found.credit_count:
        counts.append((gettext("Of which credits"), found.credit_count))
    if status is FileStatus.LOADED:
        counts.append((gettext("Received claims"), found.taken_count))
        if found.credited_count:
            counts.append((gettext("Credited claims"), found.credited_count))
    facts += [(label, format_count(count)) for label, count in counts]
    if status is FileStatus.LOADED:
        facts.append((gettext("Sum of received claims"), format_kronor(found.taken_amount)))
    return facts


def _progress(found: ClaimsFile, status: FileStatus) -> Progress | None:
    if status is FileStatus.WAITING:
        return _bar(0, found.size, gettext("Nothing is read so far"), "")
    if status is FileStatus.CHECKING:
        read = ngettext(
            "%(count)s claim read so far, %(faulty)s with faults",
            "%(count)s claims read so far, %(faulty)s with faults",
            found.checked_count,
        )
        words = {"count": format_count(found.checked_count), "faulty": format_count(found.faulty_count)}
        sizes = {"done": format_size(found.checked_bytes), "total": format_size(found.size)}
        detail = gettext("%(done)s of %(total)s") % sizes
        return _bar(found.checked_bytes, found.size, read % words, detail)
    if status is FileStatus.LOADING:
        gone = gettext("%(done)s of %(total)s gone through, %(taken)s received so far")
        counts = {
            "done": format_count(found.loaded_count),
            "total": format_count(found.checked_count),
            "taken": format_count(found.taken_count + found.credited_count),
        }
        return _bar(found.loaded_count, found.checked_count, gone % counts, "")
    return None


def _bar(done: int, total: int, text: str, detail: str) -> Progress:
    reached = min(done, total)
    quarter = 25 * (4 * reached // total) if total else 0
    return Progress(reached, max(total, 1), text, detail, f"{quarter}")


def _refusal(found: ClaimsFile) -> str:
    if found.status != FileStatus.REFUSED:
        return ""
    return problem_text(refusal_problem(found.refusal, found.refusal_values))


def _heading(found: ClaimsFile, status: FileStatus) -> str:
    """Return what was found or done, where it has come so far."""
    fixed = {
        FileStatus.WAITING: gettext("The file waits to be checked"),
        FileStatus.CHECKING: gettext("The file is being checked"),
        FileStatus.LOADING: gettext("The faultless claims are being taken in"),
        FileStatus.LOADED: gettext("The file is received"),
        FileStatus.REFUSED: "",
    }
    if status in fixed:
        return fixed[status]
    if found.faulty_count:
        return gettext("The file contains faults")
    return gettext("The file has no fault that stops")


def _outcome(found: ClaimsFile, status: FileStatus) -> str:
    """Return in one sentence what has come of the file."""
    if status is FileStatus.DISCARDED:
        return gettext("Nothing of the file is taken in. Correct the faults and upload it again, whole.")
    if status is FileStatus.LOADED and found.faulty_count:
        return gettext("The faultless claims are received. Correct the others and upload them in a new file.")
    if status is FileStatus.LOADED:
        return gettext("Everything in the file is received.")
    if status is FileStatus.CHECKED and found.is_check_only:
        return gettext("It was only checked: nothing is taken in.")
    if status is FileStatus.CHECKED:
        return gettext("Nothing is taken in until you choose what to do.")
    return ""


def _repeats(found: ClaimsFile) -> str:
    """Return that the very same file was handed in before, where it was."""
    before = files.same_before(found)
    if before is None:
        return ""
    at = before.uploaded_at.astimezone(clock.STOCKHOLM)
    text = gettext("The very same file was handed in %(at)s. What it held then is not taken in once more.")
    return text % {"at": f"{at:%Y-%m-%d %H.%M}"}


def _load_text(found: ClaimsFile, faultless: int) -> str:
    if not faultless:
        return gettext("No claim is faultless. Correct the faults and upload the file again.")
    text = ngettext(
        "%(faultless)s of %(count)s is faultless. Upload takes in that one; correct the others and upload "
        "them in a new file.",
        "%(faultless)s of %(count)s are faultless. Upload takes in those; correct the others and upload them "
        "in a new file.",
        faultless,
    )
    return text % {"faultless": format_count(faultless), "count": format_count(found.checked_count)}


# The list of faults -------------------------------------------------------------------------------


def faults_of(found: ClaimsFile, *, level: str = "", code: str = "") -> QuerySet[FileFault]:
    """Return the faults of a file, of a level or a kind where asked for. Source: spec SC-12a, SC-14."""
    faults = FileFault.objects.filter(file=found)
    if level:
        faults = faults.filter(level=level)
    return faults.filter(code=code) if code else faults


def fault_kinds(found: ClaimsFile) -> list[tuple[str, str]]:
    """Return the kinds of fault that a file has, the most frequent first: code, and words with how many."""
    kinds = FileFault.objects.filter(file=found).values_list("code").annotate(count=Count("pk"))
    return [
        (code, f"{_kind_text(code)} ({format_count(count)})")
        for code, count in kinds.order_by("-count", "code")
    ]


def _kind_text(code: str) -> str:
    """Return the first sentence of what is said of a kind of fault, without its values."""
    if code not in FAULTS:
        return code
    first, _stop, _remedy = gettext(FAULTS[code].message).partition(". ")
    return _PLACEHOLDER.sub("…", first).rstrip(".").removesuffix(", …")


def print_notice(found: ClaimsFile) -> str:
    """Return what is said of a list too long to be printed whole, else nothing. Source: spec SC-14."""
    if found.fault_count <= MOST_PRINTED:
        return ""
    text = gettext("Only the first %(most)s faults are printed. Export to Excel to get all of them.")
    return text % {"most": format_count(MOST_PRINTED)}


def fault_rows(actor: Actor, faults: Sequence[FileFault], *, today: date) -> list[FaultRow]:
    """Return faults as they are shown; whose claims they are is found in as many statements for any number.

    Source: spec SC-14, CO-30.
    """
    patterns = people.reserve_patterns(actor.authority_id)
    numbers = {
        written: [
            each.digits
            for each in identity.parse_identity_number(written, today=today, reserve_patterns=patterns)
        ]
        for written in {fault.identity_number for fault in faults if fault.identity_number}
    }
    known = people.persons_by_number(
        actor.authority_id, (digits for several in numbers.values() for digits in several)
    )
    rows: list[FaultRow] = []
    before = None
    for fault in faults:
        persons = [known[each].pk for each in numbers.get(fault.identity_number, ()) if each in known]
        rows.append(
            FaultRow(
                fault=fault,
                identity=_identity(fault.identity_number, numbers.get(fault.identity_number, [])),
                text=_fault_text(fault),
                level=Level(fault.level),
                person_id=persons[0] if persons else None,
                is_first=fault.place != before,
            )
        )
        before = fault.place
    return rows


def _identity(written: str, meant: Sequence[str]) -> str:
    """Return a personal number with its dash, and one that cannot be read as it was written."""
    return identity.format_identity_number(meant[0]) if len(meant) == 1 else written


def _fault_text(fault: FileFault) -> str:
    if fault.code not in FAULTS:
        return fault.code
    values = dict(fault.values)
    if fault.code == "credit_not_possible":
        values["reason"] = gettext(str(values.get("reason", "")))
    return problem_text(rules.problem_of(Fault(fault.code, values=values)))
