"""The administrator's pages of account strings (*Konteringar*)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import Permission
from kvitt.registers.accounting import commands, forms, queries
from kvitt.registers.accounting.tables import (
    empty_text,
    end_question,
    lead_text,
    string_columns,
    string_texts,
)


@require_safe
def account_strings(request: Request) -> HttpResponse:
    """*Konteringar*: where what is attested and paid is booked, on a day."""
    uses = queries.uses_of(request.actor.authority_id)
    form = forms.StringFilter(request.GET, uses=uses, today=request.today)
    rows = queries.account_strings(request.actor, **form.filters())
    add = tables.Action(
        _("Add account string"),
        reverse("accounting:save_account_string"),
        is_primary=True,
        is_dialog=True,
    )
    source = tables.ListSource(
        title=_("Account strings"),
        lead=lead_text(uses),
        columns=string_columns(uses),
        rows=rows if form.is_valid() else rows.none(),
        order="use",
        form=form,
        actions=[add],
        empty=empty_text(uses),
        row_url=lambda string: reverse("accounting:end_account_string", args=[string.pk]),
        is_wide=True,
        file_name="konteringar",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "HEAD", "POST"])
def save_account_string(request: Request) -> HttpResponse:
    """Book something with an account string, from a day on."""
    request.actor.require(Permission.ADMINISTER)
    back = reverse("accounting:account_strings")
    posted = request.POST if request.method == "POST" else None
    uses = queries.uses_of(request.actor.authority_id)
    form = forms.StringForm(posted, uses=uses, initial={"first_on": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            saved = commands.save_account_string(request.actor, today=request.today, new=form.facts())
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Account string %(account)s is saved.") % {"account": saved})
            return see_other(request, back)
    dialog = FormPage(
        title=_("Add account string"),
        crumbs=[tables.Crumb(_("Account strings"), back), tables.Crumb(_("Add account string"))],
        form=form,
        submit=_("Save"),
        cancel_url=back,
        note=_("One that books the same until now ends the day before by itself."),
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
def end_account_string(request: Request, string_id: int) -> HttpResponse:
    """Ask for the last day of an account string."""
    string = queries.account_string(request.actor, string_id)
    back = reverse("accounting:account_strings")
    posted = request.POST if request.method == "POST" else None
    form = forms.EndForm(posted, initial={"last_on": string.last_on or request.today})
    if request.method == "POST" and form.is_valid():
        try:
            commands.end_account_string(
                request.actor, today=request.today, string_id=string_id, **form.cleaned_data
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            values = {"account": string, "day": form.cleaned_data["last_on"]}
            messages.success(request, _("Account string %(account)s ends on %(day)s.") % values)
            return see_other(request, back)
    use = _(string.dated().wanted[0].label)
    dialog = FormPage(
        title=_("End account string %(account)s") % {"account": string},
        crumbs=[tables.Crumb(_("Account strings"), back), tables.Crumb(str(string))],
        lead=", ".join((use, *string_texts(string))) + ".",
        question=end_question(string),
        form=form,
        submit=_("End"),
        cancel_url=back,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))
