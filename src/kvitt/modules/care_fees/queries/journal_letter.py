"""The billing journal as a document: its heading, and its parts one by one, for Word and for PDF."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from kvitt.foundation.clock import STOCKHOLM
from kvitt.foundation.values.identity import format_identity_number
from kvitt.foundation.values.money import format_count, format_kronor
from kvitt.modules.care_fees.exchange.letter_pdf import Heading, Letter, Paragraph, Part, Table
from kvitt.modules.care_fees.lifecycle import CareActivity
from kvitt.modules.care_fees.queries.changes import ChangedClient
from kvitt.modules.care_fees.queries.journal import Journal, JournalClient
from kvitt.modules.care_fees.rules.invoices import InvoiceLine, Unit


def letter_of(journal: Journal) -> Letter:
    """Return the heading of the document: whose it is, of what, who took it out, when and why."""
    made_at = journal.made_at.astimezone(STOCKHOLM)
    return Letter(
        title=gettext("Billing journal"),
        authority=journal.authority,
        facts=[
            (gettext("Area of activity"), gettext(CareActivity.ELDERLY_CARE.label)),
            (gettext("Period"), date_format(journal.wanted.month, "F Y")),
            (gettext("Billing areas"), ", ".join(area.name for area in journal.areas)),
            (gettext("Taken out by"), journal.made_by),
            (gettext("Taken out at"), f"{made_at:%Y-%m-%d %H.%M}"),
            (gettext("Reason for the report"), journal.wanted.reason),
        ],
        language=get_language() or "sv",
        page_words=(gettext("Page"), gettext("of")),
        is_landscape=True,
    )


def parts_of(
    journal: Journal, changes: Sequence[ChangedClient], clients: Iterable[JournalClient]
) -> Iterator[Part]:
    """Give the parts in their order: sums by area, what differs from last month, every client by area."""
    yield Heading(gettext("Sums by area"))
    yield _sums(journal)
    yield Heading(gettext("What differs from the month before"))
    yield from _changes(changes)
    area = None
    for client in clients:
        if client.area != area:
            area = client.area
            yield Heading(area)
        yield from _client(client)


def quantity_of(line: InvoiceLine) -> str:
    """Return how many a line is of: `12 pcs`, `150 min`, `7 days`; nothing where it has no count."""
    if line.quantity is None:
        return ""
    return f"{format_count(line.quantity)} {gettext(Unit(line.unit).label)}"


def _sums(journal: Journal) -> Table:
    rows = [
        (
            row.name,
            format_count(row.client_count),
            format_count(row.left_count),
            format_kronor(row.before),
            format_kronor(row.now),
            format_kronor(row.difference),
        )
        for row in (*journal.sums, journal.total)
    ]
    return Table(
        headings=[
            gettext("Billing area"),
            gettext("Clients"),
            gettext("Not calculated"),
            gettext("The month before"),
            gettext("This month"),
            gettext("Difference"),
        ],
        rows=rows[:-1],
        right=(1, 2, 3, 4, 5),
        total=rows[-1],
    )


def _changes(changes: Sequence[ChangedClient]) -> Iterator[Part]:
    if not changes:
        yield Paragraph(gettext("Nobody is charged more or less than the month before."))
        return
    count = len(changes)
    told = ngettext(
        "%(count)s client is charged more or less than the month before. The largest difference first.",
        "%(count)s clients are charged more or less than the month before. The largest difference first.",
        count,
    )
    yield Paragraph(told % {"count": format_count(count)})
    yield Table(
        headings=[
            gettext("Client"),
            gettext("Name"),
            gettext("Why"),
            gettext("The month before"),
            gettext("This month"),
            gettext("Difference"),
        ],
        rows=[
            (
                row.number,
                row.name,
                row.reason_text,
                format_kronor(row.before),
                format_kronor(row.now),
                format_kronor(row.difference),
            )
            for row in changes
        ],
        right=(3, 4, 5),
        wide=2,
    )


def _client(client: JournalClient) -> Iterator[Part]:
    yield Heading(f"{client.name}, {format_identity_number(client.identity)}, {client.number}", level=3)
    yield Paragraph(". ".join(f"{label}: {text}" for label, text in facts_of(client)) + ".")
    if client.lines:
        yield Table(
            headings=[gettext("Line"), gettext("Quantity"), gettext("Price"), gettext("Amount")],
            rows=[
                (
                    line.text,
                    quantity_of(line),
                    "" if line.price is None else format_kronor(line.price),
                    format_kronor(line.amount),
                )
                for line in client.lines
            ],
            right=(1, 2, 3),
            total=(gettext("Total"), "", "", format_kronor(client.total or 0)),
        )


def facts_of(client: JournalClient) -> list[tuple[str, str]]:
    """Return what is told of a client beside the lines: label and text, without what there is none of."""
    before = "" if client.difference is None else format_kronor(client.before)
    told = [
        (gettext("Status"), client.state),
        (gettext("Faults"), "; ".join(client.faults)),
        (gettext("Recipient"), client.recipient),
        (gettext("The invoice waits"), client.waits),
        (gettext("Absence"), "; ".join(client.absences)),
        (gettext("The month before"), before),
        (gettext("Difference"), format_kronor(client.difference) if client.difference else ""),
        (gettext("Carried to the next month"), format_kronor(client.carried) if client.carried else ""),
    ]
    return [(label, text) for label, text in told if text]
