"""The pages of patient categories: those who see codes read them, administrators change them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.commands import categories as commands
from kvitt.modules.special_care.forms import certificates as forms
from kvitt.modules.special_care.queries import categories
from kvitt.modules.special_care.tables.certificates import category_columns
from kvitt.registers.access.rules import Permission


@require_safe
def search_categories(request: Request) -> HttpResponseBase:
    """*Patientkategorier*: those in use on a day."""
    form = forms.CategoryFilter(request.GET, today=request.today)
    rows = categories.search_categories(request.actor, **form.filters())
    may_change = request.actor.may(Permission.ADMINISTER)
    add = tables.Action(_("Add category"), reverse("special_care:save_category"), is_dialog=True)
    source = tables.ListSource(
        title=_("Patient categories"),
        lead=_("The groups of patients who are entitled to special care dentistry."),
        columns=category_columns(),
        rows=rows if form.is_valid() else rows.none(),
        order="code",
        form=form,
        actions=[add] if may_change else [],
        empty=_("No category matches. Change the filters."),
        row_url=_url_of_row if may_change else None,
        file_name="patientkategorier",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def save_category(request: Request, code: str = "") -> HttpResponse:
    """Make a category, or change one."""
    request.actor.require(Permission.ADMINISTER)
    if code:
        facts = categories.category_to_change(request.actor, code)
        form: forms.CategoryForm = forms.CategoryForm(request.POST or None, initial=vars(facts))
        title = _("Change category %(code)s") % {"code": facts.code}
        lead, named = _(facts.support.label), {"support": facts.support.value, "code": facts.code}
    else:
        form = forms.NewCategoryForm(request.POST or None)
        title, lead, named = _("Add category"), "", {}
    if form.is_valid():
        named = named or {name: form.cleaned_data[name] for name in ("support", "code")}
        try:
            saved = commands.save_category(
                request.actor, facts=form.facts(**named), code=named["code"] if code else ""
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Category %(code)s is saved.") % {"code": saved.code})
            return see_other(request, reverse("special_care:categories"))
    crumb = tables.Crumb(_("Patient categories"), reverse("special_care:categories"))
    page = FormPage(
        title=title,
        lead=lead,
        crumbs=[crumb, tables.Crumb(title)],
        form=form,
        submit=_("Save"),
        cancel_url=reverse("special_care:categories"),
        note=_("Certificates and claims already written are not changed."),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def _url_of_row(row: Any) -> str:  # noqa: ANN401 - a category as the query gives it
    return reverse("special_care:save_category", args=[row.code])
