"""Check the entries of a claims file, a chunk at a time, in a number of statements that does not grow."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import identity
from kvitt.foundation.values.text import search_key
from kvitt.modules.special_care.lifecycle import ClaimStatus
from kvitt.modules.special_care.models import Claim
from kvitt.modules.special_care.queries import known, undoing
from kvitt.modules.special_care.queries.claims import MODULE
from kvitt.modules.special_care.queries.known import Around, Asked
from kvitt.modules.special_care.rules import claim as rules
from kvitt.modules.special_care.rules import invoice as invoice_rules
from kvitt.modules.special_care.rules.faults import Fault
from kvitt.modules.special_care.rules.files import BadEntry, Entry, FileClaim, FileCredit, Place
from kvitt.modules.special_care.rules.tally import Tally
from kvitt.registers.access import queries as access
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person

# With the century: as numbers are kept.
_WHOLE = 12


@dataclass(frozen=True)
class Sender:
    """On whose behalf a file is handed in: a care provider, and who of it; None where the program does.

    Without a care provider no claim is anybody's.
    """

    authority_id: int
    provider_id: int | None
    user_id: int | None = None


@dataclass
class CheckedEntry:
    """An entry with its faults: a claim with its clinic, patient and what is known, a credit with its claim.

    `taken` is what each of its lines takes of a preauthorization, by the line's place.
    """

    entry: Entry
    faults: list[Fault]
    clinic: Clinic | None = None
    person: Person | None = None
    around: Around | None = None
    taken: Mapping[int, int] | None = None
    claim: Claim | None = None

    @property
    def is_faultless(self) -> bool:
        """Whether nothing stops it; it may still be warned about."""
        return not any(fault.stops for fault in self.faults)


def sender_in(authority_id: int, entries: Iterable[Entry]) -> Sender:
    """Return the care provider of the first clinic that entries name, for the program itself."""
    numbers = list(dict.fromkeys(entry.place.clinic_number.strip() for entry in entries))
    clinics = Clinic.objects.filter(authority_id=authority_id, number__in=numbers)
    providers = dict(clinics.values_list("number", "provider_id"))
    return Sender(authority_id, next((providers[each] for each in numbers if each in providers), None))


def check_entries(
    sender: Sender, entries: Sequence[Entry], tally: Tally, *, today: date
) -> list[CheckedEntry]:
    """Check entries that follow one another in a file: `tally` knows what those before them take.

    Source: spec SC-11, SC-13, SC-14.
    """
    checked = look_up(sender, entries, tally, today=today)
    check_credits(sender, checked, tally)
    check_claims(sender, checked, tally, today=today)
    return checked


def look_up(sender: Sender, entries: Sequence[Entry], tally: Tally, *, today: date) -> list[CheckedEntry]:
    """Find clinic and patient of each entry: what is locked before its claim is checked and taken in."""
    clinics = _Clinics(sender, {entry.place.clinic_number for entry in entries}, today=today)
    persons = _Persons(sender, (one.place for one in entries if isinstance(one, FileClaim)), today=today)
    return [_first_look(entry, clinics, persons, tally) for entry in entries]


def check_claims(sender: Sender, checked: Sequence[CheckedEntry], tally: Tally, *, today: date) -> None:
    """Check the claims whose clinic and patient are found, as one that is typed, after those before them."""
    whole = [one for one in checked if one.clinic is not None and one.person is not None]
    asked = [
        Asked(one.clinic, one.person, one.entry.facts)
        for one in whole
        if one.clinic and one.person and isinstance(one.entry, FileClaim)
    ]
    found = known.around_many(sender.authority_id, asked, today=today)
    for one, of_claim, around in zip(whole, asked, found, strict=True):
        _check_claim(one, of_claim, around, tally)


def _first_look(entry: Entry, clinics: "_Clinics", persons: "_Persons", tally: Tally) -> CheckedEntry:
    """Tell what is wrong with an entry by itself: how it is written, of which clinic and patient it is."""
    place = entry.place
    if isinstance(entry, BadEntry):
        if place.reference.strip():
            tally.is_reference_new(place.reference)
        return CheckedEntry(entry, [*entry.faults])
    faults = clinics.faults_of(place.clinic_number)
    clinic = None if faults else clinics.clinic_of(place.clinic_number)
    if isinstance(entry, FileCredit):
        return CheckedEntry(entry, faults, clinic)
    found = persons.of(place)
    if isinstance(found, Fault):
        faults.append(found)
    if not entry.facts.reference.strip():
        faults.append(Fault("reference_missing"))
    elif not tally.is_reference_new(entry.facts.reference):
        faults.append(Fault("reference_twice", values={"reference": entry.facts.reference.strip()}))
    return CheckedEntry(entry, faults, clinic, None if isinstance(found, Fault) else found)


def _check_claim(one: CheckedEntry, asked: Asked, around: Around, tally: Tally) -> None:
    """Check a claim as one that is typed, after those before it; a faultless one takes what it needs."""
    facts, person_id = asked.facts, asked.person.pk
    around = Around(tally.applied(person_id, facts, around.known), around.certificates, around.plans)
    one.around = around
    one.faults += rules.check_claim(facts, around.known)
    if one.is_faultless:
        one.taken = tally.take(person_id, facts, around.known)


# Credits ------------------------------------------------------------------------------------------


def check_credits(sender: Sender, checked: Iterable[CheckedEntry], tally: Tally) -> None:
    """Find the claims that are to be credited, and tell which of them cannot be."""
    found = claims_to_credit(sender, checked)
    for one in checked:
        if not isinstance(one.entry, FileCredit) or one.clinic is None:
            continue
        reference = one.entry.place.reference.strip()
        one.claim = found.get(search_key(reference))
        values: dict[str, object] = {"reference": reference}
        if not reference:
            one.faults.append(Fault("reference_missing"))
        elif one.claim is None or one.claim.clinic_id != one.clinic.pk:
            one.faults.append(Fault("credit_unknown", values=values))
        elif not tally.is_credit_new(reference) or undoing.is_credited(one.claim):
            one.faults.append(Fault("credit_twice", values=values))
        else:
            problems = invoice_rules.check_credit(undoing.standing(one.claim))
            one.faults += [
                Fault("credit_not_possible", values={**values, "reason": problem.message})
                for problem in problems
            ]


def claims_to_credit(sender: Sender, checked: Iterable[CheckedEntry]) -> dict[str, Claim]:
    """Return the claims of the care provider that credits name, by the key of their reference."""
    keys = {search_key(one.entry.place.reference) for one in checked if isinstance(one.entry, FileCredit)}
    if not keys:
        return {}
    claims = Claim.objects.filter(provider_id=sender.provider_id, reference_key__in=keys)
    claims = claims.exclude(status=ClaimStatus.DRAFT).select_related(
        "clinic", "invoice__ledger_invoice", "credit_invoice__ledger_invoice"
    )
    return {claim.reference_key: claim for claim in claims.order_by("pk")}


# Clinics and patients ------------------------------------------------------------------------------


class _Clinics:
    """The clinics that a part of a file names, and for which of them its sender may send in today."""

    def __init__(self, sender: Sender, numbers: Collection[str], *, today: date) -> None:
        wanted = {number.strip() for number in numbers}
        rows = Clinic.objects.filter(authority_id=sender.authority_id, number__in=wanted)
        self._clinics = {clinic.number: clinic for clinic in rows.select_related("authority")}
        ids = [clinic.pk for clinic in self._clinics.values() if clinic.provider_id == sender.provider_id]
        self._own = {*ids}
        if sender.user_id is not None:
            self._own &= access.clinics_where(sender.user_id, Permission.REPORT_CLAIMS, clinic_ids=ids)
        self._connected = organisations.connected_clinics(ids, MODULE, on=today)

    def faults_of(self, number: str) -> list[Fault]:
        """Tell why the sender may not send in for the clinic of that number, nothing where he may."""
        values = {"clinic": number.strip()}
        clinic = self._clinics.get(number.strip())
        if clinic is None:
            return [Fault("clinic_unknown", values=values)]
        if clinic.pk not in self._own:
            return [Fault("other_clinic", values=values)]
        return [] if clinic.pk in self._connected else [Fault("clinic_not_connected", values=values)]

    def clinic_of(self, number: str) -> Clinic:
        """Return a clinic without faults."""
        return self._clinics[number.strip()]


class _Persons:
    """The patients that a part of a file names, found in the register by number."""

    def __init__(self, sender: Sender, places: Iterable[Place], *, today: date) -> None:
        patterns = people.reserve_patterns(sender.authority_id)
        written = {place.identity_number for place in places}
        # What stands in the register is a number: it need not be read to be found.
        digits = {each: "".join(filter(str.isalnum, each)) for each in written}
        whole = {number for number in digits.values() if len(number) == _WHOLE}
        self._persons = people.persons_by_number(sender.authority_id, whole)
        self._readings = {
            each: (number,) if number in self._persons else _readings(each, today, patterns)
            for each, number in digits.items()
        }
        others = {number for readings in self._readings.values() for number in readings} - whole
        self._persons |= people.persons_by_number(sender.authority_id, others)

    def of(self, place: Place) -> Person | Fault:
        """Return the patient of an entry, or what is wrong with the number: no check of it is told twice."""
        readings = self._readings[place.identity_number]
        known_ones = {
            person.pk: person for number in readings if (person := self._persons.get(number)) is not None
        }
        if len(known_ones) == 1:
            [person] = known_ones.values()
            return person
        return Fault("unknown_person" if readings and not known_ones else "identity_number_wrong")


def _readings(written: str, today: date, patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the numbers that what was written may mean."""
    return tuple(one.digits for one in identity.parse_identity_number(written, today, patterns))


# Telling ------------------------------------------------------------------------------------------


def line_of(entry: Entry, fault: Fault) -> int:
    """Return the line of the file that a fault is on: of a line of the claim where it is of one."""
    if isinstance(entry, FileClaim) and fault.line is not None and fault.line < len(entry.lines):
        return entry.lines[fault.line]
    line = fault.values.get("line") if isinstance(entry, BadEntry) else None
    return line if isinstance(line, int) else entry.place.line
