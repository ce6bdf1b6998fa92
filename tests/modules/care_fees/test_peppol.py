"""E-invoices to organisations, read by the rules of the standard."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.care_fees.exchange.peppol import write_invoice
from kvitt.modules.care_fees.rules.invoices import InvoiceLine, PostalAddress, calculate_vat
from kvitt.modules.care_fees.rules.net_amounts import calculate_net_amounts
from tests.modules.care_fees.peppol_rules import Reader
from tests.modules.care_fees.printed import LINES, an_invoice
from tests.modules.care_fees.test_letter_pdf import MARKUP

pytestmark = pytest.mark.requirement("CF-29")
KLARA = {"organisation_number": "5560000019", "recipient_name": "Klara godmanskap AB"}
LINE = st.tuples(st.sampled_from([0, 6, 12, 25]), st.integers(-500_000, 500_000))


def test_an_invoice_to_an_organisation():
    found = Reader(write_invoice(an_invoice(**KLARA)))

    assert found.faults() == []
    assert found.text("cbc:ID") == "100234"
    assert found.text("cbc:DueDate") == "2024-12-20"
    assert found.text("cbc:BuyerReference") == "2024-000012"
    assert found.text("cbc:Note") == "Avser Birger Testlund, oktober 2024. Märkning 12"
    assert found.text("cac:PaymentMeans/cbc:PaymentID") == "10023489"
    assert found.text("cac:PaymentMeans//cac:FinancialInstitutionBranch/cbc:ID") == "SE:BANKGIRO"
    assert found.amount("cac:LegalMonetaryTotal/cbc:PayableAmount") == Decimal("2527.00")
    assert found.amount("cac:TaxTotal/cbc:TaxAmount") == Decimal("202.29")
    assert [found.text("cbc:InvoicedQuantity", line) for line in found.lines] == ["1", "1", "1", "-1", "1"]


def test_a_credit_note_turns_the_signs():
    lines = [InvoiceLine("Justering för september 2024", -51_300), LINES[2], InvoiceLine("Kost", -90_000)]

    found = Reader(write_invoice(an_invoice(*lines, **KLARA)))

    assert found.is_credit
    assert found.faults() == []
    assert found.amount("cac:LegalMonetaryTotal/cbc:PayableAmount") == Decimal("477.00")
    assert [found.text("cbc:CreditedQuantity", line) for line in found.lines] == ["1", "-1", "1"]


def test_without_bankgiro_and_with_strange_texts_it_is_still_valid():
    sender = an_invoice().sender
    bare = type(sender)(sender.name, sender.organisation_number, "", "", "", "")
    hostile = an_invoice(
        InvoiceLine(MARKUP, 100),
        sender=bare,
        note="",
        contact_phone="",
        address=PostalAddress(MARKUP),
        **{**KLARA, "recipient_name": MARKUP + "<&>"},
    )

    found = Reader(write_invoice(hostile))

    assert found.faults() == []
    assert "<&>" in found.text("cac:AccountingCustomerParty//cbc:RegistrationName")


@given(lines=st.lists(LINE, min_size=1, max_size=12))
def test_sums_hold_to_the_ore(lines):
    total = sum(amount for _percent, amount in lines)
    invoice = an_invoice(
        *(InvoiceLine("Lunch", amount, vat_percent=percent) for percent, amount in lines), **KLARA
    )

    found = Reader(write_invoice(invoice))

    assert found.faults() == []
    assert found.amount("cac:LegalMonetaryTotal/cbc:PayableAmount") * 100 == abs(total)


@given(lines=st.lists(LINE, max_size=12))
def test_lines_without_vat_sum_to_what_is_left_of_each_rate(lines):
    parts = calculate_net_amounts(lines)

    for percent in {percent for percent, _amount in lines}:
        mine = [(amount, part) for (each, amount), part in zip(lines, parts, strict=True) if each == percent]
        whole = sum(amount for amount, _part in mine)
        assert sum(part for _amount, part in mine) == whole - calculate_vat(whole, percent)
        assert all(abs(part - amount * 100 / (100 + percent)) < 1.01 for amount, part in mine)
