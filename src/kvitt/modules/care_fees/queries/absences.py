"""Read absences of clients, the terms they are counted by, and who is reminded of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext, ngettext

from kvitt.foundation.values.dates import Period, last_day_of_month
from kvitt.modules.care_fees.lifecycle import AbsenceReason, CareKind, ReminderPace
from kvitt.modules.care_fees.models import Absence, Client, GrantedService, Placement, Reminder
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.rules.absence import (
    PARAMETERS,
    AbsenceFacts,
    AbsenceTerms,
    CountedAbsence,
    count_absences,
)
from kvitt.modules.care_fees.rules.absence_check import calculate_due_day
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations.lifecycle import UnitKind
from kvitt.registers.people import queries as people
from kvitt.registers.price_lists import queries as price_lists

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

_SHOWN = 24


# For the rules ------------------------------------------------------------------------------------


def absences_of(client_ids: Iterable[int]) -> QuerySet[Absence]:
    """Return the absences of clients that are not removed, the first first. Source: spec CF-14."""
    rows = Absence.objects.filter(client_id__among=list(client_ids), removed_at__isnull=True)
    return rows.order_by("client_id", "first_on")


def facts_of(absence: Absence) -> AbsenceFacts:
    """Return what the rules know of an absence."""
    return AbsenceFacts(AbsenceReason(absence.reason), absence.first_on, absence.last_on, absence.reported_on)


def terms_of(authority_id: int, days: Iterable[date]) -> list[AbsenceTerms]:
    """Return the terms of each day on which an absence begins, in one statement.

    A day before the first parameter has none, and is left out. Source: spec CF-15, CF-16, CO-15.
    """
    wanted = sorted(set(days))
    found = price_lists.parameters_on(
        authority_id, [(name, day) for name in PARAMETERS.values() for day in wanted]
    )
    return [
        AbsenceTerms(first_on=day, **{term: found[name, day] for term, name in PARAMETERS.items()})
        for day in wanted
        if all((name, day) in found for name in PARAMETERS.values())
    ]


def notice_days(authority_id: int, *, on: date) -> int:
    """Return how long ahead planned absence is reported. Source: spec CF-15."""
    return price_lists.parameter(authority_id, PARAMETERS["notice_days"], on=on)


def is_in_care_home(client: Client, *, on: date) -> bool:
    """Tell whether a client is cared for in a care home on a day. Source: spec CF-14."""
    rows = GrantedService.objects.filter(client=client, first_on__lte=on)
    rows = rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=on))
    home = Q(service__care=CareKind.CARE_HOME_CARE) | Q(unit__unit_kind=UnitKind.CARE_HOME)
    return rows.filter(home).exists()


def absence_of(client: Client, absence_id: int) -> Absence:
    """Return an absence of the client that is not removed. Raises Http404 for any other."""
    found = absences_of([client.pk]).filter(pk=absence_id).first()
    if found is None:
        raise Http404
    return found


# The client's page --------------------------------------------------------------------------------


@dataclass(frozen=True)
class AbsenceRow:
    """An absence as the client's page shows it, with the days that count so far."""

    id: int
    reason: str
    first_on: date
    last_on: date | None
    reported_on: date
    counted: CountedAbsence | None
    reminder_id: int | None

    @property
    def is_open(self) -> bool:
        """Whether it has no last day yet."""
        return self.last_on is None

    @property
    def counts(self) -> str:
        """How many days and whole weeks count so far; of adjoining absences the first tells it."""
        if self.counted is None:
            return gettext("With the one before")
        days = self.counted.days
        told = ngettext("%(number)s day", "%(number)s days", days) % {"number": days}
        if not self.counted.facts.is_planned:
            return told
        weeks = self.counted.weeks
        return f"{told}, " + ngettext("%(number)s week", "%(number)s weeks", weeks) % {"number": weeks}

    @property
    def note(self) -> str:
        """From when it counts, where that is later than its first day."""
        if self.counted is None or not self.counted.is_late:
            return ""
        return gettext("from %(day)s") % {"day": self.counted.counted_on}


@dataclass(frozen=True)
class AbsencesPanel:
    """Everything `panels/absences.html` shows: the latest absences, newest first."""

    rows: Sequence[AbsenceRow]
    may_change: bool


def absences_panel(actor: "Actor", client: Client, *, today: date, is_whole: bool) -> AbsencesPanel | None:
    """Return the absences of a client; None for who sees the client in part."""
    if not is_whole:
        return None
    absences = list(absences_of([client.pk]))
    counted = _counted_by_day(client.authority_id, absences, today)
    reminders = _own_reminders(actor, [each.pk for each in absences])
    return AbsencesPanel(
        rows=[
            AbsenceRow(
                id=each.pk,
                reason=gettext(AbsenceReason(each.reason).label),
                first_on=each.first_on,
                last_on=each.last_on,
                reported_on=each.reported_on,
                counted=counted.get(each.first_on),
                reminder_id=reminders.get(each.pk),
            )
            for each in reversed(absences[-_SHOWN:])
        ],
        may_change=actor.may(Permission.REGISTER_CARE),
    )


def _counted_by_day(
    authority_id: int, absences: Sequence[Absence], today: date
) -> dict[date, CountedAbsence]:
    """Return how each absence counts by its first day; of adjoining ones the first stands for all."""
    if not absences:
        return {}
    terms = terms_of(authority_id, [each.first_on for each in absences])
    through = max(today, *(each.first_on for each in absences))
    found = count_absences([facts_of(each) for each in absences], terms=terms, through=through)
    return {each.facts.first_on: each for each in found}


def _own_reminders(actor: "Actor", absence_ids: Iterable[int]) -> dict[int, int]:
    rows = Reminder.objects.filter(
        absence_id__among=list(absence_ids), user_id=actor.user_id or 0, done_on__isnull=True
    )
    return dict(rows.values_list("absence_id", "pk"))


# Reminders ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReminderRow:
    """A reminder as the desktop shows it: `next_on` is the day on which it comes next."""

    id: int
    number: str
    name: str
    person_id: int
    reason: str
    first_on: date
    last_on: date | None
    pace: str
    next_on: date
    is_due: bool

    @property
    def period(self) -> str:
        """The days of the absence."""
        return str(Period(self.first_on, self.last_on))


def reminders_of(actor: "Actor", *, today: date) -> list[ReminderRow]:
    """Return the actor's reminders of clients whom he reaches whole, due ones first (*Bevakningar*).

    One whose absence has ended stands until it is done. Source: debitering-ao, page 23; spec CF-1, CF-18.
    """
    rows = Reminder.objects.filter(user_id=actor.user_id or 0, done_on__isnull=True)
    rows = rows.filter(absence__client__in=clients.clients_of(actor, on=today))
    rows = rows.select_related("absence__client__person__merged_into")
    found = [_reminder_row(row, today) for row in rows]
    return sorted(found, key=lambda row: (row.next_on, row.number))


def reminder_of(actor: "Actor", client: Client, reminder_id: int) -> Reminder:
    """Return a reminder of the actor's that is not done. Raises Http404 for any other."""
    rows = Reminder.objects.filter(
        pk=reminder_id, absence__client=client, user_id=actor.user_id or 0, done_on__isnull=True
    )
    found = rows.select_related("absence").first()
    if found is None:
        raise Http404
    return found


def standing_reminder(actor: "Actor", absence: Absence) -> Reminder | None:
    """Return the actor's own reminder of an absence, if one stands."""
    return Reminder.objects.filter(absence=absence, user_id=actor.user_id or 0, done_on__isnull=True).first()


def _reminder_row(row: Reminder, today: date) -> ReminderRow:
    client, absence = row.absence.client, row.absence
    next_on = calculate_due_day(row.first_on, ReminderPace(row.pace), today=today)
    return ReminderRow(
        id=row.pk,
        number=client.number,
        name=people.listed_name(client.person.merged_into or client.person),
        person_id=client.person_id,
        reason=gettext(AbsenceReason(absence.reason).label),
        first_on=absence.first_on,
        last_on=absence.last_on,
        pace=gettext(ReminderPace(row.pace).label),
        next_on=next_on,
        is_due=next_on == today,
    )


# The control list ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class WantedAbsences:
    """Which absences are listed: those that share a day with the period, in any of the areas if named."""

    first_on: date
    last_on: date
    area_ids: Sequence[int] = ()
    reason: str = ""
    open_only: bool = False


def search_absences(actor: "Actor", wanted: WantedAbsences, *, today: date) -> QuerySet[Absence]:
    """Return the absences of the actor's clients (*Personer med tillfälligt uppehåll*).

    An area is that which the client belongs to on a day of the period. Source: debitering-ao, page 24;
    spec CF-19.
    """
    rows = Absence.objects.filter(removed_at__isnull=True, first_on__lte=wanted.last_on)
    rows = rows.filter(client__in=clients.clients_of(actor, on=today))
    rows = rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=wanted.first_on))
    if wanted.area_ids:
        placed = Placement.objects.filter(
            client=OuterRef("client_id"), area_id__in=wanted.area_ids, first_on__lte=wanted.last_on
        )
        placed = placed.filter(Q(last_on__isnull=True) | Q(last_on__gte=wanted.first_on))
        rows = rows.filter(Exists(placed))
    if wanted.reason:
        rows = rows.filter(reason=wanted.reason)
    if wanted.open_only:
        rows = rows.filter(last_on__isnull=True)
    return rows.select_related("client__person__merged_into")


@dataclass(frozen=True)
class ListedAbsence:
    """An absence in the control list; protected persons are hidden."""

    pk: int
    number: str
    person_id: int
    name: str
    identity: str
    area: str
    reason: AbsenceReason
    first_on: date
    last_on: date | None
    reported_on: date
    days: int


def listed_absences(absences: Sequence[Absence], *, today: date) -> list[ListedAbsence]:
    """Return a page of the control list with what it shows, in a constant number of statements.

    The days of an open absence are those until the end of this month, as they are billed.
    """
    placements = Placement.objects.filter(client_id__among=[each.client_id for each in absences])
    newest: dict[int, str] = {}
    for placement in placements.select_related("area").order_by("first_on"):
        newest[placement.client_id] = placement.area.name
    return [
        ListedAbsence(
            pk=each.pk,
            number=each.client.number,
            person_id=each.client.person_id,
            name=people.listed_name(each.client.person.merged_into or each.client.person),
            identity=(each.client.person.merged_into or each.client.person).identity_number,
            area=newest.get(each.client_id, ""),
            reason=AbsenceReason(each.reason),
            first_on=each.first_on,
            last_on=each.last_on,
            reported_on=each.reported_on,
            days=max(((each.last_on or last_day_of_month(today)) - each.first_on).days + 1, 0),
        )
        for each in absences
    ]
