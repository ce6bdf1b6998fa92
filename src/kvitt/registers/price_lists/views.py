"""The pages of codes and prices, and the administrator's pages of combinations and parameters."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.foundation.forms import FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import Action, Crumb, ListSource, respond
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import Permission
from kvitt.registers.price_lists import commands, forms, queries, tables


def search_items(request: Request) -> HttpResponseBase:
    """List the codes that are valid on a day, with the price of that day."""
    modules = queries.modules_of(request.actor)
    form = forms.ItemFilter(request.GET, modules=modules, today=request.today)
    rows = queries.items(request.actor, **form.filters())
    actions = [Action(_("Add procedure code"), reverse("price_lists:save_item"))]
    source = ListSource(
        title=_("Procedure codes"),
        columns=tables.item_columns(modules),
        rows=rows if form.is_valid() else rows.none(),
        order="code",
        empty=_("No code matches. Search by the first digits or by a part of the name, or change the date."),
        form=form,
        actions=actions if request.actor.may(Permission.ADMINISTER) else (),
        row_url=lambda item: reverse("price_lists:item", args=[item.pk]),
        is_wide=len(modules) > 1,
        file_name="procedure-codes",
    )
    return respond(request, source)


def item(request: Request, item_id: int) -> HttpResponse:
    """Show a code with its prices and forbidden combinations."""
    page = queries.item_page(request.actor, item_id, today=request.today)
    return render(request, "price_lists/item.html", {"page": page})


def save_item(request: Request, item_id: int | None = None) -> HttpResponse:
    """Make a code, or change one."""
    request.actor.require(Permission.ADMINISTER)
    if item_id is None:
        return _create_item(request)
    facts = queries.item_facts(request.actor, item_id)
    form = forms.ItemForm(request.POST or None, initial=vars(facts), module=facts.module)
    url = reverse("price_lists:item", args=[item_id])

    def save() -> str:
        changed = form.facts(module=facts.module, code=facts.code)
        commands.save_item(request.actor, facts=changed, item_id=item_id)
        return url

    page = FormPage(
        title=_("Change code %(code)s") % {"code": facts.code},
        form=form,
        submit=_("Save"),
        cancel_url=url,
        crumbs=[_codes(), Crumb(facts.code, url), Crumb(_("Change"))],
        note=_never_alters(),
    )
    return _answer(request, page, save, done=_("Code %(code)s is saved.") % {"code": facts.code})


def _create_item(request: Request) -> HttpResponse:
    form = forms.NewItemForm(request.POST or None)

    def save() -> str:
        given = form.cleaned_data
        made = commands.save_item(request.actor, facts=form.facts(module=given["module"], code=given["code"]))
        return reverse("price_lists:item", args=[made.pk])

    page = FormPage(
        title=_("Add procedure code"),
        form=form,
        submit=_("Save"),
        cancel_url=reverse("price_lists:search_items"),
        crumbs=[_codes(), Crumb(_("Add procedure code"))],
    )
    return _answer(request, page, save, done=_("The code is added. Give it a price."))


def set_price(request: Request, item_id: int) -> HttpResponse:
    """Give a code a price from a day on; `first_on` in the address names one to change."""
    facts = queries.item_facts(request.actor, item_id)
    first_on = request.GET.get("first_on", "")
    form = forms.PriceForm(request.POST or None, initial={"first_on": first_on})
    url = reverse("price_lists:item", args=[item_id])

    def save() -> str:
        commands.set_price(request.actor, item_id=item_id, **form.cleaned_data)
        return url

    page = FormPage(
        title=_("Change price") if first_on else _("Add price"),
        lead=f"{facts.code} - {facts.name}",
        form=form,
        submit=_("Save"),
        cancel_url=url,
        crumbs=[_codes(), Crumb(facts.code, url), Crumb(_("Price"))],
        note=_never_alters(),
    )
    return _answer(request, page, save, done=_("The price is saved."), template="dialog.html")


def search_combinations(request: Request) -> HttpResponseBase:
    """List the combinations that are forbidden on a day."""
    modules = queries.modules_of(request.actor)
    form = forms.CombinationFilter(request.GET, modules=modules, today=request.today)
    rows = queries.combinations(request.actor, **form.filters())
    source = ListSource(
        title=_("Forbidden combinations"),
        lead=_("Two codes that may not stand together for the same patient."),
        columns=tables.combination_columns(modules),
        rows=rows if form.is_valid() else rows.none(),
        order="code",
        empty=_("No combination matches. Search by one of the codes, or change the date."),
        form=form,
        actions=[Action(_("Add combination"), reverse("price_lists:save_combination"), is_dialog=True)],
        row_url=lambda row: reverse("price_lists:save_combination", args=[row.pk]),
        file_name="combinations",
    )
    return respond(request, source)


def save_combination(request: Request, combination_id: int | None = None) -> HttpResponse:
    """Forbid two codes together, or change on which days they are; `item` names the page to go back to."""
    request.actor.require(Permission.ADMINISTER)
    url, named = reverse("price_lists:search_combinations"), {}
    if item_id := forms.number(request.GET.get("item", "")):
        item_facts = queries.item_facts(request.actor, item_id)
        url = reverse("price_lists:item", args=[item_id])
        named = {"module": item_facts.module, "code": item_facts.code}
    if combination_id is None:
        form: forms.ValidityForm = forms.CombinationForm(request.POST or None, initial=named)
        title, lead = _("Add combination"), ""
    else:
        facts = queries.combination_facts(request.actor, combination_id)
        form = forms.ChangeCombinationForm(request.POST or None, combination=facts)
        title, lead = _("Change combination"), f"{facts.code} / {facts.other_code}, {_(facts.scope.label)}"

    def save() -> str:
        commands.save_combination(request.actor, facts=form.facts(), combination_id=combination_id)
        return url

    page = FormPage(
        title=title,
        lead=lead,
        form=form,
        submit=_("Save"),
        cancel_url=url,
        crumbs=[Crumb(_("Forbidden combinations"), reverse("price_lists:search_combinations")), Crumb(title)],
        note=_("Procedures that are reported already stay."),
    )
    return _answer(request, page, save, done=_("The combination is saved."), template="dialog.html")


def search_parameters(request: Request) -> HttpResponse:
    """List every parameter with the value that holds today."""
    page = forms.ParametersPage(
        title=_("Parameters"),
        lead=_("Numbers that regulations and contracts decide. Shipped ones hold until an own one begins."),
        rows=queries.parameter_rows(request.actor, today=request.today),
    )
    return render(request, "price_lists/parameters.html", {"page": page})


def set_parameter(request: Request, name: str) -> HttpResponse:
    """Show a parameter's values, and give it an own one from a day on."""
    parameter = queries.parameter_rows(request.actor, today=request.today, name=name)[0]
    url = reverse("price_lists:search_parameters")
    form = forms.ParameterForm(request.POST or None, unit=parameter.unit)

    def save() -> str:
        commands.set_parameter(request.actor, facts=form.facts(name=name))
        return reverse("price_lists:set_parameter", args=[name])

    page = forms.ParameterPage(
        title=parameter.term,
        lead=parameter.meaning,
        form=form,
        submit=_("Save"),
        cancel_url=url,
        crumbs=[Crumb(_("Parameters"), url), Crumb(parameter.term)],
        note=_("A value counts from its day on. Days before it are not changed."),
        values=parameter.values,
    )
    done = _("The value of %(term)s is saved.") % {"term": parameter.term}
    return _answer(request, page, save, done=done, template="price_lists/parameter.html")


def _answer(
    request: Request,
    page: FormPage,
    save: Callable[[], str],
    *,
    done: str,
    template: str = "form.html",
) -> HttpResponse:
    """Show a form, or do what it asks and go on to the address that `save` gives."""
    if request.method == "POST" and page.form.is_valid():
        try:
            url = save()
        except Refused as refused:
            page.form.add_problems(refused.problems)
        else:
            messages.success(request, done)
            return see_other(request, url)
    return render(request, template, {"page": page}, status=form_status(request))


def _codes() -> Crumb:
    return Crumb(_("Procedure codes"), reverse("price_lists:search_items"))


def _never_alters() -> str:
    return _("Procedures that are reported already keep their text and price.")
