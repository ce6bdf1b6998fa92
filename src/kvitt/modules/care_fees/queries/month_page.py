"""The page of a client's month: what it comes to, how it came about, and what it was made from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from kvitt.foundation import clock
from kvitt.foundation.values.dates import Period, add_months, last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import FaultKind, FeeType, Lamp, LineKind, MonthStatus
from kvitt.modules.care_fees.models import Client, ClientMonth, ClientSettings, FeeLine
from kvitt.modules.care_fees.queries import area_months, clients, incomes, lamps, search
from kvitt.modules.care_fees.queries.explanation import month_of, steps_of
from kvitt.modules.care_fees.queries.time_plan import month_text
from kvitt.registers.access.rules import Permission
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor

MONTHS_ON_CLIENT = 6


@dataclass(frozen=True)
class Input:
    """Something that the month is made from: what there is of it, and where it is kept."""

    label: str
    text: str
    url: str


@dataclass(frozen=True)
class MonthLine:
    """A line of the month, with the unit it is of."""

    text: str
    unit: str
    amount: Ore


@dataclass(frozen=True)
class MonthPage:
    """Everything `explanation.html` shows; without lines where nothing is calculated."""

    number: str
    person_id: int
    title: str
    lead: str
    lamp: Lamp
    state: str
    lines: Sequence[MonthLine]
    total: Ore
    carried_amount: Ore
    steps: Sequence[str]
    faults: Sequence[str]
    inputs: Sequence[Input]
    calculate_url: str
    previous_url: str
    next_url: str

    @property
    def lamps(self) -> Sequence[Lamp]:
        """The lamp, as the tag that shows it with its word takes it."""
        return (self.lamp,)


@dataclass(frozen=True)
class MonthRow:
    """A month on the page of the client."""

    month: date
    text: str
    lamps: Sequence[Lamp]
    total: Ore | None
    note: str
    url: str


@dataclass(frozen=True)
class MonthsPanel:
    """Everything `panels/months.html` shows."""

    rows: Sequence[MonthRow]


def month_page(actor: "Actor", number: str, month: date, *, session: "SessionBase", today: date) -> MonthPage:
    """Return how a client's month came about.

    Raises NotAllowed, Http404 for a client of others and for a month that nothing is known of.
    Source: spec CF-22, CF-24.
    """
    client = clients.client_of(actor, number, on=today)
    month = month.replace(day=1)
    found = month_of(client, month)
    lamp = _lamp(client, month)
    url = reverse("care_fees:calculate_client", args=[number, f"{month:%Y-%m}"])
    may_calculate = actor.may(Permission.RUN_FEES) and lamp is not Lamp.GREEN and month <= today
    return MonthPage(
        number=client.number,
        person_id=client.person_id,
        title=gettext("Calculation %(month)s") % {"month": month_text(month)},
        lead=clients.lead_of(session, client, today=today),
        lamp=lamp,
        state=_state(found, lamp),
        lines=_lines(found, is_hidden=people.needs_reason(session, search.person_of(client)))
        if found
        else [],
        total=found.total if found else 0,
        carried_amount=found.carried_amount if found else 0,
        steps=steps_of(found, sees_income=incomes.sees_amounts(actor)) if found else [],
        faults=_faults(found) if found else [],
        inputs=_inputs(client, month),
        calculate_url=url if may_calculate else "",
        previous_url=_url(number, add_months(month, -1)),
        next_url=_url(number, add_months(month, 1)) if add_months(month, 1) <= today else "",
    )


def months_panel(_actor: "Actor", client: Client, *, today: date, is_whole: bool) -> MonthsPanel | None:
    """Return the latest months of a client with their lamps; None for who sees only a part of him.

    Source: spec CF-24, CF-28.
    """
    del today
    if not is_whole:
        return None
    rows = ClientMonth.objects.filter(client=client).exclude(status=MonthStatus.VOIDED)
    latest = rows.order_by("-month").defer("explanation")[:MONTHS_ON_CLIENT]
    return MonthsPanel([_month_row(client, row) for row in latest])


def _month_row(client: Client, row: ClientMonth) -> MonthRow:
    lamp = Lamp.GREEN if row.status == MonthStatus.APPROVED else _lamp(client, row.month)
    has_sum = row.status != MonthStatus.FAULTY
    return MonthRow(
        month=row.month,
        text=month_text(row.month).capitalize(),
        lamps=(lamp,),
        total=row.total if has_sum else None,
        note="" if has_sum else ", ".join(_faults(row)),
        url=_url(client.number, row.month),
    )


def _url(number: str, month: date) -> str:
    return reverse("care_fees:explanation", args=[number, f"{month:%Y-%m}"])


def _lamp(client: Client, month: date) -> Lamp:
    """Return the lamp of a client's month, by the same comparison as a selection's."""
    terms = area_months.terms_to_show(client.authority_id, month)
    lit = lamps.lit(Client.objects.filter(pk=client.pk), month, terms)
    return Lamp(lit.values_list("lamp", flat=True).get())


def _lines(found: ClientMonth, *, is_hidden: bool) -> list[MonthLine]:
    """Return the lines; where a protected person rents is told with a reason only. Source: spec QU-19."""
    rows: Iterable[FeeLine] = found.lines.select_related("unit").order_by("place")
    return [
        MonthLine(
            text=line.text,
            unit="" if line.unit is None or (is_hidden and line.kind == LineKind.RENT) else line.unit.name,
            amount=line.amount,
        )
        for line in rows
    ]


def _state(found: ClientMonth | None, lamp: Lamp) -> str:
    """Say when it was calculated, or why it is red."""
    if found is None:
        return gettext("The month is not calculated yet.")
    if found.status == MonthStatus.FAULTY:
        return gettext("The month could not be calculated.")
    at: datetime | None = found.calculated_at
    text = (
        gettext("Calculated %(time)s.") % {"time": f"{at.astimezone(clock.STOCKHOLM):%Y-%m-%d %H:%M}"}
        if at
        else ""
    )
    if lamp is Lamp.RED:
        changed = gettext("Something has changed since, so it has to be calculated again.")
        return f"{text} {changed}".strip()
    return text


def _faults(found: ClientMonth) -> list[str]:
    """Return what hinders the month, in words."""
    told = [(gettext(FaultKind(fault["kind"]).label), fault.get("is_spouse")) for fault in found.faults]
    spouses = gettext("%(fault)s for the spouse")
    return [spouses % {"fault": text} if is_spouse else text for text, is_spouse in told]


def _inputs(client: Client, month: date) -> list[Input]:
    """Return what the month is made from, each with the way to where it is kept."""
    last = last_day_of_month(month)
    shares = Q(first_on__lte=last) & (Q(last_on__isnull=True) | Q(last_on__gte=month))
    page = reverse("care_fees:case", args=[client.number])
    settings = clients.settings_on(client, last)
    granted = client.granted.filter(shares).select_related("service").order_by("service__place", "pk")
    absences = client.absences.filter(shares, removed_at__isnull=True).order_by("first_on")
    corrections = client.corrections.filter(month=month, removed_at__isnull=True).aggregate(count=Count("pk"))
    performed = client.performed.filter(month=month).aggregate(count=Count("pk"))
    stated = client.incomes.filter(first_on__lte=last).order_by("-first_on").first()
    tenancies = client.tenants.filter(tenancy__first_on__lte=last).exclude(tenancy__last_on__lt=month)
    numbers = tenancies.order_by("tenancy__number").values_list("tenancy__number", flat=True)
    told = [
        (gettext("Settings per person"), _settings_text(settings), "settings-title"),
        (
            gettext("Income and fee decision"),
            gettext("from %(day)s") % {"day": stated.first_on} if stated else "",
            "incomes-title",
        ),
        (gettext("Granted services"), ", ".join(each.service.name for each in granted), "services-title"),
        (gettext("Housing"), ", ".join(numbers), "housing-title"),
        (gettext("Performed services"), _count_text(performed["count"]), "registrations"),
        (gettext("Corrections"), _count_text(corrections["count"]), "corrections-title"),
        (
            gettext("Temporary absence"),
            ", ".join(str(Period(each.first_on, each.last_on)) for each in absences),
            "absences-title",
        ),
    ]
    return [Input(label, text or gettext("None"), f"{page}#{anchor}") for label, text, anchor in told]


def _settings_text(settings: ClientSettings | None) -> str:
    if settings is None:
        return ""
    fee_type = gettext(FeeType(settings.fee_type).label)
    accepts = gettext("accepts the fee cap")
    return f"{fee_type}, {accepts}" if settings.accepts_cap else fee_type


def _count_text(count: int) -> str:
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": count} if count else ""
