"""Invoices to clients as documents for print: one file of one or many of them."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from kvitt.foundation.values.identity import format_bankgiro, format_organisation_number
from kvitt.foundation.values.money import MINUS, NO_BREAK_SPACE, Ore
from kvitt.modules.care_fees.exchange.letter_pdf import compile_pages
from kvitt.modules.care_fees.lifecycle import InvoiceState
from kvitt.modules.care_fees.rules.invoices import InvoiceLine, Unit, VatRow

if TYPE_CHECKING:
    from kvitt.modules.care_fees.queries.invoices import PrintedInvoice

_UNITS = {Unit.COUNT: "st", Unit.MINUTES: "min", Unit.DAYS: "dagar"}
_PER = {Unit.MINUTES: "/tim"}


def write_invoices(invoices: Sequence["PrintedInvoice"], *, is_for_print: bool = False) -> bytes:
    """Return invoices, at least one, as a PDF, A4: each begins on a page of its own, numbered by itself.

    It is accessible (PDF/UA) unless it is only for print. The same invoices always become the same bytes.
    Source: spec CF-29, QU-11.
    """
    return compile_pages("invoice.typ", describe_invoices(invoices), is_accessible=not is_for_print)


def describe_invoices(invoices: Sequence["PrintedInvoice"]) -> dict[str, Any]:
    """Return what the template prints of invoices: every text and amount as it stands on paper.

    Source: spec CF-29.
    """
    first, last = invoices[0], invoices[-1]
    numbers = f"{first.number}" if first is last else f"{first.number}\u2013{last.number}"
    title = f"{'Faktura' if first is last else 'Fakturor'} {numbers}, {first.sender.name}"
    return {"title": title, "invoices": [_told(each) for each in invoices]}


def _told(invoice: "PrintedInvoice") -> dict[str, Any]:
    sender = invoice.sender
    address = invoice.address
    place = f"{address.postcode} {address.town}".strip()
    return {
        "kind": _kind(invoice),
        "is_credit": invoice.is_credit,
        "number": str(invoice.number),
        "authority": sender.name,
        "organisation_number": format_organisation_number(sender.organisation_number),
        "contact": [
            each for each in (invoice.contact_name, invoice.contact_phone, sender.contact_email) if each
        ],
        "recipient": [
            each
            for each in (
                *(invoice.recipient_name, address.care_of and f"c/o {address.care_of}"),
                *(address.street, place, address.country),
            )
            if each
        ],
        "client": invoice.client_name,
        "client_number": invoice.client_number,
        "period": invoice.month_text,
        "invoice_date": _day(invoice.invoice_date),
        "due_date": _day(invoice.due_date),
        "reference": invoice.reference,
        "bankgiro": format_bankgiro(sender.bankgiro) if sender.bankgiro else "",
        "note": invoice.note,
        "lines": [_line(line) for line in invoice.lines],
        "vat": [_vat(row) for row in invoice.vat_rows] if invoice.vat_amount else [],
        "total": _amount(invoice.total),
        "refund": _amount(-invoice.total),
    }


def _kind(invoice: "PrintedInvoice") -> str:
    kind = "Kreditfaktura" if invoice.is_credit else "Faktura"
    return f"{kind}, makulerad" if invoice.state is InvoiceState.VOIDED else kind


def quantity_text(line: InvoiceLine) -> str:
    """Return what there is of a line, and the price of one where it has that: `12 st à 78,00 kr`.

    Source: spec CF-29.
    """
    if line.quantity is None or line.price is None:
        return _quantity(line)
    return f"{_quantity(line)} à {_amount(line.price)} kr{_PER.get(line.unit, '')}"


def _line(line: InvoiceLine) -> list[str]:
    return [line.text, _quantity(line), _price(line), _amount(line.amount)]


def _quantity(line: InvoiceLine) -> str:
    if line.quantity is None:
        return ""
    count = f"{line.quantity:,}".replace(",", NO_BREAK_SPACE).replace("-", MINUS)
    return f"{count}{NO_BREAK_SPACE}{_UNITS[line.unit]}"


def _price(line: InvoiceLine) -> str:
    """Time is registered in minutes and priced by the hour."""
    if line.price is None:
        return ""
    return f"{_amount(line.price)}{_PER.get(line.unit, '')}"


def _vat(row: VatRow) -> list[str]:
    rate = f"Moms {row.percent}{NO_BREAK_SPACE}%" if row.percent else "Momsfritt"
    return [rate, _amount(row.net), _amount(row.vat), _amount(row.total)]


def _day(day: date) -> str:
    return day.isoformat()


def _amount(amount: Ore) -> str:
    """Return kronor with two decimals, without the unit: `1 823,00`."""
    kronor, ore = divmod(abs(amount), 100)
    sign = MINUS if amount < 0 else ""
    return f"{sign}{kronor:,}".replace(",", NO_BREAK_SPACE) + f",{ore:02d}"
