"""Support: whom to ask, and questions to the authority with their answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation.htmx import Request, see_other
from kvitt.foundation.tables import Action, Crumb, ListSource, respond
from kvitt.foundation.values.problems import Refused
from kvitt.portal import forms, tables
from kvitt.portal.commands import questions as commands
from kvitt.portal.commands import texts as text_commands
from kvitt.portal.queries import pages, texts
from kvitt.portal.views.texts import answer_form
from kvitt.registers.access.rules import Permission


@require_safe
def support(request: Request) -> HttpResponse:
    """Show whom to ask, and the actor's own questions."""
    return _support(request, forms.AskForm())


@require_http_methods(["GET", "POST"])
def ask_question(request: Request) -> HttpResponse:
    """Send a question to the authority's list; whoever had to sign in again arrives at the form."""
    if request.method == "GET":
        return see_other(request, reverse("portal:support"))
    form = forms.AskForm(request.POST)
    if form.is_valid():
        try:
            commands.ask_question(request.actor, today=request.today, **form.cleaned_data)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(
                request, _("The question is sent in. The answer will be shown here and on the start page.")
            )
            return see_other(request, reverse("portal:support"))
    return _support(request, form, status=422)


@require_safe
def search_questions(request: Request) -> HttpResponse:
    """List the authority's questions, newest first."""
    form = forms.QuestionFilter(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    source = ListSource(
        title=_("Questions to support"),
        columns=tables.questions(),
        rows=texts.search_questions(request.actor, **filters),
        order="-asked_at",
        empty=_("No question matches. Change the filters, or press Clear to see all."),
        form=form,
        row_url=lambda question: reverse("portal:question", args=[question.pk]),
        file_name="questions",
    )
    return respond(request, source)


@require_safe
def question(request: Request, question_id: int) -> HttpResponse:
    """Show one question with its answer."""
    return _question(request, question_id)


@require_http_methods(["GET", "POST"])
def answer_question(request: Request, question_id: int) -> HttpResponse:
    """Answer a question; whoever had to sign in again arrives at it."""
    request.actor.require(Permission.ADMINISTER)
    if request.method == "GET":
        return see_other(request, reverse("portal:question", args=[question_id]))
    form = forms.AnswerForm(request.POST)
    if form.is_valid():
        try:
            commands.answer_question(
                request.actor, today=request.today, question_id=question_id, **form.cleaned_data
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The answer is sent. It is shown to the one who asked."))
            return see_other(request, reverse("portal:question", args=[question_id]))
    return _question(request, question_id, form, status=422)


@require_http_methods(["GET", "POST"])
def mark_answer_read(request: Request, question_id: int) -> HttpResponse:
    """Take an answer off the count of new answers."""
    if request.method == "GET":
        return see_other(request, reverse("portal:question", args=[question_id]))
    try:
        commands.mark_answer_read(request.actor, question_id=question_id)
    except Refused:
        return see_other(request, reverse("portal:question", args=[question_id]))
    return see_other(request, reverse("portal:support"))


@require_safe
def manage_contacts(request: Request) -> HttpResponse:
    """List the support contacts, in the order they are shown."""
    request.actor.require(Permission.ADMINISTER)
    source = ListSource(
        title=_("Support contacts"),
        columns=tables.contacts(),
        rows=texts.contacts_of(request.actor),
        order="position",
        empty=_("There are no contacts. Add the first with Add contact."),
        actions=[Action(_("Add contact"), reverse("portal:create_support_contact"))],
        row_url=lambda contact: reverse("portal:change_support_contact", args=[contact.pk]),
        file_name="contacts",
        tie="pk",
    )
    return respond(request, source)


def create_support_contact(request: Request) -> HttpResponse:
    """Add whom to ask about a subject."""
    request.actor.require(Permission.ADMINISTER)
    form = forms.ContactForm(request.POST or None)

    def save() -> HttpResponse:
        text_commands.create_support_contact(request.actor, **form.cleaned_data)
        messages.success(request, _("The contact is added."))
        return see_other(request, reverse("portal:manage_contacts"))

    return answer_form(request, _contact_page(form, title=_("Add contact"), submit=_("Add")), save)


def change_support_contact(request: Request, contact_id: int) -> HttpResponse:
    """Change whom to ask about a subject."""
    request.actor.require(Permission.ADMINISTER)
    contact = texts.contact(request.actor, contact_id)
    initial = {name: getattr(contact, name) for name in forms.ContactForm.base_fields}
    form = forms.ContactForm(request.POST or None, initial=initial)

    def save() -> HttpResponse:
        text_commands.change_support_contact(request.actor, contact_id=contact_id, **form.cleaned_data)
        messages.success(request, _("The contact is changed."))
        return see_other(request, reverse("portal:manage_contacts"))

    remove = reverse("portal:remove_support_contact", args=[contact_id])
    page = _contact_page(form, title=_("Change contact"), submit=_("Save"), remove=remove)
    return answer_form(request, page, save)


def remove_support_contact(request: Request, contact_id: int) -> HttpResponse:
    """Take a contact away, after a question."""
    request.actor.require(Permission.ADMINISTER)
    contact = texts.contact(request.actor, contact_id)
    if request.method == "POST":
        text_commands.remove_support_contact(request.actor, contact_id=contact_id)
        messages.success(request, _("The contact is removed."))
        return see_other(request, reverse("portal:manage_contacts"))
    page = forms.ConfirmPage(
        title=_("Remove contact"),
        lead=contact.subject,
        question=_("The contact is removed from the support page. This cannot be undone."),
        submit=_("Remove"),
        cancel_url=reverse("portal:change_support_contact", args=[contact_id]),
        is_danger=True,
    )
    return render(request, "dialog.html", {"page": page})


def _contact_page(form: forms.ContactForm, *, title: str, submit: str, remove: str = "") -> forms.EditPage:
    back = reverse("portal:manage_contacts")
    return forms.EditPage(
        title=title,
        form=form,
        submit=submit,
        cancel_url=back,
        crumbs=[Crumb(_("Support contacts"), back), Crumb(title)],
        actions=[Action(_("Remove"), remove, is_dialog=True, icon="trash-2")] if remove else [],
    )


def _support(request: Request, form: forms.AskForm, *, status: int = 200) -> HttpResponse:
    page = pages.support_page(request.actor)
    return render(request, "portal/support.html", {"page": page, "form": form}, status=status)


def _question(
    request: Request, question_id: int, form: forms.AnswerForm | None = None, *, status: int = 200
) -> HttpResponse:
    page = pages.question_page(request.actor, question_id)
    shown = form or forms.AnswerForm(initial={"answer": page.question.answer})
    return render(request, "portal/question.html", {"page": page, "form": shown}, status=status)
