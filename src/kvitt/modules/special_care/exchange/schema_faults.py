"""What the schema says of a claim, in words of our own; what a rule tells better is left to that rule."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import cast

from lxml import etree

from kvitt.modules.special_care.rules.facts import COMMENT_LENGTH
from kvitt.modules.special_care.rules.faults import Fault

# Beyond this libxml2 tells the line where the text after an element ends.
_LAST_EXACT_LINE = 65_535
_MOST_FAULTS = 20
_LONGEST_TEXT = 40
# What a rule is asked about is shorter than this, however wrong it is.
_LONGEST_LEFT = 200
_NAME = re.compile(r"^Element '(?:\{[^}]*\})?([^']*)'")
_ATTRIBUTE = re.compile(r"attribute '(?:\{[^}]*\})?([^']*)'")
_NUMBER = re.compile(r"length of '[^']*'.*'(\d+)'")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( ([^)]*) \)")
_NAMESPACE = re.compile(r"\{[^}]*\}")
_AMOUNTS = frozenset({"price", "amount"})
_DATES = frozenset({"date", "first", "last"})
_CHOICES = frozenset({"support"})
# A rule tells of these with a code of its own: reference_long, card_dates_missing, care_model_unknown ...
_RULED = frozenset({"reference", "careModel", "number", "personalNumber"})
# The first elements of an entry.
_FIRST = {"claim": ("reference", "support", "personalNumber"), "credit": ("reference",)}
_RULED_EMPTY = frozenset({"first", "last"})


def line_in_file(element: etree._Element) -> int:
    """Return the line on which an element stands. Source: spec SC-14."""
    line = cast("int", element.sourceline)
    if line > _LAST_EXACT_LINE:
        text = element.text if len(element) or element.text else element.tail
        line -= (text or "").count("\n")
    return line


def entry_fault(reason: str, line: int, element: str, **values: object) -> Fault:
    """Return that an entry is not written as the format says; the reason is one of ENTRY_REASONS.

    Source: spec SC-14.
    """
    return Fault("file_entry", values={"line": line, "element": element, "reason": reason, **values})


def faults_of(schema: etree.XMLSchema, entry: etree._Element) -> list[Fault]:
    """Return what the schema says of a claim or credit that is not valid, each element told of once.

    What is missing and told of by a rule is put there, empty: else the schema tells of nothing after it.
    Source: spec SC-14.
    """
    if _put_missing(entry):
        schema.validate(entry)
    named: dict[tuple[str, int], list[etree._Element]] = defaultdict(list)
    for element in entry.iter():
        named[etree.QName(element).localname, cast("int", element.sourceline)].append(element)
    faults: dict[tuple[object, object], Fault] = {}
    for error in schema.error_log:  # type: ignore[attr-defined]
        fault = _fault(error, named)
        if fault is not None:
            faults.setdefault((fault.values["element"], fault.values["line"]), fault)
        if len(faults) == _MOST_FAULTS:
            break
    return list(faults.values())


def _fault(error: etree._LogEntry, elements: Mapping[tuple[str, int], list[etree._Element]]) -> Fault | None:
    """Return the fault of one message, None where it is left to a rule."""
    message = error.message
    named = _NAME.match(message)
    name = named[1] if named else ""
    found = _quoted(elements.get((name, error.line), []), message)
    name = name[:_LONGEST_TEXT]
    line = error.line if found is None else line_in_file(found)
    attribute = _ATTRIBUTE.search(message)
    expected = _EXPECTED.search(message)
    if attribute:
        return entry_fault("unknown_value", line, name, value=attribute[1][:_LONGEST_TEXT])
    if "Missing child" in message:
        wanted = _NAMESPACE.sub("", expected[1]) if expected else ""
        return entry_fault("missing_element", line, name, wanted=wanted)
    if "not expected" in message:
        wanted = _NAMESPACE.sub("", expected[1]) if expected else ""
        reason = "unexpected_element" if wanted else "unknown_element"
        return entry_fault(reason, line, name, wanted=wanted)
    if ("content" in message and "not allowed" in message) or (found is not None and len(found)):
        return entry_fault("stray_content", line, name)
    return _value_fault(message, name, line, "" if found is None else (found.text or "").strip())


def _value_fault(message: str, name: str, line: int, text: str) -> Fault | None:
    longest = _NUMBER.search(message)
    is_comment = name == "comment" and longest and int(longest[1]) == COMMENT_LENGTH
    is_ruled = name in _RULED and len(text) <= _LONGEST_LEFT
    if is_comment or is_ruled or (name in _RULED_EMPTY and not text):
        return None
    values: dict[str, object] = {"text": text[:_LONGEST_TEXT]}
    reason = "wrong_value"
    if not text:
        reason = "empty"
    elif longest and "maximum" in message:
        reason, values["longest"] = "too_long", int(longest[1])
    elif name in _DATES:
        reason = "not_a_date"
    elif name in _AMOUNTS:
        reason = "not_an_amount"
    elif name in _CHOICES:
        reason, values["choices"] = "not_a_choice", "N, F, S"
    return entry_fault(reason, line, name, **values)


def _quoted(elements: list[etree._Element], message: str) -> etree._Element | None:
    """Return the element that a message is about: of those on its line the one it quotes, or the first."""
    quoted = (element for element in elements if f"'{element.text}'" in message)
    return next(quoted, elements[0] if elements else None)


def _put_missing(entry: etree._Element) -> bool:
    """Put an empty reference and personal number where they are missing; tell whether they were."""
    is_put = False
    names = [etree.QName(child).localname for child in entry]
    namespace = etree.QName(entry).namespace
    for place, name in enumerate(_FIRST[etree.QName(entry).localname]):
        if name in names:
            continue
        if name not in _RULED:
            break
        entry.insert(place, etree.Element(f"{{{namespace}}}{name}"))
        is_put = True
    return is_put
