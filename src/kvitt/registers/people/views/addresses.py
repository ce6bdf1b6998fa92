"""Where a person is registered and stays."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kvitt.foundation.htmx import Request, typed
from kvitt.registers.people import commands, forms, queries
from kvitt.registers.people.lifecycle import AddressKind
from kvitt.registers.people.views.answers import answer_dialog, ask_for_reason


def add_address(request: Request, code: UUID) -> HttpResponse:
    """Add an address, and ask whether related persons stay there too."""
    person = queries.person_to_keep(request.actor, code, today=request.today)
    if queries.needs_reason(request.session, person):
        return ask_for_reason(request, code)
    related = queries.may_share_with(request.actor, person, today=request.today)
    form = forms.NewAddressForm(
        typed(request), initial={"kind": AddressKind.STAYING}, name=person.name, related=related
    )
    return answer_dialog(
        request,
        person,
        form,
        commands.add_address,
        title=_("Add address"),
        done=lambda address: [
            _("The address is added."),
            *queries.remarks_on_address(address, today=request.today),
        ],
        also_shown=[row.person for row in related],
    )


def change_address(request: Request, code: UUID, address_id: int) -> HttpResponse:
    """Correct what was mistyped in an address."""
    person = queries.person_to_keep(request.actor, code, today=request.today)
    if queries.needs_reason(request.session, person):
        return ask_for_reason(request, code)
    address = queries.address_of(person, address_id)
    return answer_dialog(
        request,
        person,
        forms.AddressForm(typed(request), initial=queries.values_of_address(address)),
        partial(commands.change_address, address_id=address.pk),
        title=_("Correct address"),
        done=lambda _address: [_("The address is corrected.")],
        note=_("For what was mistyped. Who has moved gets a new address instead."),
    )


def end_address(request: Request, code: UUID, address_id: int) -> HttpResponse:
    """End one of a person's addresses."""
    person = queries.person_to_keep(request.actor, code, today=request.today)
    if queries.needs_reason(request.session, person):
        return ask_for_reason(request, code)
    address = queries.address_of(person, address_id)
    return answer_dialog(
        request,
        person,
        forms.EndAddressForm(typed(request), initial={"last_on": request.today}),
        partial(commands.end_address, address_id=address.pk),
        title=_("End address"),
        done=lambda _address: [_("The address is ended.")],
        lead=str(address),
        note=_("An ended address stays in the history and cannot be opened again."),
    )
