"""Invoices as PDF for print: what is handed in is printed and never run."""

import re

import pytest

from kvitt.modules.care_fees.exchange.invoice_pdf import describe_invoices, quantity_text, write_invoices
from kvitt.modules.care_fees.lifecycle import InvoiceState
from kvitt.modules.care_fees.rules.invoices import InvoiceLine, PostalAddress
from tests.modules.care_fees.printed import LINES, an_invoice
from tests.modules.care_fees.test_letter_pdf import MARKUP, pages_of

pytestmark = pytest.mark.requirement("CF-29")


def told(*invoices):
    """Return what the template prints of invoices."""
    return describe_invoices(invoices)["invoices"]


def test_an_invoice_says_who_pays_what_when_and_where():
    (invoice,) = told(an_invoice())

    assert invoice["kind"] == "Faktura"
    assert invoice["contact"] == ["Norrs hemtjänst", "013-20 57 01", "debitering@example.org"]
    assert invoice["recipient"] == [
        "Birger Testlund",
        "c/o Anna Testlund",
        "Provgatan 1",
        "582 22 Exempelköping",
    ]
    assert (invoice["total"], invoice["due_date"]) == ("2\u00a0527,00", "2024-12-20")
    assert (invoice["reference"], invoice["bankgiro"]) == ("10023489", "5050-1055")
    assert invoice["note"] == "Märkning 12"
    assert invoice["lines"] == [
        ["Personlig omvårdnad", "", "", "1\u00a0823,00"],
        ["Boservice, städ", "60\u00a0min", "278,00/tim", "278,00"],
        ["Lunch", "12\u00a0st", "78,00", "936,00"],
        ["Frånvaro, kost", "10\u00a0dagar", "−102,00", "−1\u00a0020,00"],
        ["Förlorad larmknapp", "1\u00a0st", "510,00", "510,00"],
    ]
    assert [row[0] for row in invoice["vat"]] == ["Momsfritt", "Moms 12\u00a0%", "Moms 25\u00a0%"]
    assert invoice["vat"][1][1:] == ["835,71", "100,29", "936,00"]
    assert quantity_text(LINES[1]) == "60\u00a0min à 278,00 kr/tim"
    assert quantity_text(LINES[0]) == ""


def test_without_vat_no_vat_is_told_and_a_credit_invoice_says_so():
    invoice, credit, voided = told(
        an_invoice(LINES[0]),
        an_invoice(InvoiceLine("Justering för september 2024", -51_300)),
        an_invoice(state=InvoiceState.VOIDED),
    )

    assert invoice["vat"] == []
    assert (credit["kind"], credit["is_credit"], credit["refund"]) == ("Kreditfaktura", True, "513,00")
    assert voided["kind"] == "Faktura, makulerad"


def test_invoices_of_one_file_begin_on_pages_of_their_own():
    long = an_invoice(*LINES * 10, number=100_235)
    credit = an_invoice(InvoiceLine("Justering för september 2024", -51_300), number=100_236)

    pdf = write_invoices([an_invoice(), long, credit])

    assert pages_of(pdf) == 4
    assert b"pdfuaid" in pdf
    assert re.search(rb"/Title ?\(Fakturor 100234", pdf) or b"/Title" in pdf
    assert write_invoices([an_invoice(), long, credit]) == pdf
    printed = write_invoices([an_invoice(), long, credit], is_for_print=True)
    assert pages_of(printed) == 4
    assert len(printed) < len(pdf) / 2


@pytest.mark.requirement("QU-18")
def test_markup_in_an_invoice_is_text():
    address = PostalAddress(MARKUP, MARKUP, MARKUP, MARKUP, MARKUP)
    hostile = an_invoice(
        InvoiceLine(MARKUP, 100),
        note=MARKUP,
        client_name=MARKUP,
        recipient_name=MARKUP,
        contact_name=MARKUP,
        address=address,
    )

    assert pages_of(write_invoices([hostile])) >= 1
