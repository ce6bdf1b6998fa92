"""A reader of e-invoices: what Peppol BIS Billing 3 demands of those that we write, as faults.

Written from the public text of the standard; the names are its own.
"""

from collections.abc import Iterator
from decimal import Decimal

from lxml import etree
from stdnum.se import orgnr, vat

from kvitt.modules.care_fees.exchange.peppol import AGGREGATE, BASIC

NAMES = {"cac": AGGREGATE, "cbc": BASIC}
# The order of the schema, of what may stand at the top.
INVOICE_ORDER = (
    *("CustomizationID", "ProfileID", "ID", "IssueDate", "DueDate", "InvoiceTypeCode", "Note"),
    *("DocumentCurrencyCode", "BuyerReference", "InvoicePeriod", "AccountingSupplierParty"),
    *("AccountingCustomerParty", "PaymentMeans", "PaymentTerms", "TaxTotal", "LegalMonetaryTotal"),
    "InvoiceLine",
)
CREDIT_ORDER = tuple(
    {"InvoiceTypeCode": "CreditNoteTypeCode", "InvoiceLine": "CreditNoteLine"}.get(name, name)
    for name in INVOICE_ORDER
    if name != "DueDate"
)


class Reader:
    """One e-invoice, asked by paths."""

    def __init__(self, content: bytes) -> None:
        self.root = etree.fromstring(content)
        self.is_credit = etree.QName(self.root).localname == "CreditNote"
        kind = "CreditNote" if self.is_credit else "Invoice"
        self.lines = self.all(f"cac:{kind}Line")

    def all(self, path, within=None):
        return (self.root if within is None else within).xpath(path, namespaces=NAMES)

    def text(self, path, within=None) -> str:
        found = self.all(path, within)
        return found[0].text if found else ""

    def amount(self, path, within=None) -> Decimal:
        return Decimal(self.text(path, within) or "0")

    def faults(self) -> list[str]:
        """Return the rules of the standard that are broken."""
        return [name for name, holds in (*self._heads(), *self._sums(), *self._lines()) if not holds]

    def _heads(self) -> Iterator[tuple[str, bool]]:
        names = [etree.QName(each).localname for each in self.root]
        order = CREDIT_ORDER if self.is_credit else INVOICE_ORDER
        yield "schema: order", names == sorted(names, key=order.index)
        yield "schema: no empty element", not self.all("//*[not(*) and not(normalize-space(text()))]")
        for rule, path in (
            ("BR-01", "cbc:CustomizationID"),
            ("BR-02", "cbc:ID"),
            ("BR-03", "cbc:IssueDate"),
            ("BR-05", "cbc:DocumentCurrencyCode"),
            ("R003", "cbc:BuyerReference"),
            ("R010", "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID[@schemeID='0007']"),
            ("R020", "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID[@schemeID='0007']"),
            ("BR-06", "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"),
            ("BR-07", "cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"),
            ("BR-09", "cac:AccountingSupplierParty//cac:Country/cbc:IdentificationCode"),
            ("BR-11", "cac:AccountingCustomerParty//cac:Country/cbc:IdentificationCode"),
        ):
            yield rule, bool(self.text(path))
        code = self.text("cbc:CreditNoteTypeCode" if self.is_credit else "cbc:InvoiceTypeCode")
        yield "BR-04", code == ("381" if self.is_credit else "380")
        seller = self.all("cac:AccountingSupplierParty/cac:Party")[0]
        yield "SE-R-003, SE-R-013", orgnr.is_valid(self.text("cac:PartyLegalEntity/cbc:CompanyID", seller))
        yield (
            "SE-R-001, BR-E-02, BR-S-02",
            vat.is_valid(self.text("cac:PartyTaxScheme/cbc:CompanyID", seller)),
        )
        account = self.text("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID")
        yield "SE-R-007, SE-R-008", not account or (account.isdigit() and 7 <= len(account) <= 8)
        yield "SE-R-012", not account or self.text("cac:PaymentMeans/cbc:PaymentMeansCode") == "30"
        yield "BR-CO-25", bool(self.text("cbc:DueDate") or self.text("cac:PaymentTerms/cbc:Note"))

    def _sums(self) -> Iterator[tuple[str, bool]]:
        sums = self.all("cac:LegalMonetaryTotal")[0]
        net = sum(self.amount("cbc:LineExtensionAmount", line) for line in self.lines)
        exclusive = self.amount("cbc:TaxExclusiveAmount", sums)
        inclusive = self.amount("cbc:TaxInclusiveAmount", sums)
        tax = self.amount("cac:TaxTotal/cbc:TaxAmount")
        groups = self.all("cac:TaxTotal/cac:TaxSubtotal")
        yield "BR-16", bool(self.lines)
        yield "BR-CO-10", net == self.amount("cbc:LineExtensionAmount", sums)
        yield "BR-CO-13", exclusive == net
        yield "BR-CO-14", tax == sum(self.amount("cbc:TaxAmount", group) for group in groups)
        yield "BR-CO-15", inclusive == exclusive + tax
        yield "BR-CO-16", self.amount("cbc:PayableAmount", sums) == inclusive
        yield "BR-CO-18", bool(groups)
        for group in groups:
            category, percent = self.text("cac:TaxCategory/cbc:ID", group), self.text(".//cbc:Percent", group)
            mine = [
                line
                for line in self.lines
                if self.text("cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", line) == percent
            ]
            taxable = self.amount("cbc:TaxableAmount", group)
            amount = self.amount("cbc:TaxAmount", group)
            yield (
                "BR-S-08, BR-E-08",
                taxable == sum(self.amount("cbc:LineExtensionAmount", line) for line in mine),
            )
            # Where prices include VAT the rule gives way by an öre: not every sum has whole parts.
            yield "BR-CO-17", abs(amount - taxable * Decimal(percent) / 100) < Decimal("0.0126")
            yield "BR-E-05, SE-R-006", percent in {"0", "6", "12", "25"}
            is_exempt = category == "E"
            yield "BR-E-09, BR-S-05", is_exempt == (percent == "0") and not (is_exempt and amount)
            reason = self.text("cac:TaxCategory/cbc:TaxExemptionReason", group)
            yield "BR-E-10, BR-S-10", bool(reason) == is_exempt
        for each in self.all("//@currencyID"):
            yield "R051", each == "SEK"

    def _lines(self) -> Iterator[tuple[str, bool]]:
        numbers = [self.text("cbc:ID", line) for line in self.lines]
        yield "BR-21", all(numbers) and len(set(numbers)) == len(numbers)
        quantity_name = "cbc:CreditedQuantity" if self.is_credit else "cbc:InvoicedQuantity"
        for line in self.lines:
            quantity = self.amount(quantity_name, line)
            price = self.amount("cac:Price/cbc:PriceAmount", line)
            yield "BR-22", bool(quantity)
            yield "BR-25", bool(self.text("cac:Item/cbc:Name", line))
            yield "BR-27", price >= 0
            yield "R120", self.amount("cbc:LineExtensionAmount", line) == quantity * price
            category = self.text("cac:Item/cac:ClassifiedTaxCategory/cbc:ID", line)
            yield "BR-CO-04", category in {"E", "S"}
