"""Payment files as the tests read them: checked against the schema, and what each payment says."""

from decimal import Decimal
from pathlib import Path

from lxml import etree

from kvitt.settlement.exchange.pain001 import NAMESPACE

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "pain.001.001.09.xsd"))


def validated(content: bytes):
    """Return the root of a payment file that the schema lets through, with plain names."""
    root = etree.fromstring(content)
    SCHEMA.assertValid(root)
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    return root


def payments_in(content: bytes):
    """Return what the file orders: end-to-end id and kronor."""
    return [
        (payment.findtext("PmtId/EndToEndId"), Decimal(payment.findtext("Amt/InstdAmt")))
        for payment in validated(content).iter("CdtTrfTxInf")
    ]
