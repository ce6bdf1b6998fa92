"""What a treatment plan must hold before it is sent to be preauthorized, and how long a decision holds."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import teeth
from kvitt.foundation.values.case_numbers import write_number
from kvitt.foundation.values.dates import Period, add_months, day_before
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules.claim import CertificateFacts
from kvitt.registers.price_lists.lifecycle import Demand, Dentition, Pricing
from kvitt.registers.price_lists.rules import Item

MOST_OF_ONE = 99
HIGHEST_PRICE: Ore = 100_000_000
MARK_LENGTH = 16

NO_CERTIFICATE = _(
    "The patient has no certificate for %(support)s that holds today. Choose S dental care, or ask the "
    "region to register the certificate."
)
NO_CATEGORY = _("Choose the patient category of S dental care.")
NOT_OF_S = _("Patient category %(category)s is not one of S dental care today. Choose another.")
NO_CODE = _("There is no code %(code)s today. Type the beginning of a code, or part of its name.")
NO_PRICE_TODAY = _("Code %(code)s has no price today. Choose another code.")
BAD_COUNT = _("The count is %(count)s. Give a number from 1 to %(most)s.")
TYPE_PRICE = _("Code %(code)s is paid at actual cost. Give the cost of one, in kronor.")
BAD_PRICE = _("The cost is more than 0 kr and at most 1 million kr. Check the number of digits.")
FIXED_PRICE = _("Code %(code)s has a fixed price. Leave the cost empty.")
NEEDS_TOOTH_OR_JAW = _("Code %(code)s needs a tooth or a jaw. Give a tooth, for example 13, or ÖK or UK.")
NEEDS_TOOTH = _("Code %(code)s needs a tooth. Give a tooth, for example 13.")
NEEDS_JAW = _("Code %(code)s needs a jaw. Give ÖK or UK.")
TAKES_NO_PLACE = _("Code %(code)s is reported without tooth and jaw. Leave the field empty.")
TAKES_NO_TOOTH = _(
    "Code %(code)s is reported without a tooth. Give a jaw, ÖK or UK, or leave the field empty."
)
TAKES_NO_JAW = _("Code %(code)s is reported without a jaw. Give a tooth, or leave the field empty.")
PRIMARY_TOOTH = _(
    "%(location)s is a primary tooth, and code %(code)s is for permanent teeth. Give a tooth from 11 to 48."
)
PERMANENT_TOOTH = _(
    "%(location)s is a permanent tooth, and code %(code)s is for primary teeth. Give a tooth from 51 to 85."
)
IS_SENT = _(
    "The request is sent and its procedures stay as they are. Take it back first, if it is not decided."
)
IS_DECIDED = _("The plan is decided. Make a new plan to send more documents.")
NO_LONGER = _("Code %(code)s cannot be planned any more. Remove it, and choose another.")
OTHER_PRICE = _("The price of code %(code)s has changed. Remove it, and add it again.")
CHANGED_MEANWHILE = _(
    "%(who)s has changed the plan since you opened it. What you see is up to date. Check it and try again."
)


@dataclass(frozen=True)
class PlannedEntry:
    """A procedure as it is typed: at a tooth or a jaw, how many, and what one costs where that is typed."""

    code: str
    location: str = ""
    count: int = 1
    price: Ore | None = None


def calculate_plan_number(year: int, running_number: int) -> str:
    """A plan has its letter, the year and a running number; it becomes the FHB number.

    Source: spec SC-4.
    """
    return write_number("F", year, running_number)


def calculate_certificate(
    support: SupportType, certificates: Sequence[CertificateFacts], *, on: date
) -> CertificateFacts | None:
    """A certificate entitles to its own kind of support, on the days it holds.

    Source: spec SC-1, SC-4.
    """
    return next((one for one in certificates if one.support == support and one.holds_on(on)), None)


def check_support(
    support: SupportType,
    category: str,
    *,
    certificates: Sequence[CertificateFacts],
    categories: Mapping[str, SupportType],
    on: date,
) -> list[Problem]:
    """N and F dental care need a certificate that holds; S dental care needs one of its categories and none.

    Source: fakturaportalen, page 2; spec SC-2, SC-4.
    """
    if support is not SupportType.S:
        if calculate_certificate(support, certificates, on=on) is not None:
            return []
        values: dict[str, object] = {"support": Problem("support", support.label)}
        return [Problem("no_certificate", NO_CERTIFICATE, field="support", values=values)]
    if not category:
        return [Problem("no_category", NO_CATEGORY, field="category")]
    if categories.get(category) is not SupportType.S:
        return [Problem("not_of_s", NOT_OF_S, field="category", values={"category": category})]
    return []


def calculate_category(
    support: SupportType, category: str, certificates: Sequence[CertificateFacts], *, on: date
) -> str:
    """The category of N and F dental care is that of the certificate; that of S dental care is chosen.

    Source: spec SC-4, SC-7.
    """
    held = calculate_certificate(support, certificates, on=on)
    return category if held is None else held.category


def check_planned(entry: PlannedEntry, item: Item | None) -> list[Problem]:
    """A planned procedure has a code valid today, a place exactly where one is demanded, a count and a cost.

    Source: spec SC-4.
    """
    if item is None:
        problems = [Problem("unknown_code", NO_CODE, field="code", values={"code": entry.code})]
        return [*problems, *_check_count(entry.count)]
    return [*_check_place(entry.location, item), *_check_count(entry.count), *_check_price(entry.price, item)]


def calculate_planned_price(entry: PlannedEntry, item: Item) -> Ore:
    """One costs what the price list says today; what is paid at actual cost costs what is typed.

    Source: spec SC-4.
    """
    return (entry.price if item.pricing == Pricing.ACTUAL else item.price) or 0


def check_open(*, is_sent: bool) -> list[Problem]:
    """What is sent stays as it is: only a plan that waits for nothing is changed.

    Source: spec SC-4, NA-19.
    """
    return [Problem("is_sent", IS_SENT)] if is_sent else []


def check_documents_open(*, is_decided: bool) -> list[Problem]:
    """Documents can be added until the decision, while the request waits too.

    Source: spec SC-4, NA-19.
    """
    return [Problem("is_decided", IS_DECIDED)] if is_decided else []


def check_still_priced(code: str, price: Ore, item: Item | None) -> list[Problem]:
    """A plan is sent with codes valid that day, at the prices of that day.

    Source: spec SC-4.
    """
    values = {"code": code}
    if item is None:
        return [Problem("no_longer", NO_LONGER, values=values)]
    if item.pricing != Pricing.ACTUAL and item.price != price:
        return [Problem("other_price", OTHER_PRICE, values=values)]
    return []


def check_unchanged(seen: str, mark: str, *, who: str) -> list[Problem]:
    """A plan that somebody else has changed is shown before it is sent.

    Source: spec CO-24, SC-4.
    """
    if seen in {"", mark}:
        return []
    return [Problem("changed_meanwhile", CHANGED_MEANWHILE, values={"who": who})]


def calculate_mark(motivation: str, procedures: Collection[tuple[int, str, str, int, Ore]]) -> str:
    """The same content of a plan always gives the same text.

    A procedure is its id, code, place, count and price. Source: spec CO-24, SC-4.
    """
    return hashlib.sha256(repr((sorted(procedures), motivation)).encode()).hexdigest()[:MARK_LENGTH]


def calculate_validity(decided_on: date, *, months: int) -> Period:
    """A preauthorization holds from its decision, as many months as the region says, unless told otherwise.

    Source: vgr-fhb; spec SC-4.
    """
    return Period(decided_on, day_before(add_months(decided_on, months)))


def _check_count(count: int) -> list[Problem]:
    if 1 <= count <= MOST_OF_ONE:
        return []
    values = {"count": count, "most": MOST_OF_ONE}
    return [Problem("bad_count", BAD_COUNT, field="count", values=values)]


def _check_price(price: Ore | None, item: Item) -> list[Problem]:
    values: dict[str, object] = {"code": item.code}
    if item.pricing == Pricing.ACTUAL:
        if price is None:
            return [Problem("price_missing", TYPE_PRICE, field="price", values=values)]
        return [] if 0 < price <= HIGHEST_PRICE else [Problem("bad_price", BAD_PRICE, field="price")]
    if price is not None:
        return [Problem("price_typed", FIXED_PRICE, field="price", values=values)]
    return [] if item.price else [Problem("no_price", NO_PRICE_TODAY, field="code", values=values)]


def _check_place(location: str, item: Item) -> list[Problem]:
    message = _wrong_place(location, item)
    values: dict[str, object] = {"code": item.code, "location": location}
    return [Problem("wrong_place", message, field="location", values=values)] if message else []


def _wrong_place(location: str, item: Item) -> str:
    """Return what is wrong with the tooth or jaw, or nothing."""
    needed = _needed_place(item)
    if not location:
        return needed
    if item.tooth == Demand.NO and item.jaw == Demand.NO:
        return TAKES_NO_PLACE
    if teeth.is_jaw(location):
        return (needed or TAKES_NO_JAW) if item.jaw == Demand.NO else ""
    if not teeth.is_tooth(location):
        return teeth.NOT_A_LOCATION
    if item.tooth == Demand.NO:
        return needed or TAKES_NO_TOOTH
    return _wrong_dentition(location, item.dentition)


def _wrong_dentition(tooth: str, dentition: Dentition) -> str:
    """Return what is wrong when the code is for the other kind of teeth, or nothing."""
    if dentition == Dentition.PERMANENT and teeth.is_primary_tooth(tooth):
        return PRIMARY_TOOTH
    is_wrong = dentition == Dentition.PRIMARY and teeth.is_permanent_tooth(tooth)
    return PERMANENT_TOOTH if is_wrong else ""


def _needed_place(item: Item) -> str:
    if item.tooth == Demand.MUST and item.jaw == Demand.MUST:
        return NEEDS_TOOTH_OR_JAW
    if item.tooth == Demand.MUST:
        return NEEDS_TOOTH
    return NEEDS_JAW if item.jaw == Demand.MUST else ""
