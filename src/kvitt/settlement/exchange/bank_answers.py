"""What the bank answers: payment status reports (`pain.002`) and account notifications (`camt.054`)."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from lxml import etree

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.settlement.lifecycle import BankFileKind
from kvitt.settlement.rules import bank_answers as rules
from kvitt.settlement.rules.bank_answers import BankAnswer, Statement, Verdict

_FORMATS = {
    "pain.002.001.03": BankFileKind.STATUS_REPORT,
    "pain.002.001.10": BankFileKind.STATUS_REPORT,
    "camt.054.001.02": BankFileKind.NOTIFICATION,
    "camt.054.001.08": BankFileKind.NOTIFICATION,
}
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
_ACCEPTED = frozenset({"ACCP", "ACTC", "ACSP", "ACSC", "ACWC", "PDNG"})
_REJECTED = "RJCT"
# Reasons that a bank has for not taking once more what it has taken.
_REPEATED = frozenset({"AM05", "DU01", "DU02", "DU03", "DU04", "DU05", "DUPL"})
_DOCTYPE = b"<!DOCTYPE"
_NO_REFERENCE = "NOTPROVIDED"
_AMOUNT = re.compile(r"(?P<kronor>[0-9]{1,13})(?:\.(?P<ore>[0-9]{1,2})0{0,3})?")
_SHOWN = 40  # characters of a value that cannot be read


def read_bank_file(content: bytes) -> BankAnswer:
    """Return what a file of the bank says. Raises Refused for one that cannot be read.

    Source: iso20022; decision 0021; spec SC-23.
    """
    root = _parsed(content)
    namespace = str(etree.QName(root).namespace or "")
    kind = _FORMATS.get(namespace.removeprefix(_NAMESPACE)) if namespace.startswith(_NAMESPACE) else None
    if kind is None or etree.QName(root).localname != "Document":
        raise _refused("unknown_format", rules.UNKNOWN_FORMAT, known=", ".join(sorted(_FORMATS)))
    read = _status_report if kind is BankFileKind.STATUS_REPORT else _notification
    statements, messages = read(root)
    return BankAnswer(kind, tuple(statements), messages)


def _parsed(content: bytes) -> etree._Element:
    """Return the root of a document that is safe to read."""
    if not content.strip():
        raise _refused("empty", rules.EMPTY)
    if len(content) > rules.LARGEST_FILE:
        raise _refused("too_large", rules.TOO_LARGE, most=rules.LARGEST_FILE // 1_000_000)
    if _DOCTYPE in content:
        raise _refused("has_doctype", rules.HAS_DOCTYPE)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as fault:
        raise _refused("not_xml", rules.NOT_XML) from fault
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused("has_doctype", rules.HAS_DOCTYPE)
    return root


# Status reports -----------------------------------------------------------------------------------


def _status_report(root: etree._Element) -> tuple[list[Statement], dict[str, Statement]]:
    statements: list[Statement] = []
    messages: dict[str, Statement] = {}
    for report in _all(root, "CstmrPmtStsRpt"):
        for group in _all(report, "OrgnlGrpInfAndSts"):
            _add_message(messages, _text(group, "OrgnlMsgId"), _text(group, "GrpSts"), group)
        for instruction in _all(report, "OrgnlPmtInfAndSts"):
            # Our files have one instruction, which is called what the file is called.
            _add_message(
                messages, _text(instruction, "OrgnlPmtInfId"), _text(instruction, "PmtInfSts"), instruction
            )
            of_file = messages.get(_text(instruction, "OrgnlPmtInfId"))
            is_repeated = of_file is not None and of_file.verdict is Verdict.REPEATED
            statements += [
                _status(status, is_repeated=is_repeated) for status in _all(instruction, "TxInfAndSts")
            ]
    return [each for each in statements if each.payment], messages


def _add_message(messages: dict[str, Statement], message_id: str, code: str, element: etree._Element) -> None:
    verdict = _verdict(code, element)
    said = messages.get(message_id)
    is_repeated = said is not None and said.verdict is Verdict.REPEATED
    if verdict is Verdict.REJECTED and is_repeated and not _reason_codes(element):
        return  # the instruction is rejected as its group is, which says why
    if message_id and verdict is not Verdict.UNCLEAR:
        messages[message_id] = Statement(message_id, verdict, _reason(code, element))


def _status(element: etree._Element, *, is_repeated: bool) -> Statement:
    """Return what is said of a payment; without a reason of its own it is rejected as its file is."""
    code = _text(element, "TxSts")
    verdict = _verdict(code, element)
    if verdict is Verdict.REJECTED and is_repeated and not _reason_codes(element):
        verdict = Verdict.REPEATED
    amount = _first(element, "OrgnlTxRef/Amt/InstdAmt")
    return Statement(
        _text(element, "OrgnlEndToEndId"),
        verdict,
        _reason(code, element),
        _amount(amount),
    )


def _verdict(code: str, element: etree._Element) -> Verdict:
    if code in _ACCEPTED:
        return Verdict.ACCEPTED
    if code != _REJECTED:
        return Verdict.UNCLEAR
    return Verdict.REPEATED if _REPEATED.intersection(_reason_codes(element)) else Verdict.REJECTED


def _reason_codes(element: etree._Element) -> list[str]:
    reasons = _all(element, "StsRsnInf")
    codes = [_text(reason, "Rsn/Cd") or _text(reason, "Rsn/Prtry") for reason in reasons]
    return [code for code in codes if code]


def _reason(code: str, element: etree._Element) -> str:
    """Return the bank's reasons, `AC04: Closed account`; its status where it gives none."""
    reasons = []
    for reason in _all(element, "StsRsnInf"):
        name = _text(reason, "Rsn/Cd") or _text(reason, "Rsn/Prtry")
        words = " ".join(_words(each) for each in _all(reason, "AddtlInf"))
        reasons.append(": ".join(part for part in (name, words) if part))
    return "; ".join(part for part in reasons if part) or code


# Notifications ------------------------------------------------------------------------------------


def _notification(root: etree._Element) -> tuple[list[Statement], dict[str, Statement]]:
    statements: list[Statement] = []
    messages: dict[str, Statement] = {}
    for entry in _all(root, "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry"):
        if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) != "BOOK":
            continue
        is_payment = _text(entry, "CdtDbtInd") == "DBIT" and _text(entry, "RvslInd") not in {"true", "1"}
        details = [each for each in _all(entry, "NtryDtls/TxDtls") if _end_to_end_id(each)]
        if not is_payment:
            statements += _returned(details)
        elif details:
            statements += _paid(entry, details)
        else:
            for batch in _all(entry, "NtryDtls/Btch"):
                _add_batch(messages, entry, batch)
    return statements, messages


def _paid(entry: etree._Element, details: list[etree._Element]) -> Iterator[Statement]:
    booked_on = _day(entry, "BookgDt")
    for detail in details:
        amount = _first(detail, "Amt")
        if amount is None:
            amount = _first(detail, "AmtDtls/TxAmt/Amt")
        if amount is None and len(details) == 1:
            amount = _first(entry, "Amt")
        yield Statement(_end_to_end_id(detail), Verdict.PAID, "", _amount(amount), booked_on)


def _returned(details: Iterable[etree._Element]) -> Iterator[Statement]:
    """Tell of payments whose money came back."""
    for detail in details:
        code = _text(detail, "RtrInf/Rsn/Cd") or _text(detail, "RtrInf/Rsn/Prtry")
        words = " ".join(_words(each) for each in _all(detail, "RtrInf/AddtlInf"))
        if code or words:
            yield Statement(
                _end_to_end_id(detail), Verdict.UNCLEAR, ": ".join(part for part in (code, words) if part)
            )


def _add_batch(messages: dict[str, Statement], entry: etree._Element, batch: etree._Element) -> None:
    """A whole payment file booked as one sum, without its payments."""
    message_id = _text(batch, "PmtInfId") or _text(batch, "MsgId")
    amount = _first(batch, "TtlAmt")
    if amount is None:
        amount = _first(entry, "Amt")
    if message_id:
        messages[message_id] = Statement(
            message_id, Verdict.PAID, "", _amount(amount), _day(entry, "BookgDt")
        )


def _end_to_end_id(detail: etree._Element) -> str:
    found = _text(detail, "Refs/EndToEndId")
    return "" if found == _NO_REFERENCE else found


# XML ----------------------------------------------------------------------------------------------


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements below this one by a path of names in its namespace."""
    namespace = etree.QName(element).namespace
    return element.findall("/".join(f"{{{namespace}}}{name}" for name in path.split("/")))


def _first(element: etree._Element, path: str) -> etree._Element | None:
    return next(iter(_all(element, path)), None)


def _text(element: etree._Element, path: str) -> str:
    found = _first(element, path)
    return "" if found is None else _words(found)


def _words(element: etree._Element) -> str:
    return " ".join((element.text or "").split())


def _amount(element: etree._Element | None) -> Ore | None:
    """Return an amount in öre; None where none is said, or in another currency. Raises Refused."""
    if element is None or element.get("Ccy", "SEK") != "SEK":
        return None
    found = _AMOUNT.fullmatch(_words(element))
    if found is None:
        raise _unreadable(element, _words(element))
    return int(found["kronor"]) * 100 + int((found["ore"] or "0").ljust(2, "0"))


def _day(element: etree._Element, name: str) -> date | None:
    """Return the day of a choice of day and moment."""
    found = _first(element, f"{name}/Dt")
    if found is None:
        found = _first(element, f"{name}/DtTm")
    if found is None:
        return None
    try:
        return date.fromisoformat(_words(found)[:10])
    except ValueError as fault:
        raise _unreadable(found, _words(found)) from fault


def _unreadable(element: etree._Element, value: str) -> Refused:
    name = etree.QName(element).localname
    return _refused("bad_value", rules.BAD_VALUE, element=name, value=value[:_SHOWN])


def _refused(code: str, message: str, **values: object) -> Refused:
    return Refused([Problem(code, message, "file", values)])
