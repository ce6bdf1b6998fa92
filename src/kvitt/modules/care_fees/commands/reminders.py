"""Write reminders of absences: each is its user's own, and ends when it is done."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.models import Absence, Reminder
from kvitt.modules.care_fees.queries import absences as queries
from kvitt.modules.care_fees.rules.absence_check import NewReminder, check_reminder
from kvitt.registers.access.rules import Actor


def save_reminder(
    actor: Actor, *, today: date, number: str, absence_id: int, reminder: NewReminder
) -> Reminder:
    """Remind the actor of an absence (*bevakning*); the one that stands already is changed.

    Raises Refused, Http404, NotAllowed. Source: debitering-ao, page 23; spec CF-18.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        absence = queries.absence_of(client, absence_id)
        check(reminder, today=today)
        stored = store_reminder(actor, absence, reminder)
        after = {"absence": str(absence.first_on), **logged(reminder)}
        audit.record("care_fees.save_reminder", actor, after=after, **steps.about(client))
        return stored


def finish_reminder(actor: Actor, *, today: date, number: str, reminder_id: int) -> Reminder:
    """End a reminder of the actor's own (*Klar*). Raises Http404, NotAllowed.

    Source: debitering-ao, page 23; spec CF-18.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        reminder = queries.reminder_of(actor, client, reminder_id)
        reminder.done_on = today
        reminder.save(update_fields=["done_on"])
        before = {"absence": str(reminder.absence.first_on)}
        audit.record("care_fees.finish_reminder", actor, before=before, **steps.about(client))
        return reminder


# Steps that the absences share --------------------------------------------------------------------


def check(reminder: NewReminder, *, today: date) -> None:
    """Raise Refused for a reminder from a day that has passed."""
    refuse_if_any(check_reminder(reminder.first_on, today=today))


def store_reminder(actor: Actor, absence: Absence, reminder: NewReminder) -> Reminder:
    """Store the actor's reminder of an absence of a client who is held; the caller logs it."""
    stored = queries.standing_reminder(actor, absence)
    if stored is None:
        stored = Reminder(absence=absence, user_id=actor.user_id or 0, user_name=actor.name)
    stored.pace, stored.first_on = reminder.pace.value, reminder.first_on
    stored.save()
    return stored


def logged(reminder: NewReminder) -> dict[str, object]:
    """Return what the log keeps of a reminder."""
    return {"reminder_pace": reminder.pace.value, "reminder_from": reminder.first_on.isoformat()}
