"""The activities of the demo: three months that the calendar has invoiced, and the one that goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kvitt.foundation.values import dates
from kvitt.ledger import queries as ledger
from kvitt.ledger import tasks
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.population_health.commands import activities, procedures
from kvitt.modules.population_health.commands.activities import NewActivity
from kvitt.modules.population_health.queries.activities import MODULE
from kvitt.portal.management.demo_data import actor_of, review
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations.models import Practitioner

_REPORTERS = {"1111": "jenny", "1112": "bo", "2222": "david"}
_SATURDAY = 5


@dataclass(frozen=True)
class DemoActivity:
    """Something that was done at a clinic about that day of a month, with so many or with these."""

    day: int
    clinic: str
    code: str
    place: str
    municipality: str
    count: int | None = None
    numbers: Sequence[str] = ()


# Months before the demo's own, the oldest first. The personal numbers are Skatteverket's test numbers.
EARLIER = (
    (
        DemoActivity(5, "1111", "901", "Ryds familjecentral", "0580", 6),
        DemoActivity(9, "2222", "902", "Motala barnavårdscentral", "0583", 7),
        DemoActivity(12, "1111", "902", "Berga barnavårdscentral", "0580", 9),
        DemoActivity(14, "1112", "902", "Linghems barnavårdscentral", "0580", 5),
        DemoActivity(
            19, "1111", "912", "Ekens Tandvård Ryd", "0580", numbers=("20020314-2385", "20020612-2384")
        ),
        DemoActivity(23, "1112", "921", "Förskolan Linden", "0580"),
    ),
    (
        DemoActivity(4, "1111", "902", "Berga barnavårdscentral", "0580", 8),
        DemoActivity(10, "2222", "901", "Mjölby familjecentral", "0586", 4),
        DemoActivity(11, "1111", "903", "Ryds familjecentral", "0580", 2),
        DemoActivity(17, "1112", "901", "Linghems barnavårdscentral", "0580", 3),
        DemoActivity(18, "2222", "911", "Björkens Tandklinik", "0580", numbers=("20020923-2396",)),
        DemoActivity(24, "1111", "901", "Ryds familjecentral", "0580", 7),
    ),
    (
        DemoActivity(3, "1112", "902", "Linghems barnavårdscentral", "0580", 6),
        DemoActivity(6, "1111", "901", "Ryds familjecentral", "0580", 4),
        DemoActivity(9, "1111", "921", "Förskolan Eken", "0580"),
        DemoActivity(16, "2222", "902", "Motala barnavårdscentral", "0583", 10),
        DemoActivity(18, "1111", "902", "Åtvidabergs barnavårdscentral", "0561", 6),
        DemoActivity(22, "2222", "903", "Mjölby familjecentral", "0586", 3),
    ),
)
FIGURE_3 = DemoActivity(5, "1111", "901", "Ryds familjecentral", "0580", 5)
ONE_TOO_MANY = DemoActivity(10, "1111", "903", "Ryds familjecentral", "0580", 3)
BY_MISTAKE = DemoActivity(13, "1111", "901", "Berga barnavårdscentral", "0580", 2)
THIS_MONTH = (
    DemoActivity(3, "2222", "901", "Mjölby familjecentral", "0586", 4),
    DemoActivity(4, "1112", "902", "Linghems barnavårdscentral", "0580", 7),
    FIGURE_3,
    DemoActivity(6, "1111", "902", "Åtvidabergs barnavårdscentral", "0561", 8),
    ONE_TOO_MANY,
    DemoActivity(11, "2222", "921", "Förskolan Björken", "0583"),
    DemoActivity(12, "1111", "912", "Ekens Tandvård Ryd", "0580", numbers=("20020612-2384", "20030101-2399")),
    BY_MISTAKE,
)


def make(*, today: date) -> None:
    """Make the months in order: what was done, and on each 1st what the calendar makes of it."""
    months = [dates.add_months(today.replace(day=1), -back) for back in (3, 2, 1, 0)]
    oldest, middle, last = EARLIER
    first_numbers = _report_all(oldest, months[0], today=today)
    week_later = months[1] + timedelta(days=6)
    review(_invoices_of(months[1]), until=InvoiceStatus.PAID_OUT, today=week_later)
    # Credited before the next 1st, and so with a minus sign on the invoice of that day.
    _credit(first_numbers[2], on=months[1] + timedelta(days=7))
    _report_all(middle, months[1], today=today)
    _on_their_way(_invoices_of(months[2]), today=months[2] + timedelta(days=6))
    _report_all(last, months[2], today=today)
    _invoices_of(months[3])
    numbers = dict(zip(THIS_MONTH, _report_all(THIS_MONTH, months[3], today=today), strict=True))
    _remove(numbers[ONE_TOO_MANY], today=today, count=1)
    _remove(numbers[BY_MISTAKE], today=today, count=2)
    _credit(first_numbers[0], on=today)


def _report_all(done: Sequence[DemoActivity], month: date, *, today: date) -> list[str]:
    return [_report(one, on=min(_weekday(month.replace(day=one.day)), today)) for one in done]


def _weekday(day: date) -> date:
    """Return the day, or the Monday after a weekend."""
    return day if day.weekday() < _SATURDAY else day + timedelta(days=7 - day.weekday())


def _report(done: DemoActivity, *, on: date) -> str:
    new = NewActivity(
        performed_on=on,
        practitioner_id=Practitioner.objects.filter(clinic__number=done.clinic).latest("pk").pk,
        code=done.code,
        place=done.place,
        municipality=done.municipality,
        count=done.count,
        numbers=done.numbers,
    )
    reporter = actor_of(_REPORTERS[done.clinic], done.clinic, today=on)
    return activities.create_activity(reporter, today=on, new=new)


def _invoices_of(due_on: date) -> list[int]:
    """Let the calendar make the invoices of that 1st, and return their ids in the order of the clinics."""
    tasks.make_due_invoices(on=due_on)
    of_month = ledger.invoices_of(actor_of("gustav", today=due_on)).filter(
        module=MODULE, invoice_date=dates.day_before(due_on)
    )
    return list(of_month.order_by("clinic_number").values_list("pk", flat=True))


def _on_their_way(invoice_ids: Sequence[int], *, today: date) -> None:
    """Leave one invoice at each step of the review."""
    steps = (InvoiceStatus.PAYING_OUT, InvoiceStatus.AUTHORISED, InvoiceStatus.REVIEWED)
    for invoice_id, step in zip(invoice_ids, steps, strict=True):
        review([invoice_id], until=step, today=today)


def _credit(number: str, *, on: date) -> None:
    """Credit the first procedure of one of jenny's activities."""
    jenny = actor_of("jenny", "1111", today=on)
    procedures.credit_procedures(jenny, number=number, line_ids=_line_ids(jenny, number)[:1])


def _remove(number: str, *, today: date, count: int) -> None:
    """Remove the last procedures of one of jenny's activities."""
    jenny = actor_of("jenny", "1111", today=today)
    procedures.remove_procedures(jenny, number=number, line_ids=_line_ids(jenny, number)[-count:])


def _line_ids(actor: Actor, number: str) -> list[int]:
    return [line.pk for line in ledger.lines_of_case(actor.authority_id, MODULE, number)]
