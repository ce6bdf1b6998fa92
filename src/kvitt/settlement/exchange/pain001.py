"""Payments as the bank reads them: a customer credit transfer initiation, `pain.001.001.09` of ISO 20022.

The same order always becomes the same bytes. What the standard leaves open, decision 21 says.
"""

from collections.abc import Iterable
from datetime import UTC

from lxml import etree

from kvitt.foundation.values.money import Ore
from kvitt.settlement.rules import orders
from kvitt.settlement.rules.orders import PaymentFacts, PaymentOrder, RemittanceLine

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = "SEK"
# How Swedish payment files name where a payee is paid: the member number of the clearing, and the scheme.
BANKGIRO, PLUSGIRO = "bankgiro", "plusgiro"
_BANKGIROT, _PLUSGIROT = "9900", "9960"
_BANKGIRO_SCHEME = "BGNR"


def write_payments(order: PaymentOrder) -> bytes:
    """Return the file that orders the payments. Source: iso20022; decision 0021; spec SC-23."""
    document = etree.XML(f'<Document xmlns="{NAMESPACE}"/>')
    initiation = _add(document, "CstmrCdtTrfInitn")
    _header(initiation, order)
    _instruction(initiation, order)
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _header(parent: etree._Element, order: PaymentOrder) -> None:
    header = _add(parent, "GrpHdr")
    _add(header, "MsgId", order.message_id)
    _add(header, "CreDtTm", f"{order.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _totals(header, order.payments)
    _payer(_add(header, "InitgPty"), order)


def _instruction(parent: etree._Element, order: PaymentOrder) -> None:
    """One instruction for all payments: they leave the same account on the same day."""
    instruction = _add(parent, "PmtInf")
    _add(instruction, "PmtInfId", order.message_id)
    _add(instruction, "PmtMtd", "TRF")
    _totals(instruction, order.payments)
    _add(_add(_add(instruction, "PmtTpInf"), "SvcLvl"), "Cd", "NURG")
    _add(_add(instruction, "ReqdExctnDt"), "Dt", order.pay_on.isoformat())
    _payer(_add(instruction, "Dbtr"), order)
    account = _add(instruction, "DbtrAcct")
    _add(_add(account, "Id"), "IBAN", order.iban)
    _add(account, "Ccy", CURRENCY)
    _add(_add(_add(instruction, "DbtrAgt"), "FinInstnId"), "BICFI", order.bic)
    _add(instruction, "ChrgBr", "SLEV")
    for payment in order.payments:
        _payment(_add(instruction, "CdtTrfTxInf"), payment)


def _totals(parent: etree._Element, payments: Iterable[PaymentFacts]) -> None:
    amounts = [payment.amount for payment in payments]
    _add(parent, "NbOfTxs", str(len(amounts)))
    _add(parent, "CtrlSum", _kronor(sum(amounts)))


def _payer(parent: etree._Element, order: PaymentOrder) -> None:
    _add(parent, "Nm", orders.calculate_name(order.debtor_name))
    other = _add(_add(_add(parent, "Id"), "OrgId"), "Othr")
    _add(other, "Id", order.organisation_number)
    _add(_add(other, "SchmeNm"), "Cd", "COID")


def _payment(parent: etree._Element, payment: PaymentFacts) -> None:
    _add(_add(parent, "PmtId"), "EndToEndId", payment.end_to_end_id)
    _amount(_add(parent, "Amt"), "InstdAmt", payment.amount)
    member, number, scheme = _account(payment)
    agent = _add(_add(_add(parent, "CdtrAgt"), "FinInstnId"), "ClrSysMmbId")
    _add(_add(agent, "ClrSysId"), "Cd", "SESBA")
    _add(agent, "MmbId", member)
    _add(_add(parent, "Cdtr"), "Nm", orders.calculate_name(payment.payee_name))
    other = _add(_add(_add(parent, "CdtrAcct"), "Id"), "Othr")
    _add(other, "Id", number)
    _add(_add(other, "SchmeNm"), "Prtry" if scheme == _BANKGIRO_SCHEME else "Cd", scheme)
    _remittance(parent, payment)


def _account(payment: PaymentFacts) -> tuple[str, str, str]:
    """Return the member number of where the payee has the account, its number, and its scheme."""
    if payment.account_kind == BANKGIRO:
        return _BANKGIROT, payment.account_number, _BANKGIRO_SCHEME
    if payment.account_kind == PLUSGIRO:
        return _PLUSGIROT, payment.account_number, "BBAN"
    return *orders.split_account(payment.account_number), "BBAN"


# The remittance advice ----------------------------------------------------------------------------


def _remittance(parent: etree._Element, payment: PaymentFacts) -> None:
    """Tell what is paid: by OCR, invoice by invoice, or as text to a bank account, which takes only that."""
    advice = orders.calculate_advice(payment)
    if not advice:
        return
    remittance = _add(parent, "RmtInf")
    if payment.account_kind not in {BANKGIRO, PLUSGIRO}:
        _add(remittance, "Ustrd", orders.calculate_advice_text(advice))
    elif len(advice) == 1 and orders.is_ocr(advice[0].reference):
        reference = _add(_add(remittance, "Strd"), "CdtrRefInf")
        _add(_add(_add(reference, "Tp"), "CdOrPrtry"), "Cd", "SCOR")
        _add(reference, "Ref", advice[0].reference)
    else:
        for line in advice:
            _document(_add(remittance, "Strd"), line)


def _document(parent: etree._Element, line: RemittanceLine) -> None:
    is_credit = line.amount < 0
    document = _add(parent, "RfrdDocInf")
    _add(_add(_add(document, "Tp"), "CdOrPrtry"), "Cd", "CREN" if is_credit else "CINV")
    _add(document, "Nb", orders.calculate_reference(line.reference))
    _amount(_add(parent, "RfrdDocAmt"), "CdtNoteAmt" if is_credit else "RmtdAmt", abs(line.amount))


# XML ----------------------------------------------------------------------------------------------


def _amount(parent: etree._Element, name: str, amount: Ore) -> None:
    _add(parent, name, _kronor(amount)).set("Ccy", CURRENCY)


def _kronor(amount: Ore) -> str:
    return f"{amount // 100}.{amount % 100:02}"


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element
