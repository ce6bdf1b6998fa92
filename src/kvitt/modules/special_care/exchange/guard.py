"""A claims file as it is read: its kind by its first bytes, its encoding, and a limit to each entry."""

import codecs
import io
import re
from typing import BinaryIO

from kvitt.modules.special_care.rules.files import FileRefused

HEAD = 64 * 1024
# So much of a file is read at most before another of its entries ends.
LARGEST_ENTRY = 256 * 1024

_PACKED = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
)
_OTHER_KINDS = {
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "Microsoft Office",
    b"{\\rtf": "RTF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}
_OTHER_TEXTS = {b"<html": "HTML", b"<!doctype html": "HTML", b"{": "JSON", b"[": "JSON"}
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_STRANGE = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_ENCODING = re.compile(rb"^<\?xml[^>]*?\bencoding\s*=\s*[\"']([^\"']*)[\"']")


class Guard(io.RawIOBase):
    """The bytes of a file, which must be UTF-8, with as much between two entries as there may be.

    What is wrong raises FileRefused where it is read.
    """

    def __init__(self, content: BinaryIO) -> None:
        """Read the beginning."""
        super().__init__()
        self._content = content
        self.head = self._rest = _filled(content)
        self.bytes_read = 0
        self.is_at_end = False
        self.line = 1
        self._entry_line = 1
        self._since_entry = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none at the end."""
        wanted = HEAD if size < 0 else size
        data, self._rest = self._rest[:wanted], self._rest[wanted:]
        data = data or self._content.read(wanted)
        self.bytes_read += len(data)
        self.is_at_end = not data
        self._since_entry += len(data)
        if self._since_entry > LARGEST_ENTRY:
            values = {"line": self._entry_line, "longest": LARGEST_ENTRY}
            raise FileRefused("file_too_large_entry", values)
        try:
            self._decoder.decode(data)
        except UnicodeDecodeError as fault:
            line = self.line + data.count(b"\n", 0, fault.start)
            raise FileRefused("file_not_utf8", {"line": line}) from None
        self.line += data.count(b"\n")
        return data

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill a buffer, as readers of text want it; text has no control characters."""
        line = self.line
        data = self.read(len(buffer))
        strange = _STRANGE.search(data)
        if strange:
            values = {"line": line + data.count(b"\n", 0, strange.start())}
            raise FileRefused("file_not_text", values)
        buffer[: len(data)] = data
        return len(data)

    def finish_entry(self, line: int) -> None:
        """Allow as much again: an entry ended, which began at the line."""
        self._since_entry = 0
        self._entry_line = line


def ensure_readable(head: bytes) -> bool:
    """Return whether the file is XML, by its beginning; else it is CSV. Raises FileRefused.

    Source: spec SC-13.
    """
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        raise FileRefused("file_empty")
    if head.startswith(_PACKED):
        raise FileRefused("file_packed")
    kind = next((kind for mark, kind in _OTHER_KINDS.items() if head.startswith(mark)), "")
    kind = kind or next(
        (kind for mark, kind in _OTHER_TEXTS.items() if text[:20].lower().startswith(mark)), ""
    )
    if kind:
        raise FileRefused("file_other_kind", {"kind": kind})
    if head.startswith(_WIDE_MARKS) or b"\0" in head[:4]:
        raise FileRefused("file_not_utf8", {"line": 1})
    is_xml = text.startswith(b"<")
    if not is_xml and _STRANGE.search(head):
        raise FileRefused("file_not_text", {"line": 1})
    if is_xml:
        _ensure_plain_prolog(text)
    return is_xml


def _ensure_plain_prolog(text: bytes) -> None:
    """Raise FileRefused where the XML is declared to be in another encoding or has a document type."""
    declared = _ENCODING.match(text)
    if declared and declared[1].lower() not in {b"utf-8", b"utf8"}:
        raise FileRefused("file_not_utf8", {"line": 1})
    while text.startswith((b"<?", b"<!--")):
        end = b"?>" if text.startswith(b"<?") else b"-->"
        text = text.partition(end)[2].lstrip()
    if text.startswith(b"<!DOCTYPE"):
        raise FileRefused("file_doctype")


def _filled(content: BinaryIO) -> bytes:
    """Return the beginning, also of what is handed out in small pieces."""
    head = b""
    while len(head) < HEAD and (more := content.read(HEAD - len(head))):
        head += more
    return head
