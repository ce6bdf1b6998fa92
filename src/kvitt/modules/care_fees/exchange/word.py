"""Letters and lists as Word files: texts that are ready become a `.docx`, row by row.

python-docx makes the document with its styles; what may be long is written past it, for its tree of a
journal of ten thousand clients would fill the memory.
"""

import datetime as dt
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt

from kvitt.modules.care_fees.exchange.letter_pdf import Facts, Heading, Letter, Paragraph, Part, Table

_BODY = "word/document.xml"
_STYLE, _STYLE_ID = "Kvitt table", "Kvitttable"
_MARK = "{{parts}}"
_MARKED = re.compile(rf"<w:p\b(?:(?!</w:p>).)*{re.escape(_MARK)}.*?</w:p>", re.DOTALL)
# What XML does not take; a line break becomes a space.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# A4, the margins and what a letter of text is wide (twentieths of a point).
_PORTRAIT, _LANDSCAPE = (Mm(210), Mm(297)), (Mm(297), Mm(210))
_MARGIN = Mm(20)
_ROOM = {False: 9_638, True: 14_570}
_LETTER, _PADDING, _SHORTEST, _LONGEST = 100, 160, 11, 24
_LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}


def write_word(
    file: IO[bytes], letter: Letter, parts: Iterable[Part] | None = None, *, made_at: dt.datetime
) -> None:
    """Write the letter as a Word file; `parts`, in place of the letter's own, may be any number of them.

    The memory does not grow with the parts. Source: debitering-ao, page 35; spec CF-27.
    """
    document = _document(letter, made_at)
    with tempfile.TemporaryFile() as made, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        document.save(made)
        with zipfile.ZipFile(made) as source:
            for name in source.namelist():
                if name != _BODY:
                    with source.open(name) as read, target.open(name, "w") as written:
                        shutil.copyfileobj(read, written)
            body = source.read(_BODY).decode()
        before, after = _MARKED.split(body, maxsplit=1)
        told = letter.parts if parts is None else parts
        with target.open(_BODY, "w", force_zip64=True) as written:
            written.write(before.encode())
            for part in told:
                for piece in _written(part, _ROOM[letter.is_landscape]):
                    written.write(piece.encode())
            written.write(after.encode())


def _document(letter: Letter, made_at: dt.datetime) -> DocumentFile:
    """Return the document with its styles, its heading, and a mark where the parts come."""
    document = Document()
    _set_styles(document, _LANGUAGES.get(letter.language, letter.language))
    section = document.sections[0]
    section.page_width, section.page_height = _LANDSCAPE if letter.is_landscape else _PORTRAIT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    _number_pages(document, letter.page_words)
    told = document.core_properties
    told.title, told.author, told.language = _fit(letter.title), _fit(letter.authority), letter.language
    told.comments = ""
    told.created = told.modified = made_at.astimezone(dt.UTC).replace(tzinfo=None)
    document.add_paragraph().add_run(_fit(letter.authority)).bold = True
    for line in (*letter.contact, *letter.recipient):
        document.add_paragraph(_fit(line))
    document.add_heading(_fit(letter.title), level=1)
    for label, value in letter.facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{_fit(label)}: ")
        paragraph.add_run(_fit(value)).bold = True
    document.add_paragraph(_MARK)
    return document


def _set_styles(document: DocumentFile, language: str) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    normal.paragraph_format.space_after = Pt(3)
    fonts = normal.element.get_or_add_rPr()
    fonts.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="{language}" w:eastAsia="{language}"/>'))
    for level, size in ((1, 18), (2, 14), (3, 11)):
        heading = document.styles[f"Heading {level}"]
        heading.font.size, heading.font.color.rgb = Pt(size), None
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(size), Pt(4)
    table = document.styles.add_style(_STYLE, WD_STYLE_TYPE.TABLE)
    table.element.append(
        parse_xml(
            f"<w:tblPr {nsdecls('w')}><w:tblBorders>"
            '<w:top w:val="single" w:sz="4" w:color="969696"/>'
            '<w:bottom w:val="single" w:sz="4" w:color="969696"/>'
            '<w:insideH w:val="single" w:sz="4" w:color="C8C8C8"/></w:tblBorders>'
            '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
            "</w:tblPr>"
        )
    )


def _number_pages(document: DocumentFile, words: tuple[str, str]) -> None:
    footer = document.sections[0].footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for word, field in zip(words, ("PAGE", "NUMPAGES"), strict=True):
        footer.add_run(f"{_fit(word)} ")
        footer._p.append(  # noqa: SLF001 - python-docx has no fields
            parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{field}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
        )
        footer.add_run(" ")


# The parts ----------------------------------------------------------------------------------------


def _written(part: Part, room: int) -> Iterator[str]:
    """Give a part in pieces of WordprocessingML."""
    if isinstance(part, Heading):
        yield _paragraph(part.text, f'<w:pStyle w:val="Heading{part.level}"/>')
    elif isinstance(part, Paragraph):
        for line in part.text.splitlines():
            yield _paragraph(line)
    elif isinstance(part, Facts):
        total = [] if part.total is None else list(part.total)
        yield from _table(Table((), part.rows, (1,) if part.is_money else (), total, wide=1), room)
    else:
        yield from _table(part, room)


def _table(table: Table, room: int) -> Iterator[str]:
    rows = [tuple(row) for row in table.rows]
    widths = _widths(table, rows, room)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    yield (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{_STYLE_ID}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )
    if table.headings:
        yield _row(table.headings, widths, table.right, is_bold=True, is_heading=True)
    for row in rows:
        yield _row(row, widths, table.right)
    if table.total:
        yield _row(table.total, widths, table.right, is_bold=True)
    # Two tables in a row would become one.
    yield '</w:tbl><w:p><w:pPr><w:spacing w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'


def _widths(table: Table, rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return what each column needs for its texts; what is left goes to the wide one."""
    all_rows = [row for row in (table.headings, *rows, table.total) if row]
    count = len(all_rows[0]) if all_rows else 0
    longest = [max(len(row[place]) for row in all_rows) for place in range(count)]
    widths = [min(max(length, _SHORTEST), _LONGEST) * _LETTER + _PADDING for length in longest]
    if count:
        wide = min(table.wide, count - 1)
        widths[wide] = 0
        widths[wide] = max(room - sum(widths), room // count)
    return widths


def _row(
    cells: Sequence[str],
    widths: Sequence[int],
    right: Sequence[int],
    *,
    is_bold: bool = False,
    is_heading: bool = False,
) -> str:
    told = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        + _paragraph(
            cell,
            '<w:spacing w:after="0"/>' + ('<w:jc w:val="right"/>' if place in right else ""),
            is_bold=is_bold,
        )
        + "</w:tc>"
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    heading = "<w:tblHeader/>" if is_heading else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{heading}</w:trPr>{told}</w:tr>"


def _paragraph(text: str, properties: str = "", *, is_bold: bool = False) -> str:
    bold = "<w:rPr><w:b/></w:rPr>" if is_bold else ""
    told = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f'<w:p>{told}<w:r>{bold}<w:t xml:space="preserve">{escape(_fit(text))}</w:t></w:r></w:p>'


def _fit(text: str) -> str:
    return _UNFIT.sub(" ", text)
