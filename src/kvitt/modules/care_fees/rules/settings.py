"""The settings of a client: what they may be, and what is proposed."""

import re
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import municipalities
from kvitt.foundation.values.dates import day_after
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import FeeType

OTHER_MUNICIPALITY = "other_municipality"
_PARISH_CODE = re.compile(r"[0-9]{6}")

BAD_PARISH_CODE = _(
    "%(code)s is not a parish code. It has six digits, the first four are the municipality's: %(example)s."
)
UNKNOWN_MUNICIPALITY = _(
    "No municipality has the code %(municipality)s, with which the parish code begins. Check it, "
    "or fetch it from the population register."
)
PARISH_ELSEWHERE = _(
    "The parish code is of %(municipality)s. Use the municipality's own for those who come from elsewhere, "
    "%(own)s, or confirm that the code is to stand."
)
NO_PARISH_CODE = _("The population register tells no parish code of the person. Write it, or leave it empty.")
NOTHING_CHANGED = _("Nothing is changed. Change a value, or press Cancel.")


@dataclass(frozen=True)
class SettingsValues:
    """What the fee of a client is calculated by."""

    fee_type: FeeType
    accepts_cap: bool
    parish_code: str = ""


@dataclass(frozen=True)
class ParishTerms:
    """The code of the municipality, and the parish code it uses for those from elsewhere: data of its own."""

    municipality: str
    own: str


def propose_settings(*, is_in_care_home: bool, has_partner: bool, parish_code: str = "") -> SettingsValues:
    """In home care the civil status decides, and the cap is accepted; in a care home neither.

    Source: debitering-ao, pages 10-11; spec CF-5.
    """
    if is_in_care_home:
        return SettingsValues(FeeType.SINGLE, accepts_cap=False, parish_code=parish_code)
    fee_type = FeeType.COUPLE if has_partner else FeeType.SINGLE
    return SettingsValues(fee_type, accepts_cap=True, parish_code=parish_code)


def propose_single(fee_type: FeeType, *, partner_died_on: date | None) -> date | None:
    """Who is one of a couple is proposed as single from the day after the other's death.

    Source: debitering-ao, page 10; spec CF-5.
    """
    is_left = partner_died_on is not None and fee_type is FeeType.COUPLE
    return day_after(partner_died_on) if partner_died_on is not None and is_left else None


def check_parish_code(code: str, terms: ParishTerms, *, is_confirmed: bool = False) -> list[Problem]:
    """A parish code has six digits and begins with a municipality's code.

    One of another municipality stands only where somebody confirms it: the municipality has a code of its own
    for those who come from elsewhere. Without a code there is nothing to check yet.
    Source: debitering-ao, pages 11-12; spec CF-5.
    """
    if not code:
        return []
    if not _PARISH_CODE.fullmatch(code):
        example = terms.own or f"{terms.municipality}01"
        values = {"code": code, "example": example}
        return [Problem("bad_parish_code", BAD_PARISH_CODE, "parish_code", values)]
    known, municipality = municipalities.municipalities(), code[: len(terms.municipality) or 4]
    if municipality == terms.municipality:
        return []
    if municipality not in known:
        values = {"municipality": municipality}
        return [Problem("unknown_municipality", UNKNOWN_MUNICIPALITY, "parish_code", values)]
    if is_confirmed:
        return []
    values = {"municipality": known[municipality].name, "own": terms.own}
    return [Problem(OTHER_MUNICIPALITY, PARISH_ELSEWHERE, "parish_code", values)]
