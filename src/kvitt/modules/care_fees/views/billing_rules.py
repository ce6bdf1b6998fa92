"""*Skapa regler*: the rules by which areas are billed together."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other, typed
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import billing_rules as commands
from kvitt.modules.care_fees.forms import runs as forms
from kvitt.modules.care_fees.queries import billing_rules as queries
from kvitt.modules.care_fees.tables.runs import rule_columns
from kvitt.modules.care_fees.views import answers


@require_safe
def rules(request: Request) -> HttpResponseBase:
    """The rules that the actor may use, each with its areas."""
    add = tables.Action(_("Create rule"), reverse("care_fees:save_rule"), is_primary=True, is_dialog=True)
    source = tables.ListSource(
        title=_("Selection rules"),
        lead=_("A rule says which billing areas you calculate and approve together."),
        columns=rule_columns(has_actions=request.GET.get("format") != "xlsx"),
        rows=queries.rules_of(request.actor).prefetch_related("areas"),
        order="name",
        actions=[add],
        crumbs=answers.way_to_run(_("Selection rules")),
        empty=_("There is no rule yet. Create the first one with + Create rule."),
        file_name="urvalsregler",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "POST"])
def save_rule(request: Request, rule_id: int | None = None) -> HttpResponse:
    """Name a rule and choose its areas; *Visa denna regel i skrivbordet*."""
    areas = [(area.pk, area.name) for area in queries.areas_to_choose(request.actor)]
    known = None if rule_id is None else queries.rule_of(request.actor, rule_id)
    initial: dict[str, object] = {"areas": [areas[0][0]]} if len(areas) == 1 else {}
    if known is not None:
        chosen = [area.pk for area in queries.areas_in(known)]
        initial = {"name": known.name, "areas": chosen, "is_on_desktop": known.is_on_desktop}
    form = forms.RuleForm(typed(request), areas=areas, initial=initial)
    url = reverse("care_fees:rules")
    if form.is_valid():
        given = form.cleaned_data
        try:
            rule = commands.save_rule(
                request.actor,
                today=request.today,
                name=given["name"],
                area_ids=given["areas"],
                is_on_desktop=given["is_on_desktop"],
                rule_id=rule_id,
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The rule %(name)s is saved.") % {"name": rule.name})
            return see_other(request, url)
    title = _("Create rule") if known is None else _("Change rule")
    page = FormPage(
        title=title,
        crumbs=answers.way_to_run(title),
        form=form,
        submit=_("Save"),
        cancel_url=url,
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


@require_http_methods(["GET", "POST"])
def end_rule(request: Request, rule_id: int) -> HttpResponse:
    """Ask, and take a rule away from those that can be chosen."""
    rule = queries.rule_of(request.actor, rule_id)
    url = reverse("care_fees:rules")
    if request.method == "POST":
        try:
            commands.end_rule(request.actor, today=request.today, rule_id=rule_id)
        except Refused as refused:
            return cannot(request, refused.problems, url)
        messages.success(request, _("The rule %(name)s is ended.") % {"name": rule.name})
        return see_other(request, url)
    page = FormPage(
        title=_("End the rule"),
        lead=rule.name,
        crumbs=answers.way_to_run(_("End the rule")),
        form=Form(),
        question=_("The rule cannot be chosen any more. What has been calculated by it stays."),
        submit=_("End"),
        cancel_url=url,
    )
    return render(request, "dialog.html", {"page": page})
