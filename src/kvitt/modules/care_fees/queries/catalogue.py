"""Read the catalogue of services for its pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext

from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.foundation.values.text import gettext_noop, sort_key
from kvitt.modules.care_fees.lifecycle import CareKind, Measure, ServiceKind
from kvitt.modules.care_fees.models import GrantedService, Service, ServicePrice
from kvitt.modules.care_fees.queries.services import price_on, prices_of
from kvitt.modules.care_fees.rules import catalogue as rules
from kvitt.registers.access.rules import Actor, Permission

PRICE_PER = {
    Measure.MONTH: gettext_noop("per month"),
    Measure.COUNT: gettext_noop("each"),
    Measure.MINUTES: gettext_noop("per hour"),
}


def services_of(actor: Actor, *, on: date | None = None, text: str = "", kind: str = "") -> QuerySet[Service]:
    """Return the services of the authority that the filters let through. Raises NotAllowed."""
    actor.require(Permission.SEE_CLIENTS)
    rows = Service.objects.filter(authority_id=actor.authority_id)
    if on is not None:
        rows = rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=on), first_on__lte=on)
    if wanted := text.replace("\0", " ").strip():
        code = rules.normalise_code(wanted)
        rows = rows.filter(Q(code__startswith=code) | Q(sort_key__contains=sort_key(wanted)))
    return rows.filter(kind=kind) if kind else rows


@dataclass(frozen=True)
class ListedService:
    """A service in the list, with its price of the day; None where it has none."""

    service: Service
    price: ServicePrice | None


def priced(services: Sequence[Service], *, on: date) -> list[ListedService]:
    """Return services with the prices of a day, in one statement."""
    prices = prices_of(service.pk for service in services)
    return [ListedService(service, price_on(prices[service.pk], on)) for service in services]


def per_text(service: Service) -> str:
    """Return what a price of the service is of: `per month`, `each`, `per hour`."""
    return gettext(PRICE_PER[Measure(service.measure)])


@dataclass(frozen=True)
class PriceRow:
    """A price on the page of its service; one that has not begun may be changed."""

    first_on: date
    last_on: date | None
    amount: Ore
    day_amount: Ore | None
    vat: str
    state: str
    may_change: bool


@dataclass(frozen=True)
class ServicePage:
    """Everything `service.html` shows."""

    id: int
    title: str
    code: str
    facts: Sequence[tuple[str, str]]
    prices: Sequence[PriceRow]
    per: str
    is_board: bool
    no_price: str
    notice: str
    may_change: bool
    may_move_up: bool
    may_move_down: bool
    place_text: str


def service_page(actor: Actor, service_id: int, *, today: date) -> ServicePage:
    """Return one service with its prices. Raises NotAllowed, Http404 for one of another authority."""
    service = service_of(actor, service_id)
    places = list(services_of(actor).order_by("place", "pk").values_list("pk", flat=True))
    here = places.index(service.pk)
    may_change = actor.may(Permission.MANAGE_BILLING)
    is_granted = service.kind == ServiceKind.GRANTED
    return ServicePage(
        id=service.pk,
        title=service.name,
        code=service.code,
        facts=_facts(service, today),
        prices=_price_rows(service, today, may_change=may_change),
        per=per_text(service),
        is_board=service.care == CareKind.BOARD,
        no_price=gettext("Without a price only an own monthly amount can be charged.")
        if is_granted
        else gettext("Without a price it is registered for follow-up only, and costs nothing."),
        notice=gettext("The service left the catalogue after %(day)s.") % {"day": service.last_on}
        if service.last_on and service.last_on < today
        else "",
        may_change=may_change,
        may_move_up=may_change and here > 0,
        may_move_down=may_change and here < len(places) - 1,
        place_text=gettext("%(place)s of %(count)s") % {"place": here + 1, "count": len(places)},
    )


def service_of(actor: Actor, service_id: int) -> Service:
    """Return a service of the authority. Raises NotAllowed, Http404."""
    found = services_of(actor).filter(pk=service_id).first()
    if found is None:
        raise Http404
    return found


def price_facts(actor: Actor, service_id: int, first_on: date) -> rules.PriceFacts:
    """Return a price of a service for the form that changes it. Raises NotAllowed, Http404."""
    found = service_of(actor, service_id).prices.filter(first_on=first_on).first()
    if found is None:
        raise Http404
    return found.facts()


def _facts(service: Service, today: date) -> list[tuple[str, str]]:
    granted = GrantedService.objects.filter(service=service, first_on__lte=today)
    granted = granted.filter(Q(last_on__isnull=True) | Q(last_on__gte=today))
    is_granted = service.kind == ServiceKind.GRANTED
    yes, no = gettext("Yes"), gettext("No")
    rows = [
        (gettext("Code"), service.code),
        (gettext("Kind"), gettext(ServiceKind(service.kind).label)),
        (gettext("Measure"), gettext(Measure(service.measure).label)),
        (gettext("Under the fee cap"), yes if service.is_capped else no),
        (gettext("In the catalogue"), str(service.facts().period)),
    ]
    if is_granted:
        rows.insert(2, (gettext("Type of care"), gettext(CareKind(service.care).label)))
        rows.append((gettext("Clients granted today"), str(granted.count())))
    elif service.is_restricted:
        rows.append(
            (
                gettext("Registered at"),
                gettext("Only care home, short stay, respite care and serviced housing"),
            )
        )
    return rows


def _price_rows(service: Service, today: date, *, may_change: bool) -> list[PriceRow]:
    prices = list(service.prices.order_by("-first_on"))
    current = price_on(prices, today)
    return [
        PriceRow(
            first_on=price.first_on,
            last_on=price.last_on,
            amount=price.amount,
            day_amount=price.day_amount,
            vat=f"{price.vat_percent} %",
            state=gettext("In force")
            if price == current
            else gettext("Not begun")
            if price.first_on > today
            else "",
            may_change=may_change and price.first_on > today,
        )
        for price in prices
    ]


def price_text(service: Service, price: ServicePrice | None) -> str:
    """Return a price as a choice shows it: `1 823 kr per month`."""
    return f"{format_kronor(price.amount)} {per_text(service)}" if price else gettext("no price")
