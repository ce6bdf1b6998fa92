"""The catalogue of services as CSV: one line for each price, every fault with its line."""

from dataclasses import dataclass

from kvitt.foundation.values.csv_rows import Cells, Fault, Key, Row, read_rows
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.lifecycle import CareKind, Measure, ServiceKind
from kvitt.modules.care_fees.rules import catalogue as rules

SERVICES = "services.csv"
COLUMNS = (
    *("code", "name", "kind", "care", "measure", "capped", "restricted", "first_on", "last_on"),
    *("price_from", "price_to", "price", "day_amount", "vat"),
)
OPTIONAL = ("last_on", "price_from", "price_to", "price", "day_amount", "vat")
_OF_PRICES = ("price_from", "price_to", "price", "day_amount", "vat")


class Answer(Labelled):
    """Yes or no, as a file writes it."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class CatalogueLine:
    """A service, and one of its prices; None where it has none and is registered for follow-up only."""

    service: rules.ServiceFacts
    price: rules.PriceFacts | None

    @property
    def key(self) -> Key:
        """A service stands once for each price."""
        return (self.service.code, self.price.first_on if self.price else None)


Lines = dict[Key, Row[CatalogueLine]]


def read_services(content: bytes) -> tuple[Lines, list[Fault]]:
    """Return the lines of a file by code and price, and what is wrong in it, in the order of the lines.

    Source: spec CO-16, CF-6.
    """
    found: Lines = {}
    faults: list[Fault] = []
    read_rows(SERVICES, content, _line, found, faults, _check, columns=COLUMNS, optional=OPTIONAL)
    first: dict[str, Row[CatalogueLine]] = {}
    for row in found.values():
        facts = row.facts.service
        known = first.setdefault(facts.code, row)
        faults += row.faults(rules.check_same_service(known.facts.service, facts, line=known.line))
    return found, sorted(faults, key=lambda fault: fault.line)


def _line(cells: Cells) -> CatalogueLine:
    service = rules.ServiceFacts(
        code=rules.normalise_code(cells.text("code")),
        name=cells.text("name"),
        kind=cells.choice("kind", ServiceKind),
        care=cells.choice("care", CareKind),
        measure=cells.choice("measure", Measure),
        is_capped=cells.choice("capped", Answer) is Answer.YES,
        is_restricted=cells.choice("restricted", Answer) is Answer.YES,
        first_on=cells.day("first_on"),
        last_on=cells.last_day("last_on"),
    )
    if not any(cells.text(column) for column in _OF_PRICES):
        return CatalogueLine(service, None)
    price = rules.PriceFacts(
        first_on=cells.day("price_from"),
        amount=cells.amount("price"),
        day_amount=cells.amount("day_amount") if cells.text("day_amount") else None,
        vat_percent=cells.count("vat") or 0,
        last_on=cells.last_day("price_to"),
    )
    return CatalogueLine(service, price)


def _check(line: CatalogueLine) -> list[Problem]:
    problems = rules.check_service(line.service)
    if line.price is not None:
        problems += rules.check_price_content(line.price, service=line.service)
    return problems
