"""Say whom one asks about the invoices of a unit, and what is printed on a client's invoices."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values import dates
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.models import Client, InvoiceContact
from kvitt.modules.care_fees.queries import invoice_contacts as queries
from kvitt.modules.care_fees.rules import dated
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Clinic

SUBJECT = "care_fees.invoice_contact"

BEFORE_PRESENT = _("%(name)s is asked from %(date)s. Give a later day.")
NOBODY_TO_END = _("The unit has no contact that holds until further notice.")
ENDS_BEFORE = _("The contact holds from %(date)s. Give that day or a later one.")


def save_contact(
    actor: Actor, *, today: date, unit_id: int, name: str, phone: str, email: str, first_on: date
) -> InvoiceContact:
    """Let somebody be asked about the invoices of a unit from a day; who was before ends the day before.

    Raises Refused, NotAllowed, Http404. Source: spec CF-29.
    """
    with transaction.atomic():
        unit = _hold(actor, unit_id)
        refuse_if_any(dated.check_first_day(first_on, today=today))
        present = queries.open_contact(unit.pk)
        before = None
        if present is not None:
            if first_on <= present.first_on:
                values = {"name": present.name, "date": present.first_on}
                raise Refused([Problem("before_present", BEFORE_PRESENT, "first_on", values)])
            present.last_on = dates.day_before(first_on)
            present.save(update_fields=["last_on"])
            before = {"name": present.name, "last_on": present.last_on.isoformat()}
        contact = InvoiceContact.objects.create(
            unit=unit, name=name, phone=phone, email=email, first_on=first_on
        )
        audit.record(
            "care_fees.save_contact",
            actor,
            subject=(SUBJECT, unit.number),
            before=before,
            after={"name": name, "first_on": first_on.isoformat()},
        )
    return contact


def end_contact(actor: Actor, *, unit_id: int, last_on: date) -> None:
    """Let nobody of a unit be asked after a day: the billing office is.

    Raises Refused, NotAllowed, Http404. Source: spec CF-29.
    """
    with transaction.atomic():
        unit = _hold(actor, unit_id)
        present = queries.open_contact(unit.pk)
        if present is None:
            raise Refused([Problem("nobody_to_end", NOBODY_TO_END)])
        if last_on < present.first_on:
            raise Refused([Problem("ends_before", ENDS_BEFORE, "last_on", {"date": present.first_on})])
        present.last_on = last_on
        present.save(update_fields=["last_on"])
        audit.record(
            "care_fees.end_contact",
            actor,
            subject=(SUBJECT, unit.number),
            after={"name": present.name, "last_on": last_on.isoformat()},
        )


def change_note(actor: Actor, *, today: date, number: str, note: str) -> Client:
    """Say what is printed on the client's invoices from now on. Raises NotAllowed, Http404.

    Invoices that are made keep what they have; the fee is the same. Source: spec CF-29.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today, needs=Permission.REGISTER_CARE)
        before, client.note = client.note, " ".join(note.split())
        client.save(update_fields=["note"])
        audit.record(
            "care_fees.change_note",
            actor,
            **steps.about(client),
            before={"note": before},
            after={"note": client.note},
        )
    return client


def _hold(actor: Actor, unit_id: int) -> Clinic:
    """Return a care unit, locked until the transaction ends: of two who begin at once the second waits."""
    unit = queries.unit_of(actor, unit_id)
    return Clinic.objects.select_for_update(no_key=True).get(pk=unit.pk)
