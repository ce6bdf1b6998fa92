"""The page of the billing journal: what is shown of one that was opened with a reason in this session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format

from kvitt.foundation.values.money import format_count
from kvitt.modules.care_fees.exchange.registrations import read_month
from kvitt.modules.care_fees.queries import changes, journal_letter
from kvitt.modules.care_fees.queries import journal as journals
from kvitt.modules.care_fees.queries.changes import ChangedClient
from kvitt.modules.care_fees.queries.journal import Journal, JournalClient, Wanted
from kvitt.modules.care_fees.rules.invoices import InvoiceLine

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import QueryDict

    from kvitt.registers.access.rules import Actor

CLIENTS_PER_PAGE = 25
CHANGES_SHOWN = 20
_KEY = "care_fees_journal"


@dataclass(frozen=True)
class ShownLine:
    """A line with how many it is of, in words."""

    line: InvoiceLine
    quantity: str


@dataclass(frozen=True)
class ShownClient:
    """A client with what is told beside the lines, as label and text."""

    client: JournalClient
    facts: Sequence[tuple[str, str]]
    lines: Sequence[ShownLine]


@dataclass(frozen=True)
class JournalPage:
    """Everything `journal.html` shows: the form, and below it the journal where one was opened."""

    form: Any = None
    reason: str = ""
    month_text: str = ""
    journal: Journal | None = None
    changes: Sequence[ChangedClient] = ()
    change_count: int = 0
    clients: Sequence[ShownClient] = ()
    count: str = ""
    shown: str = ""
    previous_url: str = ""
    next_url: str = ""

    @property
    def person_ids(self) -> list[int]:
        """Whose names are shown."""
        listed = [row.person_id for row in self.changes]
        return [*listed, *(shown.client.person_id for shown in self.clients)]

    @property
    def has_more_changes(self) -> bool:
        """Whether more clients have changed than the page shows."""
        return self.change_count > len(self.changes)


def remember(session: "SessionBase", wanted: Wanted) -> None:
    """Let this session read the journal on the page: the reason stands in no address."""
    session[_KEY] = {
        "period": f"{wanted.month:%Y-%m}",
        "areas": sorted(wanted.area_ids),
        "reason": wanted.reason,
    }


def url_of(wanted: Wanted, *, page: int = 1) -> str:
    """Return where the journal is read."""
    asked = {"period": f"{wanted.month:%Y-%m}", "areas": sorted(wanted.area_ids)}
    more = {"page": page} if page > 1 else {}
    return f"{reverse('care_fees:journal')}?{urlencode(asked | more, doseq=True)}"


def journal_page(actor: "Actor", session: "SessionBase", query: "QueryDict", *, today: date) -> JournalPage:
    """Return the page: with the journal where the address names the one that was opened, else the form alone.

    Source: debitering-ao, pages 34-36; spec CF-27.
    """
    wanted = _opened(session, query)
    if wanted is None:
        return JournalPage()
    ids, month = wanted.area_ids, wanted.month
    journal = journals.journal(actor, wanted)
    count = journal.total.client_count
    page = min(max(_int(query.get("page", "")), 1), max(-(-count // CLIENTS_PER_PAGE), 1))
    start = (page - 1) * CLIENTS_PER_PAGE
    rows = list(journals.selected_clients(actor.authority_id, ids, month)[start : start + CLIENTS_PER_PAGE])
    return JournalPage(
        reason=wanted.reason,
        month_text=date_format(month, "F Y"),
        journal=journal,
        # What differs stands on the first page.
        changes=changes.changes(ids, month, limit=CHANGES_SHOWN) if page == 1 else (),
        change_count=changes.changed_clients(ids, month).count() if page == 1 else 0,
        clients=[_shown(client) for client in journals.listed(rows, month, today=today)],
        count=format_count(count),
        shown=f"{start + 1 if rows else 0}-{start + len(rows)}",
        previous_url=url_of(wanted, page=page - 1) if page > 1 else "",
        next_url=url_of(wanted, page=page + 1) if start + len(rows) < count else "",
    )


def asked_for(session: "SessionBase", query: "QueryDict", *, default: date) -> dict[str, object]:
    """Return what the form is filled with: what the address names, with the reason given for it."""
    wanted = _opened(session, query)
    month = read_month(query.get("period", "")) or default
    areas = [int(text) for text in query.getlist("areas") if _int(text)]
    return {
        "period": f"{month:%Y-%m}",
        "reason": wanted.reason if wanted else "",
        **({"areas": areas} if areas else {}),
    }


def _opened(session: "SessionBase", query: "QueryDict") -> Wanted | None:
    """Return the journal that the address names, if it was opened in this session."""
    known, month = session.get(_KEY), read_month(query.get("period", ""))
    areas = sorted({_int(text) for text in query.getlist("areas")})
    if known is None or month is None or known["period"] != f"{month:%Y-%m}" or known["areas"] != areas:
        return None
    return Wanted(month, tuple(areas), known["reason"])


def _shown(client: JournalClient) -> ShownClient:
    lines = [ShownLine(line, journal_letter.quantity_of(line)) for line in client.lines]
    return ShownClient(client, journal_letter.facts_of(client), lines)


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 - a sane number
