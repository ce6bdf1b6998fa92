"""Invoices to organisations as e-invoices: Peppol BIS Billing 3, an Invoice or a CreditNote of UBL 2.1.

The same invoice always becomes the same bytes.
"""

from typing import TYPE_CHECKING

from lxml import etree

from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.exchange.invoice_pdf import quantity_text
from kvitt.modules.care_fees.rules.invoices import InvoiceLine, VatRow, sum_vat
from kvitt.modules.care_fees.rules.net_amounts import calculate_net_amounts

if TYPE_CHECKING:
    from kvitt.modules.care_fees.queries.invoices import PrintedInvoice

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
BASIC = f"{UBL}CommonBasicComponents-2"
AGGREGATE = f"{UBL}CommonAggregateComponents-2"
CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
CURRENCY = "SEK"
COUNTRY = "SE"
# The scheme of Swedish organisation numbers, among the identifiers of the standard.
ORGANISATION_NUMBER = "0007"
INVOICE, CREDIT_NOTE = "380", "381"
# Payment to an account, and how a bankgiro is told apart from other accounts.
CREDIT_TRANSFER, BANKGIRO = "30", "SE:BANKGIRO"
# A piece, in the code list of units; what was sold of it stands in the text of the line.
ONE = "C62"
STANDARD, EXEMPT = "S", "E"
EXEMPTION = "Undantaget från moms: social omsorg eller upplåtelse av bostad"
REFUND = "Beloppet räknas av från det som är obetalt eller betalas ut."


def write_invoice(invoice: "PrintedInvoice") -> bytes:
    """Return the e-invoice to an organisation; one below zero is a credit note, with its signs turned.

    Prices include VAT, the standard's do not: VAT is that of the invoice by rate, and what is left is shared
    by the lines. Each line is one piece, for a line after absence or cap is not its quantity times its price.
    Source: peppol; spec CF-29.
    """
    document = _CreditNote(invoice) if invoice.is_credit else _Invoice(invoice)
    return etree.tostring(document.root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def calculate_vat_number(organisation_number: str) -> str:
    """Return the VAT number of a Swedish organisation.

    Source: peppol; spec CF-29.
    """
    return f"{COUNTRY}{organisation_number}01"


class _Document:
    """What an invoice and a credit note share; they differ in some names and in their sign."""

    name, line_name, quantity_name, type_name, type_code, sign = "", "", "", "", "", 1

    def __init__(self, invoice: "PrintedInvoice") -> None:
        self.invoice = invoice
        self.lines = [line for line in invoice.lines if line.amount] or list(invoice.lines)
        pairs = [(line.vat_percent, self.sign * line.amount) for line in self.lines]
        self.net_amounts = calculate_net_amounts(pairs)
        self.vat_rows = sum_vat(pairs)
        spaces = f'xmlns="{UBL}{self.name}-2" xmlns:cac="{AGGREGATE}" xmlns:cbc="{BASIC}"'
        self.root = etree.XML(f"<{self.name} {spaces}/>")
        self._head()
        self._parties()
        self._payment()
        self._sums()
        for number, (line, net) in enumerate(zip(self.lines, self.net_amounts, strict=True), start=1):
            self._line(number, line, net)

    def _head(self) -> None:
        invoice = self.invoice
        _add(self.root, "CustomizationID", CUSTOMIZATION)
        _add(self.root, "ProfileID", PROFILE)
        _add(self.root, "ID", str(invoice.number))
        _add(self.root, "IssueDate", invoice.invoice_date.isoformat())
        if self.type_code == INVOICE:
            _add(self.root, "DueDate", invoice.due_date.isoformat())
        _add(self.root, self.type_name, self.type_code)
        note = f"Avser {invoice.client_name}, {invoice.month_text}."
        _add(self.root, "Note", f"{note} {invoice.note}".strip())
        _add(self.root, "DocumentCurrencyCode", CURRENCY)
        _add(self.root, "BuyerReference", invoice.client_number)
        period = _group(self.root, "InvoicePeriod")
        _add(period, "StartDate", invoice.month.isoformat())
        _add(period, "EndDate", last_day_of_month(invoice.month).isoformat())

    def _parties(self) -> None:
        invoice, sender, address = self.invoice, self.invoice.sender, self.invoice.address
        seller = _group(_group(self.root, "AccountingSupplierParty"), "Party")
        _party(seller, sender.name, sender.organisation_number)
        _country(_group(seller, "PostalAddress"))
        scheme = _group(seller, "PartyTaxScheme")
        _add(scheme, "CompanyID", calculate_vat_number(sender.organisation_number))
        _add(_group(scheme, "TaxScheme"), "ID", "VAT")
        _legal(seller, sender.name, sender.organisation_number)
        contact = _group(seller, "Contact")
        _add(contact, "Name", invoice.contact_name or sender.name)
        _add_given(contact, "Telephone", invoice.contact_phone)
        _add_given(contact, "ElectronicMail", sender.contact_email)
        buyer = _group(_group(self.root, "AccountingCustomerParty"), "Party")
        _party(buyer, invoice.recipient_name, invoice.organisation_number)
        postal = _group(buyer, "PostalAddress")
        _add_given(postal, "StreetName", address.street)
        _add_given(postal, "AdditionalStreetName", address.care_of)
        _add_given(postal, "CityName", address.town)
        _add_given(postal, "PostalZone", address.postcode)
        _country(postal)
        _legal(buyer, invoice.recipient_name, invoice.organisation_number)

    def _payment(self) -> None:
        invoice = self.invoice
        if self.type_code == CREDIT_NOTE:
            _add(_group(self.root, "PaymentTerms"), "Note", REFUND)
        elif invoice.sender.bankgiro:
            means = _group(self.root, "PaymentMeans")
            _add(means, "PaymentMeansCode", CREDIT_TRANSFER)
            _add(means, "PaymentID", invoice.reference)
            account = _group(means, "PayeeFinancialAccount")
            _add(account, "ID", invoice.sender.bankgiro)
            _add(_group(account, "FinancialInstitutionBranch"), "ID", BANKGIRO)

    def _sums(self) -> None:
        vat = sum(row.vat for row in self.vat_rows)
        net = sum(self.net_amounts)
        tax = _group(self.root, "TaxTotal")
        _amount(tax, "TaxAmount", vat)
        for row in self.vat_rows:
            _subtotal(tax, row)
        sums = _group(self.root, "LegalMonetaryTotal")
        _amount(sums, "LineExtensionAmount", net)
        _amount(sums, "TaxExclusiveAmount", net)
        _amount(sums, "TaxInclusiveAmount", net + vat)
        _amount(sums, "PayableAmount", net + vat)

    def _line(self, number: int, line: InvoiceLine, net: Ore) -> None:
        """A line below zero is minus one piece, for a price is never below zero."""
        group = _group(self.root, self.line_name)
        _add(group, "ID", str(number))
        _add(group, self.quantity_name, "-1" if net < 0 else "1").set("unitCode", ONE)
        _amount(group, "LineExtensionAmount", net)
        item = _group(group, "Item")
        _add_given(item, "Description", quantity_text(line))
        _add(item, "Name", line.text)
        _category(_group(item, "ClassifiedTaxCategory"), line.vat_percent)
        _amount(_group(group, "Price"), "PriceAmount", abs(net))


class _Invoice(_Document):
    name, line_name, quantity_name = "Invoice", "InvoiceLine", "InvoicedQuantity"
    type_name, type_code, sign = "InvoiceTypeCode", INVOICE, 1


class _CreditNote(_Document):
    name, line_name, quantity_name = "CreditNote", "CreditNoteLine", "CreditedQuantity"
    type_name, type_code, sign = "CreditNoteTypeCode", CREDIT_NOTE, -1


def _party(party: etree._Element, name: str, organisation_number: str) -> None:
    _add(party, "EndpointID", organisation_number).set("schemeID", ORGANISATION_NUMBER)
    _add(_group(party, "PartyName"), "Name", name)


def _legal(party: etree._Element, name: str, organisation_number: str) -> None:
    legal = _group(party, "PartyLegalEntity")
    _add(legal, "RegistrationName", name)
    _add(legal, "CompanyID", organisation_number).set("schemeID", ORGANISATION_NUMBER)


def _country(address: etree._Element) -> None:
    _add(_group(address, "Country"), "IdentificationCode", COUNTRY)


def _subtotal(tax: etree._Element, row: VatRow) -> None:
    subtotal = _group(tax, "TaxSubtotal")
    _amount(subtotal, "TaxableAmount", row.net)
    _amount(subtotal, "TaxAmount", row.vat)
    _category(_group(subtotal, "TaxCategory"), row.percent, reason=EXEMPTION)


def _category(category: etree._Element, percent: int, *, reason: str = "") -> None:
    _add(category, "ID", STANDARD if percent else EXEMPT)
    _add(category, "Percent", str(percent))
    if not percent:
        _add_given(category, "TaxExemptionReason", reason)
    _add(_group(category, "TaxScheme"), "ID", "VAT")


# XML ----------------------------------------------------------------------------------------------


def _amount(parent: etree._Element, name: str, amount: Ore) -> None:
    sign = "-" if amount < 0 else ""
    text = f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02}"
    _add(parent, name, text).set("currencyID", CURRENCY)


def _group(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{AGGREGATE}}}{name}")


def _add_given(parent: etree._Element, name: str, text: str) -> None:
    """Add an element unless it would be empty: the standard knows no empty ones."""
    if text.strip():
        _add(parent, name, text)


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    """Add an element; what XML cannot hold becomes a space."""
    element = etree.SubElement(parent, f"{{{BASIC}}}{name}")
    element.text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return element
