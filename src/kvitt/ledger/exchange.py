"""Invoices as documents: facts become a PDF."""

import functools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

_TEMPLATE = Path(__file__).parent / "templates" / "ledger" / "invoice.typ"


@dataclass(frozen=True)
class InvoiceDocument:
    """An invoice as the document shows it: every text ready in one language."""

    title: str
    language: str
    facts: Sequence[tuple[str, str]]
    headings: Sequence[str]
    rows: Sequence[tuple[str, ...]]
    total: tuple[str, str]


def invoice_pdf(document: InvoiceDocument) -> bytes:
    """Return the invoice as an accessible PDF (PDF/UA), A4."""
    return typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"invoice": json.dumps(asdict(document))},
        pdf_standards=["ua-1"],
    )


@functools.cache
def _fonts() -> typst.Fonts:
    """Read typst's own fonts once: looking for those of the machine takes longer than the invoice does."""
    return typst.Fonts(include_system_fonts=False)
