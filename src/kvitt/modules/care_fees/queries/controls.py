"""What should be seen to before a month is billed: a list for each control, and how many stand on each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Left
from django.urls import reverse

from kvitt.foundation.values.dates import add_months, last_day_of_month
from kvitt.modules.care_fees.models import (
    Absence,
    Client,
    ClientSettings,
    GrantedService,
    IncomeStatement,
    InvoiceRecipient,
    PerformedService,
    Placement,
    Service,
    ServicePrice,
    Tenant,
)
from kvitt.modules.care_fees.queries import clients, work
from kvitt.modules.care_fees.queries.area_months import placed
from kvitt.modules.care_fees.rules.controls import CONTROLS, Control, Readiness
from kvitt.registers.access.rules import Permission
from kvitt.registers.accounting import queries as accounting
from kvitt.registers.people.models import Address

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

_BIRTH_DATE = 8


@dataclass(frozen=True)
class WantedControl:
    """Which control of which month is wanted, in which areas: none named means all that the actor sees."""

    control: Control
    month: date
    area_ids: Sequence[int] = ()


@dataclass(frozen=True)
class ReadinessRow:
    """A control with how many stand on its list, and what to do about them."""

    control: Control
    count: int
    url: str

    @property
    def readiness(self) -> Readiness:
        """Whether anything is left to see to."""
        return Readiness.LEFT if self.count else Readiness.CLEAR


def readiness(actor: "Actor", month: date, area_ids: Sequence[int], *, today: date) -> list[ReadinessRow]:
    """Return every control of a month with its count, one statement for each. Source: spec CF-31."""
    actor.require(Permission.SEE_CLIENTS)
    found = []
    for control in CONTROLS:
        wanted = WantedControl(control, month, area_ids)
        rows: QuerySet[Any] = (
            services_to_mend(actor, month)
            if control is Control.SERVICES
            else controlled(actor, wanted, today=today)
        )
        found.append(ReadinessRow(control, rows.order_by().count(), _url(wanted)))
    return found


def _url(wanted: WantedControl) -> str:
    query = [("list", wanted.control.value), ("period", f"{wanted.month:%Y-%m}")]
    query += [("areas", str(area_id)) for area_id in wanted.area_ids]
    return f"{reverse('care_fees:control')}?{urlencode(query)}"


# The lists ----------------------------------------------------------------------------------------


def controlled(actor: "Actor", wanted: WantedControl, *, today: date) -> QuerySet[Client]:
    """Return the clients on the list of a control, each with the name of the area he is in that month.

    Of the actor's clients those who are billed with the areas: who is there on the month's last day.
    Source: spec CF-31.
    """
    last = last_day_of_month(wanted.month)
    held = Placement.objects.filter(clients.holds(last), client=OuterRef("pk"))
    found = clients.clients_of(actor, on=today).annotate(
        area_name=Subquery(held.values("area__name")[:1]),
        area_key=Subquery(held.values("area__sort_key")[:1]),
    )
    if wanted.control is Control.NO_AREA:
        areas = held.filter(area__is_intake=False)
        found = found.exclude(Exists(areas)) if not wanted.area_ids else found.none()
    else:
        area_ids = wanted.area_ids or actor.area_ids
        found = found.filter(
            Exists(held if area_ids is None else placed(area_ids, wanted.month).filter(client=OuterRef("pk")))
        )
    return _LISTS[wanted.control](found, wanted.month, actor, today).select_related("person__merged_into")


def services_to_mend(actor: "Actor", month: date) -> QuerySet[Service]:
    """Return the services of a month without a price, or without a string that books them, in two statements.

    Those that somebody is granted or has got then: an amount of the client's own needs no price list.
    Source: spec CF-25, CF-31.
    """
    actor.require(Permission.SEE_CLIENTS)
    last = last_day_of_month(month)
    granted = GrantedService.objects.filter(_in_month(month), service=OuterRef("pk"))
    done = PerformedService.objects.filter(service=OuterRef("pk"), month=month, quantity__gt=0)
    used = Service.objects.filter(Exists(granted) | Exists(done), authority_id=actor.authority_id)
    accounts = accounting.revenue_strings(actor.authority_id, set(used.values_list("code", flat=True)), last)
    priced = ServicePrice.objects.filter(clients.holds(last), service=OuterRef("pk"))
    needs_price = Exists(granted.filter(amount__isnull=True)) | Exists(done)
    return used.filter(
        (needs_price & ~Exists(priced)) | Q(code__in=accounts.missing | accounts.wrong)
    ).annotate(has_price=Exists(priced))


def _everybody(found: QuerySet[Client], *_: object) -> QuerySet[Client]:
    return found


def _away(found: QuerySet[Client], month: date, *_: object) -> QuerySet[Client]:
    away = Absence.objects.filter(client=OuterRef("pk"), removed_at__isnull=True, last_on__isnull=True)
    return found.filter(Exists(away.filter(first_on__lte=last_day_of_month(month))))


def _ending(found: QuerySet[Client], month: date, *_: object) -> QuerySet[Client]:
    return found.filter(Exists(ending_contracts(month).filter(client=OuterRef("pk"))))


def ending_contracts(month: date) -> QuerySet[Tenant]:
    """Return who holds a contract that ends in the month or the next one."""
    last = last_day_of_month(add_months(month, 1))
    return Tenant.objects.filter(tenancy__last_on__gte=month, tenancy__last_on__lte=last)


def _unregistered(found: QuerySet[Client], month: date, *_: object) -> QuerySet[Client]:
    done = PerformedService.objects.filter(client=OuterRef("pk"), quantity__gt=0)
    return found.filter(Exists(done.filter(month=add_months(month, -1))), ~Exists(done.filter(month=month)))


def _twice_served(found: QuerySet[Client], month: date, *_: object) -> QuerySet[Client]:
    return found.filter(
        Exists(served_twice(month).filter(client=OuterRef("pk")))
        | Exists(granted_twice(month).filter(client=OuterRef("pk")))
    )


def served_twice(month: date) -> QuerySet[PerformedService]:
    """Return what was registered of a service that another unit has registered too that month."""
    other = PerformedService.objects.filter(
        client=OuterRef("client"), service=OuterRef("service"), month=month, quantity__gt=0
    ).exclude(unit=OuterRef("unit"))
    return PerformedService.objects.filter(Exists(other), month=month, quantity__gt=0)


def granted_twice(month: date) -> QuerySet[GrantedService]:
    """Return what is granted of a service that another unit is to give too that month."""
    other = GrantedService.objects.filter(
        _in_month(month), client=OuterRef("client"), service=OuterRef("service")
    ).exclude(unit=OuterRef("unit"))
    return GrantedService.objects.filter(_in_month(month), Exists(other))


def _twice_there(found: QuerySet[Client], _month: date, actor: "Actor", *_: object) -> QuerySet[Client]:
    """Who is another client too: the record is merged with another, or name and day of birth are alike."""
    everybody = Client.objects.filter(authority_id=actor.authority_id)
    merged = everybody.filter(person=OuterRef("person__merged_into"))
    alike = everybody.annotate(alike=_ALIKE).order_by().values("alike")
    twice = alike.annotate(times=Count("pk")).filter(times__gt=1).values("alike")
    return found.annotate(alike=_ALIKE).filter(
        Exists(merged) | Q(alike__in=twice, person__merged_into__isnull=True)
    )


_ALIKE = Concat(F("person__sort_key"), Value("|"), Left("person__identity_number", _BIRTH_DATE))


def _unreached(found: QuerySet[Client], month: date, *_: object) -> QuerySet[Client]:
    """Living clients with no recipient and no address; a protected one needs one to stay at."""
    still = Q(last_on__isnull=True) | Q(last_on__gte=last_day_of_month(month))
    named = InvoiceRecipient.objects.filter(still, client=OuterRef("pk"))
    own = Q(person=OuterRef("person_id")) | Q(person=OuterRef("person__merged_into"))
    lives = Address.objects.filter(own & still)
    stays = lives.filter(kind="staying")
    is_protected = Q(person__is_protected=True) | Q(person__merged_into__is_protected=True)
    living = found.filter(person__died_on__isnull=True, person__merged_into__died_on__isnull=True)
    return living.filter(~Exists(named)).filter(
        (~is_protected & ~Exists(lives)) | (is_protected & ~Exists(stays))
    )


def _estates(found: QuerySet[Client], _month: date, actor: "Actor", today: date) -> QuerySet[Client]:
    return found.filter(pk__in=work.estates(actor, today=today).values("pk"))


def _without_income(found: QuerySet[Client], month: date, *_: object) -> QuerySet[Client]:
    last = last_day_of_month(month)
    stated = IncomeStatement.objects.filter(clients.holds(last), client=OuterRef("pk"))
    accepts = ClientSettings.objects.filter(clients.holds(last), client=OuterRef("pk"), accepts_cap=True)
    granted = GrantedService.objects.filter(_in_month(month), client=OuterRef("pk"))
    done = PerformedService.objects.filter(client=OuterRef("pk"), month=month, quantity__gt=0)
    capped = Exists(granted.filter(service__is_capped=True)) | Exists(done.filter(service__is_capped=True))
    return found.filter(capped, ~Exists(stated), ~Exists(accepts))


def _without_parish(found: QuerySet[Client], month: date, *_: object) -> QuerySet[Client]:
    held = ClientSettings.objects.filter(clients.holds(last_day_of_month(month)), client=OuterRef("pk"))
    return found.exclude(Exists(held.exclude(parish_code="")))


def _in_month(month: date) -> Q:
    is_open = Q(last_on__isnull=True) | Q(last_on__gte=month)
    return is_open & Q(first_on__lte=last_day_of_month(month))


_LISTS: dict[Control, Callable[[QuerySet[Client], date, "Actor", date], QuerySet[Client]]] = {
    Control.NO_AREA: _everybody,
    Control.ABSENCES: _away,
    Control.ENDING: _ending,
    Control.UNREGISTERED: _unregistered,
    Control.TWICE_SERVED: _twice_served,
    Control.TWICE_THERE: _twice_there,
    Control.RECIPIENTS: _unreached,
    Control.ESTATES: _estates,
    Control.INCOMES: _without_income,
    Control.PARISHES: _without_parish,
}
