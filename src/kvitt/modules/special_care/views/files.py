"""*Ladda upp fakturafil*: hand in a claims file, follow it, read its faults, and decide about it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables, uploads
from kvitt.foundation.forms import problem_text
from kvitt.foundation.htmx import Request, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.foundation.values.text import format_size
from kvitt.modules.special_care.commands import files as commands
from kvitt.modules.special_care.forms.files import ClaimsFileForm, FaultListForm
from kvitt.modules.special_care.queries import file_pages as pages
from kvitt.modules.special_care.queries import files as queries
from kvitt.modules.special_care.tables.files import fault_columns, file_columns
from kvitt.registers.documents.commands import Upload

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import ClaimsFile

UPLOAD = "special_care:upload_claims_file"
# The part of a file's page that asks for itself again.
STATE = "file-state"


@require_http_methods(["GET", "HEAD", "POST"])
def upload_claims_file(request: Request) -> HttpResponse:
    """*Ladda upp fakturafil*: choose a file; below stand those that the clinic has handed in."""
    files = queries.files_of(request.actor)
    is_sent = request.method == "POST"
    largest = uploads.largest_upload(UPLOAD)
    typed = (request.POST, request.FILES) if is_sent else ()
    form = ClaimsFileForm(*typed, largest=largest)
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        file_id = commands.receive_file(
            request.actor,
            upload=Upload(file.name, file.size, file.file),
            is_check_only=form.cleaned_data["is_check_only"],
        )
        return see_other(request, reverse("special_care:claims_file", args=[file_id]))
    source = tables.ListSource(
        title=_("Upload claims file"),
        lead=_("Claims of many patients at once, exported from the journal system. At most %(largest)s.")
        % {"largest": format_size(largest)},
        columns=file_columns(),
        rows=files,
        order="-at",
        empty=_(
            "The clinic has handed in no file. What a file holds is told in the file specification: the "
            "supplier of your journal system gets it from the region."
        ),
        row_url=lambda file: reverse("special_care:claims_file", args=[file.pk]),
        about=form,
        file_name="fakturafiler",
    )
    response = tables.respond(request, source, template="special_care/upload_claims_file.html")
    if is_sent:
        response.status_code = 422
    return response


@require_safe
def claims_file(request: Request, file_id: int) -> HttpResponse:
    """One file: how far it has come, what can be done with it, and its faults."""
    found = queries.file_of(request.actor, file_id)
    page = pages.file_page(found)
    if page.about.has_faults:
        response = _faults(request, found, page)
    else:
        response = render(request, "special_care/claims_file.html", {"page": page})
    if request.htmx.target == STATE and not page.about.is_at_work:
        # It has come to an end: what is decided and the faults come with the whole.
        response["HX-Retarget"] = response["HX-Reselect"] = "main"
        response["HX-Reswap"] = "outerHTML"
    return response


@require_http_methods(["GET", "POST"])
def load_claims_file(request: Request, file_id: int) -> HttpResponse:
    """*Ladda upp*: take in the faultless claims; whoever had to sign in again arrives at the file."""
    _decide(request, file_id, commands.load_file)
    return see_other(request, reverse("special_care:claims_file", args=[file_id]))


@require_http_methods(["GET", "POST"])
def discard_claims_file(request: Request, file_id: int) -> HttpResponse:
    """*Tillbaka till filuppladdningen*: take in nothing, and begin again."""
    if _decide(request, file_id, commands.discard_file):
        done = _("Nothing of the file is taken in. Correct the faults and upload it again, whole.")
        messages.success(request, done)
        return see_other(request, reverse(UPLOAD))
    return see_other(request, reverse("special_care:claims_file", args=[file_id]))


def _decide(request: Request, file_id: int, command: Callable[..., None]) -> bool:
    """Let the command do what was asked for, and tell whether it did."""
    queries.file_of(request.actor, file_id)
    if request.method != "POST":
        return False
    try:
        command(request.actor, file_id=file_id)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem_text(problem))
        return False
    return True


def _faults(request: Request, found: "ClaimsFile", page: pages.FilePage) -> HttpResponse:
    """Answer with the fault list of a file: as a page, whole to be printed, or as a workbook."""
    form = FaultListForm(request.GET.copy(), kinds=pages.fault_kinds(found))
    search = form.search()
    is_printed = "print" in request.GET
    printing = tables.Action(_("Print the list"), _print_url(request), icon="printer")
    source = tables.ListSource(
        title=page.title,
        lead=page.lead,
        crumbs=page.crumbs,
        actions=[] if is_printed else [printing],
        columns=fault_columns(is_workbook=request.GET.get("format") == "xlsx"),
        rows=pages.faults_of(found, **search),
        order="line",
        tie="pk",
        empty=_("No fault matches. Choose another level or fault."),
        form=form,
        about=page.about,
        notice=pages.print_notice(found) if is_printed else "",
        person_of=lambda row: row.person_id,
        record_read=lambda persons: audit.record_read(
            "special_care.claims_file",
            request.actor,
            person_ids=persons,
            subject=(queries.SUBJECT, found.pk),
        ),
        prepare=lambda faults: pages.fault_rows(request.actor, faults, today=request.today),
        rows_per_page=pages.MOST_PRINTED if is_printed else tables.ROWS_PER_PAGE,
        file_name=f"fellista-{found.pk}",
    )
    template = "special_care/claims_file_print.html" if is_printed else "special_care/claims_file_faults.html"
    return tables.respond(request, source, template=template)


def _print_url(request: Request) -> str:
    """Return the address of the whole list as it is filtered, to be printed."""
    query = request.GET.copy()
    for name in ("page", "sort", "format"):
        query.pop(name, None)
    query["print"] = "1"
    return f"?{query.urlencode()}"
