"""Who gets a client's invoices, and the respites of estates."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, typed
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import recipients as commands
from kvitt.modules.care_fees.forms import recipients as forms
from kvitt.modules.care_fees.queries import recipients as queries
from kvitt.modules.care_fees.queries.recipients import RecipientChoice
from kvitt.modules.care_fees.views import answers


@require_http_methods(["GET", "POST"])
def add_recipient(request: Request, number: str) -> HttpResponse:
    """*Fakturamottagare person*, with the question whether the billing settings are to know it."""
    choice = queries.recipient_choice(request.actor, number, session=request.session, today=request.today)
    form = forms.RecipientForm(
        typed(request), initial=choice.initial, has_present=choice.has_present, is_dead=choice.is_dead
    )

    def save() -> str:
        saves = form.cleaned_data["saves"]
        contact = commands.add_recipient(
            request.actor,
            today=request.today,
            number=number,
            facts=form.facts(),
            days=form.days(),
            saves=saves,
        )
        if saves:
            return _("%(name)s gets the invoices from %(day)s.") % {
                "name": contact.name,
                "day": contact.first_on,
            }
        return _("%(name)s is registered, and not saved in the billing settings.") % {"name": contact.name}

    return _answer(request, choice, form, save, title=_("Add invoice recipient"), submit=_("Save"))


@require_http_methods(["GET", "POST"])
def save_recipient(request: Request, number: str, contact_id: int) -> HttpResponse:
    """Ask whether somebody who is registered is to be saved in the billing settings."""
    choice = queries.saving_choice(
        request.actor, number, contact_id, session=request.session, today=request.today
    )

    def save() -> str:
        commands.save_recipient(request.actor, today=request.today, number=number, contact_id=contact_id)
        return _("%(name)s is saved in the billing settings.") % {"name": choice.name}

    return _answer(
        request,
        choice,
        Form(typed(request)),
        save,
        title=_("Save in the billing settings"),
        question=_("%(name)s gets the invoices. The present recipient ends.") % {"name": choice.name},
        submit=_("Save"),
    )


@require_http_methods(["GET", "POST"])
def end_recipient(request: Request, number: str, recipient_id: int) -> HttpResponse:
    """Ask for the last day; an ended recipient stays in the history."""
    choice = queries.ending_choice(
        request.actor, number, recipient_id, session=request.session, today=request.today
    )
    form = forms.EndRecipientForm(typed(request), initial=choice.initial)

    def save() -> str:
        commands.end_recipient(
            request.actor,
            today=request.today,
            number=number,
            recipient_id=recipient_id,
            last_on=form.cleaned_data["last_on"],
        )
        return _("The recipient is ended.")

    return _answer(
        request,
        choice,
        form,
        save,
        title=_("End invoice recipient"),
        submit=_("End"),
        note=_("An ended recipient stays in the history."),
    )


@require_http_methods(["GET", "POST"])
def grant_respite(request: Request, number: str) -> HttpResponse:
    """*Anstånd*: the billing office alone."""
    choice = queries.grant_choice(request.actor, number, session=request.session, today=request.today)
    form = forms.RespiteForm(typed(request), initial=choice.initial)

    def save() -> str:
        commands.grant_respite(
            request.actor,
            today=request.today,
            number=number,
            last_on=form.cleaned_data["last_on"],
            reason=form.cleaned_data["reason"],
        )
        return _("The invoices wait until %(day)s.") % {"day": form.cleaned_data["last_on"]}

    return _answer(request, choice, form, save, title=_("Grant respite"), submit=_("Grant respite"))


@require_http_methods(["GET", "POST"])
def end_respite(request: Request, number: str, respite_id: int) -> HttpResponse:
    """Ask, and let the invoices wait no longer."""
    choice = queries.respite_choice(
        request.actor, number, respite_id, session=request.session, today=request.today
    )

    def save() -> str:
        commands.end_respite(request.actor, today=request.today, number=number, respite_id=respite_id)
        return _("The respite is ended.")

    return _answer(
        request,
        choice,
        Form(typed(request)),
        save,
        title=_("End the respite"),
        question=_("The invoices of the estate wait no longer."),
        submit=_("End"),
    )


def _answer(
    request: Request,
    choice: RecipientChoice,
    form: Form,
    save: Callable[[], str],
    *,
    title: str,
    submit: str,
    question: str = "",
    note: str = "",
) -> HttpResponse:
    """Show the dialog, or carry it out and go back to the client."""
    url = answers.way_back(request, reverse("care_fees:case", args=[choice.number]))
    if form.is_valid():
        try:
            done = save()
        except Refused as refused:
            if not form.fields:
                return cannot(request, refused.problems, url)
            form.add_problems(refused.problems)
        else:
            messages.success(request, done)
            return answers.done(request, url)
    answers.note_read(request, "case", [choice.person_id], number=choice.number)
    page = FormPage(
        title=title,
        lead=choice.lead,
        crumbs=[*answers.way_to(choice.number), Crumb(title)],
        form=form,
        submit=submit,
        cancel_url=url,
        question=question,
        note=note,
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))
