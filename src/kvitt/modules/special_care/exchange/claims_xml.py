"""Claims as XML: read element by element, each claim validated by the schema of the format."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from kvitt.modules.special_care.exchange.guard import HEAD, LARGEST_ENTRY, Guard
from kvitt.modules.special_care.exchange.schema_faults import entry_fault, faults_of, line_in_file
from kvitt.modules.special_care.exchange.written import claim_of, line_of, place_of, single_spaced
from kvitt.modules.special_care.rules.facts import FEE_CODE, CardFacts, LineFacts
from kvitt.modules.special_care.rules.faults import Fault
from kvitt.modules.special_care.rules.files import BadEntry, Entry, FileClaim, FileCredit, FileRefused

FAMILY = "urn:kvitt:claims:"
NAMESPACE = f"{FAMILY}1"
VERSION = "1.0"
SCHEMA = Path(__file__).with_name("claims_file_1.xsd")

_NS = f"{{{NAMESPACE}}}"
_PREFIX = len(_NS)
_ROOT, _INVOICE = f"{_NS}claimsFile", f"{_NS}invoice"
_CLAIM, _CREDIT, _CARD = f"{_NS}claim", f"{_NS}credit", f"{_NS}card"
_VISIT, _LINE, _DATE = f"{_NS}visit", f"{_NS}line", f"{_NS}date"
_HEADER = ("clinic", "reference", "county")
_DONE = f"{_NS}done"
_LONGEST_HEADER = 100
_LONGEST_TEXT = 40
_TOO_MUCH = {etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_NAME_TOO_LONG}
_ENCODING_FAULTS = {etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING}
_NEVER_CUT_OFF = {etree.ErrorTypes.ERR_TAG_NAME_MISMATCH}
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def read_xml(content: Guard) -> Iterator[Entry]:
    """Yield the entries of a file, in its order. Raises FileRefused. Source: spec SC-12, SC-13, QU-16."""
    _ensure_ours(content.head)
    return iter(_Reading(content))


def _ensure_ours(head: bytes) -> None:
    """Raise FileRefused unless the file begins as a claims file of this version."""
    parser = etree.XMLPullParser(events=("start",), **_SAFE)
    try:
        parser.feed(head)
    except etree.XMLSyntaxError:
        root = _first(parser)
        if root is None:
            raise _refusal(parser.error_log) from None
    else:
        root = _first(parser)
    if root is None:
        code = "file_too_large_entry" if len(head) == HEAD else "file_cut_off"
        raise FileRefused(code, {"line": 1, "longest": LARGEST_ENTRY})
    name = etree.QName(root)
    namespace = (name.namespace or "")[:_LONGEST_TEXT]
    if name.localname != "claimsFile":
        raise FileRefused("file_wrong_root", {"found": name.localname[:_LONGEST_TEXT]})
    version = str(root.get("version", "")).strip()[:_LONGEST_TEXT]
    if namespace.startswith(FAMILY) and (namespace != NAMESPACE or version != VERSION):
        found = version or namespace.removeprefix(FAMILY)
        raise FileRefused("file_version", {"found": found, "wanted": VERSION})
    if namespace != NAMESPACE:
        raise FileRefused("file_wrong_namespace", {"found": namespace or '""', "wanted": NAMESPACE})


class _Reading:
    """One way through a file."""

    def __init__(self, content: Guard) -> None:
        self._content = content
        self._schema = etree.XMLSchema(etree.fromstring(SCHEMA.read_bytes()))
        self._count = 0
        self._invoice: etree._Element | None = None
        self._last: etree._Element | None = None
        self._header = ("", "", "")
        self._header_faults: list[Fault] = []

    def __iter__(self) -> Iterator[Entry]:
        """Yield each entry when it is whole, and let go of what is before it."""
        parsed = etree.iterparse(self._content, events=("end",), tag=(_CLAIM, _CREDIT, _INVOICE), **_SAFE)
        try:
            for _, element in parsed:
                if element.tag == _INVOICE:
                    if _depth(element) == 1:
                        yield from self._end_invoice(element)
                    continue
                parent = element.getparent()
                if parent is not self._invoice:
                    if parent is None or parent.tag != _INVOICE or _depth(parent) != 1:
                        continue
                    self._begin_invoice(parent)
                if element.getprevious() is not None:
                    yield from self._let_go(element, self._last)
                entry = self._claim(element) if element.tag == _CLAIM else self._credit(element)
                yield entry
                self._content.finish_entry(entry.place.line)
                element.clear(keep_tail=True)
                self._last = element
        except etree.XMLSyntaxError:
            raise _refusal(parsed.error_log, self._content) from None
        yield from self._strays(parsed.root, [])

    # Invoices

    def _begin_invoice(self, invoice: etree._Element) -> None:
        """Read what an invoice says of all its entries; what rules check of it is theirs."""
        self._invoice, self._last = invoice, None
        line = line_in_file(invoice)
        header = [(invoice.get(name) or "").strip() for name in _HEADER]
        self._header = (header[0], header[1], header[2])
        self._header_faults = [
            entry_fault("unknown_value", line, "invoice", value=name[:_LONGEST_TEXT])
            for name in invoice.attrib
            if name not in _HEADER
        ] + [
            entry_fault(
                "too_long", line, f"invoice {name}", text=text[:_LONGEST_TEXT], longest=_LONGEST_HEADER
            )
            for name, text in zip(_HEADER, header, strict=True)
            if len(text) > _LONGEST_HEADER
        ]

    def _end_invoice(self, invoice: etree._Element) -> Iterator[Entry]:
        """Tell of what belongs to no claim, and of an invoice without any."""
        if invoice is not self._invoice:
            self._begin_invoice(invoice)
        is_empty = self._last is None
        strays = list(self._strays(invoice, [self._last]))
        yield from strays
        if is_empty and not strays:
            line = line_in_file(invoice)
            yield self._bad(line, [entry_fault("missing_element", line, "invoice", wanted="claim, credit")])
        self._invoice = self._last = None
        yield from self._let_go(invoice, None)
        self._content.finish_entry(line_in_file(invoice))
        invoice.clear(keep_tail=True)  # type: ignore[call-arg]
        # Nothing is told twice of it.
        invoice.tag = _DONE

    # Claims and credits

    def _claim(self, claim: etree._Element) -> Entry:
        """Return a claim, or what is wrong with it."""
        line = line_in_file(claim)
        faults = [] if self._schema.validate(claim) else faults_of(self._schema, claim)
        if faults or self._header_faults:
            return self._bad(line, [*self._header_faults, *faults], claim)
        values: dict[str, str] = {}
        card = None
        lines: list[LineFacts] = []
        places: list[int] = []
        for child in claim:
            tag = child.tag
            if tag == _VISIT:
                _read_visit(child, lines, places)
            elif tag == _CARD:
                card = _card(child)
            else:
                values[tag[_PREFIX:]] = (child.text or "").strip()
        self._count += 1
        clinic, invoice, county = self._header
        place = place_of(self._count, line, clinic, values["reference"], values["personalNumber"])
        facts = claim_of(values, card, lines, invoice, county)
        return FileClaim(place, facts, places, single_spaced(values.get("comment", "")))

    def _credit(self, credit: etree._Element) -> Entry:
        """Return a credit, or what is wrong with it."""
        line = line_in_file(credit)
        faults = [] if self._schema.validate(credit) else faults_of(self._schema, credit)
        if faults or self._header_faults:
            return self._bad(line, [*self._header_faults, *faults], credit)
        self._count += 1
        return FileCredit(place_of(self._count, line, self._header[0], _text(credit, "reference")))

    def _bad(self, line: int, faults: list[Fault], entry: etree._Element | None = None) -> BadEntry:
        self._count += 1
        names = ("", "") if entry is None else (_text(entry, "reference"), _text(entry, "personalNumber"))
        return BadEntry(place_of(self._count, line, self._header[0], *names), faults)

    # What is neither

    def _let_go(self, element: etree._Element, known: etree._Element | None) -> Iterator[Entry]:
        """Remove what stands before an element, and tell of it unless it is known."""
        before = []
        parent = element.getparent()
        while parent is not None and (previous := element.getprevious()) is not None:
            before.append(previous)
            parent.remove(previous)
        for each in reversed(before):
            yield from self._stray(each, is_known=each is known or each.tag == _DONE)

    def _strays(self, parent: etree._Element, known: list[etree._Element | None]) -> Iterator[Entry]:
        """Tell of what is left in an element that is read to its end."""
        if (parent.text or "").strip():
            line = line_in_file(parent)
            yield self._bad(line, [entry_fault("stray_content", line, parent.tag[_PREFIX:])])
        for each in parent:
            yield from self._stray(each, is_known=each in known or each.tag == _DONE)

    def _stray(self, element: etree._Element, *, is_known: bool) -> Iterator[Entry]:
        line = line_in_file(element)
        if not is_known:
            name = etree.QName(element).localname[:_LONGEST_TEXT]
            yield self._bad(line, [entry_fault("unknown_element", line, name)])
        if (element.tail or "").strip():
            name = "claimsFile" if element.tag == _DONE else "invoice"
            yield self._bad(line, [entry_fault("stray_content", line, name)])


def _read_visit(visit: etree._Element, lines: list[LineFacts], places: list[int]) -> None:
    """Add what was done and paid at a visit."""
    day = date.min
    for child in visit:
        tag = child.tag
        if tag == _DATE:
            day = date.fromisoformat((child.text or "").strip())
            continue
        values = {value.tag[_PREFIX:]: (value.text or "").strip() for value in child}
        comment = single_spaced(values.get("comment", ""))
        if tag == _LINE:
            price = values.get("price")
            code, location = values["code"], values.get("location", "")
        else:
            price = values.get("amount")
            code, location = FEE_CODE, ""
        lines.append(line_of(day, code, location, int(price.replace(".", "")) if price else None, comment))
        places.append(line_in_file(child))


def _card(card: etree._Element) -> CardFacts:
    values = {value.tag[_PREFIX:]: (value.text or "").strip() for value in card}
    first, last = values.get("first"), values.get("last")
    return CardFacts(
        values.get("number", ""),
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
    )


def _first(parser: etree.XMLPullParser) -> etree._Element | None:
    """Return the element that begins first, if any does."""
    begun = (element for _, element in parser.read_events())
    return next((element for element in begun if not isinstance(element, tuple)), None)


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _text(entry: etree._Element, name: str) -> str:
    return (entry.findtext(f"{_NS}{name}") or "").strip()


def _refusal(log: Iterable[etree._LogEntry], content: Guard | None = None) -> FileRefused:
    """Return why the XML cannot be read on: a file that was cut off is wrong where it ends."""
    first = next(iter(log), None)
    code, line = (0, 1) if first is None else (first.type, max(1, first.line))
    if code in _TOO_MUCH:
        return FileRefused("file_too_large_entry", {"line": line, "longest": LARGEST_ENTRY})
    if code in _ENCODING_FAULTS:
        return FileRefused("file_not_utf8", {"line": line})
    is_last = content is not None and content.is_at_end and line >= content.line
    is_cut_off = is_last and code not in _NEVER_CUT_OFF
    return FileRefused("file_cut_off" if is_cut_off else "file_not_well_formed", {"line": line})
