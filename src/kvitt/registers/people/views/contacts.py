"""Who speaks or pays for a person."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kvitt.foundation.htmx import Request, typed
from kvitt.registers.people import commands, forms, queries, rules
from kvitt.registers.people.views.answers import answer_dialog, ask_for_reason


def add_contact(request: Request, code: UUID) -> HttpResponse:
    """Register a contact person; where somebody gets the invoices now, ask when that ends."""
    person = queries.person_to_keep(request.actor, code, today=request.today)
    if queries.needs_reason(request.session, person):
        return ask_for_reason(request, code)
    present = queries.open_recipient(person)
    form = forms.NewContactForm(
        typed(request),
        initial={"first_on": request.today, **queries.values_of_previous(present, today=request.today)},
        present=present.name if present else "",
    )
    return answer_dialog(
        request,
        person,
        form,
        commands.add_contact,
        title=_("Add contact person"),
        done=lambda _contact: [_("The contact person is added.")],
    )


def change_contact(request: Request, code: UUID, contact_id: int) -> HttpResponse:
    """Correct what was mistyped about a contact person."""
    person = queries.person_to_keep(request.actor, code, today=request.today)
    if queries.needs_reason(request.session, person):
        return ask_for_reason(request, code)
    contact = queries.contact_of(person, contact_id)
    return answer_dialog(
        request,
        person,
        forms.ContactForm(typed(request), initial=queries.values_of_contact(contact)),
        partial(commands.change_contact, contact_id=contact.pk),
        title=_("Correct contact person"),
        done=lambda _contact: [_("The contact person is corrected.")],
        note=_("For what was mistyped. Somebody else is added as a new contact person."),
    )


def end_contact(request: Request, code: UUID, contact_id: int) -> HttpResponse:
    """End a contact person."""
    person = queries.person_to_keep(request.actor, code, today=request.today)
    if queries.needs_reason(request.session, person):
        return ask_for_reason(request, code)
    contact = queries.contact_of(person, contact_id)
    return answer_dialog(
        request,
        person,
        forms.EndForm(typed(request), initial={"last_on": request.today}),
        partial(commands.end_contact, contact_id=contact.pk),
        title=_("End contact person"),
        done=lambda _contact: [_("The contact person is ended.")],
        lead=contact.name,
        note=_(
            "Who gets the invoices gets none after that day, and the client does. It stays in the history."
        )
        if contact.kind in rules.RECIPIENTS
        else _("An ended contact person stays in the history."),
    )
