"""Documents and physical attachments of a case: add, remove, look at, download, note an arrival."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation.htmx import Request
from kvitt.modules.needs_allowance.commands import documents
from kvitt.modules.needs_allowance.queries import cases
from kvitt.modules.needs_allowance.queries import documents as queries
from kvitt.modules.needs_allowance.views import answers
from kvitt.preauthorization.views import documents as shared
from kvitt.registers.documents import views as files
from kvitt.registers.people import queries as people
from kvitt.registers.people import views as people_views

if TYPE_CHECKING:
    from kvitt.registers.documents.models import Document


@files.shows_documents
@require_safe
def view_documents(request: Request, number: str) -> HttpResponse:
    """The case's documents one by one."""
    page = queries.viewer_page(
        request.actor,
        number,
        chosen=request.GET.get("document", ""),
        today=request.today,
        session=request.session,
    )
    if page.patient.is_hidden:
        return people_views.ask_for_reason(request, page.patient.code)
    answers.note_read(request, number, page.person_id)
    return render(request, "needs_allowance/view_documents.html", {"page": page})


@require_http_methods(["GET", "POST"])
def add_document(request: Request, number: str) -> HttpResponse:
    """*Lägg till dokument*: a file, or a physical attachment where its box is ticked."""
    return _addition(request, number, is_physical=False)


@require_http_methods(["GET", "POST"])
def add_parcel(request: Request, number: str) -> HttpResponse:
    """*Lägg till dokument* with the box *Fysisk bilaga* ticked."""
    return _addition(request, number, is_physical=True)


@require_http_methods(["GET", "POST"])
def remove_document(request: Request, number: str, document_id: int) -> HttpResponse:
    """Ask, and remove a document."""
    choice = queries.document_removal(
        request.actor, number, document_id, today=request.today, session=request.session
    )
    return shared.document_removal(request, _pages(number), choice, document_id)


@require_http_methods(["GET", "POST"])
def remove_parcel(request: Request, number: str, parcel_id: int) -> HttpResponse:
    """Ask, and remove a physical attachment."""
    choice = queries.parcel_removal(
        request.actor, number, parcel_id, today=request.today, session=request.session
    )
    return shared.parcel_removal(request, _pages(number), choice, parcel_id)


@require_safe
def document(request: Request, number: str, document_id: int) -> HttpResponse | FileResponse:
    """A document, to be saved."""
    return _file(request, number, document_id, "needs_allowance.document", files.download)


@require_safe
def document_image(request: Request, number: str, document_id: int) -> HttpResponse | FileResponse:
    """A document for the viewer: an image, or a PDF for its frame."""
    return _file(request, number, document_id, "needs_allowance.document_image", files.content)


@require_POST
def mark_parcel_arrived(request: Request, number: str, parcel_id: int) -> HttpResponse:
    """Note that a parcel has come, and return to where that was done."""
    return shared.arrival(request, _pages(number), parcel_id)


def _file(
    request: Request,
    number: str,
    document_id: int,
    action: str,
    serve: Callable[["Document"], FileResponse],
) -> HttpResponse | FileResponse:
    """Send a document and record who saw it; about a protected patient only when the reason is given."""
    case = cases.case(request.actor, number)
    found = queries.document(case, document_id)
    patient = cases.patient_of(case)
    if people.needs_reason(request.session, patient):
        return people_views.ask_for_reason(request, patient.code)
    audit.record_read(
        action, request.actor, person_ids=[case.person_id], subject=("documents.document", document_id)
    )
    return serve(found)


def _addition(request: Request, number: str, *, is_physical: bool) -> HttpResponse:
    choice = queries.addition(request.actor, number, today=request.today, session=request.session)
    return shared.addition(request, _pages(number), choice, is_physical=is_physical)


def _pages(number: str) -> shared.CasePages:
    return shared.CasePages(
        number=number,
        case_url=reverse("needs_allowance:case", args=[number]),
        crumbs=answers.way_to(number),
        commands=documents,
        note_read=answers.note_read,
    )
