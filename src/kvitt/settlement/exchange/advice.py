"""Remittance advices as documents: facts become a PDF."""

import functools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

_TEMPLATE = Path(__file__).parents[1] / "templates" / "settlement" / "advice.typ"


@dataclass(frozen=True)
class AdviceDocument:
    """An advice as the document shows it: every text ready in one language.

    `sums` are label and amount, the last one what it comes to; `rows` are the invoices.
    """

    title: str
    language: str
    facts: Sequence[tuple[str, str]]
    sentences: Sequence[str]
    sums: Sequence[tuple[str, str]]
    caption: str
    headings: Sequence[str]
    rows: Sequence[tuple[str, ...]]


def advice_pdf(document: AdviceDocument) -> bytes:
    """Return the advice as an accessible PDF (PDF/UA), A4."""
    return typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"advice": json.dumps(asdict(document))},
        pdf_standards=["ua-1"],
    )


@functools.cache
def _fonts() -> typst.Fonts:
    """Read typst's own fonts once: looking for those of the machine takes longer than the advice does."""
    return typst.Fonts(include_system_fonts=False)
