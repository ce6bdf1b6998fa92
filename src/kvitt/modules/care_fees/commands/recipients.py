"""Say who gets a client's invoices, and let those of a dead one wait."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.models import Client, EstateRespite, InvoiceRecipient
from kvitt.modules.care_fees.queries import recipients, search
from kvitt.modules.care_fees.rules import recipients as rules
from kvitt.modules.care_fees.rules.recipients import Place, RecipientDays
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import rules as people_rules
from kvitt.registers.people.commands import contacts
from kvitt.registers.people.lifecycle import ContactKind
from kvitt.registers.people.models import ContactPerson
from kvitt.registers.people.rules import ContactFacts


def add_recipient(
    actor: Actor,
    *,
    today: date,
    number: str,
    facts: ContactFacts,
    days: RecipientDays,
    saves: bool = True,
) -> ContactPerson:
    """Register a contact person who gets the invoices; with `saves` also in the billing settings.

    The present one ends on `previous_last_on`, else as proposed. Raises Refused, NotAllowed, Http404.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        refuse_if_any(_problems(client, facts.kind, Place(facts.street, facts.postcode)))
        refuse_if_any(rules.check_days(facts.first_on, days.last_on))
        previous = recipients.open_recipient(client) if saves else None
        ends_on = days.previous_last_on
        if ends_on is None and previous is not None:
            ends_on = rules.calculate_previous_end(facts.first_on, began_on=previous.first_on)
        contact, _ended = contacts.store_contact(
            search.person_of(client), facts, today=today, previous_last_on=ends_on
        )
        if days.last_on is not None:
            contact.last_on = days.last_on
            contact.save(update_fields=["last_on"])
        if saves:
            _save(client, contact, previous, ends_on=ends_on)
            steps.touch(client)
        audit.record(
            "care_fees.add_recipient",
            actor,
            **steps.about(client),
            before=_ended_words(previous),
            after=_logged(client, contact) | {"saves": saves},
        )
        return contact


def save_recipient(actor: Actor, *, today: date, number: str, contact_id: int) -> InvoiceRecipient:
    """Save a contact person who is registered already as who gets the invoices.

    Raises Refused, NotAllowed, Http404.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        contact = recipients.contact_of(client, contact_id)
        problems = _problems(client, ContactKind(contact.kind), Place(contact.street, contact.postcode))
        facts = ContactFacts(
            ContactKind(contact.kind),
            contact.name,
            contact.first_on,
            contact.street,
            contact.postcode,
            contact.town,
            contact.country,
        )
        refuse_if_any(problems + people_rules.check_contact(facts))
        previous = recipients.open_recipient(client)
        ends_on = None
        if previous is not None:
            ends_on = rules.calculate_previous_end(contact.first_on, began_on=previous.first_on)
        recipient = _save(client, contact, previous, ends_on=ends_on)
        steps.touch(client)
        audit.record(
            "care_fees.save_recipient",
            actor,
            **steps.about(client),
            before=_ended_words(previous),
            after=_logged(client, contact),
        )
        return recipient


def end_recipient(actor: Actor, *, today: date, number: str, recipient_id: int, last_on: date) -> None:
    """End that somebody gets the invoices, on a day. Raises Refused, NotAllowed, Http404."""
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        recipient = recipients.recipient_of(client, recipient_id)
        refuse_if_any(rules.check_end(Period(recipient.first_on, recipient.last_on), last_on))
        recipient.last_on = last_on
        recipient.save(update_fields=["last_on"])
        contact = recipient.contact
        if contact.last_on is None:
            contact.last_on = last_on
            contact.save(update_fields=["last_on"])
        steps.touch(client)
        audit.record(
            "care_fees.end_recipient",
            actor,
            **steps.about(client),
            before={"last_on": ""},
            after={"recipient": recipient.pk, "last_on": last_on.isoformat()},
        )


def grant_respite(actor: Actor, *, today: date, number: str, last_on: date, reason: str) -> EstateRespite:
    """Let the invoices of a dead client wait until a day: the billing office alone.

    Raises Refused, NotAllowed, Http404.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today, needs=Permission.MANAGE_BILLING)
        latest = client.respites.filter(last_on__gte=today).order_by("-last_on").first()
        problems = rules.check_respite(
            last_on,
            reason=reason,
            died_on=search.person_of(client).died_on,
            held_until=latest.last_on if latest else None,
            today=today,
        )
        refuse_if_any(problems)
        respite = EstateRespite.objects.create(
            client=client,
            first_on=dates.day_after(latest.last_on) if latest else today,
            last_on=last_on,
            reason=reason.strip(),
            granted_by=actor.name,
        )
        steps.touch(client)
        audit.record(
            "care_fees.grant_respite",
            actor,
            **steps.about(client),
            after={"last_on": last_on.isoformat(), "reason": respite.reason},
        )
        return respite


def end_respite(actor: Actor, *, today: date, number: str, respite_id: int) -> None:
    """Let the invoices of a dead client wait no longer. Raises Refused, NotAllowed, Http404."""
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today, needs=Permission.MANAGE_BILLING)
        respite = recipients.respite_of(client, respite_id)
        refuse_if_any(rules.check_respite_end(respite.last_on, today=today))
        before = respite.last_on
        respite.last_on = max(respite.first_on, dates.day_before(today))
        respite.save(update_fields=["last_on"])
        steps.touch(client)
        audit.record(
            "care_fees.end_respite",
            actor,
            **steps.about(client),
            before={"last_on": before.isoformat()},
            after={"last_on": respite.last_on.isoformat()},
        )


def _problems(client: Client, kind: ContactKind, place: Place) -> list[Problem]:
    if kind is not ContactKind.ESTATE:
        return []
    is_dead = search.person_of(client).died_on is not None
    return rules.check_estate(place, is_dead=is_dead, places_of_dead=recipients.places_of_dead(client))


def _save(
    client: Client, contact: ContactPerson, previous: InvoiceRecipient | None, *, ends_on: date | None
) -> InvoiceRecipient:
    """Save who gets the invoices; the one who did ends."""
    if previous is not None and ends_on is not None:
        period = Period(previous.first_on, previous.last_on)
        refuse_if_any(people_rules.check_previous_end(period, ends_on, first_on=contact.first_on))
        previous.last_on = ends_on
        previous.save(update_fields=["last_on"])
    wanted = Period(contact.first_on, contact.last_on)
    others = [Period(row.first_on, row.last_on) for row in client.recipients.all() if row != previous]
    refuse_if_any(rules.check_overlap(wanted, others=others))
    return InvoiceRecipient.objects.create(
        client=client, contact=contact, first_on=wanted.first, last_on=wanted.last
    )


def _ended_words(previous: InvoiceRecipient | None) -> dict[str, object] | None:
    if previous is None or previous.last_on is None:
        return None
    return {"recipient": previous.pk, "ended_on": previous.last_on.isoformat()}


def _logged(client: Client, contact: ContactPerson) -> dict[str, object]:
    """Return what the log keeps of a recipient; of a protected client neither name nor address."""
    shown = (
        {} if search.person_of(client).is_protected else {"name": contact.name, "address": contact.address}
    )
    last_on = contact.last_on.isoformat() if contact.last_on else ""
    days = {"first_on": contact.first_on.isoformat(), "last_on": last_on}
    return {"kind": contact.kind, **shown, **days}
