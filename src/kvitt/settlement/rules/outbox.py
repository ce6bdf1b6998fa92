"""What must be right about a file that leaves, and about the account that pays."""

import hashlib
import re
from collections.abc import Collection

from stdnum import bic as bic_numbers
from stdnum import iban as iban_numbers

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.settlement.lifecycle import OutboxStatus, PaymentStatus

NO_PAYING_ACCOUNT = _("The authority has no account to pay from on %(day)s. Enter one first.")
NOT_SENT_YET = _("The file has not been sent a first time. The worker sends it.")
ANSWERED = _(
    "Payments in the file are accepted, paid or rejected already: sent again, it can pay twice. What was "
    "rejected is in the next run."
)
CONTENT_CHANGED = _(
    "The content of the file is not what was approved. Do not pay from it; tell whoever runs Kvitt."
)
BAD_IBAN = _(
    "A Swedish IBAN is SE and 22 digits, for example SE45 5000 0000 0583 9825 7466. Check the number."
)
BAD_BIC = _("A BIC has 8 or 11 characters, for example ESSESESS. Check it.")
_SWEDISH = re.compile(r"SE[0-9]{22}")


def calculate_checksum(content: bytes) -> str:
    """Return the SHA-256 of a file's content, by which it is known.

    Source: spec SC-23, QU-14.
    """
    return hashlib.sha256(content).hexdigest()


def calculate_payment_file_name(organisation_number: str, run_number: int) -> str:
    """A payment file is named after who pays and the run: no two files of an installation have one name.

    Source: decision 0021; spec SC-23.
    """
    return f"pain001-{organisation_number}-{run_number:06}.xml"


def check_content(content: bytes, *, sha256: str) -> list[Problem]:
    """A file leaves only with the content that was registered.

    Source: spec SC-23, QU-14.
    """
    if calculate_checksum(content) == sha256:
        return []
    return [Problem("content_changed", CONTENT_CHANGED)]


def check_resending(status: OutboxStatus, payments: Collection[PaymentStatus]) -> list[Problem]:
    """Only a file that was sent, or may have been, is sent again; one that waits is sent anyway.

    A payment file whose payments somebody has answered for has arrived: what was rejected the next run pays.

    Source: decision 0021; spec QU-14.
    """
    if status in {OutboxStatus.HELD, OutboxStatus.WAITING}:
        return [Problem("not_sent_yet", NOT_SENT_YET)]
    is_answered = any(payment is not PaymentStatus.ORDERED for payment in payments)
    return [Problem("answered", ANSWERED)] if is_answered else []


def check_paying_account(*, iban: str, bic: str) -> list[Problem]:
    """The account that pays is a Swedish IBAN whose check digits are right, at a bank with a BIC.

    Source: iso20022; spec SC-23.
    """
    problems = []
    if not _SWEDISH.fullmatch(normalise_account(iban)) or not iban_numbers.is_valid(normalise_account(iban)):
        problems.append(Problem("bad_iban", BAD_IBAN, "iban"))
    if not bic_numbers.is_valid(normalise_account(bic)):
        problems.append(Problem("bad_bic", BAD_BIC, "bic"))
    return problems


def normalise_account(text: str) -> str:
    """An IBAN and a BIC are kept without spaces, in capitals.

    Source: iso20022; spec SC-23.
    """
    return "".join(text.split()).upper()
