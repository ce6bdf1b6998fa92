"""Which files and parcels are taken, and when they can be removed."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import format_size
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.documents.lifecycle import DICOM, DOCX, FORMATS, JPEG, PDF, PNG, FileFormat

MEGABYTE = 1_000_000
LONGEST_NAME = 150
LONGEST_DESCRIPTION = 200
LONGEST_FILE_TYPE = 50
MOST_IN_PARCEL = 999

NO_NAME = _("The file has no name. Give it one, for example opg.png, and choose it again.")
UNKNOWN_ENDING = _("%(name)s cannot be added. Choose a PDF, PNG, JPEG, DICOM or DOCX file.")
EMPTY_FILE = _("%(name)s is empty. Choose a file that has a content.")
LARGE_FILE = _(
    "%(name)s is %(size)s, and a file may be %(most)s at most. Make it smaller, or send it by post as a "
    "physical attachment."
)
OTHER_CONTENT = _("%(name)s is not a %(format)s file inside. Save it as %(format)s and choose it again.")
HAS_MACROS = _("%(name)s contains macros. Save it without them, or as PDF, and choose it again.")
NO_DESCRIPTION = _("Describe what you send, for example plaster model.")
NO_QUANTITY = _("Give how many you send, a whole number from 1 to %(most)s.")
NO_FILE_TYPE = _("Give what type it is, for example model, letter or film.")
LONG_TEXT = _("The text has %(count)s characters. Shorten it to at most %(most)s.")
DOCUMENT_REMOVED = _("The document has already been removed.")
DOCUMENT_HELD = _("The document was sent with a request for preauthorization and cannot be removed.")
PARCEL_REMOVED = _("The physical attachment has already been removed.")
PARCEL_HELD = _(
    "The physical attachment was announced with a request for preauthorization and cannot be removed."
)
PARCEL_HAS_ARRIVED = _("The physical attachment has already arrived.")

_PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_ZIP_HEAD = b"PK\x03\x04"
_TYPES_PART = "[Content_Types].xml"
# How Word is told of macros, whatever their part is called.
_MACRO_SIGNS = (b"macroenabled", b"vbaproject", b"vbadata", b"activex")


@dataclass(frozen=True)
class FileFacts:
    """A file as it is checked: its name, its size in bytes, its first and last bytes.

    `parts` are the names in it where it is an archive, and `content_types` what the archive says they are.
    """

    name: str
    size: int
    head: bytes = b""
    tail: bytes = b""
    parts: frozenset[str] = frozenset()
    content_types: bytes = b""


def calculate_file_name(name: str) -> str:
    """The name of a file without its folders and without characters that are not seen, at most 150 long.

    Source: spec NA-11, QU-18.
    """
    bare = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(one if unicodedata.category(one)[0] != "C" else " " for one in bare)
    tidy = " ".join(seen.split()).strip(". ")
    stem, dot, ending = tidy.rpartition(".")
    if not dot or len(tidy) <= LONGEST_NAME:
        return tidy[:LONGEST_NAME]
    ending = ending[: LONGEST_NAME // 2]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def calculate_format(name: str) -> FileFormat | None:
    """The format that a file has by the ending of its name; none where the ending is not taken.

    Source: spec NA-11.
    """
    written = calculate_file_name(name).lower()
    return next((one for one in FORMATS.values() if written.endswith(one.endings)), None)


def check_file(file: FileFacts, *, most_megabytes: int) -> list[Problem]:
    """A document is a PDF, PNG, JPEG, DICOM or DOCX file, is not too large, and is what its ending says.

    Source: behovspeng, chapter 5.1; spec NA-11, QU-16, QU-18.
    """
    name = calculate_file_name(file.name)
    if not name:
        return [Problem("no_file_name", NO_NAME, field="file")]
    found = calculate_format(name)
    if found is None:
        return [Problem("unknown_ending", UNKNOWN_ENDING, field="file", values={"name": name})]
    if file.size <= 0:
        return [Problem("empty_file", EMPTY_FILE, field="file", values={"name": name})]
    if file.size > most_megabytes * MEGABYTE:
        sizes = {"size": format_size(file.size), "most": format_size(most_megabytes * MEGABYTE)}
        return [Problem("large_file", LARGE_FILE, field="file", values={"name": name, **sizes})]
    return _check_content(file, found, values={"name": name, "format": found.name})


def check_parcel(*, description: str, quantity: int, file_type: str) -> list[Problem]:
    """A physical attachment (*fysisk bilaga*) has a description, a count and a type, all compulsory.

    Source: behovspeng, figure 7; spec NA-11.
    """
    problems = [
        *_check_text(description, NO_DESCRIPTION, field="description", most=LONGEST_DESCRIPTION),
        *_check_text(file_type, NO_FILE_TYPE, field="file_type", most=LONGEST_FILE_TYPE),
    ]
    if not 1 <= quantity <= MOST_IN_PARCEL:
        problems.append(Problem("no_quantity", NO_QUANTITY, "quantity", {"most": MOST_IN_PARCEL}))
    return problems


def check_document_removal(*, is_removed: bool, is_held: bool) -> list[Problem]:
    """A document is removed once, and not while a request holds it that waits or is decided.

    Source: behovspeng, chapter 5.1; spec NA-11, NA-19.
    """
    if is_removed:
        return [Problem("document_removed", DOCUMENT_REMOVED)]
    return [Problem("document_held", DOCUMENT_HELD)] if is_held else []


def check_parcel_removal(*, is_removed: bool, is_held: bool) -> list[Problem]:
    """A physical attachment is removed once, and not while a request announces it that waits or is decided.

    Source: spec NA-11, NA-19.
    """
    if is_removed:
        return [Problem("parcel_removed", PARCEL_REMOVED)]
    return [Problem("parcel_held", PARCEL_HELD)] if is_held else []


def check_arrival(*, is_removed: bool, has_arrived: bool) -> list[Problem]:
    """A physical attachment arrives once, and not after it was removed.

    Source: spec NA-11.
    """
    if is_removed:
        return [Problem("parcel_removed", PARCEL_REMOVED)]
    return [Problem("parcel_has_arrived", PARCEL_HAS_ARRIVED)] if has_arrived else []


def _check_content(file: FileFacts, wanted: FileFormat, *, values: Mapping[str, str]) -> list[Problem]:
    if not _is_inside(file, wanted):
        return [Problem("other_content", OTHER_CONTENT, field="file", values=values)]
    if wanted is DOCX and _has_macros(file):
        return [Problem("has_macros", HAS_MACROS, field="file", values=values)]
    return []


def _is_inside(file: FileFacts, wanted: FileFormat) -> bool:
    """Tell whether the content is of the format, by the marks that each format begins (and ends) with."""
    if wanted is PDF:
        return file.head.startswith(b"%PDF-") and b"%%EOF" in file.tail
    if wanted is PNG:
        return file.head.startswith(_PNG_HEAD)
    if wanted is JPEG:
        return file.head.startswith(b"\xff\xd8\xff") and file.head[3:4] >= b"\xc0"
    if wanted is DICOM:
        # 128 bytes of anything, the mark, and the first group of the file's own data.
        return file.head[128:134] == b"DICM\x02\x00"
    return file.head.startswith(_ZIP_HEAD) and {_TYPES_PART, "word/document.xml"} <= file.parts


def _has_macros(file: FileFacts) -> bool:
    """Tell whether a letter has macros or controls, or hides what its parts are."""
    types = file.content_types.replace(b"\0", b"").lower()  # also where it is written in UTF-16
    names = " ".join(file.parts).lower().encode()
    return b"&#" in types or any(sign in types or sign in names for sign in _MACRO_SIGNS)


def _check_text(text: str, missing: str, *, field: str, most: int) -> list[Problem]:
    if not text.strip():
        return [Problem(f"no_{field}", missing, field=field)]
    if len(text.strip()) > most:
        return [Problem("long_text", LONG_TEXT, field, {"count": len(text.strip()), "most": most})]
    return []
