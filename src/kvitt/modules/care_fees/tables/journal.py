"""The columns of the sheets of the billing journal."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind

if TYPE_CHECKING:
    from kvitt.modules.care_fees.queries.journal import JournalClient
    from kvitt.modules.care_fees.rules.invoices import InvoiceLine

AREA_SUMS = (
    Column("area", _("Billing area"), lambda row: row.name, lead=True),
    Column("clients", _("Clients"), lambda row: row.client_count, Kind.COUNT),
    Column("left", _("Not calculated"), lambda row: row.left_count, Kind.COUNT),
    Column("before", _("The month before"), lambda row: row.before, Kind.MONEY),
    Column("now", _("This month"), lambda row: row.now, Kind.MONEY),
    Column("difference", _("Difference"), lambda row: row.difference, Kind.MONEY),
)
CLIENTS = (
    Column("area", _("Billing area"), lambda row: row.area),
    Column("number", _("Client"), lambda row: row.number),
    Column("identity", _("Personal number"), lambda row: row.identity, Kind.IDENTITY),
    Column("name", _("Name"), lambda row: row.name),
    Column("state", _("Status"), lambda row: row.state),
    Column("total", _("Total"), lambda row: row.total, Kind.MONEY),
    Column("before", _("The month before"), lambda row: row.before, Kind.MONEY),
    Column("difference", _("Difference"), lambda row: row.difference, Kind.MONEY),
    Column("carried", _("Carried to the next month"), lambda row: row.carried or None, Kind.MONEY),
    Column("recipient", _("Recipient"), lambda row: row.recipient),
    Column("waits", _("The invoice waits"), lambda row: row.waits),
    Column("absences", _("Absence"), lambda row: "; ".join(row.absences)),
    Column("faults", _("Faults"), lambda row: "; ".join(row.faults)),
)
LINES = (
    Column("area", _("Billing area"), lambda pair: pair[0].area),
    Column("number", _("Client"), lambda pair: pair[0].number),
    Column("name", _("Name"), lambda pair: pair[0].name),
    Column("kind", _("Kind"), lambda pair: pair[1].kind),
    Column("line", _("Line"), lambda pair: pair[1].text),
    Column("quantity", _("Quantity"), lambda pair: pair[1].quantity, Kind.COUNT),
    Column("unit", _("Unit"), lambda pair: None if pair[1].quantity is None else gettext(pair[1].unit.label)),
    Column("price", _("Price"), lambda pair: pair[1].price, Kind.MONEY),
    Column("amount", _("Amount"), lambda pair: pair[1].amount, Kind.MONEY),
)
CHANGES = (
    Column("number", _("Client"), lambda row: row.number, lead=True, css="kv-nowrap"),
    Column("name", _("Name"), lambda row: row.name),
    Column("area", _("Billing area"), lambda row: row.area, css="kv-opt"),
    Column("why", _("Why"), lambda row: row.reason_text),
    Column("before", _("The month before"), lambda row: row.before, Kind.MONEY),
    Column("now", _("This month"), lambda row: row.now, Kind.MONEY),
    Column("difference", _("Difference"), lambda row: row.difference, Kind.MONEY),
)


def lines_of(clients: "Iterable[JournalClient]") -> "Iterator[tuple[JournalClient, InvoiceLine]]":
    """Give every line with whose it is."""
    for client in clients:
        for line in client.lines:
            yield client, line
