"""A made-up month of a client as JSON, to facts: what is wrong is told by the path of its key."""

import re
from collections.abc import Iterable, Mapping
from datetime import MAXYEAR, date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from kvitt.foundation.values.dates import Period, last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"(-?)([0-9]{1,9})(?:\.([0-9]{1,2}))?")
_HALF_MONTH = 14

NOT_AN_AMOUNT = _('This is an amount in kronor, as a text with at most two decimals: "1823.00".')
BELOW_ZERO = _("This amount cannot be below zero.")
NOT_A_MONTH = _('This is a month written as "2025-03".')
NOT_A_DATE = _('This is a date written as "2025-03-12".')
ENDS_BEFORE = _("The last day lies before the first.")
NOT_A_LAST_DAY = _("A housing contract ends the 14th or the last day of a month.")
OVERLAPS = _("Two absences share a day. Change the dates of one of them.")
REPORTED_MISSING = _("A planned absence tells when it was reported.")

# What the library calls a fault, what we call it, and what we say.
_SAID: Mapping[str, tuple[str, str]] = {
    "extra_forbidden": ("unknown_key", _("The key is not known. Take it away, or check how it is spelled.")),
    "missing": ("missing", _("The key is missing.")),
    "model_type": ("not_an_object", _("This is an object with keys.")),
    "list_type": ("not_a_list", _("This is a list.")),
    "bool_type": ("not_yes_or_no", _("This is true or false.")),
    "literal_error": ("not_a_choice", _("This is one of %(expected)s.")),
    **dict.fromkeys(
        ("string_type", "string_too_short", "string_too_long", "string_unicode"),
        ("not_a_text", _("This is a text of 1 to 200 characters.")),
    ),
    **dict.fromkeys(
        ("int_type", "greater_than_equal", "less_than_equal"),
        ("not_a_count", _("This is a whole number from 0 to 100000.")),
    ),
}


def _signed_ore(written: object) -> Ore:
    match = _AMOUNT.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise PydanticCustomError("not_an_amount", NOT_AN_AMOUNT)
    sign, kronor, decimals = match.groups()
    amount = int(kronor) * 100 + int((decimals or "").ljust(2, "0"))
    return -amount if sign else amount


def _ore(written: object) -> Ore:
    amount = _signed_ore(written)
    if amount < 0:
        raise PydanticCustomError("below_zero", BELOW_ZERO)
    return amount


def _day(written: object) -> date:
    if isinstance(written, str) and _DATE.fullmatch(written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            pass
    raise PydanticCustomError("not_a_date", NOT_A_DATE)


def _begun(day: date) -> date:
    if day.year == MAXYEAR:  # the day from which something counts would lie after the last there is
        raise PydanticCustomError("not_a_date", NOT_A_DATE)
    return day


def _month(written: object) -> date:
    if isinstance(written, str) and _MONTH.fullmatch(written):
        try:
            return date.fromisoformat(f"{written}-01")
        except ValueError:
            pass
    raise PydanticCustomError("not_a_month", NOT_A_MONTH)


def _contract_end(day: date) -> date:
    if day.day != _HALF_MONTH and day != last_day_of_month(day):
        raise PydanticCustomError("not_a_last_day", NOT_A_LAST_DAY)
    return day


SignedAmount = Annotated[Ore, BeforeValidator(_signed_ore)]
Amount = Annotated[Ore, BeforeValidator(_ore)]
Day = Annotated[date, BeforeValidator(_day)]
BegunDay = Annotated[Day, AfterValidator(_begun)]
ContractEnd = Annotated[Day, AfterValidator(_contract_end)]
Month = Annotated[date, BeforeValidator(_month)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0, le=100_000)]


class _Written(BaseModel):
    """What is written is taken as it is: no key more, no value made into another kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class WrittenCare(_Written):
    """A service under the fee cap, with its monthly amount (öre)."""

    service: Name
    monthly: Amount


class WrittenRent(_Written):
    """A housing contract: the day of moving in, its end, and the monthly rent (öre)."""

    housing: Literal["care_home", "serviced_flat"]
    moved_in: BegunDay
    ends: ContractEnd | None = None
    monthly: Amount


class WrittenAbsence(_Written):
    """An absence; open without a last day."""

    first: Annotated[Day, Field(alias="from")]
    to: Day | None = None
    reason: Literal["planned", "unplanned"]
    reported: Annotated[BegunDay | None, Field(validate_default=True)] = None

    @field_validator("to")
    @classmethod
    def _is_in_order(cls, to: date | None, read: ValidationInfo) -> date | None:
        if to is not None and "first" in read.data and to < read.data["first"]:
            raise PydanticCustomError("ends_before", ENDS_BEFORE)
        return to

    @field_validator("reported")
    @classmethod
    def _is_told_when_planned(cls, reported: date | None, read: ValidationInfo) -> date | None:
        if reported is None and read.data.get("reason") == "planned":
            raise PydanticCustomError("reported_missing", REPORTED_MISSING)
        return reported

    @property
    def period(self) -> Period:
        """From the first to the last absence day."""
        return Period(self.first, self.to)


class WrittenProduct(_Written):
    """A product: how many, and the price of one (öre)."""

    product: Name
    count: Count
    price: Amount


class WrittenCorrection(_Written):
    """A correction (öre, signed) with its text."""

    text: Name
    amount: SignedAmount


class Simulation(_Written):
    """A made-up month of a client; amounts in öre, `board_day` None where the price list's holds."""

    month: Month
    household: Literal["single", "couple"] = "single"
    accepts_cap: bool = False
    net_income: Amount | None = None
    housing_cost: Amount = 0
    care: list[WrittenCare] = []
    board_monthly: Amount = 0
    board_day: Amount | None = None
    rent: WrittenRent | None = None
    absences: list[WrittenAbsence] = []
    products: list[WrittenProduct] = []
    corrections: list[WrittenCorrection] = []


def read_simulation(written: object) -> tuple[Simulation | None, list[Problem]]:
    """Return a made-up month, or what is wrong with it: a problem's field is the path of its key.

    Source: spec CF-22.
    """
    try:
        simulation = Simulation.model_validate(written)
    except ValidationError as fault:
        return None, [_problem(error) for error in fault.errors(include_url=False)]
    periods = [absence.period for absence in simulation.absences]
    problems = [
        Problem("overlaps", OVERLAPS, f"absences[{place}]")
        for place, period in enumerate(periods)
        if any(period.overlaps(other) for other in periods[:place])
    ]
    return (None, problems) if problems else (simulation, [])


def _problem(error: ErrorDetails) -> Problem:
    kind = error["type"]
    code, message = _SAID.get(kind, (kind, error["msg"]))
    return Problem(code, message, _path(error["loc"]), error.get("ctx", {}))


def _path(places: Iterable[int | str]) -> str:
    """Return `care[0].monthly` for the places of a value."""
    path = ""
    for place in places:
        path += f"[{place}]" if isinstance(place, int) else f".{place}"
    return path.removeprefix(".")
