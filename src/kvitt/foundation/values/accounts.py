"""Bank accounts of payees: a clearing number and an account number."""

import re

from kvitt.foundation.values import identity
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

_WRITTEN = re.compile(
    r"(?P<clearing>[1-9][0-9]{3})(?:-?(?P<fifth>[0-9]))?(?P<parted>[,;/ -]+)(?P<account>[0-9 .-]+)"
)
_SHORTEST, _LONGEST = 2, 10
_SWEDBANK = "8"
_NO_BANKS = frozenset({"9900"})  # what a payment file calls Bankgirot by

BAD_BANK_ACCOUNT = _(
    "Give the clearing number, a comma and the account number, for example 8327-9, 123 456 789-0. Check the "
    "number."
)
BAD_CLEARING = _("There is no clearing number %(clearing)s. Check the first digits of the number.")
FIFTH_DIGIT = _("Only clearing numbers that begin with 8 may have a fifth digit. Check the first digits.")
WRONG_FIFTH_DIGIT = _(
    "The fifth digit of the clearing number %(clearing)s is wrong. Check it, or leave it out."
)
ACCOUNT_LENGTH = _("An account number has %(least)s to %(most)s digits after the clearing number. Check it.")


def check_bank_account(text: str) -> list[Problem]:
    """A clearing number of four digits, with Swedbank's five, and an account number of two to ten.

    The fifth digit is a check digit of the four. The account's own check digit is each bank's affair.
    Source: bankgirot
    """
    found = _WRITTEN.fullmatch(_plain(text))
    if found is None:
        return [Problem("bad_bank_account", BAD_BANK_ACCOUNT)]
    clearing, fifth = found["clearing"], found["fifth"] or ""
    if clearing in _NO_BANKS:
        return [Problem("bad_clearing", BAD_CLEARING, values={"clearing": clearing})]
    if fifth and not clearing.startswith(_SWEDBANK):
        return [Problem("fifth_digit", FIFTH_DIGIT)]
    if fifth and not identity.is_valid_luhn(clearing + fifth):
        values = {"clearing": f"{clearing}-{fifth}"}
        return [Problem("wrong_fifth_digit", WRONG_FIFTH_DIGIT, values=values)]
    if not _SHORTEST <= len(_digits(found["account"])) <= _LONGEST:
        return [Problem("account_length", ACCOUNT_LENGTH, values={"least": _SHORTEST, "most": _LONGEST})]
    return []


def normalise_bank_account(text: str) -> str:
    """Return a correctly written account as it is stored: clearing number, dash, account number."""
    found = _WRITTEN.fullmatch(_plain(text))
    if found is None:
        return ""
    return f"{found['clearing']}{found['fifth'] or ''}-{_digits(found['account'])}"


def split_bank_account(stored: str) -> tuple[str, str]:
    """Return the clearing number and the account number of a stored account."""
    clearing, _dash, account = stored.partition("-")
    return clearing, account


def format_bank_account(stored: str) -> str:
    """Show a stored account as `6789, 123 456 789` or `8327-9, 123 456 789-0`."""
    clearing, account = split_bank_account(stored)
    if len(clearing) > 4:
        return f"{clearing[:4]}-{clearing[4:]}, {_grouped(account[:-1])}-{account[-1:]}"
    return f"{clearing}, {_grouped(account)}"


def _plain(text: str) -> str:
    """Return the text with plain dashes and single spaces."""
    return " ".join(text.translate(identity.DASHES).split())


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _grouped(digits: str) -> str:
    """Return digits in groups of three from the left, as banks print them."""
    return " ".join(digits[at : at + 3] for at in range(0, len(digits), 3))
