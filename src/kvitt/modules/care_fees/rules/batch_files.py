"""The files of a batch of invoices: which invoices each is made of, what it is called, when it is sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

# One PDF is made of so many invoices: what one compile of typst does best, and a file that is easily printed.
INVOICES_PER_FILE = 200
# So many files a request makes itself; a larger batch's are made by the worker before somebody sends it.
FILES_AT_ONCE = 3

# What files are called by.
INVOICES, EINVOICES, VOUCHERS = "fakturor", "efakturor", "sie"

NOT_FINISHED = _("The batch is not finished: invoices of it are still being made. Send it when they are.")
ALREADY_SENT = _("The batch was sent %(time)s. A file of it that did not arrive can be sent again.")
NOTHING_TO_SEND = _("No invoice of the batch is left to send: all of them are voided.")
UNSAFE_ADDRESS = _(
    "Of the invoices %(count)s would leave to an address that is protected since they were made. Re-open the "
    "period of their areas, so that they are made anew."
)
FILES_NOT_READY = _(
    "The files of the batch are being made: %(made)s of %(wanted)s are ready. Send it in a minute or two."
)


class BatchInvoice(NamedTuple):
    """An invoice of a batch: `is_electronic` where an organisation gets it as an e-invoice."""

    id: int
    number: int
    is_voided: bool
    is_electronic: bool


@dataclass(frozen=True)
class Part:
    """The invoices that are printed in one file; `subject` changes when they do."""

    number: int
    subject: str
    invoice_ids: tuple[int, ...]


def plan_parts(batch_number: int, invoices: Sequence[BatchInvoice]) -> list[Part]:
    """Return the files for print of a batch, whose invoices come by number.

    Where one is voided, only the file that it was in is another. What goes electronically is not printed.
    Source: spec CF-28, CF-29.
    """
    found = []
    for number, start in enumerate(range(0, len(invoices), INVOICES_PER_FILE), start=1):
        invoice_ids = tuple(
            each.id
            for each in invoices[start : start + INVOICES_PER_FILE]
            if not each.is_voided and not each.is_electronic
        )
        if invoice_ids:
            digest = hashlib.sha256(repr(invoice_ids).encode()).hexdigest()[:12]
            subject = f"{calculate_subject(batch_number)}{number:03}/{digest}"
            found.append(Part(number, subject, invoice_ids))
    return found


def calculate_subject(batch_number: int) -> str:
    """Return what the subjects of a batch's files begin with.

    Source: spec CF-29.
    """
    return f"care_fees.batch/{batch_number}/"


def read_subject(subject: str) -> int:
    """Return the number of the batch that a file is of, 0 for a file of something else.

    Source: spec CF-29.
    """
    kind, _slash, rest = subject.partition("/")
    number = rest.partition("/")[0]
    return int(number) if kind == "care_fees.batch" and number.isdecimal() else 0


def calculate_file_name(kind: str, organisation_number: str, batch_number: int, part: int = 0) -> str:
    """A file is named after what it is, whose it is and the batch; `kind` is one of those above.

    Source: spec CF-29.
    """
    name = f"{kind}-{organisation_number}-{batch_number:06}"
    ending = {INVOICES: f"-{part:03}.pdf", EINVOICES: ".zip", VOUCHERS: "-debitering.SI"}[kind]
    return f"{name}{ending}"


def check_sending(*, is_finished: bool, sent_at: str, unsafe: int = 0) -> list[Problem]:
    """A batch is sent whole, and once; not to an address that turned out to be a secret.

    Source: spec CF-2, CF-29, QU-14, QU-19.
    """
    if sent_at:
        return [Problem("already_sent", ALREADY_SENT, values={"time": sent_at})]
    if not is_finished:
        return [Problem("not_finished", NOT_FINISHED)]
    return [Problem("unsafe_address", UNSAFE_ADDRESS, values={"count": unsafe})] if unsafe else []


def check_files(*, invoices: int, wanted: int, made: int) -> list[Problem]:
    """There is something to send, and every file of it is made.

    Source: spec CF-29, QU-14.
    """
    if not invoices:
        return [Problem("nothing", NOTHING_TO_SEND)]
    if made < wanted:
        return [Problem("files_not_ready", FILES_NOT_READY, values={"made": made, "wanted": wanted})]
    return []
