"""The columns of the lists of invoices to clients."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.modules.care_fees.lifecycle import InvoiceState, RecipientKind
from kvitt.modules.care_fees.queries import invoice_pages, search
from kvitt.modules.care_fees.queries.batches import WaitingRow
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.care_fees.models import ClientMonth, FeeInvoice
    from kvitt.registers.people.models import Person

BATCHES = (
    Column("number", _("Batch"), lambda row: str(row.number), sort=("number",), lead=True),
    Column("month", _("Period"), lambda row: row.month, Kind.MONTH, sort=("month", "number")),
    Column(
        "invoice_date", _("Invoice date"), lambda row: row.invoice_date, Kind.DATE, sort=("invoice_date",)
    ),
    Column("due_date", _("Due date"), lambda row: row.due_date, Kind.DATE, sort=("due_date",), css="kv-opt"),
    Column("count", _("Invoices"), lambda row: row.count, Kind.COUNT, sort=("count",)),
    Column("amount", _("Amount"), lambda row: row.amount, Kind.MONEY, sort=("amount",)),
    Column(
        "voided",
        _("Voided"),
        lambda row: row.voided_count or None,
        Kind.COUNT,
        sort=("voided_count",),
        css="kv-opt",
    ),
    Column("by", _("Made by"), lambda row: row.started_by, sort=("started_by",), css="kv-opt"),
    Column("state", _("State"), invoice_pages.state_of, Kind.STATUS),
)


def _person(row: "FeeInvoice") -> "Person":
    return search.person_of(row.client_month.client)


def _recipient(row: "FeeInvoice") -> str:
    return people.hidden_text() if row.is_protected or _person(row).is_protected else row.recipient_name


INVOICES = (
    Column("number", _("Number"), lambda row: str(row.number), sort=("number",), lead=True, css="kv-nowrap"),
    Column(
        "client",
        _("Client"),
        lambda row: row.client_month.client.number,
        sort=("client_month__client__number",),
        css="kv-nowrap",
    ),
    Column(
        "name",
        _("Name"),
        lambda row: people.listed_name(_person(row)),
        sort=("client_month__client__person__sort_key",),
    ),
    Column("recipient", _("Recipient"), _recipient, sort=("recipient_name",)),
    Column(
        "kind",
        _("Goes to"),
        lambda row: RecipientKind(row.recipient_kind),
        sort=("recipient_kind", "number"),
        css="kv-opt",
    ),
    Column(
        "month", _("Period"), lambda row: row.client_month.month, Kind.MONTH, sort=("client_month__month",)
    ),
    Column("total", _("Amount"), lambda row: row.total, Kind.MONEY, sort=("total",)),
    Column("state", _("State"), lambda row: InvoiceState(row.state), Kind.STATUS, sort=("state", "number")),
)


def _waiting_person(row: "ClientMonth") -> "Person":
    return search.person_of(row.client)


def waiting_columns(found: Mapping[int, WaitingRow]) -> Sequence[Column]:
    """Return the columns of what waits; `found` tells why each month does."""

    def note(row: "ClientMonth") -> str:
        why = found[row.pk]
        return gettext("until %(day)s") % {"day": why.until.isoformat()} if why.until else why.area

    return (
        Column(
            "client",
            _("Client"),
            lambda row: row.client.number,
            sort=("client__number",),
            lead=True,
            css="kv-nowrap",
        ),
        Column(
            "name",
            _("Name"),
            lambda row: people.listed_name(_waiting_person(row)),
            sort=("client__person__sort_key",),
        ),
        Column("area", _("Billing area"), lambda row: row.area.name, sort=("area__sort_key",), css="kv-opt"),
        Column("month", _("Period"), lambda row: row.month, Kind.MONTH, sort=("month", "pk")),
        Column("amount", _("Amount"), lambda row: row.total, Kind.MONEY, sort=("total",)),
        Column("reason", _("Waits for"), lambda row: found[row.pk].reason),
        Column("detail", _("More closely"), note),
    )
