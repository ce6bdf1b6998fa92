"""A certificate as it is typed: its checks, how long it holds as a rule, and when it can be revoked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.dates import Period, add_months, day_before
from kvitt.foundation.values.identity import parse_identity_number
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules.category import CategoryFacts
from kvitt.modules.special_care.rules.claim import CertificateFacts

_NUMBER = re.compile(r"^[A-Z0-9]([A-Z0-9-]{0,18}[A-Z0-9])?$")
LONGEST_ISSUER = 200
LONGEST_REASON = 2000

BAD_NUMBER = _("%(number)s is not a certificate number. Write up to 20 letters (A-Z) and digits.")
NO_NUMBER = _("The certificate number is missing. Write the number that stands on the certificate.")
PERSONAL_NUMBER = _("This is a personal identity number. Write the certificate's own number.")
NUMBER_TAKEN = _("Number %(number)s belongs to another certificate. Check the number.")
NO_CERTIFICATE_FOR_S = _("S dental care has no certificates. Choose a category of N or F dental care.")
UNKNOWN_CATEGORY = _("There is no category %(code)s. Choose one from the list.")
CATEGORY_OF_OTHER = _(
    "Category %(code)s does not belong to this support type. Choose another category, or revoke the "
    "certificate and register a new one."
)
CATEGORY_NOT_IN_USE = _(
    "Category %(code)s is not in use on %(first)s. Choose another category, or another first day."
)
DAYS_IN_ORDER = _("The last day is before the first, %(first)s. Change one of them.")
NO_ISSUER = _("Who issued the certificate is missing. Write the name or the title.")
LONG_ISSUER = _("The text is too long. Write at most %(longest)s characters.")
OVERLAPS_OPEN = _(
    "The patient has certificate %(number)s of the same support type, from %(first)s until further notice. "
    "Change its last day or revoke it first."
)
OVERLAPS_CLOSED = _(
    "The patient has certificate %(number)s of the same support type, from %(first)s to %(last)s. "
    "Choose days outside it, or change or revoke it first."
)
IS_REVOKED = _("Certificate %(number)s is revoked and cannot be changed. Register a new one.")
MERGED = _("The patient's record has just been merged with another. Search for the patient again.")
NO_REASON = _("The reason is missing. Write why the certificate is revoked.")
LONG_REASON = _("The reason is too long. Write at most %(longest)s characters.")
REVOKED_BEFORE = _("The certificate begins on %(first)s. Give that day or a later one.")
REVOKED_AFTER = _("The certificate ends on %(last)s by itself. Give that day or an earlier one.")


@dataclass(frozen=True)
class CertificateContent:
    """What a certificate says, but for whom it is; without a last day it holds until further notice."""

    number: str
    support: SupportType
    category: str
    first_on: date
    last_on: date | None
    issued_by: str

    @property
    def period(self) -> Period:
        """The days on which it holds, unless it is revoked."""
        return Period(self.first_on, self.last_on)


def normalise_number(text: str) -> str:
    """A certificate number is compared and kept in capitals, without spaces.

    Source: spec SC-1.
    """
    return "".join(text.split()).upper()


def calculate_last_day(category: CategoryFacts, *, first_on: date) -> date | None:
    """Certificates of a category hold so many years to the day before, or (None) until further notice.

    Source: vgr-intyg; spec SC-1, SC-1a.
    """
    if category.valid_years is None:
        return None
    return day_before(add_months(first_on, category.valid_years * 12))


def check_certificate(
    content: CertificateContent,
    *,
    category: CategoryFacts | None,
    others: Iterable[CertificateFacts],
    today: date,
    is_number_taken: bool = False,
) -> list[Problem]:
    """A certificate has a number of its own, a category in use on its first day, days in order and an issuer.

    Its first day may lie in the past: it then covers care that was given already. `others` are the
    patient's other certificates: one of the same support that is not revoked may not share a day with it.
    Source: spec SC-1, SC-1a.
    """
    problems = [
        *_number_problems(content.number, today=today, is_taken=is_number_taken),
        *_category_problems(content, category),
    ]
    if content.last_on is not None and content.last_on < content.first_on:
        problems.append(Problem("days_in_order", DAYS_IN_ORDER, "last_on", {"first": content.first_on}))
    if not content.issued_by:
        problems.append(Problem("no_issuer", NO_ISSUER, "issued_by"))
    elif len(content.issued_by) > LONGEST_ISSUER:
        problems.append(Problem("long_issuer", LONG_ISSUER, "issued_by", {"longest": LONGEST_ISSUER}))
    return problems or [_overlap(other) for other in others if _shares_a_day(content, other)]


def check_change(before: CertificateFacts, content: CertificateContent) -> list[Problem]:
    """A certificate keeps its support, and is not changed any more once it is revoked.

    Days that claims have counted on may be taken away: what was sent in stays as it is.
    Source: spec SC-1, SC-1a.
    """
    if before.revoked_on is not None:
        return [Problem("is_revoked", IS_REVOKED, "", {"number": before.number})]
    if before.support is not content.support:
        return [Problem("category_of_other", CATEGORY_OF_OTHER, "category", {"code": content.category})]
    return []


def check_revocation(certificate: CertificateFacts, *, revoked_on: date, reason: str) -> list[Problem]:
    """A certificate is revoked once, with a reason, from its first day on and at the latest from its last.

    It holds on the days before; the day may be one to come. Source: fakturaportalen, page 1; spec SC-1.
    """
    if certificate.revoked_on is not None:
        return [Problem("is_revoked", IS_REVOKED, "", {"number": certificate.number})]
    problems = []
    if revoked_on < certificate.first_on:
        values = {"first": certificate.first_on}
        problems.append(Problem("revoked_before", REVOKED_BEFORE, "revoked_on", values))
    elif certificate.last_on is not None and revoked_on > certificate.last_on:
        values = {"last": certificate.last_on}
        problems.append(Problem("revoked_after", REVOKED_AFTER, "revoked_on", values))
    if not reason:
        problems.append(Problem("no_reason", NO_REASON, "reason"))
    elif len(reason) > LONGEST_REASON:
        problems.append(Problem("long_reason", LONG_REASON, "reason", {"longest": LONGEST_REASON}))
    return problems


def _number_problems(number: str, *, today: date, is_taken: bool) -> list[Problem]:
    if not number:
        return [Problem("no_number", NO_NUMBER, "certificate_number")]
    if not _NUMBER.match(number):
        return [Problem("bad_number", BAD_NUMBER, "certificate_number", {"number": number})]
    # The number stands in addresses and in the log, where no personal number may.
    if parse_identity_number(number, today, ()):
        return [Problem("personal_number", PERSONAL_NUMBER, "certificate_number")]
    if is_taken:
        return [Problem("number_taken", NUMBER_TAKEN, "certificate_number", {"number": number})]
    return []


def _category_problems(content: CertificateContent, category: CategoryFacts | None) -> list[Problem]:
    values = {"code": content.category}
    if content.support is SupportType.S:
        return [Problem("no_certificate_for_s", NO_CERTIFICATE_FOR_S, "category")]
    if category is None:
        return [Problem("unknown_category", UNKNOWN_CATEGORY, "category", values)]
    if category.support is not content.support:
        return [Problem("category_of_other", CATEGORY_OF_OTHER, "category", values)]
    if not category.period.contains(content.first_on):
        in_use = values | {"first": content.first_on}
        return [Problem("category_not_in_use", CATEGORY_NOT_IN_USE, "category", in_use)]
    return []


def _shares_a_day(content: CertificateContent, other: CertificateFacts) -> bool:
    is_rival = other.support is content.support and other.revoked_on is None
    return is_rival and content.period.overlaps(Period(other.first_on, other.last_on))


def _overlap(other: CertificateFacts) -> Problem:
    values = {"number": other.number, "first": other.first_on, "last": other.last_on}
    message = OVERLAPS_OPEN if other.last_on is None else OVERLAPS_CLOSED
    return Problem("overlaps", message, "first_on", values)
