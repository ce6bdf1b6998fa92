"""Letters as PDF: what is handed in is printed and never run."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvitt.modules.care_fees.exchange.letter_pdf import (
    Facts,
    Heading,
    Letter,
    Paragraph,
    Table,
    printed_text,
    write_letter,
)

MARKUP = '#panic("no") \\ " $x$ @nowhere *b* _i_ `code` <label> // no /* no \n= Heading [ ] { } \t\u0000 å 山'


def pages_of(pdf: bytes) -> int:
    """Count the pages of a PDF."""
    found = re.search(rb"/Type/Pages/Count (\d+)", pdf)
    return int(found[1]) if found else 0


def a_letter(**values) -> Letter:
    """Make a letter with something of everything."""
    return Letter(
        **{
            "title": "Beslut om avgift",
            "authority": "Exempelköpings kommun",
            "contact": ["Debiteringen", "013-20 57 00"],
            "recipient": ["Birger Testlund", "Storgatan 1", "123 45 Exempelköping"],
            "facts": [("Datum", "2024-11-20")],
            "parts": [
                Paragraph("Din avgift är 1 823 kronor i månaden."),
                Heading("Så har vi räknat"),
                Facts(
                    [("Pension", "14 000,00"), ("Bostadstillägg", "3 000,00")], True, ("Inkomst", "17 000,00")
                ),
                Heading("Tjänster", 3),
                Table(["Tjänst", "Belopp"], [["Omvårdnad", "1 823,00"]], [1], ["Summa", "1 823,00"]),
            ],
            **values,
        }
    )


def test_a_letter_is_an_accessible_pdf_with_its_title_and_always_the_same():
    pdf = write_letter(a_letter())

    assert pdf.startswith(b"%PDF-")
    assert pages_of(pdf) == 1
    assert b"pdfuaid" in pdf
    assert "Beslut om avgift" in pdf.decode("latin-1")
    assert write_letter(a_letter()) == pdf


@pytest.mark.requirement("QU-18")
def test_markup_is_text():
    parts = [
        Heading(MARKUP),
        Paragraph(MARKUP),
        Facts([(MARKUP, MARKUP)], True, (MARKUP, MARKUP)),
        Table([MARKUP], [[MARKUP]], total=[MARKUP]),
    ]

    pdf = write_letter(
        a_letter(
            title=MARKUP,
            authority=MARKUP,
            contact=[MARKUP],
            recipient=[MARKUP],
            facts=[(MARKUP, MARKUP)],
            parts=parts,
        )
    )

    assert pages_of(pdf) >= 1


def test_a_long_list_goes_over_pages_and_an_empty_one_is_a_page():
    headings = [f"Kolumn {place}" for place in range(9)]
    rows = [["Demostrand, Greta", *["1"] * 8]] * 120
    long = Letter(
        "Debiteringsjournal", "Exempelköpings kommun", parts=[Table(headings, rows, [*range(1, 9)])]
    )
    empty = Letter(
        "Debiteringsjournal", "Exempelköpings kommun", parts=[Table(headings, [])], is_landscape=True
    )

    assert pages_of(write_letter(long)) > 2
    assert pages_of(write_letter(empty)) == 1


@given(st.text(max_size=40))
@settings(max_examples=60)
def test_every_text_can_be_printed(text):
    assert pages_of(write_letter(a_letter(recipient=[text], parts=[Paragraph(text)])))


def test_letters_that_the_fonts_have_not_become_their_nearest():
    assert printed_text("Łukasz Ñandú Ελένη Олена") == "Łukasz Ñandú Ελένη Олена"
    assert printed_text("A\u030asa\tﬁn\u00ad \u200b山") == "Åsa fin ?"
    known = "".join(filter(str.isprintable, map(chr, [*range(0x20, 0x500), *range(0x1E00, 0x2200)])))
    assert pages_of(write_letter(a_letter(parts=[Paragraph(known)])))
