"""What can be claimed for a patient: N and F as the certificates have it, S always."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.dates import Period, add_months, day_before
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules.facts import CertificateFacts


@dataclass(frozen=True)
class Choice:
    """A part of the support that can be chosen, with the certificate that entitles to it; S has none."""

    support: SupportType
    certificate: CertificateFacts | None = None


def calculate_period(certificate: CertificateFacts) -> Period | None:
    """A certificate holds from its first day to its last, or to the day before it is revoked; maybe on none.

    Source: fakturaportalen, page 2; spec SC-1, SC-1a.
    """
    ends = [certificate.last_on] if certificate.last_on else []
    if certificate.revoked_on:
        ends.append(day_before(certificate.revoked_on))
    last = min(ends, default=None)
    if last is not None and last < certificate.first_on:
        return None
    return Period(certificate.first_on, last)


def calculate_choices(
    certificates: Sequence[CertificateFacts], *, today: date, limit_months: int
) -> list[Choice]:
    """N and F can be claimed with a certificate that holds on a day whose care can be claimed today.

    Of several certificates of one kind it is the one that holds latest. S can always be chosen.
    Source: fakturaportalen, page 2; spec SC-2, SC-6, SC-11.
    """
    claimable = Period(add_months(today, -limit_months), today)
    found = []
    for support in (SupportType.N, SupportType.F):
        held = [
            (period.last or date.max, period.first, one)
            for one in certificates
            if one.support == support
            and (period := calculate_period(one)) is not None
            and period.overlaps(claimable)
        ]
        if held:
            found.append(Choice(support, max(held, key=lambda entry: entry[:2])[2]))
    return [*found, Choice(SupportType.S)]
