"""What an invoice to a client says: reference, lines, VAT, due date, who gets it, and why one waits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kvitt.foundation.values import dates, identity
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import LineKind, RecipientKind

# An OCR reference has at most so many digits, the length digit and the check digit among them.
LONGEST_REFERENCE = 25
# An invoice is dated ahead so that it can be printed; further away it is a slip of the pen.
LONGEST_AHEAD_MONTHS = 2

DATE_PASSED = _("%(date)s has passed. An invoice is dated today or later.")
DATE_TOO_FAR = _("%(date)s is more than two months ahead. Give an earlier day.")
MONTH_NOT_OVER = _("%(month)s is not over on the invoice date. Choose an earlier period or a later date.")


class Wait(Labelled):
    """Why what is approved is not invoiced yet. Source: spec CF-3, CF-4, CF-28, CF-29."""

    RESPITE = "respite", _("Respite of the estate")
    AREA = "area", _("Another area has not approved")
    RECIPIENT = "recipient", _("Invoice recipient without an address")
    ESTATE = "estate", _("Invoice recipient of the estate missing")
    UNSAFE = "unsafe", _("Protected identity without a safe address")
    CARRIED = "carried", _("Carried to the next month")


class Unit(Labelled):
    """What the quantity of a line counts. Source: spec CF-11, CF-15, CF-16, CF-29."""

    COUNT = "count", _("pcs")
    MINUTES = "minutes", _("min")
    DAYS = "days", _("days")


@dataclass(frozen=True)
class InvoiceLine:
    """A line as an invoice prints it; several differences about one month are one of them.

    `about_month` is set where the line stands for what an earlier month should have been; its text is then
    the writer's to say.
    """

    text: str
    amount: Ore
    quantity: int | None = None
    unit: Unit = Unit.COUNT
    price: Ore | None = None
    vat_percent: int = 0
    kind: LineKind = LineKind.CARE
    about_month: date | None = None

    @property
    def is_by_the_hour(self) -> bool:
        """Whether the price is that of an hour: time is registered in minutes and priced by the hour."""
        return self.unit is Unit.MINUTES


@dataclass(frozen=True)
class VatRow:
    """What an invoice comes to at one rate: with VAT, the VAT of it, and without."""

    percent: int
    total: Ore
    vat: Ore

    @property
    def net(self) -> Ore:
        """Without VAT."""
        return self.total - self.vat


@dataclass(frozen=True)
class PostalAddress:
    """Where an invoice is sent."""

    street: str
    postcode: str = ""
    town: str = ""
    care_of: str = ""
    country: str = ""

    @property
    def lines(self) -> list[str]:
        """As it is written under the name."""
        care_of = f"c/o {self.care_of}" if self.care_of else ""
        place = f"{self.postcode} {self.town}".strip()
        return [line for line in (care_of, self.street, place, self.country) if line]


@dataclass(frozen=True)
class Contact:
    """Who is registered to get a client's invoices on the invoice date."""

    name: str
    address: PostalAddress
    is_estate: bool = False
    organisation_number: str = ""


@dataclass(frozen=True)
class Payer:
    """The client as the choice of recipient sees him, on the invoice date.

    `staying` is the address of stay, `registered` that of the population register.
    """

    name: str
    is_dead: bool = False
    is_protected: bool = False
    staying: PostalAddress | None = None
    registered: PostalAddress | None = None


@dataclass(frozen=True)
class Recipient:
    """Who an invoice is addressed to."""

    kind: RecipientKind
    name: str
    address: PostalAddress
    organisation_number: str = ""


def make_reference(number: int) -> str:
    """Return the OCR reference of an invoice: its number, a length digit and a check digit.

    The length digit is the number of digits of the whole, modulo ten; the check digit is that of modulus 10.
    Raises ValueError for a number that no reference has room for.
    Source: luhn; spec CF-29.
    """
    digits = str(number)
    length = len(digits) + 2
    if number < 1 or length > LONGEST_REFERENCE:
        raise ValueError(f"no reference for {number}")
    body = f"{digits}{length % 10}"
    return body + identity.luhn_check_digit(body)


def calculate_due_date(invoice_date: date, *, days: int) -> date:
    """An invoice is due so many days after its date.

    Source: spec CF-29.
    """
    return invoice_date + timedelta(days=days)


def calculate_vat(total: Ore, percent: int) -> Ore:
    """Return the VAT part of an amount that includes it, half an öre away from zero.

    Source: spec CF-29.
    """
    whole, divisor = abs(total) * percent, 100 + percent
    part = (2 * whole + divisor) // (2 * divisor)
    return part if total >= 0 else -part


def sum_vat(amounts: Iterable[tuple[int, Ore]]) -> list[VatRow]:
    """Return what an invoice comes to by rate, from the rates and amounts of its lines, lowest rate first.

    The part is calculated once for each rate, of its sum: the parts of single lines would not add up to it.
    Source: spec CF-29.
    """
    sums: dict[int, Ore] = {}
    for percent, amount in amounts:
        sums[percent] = sums.get(percent, 0) + amount
    return [VatRow(percent, sums[percent], calculate_vat(sums[percent], percent)) for percent in sorted(sums)]


# What another month brings.
_BROUGHT = (LineKind.DIFFERENCE, LineKind.CARRIED)


def group_lines(lines: Sequence[InvoiceLine]) -> list[InvoiceLine]:
    """Return the lines that are printed: what one month brings as one, and none with count zero.

    A group stands where its first line stood; one that comes to nothing is not printed. Those of different
    VAT rates are a line for each, since a line has one rate.
    Source: spec CF-17, CF-29.
    """
    printed: dict[object, InvoiceLine] = {}
    for place, line in enumerate(lines):
        if line.kind in _BROUGHT and line.about_month is not None:
            key = (line.kind, line.about_month, line.vat_percent)
            before = printed.get(key)
            amount = line.amount + (before.amount if before else 0)
            printed[key] = InvoiceLine(
                line.text if line.kind is LineKind.CARRIED else "",
                amount,
                vat_percent=line.vat_percent,
                kind=line.kind,
                about_month=line.about_month,
            )
        elif line.quantity != 0:
            printed[place] = line
    return [line for line in printed.values() if line.amount or line.kind not in _BROUGHT]


def choose_recipient(payer: Payer, contact: Contact | None) -> Recipient | Wait:
    """Who an invoice goes to: who is registered for it, else the client; of a dead one only the estate.

    A protected client gets it where he stays, which is registered for it; where he lives is never printed.
    Source: debitering-ao, pages 5 and 7-8; spec CF-2, CF-3, CF-4, CF-29, QU-19.
    """
    if payer.is_dead and (contact is None or not contact.is_estate):
        return Wait.ESTATE
    if contact is not None:
        is_reached = bool(contact.name and contact.address.street)
        found = Recipient(kind_of(contact), contact.name, contact.address, contact.organisation_number)
        return found if is_reached else Wait.RECIPIENT
    address = payer.staying or (None if payer.is_protected else payer.registered)
    if address is None or not (address.street and payer.name):
        return Wait.UNSAFE if payer.is_protected else Wait.RECIPIENT
    return Recipient(RecipientKind.CLIENT, payer.name, address)


def kind_of(contact: Contact) -> RecipientKind:
    """Return what kind of recipient somebody registered is.

    Source: spec CF-3, CF-4, CF-29.
    """
    if contact.is_estate:
        return RecipientKind.ESTATE
    return RecipientKind.ORGANISATION if contact.organisation_number else RecipientKind.PERSON


def choose_unit(amounts: Iterable[tuple[str, int | None, Ore]]) -> int | None:
    """Return the unit whom one asks about an invoice: that of its largest line of care, else of any line.

    Source: spec CF-29.
    """
    best: tuple[bool, Ore] | None = None
    chosen = None
    for kind, unit_id, amount in amounts:
        rank = (kind == LineKind.CARE, amount)
        if unit_id is not None and (best is None or rank > best):
            best, chosen = rank, unit_id
    return chosen


def check_batch(month: date, invoice_date: date, *, today: date) -> list[Problem]:
    """Invoices are dated today or later, after the month that they are for.

    Source: spec CF-29, CO-33.
    """
    values: Mapping[str, object] = {"date": invoice_date}
    if invoice_date < today:
        return [Problem("date_passed", DATE_PASSED, "invoice_date", values)]
    if invoice_date > dates.add_months(today, LONGEST_AHEAD_MONTHS):
        return [Problem("date_too_far", DATE_TOO_FAR, "invoice_date", values)]
    if dates.last_day_of_month(month) >= invoice_date:
        return [Problem("month_not_over", MONTH_NOT_OVER, "month", {"month": f"{month:%Y-%m}"})]
    return []
