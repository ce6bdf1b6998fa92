"""Write absences of clients: they are ended and changed in any month, and what is removed stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.care_fees.commands import reminders, steps
from kvitt.modules.care_fees.models import Absence, Client, Reminder
from kvitt.modules.care_fees.queries import absence_preview as preview
from kvitt.modules.care_fees.queries import absences as queries
from kvitt.modules.care_fees.queries import month as months
from kvitt.modules.care_fees.rules.absence import AbsenceFacts, find_first_day
from kvitt.modules.care_fees.rules.absence_check import NewReminder, check_not_ended
from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class Saved:
    """An absence as it is saved, and the locked months that lose more or less by it, the first first.

    Their difference comes on the next invoice. Source: spec CF-17.
    """

    absence: Absence
    locked: Sequence[date]


def add_absence(
    actor: Actor,
    *,
    today: date,
    number: str,
    new: AbsenceFacts,
    reminder: NewReminder | None = None,
) -> Saved:
    """Register that a client is away (*tillfälligt uppehåll*), with a reminder where one is wanted.

    Raises Refused, Http404, NotAllowed. Source: debitering-ao, pages 22-23; spec CF-14, CF-17, CF-18.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        before = _facts(client)
        refuse_if_any(preview.problems_of(client, new, before, today=today))
        if reminder is not None:
            reminders.check(reminder, today=today)
        absence = Absence.objects.create(client=client, **_values(new))
        if reminder is not None:
            reminders.store_reminder(actor, absence, reminder)
        steps.touch(client, since=find_first_day([*before, new], new))
        after = _logged(new) | ({} if reminder is None else reminders.logged(reminder))
        audit.record("care_fees.add_absence", actor, after=after, **steps.about(client))
        return Saved(absence, _locked(client, before, [*before, new], today))


def change_absence(actor: Actor, *, today: date, number: str, absence_id: int, new: AbsenceFacts) -> Saved:
    """Change the days, the reason or the report of an absence, of a locked month too.

    Raises Refused, Http404, NotAllowed. Source: spec CF-14, CF-17.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        absence = queries.absence_of(client, absence_id)
        before = _logged(queries.facts_of(absence))
        saved = _change(client, absence, new, today)
        after = _logged(new)
        audit.record("care_fees.change_absence", actor, before=before, after=after, **steps.about(client))
        return saved


def end_absence(actor: Actor, *, today: date, number: str, absence_id: int, last_on: date) -> Saved:
    """Give an open absence its last day. Raises Refused, Http404, NotAllowed.

    Source: debitering-ao, page 22; spec CF-14.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        absence = queries.absence_of(client, absence_id)
        refuse_if_any(check_not_ended(absence.last_on))
        saved = _change(client, absence, replace(queries.facts_of(absence), last_on=last_on), today)
        after = _logged(queries.facts_of(absence))
        audit.record("care_fees.end_absence", actor, after=after, **steps.about(client))
        return saved


def remove_absence(actor: Actor, *, today: date, number: str, absence_id: int) -> Saved:
    """Take away an absence that was registered by mistake; it stays, and is in the log.

    What reminds of it is done. Raises Http404, NotAllowed. Source: spec CF-14, CF-17.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        absence = queries.absence_of(client, absence_id)
        before = _facts(client)
        absence.removed_at = clock.now()
        absence.save(update_fields=["removed_at"])
        Reminder.objects.filter(absence=absence, done_on__isnull=True).update(done_on=today)
        facts = queries.facts_of(absence)
        steps.touch(client, since=find_first_day(before, facts))
        audit.record("care_fees.remove_absence", actor, before=_logged(facts), **steps.about(client))
        return Saved(absence, _locked(client, before, [each for each in before if each != facts], today))


# Steps --------------------------------------------------------------------------------------------


def _change(client: Client, absence: Absence, new: AbsenceFacts, today: date) -> Saved:
    """Change an absence of a client who is held; the caller logs it."""
    old, before = queries.facts_of(absence), _facts(client)
    others = [each for each in before if each != old]
    refuse_if_any(preview.problems_of(client, new, others, today=today))
    for name, value in _values(new).items():
        setattr(absence, name, value)
    absence.save(update_fields=list(_values(new)))
    since = min(find_first_day(before, old), find_first_day([*others, new], new))
    steps.touch(client, since=since)
    return Saved(absence, _locked(client, before, [*others, new], today))


def _facts(client: Client) -> list[AbsenceFacts]:
    return [queries.facts_of(each) for each in queries.absences_of([client.pk])]


def _locked(
    client: Client, before: Sequence[AbsenceFacts], after: Sequence[AbsenceFacts], today: date
) -> list[date]:
    """Return the locked months that the change makes lose more or less."""
    locked: Iterable[date] = months.locked_months(client)
    if not locked:
        return []
    through = last_day_of_month(max([today, *locked]))
    return sorted(
        preview.changed_months(client.authority_id, before, after, through=through).intersection(locked)
    )


def _values(facts: AbsenceFacts) -> dict[str, object]:
    return {
        "reason": facts.reason.value,
        "first_on": facts.first_on,
        "last_on": facts.last_on,
        "reported_on": facts.reported_on,
    }


def _logged(facts: AbsenceFacts) -> dict[str, object]:
    return {
        "absence_reason": facts.reason.value,
        "first_on": facts.first_on.isoformat(),
        "last_on": "" if facts.last_on is None else facts.last_on.isoformat(),
        "reported_on": facts.reported_on.isoformat(),
    }
