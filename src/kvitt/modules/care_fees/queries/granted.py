"""Read what a client is granted, for his page and its dialogs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext, ngettext

from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.modules.care_fees.lifecycle import ServiceKind
from kvitt.modules.care_fees.models import Client, GrantedService, Service
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.queries.catalogue import price_text, priced
from kvitt.modules.care_fees.queries.month import locked_months
from kvitt.modules.care_fees.queries.services import ChargedService, charged_services
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Clinic


@dataclass(frozen=True)
class GrantedRow:
    """What a client is granted, and what it costs this month with the rule in words."""

    id: int
    service: str
    unit: str
    first_on: date
    last_on: date | None
    amount: Ore | None
    amount_note: str
    month_text: str
    month_amount: Ore | None
    fault: str
    is_ended: bool


@dataclass(frozen=True)
class ServicesPanel:
    """Everything `panels/services.html` shows."""

    rows: Sequence[GrantedRow]
    month: str
    total: Ore
    may_grant: bool
    empty: str


def services_panel(actor: Actor, client: Client, *, today: date, is_whole: bool) -> ServicesPanel | None:
    """Return what a client is granted, the current first; who sees a part of him sees his own units' only.

    In three statements. Source: debitering-ao, page 21; spec CF-6, CF-16a, CF-28.
    """
    granted = client.granted.select_related("service", "unit").order_by(
        "service__place", "service_id", "first_on"
    )
    # What a month costs is counted of all that is granted: parts at another unit share the month.
    found = list(granted)
    charged = {each.granted.pk: each for each in charged_services([client.pk], today, granted=found)}
    seen = [each for each in found if is_whole or actor.sees_clinic(each.unit_id)]
    rows = [_row(each, charged.get(each.pk), today) for each in seen]
    rows.sort(key=lambda row: row.is_ended)
    may_grant = is_whole and actor.may(Permission.REGISTER_CARE)
    return ServicesPanel(
        rows=rows,
        month=f"{today:%Y-%m}",
        total=sum(row.month_amount or 0 for row in rows),
        may_grant=may_grant,
        empty=gettext("No service is granted.")
        if is_whole
        else gettext("No service is granted at your units."),
    )


def granted_of(actor: Actor, number: str, granted_id: int, *, today: date) -> GrantedService:
    """Return what a client whom the actor may register for is granted. Raises NotAllowed, Http404."""
    client = clients.client_of(actor, number, on=today)
    actor.require(Permission.REGISTER_CARE)
    found = client.granted.select_related("service", "unit").filter(pk=granted_id).first()
    if found is None:
        raise Http404
    return found


def grantable(actor: Actor, number: str, *, today: date) -> tuple[Client, list[tuple[int, str]]]:
    """Return the client and what he can be granted, with the price of today. Raises NotAllowed, Http404."""
    client = clients.client_of(actor, number, on=today)
    actor.require(Permission.REGISTER_CARE)
    rows = Service.objects.filter(authority_id=client.authority_id, kind=ServiceKind.GRANTED)
    rows = rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=today)).order_by("place", "pk")
    return client, [
        (each.service.pk, f"{each.service.name}, {price_text(each.service, each.price)}")
        for each in priced(list(rows), on=today)
    ]


def care_units(authority_id: int, *, on: date) -> QuerySet[Clinic]:
    """Return the care units of a municipality that are open, in Swedish order."""
    rows = Clinic.objects.filter(authority_id=authority_id).exclude(unit_kind="")
    return rows.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=on)).order_by("sort_key", "pk")


def locked_since(granted: GrantedService, day: date) -> str:
    """Return the client's months from the day's on that are approved and locked: `2024-09, 2024-10`."""
    first = day.replace(day=1)
    return ", ".join(f"{month:%Y-%m}" for month in sorted(locked_months(granted.client)) if month >= first)


def period_text(granted: GrantedService) -> str:
    """Return what is changed, as its dialogs say: `Trygghetslarm, 4003 - Söder, 2024-01-01 -`."""
    return f"{granted.service.name}, {granted.unit}, {granted.period}"


def _row(granted: GrantedService, charged: ChargedService | None, today: date) -> GrantedRow:
    is_own = granted.amount is not None
    return GrantedRow(
        id=granted.pk,
        service=granted.service.name,
        unit=str(granted.unit),
        first_on=granted.first_on,
        last_on=granted.last_on,
        amount=granted.amount if is_own else charged.monthly if charged else None,
        amount_note=gettext("own amount") if is_own else gettext("price list") if charged else "",
        month_text=_month_text(charged) if charged else "",
        month_amount=charged.amount if charged else None,
        fault=gettext("The price list has no price.") if charged and charged.monthly is None else "",
        is_ended=granted.last_on is not None and granted.last_on < today,
    )


def _month_text(charged: ChargedService) -> str:
    """Return the rule that a month is charged by, in words: `12 dagar av 30: 729,20 kr`."""
    charge = charged.charge
    amount = format_kronor(charge.amount)
    if charge.is_whole:
        return gettext("The whole month: %(amount)s") % {"amount": amount}
    text = ngettext(
        "%(days)s day of %(of_days)s: %(amount)s", "%(days)s days of %(of_days)s: %(amount)s", charge.days
    )
    return text % {"days": charge.days, "of_days": charge.of_days, "amount": amount}
