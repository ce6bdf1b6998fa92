"""*Referenspersoner på brukarfakturor*, and what is printed on a client's invoices."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.forms import Form, FormPage, carry_out
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import invoice_contacts as commands
from kvitt.modules.care_fees.forms import invoices as forms
from kvitt.modules.care_fees.queries import invoice_contacts as queries
from kvitt.modules.care_fees.views import answers


@require_safe
def invoice_contacts(request: Request) -> HttpResponse:
    """Whom one asks about the invoices of each unit."""
    page = queries.contacts_page(request.actor, today=request.today)
    return render(request, "care_fees/invoice_contacts.html", {"page": page})


@require_http_methods(["GET", "POST"])
def save_contact(request: Request, unit_id: int) -> HttpResponse:
    """Say whom one asks from a day on; who was asked before ends the day before."""
    unit = queries.unit_of(request.actor, unit_id)
    form = forms.ContactForm(typed(request), initial=queries.values_of(unit_id, today=request.today))
    done = carry_out(
        form,
        lambda **values: commands.save_contact(request.actor, today=request.today, unit_id=unit_id, **values),
    )
    if done is not None:
        messages.success(
            request, _("%(name)s is asked from %(day)s.") % {"name": done.name, "day": done.first_on}
        )
        return see_other(request, reverse("care_fees:invoice_contacts"))
    return _dialog(request, form, title=_("Contact for invoice questions"), lead=str(unit), submit=_("Save"))


@require_http_methods(["GET", "POST"])
def end_contact(request: Request, unit_id: int) -> HttpResponse:
    """End a contact: the billing office is asked after it."""
    unit = queries.unit_of(request.actor, unit_id)
    form = forms.EndContactForm(typed(request), initial={"last_on": request.today})
    if form.is_valid():
        try:
            commands.end_contact(request.actor, unit_id=unit_id, **form.cleaned_data)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The contact is ended."))
            return see_other(request, reverse("care_fees:invoice_contacts"))
    return _dialog(request, form, title=_("End the contact"), lead=str(unit), submit=_("End"))


@require_http_methods(["GET", "POST"])
def change_note(request: Request, number: str) -> HttpResponse:
    """Say what is printed on the client's invoices."""
    choice = queries.note_choice(request.actor, number, session=request.session, today=request.today)
    form = forms.NoteForm(typed(request), initial={"note": choice.note})
    if form.is_valid():
        commands.change_note(request.actor, today=request.today, number=number, **form.cleaned_data)
        messages.success(request, _("The note is saved."))
        return see_other(request, reverse("care_fees:case", args=[number]))
    answers.note_read(request, "case", [choice.person_id], number=number)
    title = _("Note on the invoices")
    page = FormPage(
        title=title,
        lead=choice.lead,
        crumbs=[*answers.way_to(number), Crumb(title)],
        form=form,
        submit=_("Save"),
        cancel_url=reverse("care_fees:case", args=[number]),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def _dialog(request: Request, form: Form, *, title: str, lead: str, submit: str) -> HttpResponse:
    back = reverse("care_fees:invoice_contacts")
    page = FormPage(
        title=title,
        lead=lead,
        crumbs=[
            Crumb(_("Invoices"), reverse("care_fees:batches")),
            Crumb(_("Contacts for invoice questions"), back),
            Crumb(title),
        ],
        form=form,
        submit=submit,
        cancel_url=back,
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))
