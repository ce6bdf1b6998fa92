"""Letters, decisions and lists as documents: texts that are ready become an accessible PDF."""

import functools
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parents[1] / "templates" / "care_fees"
# What typst's own fonts have: Latin, Greek, Cyrillic, and common signs. An accessible PDF with any other
# letter is refused.
_SCRIPTS = (
    *(range(0x20, 0x485), range(0x487, 0x500), range(0x1E00, 0x2000), range(0x2010, 0x2041)),
    *(range(0x20A0, 0x20C0), range(0x2190, 0x2194), range(0x2212, 0x2213)),
)
# For how many compiles typst remembers what it has laid out, and how much content is worth forgetting.
_REMEMBERED, _MUCH = 11, 50_000


@dataclass(frozen=True)
class Heading:
    """A heading of a part of the letter; one of level 2 stands below the title, one of level 3 below that."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Running text; a line break in it is kept."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Labels with their values, one line each; with `is_money` the values stand to the right.

    `total` is what they come to: a last line by itself, below a rule.
    """

    rows: Sequence[tuple[str, str]]
    is_money: bool = False
    total: tuple[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """Rows below headings, as many cells in each; `right` are the columns (from 0) of numbers and money.

    `total` is a last row in bold. The headings come again on every page. The first column takes the room
    that is left, unless `wide` names another.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[int] = ()
    total: Sequence[str] = ()
    wide: int = 0


Part = Heading | Paragraph | Facts | Table


@dataclass(frozen=True)
class Letter:
    """What a letter says, in one language, from top to bottom; every text is printed as it is, never run.

    `authority` and `contact` (a line each) say who writes; `recipient` are the lines of the address, empty
    for a list that goes to nobody. `facts` (day, number) stand beside the title. `page_words` are those of
    *Sida 1 av 3*.
    """

    title: str
    authority: str
    contact: Sequence[str] = ()
    recipient: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    parts: Sequence[Part] = ()
    language: str = "sv"
    page_words: tuple[str, str] = ("Sida", "av")
    is_landscape: bool = False


def write_letter(letter: Letter) -> bytes:
    """Return the letter as an accessible PDF (PDF/UA), A4. The same letter always becomes the same bytes.

    Source: spec CF-22, CF-27.
    """
    return compile_pages("letter.typ", {**asdict(letter), "parts": [_told(part) for part in letter.parts]})


def compile_pages(template: str, content: Mapping[str, Any], *, is_accessible: bool = True) -> bytes:
    """Return the PDF of one of the app's templates, which gets the content as data, not as markup.

    Source: spec CF-22, CF-29.
    """
    return compile_ready(template, ready_content(content), is_accessible=is_accessible)


def ready_content(content: Mapping[str, Any]) -> str:
    """Return the content as a template reads it: JSON, with the letters that the fonts have.

    Source: spec CF-22, CF-29.
    """
    return json.dumps(_printed(content), ensure_ascii=False)


def compile_ready(template: str, content: str, *, is_accessible: bool) -> bytes:
    """Return the PDF of one of the app's templates with content that is ready.

    One that is only printed is a seventh as large without the marks that readers of screens follow.
    Source: spec CF-22, CF-29.
    """
    written = typst.compile(
        (TEMPLATES / template).read_bytes(),
        format="pdf",
        font_paths=fonts(),
        sys_inputs={"content": content},
        pdf_standards=["ua-1"] if is_accessible else [],
        pdf_tags=is_accessible,
        timestamp=0,
    )
    if len(content) > _MUCH:
        _forget()
    return written


def _forget() -> None:
    """Let typst forget what it remembers of earlier pages: what ten compiles have not used, it drops.

    Otherwise a worker holds a gigabyte after a thousand invoices.
    """
    for _ in range(_REMEMBERED):
        typst.compile(b"", format="pdf", font_paths=fonts())


@functools.cache
def fonts() -> typst.Fonts:
    """Read typst's own fonts once: looking for those of the machine takes longer than a letter does.

    Source: spec QU-11.
    """
    return typst.Fonts(include_system_fonts=False)


def printed_text(text: str) -> str:
    """Return the text as the fonts have it: a letter that they have not becomes its nearest, or `?`.

    Controls become a space; a mark that is no part of a letter falls away, for a font may have it and not
    the letter. Source: spec CF-29.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_nearest(letter) for letter in unicodedata.normalize("NFC", text))


def _nearest(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cf" or category.startswith("M"):
        return ""
    if category.startswith(("C", "Zl", "Zp")):
        return " "
    if _is_known(letter):
        return letter
    plain = unicodedata.normalize("NFKD", letter)
    return "".join(each for each in plain if _is_known(each) and not unicodedata.combining(each)) or "?"


def _is_known(letter: str) -> bool:
    return any(ord(letter) in script for script in _SCRIPTS)


def _printed(content: object) -> object:
    if isinstance(content, str):
        return printed_text(content)
    if isinstance(content, Mapping):
        return {name: _printed(value) for name, value in content.items()}
    if isinstance(content, Sequence):
        return [_printed(value) for value in content]
    return content


def _told(part: Part) -> dict[str, Any]:
    told = {"part": type(part).__name__.lower(), **asdict(part)}
    return {**told, "lines": part.text.splitlines()} if isinstance(part, Paragraph) else told
