"""Documents and physical attachments of a case: add, remove, look at, download, note an arrival."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import documents
from kvitt.modules.needs_allowance.queries import cases
from kvitt.modules.needs_allowance.queries import documents as queries
from kvitt.modules.needs_allowance.views import answers
from kvitt.registers.documents import views as files
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.forms import DocumentForm
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
    case_url = reverse("needs_allowance:case", args=[number])
    if choice.problems:
        return answers.cannot(request, choice.problems, case_url)
    if request.method == "POST":
        try:
            documents.remove_document(request.actor, number=number, document_id=document_id)
        except Refused as refused:
            return answers.cannot(request, refused.problems, case_url)
        messages.success(request, _("%(name)s is removed.") % {"name": choice.name})
        return see_other(request, case_url)
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Remove %(document)s") % {"document": choice.label},
        crumbs=answers.way_to(number),
        lead=f"{number}, {choice.patient_name}",
        question=_("%(name)s leaves the case, and nobody can open it any more.") % {"name": choice.name},
        form=Form(),
        submit=_("Remove"),
        cancel_url=case_url,
    )
    return render(request, "dialog.html", {"page": dialog})


@require_http_methods(["GET", "POST"])
def remove_parcel(request: Request, number: str, parcel_id: int) -> HttpResponse:
    """Ask, and remove a physical attachment."""
    choice = queries.parcel_removal(
        request.actor, number, parcel_id, today=request.today, session=request.session
    )
    case_url = reverse("needs_allowance:case", args=[number])
    if choice.problems:
        return answers.cannot(request, choice.problems, case_url)
    if request.method == "POST":
        try:
            documents.remove_parcel(request.actor, number=number, parcel_id=parcel_id)
        except Refused as refused:
            return answers.cannot(request, refused.problems, case_url)
        messages.success(request, _("%(name)s is removed.") % {"name": choice.name})
        return see_other(request, case_url)
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Remove physical attachment"),
        crumbs=answers.way_to(number),
        lead=f"{number}, {choice.patient_name}",
        question=_("%(name)s leaves the case, and is not waited for any more.") % {"name": choice.name},
        form=Form(),
        submit=_("Remove"),
        cancel_url=case_url,
    )
    return render(request, "dialog.html", {"page": dialog})


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
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    back_url = wanted if is_ours else reverse("needs_allowance:case", args=[number])
    try:
        documents.mark_parcel_arrived(request.actor, today=request.today, number=number, parcel_id=parcel_id)
    except Refused as refused:
        return answers.cannot(request, refused.problems, back_url)
    messages.success(request, _("The physical attachment is marked as arrived."))
    return see_other(request, back_url)


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
    case_url = reverse("needs_allowance:case", args=[number])
    if choice.problems:
        return answers.cannot(request, choice.problems, case_url)
    form = DocumentForm(
        answers.typed(request),
        request.FILES if request.method == "POST" else None,
        initial={"is_physical": is_physical},
    )
    if form.is_valid():
        try:
            _add(request, number, form)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            return see_other(request, case_url)
    answers.note_read(request, number, choice.person_id)
    dialog = FormPage(
        title=_("Add document"),
        crumbs=answers.way_to(number),
        lead=f"{number}, {choice.patient_name}.",
        form=form,
        submit=_("Add"),
        cancel_url=case_url,
    )
    return render(request, "needs_allowance/add_document.html", {"page": dialog}, status=form_status(request))


def _add(request: Request, number: str, form: DocumentForm) -> None:
    """Add what the form holds, and say so. Raises Refused."""
    data = form.cleaned_data
    if form.is_parcel:
        names = ("description", "quantity", "file_type")
        parcel = {name: data[name] for name in names}
        documents.add_parcel(request.actor, today=request.today, number=number, **parcel)
        messages.success(request, _("The physical attachment is added. The authority waits for it."))
        return
    file = data["file"]
    documents.add_document(
        request.actor,
        today=request.today,
        number=number,
        kind=data["kind"],
        upload=Upload(file.name, file.size, file.file),
    )
    messages.success(request, _("%(name)s is added.") % {"name": file.name})
