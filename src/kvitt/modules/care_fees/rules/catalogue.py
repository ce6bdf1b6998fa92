"""What is right of the services of the catalogue, and of their dated prices."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import CareKind, Measure, ServiceKind

LONGEST_CODE = 20
LONGEST_NAME = 100
VAT_PERCENTS = (0, 6, 12, 25)
_CODE = re.compile(r"[A-ZÅÄÖ0-9-]{1,20}")

BAD_CODE = _("A code has 1 to 20 letters, digits and dashes. Write it so: OMV.")
CODE_EXISTS = _("There is a service %(code)s already. Choose another code, or change that service.")
NO_NAME = _("The name is missing. Write what the invoice should call the service.")
LONG_NAME = _("The name has more than %(longest)s characters. Shorten it.")
GRANTED_BY_MONTH = _("What is granted costs by the month. Choose By the month.")
PRODUCT_BY_QUANTITY = _("What is registered costs by count or by the hour. Choose Count or Minutes.")
CARE_IS_GRANTED = _("A product is neither care, alarm nor board to the rules of absence. Choose Other.")
RESTRICTED_IS_PRODUCT = _("Only a product is registered, and can be restricted to some units.")
ENDS_BEFORE = _("The last day %(last_on)s is before the first, %(first_on)s. Change one of them.")
KIND_STAYS = _("%(code)s is granted or registered as it is. Make a new service instead.")
FIRST_DAY_STAYS = _("%(code)s is in the catalogue from %(first_on)s. Keep that day.")
OTHER_FACTS = _("The line says something else about %(code)s than line %(line)s. Make them agree.")

BAD_VAT = _("VAT is 0, 6, 12 or 25 percent, not %(percent)s. Choose one of them.")
NEGATIVE_PRICE = _("A price is not below zero. Write what the service costs.")
ONLY_BOARD_BY_DAY = _("Only board is cut by a day amount. Leave it empty.")
LARGE_DAY_AMOUNT = _("The day amount is more than the month costs. Check the two amounts.")
PRICE_BEFORE_SERVICE = _("The service begins %(first_on)s. Let the price begin that day or later.")
PRICE_HAS_BEGUN = _("The price from %(first_on)s has begun, and stays. Add one from a later day.")
PRICE_EXISTS = _("Another price begins %(first_on)s. Choose another day.")
PRICE_IN_THE_PAST = _(
    "The days from %(first_on)s have a price already. Let the new one begin today or later."
)


def normalise_code(text: str) -> str:
    """Return a code as it is kept: in capitals, without spaces around it.

    Source: spec CF-6.
    """
    return text.strip().upper()


@dataclass(frozen=True)
class ServiceFacts:
    """A service as somebody wrote it."""

    code: str
    name: str
    kind: ServiceKind
    care: CareKind
    measure: Measure
    is_capped: bool
    is_restricted: bool
    first_on: date
    last_on: date | None = None

    @property
    def period(self) -> Period:
        """From when to when it is in the catalogue."""
        return Period(self.first_on, self.last_on)


@dataclass(frozen=True)
class PriceFacts:
    """A price from a day on: per month, per piece or per hour."""

    first_on: date
    amount: Ore
    day_amount: Ore | None = None
    vat_percent: int = 0
    last_on: date | None = None

    @property
    def period(self) -> Period:
        """From when to when it is written to hold."""
        return Period(self.first_on, self.last_on)


def check_service(facts: ServiceFacts) -> list[Problem]:
    """A service has a code and a name; what is granted goes by the month, what is registered does not.

    Source: debitering-ao, page 21; spec CF-6.
    """
    problems = []
    if not _CODE.fullmatch(facts.code):
        problems.append(Problem("bad_code", BAD_CODE, "code"))
    if not facts.name.strip():
        problems.append(Problem("no_name", NO_NAME, "name"))
    if len(facts.name) > LONGEST_NAME:
        problems.append(Problem("long_name", LONG_NAME, "name", {"longest": LONGEST_NAME}))
    is_product = facts.kind is ServiceKind.PRODUCT
    if is_product and facts.measure is Measure.MONTH:
        problems.append(Problem("product_by_quantity", PRODUCT_BY_QUANTITY, "measure"))
    if not is_product and facts.measure is not Measure.MONTH:
        problems.append(Problem("granted_by_month", GRANTED_BY_MONTH, "measure"))
    if is_product and facts.care is not CareKind.OTHER:
        problems.append(Problem("care_is_granted", CARE_IS_GRANTED, "care"))
    if not is_product and facts.is_restricted:
        problems.append(Problem("restricted_is_product", RESTRICTED_IS_PRODUCT, "is_restricted"))
    return problems + check_order(facts.first_on, facts.last_on)


def check_order(first_on: date, last_on: date | None) -> list[Problem]:
    """Nothing ends before it begins.

    Source: spec CF-6.
    """
    if last_on is None or last_on >= first_on:
        return []
    return [Problem("ends_before", ENDS_BEFORE, "last_on", {"first_on": first_on, "last_on": last_on})]


def check_change(old: ServiceFacts, new: ServiceFacts, *, is_used: bool) -> list[Problem]:
    """A service keeps its first day; what is granted or registered keeps kind, measure and kind of care.

    Source: spec CF-6.
    """
    problems = []
    if old.first_on != new.first_on:
        values = {"code": old.code, "first_on": old.first_on}
        problems.append(Problem("first_day_stays", FIRST_DAY_STAYS, "first_on", values))
    if is_used and (old.kind, old.measure, old.care) != (new.kind, new.measure, new.care):
        problems.append(Problem("kind_stays", KIND_STAYS, "kind", {"code": old.code}))
    return problems


def check_same_service(first: ServiceFacts, other: ServiceFacts, *, line: int) -> list[Problem]:
    """Lines of a file with prices of one service say the same of the service.

    Source: spec CO-16.
    """
    if first == other:
        return []
    return [Problem("other_facts", OTHER_FACTS, "", {"code": first.code, "line": line})]


def find_price(prices: Iterable[PriceFacts], on: date) -> PriceFacts | None:
    """Return the price in force on a day: the last that has begun, unless it has ended.

    Source: spec CF-6.
    """
    begun = [price for price in prices if price.first_on <= on]
    last = max(begun, key=lambda price: price.first_on, default=None)
    return last if last is not None and last.period.contains(on) else None


def check_price(
    price: PriceFacts, *, service: ServiceFacts, others: Sequence[PriceFacts], today: date
) -> list[Problem]:
    """A price is right and comes after those that have begun: what was in force is never changed.

    Source: spec CF-6, CF-15.
    """
    return check_price_content(price, service=service) or check_price_history(price, others, today=today)


def check_price_content(price: PriceFacts, *, service: ServiceFacts) -> list[Problem]:
    """A price has a right VAT and begins with its service or later; only board has a day amount.

    Source: spec CF-6, CF-15.
    """
    problems = []
    if price.vat_percent not in VAT_PERCENTS:
        problems.append(Problem("bad_vat", BAD_VAT, "vat_percent", {"percent": price.vat_percent}))
    if price.amount < 0:
        problems.append(Problem("negative_price", NEGATIVE_PRICE, "amount"))
    if price.day_amount is not None:
        problems += _check_day_amount(price, price.day_amount, service)
    problems += check_order(price.first_on, price.last_on)
    if price.first_on < service.first_on:
        values = {"first_on": service.first_on}
        problems.append(Problem("price_before_service", PRICE_BEFORE_SERVICE, "first_on", values))
    return problems


def check_price_history(price: PriceFacts, others: Sequence[PriceFacts], *, today: date) -> list[Problem]:
    """A price that has begun is not changed, and no day that is over gets another one.

    Source: spec CF-6.
    """
    values = {"first_on": price.first_on}
    same = next((other for other in others if other.first_on == price.first_on), None)
    if same is not None and same.first_on <= today:
        return [] if same == price else [Problem("price_has_begun", PRICE_HAS_BEGUN, "first_on", values)]
    if price.first_on >= today or find_price(others, price.first_on) is None:
        return []
    return [Problem("price_in_the_past", PRICE_IN_THE_PAST, "first_on", values)]


def _check_day_amount(price: PriceFacts, day_amount: Ore, service: ServiceFacts) -> list[Problem]:
    if service.care is not CareKind.BOARD:
        return [Problem("only_board_by_day", ONLY_BOARD_BY_DAY, "day_amount")]
    if day_amount < 0:
        return [Problem("negative_price", NEGATIVE_PRICE, "day_amount")]
    if day_amount > price.amount:
        return [Problem("large_day_amount", LARGE_DAY_AMOUNT, "day_amount")]
    return []
