"""News, and questions with their answers: read by everybody, written by administrators."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kvitt.foundation.forms import Form
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import Action, Crumb, ListSource, respond
from kvitt.foundation.values.problems import Refused
from kvitt.portal import forms, tables
from kvitt.portal.commands import texts as commands
from kvitt.portal.queries import pages, texts
from kvitt.registers.access.rules import Permission

# News -------------------------------------------------------------------------------------------------


@require_safe
def news(request: Request) -> HttpResponse:
    """Show all news that holds today."""
    return render(request, "portal/news.html", {"page": pages.news_page(request.actor, today=request.today)})


@require_safe
def manage_news(request: Request) -> HttpResponse:
    """List all news, also coming and ended."""
    source = ListSource(
        title=_("News"),
        columns=tables.news(),
        rows=texts.all_news_of(request.actor),
        order="-first_on",
        empty=_("There is no news. Write the first with Publish news."),
        actions=[Action(_("Publish news"), reverse("portal:create_news_item"))],
        row_url=lambda item: reverse("portal:news_item", args=[item.pk]),
        file_name="news",
    )
    return respond(request, source)


def create_news_item(request: Request) -> HttpResponse:
    """Write a piece of news."""
    request.actor.require(Permission.ADMINISTER)
    form = forms.NewsForm(request.POST or None, initial={"first_on": request.today})

    def save() -> HttpResponse:
        item = commands.create_news_item(request.actor, today=request.today, **form.cleaned_data)
        messages.success(request, _("The news is published."))
        return see_other(request, reverse("portal:news_item", args=[item.pk]))

    page = forms.EditPage(
        title=_("Publish news"),
        form=form,
        submit=_("Publish"),
        cancel_url=reverse("portal:manage_news"),
        crumbs=[_news_crumb(), Crumb(_("Publish news"))],
    )
    return answer_form(request, page, save)


@require_safe
def news_item(request: Request, item_id: int) -> HttpResponse:
    """Show one piece of news."""
    page = pages.news_item_page(request.actor, item_id, today=request.today)
    return render(request, "portal/news_item.html", {"page": page})


def change_news_item(request: Request, item_id: int) -> HttpResponse:
    """Change a piece of news."""
    request.actor.require(Permission.ADMINISTER)
    item = texts.news_item(request.actor, item_id, today=request.today)
    shown = reverse("portal:news_item", args=[item_id])
    initial = {name: getattr(item, name) for name in forms.NewsForm.base_fields}
    form = forms.NewsForm(request.POST or None, initial=initial)

    def save() -> HttpResponse:
        commands.change_news_item(request.actor, today=request.today, item_id=item_id, **form.cleaned_data)
        messages.success(request, _("The news is changed."))
        return see_other(request, shown)

    page = forms.EditPage(
        title=_("Change news"),
        form=form,
        submit=_("Save"),
        cancel_url=shown,
        crumbs=[_news_crumb(), Crumb(item.title, shown), Crumb(_("Change news"))],
    )
    return answer_form(request, page, save)


def end_news_item(request: Request, item_id: int) -> HttpResponse:
    """Take a piece of news off the start page, after a question."""
    request.actor.require(Permission.ADMINISTER)
    item = texts.news_item(request.actor, item_id, today=request.today)
    shown = reverse("portal:news_item", args=[item_id])
    if request.method == "POST":
        commands.end_news_item(request.actor, today=request.today, item_id=item_id)
        messages.success(request, _("The news is ended."))
        return see_other(request, shown)
    page = forms.ConfirmPage(
        title=_("End news"),
        lead=item.title,
        question=_(
            "The news is taken off the start page at once. You can show it again by changing its last day."
        ),
        submit=_("End news"),
        cancel_url=shown,
    )
    return render(request, "dialog.html", {"page": page})


def _news_crumb() -> Crumb:
    return Crumb(_("News"), reverse("portal:manage_news"))


# Questions and answers --------------------------------------------------------------------------------


@require_safe
def faq(request: Request) -> HttpResponse:
    """Show all questions with their answers."""
    return render(request, "portal/faq.html", {"page": pages.faq_page(request.actor)})


@require_safe
def manage_faq(request: Request) -> HttpResponse:
    """List the questions with their answers, in the order they are shown."""
    request.actor.require(Permission.ADMINISTER)
    source = ListSource(
        title=_("Questions and answers"),
        columns=tables.faq(),
        rows=texts.faq_of(request.actor),
        order="position",
        empty=_("There are no questions and answers. Write the first with Publish question."),
        actions=[Action(_("Publish question"), reverse("portal:create_faq_entry"))],
        row_url=lambda entry: reverse("portal:change_faq_entry", args=[entry.pk]),
        file_name="faq",
        tie="pk",
    )
    return respond(request, source)


def create_faq_entry(request: Request) -> HttpResponse:
    """Write a question with its answer."""
    request.actor.require(Permission.ADMINISTER)
    form = forms.FaqForm(request.POST or None)

    def save() -> HttpResponse:
        commands.create_faq_entry(request.actor, today=request.today, **form.cleaned_data)
        messages.success(request, _("The question is published."))
        return see_other(request, reverse("portal:manage_faq"))

    return answer_form(request, _faq_page(form, title=_("Publish question"), submit=_("Publish")), save)


def change_faq_entry(request: Request, entry_id: int) -> HttpResponse:
    """Change a question or its answer."""
    request.actor.require(Permission.ADMINISTER)
    entry = texts.faq_entry(request.actor, entry_id)
    initial = {name: getattr(entry, name) for name in forms.FaqForm.base_fields}
    form = forms.FaqForm(request.POST or None, initial=initial)

    def save() -> HttpResponse:
        commands.change_faq_entry(request.actor, today=request.today, entry_id=entry_id, **form.cleaned_data)
        messages.success(request, _("The question is changed."))
        return see_other(request, reverse("portal:manage_faq"))

    remove = reverse("portal:remove_faq_entry", args=[entry_id])
    page = _faq_page(form, title=_("Change question"), submit=_("Save"), remove=remove)
    return answer_form(request, page, save)


def remove_faq_entry(request: Request, entry_id: int) -> HttpResponse:
    """Take a question with its answer away, after a question."""
    request.actor.require(Permission.ADMINISTER)
    entry = texts.faq_entry(request.actor, entry_id)
    if request.method == "POST":
        commands.remove_faq_entry(request.actor, entry_id=entry_id)
        messages.success(request, _("The question is removed."))
        return see_other(request, reverse("portal:manage_faq"))
    page = forms.ConfirmPage(
        title=_("Remove question"),
        lead=entry.question,
        question=_("The question and its answer are removed from the start page. This cannot be undone."),
        submit=_("Remove"),
        cancel_url=reverse("portal:change_faq_entry", args=[entry_id]),
        is_danger=True,
    )
    return render(request, "dialog.html", {"page": page})


def _faq_page(form: forms.FaqForm, *, title: str, submit: str, remove: str = "") -> forms.EditPage:
    back = reverse("portal:manage_faq")
    return forms.EditPage(
        title=title,
        form=form,
        submit=submit,
        cancel_url=back,
        crumbs=[Crumb(_("Questions and answers"), back), Crumb(title)],
        actions=[Action(_("Remove"), remove, is_dialog=True, icon="trash-2")] if remove else [],
    )


# The step that every form page shares -----------------------------------------------------------------


def answer_form(request: Request, page: forms.EditPage, save: Callable[[], HttpResponse]) -> HttpResponse:
    """Carry out what a filled-in form asks for, or show the form with what is wrong."""
    form: Form = page.form
    if request.method == "POST" and form.is_valid():
        try:
            return save()
        except Refused as refused:
            form.add_problems(refused.problems)
    return render(request, "form.html", {"page": page}, status=form_status(request))
