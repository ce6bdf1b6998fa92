"""Read who is listed where, limited to what the actor may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values import dates, identity
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.rules import NotAllowed, Permission
from kvitt.registers.listings import rules
from kvitt.registers.listings.models import Listing
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person
from kvitt.registers.people.queries import ShownPerson
from kvitt.registers.price_lists import queries as price_lists

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

_NEEDS_ALLOWANCE = Scheme.NEEDS_ALLOWANCE.value
# The tabs of the patient's page in their order: by the app's name, its label, its address and who sees it.
_TABS = (
    ("dental_records", _("Care report"), "dental_records:patient_reports", Permission.SEE_REPORTS),
    ("listings", _("Listings"), "listings:patient", Permission.SEE_PATIENTS),
    (_NEEDS_ALLOWANCE, Scheme.NEEDS_ALLOWANCE.label, "needs_allowance:patient_cases", Permission.SEE_CASES),
    ("contacts", _("Patient contacts"), "dental_records:patient_contacts", Permission.SEE_REPORTS),
)


@dataclass(frozen=True)
class CurrentListing:
    """Where the patient is listed now; `set_aside` is None where the clinic is not connected."""

    clinic_id: int
    provider: str
    clinic: str
    first_on: date
    revision_ends_on: date | None
    capitation: Ore
    set_aside: Ore | None


@dataclass(frozen=True)
class PatientPage:
    """The upper half of the patient's page (*Hantera patient*), the same on every tab."""

    person: Person
    record_ids: list[int]
    shown: ShownPerson
    listing: CurrentListing | None
    may_list: bool

    @property
    def code(self) -> UUID:
        """What the addresses of the patient's pages hold."""
        return self.shown.code


@dataclass(frozen=True)
class Tab:
    """A tab of the patient's page."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class HistoryRow:
    """A listing in the tab *Listningar*."""

    provider: str
    clinic: str
    period: Period
    is_current: bool


@dataclass(frozen=True)
class HistoryPage:
    """Everything the tab *Listningar* shows."""

    title: str
    patient: PatientPage
    tabs: Sequence[Tab]
    rows: Sequence[HistoryRow]


@dataclass(frozen=True)
class MovePage:
    """The question before a patient is listed at the actor's clinic, or why it cannot be done."""

    title: str
    lead: str
    question: str
    problems: Sequence[str]
    submit: str
    cancel_url: str
    record_ids: Sequence[int]


# Listings -----------------------------------------------------------------------------------------


def listings_of(record_ids: Iterable[int]) -> list[Listing]:
    """Return every listing of these records, newest first."""
    rows = Listing.objects.filter(person_id__in=list(record_ids))
    return list(rows.select_related("clinic__provider").order_by("-first_on", "-pk"))


def listing_on(person: Person, day: date) -> Listing | None:
    """Return the listing that holds on the day; of merged records the one that began last."""
    return _holding_on(listings_of(people.record_ids(person)), person, day)


def _holding_on(rows: Iterable[Listing], person: Person, day: date) -> Listing | None:
    holding = (row for row in rows if _period(row, person).contains(day))
    return max(holding, key=lambda row: (row.first_on, row.person_id == person.pk, row.pk), default=None)


def facts_of(person: Person) -> list[rules.Listed]:
    """Return the person's listings as the rules see them."""
    return [
        rules.Listed(
            id=row.pk,
            clinic_id=row.clinic_id,
            clinic=str(row.clinic),
            period=_period(row, person),
            given_last_on=row.last_on,
            is_own_record=row.person_id == person.pk,
        )
        for row in listings_of(people.record_ids(person))
    ]


def problems_of(person: Person, clinic: Clinic, *, today: date) -> list[Problem]:
    """Return why the person cannot be listed at the clinic today, or nothing."""
    authority_id = clinic.authority_id
    return rules.check_listing(
        clinic_id=clinic.pk,
        clinic_closed_on=clinic.closed_on,
        born_on=person.born_on,
        died_on=person.died_on,
        is_merged=person.merged_into_id is not None,
        listings=facts_of(person),
        first_age=price_lists.parameter(authority_id, "listings.first_age", on=today),
        last_age=price_lists.parameter(authority_id, "listings.last_age", on=today),
        contact=organisations.authority(authority_id).contact,
        today=today,
    )


def _period(row: Listing, person: Person) -> Period:
    return rules.calculate_period(
        row.first_on, row.last_on, died_on=person.died_on, closed_on=row.clinic.closed_on
    )


def _holding(day: date) -> Q:
    """Return the condition of `rules.calculate_period` for lists: not ended, not dead, not closed."""
    condition = Q(first_on__lte=day)
    for end in ("last_on", "person__died_on", "clinic__closed_on"):
        condition &= Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": day})
    return condition


def _of_actor(actor: "Actor") -> QuerySet[Listing]:
    rows = Listing.objects.filter(clinic__authority_id=actor.authority_id)
    return rows if actor.clinic_ids is None else rows.filter(clinic_id__in=actor.clinic_ids)


def listed_person_ids(actor: "Actor") -> QuerySet[Listing, int]:
    """Return the ids of everybody who is or was listed at the actor's clinics, merged records as one."""
    rows = _of_actor(actor).annotate(record=Coalesce("person__merged_into_id", "person_id"))
    return rows.values_list("record", flat=True)


def listed_patients(
    actor: "Actor",
    *,
    on: date,
    name: str = "",
    revision_first_on: date | None = None,
    revision_last_on: date | None = None,
    clinic_id: int | None = None,
) -> QuerySet[Listing]:
    """Return who is listed at the actor's clinics on the day (*Listade patienter*, spec NA-3)."""
    actor.require(Permission.SEE_PATIENTS)
    rows = _of_actor(actor).filter(_holding(on)).select_related("person__merged_into", "clinic")
    if name:
        rows = rows.filter(
            people.named(name, path="person__") | people.named(name, path="person__merged_into__")
        )
    if revision_first_on:
        rows = rows.filter(revision_ends_on__gte=revision_first_on)
    if revision_last_on:
        rows = rows.filter(revision_ends_on__lte=revision_last_on)
    if clinic_id:
        rows = rows.filter(clinic_id=clinic_id)
    return rows


def patient_of(listing: Listing) -> Person:
    """Return who is listed: the person, or the one a merged record points at."""
    return listing.person.merged_into or listing.person


def clinic_choices(actor: "Actor") -> list[tuple[str, str]]:
    """Return the actor's clinics for a filter; a single one is no choice."""
    clinics = [(str(clinic.pk), str(clinic)) for clinic in organisations.clinics_of(actor)]
    return clinics if len(clinics) > 1 else []


# The patient's page -------------------------------------------------------------------------------


def patient_page(actor: "Actor", code: UUID, *, today: date, session: SessionBase) -> PatientPage:
    """Return the upper half of the patient's page as the actor sees it.

    Raises Http404 unless the person is or was listed at the actor's clinics, or was searched for in
    this session (spec CO-13); NotAllowed for who may see no patients.
    """
    return _patient_and_listings(actor, code, today=today, session=session)[0]


def _patient_and_listings(
    actor: "Actor", code: UUID, *, today: date, session: SessionBase
) -> tuple[PatientPage, list[Listing]]:
    actor.require(Permission.SEE_PATIENTS)
    person = people.person_of(actor, code)
    record_ids = people.record_ids(person)
    rows = listings_of(record_ids)
    is_reached = any(actor.sees_clinic(row.clinic_id) for row in rows)
    if not is_reached and person.pk not in people.opened_patients(session):
        raise Http404
    listing = _holding_on(rows, person, today)
    is_here = listing is not None and listing.clinic_id == actor.clinic_id
    page = PatientPage(
        person=person,
        record_ids=record_ids,
        shown=people.shown_person(session, person, day=today),
        listing=_current(listing, today=today) if listing else None,
        may_list=actor.may(Permission.LIST_PATIENTS)
        and actor.clinic_id is not None
        and person.died_on is None
        and not is_here,
    )
    return page, rows


def _current(listing: Listing, *, today: date) -> CurrentListing:
    clinic = listing.clinic
    is_connected = _NEEDS_ALLOWANCE in organisations.rights_of([clinic.pk], on=today)

    def amount(name: str) -> Ore:
        return price_lists.parameter(clinic.authority_id, f"listings.{name}", on=today)

    return CurrentListing(
        clinic_id=clinic.pk,
        provider=str(clinic.provider),
        clinic=str(clinic),
        first_on=listing.first_on,
        revision_ends_on=listing.revision_ends_on,
        capitation=amount("capitation_per_month"),
        set_aside=amount("set_aside_per_month") if is_connected else None,
    )


def patient_tabs(actor: "Actor", code: UUID, current: str) -> list[Tab]:
    """Return the tabs of the patient's page; `current` is the first word of one of `_TABS`."""
    return [
        Tab(gettext(label), reverse(address, args=[code]), current == name)
        for name, label, address, permission in _TABS
        if actor.may(permission)
    ]


def history_page(actor: "Actor", code: UUID, *, today: date, session: SessionBase) -> HistoryPage:
    """Return the patient's page with the tab *Listningar*. Raises as `patient_page` does."""
    patient, rows = _patient_and_listings(actor, code, today=today, session=session)
    periods = [(row, _period(row, patient.person)) for row in rows]
    return HistoryPage(
        title=gettext("Manage patient"),
        patient=patient,
        tabs=patient_tabs(actor, patient.code, "listings"),
        rows=[
            HistoryRow(str(row.clinic.provider), str(row.clinic), period, is_current=period.contains(today))
            for row, period in periods
        ],
    )


def move_page(actor: "Actor", code: UUID, *, today: date, session: SessionBase) -> MovePage:
    """Return the question before a patient is listed at the actor's clinic. Raises as `patient_page` does."""
    patient, rows = _patient_and_listings(actor, code, today=today, session=session)
    clinic = clinic_to_list_at(actor)
    current = _holding_on(rows, patient.person, today)
    values = {
        "clinic": str(clinic),
        "today": today.isoformat(),
        "old": "" if current is None else str(current.clinic),
        "yesterday": dates.day_before(today).isoformat(),
    }
    question = gettext("The patient is listed at %(clinic)s from %(today)s.") % values
    if current is not None:
        question += " " + gettext("The listing at %(old)s ends on %(yesterday)s.") % values
    return MovePage(
        title=gettext("List patient at my clinic"),
        lead=f"{patient.shown.name}, {identity.format_identity_number(patient.shown.number)}",
        question=question,
        problems=[problem_text(problem) for problem in problems_of(patient.person, clinic, today=today)],
        submit=gettext("List patient"),
        cancel_url=reverse("listings:patient", args=[patient.code]),
        record_ids=patient.record_ids,
    )


def clinic_to_list_at(actor: "Actor") -> Clinic:
    """Return the clinic the actor works at. Raises NotAllowed for who lists no patients."""
    actor.require(Permission.LIST_PATIENTS)
    if actor.clinic_id is None:
        raise NotAllowed(Permission.LIST_PATIENTS.value)
    return organisations.clinic_of(actor, actor.clinic_id)


# Two records that are one person ------------------------------------------------------------------


@dataclass(frozen=True)
class RecordColumn:
    """One of two records that are compared before they are merged."""

    heading: str
    shown: ShownPerson
    listing: str


@dataclass(frozen=True)
class MergePage:
    """The question before two records become one."""

    title: str
    records: Sequence[RecordColumn]
    kept_clinic: str
    ended_on: date | None
    is_protected: bool
    cancel_url: str
    record_ids: Sequence[int]


def merge_page(
    actor: "Actor", code: UUID, other_code: UUID, *, today: date, session: SessionBase
) -> MergePage:
    """Return the two records side by side and what merging them does. Raises Http404."""
    actor.require(Permission.ADMINISTER)
    remaining, other = people.person_of(actor, code), people.person_of(actor, other_code)
    if remaining == other:
        raise Http404
    plan = joined_listings(remaining, other, today=today)
    return MergePage(
        title=gettext("Merge records"),
        records=[
            _record_column(gettext("Remains"), remaining, today=today, session=session),
            _record_column(gettext("Is merged into it"), other, today=today, session=session),
        ],
        kept_clinic=plan.kept.clinic if plan.kept else "",
        ended_on=max((ending.last_on for ending in plan.endings), default=None),
        is_protected=remaining.is_protected or other.is_protected,
        cancel_url=reverse("people:person", args=[remaining.code]),
        record_ids=[remaining.pk, other.pk],
    )


def _record_column(heading: str, person: Person, *, today: date, session: SessionBase) -> RecordColumn:
    listing = listing_on(person, today)
    shown = people.shown_person(session, person, day=today)
    return RecordColumn(heading, shown, listing=str(listing.clinic) if listing else "")


def joined_listings(*persons: Person, today: date) -> rules.JoinedListings:
    """Return what becomes of the persons' open listings when they are one; the first one remains."""
    listings = [
        replace(listing, is_own_record=listing.is_own_record and person == persons[0])
        for person in persons
        for listing in facts_of(person)
    ]
    return rules.plan_joined_listings(listings, today=today)
