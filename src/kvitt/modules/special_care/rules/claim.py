"""Everything that is checked when a claim is sent in, typed or read from a file."""

import re
from collections.abc import Collection

from kvitt.foundation.values.text import search_key
from kvitt.modules.special_care.lifecycle import CareModel, SupportType
from kvitt.modules.special_care.rules import fees, lines, use
from kvitt.modules.special_care.rules.facts import (
    CARD_LENGTH,
    COMMENT_LENGTH,
    FEE_CODE,
    FEE_TEXT,
    REFERENCE_KEY_LENGTH,
    REFERENCE_LENGTH,
    ApprovedProcedure,
    CardFacts,
    CategoryFacts,
    CertificateFacts,
    ClaimFacts,
    DayFacts,
    Known,
    LineFacts,
    PlanFacts,
)
from kvitt.modules.special_care.rules.faults import Fault
from kvitt.modules.special_care.rules.lines import check_line
from kvitt.modules.special_care.rules.use import plan_split, plan_use

__all__ = [
    "CARD_LENGTH",
    "COMMENT_LENGTH",
    "FEE_CODE",
    "FEE_TEXT",
    "REFERENCE_KEY_LENGTH",
    "REFERENCE_LENGTH",
    "ApprovedProcedure",
    "CardFacts",
    "CategoryFacts",
    "CertificateFacts",
    "ClaimFacts",
    "DayFacts",
    "Known",
    "LineFacts",
    "PlanFacts",
    "calculate_certificate",
    "calculate_reference",
    "check_claim",
    "check_head",
    "check_line",
    "plan_split",
    "plan_use",
]

_LETTERS_AND_DIGITS = re.compile(r"[^\W_]*")


def check_claim(claim: ClaimFacts, known: Known) -> list[Fault]:
    """Everything that must hold when a claim is sent in; all faults are told at once.

    Source: fakturaportalen, pages 2-5; spec SC-2, SC-3, SC-4a, SC-8 - SC-11.
    """
    return [
        *check_head(claim, counties=known.counties, own_county=known.own_county),
        *_missing_head(claim, known),
        *_certificate_faults(claim, known),
        *use.check_plan(claim, known),
        *use.check_year(claim, known),
        *(fault for place, line in enumerate(claim.lines) for fault in check_line(line, known, place=place)),
        *lines.check_together(claim, known),
        *fees.check_fees(claim, known),
    ]


def check_head(claim: ClaimFacts, *, counties: Collection[str], own_county: str) -> list[Fault]:
    """What was typed about the claim itself is possible, as far as it was typed: a draft may lack much.

    Source: fakturaportalen, page 3; spec SC-7, SC-8, SC-25.
    """
    faults = [*_reference_faults(claim), *_county_faults(claim.county, counties, own_county)]
    if claim.care_model and claim.support is not SupportType.N:
        faults.append(Fault("care_model_only_n"))
    elif claim.care_model and claim.care_model not in list(CareModel):
        faults.append(Fault("care_model_unknown", values={"model": claim.care_model}))
    if claim.card and len(claim.card.number.strip()) > CARD_LENGTH:
        faults.append(Fault("card_number_long", values={"longest": CARD_LENGTH}))
    return faults


def calculate_reference(number: str) -> str:
    """A claim without a reference of the clinic's own gets its number, in letters and digits.

    Source: spec SC-8.
    """
    return number.replace("-", "")


def calculate_certificate(claim: ClaimFacts, known: Known) -> CertificateFacts | None:
    """A claim rests on the certificate that holds at its last treatment; S dental care has none.

    Source: spec SC-1a, SC-7.
    """
    if claim.support is SupportType.S or not claim.lines:
        return None
    last = max(line.performed_on for line in claim.lines)
    holding = [one for one in known.certificates if one.support is claim.support and one.holds_on(last)]
    named = [one for one in holding if one.number == claim.certificate_number]
    return next(iter(named or holding), None)


def _missing_head(claim: ClaimFacts, known: Known) -> list[Fault]:
    """Tell what a draft may lack and a claim that is sent in may not, and what others have used."""
    faults = []
    if not claim.invoice_reference.strip():
        faults.append(Fault("invoice_reference_missing"))
    if claim.support is SupportType.N and not claim.care_model:
        faults.append(Fault("care_model_missing"))
    if known.is_reference_used:
        faults.append(Fault("reference_used"))
    if _is_number_of(claim.reference, known):
        faults.append(Fault("reference_is_personal"))
    if _is_number_of(claim.invoice_reference, known):
        faults.append(Fault("invoice_reference_is_personal"))
    # The length of the card's number is the head's.
    return [*faults, *(fault for fault in fees.check_card(claim.card) if fault.code != "card_number_long")]


def _reference_faults(claim: ClaimFacts) -> list[Fault]:
    faults = []
    reference, longest = claim.reference.strip(), {"longest": REFERENCE_LENGTH}
    if _is_long(claim.invoice_reference):
        faults.append(Fault("invoice_reference_long", values=longest))
    if _is_long(reference):
        faults.append(Fault("reference_long", values=longest))
    elif not _LETTERS_AND_DIGITS.fullmatch(reference):
        faults.append(Fault("reference_characters", values={"reference": reference}))
    return faults


def _is_number_of(text: str, known: Known) -> bool:
    """Tell whether it is the patient's own number, with or without century: it would stand in addresses."""
    written = "".join(each for each in text.upper() if each.isalnum())
    return bool(written) and written in {known.identity_number, known.identity_number[2:]}


def _is_long(text: str) -> bool:
    key = search_key(text)
    return max(len(text.strip()), len(key) - REFERENCE_KEY_LENGTH + REFERENCE_LENGTH) > REFERENCE_LENGTH


def _county_faults(county: str, counties: Collection[str], own_county: str) -> list[Fault]:
    if not county:
        return []
    if county == own_county:
        return [Fault("own_county")]
    return [] if county in counties else [Fault("unknown_county", values={"county": county})]


def _certificate_faults(claim: ClaimFacts, known: Known) -> list[Fault]:
    """Tell each treatment date without certificate, and a category that is not the certificate's."""
    if claim.support is SupportType.S:
        return _category_faults(claim, known)
    support = claim.support.name
    mine = [one for one in known.certificates if one.support is claim.support]
    if claim.certificate_number and claim.certificate_number not in {one.number for one in mine}:
        values = {"number": claim.certificate_number, "support": support}
        return [Fault("unknown_certificate", values=values)]
    faults: list[Fault] = []
    certified: dict[str, None] = {}
    seen = set()
    for place, line in enumerate(claim.lines):
        day = line.performed_on
        holding = [one.category for one in mine if one.holds_on(day)]
        certified.update(dict.fromkeys(holding))
        if not holding and day not in seen:
            faults.append(Fault("no_certificate", place, {"support": support, "day": day}))
        seen.add(day)
    if claim.category and certified and claim.category not in certified:
        values = {"category": claim.category, "certified": ", ".join(certified)}
        faults.append(Fault("category_certificate", values=values))
    return faults


def _category_faults(claim: ClaimFacts, known: Known) -> list[Fault]:
    """S dental care is for a group of illnesses that there is on every treatment date."""
    values = {"category": claim.category, "support": claim.support.name}
    if not claim.category:
        return [Fault("category_missing")]
    category = known.categories.get(claim.category)
    days = [line.performed_on for line in claim.lines] or [known.today]
    for day in days:
        if category is None or not category.period.contains(day):
            return [Fault("category_unknown", values={**values, "day": day})]
    if category is not None and category.support is not claim.support:
        return [Fault("category_support", values=values)]
    return []
