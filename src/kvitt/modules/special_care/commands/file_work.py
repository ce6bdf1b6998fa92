"""What the worker does with a claims file: one transaction per part of it, by whoever holds the file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from kvitt.audit import commands as audit
from kvitt.foundation import bulk, clock
from kvitt.ledger import commands as ledger
from kvitt.modules.special_care.commands import crediting, filed_claims, gathering, steps
from kvitt.modules.special_care.lifecycle import FileStatus, ensure_file_step
from kvitt.modules.special_care.models import ClaimsFile, FileFault, TreatmentPlan
from kvitt.modules.special_care.queries import checking, claims
from kvitt.modules.special_care.queries import files as queries
from kvitt.modules.special_care.queries.checking import CheckedEntry, Sender
from kvitt.modules.special_care.rules.faults import FAULTS, Fault
from kvitt.modules.special_care.rules.files import BadEntry, Entry, FileClaim, FileCredit, FileRefused
from kvitt.modules.special_care.rules.tally import Tally
from kvitt.registers.mailing import commands as mailing
from kvitt.registers.mailing.lifecycle import MailEvent
from kvitt.registers.people.models import Person

# So long nobody else takes a file that a worker has taken; what it does next renews it.
HELD_FOR = timedelta(seconds=30)


class NotHeld(Exception):  # noqa: N818 - reads as a sentence
    """Somebody else works on the file, or it needs no work any more."""


class ChangedMeanwhile(Exception):  # noqa: N818 - as above
    """What a part is about has just changed: nothing of it is taken in, and it is tried again."""


@dataclass(frozen=True)
class Part:
    """Entries that follow one another in a file: how many come before them, and how far it is read."""

    before: int
    entries: Sequence[Entry]
    is_last: bool
    bytes_read: int = 0


# Who works on a file ------------------------------------------------------------------------------


def take_hold(file_id: int, holder: str) -> bool:
    """Take a file that waits to be worked on, unless somebody else holds it; tells whether it is ours."""
    now = clock.now()
    free = Q(held_until__isnull=True) | Q(held_until__lt=now)
    waiting = ClaimsFile.objects.filter(free, pk=file_id, status__in=[*queries.TO_DO])
    return waiting.update(held_by=holder, held_until=now + HELD_FOR) == 1


def let_go(file_id: int, holder: str) -> None:
    """Let the next worker take the file at once."""
    ClaimsFile.objects.filter(pk=file_id, held_by=holder).update(held_by="", held_until=None)


# Checking -----------------------------------------------------------------------------------------


def check_file(*, file_id: int, holder: str, part: Part, tally: Tally, written_as: str = "") -> None:
    """Check the next part of a file: faults and progress are written, and nothing else.

    A check that was interrupted begins afresh. After the last part a faultless file goes on to be taken in,
    unless it was handed in to be checked only; one with faults waits for its clinic. `tally` knows what the
    parts before take. Source: spec SC-13 - SC-15, QU-14.
    """
    with transaction.atomic():
        found = _held(file_id, holder)
        if part.before == 0:
            _begin(found, written_as)
        if found.status != FileStatus.CHECKING or found.checked_count != part.before:
            raise NotHeld
        checked = checking.check_entries(_sender(found), part.entries, tally, today=clock.today())
        _write_faults(found, checked)
        found.checked_count += len(checked)
        found.checked_bytes = found.size if part.is_last else min(part.bytes_read, found.size)
        found.credit_count += sum(isinstance(entry, FileCredit) for entry in part.entries)
        if part.is_last:
            _end_check(found)
        _renew(found)
        found.save()
        audit.record_read(
            "special_care.check_file",
            queries.uploader(found),
            subject=(queries.SUBJECT, found.pk),
            person_ids={one.person.pk for one in checked if one.person is not None},
        )


def refuse_file(*, file_id: int, holder: str, refusal: FileRefused) -> None:
    """Note why a file cannot be read; what was found wrong with its claims so far is dropped.

    Source: spec SC-13.
    """
    with transaction.atomic():
        found = _held(file_id, holder)
        ensure_file_step(found.status, FileStatus.REFUSED, command="check_file")
        _forget(found)
        found.status, found.finished_at = FileStatus.REFUSED, clock.now()
        found.refusal, found.refusal_values = refusal.code, stored_values(refusal.values)
        found.held_by, found.held_until = "", None
        found.save()
        audit.record(
            "special_care.refuse_file",
            queries.uploader(found),
            subject=(queries.SUBJECT, found.pk),
            after={"file_name": found.name, "reason": refusal.code},
        )


def _begin(found: ClaimsFile, written_as: str) -> None:
    """Begin a check, or begin it afresh where another one was interrupted."""
    if found.status == FileStatus.WAITING:
        ensure_file_step(found.status, FileStatus.CHECKING, command="check_file")
        found.status = FileStatus.CHECKING
    _forget(found)
    found.format = written_as


def _forget(found: ClaimsFile) -> None:
    FileFault.objects.filter(file=found).delete()
    found.checked_bytes = found.checked_count = found.credit_count = 0
    found.faulty_count = found.fault_count = 0


def _end_check(found: ClaimsFile) -> None:
    is_done = found.faulty_count > 0 or found.is_check_only
    after = FileStatus.CHECKED if is_done else FileStatus.LOADING
    ensure_file_step(found.status, after, command="check_file")
    found.status = after
    found.finished_at = clock.now() if found.is_check_only else None


# Taking in ----------------------------------------------------------------------------------------


def take_in_claims(*, file_id: int, holder: str, part: Part) -> None:
    """Take in the next part of a checked file: what is faultless and was so when it was checked.

    It is checked again, after what it touches is locked: what has become faulty since is told, and left.
    Claims are written in a number of statements that does not grow with them; credits are done one by one,
    and first. Raises ChangedMeanwhile. Source: spec SC-13, SC-15, SC-21, QU-14.
    """
    today = clock.today()
    with transaction.atomic():
        found = _held(file_id, holder)
        if found.status != FileStatus.LOADING or found.loaded_count != part.before:
            raise NotHeld
        told = queries.told_places(found, [entry.place.number for entry in part.entries])
        entries = [
            one for one in part.entries if not isinstance(one, BadEntry) and one.place.number not in told
        ]
        sender, tally, actor = _sender(found), Tally(), queries.uploader(found)
        checked = checking.look_up(sender, entries, tally, today=today)
        locked = _lock(sender, checked)
        checking.check_credits(sender, checked, tally)
        credited = [one.claim for one in checked if one.claim is not None and one.is_faultless]
        for claim in credited:
            crediting.credit(actor, claim, today=today)
            crediting.record_credit(actor, claim)
        checking.check_claims(sender, checked, tally, today=today)
        faultless = [one for one in checked if isinstance(one.entry, FileClaim) and one.is_faultless]
        taken = filed_claims.write_claims(actor, found, faultless, locked, today=today)
        _write_faults(found, [one for one in checked if not one.is_faultless])
        found.loaded_count += len(part.entries)
        found.taken_count += len(taken)
        found.taken_amount += sum(claim.total for claim in taken)
        found.credited_count += len(credited)
        if part.is_last:
            ensure_file_step(found.status, FileStatus.LOADED, command="take_in_claims")
            found.status, found.finished_at = FileStatus.LOADED, clock.now()
            mailing.tell_clinic(
                found.clinic_id,
                MailEvent.CLAIMS_FILE_RECEIVED,
                path=reverse("special_care:upload_claims_file"),
                values={
                    "received": found.taken_count + found.credited_count,
                    "left_out": found.loaded_count - found.taken_count - found.credited_count,
                },
            )
        _renew(found)
        found.save()
        audit.record_many(
            "special_care.take_in_claims",
            actor,
            [
                audit.Entry(
                    subject=(claims.SUBJECT, claim.number),
                    person_ids=(claim.person_id,),
                    after={**steps.told(claim), "file_name": found.name},
                )
                for claim in taken
            ],
        )


def _lock(sender: Sender, checked: Sequence[CheckedEntry]) -> set[int]:
    """Lock what the entries touch, in the order in which everybody does; return which invoices are locked.

    Invoices, clinics, patients, preauthorizations. Raises ChangedMeanwhile where a patient's record has just
    been merged into another.
    """
    whole = [one for one in checked if one.clinic is not None]
    keys = {
        gathering.key_of(one.clinic.pk, one.entry.facts.invoice_reference, one.entry.facts.county)
        for one in whole
        if one.clinic is not None and isinstance(one.entry, FileClaim)
    }
    credited = checking.claims_to_credit(sender, checked).values()
    also = {pk for claim in credited for pk in (claim.invoice_id, claim.credit_invoice_id) if pk is not None}
    locked = gathering.lock_open(keys, also=also)
    ledger.hold_clinics({one.clinic.pk for one in whole if one.clinic is not None})
    patients = {one.person.pk for one in whole if one.person is not None}
    patients |= {claim.person_id for claim in credited}
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=patients).order_by("pk")
    asked_for = {one.person.pk for one in whole if one.person is not None}
    if any(merged and pk in asked_for for pk, merged in rows.values_list("pk", "merged_into_id")):
        raise ChangedMeanwhile
    numbers = {one.entry.facts.plan_number for one in whole if isinstance(one.entry, FileClaim)} - {""}
    plan_ids = {claim.plan_id for claim in credited if claim.plan_id is not None}
    if numbers:
        named = TreatmentPlan.objects.filter(authority_id=sender.authority_id, number__in=numbers)
        plan_ids |= set(named.values_list("pk", flat=True))
    if plan_ids:
        steps.lock_planned(plan_ids)
    return locked


# What both do -------------------------------------------------------------------------------------


def _held(file_id: int, holder: str) -> ClaimsFile:
    """Lock a file that the worker holds. Raises NotHeld."""
    files = ClaimsFile.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "clinic__authority"
    )
    found = files.filter(pk=file_id, held_by=holder).first()
    if found is None:
        raise NotHeld
    return found


def _renew(found: ClaimsFile) -> None:
    """Hold the file on, while there is something left to do."""
    is_to_do = found.status in queries.TO_DO
    found.held_until = clock.now() + HELD_FOR if is_to_do else None
    found.held_by = found.held_by if is_to_do else ""


def _sender(found: ClaimsFile) -> Sender:
    return Sender(found.authority_id, found.clinic.provider_id, found.uploaded_by_id)


def _write_faults(found: ClaimsFile, checked: Iterable[CheckedEntry]) -> None:
    """Write the faults of entries, and count them."""
    rows = []
    for one in checked:
        rows += [_row(found, one.entry, fault) for fault in one.faults]
        found.faulty_count += not one.is_faultless
    bulk.insert(rows)
    found.fault_count += len(rows)


def _row(found: ClaimsFile, entry: Entry, fault: Fault) -> FileFault:
    place, kind = entry.place, FAULTS[fault.code]
    return FileFault(
        file=found,
        place=place.number,
        line=checking.line_of(entry, fault),
        clinic_number=place.clinic_number[:20],
        reference=place.reference[:60],
        identity_number=place.identity_number[:20],
        code=fault.code,
        level=kind.level,
        element=kind.element,
        values=stored_values(fault.values),
    )


def stored_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return what goes into a message as JSON knows it: dates as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
