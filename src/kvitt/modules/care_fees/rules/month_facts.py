"""What a client's month is planned from: the facts of the client, and the terms of the month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import CareKind, FeeType, Measure
from kvitt.modules.care_fees.rules.absence import AbsenceFacts, AbsenceTerms
from kvitt.modules.care_fees.rules.catalogue import PriceFacts
from kvitt.modules.care_fees.rules.fee import FeeTerms
from kvitt.modules.care_fees.rules.income import HousingTerms, StatedIncome
from kvitt.modules.care_fees.rules.services import MonthTerms as PartTerms
from kvitt.modules.care_fees.rules.tenancy import DatedRent, TenancyTerms
from kvitt.registers.accounting.rules import RevenueStrings

# Terms --------------------------------------------------------------------------------------------


class ServiceTerms(NamedTuple):
    """A service of the catalogue; `price` is that of the month's first day, `prices` all that matter."""

    code: str
    name: str
    care: CareKind
    measure: Measure
    is_capped: bool
    place: int
    price: PriceFacts | None
    prices: Sequence[PriceFacts]


class UnitTerms(NamedTuple):
    """A care unit: the billing area it belongs to, and whether it is a care home."""

    area: int | None
    is_care_home: bool


@dataclass(frozen=True)
class MonthTerms:
    """Everything dated that decides what a month costs; `key` is another whenever any of it is another.

    `accounts` are the account strings of revenue by the code of the service, or that of rents.
    Source: spec CF-20, CF-21, CF-26.
    """

    month: date
    last: date
    fee: FeeTerms
    part: PartTerms
    absence: Sequence[AbsenceTerms]
    tenancy: TenancyTerms
    housing: HousingTerms
    board_day: Ore
    minimum_invoice: Ore
    services: Mapping[int, ServiceTerms]
    units: Mapping[int, UnitTerms]
    accounts: RevenueStrings = field(default_factory=RevenueStrings)
    key: str = ""


# Facts --------------------------------------------------------------------------------------------


class SettingsFacts(NamedTuple):
    """What the fee is calculated by in the month."""

    fee_type: FeeType
    accepts_cap: bool
    parish_code: str


class GrantedFacts(NamedTuple):
    """That a service is granted at a unit from when to when; `amount` is the client's own of a month."""

    service: int
    unit: int
    first: date
    last: date | None
    amount: Ore | None = None


class PerformedFacts(NamedTuple):
    """What a unit registered of a service in the month."""

    service: int
    unit: int
    quantity: int


class TenancyFacts(NamedTuple):
    """A housing contract with its rents, the earliest first, and its tenants' ids."""

    number: str
    unit: int
    first: date
    last: date | None
    rents: Sequence[DatedRent]
    tenants: Sequence[int]


class CorrectionFacts(NamedTuple):
    """A correction in the month; `service` is None for the rent."""

    service: int | None
    unit: int
    amount: Ore
    text: str


class RecipientFacts(NamedTuple):
    """Whether an invoice finds somebody: what stands of recipients and addresses."""

    has_recipient: bool = False
    has_estate: bool = False
    has_address: bool = False
    has_safe_address: bool = False
    is_protected: bool = False


REACHED = RecipientFacts(has_address=True)


class CarriedFacts(NamedTuple):
    """What an earlier month left of a service (None is rent) to be brought with a later one."""

    month: date
    amount: Ore
    service: int | None = None
    unit: int | None = None
    vat: int = 0


class BilledLine(NamedTuple):
    """A line that was approved: of the month itself, or brought as its difference."""

    service: int | None
    unit: int | None
    vat: int
    amount: Ore


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What is known of a client in a month, and of a spouse or cohabitant (`partner`).

    A partner who is no client has the id None and no more than the person. `area` is that of the month's last
    day; who is in the one for intake is not placed. `earlier` are locked months that may come to something
    else now: in them `counted_to` is the last day of the month that brings it, to which absences are counted.
    """

    client: int | None
    month: date
    area: int | None = None
    is_placed: bool = True
    settings: SettingsFacts | None = None
    stated: StatedIncome | None = None
    adjustments: Sequence[Ore] = ()
    granted: Sequence[GrantedFacts] = ()
    performed: Sequence[PerformedFacts] = ()
    tenancies: Sequence[TenancyFacts] = ()
    absences: Sequence[AbsenceFacts] = ()
    corrections: Sequence[CorrectionFacts] = ()
    partner: "MonthFacts | None" = None
    died_on: date | None = None
    recipient: RecipientFacts = REACHED
    carried: Sequence[CarriedFacts] = ()
    earlier: "Sequence[LockedMonth]" = ()
    counted_to: date | None = None


@dataclass(frozen=True)
class LockedMonth:
    """A month that is approved: what stands of it now, its own terms, and what was billed of it so far."""

    facts: MonthFacts
    terms: MonthTerms
    billed: Sequence[BilledLine]
