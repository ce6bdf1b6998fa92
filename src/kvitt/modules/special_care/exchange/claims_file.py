"""A claims file, as XML or CSV: its entries one by one, with as much memory for few as for many."""

from collections.abc import Iterator
from typing import BinaryIO

from kvitt.modules.special_care.exchange.claims_csv import read_csv
from kvitt.modules.special_care.exchange.claims_xml import read_xml
from kvitt.modules.special_care.exchange.guard import Guard, ensure_readable
from kvitt.modules.special_care.lifecycle import FileFormat
from kvitt.modules.special_care.rules.files import Entry, FileRefused


class ClaimsReader:
    """The entries of a claims file, read as they are asked for.

    `format` is told by the content, whatever the file is called; `bytes_read` is how far it is read. Raises
    FileRefused, at once or while it is read, when it cannot be read as a whole. Source: spec SC-12, SC-13.
    """

    def __init__(self, content: BinaryIO, *, name: str = "") -> None:
        """Look at the beginning of the file."""
        self.name = name
        self._guard = Guard(content)
        self.format = FileFormat.XML if ensure_readable(self._guard.head) else FileFormat.CSV

    @property
    def bytes_read(self) -> int:
        """How many bytes are read so far."""
        return self._guard.bytes_read

    def __iter__(self) -> Iterator[Entry]:
        """Read on, once."""
        entry = None
        for entry in read_xml(self._guard) if self.format is FileFormat.XML else read_csv(self._guard):
            yield entry
        if entry is None:
            raise FileRefused("file_without_claims")
