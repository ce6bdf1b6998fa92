"""What a bank is asked to pay, and the texts in which its file may say it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kvitt.foundation.values import accounts, identity
from kvitt.foundation.values.money import Ore

# What Swedish banks take in texts: the letters of SEPA and Swedish.
_STRANGE = re.compile(r"[^a-zA-Z0-9åäöÅÄÖ/?:().,'+ -]")
_KEPT = frozenset("åäöÅÄÖ")
_WRITTEN = str.maketrans({
    "æ": "ä",
    "Æ": "Ä",
    "ø": "ö",
    "Ø": "Ö",
    "ß": "ss",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ł": "l",
    "Ł": "L",
    "&": "+",
    "_": "-",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u2019": "'",
    "`": "'",
    "\u00b4": "'",
})  # fmt: skip
_OCR = re.compile(r"[0-9]{2,25}")
_MESSAGE = re.compile(r"KVITT-(?P<organisation>[0-9]{10})-(?P<run>[0-9]{1,10})")
LONGEST_NAME = 70
LONGEST_TEXT = 140
LONGEST_REFERENCE = 35
NAMELESS = "Mottagare"
SETTLED_BEFORE = "Avräknat"


@dataclass(frozen=True)
class RemittanceLine:
    """An invoice that a payment settles, as its receiver knows it; a credit is below 0."""

    reference: str
    amount: Ore


@dataclass(frozen=True)
class PaymentFacts:
    """One payment to one account; `lines` are the invoices that are in it.

    What the lines do not come to has been offset elsewhere: by what was carried on, or another account.
    """

    end_to_end_id: str
    payee_name: str
    account_kind: str
    account_number: str
    amount: Ore
    lines: tuple[RemittanceLine, ...]


@dataclass(frozen=True)
class PaymentOrder:
    """What a bank is asked to pay on a day, from one account."""

    message_id: str
    created_at: datetime
    debtor_name: str
    organisation_number: str
    iban: str
    bic: str
    pay_on: date
    payments: Sequence[PaymentFacts]


def calculate_message_id(organisation_number: str, run_number: int) -> str:
    """A payment file is known by who pays and the number of the run: `KVITT-2321000040-12`.

    Source: decision 0021; spec SC-23.
    """
    return f"KVITT-{organisation_number}-{run_number}"


def parse_message_id(message_id: str, organisation_number: str) -> int | None:
    """Return the run that a payment file was made for; None where it is not one of this authority's.

    Source: decision 0021; spec SC-23.
    """
    found = _MESSAGE.fullmatch(message_id)
    return int(found["run"]) if found and found["organisation"] == organisation_number else None


def calculate_text(text: str, longest: int) -> str:
    """A text in a payment file has letters, digits and / - ? : ( ) . , ' + only, and begins with no slash.

    Accents other than the Swedish ones go, what has no letter becomes a space, and the rest is cut off.
    Source: iso20022; decision 0021; spec SC-23.
    """
    written = unicodedata.normalize("NFC", text).translate(_WRITTEN)
    plain = "".join(each if each in _KEPT else _without_accents(each) for each in written)
    allowed = re.sub(r"/{2,}", "/", _STRANGE.sub(" ", plain))
    return " ".join(allowed.split()).lstrip("/ ")[:longest].rstrip()


def calculate_name(name: str) -> str:
    """A payee always has a name, of at most 70 characters.

    Source: iso20022; decision 0021; spec SC-23.
    """
    return calculate_text(name, LONGEST_NAME) or NAMELESS


def is_ocr(reference: str) -> bool:
    """An OCR reference has 2 to 25 digits, the last of them a check digit.

    Source: bankgirot; spec SC-23.
    """
    return bool(_OCR.fullmatch(reference)) and identity.is_valid_luhn(reference)


def calculate_advice(payment: PaymentFacts) -> tuple[RemittanceLine, ...]:
    """The remittance advice of a payment comes to its amount: a last line tells what is offset elsewhere.

    Source: decision 0021; spec SC-23.
    """
    rest = payment.amount - sum(line.amount for line in payment.lines)
    return (*payment.lines, RemittanceLine(SETTLED_BEFORE, rest)) if rest else payment.lines


def calculate_reference(reference: str) -> str:
    """An invoice is named by at most 35 characters of its reference, the last ones: they tell it from others.

    Source: iso20022; decision 0021; spec SC-23.
    """
    return (
        calculate_text(calculate_text(reference, len(reference) + 1)[-LONGEST_REFERENCE:], LONGEST_REFERENCE)
        or "-"
    )


def calculate_advice_text(advice: Sequence[RemittanceLine]) -> str:
    """A bank account gets one text of at most 140 characters: references, and how many more there are.

    Source: iso20022; decision 0021; spec SC-23.
    """
    shown = [calculate_reference(line.reference) for line in advice]
    for count in range(len(shown), 0, -1):
        more = len(shown) - count
        text = ", ".join(shown[:count]) + (f" + {more} till" if more else "")
        if len(text) <= LONGEST_TEXT:
            return text
    return shown[0]


def split_account(number: str) -> tuple[str, str]:
    """A bank is found by the first four digits of the clearing number; the rest is the account at that bank.

    Source: bankgirot; decision 0021; spec SC-23.
    """
    clearing, account = accounts.split_bank_account(number)
    return clearing[:4], account


def _without_accents(character: str) -> str:
    """Return a letter without what stands above or below it."""
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if not unicodedata.combining(part))
