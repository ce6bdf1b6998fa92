"""Documents and physical attachments of a case: add, remove, look at, download, note an arrival."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvitt.foundation.htmx import Request
from kvitt.modules.needs_allowance.commands import documents
from kvitt.modules.needs_allowance.queries import documents as queries
from kvitt.modules.needs_allowance.views import answers
from kvitt.preauthorization.views import documents as shared
from kvitt.registers.documents import views as files
from kvitt.registers.people import views as people_views


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
    return shared.addition(request, _pages(number), is_physical=False)


@require_http_methods(["GET", "POST"])
def add_parcel(request: Request, number: str) -> HttpResponse:
    """*Lägg till dokument* with the box *Fysisk bilaga* ticked."""
    return shared.addition(request, _pages(number), is_physical=True)


@require_http_methods(["GET", "POST"])
def remove_document(request: Request, number: str, document_id: int) -> HttpResponse:
    """Ask, and remove a document."""
    return shared.document_removal(request, _pages(number), document_id)


@require_http_methods(["GET", "POST"])
def remove_parcel(request: Request, number: str, parcel_id: int) -> HttpResponse:
    """Ask, and remove a physical attachment."""
    return shared.parcel_removal(request, _pages(number), parcel_id)


@require_safe
def document(request: Request, number: str, document_id: int) -> HttpResponse | FileResponse:
    """A document, to be saved."""
    return shared.document(
        request, _pages(number), document_id, action="needs_allowance.document", serve=files.download
    )


@require_safe
def document_image(request: Request, number: str, document_id: int) -> HttpResponse | FileResponse:
    """A document for the viewer: an image, or a PDF for its frame."""
    return shared.document(
        request, _pages(number), document_id, action="needs_allowance.document_image", serve=files.content
    )


@require_POST
def mark_parcel_arrived(request: Request, number: str, parcel_id: int) -> HttpResponse:
    """Note that a parcel has come, and return to where that was done."""
    return shared.arrival(request, _pages(number), parcel_id)


def _pages(number: str) -> shared.CasePages:
    return shared.CasePages(
        number=number,
        case_url=reverse("needs_allowance:case", args=[number]),
        crumbs=answers.way_to(number),
        queries=queries,
        commands=documents,
        note_read=answers.note_read,
    )
