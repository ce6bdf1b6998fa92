"""*Debiteringsjournal*: chosen with a reason, then read on the page or taken out to Word, PDF or Excel."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, cast

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kvitt.audit import commands as audit
from kvitt.foundation import workbooks
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.tables import EXCEL_TYPE
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import journal as commands
from kvitt.modules.care_fees.exchange import letter_pdf, word
from kvitt.modules.care_fees.exchange.registrations import read_month
from kvitt.modules.care_fees.forms.journal import JournalForm
from kvitt.modules.care_fees.queries import changes
from kvitt.modules.care_fees.queries import journal as queries
from kvitt.modules.care_fees.queries import journal_letter as letter
from kvitt.modules.care_fees.queries import journal_page as pages
from kvitt.modules.care_fees.queries.changes import ChangedClient
from kvitt.modules.care_fees.queries.journal import Journal, JournalClient, Wanted
from kvitt.modules.care_fees.queries.registration_grid import month_to_register, months_offered
from kvitt.modules.care_fees.tables import journal as columns
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF_TYPE = "application/pdf"


@require_http_methods(["GET", "POST"])
def journal(request: Request) -> HttpResponse:
    """Choose activity, period and areas and say why; *Förhandsgranska*, or take it out as a file."""
    request.actor.require(Permission.SEE_CLIENTS)
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        wanted, to = form.wanted(), request.POST.get("to", "")
        try:
            commands.open_journal(request.actor, wanted=wanted, today=request.today, is_pdf=to == "pdf")
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            if to in _EXPORTS:
                return _file(request, wanted, *_EXPORTS[to])
            pages.remember(request.session, wanted)
            return see_other(request, pages.url_of(wanted))
    page = pages.journal_page(request.actor, request.session, request.GET, today=request.today)
    audit.record_read("care_fees.journal", request.actor, person_ids=page.person_ids, reason=page.reason)
    page = replace(page, form=form)
    return render(request, "care_fees/journal.html", {"page": page}, status=form_status(request))


# Steps --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """What a file is made of; the clients come one by one."""

    journal: Journal
    changes: Sequence[ChangedClient]
    clients: Callable[[], Iterator[JournalClient]]


def _form(request: Request) -> JournalForm:
    default = month_to_register(request.today)
    asked = pages.asked_for(request.session, request.GET, default=default)
    areas = list(organisations.areas_of(request.actor))
    chosen = read_month(str(asked["period"]))
    return JournalForm(
        typed(request),
        initial={"areas": [area.pk for area in areas], **asked},
        months=months_offered(request.today, chosen),
        areas=areas,
    )


def _file(
    request: Request, wanted: Wanted, write: Callable[[IO[bytes], _Told], None], kind: str, ending: str
) -> HttpResponse:
    """Answer with the journal as a file, written a chunk of clients at a time."""
    persons = set[int]()

    def clients() -> Iterator[JournalClient]:
        for client in queries.all_clients(request.actor.authority_id, wanted, today=request.today):
            persons.add(client.person_id)
            yield client

    changed = changes.changes(wanted.area_ids, wanted.month)
    persons.update(row.person_id for row in changed)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    write(file, _Told(queries.journal(request.actor, wanted), changed, clients))
    audit.record_read("care_fees.journal", request.actor, person_ids=persons, reason=wanted.reason)
    file.seek(0)
    name = f"debiteringsjournal-{wanted.month:%Y-%m}.{ending}"
    return cast("HttpResponse", FileResponse(file, as_attachment=True, filename=name, content_type=kind))


def _write_word(file: IO[bytes], told: _Told) -> None:
    word.write_word(
        file,
        letter.letter_of(told.journal),
        letter.parts_of(told.journal, told.changes, told.clients()),
        made_at=told.journal.made_at,
    )


def _write_pdf(file: IO[bytes], told: _Told) -> None:
    parts = list(letter.parts_of(told.journal, told.changes, told.clients()))
    file.write(letter_pdf.write_letter(replace(letter.letter_of(told.journal), parts=parts)))


def _write_excel(file: IO[bytes], told: _Told) -> None:
    note = ", ".join(f"{label}: {text}" for label, text in letter.letter_of(told.journal).facts)
    workbooks.write_sheets(
        file,
        [
            workbooks.Sheet(_("Areas"), columns.AREA_SUMS, told.journal.sums, note),
            workbooks.Sheet(_("Differences"), columns.CHANGES, told.changes, note),
            workbooks.Sheet(_("Clients"), columns.CLIENTS, told.clients(), note),
            workbooks.Sheet(_("Lines"), columns.LINES, columns.lines_of(told.clients()), note),
        ],
    )


# What the buttons ask for: how it is written, its type, and how its name ends.
_EXPORTS = {
    "word": (_write_word, WORD_TYPE, "docx"),
    "pdf": (_write_pdf, PDF_TYPE, "pdf"),
    "excel": (_write_excel, EXCEL_TYPE, "xlsx"),
}
