"""Documents and physical attachments of a case: what the pages of every module do about them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.preauthorization.queries import documents as queries
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.forms import DocumentForm
from kvitt.registers.people import queries as people
from kvitt.registers.people import views as people_views

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.preauthorization.queries.documents import CaseDocument, CaseToReport, DocumentDialog
    from kvitt.registers.access.rules import Actor
    from kvitt.registers.documents.lifecycle import DocumentKind
    from kvitt.registers.documents.models import Document


class Queries(Protocol):
    """What a module says of the documents of its cases: its `queries/documents.py`."""

    def document(self, actor: "Actor", number: str, document_id: int) -> "CaseDocument":
        """Return a document of a case that the actor sees."""

    def addition(
        self, actor: "Actor", number: str, *, today: date, session: "SessionBase"
    ) -> "DocumentDialog":
        """Return what *Lägg till dokument* says."""

    def case_to_report(
        self, actor: "Actor", number: str, *, today: date, session: "SessionBase"
    ) -> "CaseToReport":
        """Return a case that the actor may report in."""


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
    queries: Queries
    commands: Commands
    note_read: Callable[[Request, str, int], None]


def document(
    request: Request,
    pages: CasePages,
    document_id: int,
    *,
    action: str,
    serve: Callable[["Document"], FileResponse],
) -> HttpResponse | FileResponse:
    """Send a document and record who saw it; about a protected patient only when the reason is given."""
    found = pages.queries.document(request.actor, pages.number, document_id)
    if people.needs_reason(request.session, found.patient):
        return people_views.ask_for_reason(request, found.patient.code)
    audit.record_read(
        action, request.actor, person_ids=[found.person_id], subject=("documents.document", document_id)
    )
    return serve(found.document)


def addition(request: Request, pages: CasePages, *, is_physical: bool) -> HttpResponse:
    """*Lägg till dokument*: a file, or a physical attachment where its box is ticked."""
    choice = pages.queries.addition(request.actor, pages.number, today=request.today, session=request.session)
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
    pages.note_read(request, pages.number, choice.case.person_id)
    dialog = FormPage(
        title=_("Add document"),
        crumbs=pages.crumbs,
        lead=f"{pages.number}, {choice.case.patient_name}.",
        form=form,
        submit=_("Add"),
        cancel_url=pages.case_url,
    )
    return render(
        request, "preauthorization/add_document.html", {"page": dialog}, status=form_status(request)
    )


def document_removal(request: Request, pages: CasePages, document_id: int) -> HttpResponse:
    """Ask, and remove a document."""
    choice = queries.document_removal(_case_to_report(request, pages), document_id)
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


def parcel_removal(request: Request, pages: CasePages, parcel_id: int) -> HttpResponse:
    """Ask, and remove a physical attachment."""
    choice = queries.parcel_removal(_case_to_report(request, pages), parcel_id)
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


def _case_to_report(request: Request, pages: CasePages) -> "CaseToReport":
    return pages.queries.case_to_report(
        request.actor, pages.number, today=request.today, session=request.session
    )


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
    pages.note_read(request, pages.number, choice.case.person_id)
    dialog = FormPage(
        title=title,
        crumbs=pages.crumbs,
        lead=f"{pages.number}, {choice.case.patient_name}",
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
