"""What may be done with a claim that is begun and not sent in."""

from collections.abc import Sequence

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.special_care.lifecycle import ClaimStatus, SupportType
from kvitt.modules.special_care.rules.facts import CertificateFacts

NOT_A_DRAFT = _("The claim is already sent in and can no longer be changed. Find it under Your invoices.")
UNKNOWN_SUPPORT = _("Choose N, F or S dental care.")
NOTHING_TO_SPLIT = _(
    "There is nothing to split: the claim does not hold both preauthorized and other care. Choose the "
    "preauthorization first, if it is missing."
)
NO_SUPPORT = _(
    "The patient has no certificate for %(support)s dental care. Choose another part of the support, or "
    "check the personal number."
)


def check_draft(status: str) -> list[Problem]:
    """A claim is changed only until it is sent in.

    Source: spec SC-8, SC-20.
    """
    return [] if status == ClaimStatus.DRAFT else [Problem("not_a_draft", NOT_A_DRAFT)]


def check_support(support: SupportType, certificates: Sequence[CertificateFacts]) -> list[Problem]:
    """A claim for N or F dental care is begun for a patient who has, or has had, such a certificate.

    Whether it holds is asked of each treatment date. Anybody may need S dental care.
    Source: fakturaportalen, page 3; spec SC-2, SC-6.
    """
    if support is SupportType.S or any(one.support is support for one in certificates):
        return []
    return [Problem("no_such_support", NO_SUPPORT, "support", {"support": support.name})]


def check_split(places: Sequence[int]) -> list[Problem]:
    """A claim is split only where preauthorized and other care stand together.

    Source: spec SC-10.
    """
    return [] if places else [Problem("nothing_to_split", NOTHING_TO_SPLIT)]
