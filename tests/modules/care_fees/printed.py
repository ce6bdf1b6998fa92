"""Invoices as they are printed, made without a database."""

import datetime as dt

from kvitt.modules.care_fees.lifecycle import InvoiceState, RecipientKind
from kvitt.modules.care_fees.queries.invoices import PrintedInvoice, Sender
from kvitt.modules.care_fees.rules.invoices import (
    InvoiceLine,
    PostalAddress,
    Unit,
    make_reference,
    sum_vat,
)

SENDER = Sender(
    name="Exempelköpings kommun",
    organisation_number="2120009994",
    bankgiro="50501055",
    contact_name="Debiteringen",
    contact_phone="013-20 57 00",
    contact_email="debitering@example.org",
)
# Care, time by the hour, a product with VAT, board taken off, and a product with another VAT.
LINES = (
    InvoiceLine("Personlig omvårdnad", 182_300),
    InvoiceLine("Boservice, städ", 27_800, 60, Unit.MINUTES, 27_800),
    InvoiceLine("Lunch", 93_600, 12, Unit.COUNT, 7_800, 12),
    InvoiceLine("Frånvaro, kost", -102_000, 10, Unit.DAYS, -10_200),
    InvoiceLine("Förlorad larmknapp", 51_000, 1, Unit.COUNT, 51_000, 25),
)


def an_invoice(*lines: InvoiceLine, number: int = 100_234, **values) -> PrintedInvoice:
    """Make an invoice of lines."""
    lines = lines or LINES
    rows = sum_vat((line.vat_percent, line.amount) for line in lines)
    return PrintedInvoice(
        **{
            "id": number,
            "number": number,
            "reference": make_reference(number),
            "state": InvoiceState.ISSUED,
            "invoice_date": dt.date(2024, 11, 20),
            "due_date": dt.date(2024, 12, 20),
            "month": dt.date(2024, 10, 1),
            "month_text": "oktober 2024",
            "sender": SENDER,
            "client_id": 1,
            "client_number": "2024-000012",
            "client_name": "Birger Testlund",
            "person_id": 1,
            "is_protected": False,
            "recipient_kind": RecipientKind.CLIENT,
            "recipient_name": "Birger Testlund",
            "address": PostalAddress("Provgatan 1", "582 22", "Exempelköping", "Anna Testlund"),
            "organisation_number": "",
            "contact_name": "Norrs hemtjänst",
            "contact_phone": "013-20 57 01",
            "note": "Märkning 12",
            "lines": lines,
            "vat_rows": rows,
            "total": sum(line.amount for line in lines),
            "vat_amount": sum(row.vat for row in rows),
            **values,
        }
    )
