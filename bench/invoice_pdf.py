"""How long the print files of invoices to clients take, beside typst alone on ready content (QU-11).

`python -m bench.invoice_pdf --invoices 1000`: files of as many invoices as those of a batch have.
"""

import argparse
from collections.abc import Iterator, Sequence
from datetime import date

from bench.measure import measured, row
from kvitt.foundation.values.money import format_count
from kvitt.modules.care_fees.exchange import invoice_pdf, letter_pdf
from kvitt.modules.care_fees.lifecycle import InvoiceState, RecipientKind
from kvitt.modules.care_fees.queries.invoices import PrintedInvoice, Sender
from kvitt.modules.care_fees.rules.batch_files import INVOICES_PER_FILE
from kvitt.modules.care_fees.rules.invoices import InvoiceLine, PostalAddress, Unit, make_reference, sum_vat

SENDER = Sender("Exempelköpings kommun", "2120009994", "50501055", "Debiteringen", "013-20 57 00", "")
LINES = (
    InvoiceLine("Personlig omvårdnad", 182_300),
    InvoiceLine("Boservice, städ", 27_800, 60, Unit.MINUTES, 27_800),
    InvoiceLine("Lunch", 93_600, 12, Unit.COUNT, 7_800, 12),
    InvoiceLine("Frånvaro, kost", -102_000, 10, Unit.DAYS, -10_200),
    InvoiceLine("Justering för september 2024", -12_350),
)


def measure(count: int) -> Iterator[str]:
    """Yield a row for the files for print of so many invoices."""
    files, others = _files(100_000, count), _files(500_000, count)
    invoice_pdf.write_invoices(files[0][:1])
    with measured() as cost:
        size = sum(len(invoice_pdf.write_invoices(file, is_for_print=True)) for file in files)
    floor = write_alone(others)
    with measured() as single:
        invoice_pdf.write_invoices(others[0][:1])
    yield row(
        f"PDF of {format_count(count)} invoices",
        f"{cost.seconds:.1f} s",
        requirement="QU-11",
        goal="≤ 15 s",
        floor=f"{floor:.1f} s",
        times=cost.seconds / floor,
        beside=(
            f"{len(files)} files, {size / 1e6:.1f} MB, {cost.mebibytes:.0f} MiB above idle; "
            f"one invoice {single.seconds * 1000:.0f} ms"
        ),
    )


def write_alone(files: Sequence[Sequence[PrintedInvoice]]) -> float:
    """Return the seconds that typst takes over as many pages whose content is ready, of other numbers."""
    ready = [letter_pdf.ready_content(invoice_pdf.describe_invoices(file)) for file in files]
    with measured() as cost:
        for content in ready:
            letter_pdf.compile_ready("invoice.typ", content, is_accessible=False)
    return cost.seconds


def _files(first: int, count: int) -> list[list[PrintedInvoice]]:
    invoices = [_invoice(number) for number in range(first, first + count)]
    return [invoices[start : start + INVOICES_PER_FILE] for start in range(0, count, INVOICES_PER_FILE)]


def _invoice(number: int) -> PrintedInvoice:
    rows = sum_vat((line.vat_percent, line.amount) for line in LINES)
    return PrintedInvoice(
        id=number,
        number=number,
        reference=make_reference(number),
        state=InvoiceState.ISSUED,
        invoice_date=date(2024, 11, 20),
        due_date=date(2024, 12, 20),
        month=date(2024, 10, 1),
        month_text="oktober 2024",
        sender=SENDER,
        client_id=number,
        client_number=f"D2024-{number}",
        client_name=f"Prov Provsson {number}",
        person_id=number,
        is_protected=False,
        recipient_kind=RecipientKind.CLIENT,
        recipient_name=f"Prov Provsson {number}",
        address=PostalAddress("Provgatan 1", "582 22", "Exempelköping"),
        organisation_number="",
        contact_name="Norrs hemtjänst",
        contact_phone="013-20 57 01",
        note="",
        lines=LINES,
        vat_rows=rows,
        total=sum(line.amount for line in LINES),
        vat_amount=sum(each.vat for each in rows),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=1_000)
    print(*measure(parser.parse_args().invoices), sep="\n")
