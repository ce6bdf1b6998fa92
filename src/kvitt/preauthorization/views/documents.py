"""Documents and physical attachments of a case: what the pages of every module do about them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kvitt.foundation.forms import Form, FormPage, problem_text
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.forms import DocumentForm

if TYPE_CHECKING:
    from kvitt.preauthorization.queries.documents import DocumentDialog
    from kvitt.registers.access.rules import Actor
    from kvitt.registers.documents.lifecycle import DocumentKind


class Commands(Protocol):
    """What a module does with the documents of its cases: its `commands/documents.py`."""

    def add_document(
        self, actor: "Actor", *, today: date, number: str, kind: "DocumentKind", upload: Upload
    ) -> int:
        """Add a file."""

    def add_parcel(
        self, actor: "Actor", *, today: date, number: str, description: str, quantity: int, file_type: str
    ) -> int:
        """Announce a physical attachment."""

    def remove_document(self, actor: "Actor", *, number: str, document_id: int) -> None:
        """Remove a file."""

    def remove_parcel(self, actor: "Actor", *, number: str, parcel_id: int) -> None:
        """Remove a physical attachment."""

    def mark_parcel_arrived(self, actor: "Actor", *, today: date, number: str, parcel_id: int) -> None:
        """Note that a physical attachment has come."""


@dataclass(frozen=True)
class CasePages:
    """A module's case as the pages of its documents need it."""

    number: str
    case_url: str
    crumbs: list[Crumb]
    commands: Commands
    note_read: Callable[[Request, str, int], None]


def addition(
    request: Request, pages: CasePages, choice: "DocumentDialog", *, is_physical: bool
) -> HttpResponse:
    """*Lägg till dokument*: a file, or a physical attachment where its box is ticked."""
    if choice.problems:
        return cannot(request, choice.problems, pages.case_url)
    is_sent = request.method == "POST"
    form = DocumentForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"is_physical": is_physical},
    )
    if form.is_valid():
        try:
            _add(request, pages, form)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            return see_other(request, pages.case_url)
    pages.note_read(request, pages.number, choice.person_id)
    dialog = FormPage(
        title=_("Add document"),
        crumbs=pages.crumbs,
        lead=f"{pages.number}, {choice.patient_name}.",
        form=form,
        submit=_("Add"),
        cancel_url=pages.case_url,
    )
    return render(
        request, "preauthorization/add_document.html", {"page": dialog}, status=form_status(request)
    )


def document_removal(
    request: Request, pages: CasePages, choice: "DocumentDialog", document_id: int
) -> HttpResponse:
    """Ask, and remove a document."""
    return _removal(
        request,
        pages,
        choice,
        title=_("Remove %(document)s") % {"document": choice.label},
        question=_("%(name)s leaves the case, and nobody can open it any more.") % {"name": choice.name},
        remove=lambda: pages.commands.remove_document(
            request.actor, number=pages.number, document_id=document_id
        ),
    )


def parcel_removal(
    request: Request, pages: CasePages, choice: "DocumentDialog", parcel_id: int
) -> HttpResponse:
    """Ask, and remove a physical attachment."""
    return _removal(
        request,
        pages,
        choice,
        title=_("Remove physical attachment"),
        question=_("%(name)s leaves the case, and is not waited for any more.") % {"name": choice.name},
        remove=lambda: pages.commands.remove_parcel(request.actor, number=pages.number, parcel_id=parcel_id),
    )


def arrival(request: Request, pages: CasePages, parcel_id: int) -> HttpResponse:
    """Note that a parcel has come, and return to where that was done."""
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    back_url = wanted if is_ours else pages.case_url
    try:
        pages.commands.mark_parcel_arrived(
            request.actor, today=request.today, number=pages.number, parcel_id=parcel_id
        )
    except Refused as refused:
        return cannot(request, refused.problems, back_url)
    messages.success(request, _("The physical attachment is marked as arrived."))
    return see_other(request, back_url)


def cannot(request: Request, problems: Iterable[Problem], url: str) -> HttpResponse:
    """Say why it cannot be done, on the page that shows how things stand now."""
    for problem in problems:
        messages.error(request, problem_text(problem))
    return see_other(request, url)


def _removal(
    request: Request,
    pages: CasePages,
    choice: "DocumentDialog",
    *,
    title: str,
    question: str,
    remove: Callable[[], None],
) -> HttpResponse:
    if choice.problems:
        return cannot(request, choice.problems, pages.case_url)
    if request.method == "POST":
        try:
            remove()
        except Refused as refused:
            return cannot(request, refused.problems, pages.case_url)
        messages.success(request, _("%(name)s is removed.") % {"name": choice.name})
        return see_other(request, pages.case_url)
    pages.note_read(request, pages.number, choice.person_id)
    dialog = FormPage(
        title=title,
        crumbs=pages.crumbs,
        lead=f"{pages.number}, {choice.patient_name}",
        question=question,
        form=Form(),
        submit=_("Remove"),
        cancel_url=pages.case_url,
    )
    return render(request, "dialog.html", {"page": dialog})


def _add(request: Request, pages: CasePages, form: DocumentForm) -> None:
    """Add what the form holds, and say so. Raises Refused."""
    data = form.cleaned_data
    if form.is_parcel:
        names = ("description", "quantity", "file_type")
        parcel = {name: data[name] for name in names}
        pages.commands.add_parcel(request.actor, today=request.today, number=pages.number, **parcel)
        messages.success(request, _("The physical attachment is added. The authority waits for it."))
        return
    file = data["file"]
    pages.commands.add_document(
        request.actor,
        today=request.today,
        number=pages.number,
        kind=data["kind"],
        upload=Upload(file.name, file.size, file.file),
    )
    messages.success(request, _("%(name)s is added.") % {"name": file.name})
